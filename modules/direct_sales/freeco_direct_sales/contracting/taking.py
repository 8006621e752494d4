"""Who takes what a subscription brings: mostly its own household."""

from typing import Any, TypeVar

from sqlalchemy import Select, and_, case, func, literal, or_

from freeco_direct_sales.contracting.models import Absence, AbsenceKind, SharedBasket, SharingWay
from freeco_direct_sales.models import Subscription, SubscriptionLine

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])

TAKER = func.coalesce(Absence.to_household_id, Subscription.household_id)
"""The household that takes a line home; of a query that ``with_takers`` has seen."""
PARTNER = case(
    (SharedBasket.first_id == Subscription.id, SharedBasket.second_household_id),
    (SharedBasket.second_id == Subscription.id, SharedBasket.first_household_id),
)
"""The household that takes the other half of it, if there is one."""
ELSEWHERE = (AbsenceKind.LOST, AbsenceKind.LENT, AbsenceKind.GIVEN)
"""Baskets that stay in the contract as they were, and that their household does not take."""
IS_LOST = func.coalesce(Absence.kind, "") == AbsenceKind.LOST


def with_takers(query: Query) -> Query:
    """Join to a query of lines and subscriptions what says who takes them."""
    return query.outerjoin(
        Absence,
        and_(
            Absence.subscription_id == SubscriptionLine.subscription_id,
            Absence.delivery_id == SubscriptionLine.delivery_id,
            Absence.undone_at.is_(None),
            Absence.agreed_at.is_not(None),
            Absence.kind.in_(ELSEWHERE),
        ),
    ).outerjoin(
        SharedBasket,
        and_(
            or_(
                SharedBasket.first_id == Subscription.id,
                SharedBasket.second_id == Subscription.id,
            ),
            SharedBasket.way == SharingWay.HALVES,
            SharedBasket.ended_at.is_(None),
        ),
    )


def taken_by(household_id: int) -> Any:
    """Return the condition that a household takes a line home, whole or by half."""
    household = literal(household_id)
    return and_(or_(household == TAKER, household == PARTNER), ~IS_LOST)
