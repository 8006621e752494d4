"""A charter article by article, and what became of each between two texts."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from markdown_it import MarkdownIt

from freeco.charter.models import CharterText
from freeco.charter.services import Reading, in_language_of

HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)
NUMBERED = re.compile(r"^\w+ (\d+) *[–—:.-]+ *(.+)$")
WORDS = re.compile("[^\\S\u00a0\u202f]+|[\\S\u00a0\u202f]+")
"""What a no-break space holds together, such as a price, is one word."""
# No HTML passes: a charter is written by the members, and shown to everybody.
MARKDOWN = MarkdownIt("commonmark", {"html": False})

Word = tuple[Literal["same", "added", "removed"], str]


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
    before, after = articles(in_language_of(new, old)), articles(new)
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
