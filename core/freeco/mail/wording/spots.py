"""Where values stand in a letter: from its template to a text with words in braces, and back.

Nothing that a community writes is a template: a closed set of words in braces is replaced, once,
by what our own template makes of them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Any

from jinja2 import Environment, Template
from jinja2.runtime import Context

from freeco.i18n import LANGUAGES, day, hour, moment, money, short_day, spoken
from freeco.mail.letters import FOOT, Letter, environment_of, one_line
from freeco.module import LetterKind
from freeco.money import Money

BRACED = re.compile(r"\{([^{}\n]{1,80})\}")
SHORT = "_short"
"""The end of the name of a day that is written shortened."""
_ENDINGS = {"short_day": SHORT}


class Obsolete(LookupError):
    """A text holds words that its letter does not know any more, or lacks some it needs."""


class Spot(str):
    """Stands for a value in our template: a filter leaves it, or names the value's other form."""

    __slots__ = ()

    @classmethod
    def of(cls, name: str) -> "Spot":
        """Return the word in braces for the value of this name."""
        return cls(f"{{{name}}}")

    @property
    def name(self) -> str:
        """The name of the value."""
        return self[1:-1]


def stem(kind: LetterKind) -> str:
    """Return the name of a letter's file, without its module's."""
    return kind.name.partition(".")[2]


def blocks_of(kind: LetterKind) -> frozenset[str]:
    """Return what a letter says only sometimes, or in several lines."""
    return frozenset(_template(kind).blocks)


def ours(kind: LetterKind, language: str) -> Letter:
    """Return our own words, with the values' names in braces; the foot left out."""
    template = _bare(kind)
    context = template.new_context({name: Spot.of(name) for name in kind.example})
    for name in context.blocks:
        context.blocks[name] = [_stands(name)]
    with spoken(language):
        written = "".join(template.root_render_func(context))
    subject, _line, body = written.strip().partition("\n")
    return Letter(one_line(subject), tidied(body.partition(f"\n{FOOT}\n")[0]))


def _stands(name: str) -> Callable[[Context], Iterator[str]]:
    def stand(_context: Context) -> Iterator[str]:
        yield f"{{{name}}}\n"

    return stand


def tidied(text: str) -> str:
    """Leave one empty line between paragraphs, and none around the text."""
    lines = "\n".join(line.rstrip() for line in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"


def filled(
    kind: LetterKind, subject: str, body: str, language: str, content: Mapping[str, Any]
) -> Letter:
    """Return a community's letter with its values. Raises Obsolete."""
    if not fits(kind, f"{subject}\n{body}"):
        raise Obsolete(kind.name)
    template = _template(kind)

    def value(found: re.Match[str]) -> str:
        return _value(template, found[1], content)

    with spoken(language):
        lines = [BRACED.sub(value, line) for line in body.split("\n")]
        kept = [
            line
            for line, written in zip(lines, body.split("\n"), strict=True)
            # A line of one word in braces that says nothing today is left out.
            if line.strip() or not written.strip()
        ]
        return Letter(one_line(BRACED.sub(value, subject)), tidied("\n".join(kept)))


def _value(template: Template, name: str, content: Mapping[str, Any]) -> str:
    block = template.blocks.get(name)
    if block is not None:
        return "".join(block(template.new_context(dict(content)))).strip("\n")
    plain = name.removesuffix(SHORT)
    if plain not in content:
        raise Obsolete(name)
    return said_as(content[name]) if name == plain else short_day(content[plain])


def said_as(value: object) -> str:
    """Write a value as letters do, in the language that is spoken."""
    if isinstance(value, Money):
        return money(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, time):
        return hour(value)
    return "" if value is None else str(value)


def named(text: str) -> set[str]:
    """Return the words that stand in braces."""
    return {found[1] for found in BRACED.finditer(text)}


def missing(kind: LetterKind, text: str) -> list[str]:
    """Return the words that a letter needs and a text lacks; a day shortened is that day."""
    found = {name.removesuffix(SHORT) for name in named(text)}
    return [name for name in kind.needed if name not in found]


def fits(kind: LetterKind, text: str) -> bool:
    """Whether a text holds all that a letter needs, and nothing that it does not know."""
    return named(text) <= set(kind.words) and not missing(kind, text)


def shown(kind: LetterKind, text: str) -> str:
    """Return a text with its words in braces as the reader of the page reads them."""

    def label(found: re.Match[str]) -> str:
        words = kind.words.get(found[1])
        return f"{{{words if words is not None else found[1]}}}"

    return BRACED.sub(label, text)


def kept(kind: LetterKind, text: str) -> tuple[str, list[str]]:
    """Return a text with its words in braces as they are kept, and those that mean nothing.

    They are known in every language of the site, whatever the page was written in.
    """
    known = _known(kind)
    strange: list[str] = []

    def name(found: re.Match[str]) -> str:
        typed = _plain(found[1])
        if typed not in known:
            strange.append(found[0])
            return found[0]
        return f"{{{known[typed]}}}"

    return BRACED.sub(name, text), strange


def _known(kind: LetterKind) -> dict[str, str]:
    known = {name: name for name in kind.words}
    for language in reversed(LANGUAGES):
        with spoken(language):
            known |= {_plain(str(label)): name for name, label in kind.words.items()}
    return known


def _plain(words: str) -> str:
    return " ".join(words.replace("’", "'").casefold().split())


def _template(kind: LetterKind) -> Template:
    return environment_of(kind.folder).get_template(f"{stem(kind)}.txt")


def _bare(kind: LetterKind) -> Template:
    return _environment(kind).get_template(f"{stem(kind)}.txt")


def _environment(kind: LetterKind) -> Environment:
    return _of_folder(kind.folder)


@cache
def _of_folder(folder: Any) -> Environment:
    bare = environment_of(folder).overlay()
    bare.filters = {**bare.filters, **{name: _leave(name) for name in FILTERS}}
    return bare


FILTERS = ("money", "day", "short_day", "moment", "hour")


def _leave(name: str) -> Callable[[Spot], Spot]:
    def leave(spot: Spot) -> Spot:
        return Spot.of(spot.name + _ENDINGS.get(name, ""))

    return leave
