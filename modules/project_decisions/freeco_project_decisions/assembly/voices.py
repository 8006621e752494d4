"""Who votes where: in the room, on their page, for whom they represent."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Delete, delete, select
from sqlalchemy.orm import joinedload

from freeco.db import db, lock
from freeco_project_decisions.assembly import attending
from freeco_project_decisions.assembly.attending import is_there, represented, seats
from freeco_project_decisions.assembly.models import (
    Assembly,
    Seat,
)
from freeco_project_decisions.polls import paper
from freeco_project_decisions.polls.ballot_models import OpenBallot, Proxy
from freeco_project_decisions.polls.errors import CountBegun
from freeco_project_decisions.polls.models import Elector, Poll, PollState, Secrecy


def let_vote(assembly: Assembly, poll: Poll, there: Iterable[Seat]) -> None:
    """Let people who are there vote, for themselves and for those they represent; once is enough.

    In the room they are marked as voting there; from elsewhere, and where everybody votes on
    their page, they hold the proxies that were given to them for the assembly.
    """
    electors, held = _electors(poll), _held(assembly)
    in_room: list[Elector] = []
    for seat in there:
        mine = electors.get(seat.member_id or 0, [])
        givers = [
            each for giver in held.get(seat.member_id or 0, ()) for each in electors.get(giver, [])
        ]
        if paper.counts_in_room(poll) and not seat.remote:
            in_room += [*mine, *givers]
        elif mine:
            _hand_over(mine[0], givers)
    paper.mark(poll, in_room)


def _electors(poll: Poll) -> Mapping[int, list[Elector]]:
    """Return the electors of a poll by who votes for them: themselves or a voice."""
    found = db.session.scalars(
        select(Elector)
        .where(Elector.poll_id == poll.id)
        .options(joinedload(Elector.member))
        .order_by(Elector.id)
    )
    spoken: dict[int, list[Elector]] = {}
    for each in found:
        speaker = each.voice_id or each.member_id
        if speaker is not None:
            spoken.setdefault(speaker, []).append(each)
    return spoken


def _held(assembly: Assembly) -> Mapping[int, list[int]]:
    """Return whose voices each holder has, of those who are represented now."""
    held: dict[int, list[int]] = {}
    for giver, holder in represented(assembly, seats(assembly)).items():
        held.setdefault(holder, []).append(giver)
    return held


def _hand_over(holder: Elector, givers: Iterable[Elector]) -> None:
    for giver in givers:
        voted = select(OpenBallot.id).where(OpenBallot.elector_id == giver.id)
        given = select(Proxy.id).where(Proxy.giver_id == giver.id)
        if db.session.scalar(voted) is None and db.session.scalar(given) is None:
            db.session.add(Proxy(giver=giver, holder=holder))
            db.session.flush()


def running(assembly: Assembly) -> list[Poll]:
    """Return the polls of an assembly that the chair has to end."""
    return [each.poll for each in assembly.items if each.poll and runs_here(each.poll)]


def arrive(seat: Seat, *, remote: bool = False) -> None:
    """Note that somebody is there, and let them vote in what is open; raises ``NotCalled``."""
    attending.arrive(seat, remote=remote)
    for poll in running(seat.assembly):
        lock(poll)
        for mine in _electors(poll).get(seat.member_id or 0, ()):
            db.session.execute(_unused_proxy(mine))
        db.session.expire_all()
        let_vote(seat.assembly, poll, [seat])


def _unused_proxy(giver: Elector) -> Delete:
    """Who comes after all votes in person: a proxy of theirs that was not used falls."""
    used = select(OpenBallot.id).where(OpenBallot.elector_id == Proxy.giver_id).exists()
    return delete(Proxy).where(Proxy.giver_id == giver.id, ~used)


def leave(seat: Seat) -> None:
    """Note that somebody left; as long as nothing is counted they may vote elsewhere."""
    attending.leave(seat)
    _free(seat)


def never_came(seat: Seat) -> None:
    """Take back a slip of the finger."""
    attending.never_came(seat)
    _free(seat)


def _free(seat: Seat) -> None:
    """Let somebody who is not there, and whom they represented, vote on their page."""
    givers = [
        each.giver_id
        for each in attending.proxies(seat.assembly)
        if each.holder_id is not None and each.holder_id == seat.member_id
    ]
    for poll in running(seat.assembly):
        if not paper.counts_in_room(poll):
            continue
        try:
            electors = _electors(poll)
            for member_id in (seat.member_id, *givers):
                for mine in electors.get(member_id or 0, ()):
                    paper.unmark(poll, mine)
        except CountBegun:
            continue


def count_present(assembly: Assembly, poll: Poll) -> int:
    """Count the electors who are there or represented, or who have voted from elsewhere."""
    found = seats(assembly)
    electors = _electors(poll)
    there = {seat.member_id for seat in found if is_there(seat)}
    present = {*there, *represented(assembly, found)}
    counted = {
        each.id for member_id, mine in electors.items() if member_id in present for each in mine
    }
    voted = db.session.scalars(
        select(OpenBallot.elector_id).join(OpenBallot.elector).where(Elector.poll_id == poll.id)
    )
    return len(counted | set(voted) | paper.voter_ids(poll))


def came_with_paper(assembly: Assembly, poll: Poll) -> int:
    """Count those noted as voting on paper beside a secret vote who came to the room.

    Nobody is represented: a secret vote has no proxies.
    """
    came = {each.member_id for each in seats(assembly) if each.came_at and not each.remote}
    noted = paper.voter_ids(poll)
    electors = _electors(poll)
    return sum(one.id in noted for each in came if each for one in electors.get(each, ()))


def runs_here(poll: Poll) -> bool:
    """Whether the chair ends a poll: a secret one has its own hours, and its trustees."""
    return poll.state == PollState.OPEN and poll.secrecy == Secrecy.OPEN
