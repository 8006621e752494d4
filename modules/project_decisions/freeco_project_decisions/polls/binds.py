"""What a poll changes once adopted: named while it is prepared, frozen when it opens."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from freeco.charter.adopting import Amended
from freeco.charter.services import current_version
from freeco.clock import now
from freeco.errors import Refusal
from freeco.record.codes import as_code
from freeco.record.parameter_names import CHARTER
from freeco.settable import find
from freeco_project_decisions.polls import electorate
from freeco_project_decisions.polls.binding_errors import (
    MembersLeftOut,
    QuorumUnsaid,
    VotersUnsaid,
)
from freeco_project_decisions.polls.college_members import of_members
from freeco_project_decisions.polls.errors import BindsMoved, CharterTooSoon
from freeco_project_decisions.polls.marks import OF_ONE
from freeco_project_decisions.polls.models import Method, Poll

CHARTER_LASTS = timedelta(days=3)
"""A vote on the charter is open for so long at least; an assembly has its own notice."""
AMONG = (Method.JUDGMENT, Method.APPROVAL, Method.SCHULZE)
"""The methods by which one value is chosen among several."""
QUORUM_PART, QUORUM_WHOLE = 1, 4
"""What a vote that binds everybody asks for until somebody says otherwise: the quorum that French
law gives extraordinary meetings on their first call (code de commerce, article L. 225-96)."""
PROJECT = "project_decisions:project:"
"""What a vote is about when it opens a project."""


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
    without_quorum: str = ""
    """Why no quorum is asked, for those who vote to read."""
    voters: str = ""
    """What allows another share of voices than one for each person: an article of the statutes."""

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
    on = content.get("on", "")
    return Binds(
        tuple(
            Bound(
                each["name"],
                each["before"],
                tuple(each["values"]),
                tuple(Amended(one["before"], one["after"]) for one in each["amendments"]),
            )
            for each in content.get("changes", ())
        ),
        date.fromisoformat(on) if on else None,
        content.get("without_quorum", ""),
        content.get("voters", ""),
    )


def content_of(binds: Binds) -> dict[str, Any]:
    """Return what stands in the text that is opened; empty when nothing changes or is said."""
    words = {"without_quorum": binds.without_quorum, "voters": binds.voters}
    said = {name: each for name, each in words.items() if each}
    if not binds:
        return said
    return said | {
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


def binds_everybody(poll: Poll) -> bool:
    """Whether a poll changes a rule or the charter, or opens a project, once it is adopted."""
    about = [poll.asked_by, *(option.about for option in poll.options)]
    return bool(read(poll.binds)) or any(each.startswith(PROJECT) for each in about)


def unstated(poll: Poll) -> list[Refusal]:
    """Return what the rules of a poll that binds everybody still do not say; none for another.

    What binds all is voted by all, one voice each: the second cooperative principle of the
    International Cooperative Alliance. Statutes may say otherwise, in writing. In an assembly the
    quorum is the one of its convocation.
    """
    if not binds_everybody(poll):
        return []
    found, missing = read(poll.binds), list[Refusal]()
    if not poll.quorum_part and not poll.room and not found.without_quorum:
        missing.append(QuorumUnsaid())
    if shares_voices(poll) and not found.voters:
        missing.append(VotersUnsaid())
    if left_out(poll):
        missing.append(MembersLeftOut())
    return missing


def shares_voices(poll: Poll) -> bool:
    """Whether voices are shared otherwise than one for each person."""
    return bool(poll.colleges) or poll.by_organisation


def left_out(poll: Poll) -> int:
    """Return how many persons are in no college of a poll by colleges."""
    if not poll.colleges:
        return 0
    placed = of_members(poll)
    return sum(each.id not in placed for each in electorate.persons(poll.community))


def require_in_force(poll: Poll) -> None:
    """Stop the opening of a poll that binds by unsaid rules, or shows a value no longer in force.

    Raises ``QuorumUnsaid``, ``VotersUnsaid``, ``MembersLeftOut``, ``BindsMoved``,
    ``CharterTooSoon``, and what finding a rule raises.
    """
    for refusal in unstated(poll):
        raise refusal
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
