"""Asking somebody by name to take a free place: coordinators may, beside the letters sent."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Member
from freeco.notifications.models import Notice
from freeco_direct_sales.shifts import counting, notices
from freeco_direct_sales.shifts.errors import OfferGone, ShiftFull, ShiftPast
from freeco_direct_sales.shifts.models import Shift


def ask(shift: Shift, member: Member) -> None:
    """Ask a member whether they can come; once, however often the button is pressed.

    Raises ShiftPast, ShiftFull, OfferGone for anybody who is not to be asked: there already that
    day, gone, or of a household that has done its shifts while others have not.
    """
    if shift.starts_at <= now():
        raise ShiftPast
    if shift.free == 0:
        raise ShiftFull
    if member not in counting.people_to_ask(shift):
        raise OfferGone
    notices.ask_to_come(shift, member)


def asked(shift: Shift, people: Iterable[Member]) -> Sequence[int]:
    """Return who of these was asked already: by name, or when somebody took their word back."""
    freed = [each for each in shift.signups if each.withdrawn_at is not None]
    keys = [notices.asked_key(shift), *map(notices.stand_in_key, freed)]
    query = select(Notice.member_id).where(
        Notice.member_id.in_([each.id for each in people]), Notice.key.in_(keys)
    )
    return db.session.scalars(query).all()
