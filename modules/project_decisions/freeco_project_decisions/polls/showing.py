"""What the pages of a poll show its reader: their seat, and who voted what once it is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from freeco.cells import unaccented
from freeco.db import db
from freeco.i18n import said
from freeco.members.models import Community, Member
from freeco.record.models import RecordEntry, RecordLog
from freeco_project_decisions.polls import electorate, objecting, paper, reading, voting, wording
from freeco_project_decisions.polls.ballot_models import OpenBallot, Proxy
from freeco_project_decisions.polls.electorate import elector_of
from freeco_project_decisions.polls.errors import NotAnElector
from freeco_project_decisions.polls.models import Elector, Poll, Secrecy
from freeco_project_decisions.polls.objection_models import Objection


@dataclass(frozen=True)
class Held:
    """A proxy that one holds, or another seat that one speaks for, and how one used it."""

    giver: Elector
    ballot: OpenBallot | None


@dataclass(frozen=True)
class Seat:
    """A reader's own place in a poll; empty for who joined later."""

    elector: Elector | None = None
    ballot: OpenBallot | None = None
    objection: Objection | None = None
    given: Proxy | None = None
    in_room: bool = False
    """Whether their voice counts in the room of an assembly."""
    held: Sequence[Held] = ()

    @property
    def settled(self) -> bool:
        """Whether a paper or the room came first: the page takes no other ballot."""
        return self.in_room or (self.ballot is not None and self.ballot.way == "paper")

    @property
    def typed(self) -> Mapping[str, object]:
        """What one voted so far, as the form shows it."""
        if self.objection is not None and self.objection.lifted_at is None:
            return {"argument": self.objection.argument}
        return {}


def seat_of(poll: Poll, member: Member) -> Seat:
    """Return a member's place in a poll."""
    try:
        elector = elector_of(poll, member)
    except NotAnElector:
        return Seat()
    return Seat(
        elector,
        voting.ballot_of(elector),
        objecting.of_elector(elector),
        voting.proxy_of(elector),
        paper.in_room(elector),
        [
            Held(giver, voting.ballot_of(giver))
            for giver in (*electorate.seats_of(poll, member)[1:], *reading.held(elector))
        ],
    )


@dataclass(frozen=True)
class NamedBallot:
    """Who voted what, told once the poll is over."""

    name: str
    words: str
    by_proxy: str = ""


@dataclass(frozen=True)
class Roll:
    """Who voted what, and who did not; none for a secret poll."""

    named: Sequence[NamedBallot] = field(default_factory=tuple)
    absent: Sequence[str] = field(default_factory=tuple)


def roll(poll: Poll) -> Roll:
    """Return who voted what, in the order of names; the erased are numbers."""
    if poll.secrecy != Secrecy.OPEN:
        return Roll()
    cast, in_room = reading.ballots(poll), paper.voter_ids(poll)
    named, absent = [], []
    for elector in sorted(reading.electors(poll), key=sorting):
        ballot = cast.get(elector.id)
        if elector.id in in_room:
            named.append(NamedBallot(name_of(elector), said("a voté dans la salle")))
            continue
        if ballot is None:
            absent.append(name_of(elector))
            continue
        proxy = ballot.cast_by.name if ballot.way == "proxy" and ballot.cast_by else ""
        words = wording.ballot(poll, ballot.marks)
        named.append(NamedBallot(name_of(elector), words, proxy))
    return Roll(named, absent)


def name_of(elector: Elector) -> str:
    """Return an elector's name; a number once they are erased."""
    return wording.elector(elector.id, elector.member.name if elector.member is not None else "")


def sorting(elector: Elector) -> tuple[str, int]:
    """Sort electors by last name, É with E; the erased come last."""
    member = elector.member
    if member is None:
        return ("\uffff", elector.id)
    name = member.person.sorting_name if member.person is not None else member.name
    return (unaccented(name), elector.id)


def statement_of(community: Community, key: str) -> str:
    """Return the reference under which the record states a fact; empty while it does not."""
    found = db.session.scalar(
        select(RecordEntry)
        .join(RecordEntry.log)
        .where(RecordLog.community_id == community.id, RecordEntry.key == key)
    )
    return found.reference if found is not None else ""
