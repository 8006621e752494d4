"""Distributions: the dates of a season, and what happens to a delivery at the last minute."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.events import publish
from freeco.members.models import Community, HouseholdMember, Member, Person
from freeco_direct_sales import commitments
from freeco_direct_sales.contracting.taking import PARTNER, TAKER, with_takers
from freeco_direct_sales.errors import DeliveryPast, ReasonMissing, SameDistribution
from freeco_direct_sales.events import DeliveryCancelled
from freeco_direct_sales.models import (
    Change,
    Delivery,
    Distribution,
    SeasonContract,
    Subscription,
    SubscriptionLine,
)
from freeco_direct_sales.solidarity import following

MOST_DATES = 60
"""A season of weekly distributions and some more; a wrong year is refused before it is written."""


def plan_dates(
    first: date, last: date, every_weeks: int, without: Sequence[date] = ()
) -> list[date]:
    """Return the days from first to last, every so many weeks, without the exceptions."""
    days = (last - first).days
    found = [first + timedelta(days=shift) for shift in range(0, days + 1, 7 * every_weeks)]
    return [day for day in found if day not in set(without)]


def create_distributions(
    community: Community,
    days: Sequence[date],
    starts: time,
    ends: time,
    place: str,
    note: str = "",
) -> list[Distribution]:
    """Create one distribution a day, at wall-clock hours of the community's zone.

    Raises SameDistribution when one already stands at that moment and place.
    """
    db.session.execute(
        select(Community.id).where(Community.id == community.id).with_for_update(key_share=True)
    )
    zone = ZoneInfo(community.timezone)
    created = []
    for day in days[:MOST_DATES]:
        starts_at = datetime.combine(day, starts, zone)
        ends_at = datetime.combine(day, ends, zone)
        if _at(community, starts_at, place) is not None:
            raise SameDistribution
        created.append(
            Distribution(
                community=community, starts_at=starts_at, ends_at=ends_at, place=place, note=note
            )
        )
        db.session.add(created[-1])
        db.session.flush()
    return created


def _at(community: Community, starts_at: datetime, place: str) -> Distribution | None:
    return db.session.scalar(
        select(Distribution).where(
            Distribution.community_id == community.id,
            Distribution.starts_at == starts_at,
            Distribution.place == place,
        )
    )


def distributions_of(
    community: Community, since: datetime | None = None, until: datetime | None = None
) -> Sequence[Distribution]:
    """Return the distributions of a community in order of date."""
    query = select(Distribution).where(Distribution.community_id == community.id)
    if since is not None:
        query = query.where(Distribution.ends_at >= since)
    if until is not None:
        query = query.where(Distribution.starts_at < until)
    return db.session.scalars(query.order_by(Distribution.starts_at, Distribution.id)).all()


def next_distribution(community: Community) -> Distribution | None:
    """Return the distribution under way, or the next one."""
    return next(iter(distributions_of(community, since=now())), None)


def find_distribution(community: Community, distribution_id: int) -> Distribution:
    """Return a distribution of this community; raise Absent for another's."""
    distribution = db.session.get(Distribution, distribution_id)
    if distribution is None or distribution.community_id != community.id:
        raise Absent
    return distribution


def deliveries_at(distribution: Distribution) -> Sequence[Delivery]:
    """Return what the contracts bring to a distribution, by producer."""
    found = db.session.scalars(
        select(Delivery)
        .where(Delivery.distribution_id == distribution.id)
        .options(
            joinedload(Delivery.contract).joinedload(SeasonContract.producer),
            joinedload(Delivery.distribution),
        )
    )
    return sorted(
        found, key=lambda each: (each.contract.producer.name.casefold(), each.contract_id)
    )


def find_delivery(distribution: Distribution, delivery_id: int) -> Delivery:
    """Return a delivery of this distribution; raise Absent for another's."""
    delivery = db.session.get(Delivery, delivery_id)
    if delivery is None or delivery.distribution_id != distribution.id:
        raise Absent
    return delivery


def cancel_delivery(delivery: Delivery, reason: str) -> list[Person]:
    """Cancel a delivery with its reason; return the people to tell.

    Raises ReasonMissing, DeliveryPast.
    """
    if not reason.strip():
        raise ReasonMissing
    if delivery.distribution.ends_at < now():
        raise DeliveryPast
    lock(delivery)
    if delivery.cancelled_at is not None:
        return []
    delivery.cancelled_at, delivery.reason = now(), reason.strip()
    words = f"{delivery.contract.name} : livraison annulée ({delivery.reason})"
    db.session.add(Change(delivery_id=delivery.id, words=words))
    following.commit(commitments.takers(delivery))
    publish(DeliveryCancelled(community_id=delivery.contract.community_id, delivery_id=delivery.id))
    return people_served(delivery)


def restore_delivery(delivery: Delivery) -> list[Person]:
    """Undo a cancellation; return the people to tell. Raises DeliveryPast."""
    if delivery.distribution.ends_at < now():
        raise DeliveryPast
    lock(delivery)
    if delivery.cancelled_at is None:
        return []
    delivery.cancelled_at, delivery.reason = None, ""
    words = f"{delivery.contract.name} : livraison maintenue"
    db.session.add(Change(delivery_id=delivery.id, words=words))
    following.commit(commitments.takers(delivery))
    return people_served(delivery)


def people_served(delivery: Delivery) -> list[Person]:
    """Return the persons of the households that take something at a delivery.

    Whose basket it is, and who takes it in their place or shares it.
    """
    served = with_takers(
        select(Subscription.household_id, TAKER, PARTNER)
        .join(SubscriptionLine, SubscriptionLine.subscription_id == Subscription.id)
        .where(
            SubscriptionLine.delivery_id == delivery.id,
            SubscriptionLine.quantity > 0,
            Subscription.withdrawn_at.is_(None),
        )
    )
    households = {each for row in db.session.execute(served) for each in row if each is not None}
    return list(
        db.session.scalars(
            select(Person)
            .join(Member, Member.person_id == Person.id)
            .join(HouseholdMember, HouseholdMember.member_id == Member.id)
            .where(HouseholdMember.household_id.in_(households), Member.left_at.is_(None))
            .distinct()
            .order_by(Person.id)
        )
    )
