"""The poll made again from the text it was opened with, which whoever verifies has from a file."""

from datetime import datetime
from typing import Any, TypeVar

from freeco.members.models import Community
from freeco.money import Money
from freeco_project_decisions.counting.assent import Base
from freeco_project_decisions.polls.models import Method, Option, Poll, Tie
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.writing import read
from freeco_project_decisions.tokens.setups import Setup

Kind = TypeVar("Kind")
NAMED = frozenset({Method.CONSENT, Method.DRAW})
"""Methods that need to know who said what: no vote by tokens has them."""


def poll_of(setup: Setup) -> Poll:
    """Make the poll again from the text it was opened with; it is kept nowhere.

    Raises ``Unsound`` for a text that is no poll's, or that is not in its one form.
    """
    try:
        poll = _poll(read(setup.question))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as broken:
        raise Unsound("the question cannot be read") from broken
    if setup.election.name != poll.title:
        raise Unsound("the vote has another name than its question")
    return poll


def _poll(content: dict[str, Any]) -> Poll:
    closes = datetime.fromisoformat(content["closes_at"])
    majority = content["majority"]
    share, quorum = _part(majority["share"]), _part(majority["quorum"])
    poll = Poll(
        community=Community(slug="x", name="x"),
        author=None,
        title=_as(str, content["title"]),
        text=_as(str, content["text"]),
        method=_method(content["method"]),
        opens_at=closes,
        closes_at=closes,
        places=_at_least(1, content["places"]),
        share_part=share[0],
        share_whole=share[1],
        more_than=_as(bool, majority["more_than"]),
        base=Base(majority["base"]),
        quorum_part=quorum[0],
        quorum_whole=quorum[1],
        tie=Tie(content["tie"]),
        budget=_money(content["budget"]),
        seed="",
    )
    for place, each in enumerate(_as(list, content["options"])):
        Option(poll=poll, place=place, text=_as(str, each["text"]), cost=_money(each["cost"]))
    return poll


def _as(kind: type[Kind], content: object) -> Kind:
    # A bool is an int, and would be counted as one.
    if type(content) is not kind:
        raise TypeError(f"{content!r:.60} is no {kind.__name__}")
    return content


def _at_least(least: int, content: object) -> int:
    number = _as(int, content)
    if number < least:
        raise ValueError(f"{number} is below {least}")
    return number


def _method(content: object) -> Method:
    method = Method(_as(str, content))
    if method in NAMED:
        raise ValueError(f"{method} is not voted by tokens")
    return method


def _part(content: object) -> tuple[int, int]:
    part, whole = map(int, _as(str, content).split("/"))
    # As it was written: what was counted names it so.
    if not 0 <= part <= whole or whole == 0:
        raise ValueError(f"{part} of {whole} is no part of a whole")
    return part, whole


def _money(cents: object) -> Money | None:
    return Money(_at_least(0, cents)) if cents is not None else None
