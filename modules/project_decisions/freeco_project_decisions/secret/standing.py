"""Where a secret poll stands, for pages: what is awaited next, and from whom."""

from enum import StrEnum

from freeco_project_decisions.polls.models import Poll, PollState
from freeco_project_decisions.secret.beside_errors import PapersWithoutUrn, TooFewPapers
from freeco_project_decisions.secret.errors import (
    CodesMissing,
    CodesNotAsMany,
    ElectorateChanged,
    NotAnnounced,
    TooFewForSecrecy,
)
from freeco_project_decisions.secret.opening import require_codes
from freeco_project_decisions.secret.preparing import sealed_of
from freeco_project_decisions.secret.trustees import group_of


class Standing(StrEnum):
    """What is awaited next."""

    TRUSTEES = "trustees"
    """Trustees to name, or their keys."""
    CODES = "codes"
    """The list to note, or the codes."""
    READY = "ready"
    OPEN = "open"
    OPENING = "opening"
    """It is over; trustees open the sum."""
    ALARM = "alarm"
    """Our own verifier refuses the file; people look into it."""
    DECIDED = "decided"
    CANCELLED = "cancelled"


AFTER = {
    PollState.OPEN: Standing.OPEN,
    PollState.CLOSED: Standing.OPENING,
    PollState.DECIDED: Standing.DECIDED,
    PollState.CANCELLED: Standing.CANCELLED,
}


UNREADY = (
    NotAnnounced,
    CodesMissing,
    CodesNotAsMany,
    TooFewForSecrecy,
    ElectorateChanged,
    TooFewPapers,
    PapersWithoutUrn,
)


def standing(poll: Poll) -> Standing:
    """Say where a secret poll stands; raises Absent for another."""
    sealed = sealed_of(poll)
    if sealed.alarm and poll.state == PollState.CLOSED:
        return Standing.ALARM
    if poll.state != PollState.DRAFT:
        return AFTER[PollState(poll.state)]
    if not group_of(poll).text:
        return Standing.TRUSTEES
    try:
        require_codes(poll, sealed)
    except UNREADY:
        return Standing.CODES
    return Standing.READY
