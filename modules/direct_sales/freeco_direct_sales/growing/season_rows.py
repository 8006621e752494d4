"""What a producer's season is gathered from; a handful of queries, whatever the households."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import String, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import joinedload

from freeco.clock import today
from freeco.db import db
from freeco.money import Money
from freeco.payments.models import Payment, State
from freeco_direct_sales.growing.season_table import NOTHING, Account, Evening
from freeco_direct_sales.models import (
    ContractProduct,
    ContractState,
    Delivery,
    Distribution,
    Producer,
    Product,
    SeasonContract,
    Subscription,
    SubscriptionLine,
)
from freeco_direct_sales.orders import amounts
from freeco_direct_sales.orders.models import (
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Pickup,
    SessionState,
)
from freeco_direct_sales.orders.settling_models import PURPOSE, OrderSale

GIVEN = (State.HELD, State.HANDED, State.SETTLED)
"""Payments that came, as the books count them: a cheque that is held pays what it pays."""
SIGNED = and_(
    Subscription.household_signed_at.is_not(None), Subscription.producer_signed_at.is_not(None)
)
NOT_CLOSED = (SessionState.DRAFT, SessionState.OPEN)


def _of_contract(contract_id: int) -> str:
    return f"contract:{contract_id}"


def _of_session(session_id: int) -> str:
    return f"session:{session_id}"


def contracts(producer: Producer) -> list[Account]:
    """Return the contracts that are, or were, open; one query."""
    found = db.session.scalars(
        select(SeasonContract)
        .where(
            SeasonContract.producer_id == producer.id,
            SeasonContract.state != ContractState.DRAFT,
        )
        .order_by(SeasonContract.season_start, SeasonContract.id)
    )
    return [
        Account(_of_contract(each.id), each.name, each.season_start.year, contract_id=each.id)
        for each in found
    ]


def sessions(producer: Producer) -> list[Account]:
    """Return the sessions that are closed and in which something of the producer is ordered."""
    found = db.session.scalars(
        select(OrderSession)
        .where(
            OrderSession.community_id == producer.community_id,
            OrderSession.state.not_in(NOT_CLOSED),
            OrderSession.id.in_(
                select(Offer.session_id)
                .join(Product, Product.id == Offer.product_id)
                .where(Product.producer_id == producer.id)
            ),
        )
        .order_by(OrderSession.closes_at, OrderSession.id)
    )
    return [
        Account(
            _of_session(each.id), each.name, _year(producer, each.closes_at), session_id=each.id
        )
        for each in found
    ]


def _year(producer: Producer, at: datetime) -> int:
    return at.astimezone(ZoneInfo(producer.community.timezone)).year


def deliveries(producer: Producer, accounts: dict[str, Account]) -> list[Evening]:
    """Return each delivery with what is taken there; note what still waits for a signature."""
    found = db.session.scalars(
        select(Delivery)
        .join(SeasonContract, SeasonContract.id == Delivery.contract_id)
        .where(
            SeasonContract.producer_id == producer.id, SeasonContract.state != ContractState.DRAFT
        )
        .options(joinedload(Delivery.contract), joinedload(Delivery.distribution))
    ).all()
    signed = case((SIGNED, 1), else_=0)
    rows = db.session.execute(
        select(
            SubscriptionLine.delivery_id,
            signed,
            ContractProduct.price,
            func.sum(SubscriptionLine.quantity),
        )
        .join(Subscription, Subscription.id == SubscriptionLine.subscription_id)
        .join(ContractProduct, ContractProduct.id == SubscriptionLine.contract_product_id)
        .join(SeasonContract, SeasonContract.id == Subscription.contract_id)
        .where(SeasonContract.producer_id == producer.id, Subscription.withdrawn_at.is_(None))
        .group_by(SubscriptionLine.delivery_id, signed, ContractProduct.id, ContractProduct.price)
    )
    taken: dict[tuple[int, int], Money] = {}
    for delivery_id, is_signed, price, quantity in rows:
        at = (delivery_id, int(is_signed))
        taken[at] = taken.get(at, NOTHING) + price * int(quantity)
    for each in found:
        if each.cancelled_at is None:
            waiting = taken.get((each.id, 0), NOTHING)
            accounts[_of_contract(each.contract_id)].unsigned += waiting
    return [
        Evening(
            _of_contract(each.contract_id),
            each.contract.name,
            each.distribution,
            taken.get((each.id, 1), NOTHING),
            each.cancelled_at is not None,
            each.reason,
        )
        for each in found
    ]


At = tuple[int, int, bool, bool]
"""A session, a pickup's distribution, whether it may still change, whether it is a service."""


def markets(producer: Producer) -> list[Evening]:
    """Return what each closed session brings to each pickup: as settled, or as things stand."""
    sums = _settled(producer)
    for line in _not_settled(producer):
        offer, pickup = line.offer, line.order.pickup
        at = (offer.session_id, pickup.distribution_id, True, offer.product.is_service)
        sums[at] = sums.get(at, NOTHING) + amounts.amount(line)
    evenings = {
        each.id: each
        for each in db.session.scalars(
            select(Distribution).where(Distribution.id.in_({at[1] for at in sums}))
        )
    }
    names = {
        each.id: each.name
        for each in db.session.scalars(
            select(OrderSession).where(OrderSession.id.in_({at[0] for at in sums}))
        )
    }
    return [
        Evening(
            _of_session(session_id),
            names[session_id],
            evenings[distribution_id],
            amount,
            is_estimated=is_open,
            is_service=is_service,
        )
        for (session_id, distribution_id, is_open, is_service), amount in sums.items()
        if amount
    ]


def _settled(producer: Producer) -> dict[At, Money]:
    is_service = case((OrderSale.line_id.is_not(None), 1), else_=0)
    rows = db.session.execute(
        select(Order.session_id, Pickup.distribution_id, is_service, func.sum(OrderSale.amount))
        .join(Order, Order.id == OrderSale.order_id)
        .join(Pickup, Pickup.id == Order.pickup_id)
        .where(OrderSale.producer_id == producer.id)
        .group_by(Order.session_id, Pickup.distribution_id, is_service)
    )
    return {
        (session_id, distribution_id, False, bool(work)): Money(int(amount.cents))
        for session_id, distribution_id, work, amount in rows
    }


def _not_settled(producer: Producer) -> Sequence[OrderLine]:
    """Return what is ordered and not owed yet: a service waits for both to say it was done."""
    services = select(OrderSale.line_id).where(OrderSale.line_id.is_not(None))
    return db.session.scalars(
        select(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .join(OrderSession, OrderSession.id == Order.session_id)
        .join(Offer, Offer.id == OrderLine.offer_id)
        .join(Product, Product.id == Offer.product_id)
        .where(
            Product.producer_id == producer.id,
            Order.cancelled_at.is_(None),
            or_(Order.settled_at.is_(None), Product.is_service),
            OrderLine.id.not_in(services),
            OrderSession.state.not_in(NOT_CLOSED),
        )
        .options(
            joinedload(OrderLine.offer).joinedload(Offer.product),
            joinedload(OrderLine.order).joinedload(Order.pickup),
        )
    ).all()


def pay(producer: Producer, accounts: dict[str, Account]) -> None:
    """Add what came, less what was given back, and what is late; two queries."""
    present = today(producer.community.timezone)
    late = case((Payment.due_on < present, 1), else_=0)
    sums = (
        Payment.state,
        late,
        func.sum(Payment.amount),
        func.sum(Payment.refunded),
    )
    wanted = Payment.state.in_((*GIVEN, State.EXPECTED))
    promised = case((or_(SIGNED, Subscription.withdrawn_at.is_not(None)), 1), else_=0)
    of_contracts = db.session.execute(
        select(SeasonContract.id, promised, *sums)
        .join(Subscription, Subscription.contract_id == SeasonContract.id)
        .join(Payment, Payment.purpose == Subscription.purpose)
        .where(SeasonContract.producer_id == producer.id, wanted)
        .group_by(SeasonContract.id, promised, Payment.state, late)
    )
    of_orders = db.session.execute(
        select(Order.session_id, literal(1), *sums)
        .join(OrderSale, OrderSale.order_id == Order.id)
        .join(Payment, Payment.purpose == literal(PURPOSE) + cast(OrderSale.id, String))
        .where(OrderSale.producer_id == producer.id, wanted)
        .group_by(Order.session_id, Payment.state, late)
    )
    for named, rows in ((_of_contract, of_contracts), (_of_session, of_orders)):
        for number, is_promised, state, is_late, amount, refunded in rows:
            account = accounts.get(named(number))
            if account is None:
                continue
            came = Money(int(amount.cents) - int(refunded.cents))
            if not is_promised:
                account.ahead += came if state != State.EXPECTED else NOTHING
            elif state != State.EXPECTED:
                account.received += came
            elif is_late:
                account.overdue += Money(int(amount.cents))
