"""What direct sales know about a member, and how they forget it."""

from typing import Any

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _
from freeco.members import households
from freeco.members.models import HouseholdMember, Member
from freeco.module import Exported, Tie
from freeco_direct_sales import subscriptions
from freeco_direct_sales.contracts import deliveries_of
from freeco_direct_sales.models import Producer, Subscription

FORGOTTEN = "—"


def export(member: Member) -> Exported | None:
    """Give the subscriptions of the member's household, with their lines and cheques."""
    household = households.find_household(member)
    if household is None:
        return None
    found = db.session.scalars(
        select(Subscription).where(Subscription.household_id == household.id)
    )
    return Exported(
        "direct_sales", {"subscriptions": [_exported(each) for each in found]}
    )


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
        "cheques": [
            {"amount_cents": each.amount.cents, "due_on": each.due_on.isoformat(), "state": each.state}
            for each in subscription.cheques
        ],
    }


def ties(member: Member, url: str) -> list[Tie]:
    """Return the contracts still running that only this member's household carries."""
    household = households.find_household(member)
    if household is None or len(household.people) > 1:
        return []
    return [
        Tie(
            _("Le contrat « %(name)s » court encore.", name=each.contract.name), url
        )
        for each in subscriptions.subscriptions_of(household)
        if any(d.distribution.ends_at > now() for d in deliveries_of(each.contract))
    ]


def erase(member: Member) -> None:
    """Forget who signed; quantities, prices and cheques stay for the producer's books."""
    households_of_member = select(HouseholdMember.household_id).where(
        HouseholdMember.member_id == member.id
    )
    for subscription in db.session.scalars(
        select(Subscription).where(
            (Subscription.subscribed_by_id == member.id)
            | Subscription.household_id.in_(households_of_member)
        )
    ):
        if subscription.household_signed_by == member.name:
            subscription.household_signed_by = FORGOTTEN
    for producer in db.session.scalars(select(Producer).where(Producer.member_id == member.id)):
        producer.member = None
        producer.address = ""
