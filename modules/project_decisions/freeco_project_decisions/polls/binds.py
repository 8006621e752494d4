"""What a poll changes once adopted: named while it is prepared, frozen when it opens."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from freeco.charter.adopting import Amended
from freeco.charter.services import current_version
from freeco.clock import now
from freeco.record.codes import as_code
from freeco.record.parameter_names import CHARTER
from freeco.settable import find
from freeco_project_decisions.polls.errors import BindsMoved, CharterTooSoon
from freeco_project_decisions.polls.marks import OF_ONE
from freeco_project_decisions.polls.models import Method, Poll

CHARTER_LASTS = timedelta(days=3)
"""A vote on the charter is open for so long at least; an assembly has its own notice."""
AMONG = (Method.JUDGMENT, Method.APPROVAL, Method.SCHULZE)
"""The methods by which one value is chosen among several."""


@dataclass(frozen=True)
class Bound:
    """A rule, with the value in force and those that the vote may give it."""

    name: str
    before: str
    values: tuple[str, ...] = ()
    """One code when the vote says yes or no; one for each option else; none for the charter."""
    amendments: tuple[Amended, ...] = ()
    """The articles of the charter that change."""


@dataclass(frozen=True)
class Binds:
    """All that a poll changes, and from which day."""

    changes: tuple[Bound, ...] = ()
    on: date | None = None
    """None: as soon as it is decided."""

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self.changes)

    def put(self, bound: Bound) -> "Binds":
        """Return them with one more, in the place of the one of that name."""
        others = [each for each in self.changes if each.name != bound.name]
        return replace(self, changes=(*others, bound))

    def without(self, name: str) -> "Binds":
        """Return them without one."""
        return replace(self, changes=tuple(each for each in self.changes if each.name != name))


def read(text: str) -> Binds:
    """Read what ``Poll.binds`` holds."""
    return of_content(json.loads(text)) if text else Binds()


def of_content(content: Any) -> Binds:
    """Read it as it stands in what was opened."""
    if not content:
        return Binds()
    return Binds(
        tuple(
            Bound(
                each["name"],
                each["before"],
                tuple(each["values"]),
                tuple(Amended(one["before"], one["after"]) for one in each["amendments"]),
            )
            for each in content["changes"]
        ),
        date.fromisoformat(content["on"]) if content["on"] else None,
    )


def content_of(binds: Binds) -> dict[str, Any]:
    """Return what stands in the text that is opened; empty when nothing changes."""
    if not binds:
        return {}
    return {
        "on": binds.on.isoformat() if binds.on is not None else "",
        "changes": [
            {
                "name": each.name,
                "before": each.before,
                "values": list(each.values),
                "amendments": [
                    {"before": one.before, "after": one.after} for one in each.amendments
                ],
            }
            for each in binds.changes
        ],
    }


def write(binds: Binds) -> str:
    """Write them for ``Poll.binds``."""
    content = content_of(binds)
    return json.dumps(content, ensure_ascii=False, sort_keys=True) if content else ""


def keep_fitting(poll: Poll, before: Sequence[str], after: Sequence[str]) -> None:
    """Forget the values of options that are no longer those they were given to."""
    if list(before) != list(after):
        found = read(poll.binds)
        kept = tuple(each for each in found.changes if len(each.values) < 2)
        poll.binds = write(replace(found, changes=kept))


def require_in_force(poll: Poll) -> None:
    """Stop the opening of a poll that would show a value no longer in force.

    Raises ``BindsMoved``, ``CharterTooSoon``, and what finding a rule raises.
    """
    many = 1 if Method(poll.method) in OF_ONE else len(poll.options)
    for each in read(poll.binds).changes:
        if each.name == CHARTER:
            if not poll.room and poll.closes_at - max(now(), poll.opens_at) < CHARTER_LASTS:
                raise CharterTooSoon
            in_force = as_code(current_version(poll.community))
        else:
            in_force = find(poll.community, each.name).code
            if len(each.values) != many:
                raise BindsMoved
        if in_force != each.before:
            raise BindsMoved
