"""Incomes as households say them: sealed, read by two sworn people, forgotten after a season."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from freeco.clock import today
from freeco.db import db, lock
from freeco.members import membership
from freeco.members.models import Community, Household, Member
from freeco.money import Money
from freeco.signing import drawn
from freeco_direct_sales.permissions import SOLIDARITY_READER
from freeco_direct_sales.solidarity.errors import NotSworn, TooManyReaders
from freeco_direct_sales.solidarity.models import Declaration, Oath
from freeco_direct_sales.solidarity.rules import income_per_part

SEASON = timedelta(days=365)
MOST_READERS = 2


@dataclass(frozen=True)
class Said:
    """What a household says of itself; no paper is asked for."""

    income: Money
    """Of the whole household in a year."""
    adults: int
    children: int

    @property
    def per_part(self) -> Money:
        """The income for each consumption unit."""
        return income_per_part(self.income, self.adults, self.children)


def _fernet(community_id: int) -> Fernet:
    key = bytes.fromhex(drawn("direct_sales.solidarity", community_id, length=64))
    return Fernet(base64.urlsafe_b64encode(key))


def seal(community_id: int, said: object) -> str:
    """Seal what JSON can say with the key that the site keeps for these words."""
    return _fernet(community_id).encrypt(json.dumps(said).encode()).decode()


def unseal(community_id: int, sealed: str) -> Any:
    """Return what was sealed; None when the site's key was changed."""
    try:
        return json.loads(_fernet(community_id).decrypt(sealed.encode()))
    except InvalidToken:
        return None


def declare(household: Household, member: Member, said: Said) -> Declaration:
    """Keep what a household says, sealed, in place of what it said before."""
    lock(household)
    sealed = seal(household.community_id, [said.income.cents, said.adults, said.children])
    expires_on = today(household.community.timezone) + SEASON
    found = find(household)
    if found is None:
        found = Declaration(
            household=household, member=member, sealed=sealed, expires_on=expires_on
        )
        db.session.add(found)
    else:
        found.member, found.sealed, found.expires_on = member, sealed, expires_on
    db.session.flush()
    return found


def find(household: Household) -> Declaration | None:
    """Return a household's declaration, unless its season is over."""
    return db.session.scalar(
        select(Declaration).where(
            Declaration.household_id == household.id,
            Declaration.expires_on >= today(household.community.timezone),
        )
    )


def opened(declaration: Declaration) -> Said | None:
    """Return what was said; None when the site's key was changed: it is to be said again.

    For the household itself, for the price, and for the readers (``for_readers``) only.
    """
    words = unseal(declaration.household.community_id, declaration.sealed)
    if words is None:
        return None
    cents, adults, children = words
    return Said(Money(cents), adults, children)


def take_back(household: Household) -> None:
    """Erase what a household said."""
    db.session.execute(delete(Declaration).where(Declaration.household_id == household.id))


def swear(member: Member) -> None:
    """Note that a reader promised to keep what they read to themselves."""
    lock(member)
    if not has_sworn(member):
        db.session.add(Oath(member=member))
        db.session.flush()


def has_sworn(member: Member) -> bool:
    """Whether a reader has promised."""
    return db.session.scalar(select(Oath.id).where(Oath.member_id == member.id)) is not None


def readers(community: Community) -> list[Member]:
    """Return who has the charge of reading; everybody may know who they are."""
    return membership.holding(community, SOLIDARITY_READER.name)


def check_reader(community: Community, reader: Member) -> None:
    """Check that somebody is one of two sworn readers. Raises TooManyReaders, NotSworn."""
    charged = readers(community)
    if len(charged) > MOST_READERS:
        raise TooManyReaders
    if reader not in charged or not has_sworn(reader):
        raise NotSworn


def for_readers(community: Community, reader: Member) -> Sequence[tuple[Declaration, Said]]:
    """Return the declarations in force, to a sworn reader. Raises TooManyReaders, NotSworn."""
    check_reader(community, reader)
    found = db.session.scalars(
        select(Declaration)
        .join(Household)
        .where(
            Household.community_id == community.id,
            Declaration.expires_on >= today(community.timezone),
        )
        .options(joinedload(Declaration.household))
        .order_by(Household.name)
    )
    return [(each, said) for each in found if (said := opened(each)) is not None]


def forget_expired(community: Community) -> None:
    """Erase the declarations whose season is over."""
    theirs = select(Household.id).where(Household.community_id == community.id)
    db.session.execute(
        delete(Declaration).where(
            Declaration.household_id.in_(theirs),
            Declaration.expires_on < today(community.timezone),
        )
    )


def forget(member: Member) -> None:
    """Erase what a person who leaves declared, and their promise."""
    db.session.execute(delete(Declaration).where(Declaration.member_id == member.id))
    db.session.execute(delete(Oath).where(Oath.member_id == member.id))
