"""What an order holds of a stock: let go of once, sold once, counted once."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco.money import Money
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders import placing, preparing, repeating, sessions, settling
from freeco_direct_sales.orders.errors import WrongQuantities
from freeco_direct_sales.orders.models import Offer, Order, OrderSession, SessionProducer
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.orders.sessions import Fate

Buy = Callable[..., Order]
FRIDAY = datetime(2026, 11, 6, 9, tzinfo=UTC)


@pytest.fixture
def leeks(shop: OrderSession) -> Offer:
    """Give the leeks: ten of them, for this session."""
    return next(each for each in shop.offers if each.name == "Poireaux")


def counted(offer: Offer) -> tuple[int, int]:
    """Return how many there are, and how many of them are taken."""
    db.session.flush()
    db.session.expire_all()
    assert offer.stock is not None
    return offer.stock.on_hand, offer.stock.reserved


def copied(copy: OrderSession, name: str = "Poireaux") -> Offer:
    return next(each for each in copy.offers if each.name == name)


def opened_again(shop: OrderSession) -> OrderSession:
    """Repeat the session, at the same place, open at once."""
    copy = repeating.repeat(shop, 7)
    copy.opens_at = shop.opens_at
    preparing.set_pickups(copy, {shop.pickups[0].distribution: None})
    sessions.publish_session(copy)
    db.session.commit()
    return copy


def test_what_does_not_come_is_let_go_of_once_and_is_not_there_either(
    shop: OrderSession, leeks: Offer, buy: Buy, member: Member, neighbour: Member
) -> None:
    buy(member, Poireaux=4)
    buy(neighbour, Poireaux=3)
    sessions.close(shop)
    for _again in range(2):
        sessions.say_coming(leeks, 5)
        assert counted(leeks) == (8, 5)  # three of those that were ordered are not there
    sessions.say_coming(leeks, 7)
    assert counted(leeks) == (10, 7)


def test_more_than_was_counted_may_come_in_the_end(
    shop: OrderSession, leeks: Offer, buy: Buy, member: Member
) -> None:
    buy(member, Poireaux=10)
    sessions.close(shop)
    sessions.say_coming(leeks, 2)
    copy = opened_again(shop)
    assert copied(copy).stock is leeks.stock
    assert counted(leeks) == (2, 2)
    sessions.say_coming(leeks, 10)
    assert counted(leeks) == (10, 10)


def test_what_is_taken_off_is_there_for_the_others(
    shop: OrderSession, leeks: Offer, buy: Buy, member: Member, neighbour: Member
) -> None:
    mine, theirs = buy(member, Poireaux=4), buy(neighbour, Poireaux=3)
    fates = {mine.lines[0].id: Fate(), theirs.lines[0].id: Fate(keep=True)}
    for _again in range(2):
        sessions.withdraw(leeks, "La grêle", fates)
        assert counted(leeks) == (10, 3)
    placing.cancel(mine)
    placing.cancel(theirs)
    assert counted(leeks) == (10, 0)


def test_an_order_changed_after_a_withdrawal_gives_nothing_back_twice(
    shop: OrderSession, leeks: Offer, buy: Buy, member: Member
) -> None:
    buy(member, Poireaux=4, Pain=1)
    sessions.withdraw(leeks, "La grêle", {}, Fate())
    db.session.commit()
    buy(member, Poireaux=2, Pain=1)
    assert counted(leeks) == (10, 0)
    buy(member, Pain=1)
    assert counted(leeks) == (10, 0)


def test_a_producer_below_his_least_lets_go_of_everything(
    shop: OrderSession, leeks: Offer, buy: Buy, member: Member, producer: Producer
) -> None:
    db.session.add(SessionProducer(session=shop, producer=producer, least_total=Money(9000)))
    buy(member, Poireaux=4)
    sessions.close(shop)
    sessions.close(shop)
    assert counted(leeks) == (10, 0)


def test_what_is_handed_out_leaves_the_stock_once(
    shop: OrderSession, leeks: Offer, buy: Buy, member: Member, neighbour: Member
) -> None:
    first, second = buy(member, Poireaux=4), buy(neighbour, Poireaux=3)
    sessions.close(shop)
    with held_at(FRIDAY):
        for _again in range(2):
            settling.settle_order(first)
            assert counted(leeks) == (6, 3)
        settling.settle_order(second)
    assert counted(leeks) == (3, 0)


def test_a_repeated_session_has_what_is_really_left(
    shop: OrderSession, leeks: Offer, buy: Buy, member: Member, neighbour: Member
) -> None:
    order = buy(member, Poireaux=8)
    copy = opened_again(shop)
    again = placing.place(
        copy,
        order.household,
        member,
        {copied(copy).id: Want(5)},
        copy.pickups[0].id,
        key="second",
    )
    assert [(each.asked, each.given) for each in again.shortages] == [(5, 2)]
    sessions.close(shop)
    with held_at(FRIDAY):
        settling.settle_order(order)
    assert counted(leeks) == (2, 2)
    placing.cancel(again.order)
    assert counted(leeks) == (2, 0)


def test_a_fresh_number_is_the_new_session_s_own(
    shop: OrderSession, leeks: Offer, buy: Buy, member: Member
) -> None:
    buy(member, Poireaux=8)
    copy = opened_again(shop)
    fresh = copied(copy)
    preparing.offer(copy, fresh.product, Terms(Money(250), on_hand=12))
    assert counted(fresh) == (12, 0)
    assert counted(leeks) == (10, 8)
    sessions.close(shop)
    sessions.say_coming(leeks, 3)
    assert counted(fresh) == (12, 0)


def test_a_fresh_number_takes_along_what_is_ordered_already(
    shop: OrderSession, leeks: Offer, buy: Buy, member: Member, neighbour: Member
) -> None:
    order = buy(member, Poireaux=6)
    copy = opened_again(shop)
    placing.place(
        copy, order.household, member, {copied(copy).id: Want(4)}, copy.pickups[0].id, key="second"
    )
    db.session.commit()
    with pytest.raises(WrongQuantities) as refused:
        preparing.offer(copy, copied(copy).product, Terms(Money(250), on_hand=3))
    assert refused.value.fields == {"on_hand": ["Au moins 4."]}
    db.session.rollback()
    preparing.offer(copy, copied(copy).product, Terms(Money(250), on_hand=9))
    assert (counted(copied(copy)), counted(leeks)) == ((9, 4), (10, 6))


def test_saving_an_offer_again_counts_nothing_twice(
    shop: OrderSession, leeks: Offer, buy: Buy, member: Member
) -> None:
    buy(member, Poireaux=8)
    copy = opened_again(shop)
    for _again in range(2):
        preparing.offer(copy, copied(copy).product, Terms(Money(300), counted="own"))
    assert copied(copy).stock is leeks.stock
    assert counted(leeks) == (10, 8)
