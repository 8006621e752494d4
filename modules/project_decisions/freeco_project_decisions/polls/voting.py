"""Casting open ballots, for oneself or with a proxy; the last ballot counts."""

from collections.abc import Sequence

from sqlalchemy import func, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.members.models import Member
from freeco_project_decisions.polls.ballot_models import OpenBallot, Proxy
from freeco_project_decisions.polls.electorate import elector_of
from freeco_project_decisions.polls.errors import (
    NoProxies,
    NotAnElector,
    PollNotOpen,
    PollOver,
    ProxyChain,
    ProxyUsed,
    SpoiltBallot,
    TooManyProxies,
    VotedOnPage,
    VotedOnPaper,
    VotesInRoom,
)
from freeco_project_decisions.polls.marks import require
from freeco_project_decisions.polls.models import (
    Elector,
    Method,
    Poll,
    PollState,
    Secrecy,
)
from freeco_project_decisions.polls.paper_models import RoomVoter


def require_open(poll: Poll) -> None:
    """Stop a vote outside its hours; raises ``PollOver`` or ``PollNotOpen``.

    The poll's row is locked by who closes it: a ballot is taken whole or refused whole.
    """
    if poll.state in (PollState.CLOSED, PollState.DECIDED) or (
        poll.state == PollState.OPEN and poll.closes_at <= now()
    ):
        raise PollOver
    if poll.state != PollState.OPEN or poll.secrecy != Secrecy.OPEN:
        raise PollNotOpen


def vote(poll: Poll, member: Member, marks: Sequence[int]) -> OpenBallot:
    """Cast a member's own ballot, or their organisation's; again replaces it.

    A proxy they had given is taken back: who is there votes. Raises ``PollNotOpen``,
    ``PollOver``, ``NotAnElector``, ``SpoiltBallot``.
    """
    lock(poll)
    require_open(poll)
    elector = elector_of(poll, member)
    ballot = _put(elector, require(poll, marks), member, "page")
    given = proxy_of(elector)
    if given is not None:
        db.session.delete(given)
    db.session.flush()
    return ballot


def vote_for(poll: Poll, holder: Member, giver: Elector, marks: Sequence[int]) -> OpenBallot:
    """Cast the ballot of somebody who gave a proxy, or of an organisation one also speaks for.

    Raises as ``vote`` does, and ``NotAnElector`` without a proxy of theirs.
    """
    lock(poll)
    require_open(poll)
    if giver.voice_id == holder.id and giver.poll_id == poll.id:
        return _put(giver, require(poll, marks), holder, "page")
    given = proxy_of(giver)
    if given is None or given.holder_id != elector_of(poll, holder).id:
        raise NotAnElector
    return _put(giver, require(poll, marks), holder, "proxy")


def vote_on_paper(
    poll: Poll, elector: Elector, marks: Sequence[int], secretary: Member
) -> OpenBallot:
    """Type the paper ballot of an elector, with their name; again corrects it.

    Raises ``VotedOnPage`` when they voted on their page, ``VotesInRoom`` when they vote in the
    room, and what ``vote`` raises.
    """
    lock(poll)
    require_open(poll)
    if elector.poll_id != poll.id:
        raise NotAnElector
    return _put(elector, require(poll, marks), secretary, "paper")


def stand_down(poll: Poll, member: Member) -> None:
    """Take back a ballot that only says « I volunteer »; none is nothing.

    Raises as ``vote`` does, and ``SpoiltBallot`` where a ballot is changed rather than taken back.
    """
    lock(poll)
    require_open(poll)
    if poll.method != Method.DRAW:
        raise SpoiltBallot
    ballot = ballot_of(elector_of(poll, member))
    if ballot is not None:
        db.session.delete(ballot)
        db.session.flush()


def _put(elector: Elector, marks: bytes, by: Member, way: str) -> OpenBallot:
    ballot = ballot_of(elector)
    _require_one_way(elector, ballot, way)
    if ballot is None:
        ballot = OpenBallot(elector=elector, marks=marks, cast_by=by, way=way)
        db.session.add(ballot)
    else:
        ballot.marks, ballot.cast_by, ballot.way, ballot.cast_at = marks, by, way, now()
    db.session.flush()
    return ballot


def _require_one_way(elector: Elector, ballot: OpenBallot | None, way: str) -> None:
    """Let the first way stand: the page, a paper with a name, or the room of the assembly."""
    in_room = select(RoomVoter.id).where(RoomVoter.elector_id == elector.id)
    if db.session.scalar(in_room) is not None:
        raise VotesInRoom
    if ballot is not None and (ballot.way == "paper") != (way == "paper"):
        raise VotedOnPage if way == "paper" else VotedOnPaper


def ballot_of(elector: Elector) -> OpenBallot | None:
    """Return what an elector voted so far."""
    return db.session.scalar(select(OpenBallot).where(OpenBallot.elector_id == elector.id))


def proxy_of(elector: Elector) -> Proxy | None:
    """Return the proxy an elector gave."""
    return db.session.scalar(select(Proxy).where(Proxy.giver_id == elector.id))


def give_proxy(poll: Poll, giver: Member, holder: Elector) -> Proxy:
    """Hand one's vote to another elector, or to another than before.

    Raises ``NoProxies``, ``TooManyProxies``, ``ProxyChain``, ``ProxyUsed``, ``PollNotOpen``,
    ``NotAnElector``.
    """
    lock(poll)
    require_open(poll)
    mine = elector_of(poll, giver)
    if holder.poll_id != poll.id or holder.id == mine.id:
        raise NotAnElector
    if not poll.most_proxies:
        raise NoProxies
    if proxy_of(holder) is not None or _held(mine):
        raise ProxyChain
    if ballot_of(mine) is not None:
        raise ProxyUsed
    given = proxy_of(mine)
    if given is not None and given.holder_id == holder.id:
        return given
    if _held(holder) >= poll.most_proxies:
        raise TooManyProxies
    if given is not None:
        db.session.delete(given)
        db.session.flush()
    given = Proxy(giver=mine, holder=holder)
    db.session.add(given)
    db.session.flush()
    return given


def take_back_proxy(poll: Poll, giver: Member) -> None:
    """Take back a proxy that was not used; none is nothing. Raises ``ProxyUsed``."""
    lock(poll)
    require_open(poll)
    mine = elector_of(poll, giver)
    given = proxy_of(mine)
    if given is None:
        return
    if ballot_of(mine) is not None:
        raise ProxyUsed
    db.session.delete(given)
    db.session.flush()


def _held(elector: Elector) -> int:
    many = select(func.count(Proxy.id)).where(Proxy.holder_id == elector.id)
    return db.session.scalar(many) or 0
