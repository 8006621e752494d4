"""Orders on the sheet of the evening: what changed since it was printed, what cheque is due."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from freeco.clock import held_at, now
from freeco.db import db
from freeco.members.models import Member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import harvest_lists, sheets
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.orders import placing, preparing, sessions, settling
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.orders.placing import Want

Buy = Callable[..., Order]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"


def printed(distribution: Distribution) -> None:
    harvest_lists.note_print(distribution)
    db.session.commit()


def later(minutes: int) -> datetime:
    return now() + timedelta(minutes=minutes)


def marked(distribution: Distribution) -> set[str]:
    db.session.commit()
    return {row.household for row in sheets.sign_off_sheet(distribution).rows if row.changed}


def test_an_order_is_marked_only_when_it_changed_after_the_print(
    shop: OrderSession,
    buy: Buy,
    thursdays: Sequence[Distribution],
    member: Member,
    neighbour: Member,
) -> None:
    buy(member, Pain=1)
    assert marked(thursdays[0]) == set()
    with held_at(later(1)):
        printed(thursdays[0])
        assert marked(thursdays[0]) == set()
    with held_at(later(2)):
        buy(neighbour, Pain=1)
        assert marked(thursdays[0]) == {"Martin Jean"}
    with held_at(later(3)):
        printed(thursdays[0])
        assert marked(thursdays[0]) == set()


def test_what_the_producer_says_after_the_print_marks_who_gets_less(
    shop: OrderSession,
    buy: Buy,
    thursdays: Sequence[Distribution],
    member: Member,
    neighbour: Member,
) -> None:
    buy(member, Poireaux=1)
    buy(neighbour, Poireaux=4)
    sessions.close(shop)
    with held_at(later(1)):
        printed(thursdays[0])
    with held_at(later(2)):
        sessions.say_coming(shop.offers[0], 3)
        assert marked(thursdays[0]) == {"Martin Jean"}


def test_who_cancelled_or_moved_after_the_print_stays_on_the_sheet_marked(
    shop: OrderSession,
    buy: Buy,
    thursdays: Sequence[Distribution],
    member: Member,
    neighbour: Member,
) -> None:
    first, second = thursdays[:2]
    preparing.set_pickups(shop, {first: None, second: None})
    mine, theirs = buy(member, Pain=1), buy(neighbour, Pain=1)
    with held_at(later(1)):
        printed(first)
    with held_at(later(2)):
        placing.cancel(mine)
        moved = {each.distribution_id: each.id for each in shop.pickups}[second.id]
        wants = {theirs.lines[0].offer_id: Want(1)}
        placing.place(shop, theirs.household, neighbour, wants, moved, key="moved")
        assert marked(first) == {"Dupont Marie", "Martin Jean"}
        rows = {row.household: row.baskets for row in sheets.sign_off_sheet(first).rows}
        assert not any(each for baskets in rows.values() for each in baskets)
        assert marked(second) == set()
    with held_at(later(3)):
        printed(first)
    with held_at(later(4)):
        wants = {theirs.lines[0].offer_id: Want(2)}
        placing.place(shop, theirs.household, neighbour, wants, moved, key="more")
        assert marked(first) == set()


def test_a_place_that_everybody_has_left_can_be_taken_away(
    shop: OrderSession, buy: Buy, thursdays: Sequence[Distribution], member: Member
) -> None:
    first, second = thursdays[:2]
    preparing.set_pickups(shop, {first: None, second: None})
    order = buy(member, Pain=1)
    there = {each.distribution_id: each.id for each in shop.pickups}[second.id]
    wants = {order.lines[0].offer_id: Want(1)}
    placing.place(shop, order.household, member, wants, there, key="moved")
    preparing.set_pickups(shop, {second: None})
    db.session.commit()
    assert [each.distribution for each in shop.pickups] == [second]


def test_a_cheque_owed_for_an_order_stands_on_the_next_sheet(
    shop: OrderSession, buy: Buy, thursdays: Sequence[Distribution], member: Member
) -> None:
    order = buy(member, Pain=2)
    sessions.close(shop)
    with held_at(datetime(2026, 11, 6, 9, tzinfo=UTC)):
        settling.settle_order(order)
    again = preparing.create(shop.community, "Marché du 12", later(0), later(600))
    bread = next(each.product for each in shop.offers if each.name == "Pain")
    offer = preparing.offer(again, bread, preparing.Terms(bread.price))
    preparing.set_pickups(again, {thursdays[1]: None})
    sessions.publish_session(again)
    wants = {offer.id: Want(1)}
    placing.place(again, order.household, member, wants, again.pickups[0].id, key="again")
    db.session.commit()
    (row,) = sheets.sign_off_sheet(thursdays[1]).rows
    assert row.cheque_note.replace("\u00a0", " ") == "1 chèque à donner : 10,40 €"
    assert sheets.sign_off_sheet(thursdays[0]).cheque_total == ""


@pytest.mark.parametrize("days", [0, 4])
def test_an_order_s_page_leads_to_telling_what_was_wrong_once_it_is_there_to_fetch(
    visiting: Visit, shop: OrderSession, buy: Buy, member: Member, days: int
) -> None:
    buy(member, Pain=1)
    with held_at(now() + timedelta(days=days)):
        page = visiting(member).get(f"{HERE}/commandes/{shop.id}/ma-commande")
        link = f"/distributions/{shop.pickups[0].distribution_id}/signaler"
        assert (link in page.text) is (days > 0)
