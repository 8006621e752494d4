"""What skipped baskets, shared places and waiting lists know about a member; and forgetting it."""

from typing import Any

from sqlalchemy import or_, select

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Household, Member
from freeco_direct_sales import holding
from freeco_direct_sales.contracting import lending, waiting
from freeco_direct_sales.contracting.models import Absence, SharedBasket, WaitingWish
from freeco_direct_sales.models import Subscription


def export(household: Household | None) -> dict[str, Any]:
    """Give what a household skipped, lent or was lent, shares and waits for."""
    if household is None:
        return {}
    absences = db.session.scalars(
        select(Absence)
        .join(Subscription, Subscription.id == Absence.subscription_id)
        .where(
            or_(Subscription.household_id == household.id, Absence.to_household_id == household.id)
        )
        .order_by(Absence.id)
    )
    shared = db.session.scalars(
        select(SharedBasket)
        .where(
            or_(
                SharedBasket.first_household_id == household.id,
                SharedBasket.second_household_id == household.id,
            )
        )
        .order_by(SharedBasket.id)
    )
    wishes = db.session.scalars(
        select(WaitingWish).where(WaitingWish.household_id == household.id).order_by(WaitingWish.id)
    )
    found = {
        "absences": [
            {
                "delivery": each.delivery_id,
                "kind": each.kind,
                "asked_at": each.asked_at.isoformat(),
                "undone": each.undone_at is not None,
            }
            for each in absences
        ],
        "shared_places": [
            {
                "contract": each.contract.name,
                "way": each.way,
                "asked_at": each.asked_at.isoformat(),
                "concluded": each.second_id is not None,
            }
            for each in shared
        ],
        "waiting": [
            {
                "contract": each.contract.name,
                "rank": each.rank,
                "wished_at": each.wished_at.isoformat(),
                "outcome": each.outcome,
            }
            for each in wishes
        ],
    }
    return {name: rows for name, rows in found.items() if rows}


def erase(member: Member, alone: Household | None, forgotten: str) -> None:
    """Forget who signed a part; what this household of one proposed, waits for or was offered ends.

    What others still share stands: they take it back themselves.
    """
    for shared in db.session.scalars(
        select(SharedBasket).where(
            or_(
                SharedBasket.asked_by_id == member.id,
                SharedBasket.second_household_id == (alone.id if alone else None),
            )
        )
    ):
        if shared.asked_by_id == member.id:
            shared.signed_by = forgotten
        if shared.second_id is None:
            shared.ended_at = shared.ended_at or now()
    if alone is None:
        return
    for absence in lending.proposals_to(alone):
        if absence.agreed_at is None:
            absence.undone_at = now()
    mine = sorted(waiting.wishes_of(alone), key=lambda each: each.contract_id)
    holding.contracts(each.contract for each in mine)
    for wish in mine:
        waiting.leave(wish)
