"""What direct sales know about a member, and how they forget it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _
from freeco.members import households
from freeco.members.models import Household, Member
from freeco.module import Exported, Tie
from freeco_direct_sales import collection, places, subscriptions
from freeco_direct_sales.contracting import privacy as contracting
from freeco_direct_sales.contracts import deliveries_of
from freeco_direct_sales.exchange import remembered
from freeco_direct_sales.growing import privacy as growing
from freeco_direct_sales.handover import privacy as handover
from freeco_direct_sales.models import Producer, SeasonContract, Subscription
from freeco_direct_sales.orders import privacy as orders
from freeco_direct_sales.shifts import privacy as shifts
from freeco_direct_sales.solidarity import own
from freeco_direct_sales.telling import privacy as telling

FORGOTTEN = "—"


def export(member: Member) -> Exported | None:
    """Give the subscriptions one made or shares, and the farms one signs for."""
    household = households.find_household(member)
    found = db.session.scalars(
        select(Subscription)
        .where(
            or_(
                Subscription.subscribed_by_id == member.id,
                Subscription.household_id == (household.id if household else None),
            )
        )
        .order_by(Subscription.id)
    ).all()
    farms = db.session.scalars(select(Producer).where(Producer.member_id == member.id)).all()
    collected = collection.export(member, household)
    on_the_day = shifts.export(member, household)
    told = own.exported(member, household)
    lived = contracting.export(household) | orders.export(member, household)
    lived |= remembered.export(member) | telling.export(member)
    lived |= handover.export(member) | growing.export(member, household)
    if not any((found, farms, collected, on_the_day, told, lived)):
        return None
    return Exported(
        "direct_sales",
        {
            "subscriptions": [_exported(each) for each in found],
            "producers": [_farm(each) for each in farms],
            "collections": collected,
            **on_the_day,
            **lived,
            "solidarity": told,
        },
    )


def _farm(producer: Producer) -> dict[str, str]:
    return {
        "name": producer.name,
        "place": producer.place,
        "presentation": producer.presentation,
        "address": producer.address,
        "siret": producer.siret,
        "position": places.written(producer),
    }


def _exported(subscription: Subscription) -> dict[str, Any]:
    signed = subscription.producer_signed_at
    return {
        "contract": subscription.contract.name,
        "producer": subscription.contract.producer.name,
        "code": subscription.code,
        "subscribed_at": subscription.subscribed_at.isoformat(),
        "signed_by_household": subscription.household_signed_by,
        "signed_by_producer_at": signed.isoformat() if signed else None,
        "withdrawn": subscription.withdrawn_at is not None,
        "total_cents": subscription.total.cents,
        "lines": [
            {
                "delivery": line.delivery_id,
                "product": line.contract_product.name,
                "quantity": line.quantity,
                "unit_price_cents": line.contract_product.price.cents,
            }
            for line in subscription.lines
        ],
        "payments": [
            {
                "amount_cents": each.amount.cents,
                "method": each.method,
                "due_on": each.due_on.isoformat(),
                "state": each.state,
            }
            for each in subscription.payments
        ],
    }


def ties(member: Member, url: str) -> list[Tie]:
    """Return what still runs and only this household carries, or this member delivers."""
    alone = _alone(member)
    carried = [each.contract for each in subscriptions.subscriptions_of(alone)] if alone else []
    delivered = db.session.scalars(
        select(SeasonContract)
        .join(Producer, Producer.id == SeasonContract.producer_id)
        .where(
            Producer.member_id == member.id,
            SeasonContract.id.in_(
                select(Subscription.contract_id).where(Subscription.withdrawn_at.is_(None))
            ),
        )
        .order_by(SeasonContract.id)
    )
    return [
        Tie(_("Le contrat « %(name)s » court encore.", name=each.name), url)
        for each in dict.fromkeys([*carried, *delivered])
        if any(delivery.distribution.ends_at > now() for delivery in deliveries_of(each))
    ] + orders.ties(member, alone, url)


def _alone(member: Member) -> Household | None:
    """Return the household of somebody with whom nobody shares it."""
    household = households.find_household(member)
    if household is None or any(each is not member for each in households.people_of(household)):
        return None
    return household


def erase(member: Member) -> None:
    """Forget who signed; quantities, prices and payments stay for the producer's books."""
    own.forget(member, households.find_household(member))
    collection.forget(member, households.find_household(member), FORGOTTEN)
    alone = _alone(member)
    shifts.erase(member, alone, FORGOTTEN)
    contracting.erase(member, alone, FORGOTTEN)
    orders.erase(member, alone)
    remembered.forget(member)
    growing.erase(member)
    telling.erase(member, FORGOTTEN)
    handover.erase(member)
    as_proxy = Subscription.household_signed_by.startswith(f"{member.name}, ", autoescape=True)
    for subscription in _subscriptions_here(
        member, or_(Subscription.subscribed_by_id == member.id, as_proxy)
    ):
        subscription.household_signed_by = FORGOTTEN
    for subscription in _subscriptions_here(member, Subscription.producer_signed_by == member.name):
        subscription.producer_signed_by = FORGOTTEN
    for producer in db.session.scalars(select(Producer).where(Producer.member_id == member.id)):
        producer.member = None
        producer.address = ""
        places.place_producer(producer, None)


def _subscriptions_here(member: Member, which: ColumnElement[bool]) -> Sequence[Subscription]:
    return db.session.scalars(
        select(Subscription)
        .join(SeasonContract)
        .where(SeasonContract.community_id == member.community_id, which)
    ).all()
