"""What goes out by itself, member by member, each in a short transaction of its own.

A row says whose turn it was: late, twice, or with two workers at once, nobody is told twice.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from freeco.clock import now
from freeco.db import db
from freeco.i18n import spoken
from freeco.mail.letters import in_view
from freeco.members.models import Community, Member, Person
from freeco.module import AgendaItem
from freeco.notifications import choices
from freeco.notifications.models import Notice, OutgoingSignal, Turn
from freeco.plugins import Plugins

KEPT_DAYS = 90
MOST_A_TICK = 100
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Round:
    """A sweep that is due in a community: what to do for each member whose turn has not come."""

    name: str
    slot: int
    before: datetime
    """Only who was a member by then."""
    act: Callable[[Member], None]


Prepare = Callable[[Plugins, Community], Round | None]


def go_round(plugins: Plugins, sweeps: Sequence[Prepare]) -> int:
    """Do the sweeps that are due; return for how many members it was a turn. Commits each."""
    communities = db.session.scalars(select(Community.id).order_by(Community.id)).all()
    db.session.rollback()
    # Modules write the addresses of their pages; POST, since what follows writes.
    with current_app.test_request_context(method="POST"):
        return sum(
            _sweep(plugins, community_id, sweep) for community_id in communities for sweep in sweeps
        )


def _sweep(plugins: Plugins, community_id: int, prepare: Prepare) -> int:
    community = db.session.get_one(Community, community_id)
    due = prepare(plugins, community)
    waiting = list(_waiting(community, due)) if due is not None else []
    db.session.rollback()
    return sum(_take_turn(member_id, due) for member_id in waiting if due is not None)


def _waiting(community: Community, due: Round) -> Sequence[int]:
    return db.session.scalars(
        select(Member.id)
        .join(Person, Person.id == Member.person_id)
        .where(
            Member.community_id == community.id,
            Member.left_at.is_(None),
            Member.joined_at <= due.before,
            Person.erased_at.is_(None),
            ~select(Turn.id)
            .where(Turn.member_id == Member.id, Turn.sweep == due.name, Turn.slot == due.slot)
            .exists(),
        )
        .order_by(Member.id)
        .limit(MOST_A_TICK)
    ).all()


def _take_turn(member_id: int, due: Round) -> bool:
    try:
        db.session.add(Turn(member_id=member_id, sweep=due.name, slot=due.slot))
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        return False
    try:
        member = db.session.get_one(Member, member_id)
        with in_view(member.community):
            due.act(member)
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("%s of member %s will be tried again", due.name, member_id)
        return False
    return True


def agenda_of(
    plugins: Plugins, opened: frozenset[str], member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    """Return a member's agenda between two instants, in the language of who reads it."""
    reader = choices.reader_of(member)
    person = reader.person if reader is not None else member.person
    with spoken(person.language if person is not None else "fr"):
        return plugins.agenda(opened, member.community, member, since, until)


def forget_old(community: Community) -> None:
    """Forget what was told long ago, whose turn it was, and the signals that left."""
    long_ago = now() - timedelta(days=KEPT_DAYS)
    here = select(Member.id).where(Member.community_id == community.id)
    db.session.execute(
        delete(Notice).where(Notice.created_at < long_ago, Notice.member_id.in_(here))
    )
    db.session.execute(delete(Turn).where(Turn.ran_at < long_ago, Turn.member_id.in_(here)))
    db.session.execute(
        delete(OutgoingSignal).where(
            OutgoingSignal.created_at < long_ago, OutgoingSignal.member_id.in_(here)
        )
    )
