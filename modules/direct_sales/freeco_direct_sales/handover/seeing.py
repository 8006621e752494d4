"""Where a whole season stands, in as many queries whatever its size."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from freeco.clock import now, today
from freeco.db import db
from freeco.members.models import Community, Member, PermissionGrant
from freeco.money import Money
from freeco.payments import treasury
from freeco_direct_sales.contracting.models import ContractRules, SharedBasket, Trial, WaitingWish
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import (
    ContractState,
    Delivery,
    Distribution,
    Print,
    SeasonContract,
    Subscription,
)
from freeco_direct_sales.orders.models import Order, OrderSession, Pickup, SessionState
from freeco_direct_sales.shifts.incident_models import Incident, IncidentState
from freeco_direct_sales.shifts.models import Shift, ShiftSignup

T = TypeVar("T")


@dataclass(frozen=True)
class ContractLine:
    """A contract of the season: who is in, who has not signed, who waits."""

    contract: SeasonContract
    taken: int
    unsigned: int
    """Subscriptions that the producer has not signed."""
    waiting: int
    renewed: bool
    """Whether another contract takes it up for the next season."""

    @property
    def left(self) -> int | None:
        """The places nobody has taken; None when there is no limit."""
        capacity = self.contract.capacity
        return None if capacity is None else max(0, capacity - self.taken)


@dataclass(frozen=True)
class DistributionLine:
    """A distribution to come."""

    distribution: Distribution
    deliveries: int
    missing: int
    """Places of shifts that nobody has taken."""
    shifts: int
    printed: bool


@dataclass(frozen=True)
class SessionLine:
    """An order session that is not settled."""

    session: OrderSession
    orders: int
    pickup: Distribution | None
    """Its last one: once it is over, everything can be weighed and settled."""


@dataclass(frozen=True)
class Holder:
    """Somebody who holds charges."""

    member: Member
    permissions: tuple[str, ...]


@dataclass(frozen=True)
class Season:
    """All that a new coordinator has to know."""

    contracts: Sequence[ContractLine]
    coming: Sequence[DistributionLine]
    sessions: Sequence[SessionLine]
    payments: Mapping[treasury.Folder, int]
    overdue: Money
    incidents: int
    holders: Sequence[Holder]
    calendar: Mapping[str, Sequence[DistributionLine]] = field(default_factory=dict)
    """The distributions to come by month (2026-12), in order."""


def see(community: Community) -> Season:
    """Return where the season of a community stands."""
    coming = _coming(community)
    months: dict[str, list[DistributionLine]] = {}
    for line in coming:
        months.setdefault(local_day(line.distribution).strftime("%Y-%m"), []).append(line)
    return Season(
        contracts=_contracts(community),
        coming=coming,
        sessions=_sessions(community),
        payments=treasury.counts(community),
        overdue=treasury.sum_of(treasury.listed(community, "en-retard")),
        incidents=_incidents(community),
        holders=_holders(community),
        calendar=months,
    )


def _contracts(community: Community) -> list[ContractLine]:
    standing = and_(
        SeasonContract.community_id == community.id,
        or_(
            SeasonContract.season_end >= today(community.timezone),
            SeasonContract.state == ContractState.DRAFT,
        ),
    )
    found = db.session.scalars(
        select(SeasonContract)
        .where(standing)
        .options(joinedload(SeasonContract.producer))
        .order_by(SeasonContract.season_start, SeasonContract.name, SeasonContract.id)
    ).all()
    taken = {each: (many, signed) for each, many, signed in db.session.execute(_taken(standing))}
    shared = _pairs(standing)
    waiting = _by(
        db.session.execute(
            select(WaitingWish.contract_id, func.count(WaitingWish.id))
            .join(SeasonContract, SeasonContract.id == WaitingWish.contract_id)
            .where(standing, WaitingWish.ended_at.is_(None))
            .group_by(WaitingWish.contract_id)
        )
    )
    renewed = set(
        db.session.scalars(
            select(ContractRules.renews_id)
            .join(SeasonContract, SeasonContract.id == ContractRules.renews_id)
            .where(standing)
        )
    )
    lines = []
    for contract in found:
        many, signed = taken.get(contract.id, (0, 0))
        lines.append(
            ContractLine(
                contract,
                many - shared.get(contract.id, 0),
                many - signed,
                waiting.get(contract.id, 0),
                contract.id in renewed,
            )
        )
    return lines


def _taken(standing: ColumnElement[bool]) -> Select[int, int, int]:
    """Count, for each contract, the subscriptions that stand and those the producer signed."""
    return (
        select(
            Subscription.contract_id,
            func.count(Subscription.id),
            func.count(Subscription.producer_signed_at),
        )
        .join(SeasonContract, SeasonContract.id == Subscription.contract_id)
        .outerjoin(Trial, Trial.subscription_id == Subscription.id)
        .where(standing, Subscription.withdrawn_at.is_(None), Trial.dropped_at.is_(None))
        .group_by(Subscription.contract_id)
    )


def _pairs(standing: ColumnElement[bool]) -> dict[int, int]:
    """Count the places that two households share: they take one."""
    first, second = aliased(Subscription), aliased(Subscription)
    rows = db.session.execute(
        select(SharedBasket.contract_id, func.count(SharedBasket.id))
        .join(SeasonContract, SeasonContract.id == SharedBasket.contract_id)
        .join(first, first.id == SharedBasket.first_id)
        .join(second, second.id == SharedBasket.second_id)
        .where(
            standing,
            SharedBasket.ended_at.is_(None),
            first.withdrawn_at.is_(None),
            second.withdrawn_at.is_(None),
        )
        .group_by(SharedBasket.contract_id)
    )
    return _by(rows)


def _coming(community: Community) -> list[DistributionLine]:
    here = and_(Distribution.community_id == community.id, Distribution.ends_at >= now())
    found = db.session.scalars(
        select(Distribution)
        .where(here)
        .options(joinedload(Distribution.community))
        .order_by(Distribution.starts_at, Distribution.id)
    ).all()
    deliveries = _by(
        db.session.execute(
            select(Delivery.distribution_id, func.count(Delivery.id))
            .join(Distribution, Distribution.id == Delivery.distribution_id)
            .join(SeasonContract, SeasonContract.id == Delivery.contract_id)
            .where(
                here,
                Delivery.cancelled_at.is_(None),
                SeasonContract.state != ContractState.DRAFT,
            )
            .group_by(Delivery.distribution_id)
        )
    )
    shifts, missing = _shifts(here)
    printed = set(
        db.session.scalars(
            select(Print.distribution_id)
            .join(Distribution, Distribution.id == Print.distribution_id)
            .where(here, Print.producer_id.is_(None))
        )
    )
    return [
        DistributionLine(
            each,
            deliveries.get(each.id, 0),
            missing.get(each.id, 0),
            shifts.get(each.id, 0),
            each.id in printed,
        )
        for each in found
    ]


def _shifts(here: ColumnElement[bool]) -> tuple[dict[int, int], dict[int, int]]:
    """Count the shifts of each distribution, and the places of them still free."""
    on_duty = (
        select(ShiftSignup.shift_id, func.count(ShiftSignup.id).label("many"))
        .where(ShiftSignup.withdrawn_at.is_(None))
        .group_by(ShiftSignup.shift_id)
        .subquery()
    )
    shifts: dict[int, int] = {}
    missing: dict[int, int] = {}
    for distribution, places, many in db.session.execute(
        select(Shift.distribution_id, Shift.places, func.coalesce(on_duty.c.many, 0))
        .join(Distribution, Distribution.id == Shift.distribution_id)
        .outerjoin(on_duty, on_duty.c.shift_id == Shift.id)
        .where(here)
    ):
        shifts[distribution] = shifts.get(distribution, 0) + 1
        missing[distribution] = missing.get(distribution, 0) + max(0, places - many)
    return shifts, missing


def _sessions(community: Community) -> list[SessionLine]:
    unsettled = and_(
        OrderSession.community_id == community.id,
        OrderSession.state != SessionState.SETTLED,
    )
    found = db.session.scalars(
        select(OrderSession).where(unsettled).order_by(OrderSession.closes_at, OrderSession.id)
    ).all()
    orders = _by(
        db.session.execute(
            select(Order.session_id, func.count(Order.id))
            .join(OrderSession, OrderSession.id == Order.session_id)
            .where(unsettled, Order.cancelled_at.is_(None))
            .group_by(Order.session_id)
        )
    )
    last = _by(
        db.session.execute(
            select(Pickup.session_id, Distribution)
            .join(Distribution, Distribution.id == Pickup.distribution_id)
            .join(OrderSession, OrderSession.id == Pickup.session_id)
            .where(unsettled)
            .order_by(Distribution.starts_at)
        )
    )
    return [SessionLine(each, orders.get(each.id, 0), last.get(each.id)) for each in found]


def _incidents(community: Community) -> int:
    return (
        db.session.scalar(
            select(func.count(Incident.id))
            .join(Distribution, Distribution.id == Incident.distribution_id)
            .where(Distribution.community_id == community.id, Incident.state == IncidentState.OPEN)
        )
        or 0
    )


def _holders(community: Community) -> list[Holder]:
    held: dict[Member, list[str]] = {}
    for grant in db.session.scalars(
        select(PermissionGrant)
        .join(Member, Member.id == PermissionGrant.member_id)
        .where(Member.community_id == community.id, Member.left_at.is_(None))
        .options(joinedload(PermissionGrant.member).joinedload(Member.person))
        .order_by(PermissionGrant.member_id, PermissionGrant.id)
    ):
        held.setdefault(grant.member, []).append(grant.permission)
    return [Holder(member, tuple(names)) for member, names in held.items()]


def _by(rows: Iterable[Row[int, T]]) -> dict[int, T]:
    """Return what each id goes with; the last row of an id is the one that counts."""
    return {row[0]: row[1] for row in rows}


def over(line: SessionLine, at: datetime | None = None) -> bool:
    """Whether everything of a session has been handed out."""
    return line.pickup is not None and line.pickup.ends_at < (at or now())
