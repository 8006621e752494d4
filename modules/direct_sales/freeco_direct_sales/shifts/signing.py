"""Signing up for a shift, taking it back until the last minute, handing it to somebody named.

Every act holds the shift meanwhile: of two who want the last place, one is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members import households
from freeco.members.models import Member
from freeco_direct_sales.shifts.errors import (
    AlreadyOnDuty,
    OfferGone,
    ShiftFull,
    ShiftPast,
    ShiftToCome,
)
from freeco_direct_sales.shifts.models import Shift, ShiftSignup


@dataclass(frozen=True)
class Taken:
    """A place was taken: by whom, and whose it had been, if it was somebody's."""

    signup: ShiftSignup
    new: bool
    """Nothing changed when the same member had signed up for it before: a second click."""

    @property
    def freed_by(self) -> Member | None:
        """Whoever could not come, and may be at ease now."""
        before = self.signup.instead_of
        return before.member if before is not None and self.new else None


def _read(shift: Shift) -> list[ShiftSignup]:
    """Hold a shift until the transaction ends; return its sign-ups as they are now."""
    lock(shift)
    db.session.expire(shift, ["signups"])
    return list(shift.signups)


def standing(shift: Shift, member: Member) -> ShiftSignup | None:
    """Return a member's standing sign-up for a shift."""
    return next((each for each in shift.on_duty if each.member_id == member.id), None)


def find_signup(shift: Shift, signup_id: int) -> ShiftSignup:
    """Return a sign-up for this shift; raise Absent for another's."""
    signup = db.session.get(ShiftSignup, signup_id)
    if signup is None or signup.shift_id != shift.id:
        raise Absent
    return signup


def sign_up(shift: Shift, member: Member) -> Taken:
    """Put a member on a shift. Raises ShiftPast, ShiftFull, AlreadyOnDuty."""
    household = households.household_of(member)  # holds the member: one shift at a time
    _read(shift)
    if shift.starts_at <= now():
        raise ShiftPast
    before = standing(shift, member)
    if before is not None:
        return Taken(before, new=False)
    if shift.free == 0:
        raise ShiftFull
    _keep_free(shift, member)
    signup = ShiftSignup(shift=shift, member=member, household=household, instead_of=_gap(shift))
    db.session.add(signup)
    db.session.flush()
    return Taken(signup, new=True)


def _gap(shift: Shift) -> ShiftSignup | None:
    """Return the first who took their word back and whose place nobody has taken yet."""
    replaced = {each.instead_of_id for each in shift.signups}
    return next(
        (
            each
            for each in shift.signups
            if each.withdrawn_at is not None and each.id not in replaced
        ),
        None,
    )


def _keep_free(shift: Shift, member: Member) -> None:
    """Refuse somebody who is elsewhere at the same hour. Raises AlreadyOnDuty."""
    busy = db.session.scalar(
        select(ShiftSignup.id)
        .join(Shift, Shift.id == ShiftSignup.shift_id)
        .where(
            ShiftSignup.member_id == member.id,
            ShiftSignup.withdrawn_at.is_(None),
            Shift.starts_at < shift.ends_at,
            Shift.ends_at > shift.starts_at,
        )
        .limit(1)
    )
    if busy is not None:
        raise AlreadyOnDuty


def withdraw(signup: ShiftSignup) -> bool:
    """Free a place until the hour it begins; say whether this changed anything.

    Raises ShiftPast.
    """
    _read(signup.shift)
    if signup.withdrawn_at is not None:
        return False
    if signup.shift.starts_at <= now():
        raise ShiftPast
    signup.withdrawn_at, signup.offered_to = now(), None
    db.session.flush()
    return True


def offer(signup: ShiftSignup, other: Member) -> None:
    """Ask a member by name to come instead; nothing changes until they agree.

    Raises ShiftPast, OfferGone, AlreadyOnDuty when they come already.
    """
    _read(signup.shift)
    _still(signup)
    if other.id == signup.member_id or other.community_id != signup.member.community_id:
        raise Absent
    if other.left_at is not None or other.person is None:
        raise Absent
    if standing(signup.shift, other) is not None:
        raise AlreadyOnDuty
    signup.offered_to = other
    db.session.flush()


def _still(signup: ShiftSignup) -> None:
    if signup.withdrawn_at is not None:
        raise OfferGone
    if signup.shift.starts_at <= now():
        raise ShiftPast


def accept(signup: ShiftSignup, member: Member) -> Taken:
    """Come instead of who asked. Raises ShiftPast, OfferGone, AlreadyOnDuty."""
    household = households.household_of(member)
    _read(signup.shift)
    db.session.refresh(signup)
    _still(signup)
    if signup.offered_to_id != member.id:
        raise OfferGone
    _keep_free(signup.shift, member)
    signup.withdrawn_at, signup.offered_to = now(), None
    db.session.flush()
    taken = ShiftSignup(shift=signup.shift, member=member, household=household, instead_of=signup)
    db.session.add(taken)
    db.session.flush()
    return Taken(taken, new=True)


def decline(signup: ShiftSignup, member: Member) -> None:
    """Say no to who asked, or take the question back. Raises OfferGone."""
    _read(signup.shift)
    if signup.offered_to_id is None or member.id not in (signup.offered_to_id, signup.member_id):
        raise OfferGone
    signup.offered_to = None
    db.session.flush()


def note_missed(signup: ShiftSignup, *, missed: bool) -> None:
    """Note that somebody did not come, or that they did after all. Raises ShiftToCome."""
    if signup.shift.starts_at > now():
        raise ShiftToCome
    if not missed:
        signup.missed_at = None
    elif signup.missed_at is None:
        signup.missed_at = now()


def offered_to(member: Member) -> Sequence[ShiftSignup]:
    """Return the shifts others ask this member to take over."""
    return db.session.scalars(
        select(ShiftSignup)
        .join(Shift, Shift.id == ShiftSignup.shift_id)
        .where(
            ShiftSignup.offered_to_id == member.id,
            ShiftSignup.withdrawn_at.is_(None),
            Shift.starts_at > now(),
        )
        .order_by(Shift.starts_at)
    ).all()


def signups_of(member: Member) -> Sequence[ShiftSignup]:
    """Return a member's standing sign-ups, past ones too, by hour."""
    return db.session.scalars(
        select(ShiftSignup)
        .join(Shift, Shift.id == ShiftSignup.shift_id)
        .where(ShiftSignup.member_id == member.id, ShiftSignup.withdrawn_at.is_(None))
        .options(
            joinedload(ShiftSignup.shift).options(
                joinedload(Shift.role), joinedload(Shift.distribution)
            )
        )
        .order_by(Shift.starts_at, ShiftSignup.id)
    ).all()
