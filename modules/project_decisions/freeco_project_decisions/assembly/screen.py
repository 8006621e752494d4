"""What is projected on the wall of an assembly: no name of who voted, nothing private."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from freeco.clock import now
from freeco.i18n import counted, said
from freeco_project_decisions.assembly import attending, holding
from freeco_project_decisions.assembly.attending import Attendance
from freeco_project_decisions.assembly.models import Assembly, AssemblyItem
from freeco_project_decisions.polls import paper, reading, results
from freeco_project_decisions.polls.models import Poll, PollState, Room
from freeco_project_decisions.polls.results import Shown

COUNTED_DOWN = timedelta(hours=1)
"""An end that is farther away is nobody's haste."""


@dataclass(frozen=True)
class Screen:
    """What stands on the wall now."""

    came: Attendance
    item: AssemblyItem | None
    poll: Poll | None
    turnout: Sequence[str] = ()
    countdown: str = ""
    result: Shown | None = None
    number: int = 0
    """The number of the decision in the register."""


def of(assembly: Assembly) -> Screen:
    """Return what to project."""
    item = holding.current(assembly)
    poll = item.poll if item is not None else None
    came = attending.attendance(assembly)
    if poll is None or poll.state == PollState.DRAFT:
        return Screen(came, item, poll)
    decision = reading.decision_of(poll)
    return Screen(
        came,
        item,
        poll,
        turnout(poll),
        _countdown(poll),
        results.shown(decision) if decision is not None else None,
        decision.number if decision is not None else 0,
    )


def turnout(poll: Poll) -> list[str]:
    """Say how many have voted, by way, and nothing of what."""
    cast = paper.sources(poll)
    pages = sum(many for way, many in cast.items() if way not in tuple(Room))
    found = [counted("%(num)s bulletin reçu", "%(num)s bulletins reçus", pages)]
    if paper.counts_in_room(poll):
        voices = paper.voters(poll).total()
        found.append(counted("%(num)s voix dans la salle", "%(num)s voix dans la salle", voices))
    return found


def _countdown(poll: Poll) -> str:
    left = poll.closes_at - now()
    if poll.state != PollState.OPEN or not timedelta() < left <= COUNTED_DOWN:
        return ""
    minutes, seconds = divmod(int(left.total_seconds()), 60)
    if minutes:
        return said("encore %(minutes)s min %(seconds)s s", minutes=minutes, seconds=seconds)
    return said("encore %(seconds)s s", seconds=seconds)
