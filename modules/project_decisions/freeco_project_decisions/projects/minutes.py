"""Minutes read for what is to be done: « - [ ] Awa : appeler la mairie avant le 12/12 »."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from freeco import cells

ACTION = re.compile(r"^\s*(?:[-*•]\s*)?\[(?P<tick>[ xX]?)\]\s*(?P<words>\S.*)$")
WHO = re.compile(r"^(?P<who>[^:]{1,80}?)\s*:\s*(?P<what>\S.*)$")
WHEN = re.compile(
    r"[\s,;(]*\b(?:avant|pour|d[’']ici|jusqu[’']au|by)\s+(?:le\s+)?"
    r"(?P<day>[0-9]{1,2})[/.](?P<month>[0-9]{1,2})(?:[/.](?P<year>[0-9]{4}|[0-9]{2}))?\b[\s).]*$",
    re.IGNORECASE,
)
LONGEST = 200
CENTURY = 100


@dataclass(frozen=True)
class Action:
    """Something that minutes ask for."""

    line: str
    """To the letter."""
    what: str
    who: tuple[str, ...] = ()
    """Names as they were written."""
    due: date | None = None
    done: bool = False


def actions(text: str, held_on: date) -> list[Action]:
    """Return the lines of minutes that begin with a box, in their order, each once.

    A day without a year is the next one after the meeting.
    """
    found: dict[str, Action] = {}
    for line in text.splitlines():
        boxed = ACTION.match(line)
        if boxed is not None:
            key = line.strip()
            found.setdefault(key, _action(key, boxed["words"], boxed["tick"], held_on))
    return list(found.values())


def _action(line: str, words: str, tick: str, held_on: date) -> Action:
    words, due = _due(words.strip(), held_on)
    named = WHO.match(words)
    who: tuple[str, ...] = ()
    if named is not None:
        who = tuple(
            name.strip() for name in re.split(r",|\bet\b|\band\b|&", named["who"]) if name.strip()
        )
        words = named["what"]
    return Action(line, words.strip()[:LONGEST], who, due, bool(tick.strip()))


def _due(words: str, held_on: date) -> tuple[str, date | None]:
    dated = WHEN.search(words)
    if dated is None:
        return words, None
    day, month = int(dated["day"]), int(dated["month"])
    try:
        if dated["year"]:
            year = int(dated["year"])
            due = date(year + 2000 if year < CENTURY else year, month, day)
        else:
            due = date(held_on.year, month, day)
            due = due if due >= held_on else date(held_on.year + 1, month, day)
    except ValueError:  # no such day: it stays in the words, for somebody to mend
        return words, None
    return words[: dated.start()].rstrip(" ,;("), due


def named_like(who: str, names: Sequence[tuple[str, int]]) -> int | None:
    """Return the number of the one whom a name means; none when it means nobody, or several."""
    wanted = cells.plain(who)
    whole = {number for name, number in names if cells.plain(name) == wanted}
    if len(whole) == 1:
        return whole.pop()
    words = set(wanted.split())
    some = {number for name, number in names if words and words <= set(cells.plain(name).split())}
    return some.pop() if len(some) == 1 else None
