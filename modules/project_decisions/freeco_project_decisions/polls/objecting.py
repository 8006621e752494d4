"""Objections to a consent: told with their argument, answered, and lifted by their author."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Member
from freeco_project_decisions.polls.ballot_models import OpenBallot
from freeco_project_decisions.polls.errors import ArgumentNeeded, ObjectionOver
from freeco_project_decisions.polls.marks import OBJECT
from freeco_project_decisions.polls.models import Elector, Method, Poll, PollState
from freeco_project_decisions.polls.objection_models import Objection


def of(poll: Poll) -> Sequence[Objection]:
    """Return what was objected, in the order it came."""
    return db.session.scalars(
        select(Objection)
        .join(Objection.elector)
        .where(Elector.poll_id == poll.id)
        .options(joinedload(Objection.elector).joinedload(Elector.member))
        .order_by(Objection.raised_at, Objection.id)
    ).all()


def of_elector(elector: Elector) -> Objection | None:
    """Return what an elector objected."""
    return db.session.scalar(select(Objection).where(Objection.elector_id == elector.id))


def note(poll: Poll, ballot: OpenBallot, argument: str) -> None:
    """Keep the argument of a ballot that objects; lift the objection of one that does not.

    The caller has just cast the ballot, and holds the poll's lock. Raises ``ArgumentNeeded``.
    """
    if poll.method != Method.CONSENT:
        return
    found = of_elector(ballot.elector)
    if ballot.marks != bytes([OBJECT]):
        if found is not None and found.lifted_at is None:
            found.lifted_at = now()
    elif not argument:
        raise ArgumentNeeded
    elif found is None:
        db.session.add(Objection(elector=ballot.elector, argument=argument))
    else:
        if found.argument != argument:
            found.argument, found.raised_at = argument, now()
            found.answer, found.answered_by, found.answered_at = "", None, None
        found.lifted_at = None
    db.session.flush()


def answer(poll: Poll, objection_id: int, by: Member, words: str) -> Objection:
    """Answer an objection, or write the answer anew. Raises Absent, ``ObjectionOver``."""
    lock(poll)
    found = db.session.get(Objection, objection_id)
    if found is None or found.elector.poll_id != poll.id:
        raise Absent
    if poll.state != PollState.OPEN or found.lifted_at is not None:
        raise ObjectionOver
    found.answer, found.answered_by, found.answered_at = words, by, now()
    return found


def maintained(poll: Poll) -> str:
    """Return the arguments that still stand, one paragraph each, without a name."""
    return "\n\n".join(each.argument for each in of(poll) if each.lifted_at is None)
