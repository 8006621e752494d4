"""What a producer counts: guarded, picked by the session, and why it changed."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Member
from freeco.testing.forms import fill_in
from freeco.testing.visitor import Visitor
from freeco_direct_sales.models import Distribution, Producer, Product
from freeco_direct_sales.orders import counting, picking, preparing, repeating
from freeco_direct_sales.orders.counting import Reason, Typed
from freeco_direct_sales.orders.errors import WrongQuantities
from freeco_direct_sales.orders.models import Offer, Order, OrderSession, Stock
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.orders.stock_models import StockMovement, Why

Buy = Callable[..., Order]
Visit = Callable[[Member], Visitor]


@pytest.fixture
def bread(shop: OrderSession) -> Offer:
    """Give the bread, without limit so far."""
    return next(each for each in shop.offers if each.name == "Pain")


def in_all(offer: Offer, many: int) -> Stock:
    """Count an article in all; returns the row."""
    product = offer.product
    counting.set_numbers(product.producer, {}, {product: Typed(None, many)}, Reason())
    db.session.commit()
    (row,) = [each for each in picking.counted(product) if picking.is_in_all(each)]
    return row


def test_a_session_takes_the_distribution_s_number_then_the_days_then_all(
    shop: OrderSession, bread: Offer, thursdays: Sequence[Distribution]
) -> None:
    product = bread.product
    everything = in_all(bread, 50)
    assert bread.stock is everything
    days = counting.count_apart(product, 30, Reason(), days=(date(2026, 11, 5), date(2026, 11, 12)))
    assert bread.stock is days
    evening = counting.count_apart(product, 12, Reason(), distribution=thursdays[0])
    assert bread.stock is evening
    preparing.set_pickups(shop, {thursdays[0]: None, thursdays[1]: None})
    assert bread.stock is days
    preparing.set_pickups(shop, {thursdays[2]: None})
    assert bread.stock is everything
    copy = repeating.repeat(shop, 7)
    preparing.set_pickups(copy, {thursdays[0]: None})
    again = next(each for each in copy.offers if each.name == "Pain")
    assert again.stock is evening


def test_a_new_number_counts_what_is_ordered_already(
    bread: Offer, buy: Buy, member: Member
) -> None:
    buy(member, Pain=6)
    field = counting.new_field(bread.product)
    with pytest.raises(WrongQuantities) as refused:
        in_all(bread, 5)
    assert refused.value.fields == {field: ["Au moins 6."]}
    db.session.rollback()
    row = in_all(bread, 8)
    assert (row.on_hand, row.reserved) == (8, 6)
    assert buy(member, Pain=9).lines[0].ordered == 8


def test_numbers_change_all_or_none_and_never_below_what_is_ordered(
    bread: Offer, buy: Buy, producer: Producer, member: Member
) -> None:
    row = in_all(bread, 20)
    buy(member, Pain=6)
    say, field = counting.set_numbers, counting.new_field(bread.product)
    with pytest.raises(WrongQuantities) as refused:
        say(bread.product.producer, {row: Typed(20, 5)}, {}, Reason())
    assert refused.value.fields == {field: ["6 sont déjà commandés\u00a0: pas moins."]}
    db.session.rollback()
    with pytest.raises(WrongQuantities) as meanwhile:
        say(bread.product.producer, {row: Typed(25, 10)}, {}, Reason())
    assert "il y en a 20" in meanwhile.value.fields[field][0]
    db.session.rollback()
    with pytest.raises(WrongQuantities):
        say(bread.product.producer, {row: Typed(20, None)}, {}, Reason())
    db.session.rollback()
    assert say(bread.product.producer, {row: Typed(20, 6)}, {}, Reason(Why.LOSS, "Moisi")) == 1
    assert (row.on_hand, row.reserved) == (6, 6)


def test_what_is_no_longer_counted_is_without_limit_again(bread: Offer) -> None:
    row = in_all(bread, 4)
    counting.set_numbers(bread.product.producer, {row: Typed(4, None)}, {}, Reason())
    assert bread.stock is None
    assert picking.counted(bread.product) == []
    assert in_all(bread, 3).id != row.id


def test_days_and_distributions_are_counted_apart_once(
    bread: Offer, thursdays: Sequence[Distribution]
) -> None:
    first, last = date(2026, 11, 5), date(2026, 11, 12)
    for _time in range(2):
        counting.count_apart(bread.product, 5, Reason(), days=(first, first))
        counting.count_apart(bread.product, 5, Reason(), distribution=thursdays[0])
        for again, field in (
            ({"days": (first, last)}, "first_day"),
            ({"distribution": thursdays[0]}, "distribution"),
        ):
            with pytest.raises(WrongQuantities) as refused:
                counting.count_apart(bread.product, 5, Reason(), **again)
            assert set(refused.value.fields) == {field}
        break


def test_an_offer_without_limit_or_with_its_own_number_leaves_the_stock_alone(
    shop: OrderSession, bread: Offer, buy: Buy, member: Member
) -> None:
    row = in_all(bread, 20)
    buy(member, Pain=6)
    preparing.offer(shop, bread.product, Terms(bread.price, counted="none"))
    assert (bread.stock, row.reserved) == (None, 0)
    preparing.offer(shop, bread.product, Terms(bread.price, on_hand=9))
    assert bread.stock is not None
    assert (bread.stock.session_id, bread.stock.reserved, row.reserved) == (shop.id, 6, 0)
    preparing.offer(shop, bread.product, Terms(bread.price))
    assert (bread.stock, row.reserved) == (row, 6)


def test_a_producer_sets_the_stock_on_one_page_and_why_is_kept(
    visiting: Visit, shop: OrderSession, producer: Producer, farmer: Member, bakery: Producer
) -> None:
    leeks = db.session.scalars(select(Product).where(Product.name == "Poireaux")).one()
    here = f"/producteurs/{producer.id}/stock"
    denis = visiting(farmer)
    page = denis.get(f"/lavergne/direct-sales{here}")
    field = counting.new_field(leeks)
    typed = {field: "40", "why": "harvest", "words": "avant la gelée"}
    done = denis.get(fill_in(denis, page, here, typed).location)
    assert "1 nombre est enregistré" in done.text
    assert "avant la gelée" in done.text
    wrong = fill_in(denis, done, here, {field: "-3"})
    assert wrong.status_code == 422
    assert f'id="f-{field}-error"' in wrong.text
    done = denis.get(fill_in(denis, done, here, {field: "35", "why": "loss"}).location)
    late = fill_in(denis, page, here, {field: "12"})
    assert "a changé entre-temps" in late.text
    found = db.session.scalars(select(StockMovement).order_by(StockMovement.id)).all()
    assert [(each.change, each.why, each.by_id) for each in found] == [
        (40, "harvest", farmer.id),
        (-5, "loss", farmer.id),
    ]
    for form in ("csv", "xlsx", "ods"):
        for name in ("stock", "mouvements"):
            listed = denis.get(
                f"/lavergne/direct-sales/producteurs/{producer.id}/listes/{name}.{form}"
            )
            assert listed.status_code == 200
    assert denis.get(f"/lavergne/direct-sales/producteurs/{bakery.id}/stock").status_code == 404


def test_an_article_is_counted_apart_from_the_page(
    visiting: Visit,
    shop: OrderSession,
    bread: Offer,
    thursdays: Sequence[Distribution],
    coordinator: Member,
    member: Member,
) -> None:
    here = f"/producteurs/{bread.product.producer_id}/stock"
    awa = visiting(coordinator)
    page = awa.get(f"/lavergne/direct-sales{here}")
    typed = {"product": str(bread.product_id), "many": "7"}
    wrong = fill_in(awa, page, f"{here}/a-part", typed)
    assert "Choisissez une distribution" in wrong.text
    done = fill_in(awa, page, f"{here}/a-part", typed | {"distribution": str(thursdays[0].id)})
    assert "pour le jeudi 5 novembre" in awa.get(done.location).text
    db.session.expire_all()
    assert bread.stock is not None
    assert (bread.stock.on_hand, bread.stock.distribution_id) == (7, thursdays[0].id)
    assert visiting(member).get(f"/lavergne/direct-sales{here}").status_code == 404
