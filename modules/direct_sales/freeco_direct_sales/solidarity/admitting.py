"""Who orders at cost price: admitted by a sworn reader, or by a code that was given to them.

Who gave a code and who used it are sealed; readers alone open them. All of it is forgotten after
a year.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from freeco.clock import today
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Community, Household, Member
from freeco.signing import drawn
from freeco_direct_sales.solidarity.cost_models import Admission, ReferralCode
from freeco_direct_sales.solidarity.declaring import (
    SEASON,
    check_reader,
    find,
    seal,
    unseal,
)
from freeco_direct_sales.solidarity.errors import NoSuchCode

LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without those that are taken for another."""
LENGTH = 10
"""Five hundred million million codes: nobody finds one by trying."""
MOST_CODES = 40
KEPT_AFTER = timedelta(days=60)
"""What was ordered on the last day is settled later than that day."""


@dataclass(frozen=True)
class Admitted:
    """A household that orders at cost price, as readers see it."""

    household: Household
    until: date
    giver: str
    """Who gave the code; nothing when a reader admitted it."""


@dataclass(frozen=True)
class Lot:
    """Codes made together, as readers see them."""

    name: str
    giver: str
    expires_on: date
    codes: list[str]
    """Those nobody has used."""
    used: int


def admission_of(household: Household) -> Admission | None:
    """Return by what a household orders at cost price today."""
    found = db.session.scalar(select(Admission).where(Admission.household_id == household.id))
    is_over = found is None or found.until < today(household.community.timezone)
    return None if is_over else found


def admit(reader: Member, household: Household) -> Admission:
    """Admit a household for a season from what it declared.

    Raises TooManyReaders, NotSworn; Absent when it declared nothing.
    """
    check_reader(household.community, reader)
    if find(household) is None:
        raise Absent
    return _admit(household, "")


def _admit(household: Household, giver: str) -> Admission:
    lock(household)
    until = today(household.community.timezone) + SEASON
    sealed = seal(household.community_id, giver)
    found = db.session.scalar(select(Admission).where(Admission.household_id == household.id))
    if found is None:
        found = Admission(household=household, sealed=sealed, until=until)
        db.session.add(found)
    else:
        found.sealed, found.until = sealed, until
    db.session.flush()
    return found


def withdraw(household: Household) -> None:
    """End an admission: what is not settled yet is at everybody's price. Twice is once."""
    db.session.execute(delete(Admission).where(Admission.household_id == household.id))


def admitted(community: Community, reader: Member) -> list[Admitted]:
    """Return who orders at cost price, to a sworn reader. Raises TooManyReaders, NotSworn."""
    check_reader(community, reader)
    found = db.session.scalars(
        select(Admission)
        .join(Household)
        .where(Household.community_id == community.id, Admission.until >= today(community.timezone))
        .options(joinedload(Admission.household))
        .order_by(Household.name)
    )
    return [
        Admitted(each.household, each.until, unseal(community.id, each.sealed) or "")
        for each in found
    ]


def make_codes(community: Community, reader: Member, giver: str, many: int, lot: str) -> None:
    """Make a lot of codes for somebody to give; the same lot again changes nothing.

    Raises TooManyReaders, NotSworn.
    """
    check_reader(community, reader)
    lock(reader)
    if db.session.scalar(select(ReferralCode.id).where(ReferralCode.lot == lot)) is not None:
        return
    expires_on = today(community.timezone) + SEASON
    for _each in range(min(many, MOST_CODES)):
        code = "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))
        db.session.add(
            ReferralCode(
                community=community,
                lot=lot,
                digest=_digest(community, code),
                sealed=seal(community.id, [code, giver]),
                expires_on=expires_on,
            )
        )
    db.session.flush()


def _digest(community: Community, code: str) -> str:
    return drawn("direct_sales.referral", community.id, code, length=64)


def lots(community: Community, reader: Member) -> list[Lot]:
    """Return the lots of codes, the latest first. Raises TooManyReaders, NotSworn."""
    check_reader(community, reader)
    found: dict[str, list[ReferralCode]] = {}
    for each in _codes(community):
        found.setdefault(each.lot, []).append(each)
    return [_lot(community, theirs) for theirs in reversed(found.values())]


def _lot(community: Community, theirs: Sequence[ReferralCode]) -> Lot:
    opened = [(each.used, *(unseal(community.id, each.sealed) or ("", ""))) for each in theirs]
    return Lot(
        theirs[0].lot,
        opened[0][2],
        theirs[0].expires_on,
        [code for used, code, _giver in opened if code and not used],
        sum(used for used, _code, _giver in opened),
    )


def _codes(community: Community) -> Sequence[ReferralCode]:
    return db.session.scalars(
        select(ReferralCode)
        .where(
            ReferralCode.community_id == community.id,
            ReferralCode.expires_on >= today(community.timezone),
        )
        .order_by(ReferralCode.id)
    ).all()


def find_lot(community: Community, reader: Member, name: str) -> Lot:
    """Return a lot of codes to print. Raises TooManyReaders, NotSworn, Absent."""
    for each in lots(community, reader):
        if each.name == name:
            return each
    raise Absent


def use(household: Household, typed: str) -> Admission:
    """Admit a household by the code it was given. Raises NoSuchCode."""
    community = household.community
    code = "".join(each for each in typed.upper() if each.isalnum())
    found = db.session.scalar(
        select(ReferralCode).where(ReferralCode.digest == _digest(community, code))
    )
    if found is None:
        raise NoSuchCode
    lock(household)
    lock(found)
    if found.used or found.expires_on < today(community.timezone):
        raise NoSuchCode
    _code, giver = unseal(community.id, found.sealed) or ("", "")
    found.used = True
    return _admit(household, giver)


def forget_expired(community: Community) -> None:
    """Erase the codes and admissions whose season is over."""
    day = today(community.timezone)
    theirs = select(Household.id).where(Household.community_id == community.id)
    db.session.execute(
        delete(Admission).where(
            Admission.household_id.in_(theirs), Admission.until < day - KEPT_AFTER
        )
    )
    db.session.execute(
        delete(ReferralCode).where(
            ReferralCode.community_id == community.id, ReferralCode.expires_on < day
        )
    )


def spaced(code: str) -> str:
    """Return a code as it is printed: two halves."""
    return f"{code[: LENGTH // 2]} {code[LENGTH // 2 :]}"
