"""The charter: where its text comes from, who has accepted it."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import entry_points
from typing import Protocol

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


def in_language_of(new: CharterText | Reading, old: CharterText | Reading) -> CharterText | Reading:
    """Return an older version in the language of the new one, where it exists; else as it is."""
    origin = source()
    if old.language == new.language or old.version not in origin.versions():
        return old
    if new.language not in origin.languages(old.version):
        return old
    return _reading(origin, old.version, new.language)
