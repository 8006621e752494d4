"""Polls as a member meets them: those that wait for them, those that come, the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from freeco.cells import says
from freeco.db import db
from freeco.members.models import Community, Member
from freeco_project_decisions.polls import paper
from freeco_project_decisions.polls.ballot_models import OpenBallot, Proxy
from freeco_project_decisions.polls.models import (
    Decision,
    Elector,
    Poll,
    PollState,
    Secrecy,
)
from freeco_project_decisions.polls.paper_models import RoomVoter


@dataclass(frozen=True)
class Voted:
    """How many have voted, of how many."""

    ballots: int
    electors: int


def by_state(community: Community, *states: PollState) -> Sequence[Poll]:
    """Return a community's polls in some states, those that end first before the others."""
    return db.session.scalars(
        select(Poll)
        .where(Poll.community_id == community.id, Poll.state.in_(states))
        .order_by(Poll.closes_at, Poll.id)
    ).all()


def coming(community: Community) -> Sequence[Poll]:
    """Return the polls that open by themselves, the next first."""
    return db.session.scalars(
        select(Poll)
        .where(
            Poll.community_id == community.id,
            Poll.state == PollState.DRAFT,
            Poll.ready.is_(True),
        )
        .order_by(Poll.opens_at, Poll.id)
    ).all()


def unanswered(member: Member) -> Sequence[Poll]:
    """Return the open polls in which a member, or the organisation they speak for, has not voted.

    A vote handed to somebody by proxy is in good hands: it no longer waits.
    """
    found = db.session.scalars(
        _electors_of(member)
        .outerjoin(OpenBallot, OpenBallot.elector_id == Elector.id)
        .outerjoin(Proxy, Proxy.giver_id == Elector.id)
        .outerjoin(RoomVoter, RoomVoter.elector_id == Elector.id)
        .where(
            Poll.state == PollState.OPEN,
            Poll.secrecy == Secrecy.OPEN,
            OpenBallot.id.is_(None),
            Proxy.id.is_(None),
            RoomVoter.id.is_(None),
        )
        .order_by(Poll.closes_at, Poll.id)
    )
    return found.unique().all()


def _electors_of(member: Member) -> Select[Poll]:
    mine = (Elector.member_id == member.id) | (Elector.voice_id == member.id)
    return select(Poll).join(Elector, Elector.poll_id == Poll.id).where(mine)


def voted(poll: Poll) -> Voted:
    """Count who has voted."""
    row = db.session.execute(
        select(func.count(OpenBallot.id), func.count(Elector.id))
        .select_from(Elector)
        .outerjoin(OpenBallot, OpenBallot.elector_id == Elector.id)
        .where(Elector.poll_id == poll.id)
    ).one()
    return Voted(row[0] + len(paper.ballots(poll)), row[1])


def subjects(community: Community) -> list[str]:
    """Return the subjects that polls have been about, in order."""
    query = select(Poll.subject).where(Poll.community_id == community.id, Poll.subject != "")
    return sorted(db.session.scalars(query.distinct()), key=str.casefold)


def register(community: Community, words: str = "", subject: str = "") -> Sequence[Decision]:
    """Return the register of decisions, the last first; only those that say some words.

    ``subject`` leaves only those about it.
    """
    found = db.session.scalars(
        select(Decision)
        .where(Decision.community_id == community.id)
        .options(joinedload(Decision.poll))
        .order_by(Decision.number.desc())
    ).all()
    if subject:
        found = [each for each in found if each.poll.subject == subject]
    if not words:
        return found
    return [
        each
        for each in found
        if words.strip() == str(each.number)
        or says(words, each.poll.title, each.poll.text, each.poll.subject)
    ]


def latest(community: Community, most: int, since: datetime | None = None) -> Sequence[Decision]:
    """Return the last decisions, those made since an instant if one is given."""
    query = select(Decision).where(Decision.community_id == community.id)
    if since is not None:
        query = query.where(Decision.decided_at > since)
    query = query.options(joinedload(Decision.poll)).order_by(Decision.number.desc())
    return db.session.scalars(query.limit(most)).all()


def decision_of(poll: Poll) -> Decision | None:
    """Return what came of a poll."""
    return db.session.scalar(select(Decision).where(Decision.poll_id == poll.id))


def electors(poll: Poll) -> Sequence[Elector]:
    """Return who may vote, with their names."""
    return db.session.scalars(
        select(Elector)
        .where(Elector.poll_id == poll.id)
        .options(
            joinedload(Elector.member).joinedload(Member.person),
            joinedload(Elector.member).joinedload(Member.organisation),
        )
        .order_by(Elector.id)
    ).all()


def ballots(poll: Poll) -> dict[int, OpenBallot]:
    """Return the open ballots by their elector's number."""
    found = db.session.scalars(
        select(OpenBallot).join(OpenBallot.elector).where(Elector.poll_id == poll.id)
    )
    return {each.elector_id: each for each in found}


def held(elector: Elector) -> Sequence[Elector]:
    """Return whose proxies an elector holds."""
    return db.session.scalars(
        select(Elector)
        .join(Proxy, Proxy.giver_id == Elector.id)
        .where(Proxy.holder_id == elector.id)
        .options(joinedload(Elector.member))
        .order_by(Elector.id)
    ).all()
