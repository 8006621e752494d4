"""Baskets that a household does not come for: skipped, moved, lent or given."""

from collections.abc import Mapping

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.i18n import said
from freeco.members.models import Community, Member
from freeco_direct_sales import changing, contracts, record
from freeco_direct_sales.contracting import room, rules
from freeco_direct_sales.contracting.errors import (
    BasketShared,
    DeliveryCalledOff,
    DeliveryFull,
    NoSkipLeft,
    NotForeseen,
    NothingTaken,
    TooLate,
)
from freeco_direct_sales.contracting.models import (
    Absence,
    AbsenceItem,
    AbsenceKind,
    SharedBasket,
    SharingWay,
)
from freeco_direct_sales.errors import DeliveryPast, PlaceGivenBack, UnknownChoice
from freeco_direct_sales.models import Change, Delivery, Subscription, SubscriptionLine

SKIPS = (AbsenceKind.LOST, AbsenceKind.CREDITED)
HANDS = (AbsenceKind.LENT, AbsenceKind.GIVEN)


def find_absence(community: Community, absence_id: int) -> Absence:
    """Return an absence of this community; raise Absent for another's."""
    found = db.session.get(Absence, absence_id)
    if found is None or found.subscription.contract.community_id != community.id:
        raise Absent
    return found


def absences_of(subscription: Subscription) -> dict[int, Absence]:
    """Return what stands of a subscription's absences, by delivery id."""
    found = db.session.scalars(
        select(Absence)
        .where(Absence.subscription_id == subscription.id, Absence.undone_at.is_(None))
        .options(
            joinedload(Absence.to_household),
            joinedload(Absence.to_delivery).joinedload(Delivery.distribution),
        )
    )
    return {each.delivery_id: each for each in found}


def skips_left(subscription: Subscription) -> int:
    """Count the skips left for the season; what was cancelled anyway used none."""
    used = db.session.scalar(
        select(func.count(Absence.id))
        .join(Delivery, Delivery.id == Absence.delivery_id)
        .where(
            Absence.subscription_id == subscription.id,
            Absence.undone_at.is_(None),
            Absence.kind.in_(SKIPS),
            Delivery.cancelled_at.is_(None),
        )
    )
    return max(0, rules.rules_of(subscription.contract).most_skips - (used or 0))


def skip(subscription: Subscription, delivery: Delivery, member: Member) -> Absence:
    """Skip one delivery: what it means in money is the contract's; twice is once.

    Raises PlaceGivenBack, UnknownChoice, DeliveryCalledOff, TooLate, BasketShared, NothingTaken,
    NoSkipLeft.
    """
    standing = hold(subscription, delivery)
    if standing is not None and standing.kind in SKIPS:
        return standing
    foreseen = rules.rules_of(subscription.contract)
    check(subscription, delivery, foreseen.notice_days)
    basket = free_basket(subscription, delivery, standing)
    if skips_left(subscription) == 0:
        raise NoSkipLeft
    absence = Absence(
        subscription=subscription,
        delivery=delivery,
        kind=foreseen.skip_rule,
        items=written(basket),
        asked_by=member,
        agreed_at=now(),
    )
    db.session.add(absence)
    if absence.kind == AbsenceKind.CREDITED:
        changing.change_delivery(subscription, delivery, dict.fromkeys(basket, 0))
    else:
        mark(absence, said("absent, panier à donner"))
    db.session.flush()
    return absence


def move(
    subscription: Subscription, delivery: Delivery, to_delivery: Delivery, member: Member
) -> Absence:
    """Take one basket at another delivery of the contract, there or elsewhere.

    Raises as ``skip``, and NotForeseen, DeliveryFull.
    """
    lock(subscription.contract)  # two households may want the last basket of a delivery
    standing = hold(subscription, delivery)
    foreseen = rules.rules_of(subscription.contract)
    if not foreseen.may_move:
        raise NotForeseen
    if to_delivery.id == delivery.id:
        raise UnknownChoice
    for each in (delivery, to_delivery):
        check(subscription, each, foreseen.notice_days)
    basket = free_basket(subscription, delivery, standing)
    if to_delivery.id in absences_of(subscription):
        raise NothingTaken
    already = basket_at(subscription, to_delivery)
    if not already and room.at(to_delivery) == 0:
        raise DeliveryFull
    absence = Absence(
        subscription=subscription,
        delivery=delivery,
        kind=AbsenceKind.MOVED,
        items=written(basket),
        asked_by=member,
        to_delivery=to_delivery,
        agreed_at=now(),
    )
    db.session.add(absence)
    together = {key: already.get(key, 0) + many for key, many in basket.items()}
    changing.change_deliveries(
        subscription, {delivery: dict.fromkeys(basket, 0), to_delivery: together}
    )
    return absence


def undo(absence: Absence) -> None:
    """Come back to the basket as it was; twice is once.

    A skip or a move until its deadline, a basket lent or given until the distribution begins;
    refusing one, and taking back one not yet agreed, likewise. Raises TooLate, NothingTaken,
    DeliveryFull when others took the room meanwhile.
    """
    subscription = absence.subscription
    lock(subscription.contract)
    lock(subscription)
    lock(absence)
    if absence.undone_at is not None:
        return
    if not may_undo(absence):
        raise TooLate
    absence.undone_at = now()
    if absence.kind in HANDS or absence.kind == AbsenceKind.LOST:
        _take_again(absence)
    else:
        basket = absence.basket
        if not basket_at(subscription, absence.delivery) and room.at(absence.delivery) == 0:
            raise DeliveryFull
        wanted: dict[Delivery, Mapping[int, int]] = {absence.delivery: basket}
        if absence.to_delivery is not None:
            wanted[absence.to_delivery] = _without(absence, absence.to_delivery, basket)
        changing.change_deliveries(subscription, wanted)
    db.session.flush()


def may_undo(absence: Absence) -> bool:
    """Whether one may still come back to the basket as it was."""
    if absence.kind in HANDS:
        return absence.agreed_at is None or absence.delivery.distribution.starts_at > now()
    days = rules.rules_of(absence.subscription.contract).notice_days
    both = [absence.delivery, *([absence.to_delivery] if absence.to_delivery else [])]
    return all(rules.in_time(each.distribution, days) for each in both)


def _take_again(absence: Absence) -> None:
    if absence.agreed_at is not None:
        mark(absence, said("vient finalement chercher son panier"))
    if absence.agreed_at is not None and absence.to_household_id is not None:
        mark(absence, said("ne prend plus ce panier"), absence.to_household_id)


def _without(absence: Absence, there: Delivery, basket: Mapping[int, int]) -> dict[int, int]:
    """Return what is left there once a moved basket goes back; what was changed since stays."""
    held = basket_at(absence.subscription, there)
    if any(held.get(key, 0) < many for key, many in basket.items()):
        raise NothingTaken
    return {key: held.get(key, 0) - many for key, many in basket.items()}


def other_deliveries(subscription: Subscription, delivery: Delivery) -> list[Delivery]:
    """Return the deliveries where a basket could be taken instead, in order of date."""
    foreseen = rules.rules_of(subscription.contract)
    busy = absences_of(subscription)
    return [
        each
        for each in contracts.coming_deliveries(subscription.contract)
        if each.id != delivery.id
        and each.id not in busy
        and rules.in_time(each.distribution, foreseen.notice_days)
        and (room.at(each) != 0 or basket_at(subscription, each))
    ]


def hold(subscription: Subscription, delivery: Delivery) -> Absence | None:
    """Lock a subscription, and return what stands of one basket's absence."""
    lock(subscription)
    if subscription.withdrawn_at is not None:
        raise PlaceGivenBack
    return db.session.scalar(
        select(Absence).where(
            Absence.subscription_id == subscription.id,
            Absence.delivery_id == delivery.id,
            Absence.undone_at.is_(None),
        )
    )


def check(subscription: Subscription, delivery: Delivery, notice_days: int | None) -> None:
    """Check that one basket may still change; without notice, until its distribution begins."""
    if delivery.contract_id != subscription.contract_id:
        raise UnknownChoice
    if delivery.cancelled_at is not None:
        raise DeliveryCalledOff
    if notice_days is None and delivery.distribution.starts_at <= now():
        raise DeliveryPast
    if notice_days is not None and not rules.in_time(delivery.distribution, notice_days):
        raise TooLate
    if shared_by_halves(subscription):
        raise BasketShared


def shared_by_halves(subscription: Subscription) -> bool:
    """Whether half of each basket goes to another household."""
    found = db.session.scalar(
        select(SharedBasket.id).where(
            or_(
                SharedBasket.first_id == subscription.id,
                SharedBasket.second_id == subscription.id,
            ),
            SharedBasket.way == SharingWay.HALVES,
            SharedBasket.ended_at.is_(None),
        )
    )
    return found is not None


def free_basket(
    subscription: Subscription, delivery: Delivery, standing: Absence | None
) -> dict[int, int]:
    """Return a basket that has no fate yet. Raises NothingTaken."""
    basket = basket_at(subscription, delivery)
    if standing is not None or not basket:
        raise NothingTaken
    return basket


def basket_at(subscription: Subscription, delivery: Delivery) -> dict[int, int]:
    """Return what a household takes at a delivery, by contract product id."""
    rows = db.session.execute(
        select(SubscriptionLine.contract_product_id, SubscriptionLine.quantity).where(
            SubscriptionLine.subscription_id == subscription.id,
            SubscriptionLine.delivery_id == delivery.id,
            SubscriptionLine.quantity > 0,
        )
    )
    return {row.contract_product_id: row.quantity for row in rows}


def written(basket: Mapping[int, int]) -> list[AbsenceItem]:
    """Return a basket as it is stored."""
    return [AbsenceItem(contract_product_id=key, quantity=many) for key, many in basket.items()]


def mark(absence: Absence, words: str, household_id: int | None = None) -> None:
    """Mark a change on the sheet, in words without a name; the record states the subscriber's."""
    subscription = absence.subscription
    change = Change(
        delivery_id=absence.delivery_id or absence.delivery.id,
        household_id=household_id or subscription.household_id,
        words=words,
    )
    db.session.add(change)
    db.session.flush()
    if household_id is None:
        record.state_changed(subscription, change, absence.delivery)
