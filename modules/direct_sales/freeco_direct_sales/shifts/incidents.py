"""What was wrong with a basket: told to the producer and the coordinators, answered, settled."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.i18n import _
from freeco.members import households, membership
from freeco.members.models import Community, Household, Member
from freeco_direct_sales import catalogue
from freeco_direct_sales.distributions import deliveries_at
from freeco_direct_sales.models import Distribution, Producer, Product
from freeco_direct_sales.orders.models import Offer, Order, OrderLine, Pickup
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.shifts.errors import IncidentSettled, NotDelivered
from freeco_direct_sales.shifts.incident_models import (
    Incident,
    IncidentAnswer,
    IncidentKind,
    IncidentState,
)

KINDS = {
    IncidentKind.MISSING: _("Il manquait quelque chose"),
    IncidentKind.DAMAGED: _("C’était abîmé"),
    IncidentKind.WRONG: _("Ce n’était pas ce qui était prévu"),
    IncidentKind.OTHER: _("Autre chose"),
}
STATES = {
    IncidentState.OPEN: _("attend une réponse"),
    IncidentState.ANSWERED: _("a une réponse"),
    IncidentState.SETTLED: _("réglé"),
}


def producers_at(distribution: Distribution) -> list[Producer]:
    """Return who brought something there, by contract or by order, in order of name."""
    by_order = db.session.scalars(
        select(Producer)
        .join(Product, Product.producer_id == Producer.id)
        .join(Offer, Offer.product_id == Product.id)
        .join(OrderLine, OrderLine.offer_id == Offer.id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Pickup, Pickup.id == Order.pickup_id)
        .where(Pickup.distribution_id == distribution.id, Order.cancelled_at.is_(None))
        .distinct()
    )
    by_contract = [each.contract.producer for each in deliveries_at(distribution)]
    found = {each.id: each for each in [*by_contract, *by_order]}
    return sorted(found.values(), key=lambda each: (each.name.casefold(), each.id))


def report(
    distribution: Distribution,
    household: Household,
    member: Member,
    producer: Producer,
    kind: IncidentKind,
    words: str = "",
) -> Incident:
    """Note what was wrong; the same once more is the same. Raises NotDelivered."""
    lock(distribution)
    if producer not in producers_at(distribution):
        raise NotDelivered
    again = db.session.scalar(
        select(Incident).where(
            Incident.distribution_id == distribution.id,
            Incident.household_id == household.id,
            Incident.producer_id == producer.id,
            Incident.kind == kind,
            Incident.words == words,
            Incident.state != IncidentState.SETTLED,
        )
    )
    if again is not None:
        return again
    incident = Incident(
        distribution=distribution,
        household=household,
        producer=producer,
        reported_by=member,
        kind=kind,
        words=words,
    )
    db.session.add(incident)
    db.session.flush()
    return incident


def concerns(incident: Incident, member: Member) -> bool:
    """Whether a member may read it: the household, the producer, a coordinator."""
    if membership.holds(member, COORDINATE.name) or catalogue.acts_for(incident.producer, member):
        return True
    household = households.find_household(member)
    return household is not None and household.id == incident.household_id


def find_incident(community: Community, incident_id: int, reader: Member) -> Incident:
    """Return an incident that concerns its reader; raise Absent for any other."""
    incident = db.session.get(Incident, incident_id)
    if (
        incident is None
        or incident.distribution.community_id != community.id
        or not concerns(incident, reader)
    ):
        raise Absent
    return incident


def incidents_query(
    community: Community, reader: Member, producer: Producer | None = None
) -> Select[Incident]:
    """Select what concerns a reader, what waits first, then the latest."""
    query = (
        select(Incident)
        .join(Distribution, Distribution.id == Incident.distribution_id)
        .where(Distribution.community_id == community.id)
        .options(
            joinedload(Incident.distribution),
            joinedload(Incident.producer),
            joinedload(Incident.household),
        )
        .order_by(Incident.state == IncidentState.SETTLED, Incident.id.desc())
    )
    if producer is not None:
        query = query.where(Incident.producer_id == producer.id)
    if not membership.holds(reader, COORDINATE.name):
        household = households.find_household(reader)
        mine = [each.id for each in catalogue.represented_by(community, reader)]
        query = query.where(
            or_(
                Incident.household_id == (household.id if household else None),
                Incident.producer_id.in_(mine),
            )
        )
    return query


def open_ones(community: Community, producers: Sequence[int] | None = None) -> int:
    """Count what waits for an answer, at some producers or at all."""
    found = db.session.scalars(
        select(Incident.producer_id)
        .join(Distribution, Distribution.id == Incident.distribution_id)
        .where(Distribution.community_id == community.id, Incident.state == IncidentState.OPEN)
    ).all()
    return len([each for each in found if producers is None or each in producers])


def answer(incident: Incident, member: Member, words: str) -> IncidentAnswer:
    """Answer; what the household itself adds does not count as an answer.

    Raises IncidentSettled.
    """
    lock(incident)
    if incident.state == IncidentState.SETTLED:
        raise IncidentSettled
    last = next(reversed(incident.answers), None)
    if last is not None and (last.member_id, last.words) == (member.id, words):
        return last
    given = IncidentAnswer(incident=incident, member=member, words=words)
    db.session.add(given)
    household = households.find_household(member)
    theirs = household is not None and household.id == incident.household_id
    incident.state = IncidentState.OPEN if theirs else IncidentState.ANSWERED
    db.session.flush()
    return given


def settle(incident: Incident) -> None:
    """Close it: the matter is settled for the household."""
    lock(incident)
    if incident.state != IncidentState.SETTLED:
        incident.state, incident.settled_at = IncidentState.SETTLED, now()


def may_settle(incident: Incident, member: Member) -> bool:
    """Whether a member may say it is settled: the household, or a coordinator; not the producer."""
    if membership.holds(member, COORDINATE.name):
        return True
    household = households.find_household(member)
    return household is not None and household.id == incident.household_id
