"""Baskets lent or given to another household, which agrees first; money stays where it was."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.i18n import said
from freeco.members.models import Household, Member
from freeco_direct_sales.contracting import absences
from freeco_direct_sales.contracting.errors import DeliveryCalledOff, ProposalOver, SameHousehold
from freeco_direct_sales.contracting.models import Absence, AbsenceKind
from freeco_direct_sales.errors import DeliveryPast, UnknownChoice
from freeco_direct_sales.models import Delivery, Subscription


def propose(
    subscription: Subscription,
    delivery: Delivery,
    to_household: Household,
    member: Member,
    kind: AbsenceKind = AbsenceKind.GIVEN,
) -> Absence:
    """Propose one basket, lent or given, to another household: nothing changes until it agrees.

    Money stays with who subscribed. Raises PlaceGivenBack, UnknownChoice, DeliveryCalledOff,
    DeliveryPast, BasketShared, NothingTaken, SameHousehold.
    """
    standing = absences.hold(subscription, delivery)
    if (
        to_household.community_id != subscription.contract.community_id
        or kind not in absences.HANDS
    ):
        raise UnknownChoice
    if to_household.id == subscription.household_id:
        raise SameHousehold
    absences.check(subscription, delivery, None)
    basket = absences.free_basket(subscription, delivery, standing)
    absence = Absence(
        subscription=subscription,
        delivery=delivery,
        kind=kind,
        items=absences.written(basket),
        asked_by=member,
        to_household=to_household,
    )
    db.session.add(absence)
    db.session.flush()
    return absence


def agree(absence: Absence) -> None:
    """Take the basket that was proposed; twice is once. Raises ProposalOver, DeliveryPast."""
    lock(absence.subscription)
    lock(absence)
    if absence.agreed_at is not None and absence.undone_at is None:
        return
    if absence.undone_at is not None or absence.subscription.withdrawn_at is not None:
        raise ProposalOver
    if absence.delivery.cancelled_at is not None:
        raise DeliveryCalledOff
    if absence.delivery.distribution.starts_at <= now():
        raise DeliveryPast
    absence.agreed_at = now()
    absences.mark(absence, said("pris par un autre foyer"))
    absences.mark(absence, said("panier d’un autre foyer, en plus"), absence.to_household_id)


def proposals_to(household: Household) -> Sequence[Absence]:
    """Return the baskets proposed to a household, or that it takes, still to come."""
    found = db.session.scalars(
        select(Absence)
        .join(Subscription, Subscription.id == Absence.subscription_id)
        .where(
            Absence.to_household_id == household.id,
            Absence.undone_at.is_(None),
            Subscription.withdrawn_at.is_(None),
        )
        .options(joinedload(Absence.delivery).joinedload(Delivery.distribution))
        .order_by(Absence.id)
    ).all()
    return [each for each in found if each.delivery.distribution.ends_at > now()]
