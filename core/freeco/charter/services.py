"""The charter: where its text comes from, how it reads, who has accepted it."""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from hashlib import sha256
from importlib.metadata import entry_points
from typing import Literal, Protocol

from markdown_it import MarkdownIt
from sqlalchemy import select, text

import freeco_charter
from freeco.charter.models import CharterAcceptance, CharterText
from freeco.charter.voted import voted_text
from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.i18n import _
from freeco.members.models import Community, Member, Person
from freeco.record import facts

ENTRY_POINT_GROUP = "freeco.charter"
FOUNDING = "founding"
HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)
NUMBERED = re.compile(r"^\w+ (\d+) *[–—:.-]+ *(.+)$")
WORDS = re.compile("[^\\S\u00a0\u202f]+|[\\S\u00a0\u202f]+")
"""What a no-break space holds together, such as a price, is one word."""
# No HTML passes: a charter is written by the members, and shown to everybody.
MARKDOWN = MarkdownIt("commonmark", {"html": False})

Word = tuple[Literal["same", "added", "removed"], str]


class Source(Hashable, Protocol):
    """What a distribution that brings a charter offers, as ``freeco_charter`` does."""

    def versions(self) -> tuple[str, ...]:
        """List the versions, oldest first."""

    def languages(self, version: str) -> tuple[str, ...]:
        """List the languages of a version, the original first."""

    def text(self, version: str, language: str) -> str:
        """Give a version as Markdown, exactly as members accept it."""


class TwoCharters(Exception):
    """Several distributions bring a charter of their own: nobody could say which one holds."""


class CharterChanged(Refusal):
    """The text that was read is no longer the one in force."""

    reason = _("La charte a changé pendant votre lecture. Relisez-la avant de l’accepter.")


@dataclass(frozen=True)
class Reading:
    """The charter in force in one language, as a page shows it: nothing is written for it."""

    version: str
    language: str
    sha256: str
    """Sent back with the form, so that what is recorded is what was read."""
    text: str


@dataclass(frozen=True)
class Article:
    """One article; the introduction, if there is one, is number 0 with the charter's title."""

    number: int
    title: str
    body_html: str
    """Safe to show as it is."""
    body: str
    """Its Markdown."""


@dataclass(frozen=True)
class ArticleChange:
    """What became of an article between two texts."""

    number: int
    title: str
    kind: Literal["kept", "changed", "added", "removed"]
    words: list[Word]
    """The whole article, in order: joined without those removed, it is the new text."""
    former_title: str = ""
    """When the title changed too."""


@cache
def source() -> Source:
    """Return where the charter comes from: the cooperative's own, else the founding one."""
    own = [each for each in entry_points(group=ENTRY_POINT_GROUP) if each.name != FOUNDING]
    if len(own) > 1:
        raise TwoCharters(", ".join(sorted(f"{each.name} ({each.value})" for each in own)))
    if not own:
        return freeco_charter
    chosen: Source = own[0].load()
    return chosen


def current_version(community: Community | None = None) -> str:
    """Return the version in force: the community's own, once its members voted one."""
    own = voted_text(community)
    return own.version if own is not None else source().versions()[-1]


def reading(language: str, community: Community | None = None) -> Reading:
    """Return the charter in force, in the original language if it is not written in this one."""
    own = voted_text(community)
    if own is not None:
        return Reading(own.version, own.language, own.sha256, own.text)
    return _reading(source(), current_version(), language)


@cache
def _reading(origin: Source, version: str, language: str) -> Reading:
    languages = origin.languages(version)
    chosen = language if language in languages else languages[0]
    words = origin.text(version, chosen)
    return Reading(version, chosen, sha256(words.encode()).hexdigest(), words)


def shown_text(language: str, sha: str = "", community: Community | None = None) -> CharterText:
    """Return the row of the charter in force, written at its first use.

    With the ``sha`` a form sends back, raises CharterChanged if that is not what it says now.
    """
    shown = reading(language, community)
    if sha and sha != shown.sha256:
        raise CharterChanged
    return kept(shown)


def kept(shown: Reading) -> CharterText:
    """Return the row of a text, written at its first use."""
    row = (
        select(CharterText)
        .where(CharterText.version == shown.version)
        .where(CharterText.language == shown.language, CharterText.sha256 == shown.sha256)
    )
    found = db.session.scalar(row)
    if found is not None:
        return found
    # Two first members may accept at the same instant: one writes, both read.
    db.session.execute(
        text(
            "INSERT INTO charter_text (version, language, sha256, text) "
            "VALUES (:version, :language, :sha256, :text) ON CONFLICT DO NOTHING"
        ),
        {
            "version": shown.version,
            "language": shown.language,
            "sha256": shown.sha256,
            "text": shown.text,
        },
    )
    return db.session.scalars(row).one()


def has_accepted_current(member: Member) -> bool:
    """Whether the member accepted the charter in force, word for word, in any language."""
    return (
        db.session.scalar(
            select(CharterAcceptance.id)
            .join(CharterText)
            .where(CharterAcceptance.member_id == member.id)
            .where(CharterText.sha256.in_(_hashes_in_force(member.community)))
            .limit(1)
        )
        is not None
    )


def _hashes_in_force(community: Community) -> list[str]:
    own = voted_text(community)
    if own is not None:
        return [own.sha256]
    languages = source().languages(current_version())
    return [reading(language).sha256 for language in languages]


def accept(member: Member, text: CharterText, recorded_by: Person) -> CharterAcceptance:
    """Record that the member accepts this text; once only, whoever asks again.

    Raises CharterChanged for a text that is not in force.
    """
    if text.sha256 not in _hashes_in_force(member.community):
        raise CharterChanged
    db.session.flush()
    # The member is locked, so that two clicks make one acceptance.
    lock(member)
    found = db.session.scalar(
        select(CharterAcceptance).where(
            CharterAcceptance.member_id == member.id, CharterAcceptance.text_id == text.id
        )
    )
    if found is not None:
        return found
    acceptance = CharterAcceptance(member=member, text=text, recorded_by_id=recorded_by.id)
    db.session.add(acceptance)
    db.session.flush()
    facts.charter_accepted(acceptance)
    return acceptance


def acceptances(member: Member) -> list[CharterAcceptance]:
    """Return what the member has accepted, the latest last."""
    return list(
        db.session.scalars(
            select(CharterAcceptance)
            .where(CharterAcceptance.member_id == member.id)
            .order_by(CharterAcceptance.accepted_at, CharterAcceptance.id)
        )
    )


def articles(text: CharterText | Reading) -> list[Article]:
    """Cut a text into its articles, the introduction first."""
    parts = HEADING.split(text.text)
    title, introduction = _title_and_rest(parts[0])
    found = [_article(0, title, introduction)] if title or introduction else []
    for place, (heading, body) in enumerate(zip(parts[1::2], parts[2::2], strict=True), start=1):
        numbered = NUMBERED.match(heading.strip())
        number, name = (int(numbered[1]), numbered[2]) if numbered else (place, heading)
        found.append(_article(number, name.strip(), body.strip()))
    return found


def _title_and_rest(opening: str) -> tuple[str, str]:
    first, _line, rest = opening.strip().partition("\n")
    return (first.lstrip("# "), rest.strip()) if first.startswith("# ") else ("", opening.strip())


def _article(number: int, title: str, body: str) -> Article:
    return Article(number, title, MARKDOWN.render(body), body)


def changes(old: CharterText | Reading, new: CharterText | Reading) -> list[ArticleChange]:
    """Compare two texts: the new one's articles in order, then those gone.

    An article is followed by its title, wherever it moved; failing that, by its number. A
    version accepted in another language is compared in the new text's own, where it exists.
    """
    before, after = articles(_in_language_of(new, old)), articles(new)
    by_title = {article.title: article for article in before}
    kept_titles = {article.title for article in after}
    by_number = {article.number: article for article in before if article.title not in kept_titles}
    found, met = [], set()
    for article in after:
        former = by_title.get(article.title) or by_number.get(article.number)
        if former is not None:
            met.add(former.title)
        found.append(_change(former, article))
    return found + [
        ArticleChange(article.number, article.title, "removed", [("removed", article.body)])
        for article in before
        if article.title not in met
    ]


def _in_language_of(
    new: CharterText | Reading, old: CharterText | Reading
) -> CharterText | Reading:
    origin = source()
    if old.language == new.language or old.version not in origin.versions():
        return old
    if new.language not in origin.languages(old.version):
        return old
    return _reading(origin, old.version, new.language)


def _change(former: Article | None, article: Article) -> ArticleChange:
    if former is None:
        return ArticleChange(article.number, article.title, "added", [("added", article.body)])
    words = differing_words(former.body, article.body)
    renamed = former.title if former.title != article.title else ""
    same = not renamed and all(word[0] == "same" for word in words)
    return ArticleChange(
        article.number, article.title, "kept" if same else "changed", words, renamed
    )


def differing_words(old: str, new: str) -> list[Word]:
    """Tell two texts apart word by word: what stays, what is gone, what is new, in order."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    found: list[Word] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(after[j1:j2])))
            continue
        if i2 > i1:
            found.append(("removed", "".join(before[i1:i2])))
        if j2 > j1:
            found.append(("added", "".join(after[j1:j2])))
    return found
