"""What a member's table pays: due, under way, paid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, case, extract, func, select
from sqlalchemy.orm import joinedload

from freeco.clock import today
from freeco.db import db
from freeco.errors import Absent
from freeco.members.households import find_household
from freeco.members.models import TREASURER, Community, Member, PermissionGrant
from freeco.money import Money, total
from freeco.organisations.models import Organisation
from freeco.payments.models import Method, Payment, State
from freeco.payments.parties import party_of

PAID = (State.SETTLED, State.FAILED)
UNDER_WAY = (State.HELD, State.HANDED, State.PENDING, State.UNKNOWN)


@dataclass(frozen=True)
class Due:
    """Payments of one purpose to one beneficiary by one means: what one settles at once."""

    purpose: str
    beneficiary: Organisation
    method: Method
    payments: Sequence[Payment]

    @property
    def amount(self) -> Money:
        """What they come to."""
        return total([each.amount for each in self.payments])

    @property
    def first(self) -> Payment:
        """The soonest."""
        return self.payments[0]


def parties_of(member: Member) -> list[str]:
    """Return in whose name a member reads payments: the household's and one's own."""
    household = find_household(member)
    bodies = [each for each in (household, member.person) if each is not None]
    return [party_of(each) for each in bodies]


def own(member: Member) -> Select[Payment]:
    """Return what finds the payments of a member's table in their community."""
    return (
        select(Payment)
        .where(Payment.community_id == member.community_id, Payment.payer.in_(parties_of(member)))
        .options(joinedload(Payment.beneficiary))
    )


def find_own(member: Member, payment_id: int) -> Payment:
    """Return a payment of one's own table; raise Absent for another's."""
    payment = db.session.scalars(own(member).where(Payment.id == payment_id)).unique().one_or_none()
    if payment is None:
        raise Absent
    return payment


def due(member: Member) -> list[Due]:
    """Return what is left to pay, the soonest first."""
    expected = own(member).where(Payment.state == State.EXPECTED)
    found: dict[tuple[str, int, str], list[Payment]] = {}
    for each in db.session.scalars(expected.order_by(Payment.due_on, Payment.id)).unique():
        found.setdefault((each.purpose, each.beneficiary_id, each.method), []).append(each)
    return [
        Due(purpose, several[0].beneficiary, Method(method), several)
        for (purpose, _beneficiary, method), several in found.items()
    ]


def under_way(member: Member) -> Sequence[Payment]:
    """Return what was given or begun and is not at the bank yet."""
    query = own(member).where(Payment.state.in_(UNDER_WAY))
    return db.session.scalars(query.order_by(Payment.due_on, Payment.id)).unique().all()


def paid(member: Member) -> Select[Payment]:
    """Return what finds what was paid, or came back unpaid, the latest first."""
    query = own(member).where(Payment.state.in_(PAID))
    return query.order_by(Payment.due_on.desc(), Payment.id.desc())


@dataclass(frozen=True)
class Standing:
    """Where a table stands, for one line of the home page."""

    left: Money
    many: int
    next_on: date | None
    late: bool


def standing(member: Member) -> Standing | None:
    """Return what is left to pay, in one query; none for a table that never had to pay."""
    left = case((Payment.state == State.EXPECTED, Payment.id))
    ever, many, amount, next_on = db.session.execute(
        own(member)
        .options()
        .with_only_columns(
            func.count(Payment.id),
            func.count(left),
            func.sum(case((left.is_not(None), Payment.amount))),
            func.min(case((left.is_not(None), Payment.due_on))),
        )
    ).one()
    if not ever:
        return None
    late = next_on is not None and next_on < today(member.community.timezone)
    return Standing(amount or Money(0), many, next_on, late)


def treasurers(community: Community) -> Sequence[Member]:
    """Return who keeps the payments of a community: to them a cheque is given."""
    query = (
        select(Member)
        .join(PermissionGrant, PermissionGrant.member_id == Member.id)
        .where(
            Member.community_id == community.id,
            Member.left_at.is_(None),
            PermissionGrant.permission == TREASURER,
        )
        .order_by(Member.id)
    )
    return db.session.scalars(query).all()


def years(member: Member) -> list[tuple[int, Money]]:
    """Return what was paid each year, refunds taken off, the latest first."""
    rows = db.session.execute(
        own(member)
        .options()
        .where(Payment.state == State.SETTLED)
        .with_only_columns(
            extract("year", Payment.settled_at).label("year"),
            func.sum(Payment.amount),
            func.sum(Payment.refunded),
        )
        .group_by("year")
    )
    found = [(int(year), amount - refunded) for year, amount, refunded in rows]
    return sorted(found, reverse=True)


def beneficiaries_of(payments: Iterable[Payment]) -> list[Organisation]:
    """Return who receives payments, each once."""
    return list(dict.fromkeys(each.beneficiary for each in payments))
