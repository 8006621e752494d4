"""A household's commitment: made under the contract's lock, signed on both sides."""

import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.events import publish
from freeco.members import contacts
from freeco.members.models import Community, Household, HouseholdMember, Member
from freeco.money import Money, total
from freeco.payments.errors import NoOtherWay
from freeco.payments.models import Method, State
from freeco_direct_sales import (
    catalogue,
    commitments,
    contracts,
    holding,
    record,
    schedule,
    sellers,
)
from freeco_direct_sales.contracting import room, rules, waiting
from freeco_direct_sales.errors import (
    AlreadySigned,
    AlreadySubscribed,
    ChequeHandedOver,
    ContractFull,
    ContractNotOpen,
    NothingChosen,
    NotYours,
    SignedByBoth,
    TooManyCheques,
    UnknownChoice,
)
from freeco_direct_sales.events import SubscriptionMade, SubscriptionSigned, SubscriptionWithdrawn
from freeco_direct_sales.models import (
    ContractState,
    SeasonContract,
    SignatureWay,
    Subscription,
    SubscriptionLine,
)
from freeco_direct_sales.solidarity import adjusting, applying

MOST_OF_A_PRODUCT = 99
GIVEN_UP = frozenset({State.EXPECTED, State.CANCELLED})
"""Payments of which nothing has come: a place may be given back."""
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No I, O, 0 or 1: a code is read on paper and typed back."""

Quantities = Mapping[tuple[int, int], int]
"""How many, by delivery id and contract product id."""


def same_basket(contract: SeasonContract, basket: Mapping[int, int]) -> dict[tuple[int, int], int]:
    """Spread one basket (quantity by contract product id) over the deliveries to come."""
    return {
        (delivery.id, product_id): quantity
        for delivery in contracts.coming_deliveries(contract)
        for product_id, quantity in basket.items()
    }


def price(contract: SeasonContract, quantities: Quantities) -> Money:
    """Return what these quantities cost for the season, VAT included."""
    prices = {product.id: product.price for product in contract.products}
    return total([prices[product] * many for (_delivery, product), many in quantities.items()])


def subscribe(
    contract: SeasonContract,
    household: Household,
    member: Member,
    quantities: Quantities,
    cheque_count: int,
    *,
    charter_text_id: int | None,
    signed_by: str,
    way: SignatureWay = SignatureWay.ONLINE,
    method: Method = Method.CHEQUE,
    beside: Subscription | None = None,
    tries: bool = False,
) -> Subscription:
    """Take a place in the contract for the household, and sign on its side.

    ``beside`` is the subscription whose place it shares; ``tries`` that it is a trial only,
    which no minimum is asked of.

    Prices are the contract's, frozen at its opening. Who waits for a place comes first. Raises
    ContractNotOpen, AlreadySubscribed, ContractFull, DateFull, NothingChosen, UnknownChoice,
    TooManyCheques, NoOtherWay when the producer cannot be paid so.
    """
    held = waiting.hold(contract, household)  # two households may want the last place
    if contract.state != ContractState.OPEN:
        raise ContractNotOpen
    if standing_subscription(contract, household) is not None:
        raise AlreadySubscribed
    waiting.pass_on(contract)
    if beside is None and contracts.places_left(contract, household) == 0:
        raise ContractFull
    chosen = _checked(contract, quantities)
    room.check_dates(contract, chosen)
    if beside is None and not tries:
        rules.check_least(contract, chosen)
    if not 1 <= cheque_count <= contract.most_cheques:
        raise TooManyCheques
    if method not in sellers.ways_to_pay(contract.producer):
        raise NoOtherWay
    subscription = Subscription(
        contract=contract,
        household=household,
        subscribed_by=member,
        charter_text_id=charter_text_id,
        code=_new_code(),
        total=price(contract, chosen),
        household_signed_at=now(),
        household_signed_by=signed_by,
        household_signed_way=way,
    )
    db.session.add(subscription)
    products = {product.id: product for product in contract.products}
    for (delivery_id, product_id), quantity in chosen.items():
        db.session.add(
            SubscriptionLine(
                subscription=subscription,
                delivery_id=delivery_id,
                contract_product=products[product_id],
                quantity=quantity,
            )
        )
    db.session.flush()
    schedule.plan(subscription, cheque_count, method, applying.begin(subscription))
    db.session.flush()
    waiting.settle(contract, household, held)
    publish(
        SubscriptionMade(
            community_id=contract.community_id,
            subscription_id=subscription.id,
            contract_id=contract.id,
            total_cents=subscription.total.cents,
        )
    )
    return subscription


def _checked(contract: SeasonContract, quantities: Quantities) -> dict[tuple[int, int], int]:
    deliveries = {delivery.id for delivery in contracts.coming_deliveries(contract)}
    products = {product.id for product in contract.products}
    chosen: dict[tuple[int, int], int] = {}
    for (delivery_id, product_id), quantity in quantities.items():
        if delivery_id not in deliveries or product_id not in products:
            raise UnknownChoice
        if not 0 <= quantity <= MOST_OF_A_PRODUCT:
            raise UnknownChoice
        if quantity:
            chosen[delivery_id, product_id] = quantity
    if not chosen:
        raise NothingChosen
    return chosen


def _new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _letter in range(8))


def standing_subscription(contract: SeasonContract, household: Household) -> Subscription | None:
    """Return the household's subscription to a contract, unless it was withdrawn."""
    return db.session.scalar(
        select(Subscription).where(
            Subscription.contract_id == contract.id,
            Subscription.household_id == household.id,
            Subscription.withdrawn_at.is_(None),
        )
    )


def subscriptions_of(household: Household) -> Sequence[Subscription]:
    """Return the household's standing subscriptions, the latest first."""
    return db.session.scalars(
        select(Subscription)
        .where(Subscription.household_id == household.id, Subscription.withdrawn_at.is_(None))
        .options(
            joinedload(Subscription.contract).joinedload(SeasonContract.producer),
            selectinload(Subscription.payments),
        )
        .order_by(Subscription.id.desc())
    ).all()


def subscriptions_to(contract: SeasonContract) -> Sequence[Subscription]:
    """Return a contract's standing subscriptions, by household name."""
    found = db.session.scalars(
        select(Subscription)
        .where(Subscription.contract_id == contract.id, Subscription.withdrawn_at.is_(None))
        .options(joinedload(Subscription.household), selectinload(Subscription.payments))
    )
    return sorted(found, key=lambda each: each.household.name.casefold())


def find_subscription(community: Community, subscription_id: int) -> Subscription:
    """Return a subscription of this community; raise Absent for another's."""
    subscription = db.session.get(
        Subscription, subscription_id, options=[joinedload(Subscription.contract)]
    )
    if subscription is None or subscription.contract.community_id != community.id:
        raise Absent
    return subscription


def is_of_household(subscription: Subscription, member: Member) -> bool:
    """Whether this member belongs to the household that subscribed."""
    return (
        db.session.scalar(
            select(HouseholdMember.id).where(
                HouseholdMember.household_id == subscription.household_id,
                HouseholdMember.member_id == member.id,
            )
        )
        is not None
    )


def sign_for_producer(subscription: Subscription, member: Member) -> None:
    """Countersign in the producer's name: both sides may then reach each other.

    Raises NotYours, AlreadySigned.
    """
    if not catalogue.acts_for(subscription.contract.producer, member):
        raise NotYours
    _sign_for_producer(subscription, member.name, SignatureWay.ONLINE, member)


def record_paper_signature(subscription: Subscription) -> None:
    """Note that the producer has signed the paper, which the coordinator keeps."""
    _sign_for_producer(subscription, subscription.contract.producer.name, SignatureWay.PAPER)


def _sign_for_producer(
    subscription: Subscription, name: str, way: SignatureWay, signer: Member | None = None
) -> None:
    lock(subscription)
    if subscription.producer_signed_at is not None or subscription.withdrawn_at is not None:
        raise AlreadySigned
    subscription.producer_signed_at = now()
    subscription.producer_signed_by, subscription.producer_signed_way = name, way
    holding.subscriptions([subscription])
    producer = subscription.contract.producer
    if producer.member is not None and subscription.is_signed:
        for each in subscription.household.people:
            if each.member_id != producer.member_id:
                contacts.agree(
                    each.member, producer.member, f"direct_sales:subscription:{subscription.id}"
                )
    commitments.commit(subscription)
    adjusting.count(subscription)
    record.state_signed(subscription, signer)
    publish(
        SubscriptionSigned(
            community_id=subscription.contract.community_id, subscription_id=subscription.id
        )
    )


def withdraw(subscription: Subscription) -> None:
    """Give the place back, as long as the producer has not signed.

    Raises SignedByBoth, ChequeHandedOver.
    """
    lock(subscription.contract)
    lock(subscription)
    if subscription.is_signed:
        raise SignedByBoth
    if subscription.withdrawn_at is not None:
        return
    schedule.hold(subscription)
    if any(each.state not in GIVEN_UP for each in subscription.payments):
        raise ChequeHandedOver
    subscription.withdrawn_at = now()
    room.part(subscription)
    schedule.give_up(subscription)
    adjusting.give_back(subscription)
    db.session.flush()
    waiting.pass_on(subscription.contract)
    publish(
        SubscriptionWithdrawn(
            community_id=subscription.contract.community_id, subscription_id=subscription.id
        )
    )


def awaiting_producer(community: Community, member: Member) -> list[Subscription]:
    """Return the subscriptions this member could countersign, oldest first."""
    waiting = db.session.scalars(
        select(Subscription)
        .join(SeasonContract)
        .where(
            SeasonContract.community_id == community.id,
            Subscription.withdrawn_at.is_(None),
            Subscription.producer_signed_at.is_(None),
            Subscription.household_signed_at.is_not(None),
        )
        .options(
            joinedload(Subscription.household),
            joinedload(Subscription.contract).joinedload(SeasonContract.producer),
        )
        .order_by(Subscription.id)
    )
    mine: dict[int, bool] = {}
    found = []
    for each in waiting:
        producer = each.contract.producer
        if producer.id not in mine:
            mine[producer.id] = catalogue.acts_for(producer, member)
        if mine[producer.id]:
            found.append(each)
    return found
