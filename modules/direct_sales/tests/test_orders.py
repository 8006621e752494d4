"""Orders in a session: several producers, one basket, stock that is never sold twice."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent
from freeco.members import households
from freeco.members.models import Community, Household, Member
from freeco.money import Money
from freeco_direct_sales import catalogue
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.orders import placing, repeating, sessions
from freeco_direct_sales.orders.amounts import by_producer, is_estimated, order_total
from freeco_direct_sales.orders.errors import (
    FateMissing,
    NothingLeft,
    NothingOrdered,
    PickupFull,
    SessionClosed,
    SessionNotClosed,
    SessionNotOpen,
    SessionNotReady,
    WrongQuantities,
)
from freeco_direct_sales.orders.models import (
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Pickup,
    Pricing,
    SessionProducer,
    SessionState,
    Stock,
    Wish,
)
from freeco_direct_sales.orders.placing import Placed, Want
from freeco_direct_sales.orders.sessions import Fate

OPENS = datetime(2026, 11, 1, 18, tzinfo=UTC)
CLOSES = datetime(2026, 11, 3, 20, tzinfo=UTC)
Buy = Callable[..., Placed]


@pytest.fixture
def market(
    community: Community,
    producer: Producer,
    bakery: Producer,
    thursdays: Sequence[Distribution],
) -> OrderSession:
    """Give a session with leeks (ten), a chicken by weight (three), and bread without limit."""
    session = OrderSession(community=community, name="Marché", opens_at=OPENS, closes_at=CLOSES)
    leeks = catalogue.add_product(producer, "Poireaux", Money(250), unit="bunch")
    chicken = catalogue.add_product(producer, "Poulet", Money(1290), grams=1800)
    loaf = catalogue.add_product(bakery, "Pain", Money(520), grams=1000)
    for product, many, pricing in (
        (leeks, 10, Pricing.UNIT),
        (chicken, 3, Pricing.WEIGHT),
        (loaf, None, Pricing.UNIT),
    ):
        offer = Offer(
            session=session,
            product=product,
            name=product.name,
            unit=product.unit,
            price=product.price,
            vat_basis_points=550,
            pricing=pricing,
            grams=product.grams,
            stock=None if many is None else Stock(product=product, on_hand=many),
        )
        db.session.add(offer)
    db.session.add(Pickup(session=session, distribution=thursdays[0], capacity=2))
    db.session.add(Pickup(session=session, distribution=thursdays[1]))
    db.session.flush()
    sessions.publish_session(session)
    db.session.commit()
    return session


@pytest.fixture
def offers(market: OrderSession) -> dict[str, Offer]:
    """Give the session's offers by name."""
    return {each.name: each for each in market.offers}


@pytest.fixture
def buy(market: OrderSession, offers: dict[str, Offer]) -> Buy:
    """Give what orders for a member's household, by article's name."""
    count = iter(range(1000))

    def order(member: Member, pickup: int = 0, key: str = "", **wants: int | Want) -> Placed:
        placed = placing.place(
            market,
            households.household_of(member),
            member,
            {
                offers[name].id: want if isinstance(want, Want) else Want(want)
                for name, want in wants.items()
            },
            market.pickups[pickup].id,
            key=key or f"form-{next(count)}",
        )
        db.session.commit()
        return placed

    return order


def ordered(order: Order) -> dict[str, int]:
    """Return what an order holds, by article's name."""
    db.session.expire_all()
    return {line.offer.name: line.ordered for line in order.lines}


def reserved(offer: Offer) -> int:
    """Return how many of an article are taken."""
    db.session.expire_all()
    assert offer.stock is not None
    return offer.stock.reserved


def test_one_basket_holds_what_several_producers_bring(
    buy: Buy, member: Member, producer: Producer, bakery: Producer
) -> None:
    placed = buy(member, Poireaux=2, Poulet=1, Pain=3)
    assert ordered(placed.order) == {"Poireaux": 2, "Poulet": 1, "Pain": 3}
    assert placed.shortages == []
    # 2 × 2,50 €; a chicken of about 1,8 kg at 12,90 € the kilogram; 3 × 5,20 €.
    assert by_producer(placed.order.lines) == {producer: Money(500 + 2322), bakery: Money(1560)}
    assert order_total(placed.order) == Money(4382)


def test_the_last_ones_are_given_and_the_rest_of_the_order_stands(
    buy: Buy, offers: dict[str, Offer], member: Member, neighbour: Member
) -> None:
    buy(neighbour, Poireaux=8)
    placed = buy(member, Poireaux=5, Pain=1)
    assert ordered(placed.order) == {"Poireaux": 2, "Pain": 1}
    assert [(each.offer.name, each.asked, each.given) for each in placed.shortages] == [
        ("Poireaux", 5, 2)
    ]
    assert reserved(offers["Poireaux"]) == 10


def test_all_or_nothing_takes_nothing_when_there_is_not_all(
    buy: Buy, offers: dict[str, Offer], member: Member, neighbour: Member
) -> None:
    buy(neighbour, Poireaux=8)
    placed = buy(member, Poireaux=Want(5, Wish.NOTHING), Pain=1)
    assert ordered(placed.order) == {"Poireaux": 0, "Pain": 1}
    assert reserved(offers["Poireaux"]) == 8


def test_an_order_of_which_nothing_remains_is_not_made(
    buy: Buy, member: Member, neighbour: Member
) -> None:
    buy(neighbour, Poulet=3)
    with pytest.raises(NothingLeft):
        buy(member, Poulet=1)
    db.session.rollback()
    assert (
        db.session.scalars(select(Order)).one().household_id != households.household_of(member).id
    )


def test_the_same_form_twice_is_one_order(
    buy: Buy, offers: dict[str, Offer], member: Member
) -> None:
    first = buy(member, key="a", Poireaux=3)
    again = buy(member, key="a", Poireaux=3)
    assert again.again
    assert again.order.id == first.order.id
    assert reserved(offers["Poireaux"]) == 3


def test_a_second_form_changes_the_order_and_gives_back_what_it_leaves_out(
    buy: Buy, offers: dict[str, Offer], member: Member
) -> None:
    first = buy(member, Poireaux=6, Pain=1)
    second = buy(member, Poireaux=8)
    assert second.order.id == first.order.id
    assert ordered(second.order) == {"Poireaux": 8, "Pain": 0}
    assert reserved(offers["Poireaux"]) == 8


def test_a_price_changed_meanwhile_holds_for_new_lines_only(
    buy: Buy, offers: dict[str, Offer], member: Member
) -> None:
    first = buy(member, Poireaux=2)
    offers["Poireaux"].price = Money(300)
    db.session.commit()
    buy(member, Poireaux=3, Pain=1)
    assert order_total(first.order) == Money(3 * 250 + 520)


def test_before_the_hour_and_after_it_the_whole_order_is_refused(
    buy: Buy, offers: dict[str, Offer], member: Member
) -> None:
    with held_at(OPENS - timedelta(seconds=1)), pytest.raises(SessionNotOpen):
        buy(member, Poireaux=1)
    buy(member, Poireaux=1)
    with held_at(CLOSES), pytest.raises(SessionClosed):
        buy(member, Poireaux=4)
    assert reserved(offers["Poireaux"]) == 1


def test_a_full_pickup_is_refused_and_another_may_be_chosen(
    buy: Buy, market: OrderSession, member: Member, neighbour: Member, coordinator: Member
) -> None:
    buy(member, Pain=1)
    buy(neighbour, Pain=1)
    with pytest.raises(PickupFull):
        buy(coordinator, Pain=1)
    db.session.rollback()
    buy(member, pickup=1, Pain=1)
    buy(coordinator, Pain=1)
    db.session.expire_all()
    assert [each.taken for each in market.pickups] == [2, 1]


def test_quantities_that_nobody_could_mean_are_refused_each_with_its_reason(
    buy: Buy, offers: dict[str, Offer], member: Member
) -> None:
    offers["Pain"].step, offers["Poireaux"].most = 6, 4
    db.session.commit()
    with pytest.raises(WrongQuantities) as refused:
        buy(member, Pain=8, Poireaux=5, Poulet=-1)
    assert {int(each) for each in refused.value.fields} == {each.id for each in offers.values()}
    db.session.rollback()
    with pytest.raises(NothingOrdered):
        buy(member, Pain=0)


def test_an_offer_or_a_pickup_of_elsewhere_does_not_exist(
    market: OrderSession, member: Member, household: Household
) -> None:
    with pytest.raises(Absent):
        placing.place(market, household, member, {999_999: Want(1)}, market.pickups[0].id, key="x")
    db.session.rollback()
    offer = market.offers[0].id
    with pytest.raises(Absent):
        placing.place(market, household, member, {offer: Want(1)}, 999_999, key="x")


def test_an_order_given_back_lets_go_of_everything(
    buy: Buy, market: OrderSession, offers: dict[str, Offer], member: Member
) -> None:
    order = buy(member, Poireaux=4).order
    placing.cancel(order)
    placing.cancel(order)
    db.session.commit()
    assert reserved(offers["Poireaux"]) == 0
    assert market.pickups[0].taken == 0
    again = buy(member, Poireaux=1)
    assert again.order.id != order.id


def test_a_producer_who_closes_earlier_takes_no_more_changes(
    buy: Buy, market: OrderSession, bakery: Producer, member: Member
) -> None:
    db.session.add(SessionProducer(session=market, producer=bakery, closes_at=CLOSES))
    db.session.commit()
    buy(member, Pain=2, Poireaux=1)
    row = db.session.scalars(select(SessionProducer)).one()
    row.closes_at = datetime(2026, 11, 2, 8, tzinfo=UTC)
    db.session.commit()
    with pytest.raises(WrongQuantities):
        buy(member, Pain=3, Poireaux=1)
    db.session.rollback()
    with pytest.raises(WrongQuantities):
        buy(member, Poireaux=1)
    db.session.rollback()
    assert ordered(buy(member, Pain=2, Poireaux=5).order) == {"Pain": 2, "Poireaux": 5}


def test_closing_is_for_all_and_a_producer_below_his_least_does_not_come(
    buy: Buy, market: OrderSession, producer: Producer, bakery: Producer, member: Member
) -> None:
    for each, least in ((producer, 0), (bakery, 5000)):
        db.session.add(SessionProducer(session=market, producer=each, least_total=Money(least)))
    order = buy(member, Poireaux=2, Pain=2).order
    sessions.close_due(market.community)
    assert market.state == SessionState.OPEN
    with held_at(CLOSES):
        sessions.close_due(market.community)
    db.session.commit()
    assert market.state == SessionState.CLOSED
    assert order_total(order) == Money(500)


def test_what_is_short_is_shared_out_and_wishes_are_met(
    buy: Buy,
    market: OrderSession,
    offers: dict[str, Offer],
    member: Member,
    neighbour: Member,
    coordinator: Member,
) -> None:
    with pytest.raises(SessionNotClosed):
        sessions.say_coming(offers["Poireaux"], 1)
    db.session.rollback()
    bread = Want(3, Wish.SUBSTITUTE, offers["Pain"].id)
    mine = buy(member, Poireaux=4).order
    theirs = buy(neighbour, Poireaux=bread).order
    whole = buy(coordinator, pickup=1, Poireaux=Want(3, Wish.NOTHING)).order
    sessions.close(market)
    short = sessions.say_coming(offers["Poireaux"], 4)
    db.session.commit()
    assert len(short) == 3
    got = {
        order.id: {line.offer.name: line.allotted for line in order.lines}
        for order in (mine, theirs, whole)
    }
    assert got[mine.id] == {"Poireaux": 2}
    assert got[whole.id] == {"Poireaux": 0}
    assert got[theirs.id] == {"Poireaux": 2, "Pain": None}
    assert order_total(theirs) == Money(2 * 250 + 520)
    # The farmer found some more: everybody has what they ordered, and the bread is not needed.
    sessions.say_coming(offers["Poireaux"], 10)
    db.session.commit()
    assert order_total(theirs) == Money(750)
    assert order_total(whole) == Money(750)


def test_withdrawing_a_product_asks_what_becomes_of_each_order(
    buy: Buy, offers: dict[str, Offer], member: Member, neighbour: Member
) -> None:
    mine, theirs = buy(member, Poulet=1).order, buy(neighbour, Poulet=1).order
    chicken = offers["Poulet"]
    with pytest.raises(FateMissing):
        sessions.withdraw(chicken, "Le renard", {mine.lines[0].id: Fate(keep=True)})
    db.session.rollback()
    fates = {mine.lines[0].id: Fate(keep=True), theirs.lines[0].id: Fate(False, offers["Pain"].id)}
    assert len(sessions.withdraw(chicken, "Le renard", fates)) == 2
    db.session.commit()
    assert order_total(mine) == Money(2322)
    assert order_total(theirs) == Money(520)
    with pytest.raises(WrongQuantities):
        buy(member, Poulet=2)


def test_the_scales_say_what_a_chicken_costs(
    buy: Buy, market: OrderSession, member: Member
) -> None:
    order = buy(member, Poulet=1).order
    line = order.lines[0]
    assert is_estimated(line)
    sessions.close(market)
    sessions.weigh(line, 1735)
    db.session.commit()
    assert not is_estimated(line)
    assert order_total(order) == Money(2238)  # 1,735 kg × 12,90 € = 22,3815 €


def test_a_session_without_offer_or_pickup_does_not_open(community: Community) -> None:
    empty = OrderSession(community=community, name="Vide", opens_at=OPENS, closes_at=CLOSES)
    db.session.add(empty)
    db.session.flush()
    with pytest.raises(SessionNotReady):
        sessions.publish_session(empty)


def test_last_weeks_session_is_repeated_at_todays_prices(
    market: OrderSession, offers: dict[str, Offer]
) -> None:
    offers["Poireaux"].product.price = Money(280)
    offers["Pain"].withdrawn_at = OPENS
    db.session.commit()
    copy = repeating.repeat(market, 7)
    db.session.commit()
    assert copy.state == SessionState.DRAFT
    assert copy.opens_at == OPENS + timedelta(days=7)
    assert {each.name: each.price for each in copy.offers} == {
        "Poireaux": Money(280),
        "Poulet": Money(1290),
    }


def test_the_database_itself_refuses_to_oversell(market: OrderSession) -> None:
    stock = db.session.scalars(select(Stock)).first()
    assert stock is not None
    stock.reserved = stock.on_hand + 1
    with pytest.raises(Exception, match="reserved"):
        db.session.flush()
    db.session.rollback()
    assert db.session.scalars(select(OrderLine)).all() == []
