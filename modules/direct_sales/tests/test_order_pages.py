"""The shop and the preparation of a session, as pages without JavaScript."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.testing.forms import Typed, fill_in
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue, distributions
from freeco_direct_sales.models import Distribution, Producer, Product
from freeco_direct_sales.orders import preparing, sessions
from freeco_direct_sales.orders.amounts import order_total
from freeco_direct_sales.orders.models import Order, OrderSession, Pricing, SessionState
from freeco_direct_sales.orders.preparing import Terms

Visit = Callable[[Member], Visitor]
OPENS = datetime(2026, 11, 1, 18, tzinfo=UTC)
CLOSES = datetime(2026, 11, 3, 20, tzinfo=UTC)
HERE = "/lavergne/direct-sales"


def send(client: Visitor, page: TestResponse, ending: str, typed: Typed) -> TestResponse:
    """Send a form of a page and follow to the page it leads to."""
    answer = fill_in(client, page, ending, typed)
    return client.get(answer.location) if answer.status_code == 302 else answer


@pytest.fixture
def market(
    community: Community, producer: Producer, bakery: Producer, thursdays: Sequence[Distribution]
) -> OrderSession:
    """Give an open session: leeks (four left), a chicken by weight, bread, two pickups."""
    session = preparing.create(community, "Marché du 5", OPENS, CLOSES)
    leeks = catalogue.add_product(producer, "Poireaux", Money(250), unit="bunch")
    chicken = catalogue.add_product(producer, "Poulet", Money(1290), grams=1800)
    bread = catalogue.add_product(bakery, "Pain", Money(520))
    preparing.offer(session, leeks, Terms(Money(250), on_hand=4))
    preparing.offer(session, chicken, Terms(Money(1290), Pricing.WEIGHT, grams=1800))
    preparing.offer(session, bread, Terms(Money(520)))
    preparing.set_pickups(session, {thursdays[0]: None, thursdays[1]: 1})
    sessions.publish_session(session)
    db.session.commit()
    return session


def names(session: OrderSession) -> dict[str, str]:
    """Return the field of each article's quantity."""
    return {each.name: f"q-{each.id}" for each in session.offers}


def words(answer: TestResponse) -> str:
    """Return the page with plain spaces."""
    return " ".join(answer.text.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_an_order_from_two_producers_takes_two_screens(
    visiting: Visit, market: OrderSession, member: Member
) -> None:
    marie = visiting(member)
    shop = marie.get(f"{HERE}/commandes/{market.id}")
    field = names(market)
    typed = {field["Poireaux"]: "2", field["Pain"]: "1", "pickup": str(market.pickups[0].id)}
    done = send(marie, shop, f"/commandes/{market.id}", typed)
    assert "Votre commande est enregistrée" in done.text
    assert "10,20 €" in words(done)
    assert order_total(only_order()) == Money(1020)


def test_the_second_click_of_an_impatient_person_makes_no_second_order(
    visiting: Visit, market: OrderSession, member: Member
) -> None:
    marie = visiting(member)
    shop = marie.get(f"{HERE}/commandes/{market.id}")
    typed = {names(market)["Poireaux"]: "2", "pickup": str(market.pickups[0].id)}
    for _click in range(3):
        send(marie, shop, f"/commandes/{market.id}", typed)
    assert [line.ordered for line in only_order().lines] == [2]
    assert market.pickups[0].taken == 1


def test_what_ran_out_is_said_and_the_rest_is_ordered(
    visiting: Visit, market: OrderSession, member: Member, neighbour: Member
) -> None:
    field, pickup = names(market), str(market.pickups[0].id)
    jean = visiting(neighbour)
    theirs = jean.get(f"{HERE}/commandes/{market.id}")
    send(jean, theirs, f"/commandes/{market.id}", {field["Poireaux"]: "3", "pickup": pickup})
    marie = visiting(member)
    shop = marie.get(f"{HERE}/commandes/{market.id}")
    typed = {field["Poireaux"]: "4", field["Pain"]: "1", "pickup": pickup}
    page = send(marie, shop, f"/commandes/{market.id}", typed)
    assert "Poireaux (1 au lieu de 4)" in words(page)
    assert "4 demandés" in words(page)


def test_a_wrong_quantity_is_said_beside_its_field_and_nothing_typed_is_lost(
    visiting: Visit, market: OrderSession, member: Member
) -> None:
    bread = next(each for each in market.offers if each.name == "Pain")
    bread.step = 6
    db.session.commit()
    marie = visiting(member)
    shop = marie.get(f"{HERE}/commandes/{market.id}")
    typed = {f"q-{bread.id}": "7", "pickup": str(market.pickups[0].id), "note": "Bien cuit"}
    page = send(marie, shop, f"/commandes/{market.id}", typed)
    assert page.status_code == 422
    assert "Par multiples de 6" in page.text
    assert "Bien cuit" in page.text
    assert f'id="f-q-{bread.id}-error"' in page.text
    assert db.session.scalars(select(Order)).all() == []


def test_typed_while_it_closes_the_order_is_refused_whole_and_said(
    visiting: Visit, market: OrderSession, member: Member
) -> None:
    marie = visiting(member)
    shop = marie.get(f"{HERE}/commandes/{market.id}")
    typed = {names(market)["Pain"]: "1", "pickup": str(market.pickups[0].id)}
    with held_at(CLOSES):
        page = send(marie, shop, f"/commandes/{market.id}", typed)
    assert page.status_code == 409
    assert "se sont fermées pendant votre saisie" in page.text
    assert db.session.scalars(select(Order)).all() == []


def test_the_usual_basket_is_one_click(
    visiting: Visit, market: OrderSession, member: Member
) -> None:
    marie = visiting(member)
    shop = marie.get(f"{HERE}/commandes/{market.id}")
    typed = {names(market)["Pain"]: "2", "pickup": str(market.pickups[0].id)}
    page = send(marie, shop, f"/commandes/{market.id}", typed)
    send(marie, page, "/garder", {})
    page = marie.get(f"{HERE}/commandes/{market.id}/ma-commande")
    send(marie, page, "/annuler", {})
    home = marie.get(f"{HERE}/commandes")
    done = send(marie, home, "/habituel", {})
    assert "Votre commande est enregistrée" in done.text
    assert "10,40 €" in words(done)


def test_an_order_of_another_household_and_of_elsewhere_does_not_exist(
    visiting: Visit, market: OrderSession, member: Member, neighbour: Member, elsewhere: Community
) -> None:
    marie = visiting(member)
    shop = marie.get(f"{HERE}/commandes/{market.id}")
    typed = {names(market)["Pain"]: "2", "pickup": str(market.pickups[0].id)}
    send(marie, shop, f"/commandes/{market.id}", typed)
    jean = visiting(neighbour)
    assert jean.get(f"{HERE}/commandes/{market.id}/ma-commande").status_code == 404
    stranger = make_member(elsewhere, "Zoé", "Ailleurs")
    zoe = visiting(stranger)
    assert zoe.get(f"/ailleurs/direct-sales/commandes/{market.id}").status_code == 404


def test_only_coordinators_prepare_and_a_draft_is_theirs(
    visiting: Visit, market: OrderSession, member: Member, coordinator: Member
) -> None:
    draft = preparing.create(market.community, "Plus tard", OPENS, CLOSES)
    db.session.commit()
    marie = visiting(member)
    assert marie.get(f"{HERE}/sessions/{market.id}").status_code == 403
    assert marie.get(f"{HERE}/commandes/{draft.id}").status_code == 404
    awa = visiting(coordinator)
    assert awa.get(f"{HERE}/sessions/{market.id}").status_code == 200
    assert awa.get(f"{HERE}/commandes/{draft.id}").status_code == 200


def test_a_session_is_prepared_on_the_screen_from_nothing_to_open(
    visiting: Visit,
    coordinator: Member,
    products: Sequence[Product],
    thursdays: Sequence[Distribution],
) -> None:
    awa = visiting(coordinator)
    page = awa.get(f"{HERE}/sessions/nouvelle")
    typed = {"name": "Marché", "opens": "2026-11-02", "opens_at": "8h", "closes": "2026-11-03"}
    wrong = send(awa, page, "/sessions/nouvelle", typed | {"closes_at": "midi"})
    assert wrong.status_code == 422
    assert "Écrivez l’heure ainsi" in wrong.text
    page = send(awa, wrong, "/sessions/nouvelle", {"closes_at": "20:00"})
    session = db.session.scalars(select(OrderSession)).one()
    assert session.opens_at == datetime(2026, 11, 2, 7, tzinfo=UTC)
    page = send(awa, page, "/produits", {"chosen": [str(each.id) for each in products]})
    page = send(awa, page, "/retraits", {"chosen": [str(thursdays[0].id)]})
    offer = session.offers[0]
    page = awa.get(f"{HERE}/sessions/{session.id}/offres/{offer.id}")
    send(awa, page, f"/offres/{offer.id}", {"price": "12,50", "on_hand": "20"})
    page = awa.get(f"{HERE}/sessions/{session.id}")
    page = send(awa, page, "/ouvrir", {})
    assert "La session est annoncée" in page.text
    db.session.expire_all()
    assert session.state == SessionState.OPEN
    assert offer.price == Money(1250)
    assert offer.stock is not None
    assert offer.stock.on_hand == 20
    page = awa.get(f"{HERE}/sessions/{session.id}")
    send(awa, page, "/reprendre" if "/reprendre" in page.text else "/fermer", {})
    db.session.expire_all()
    assert session.state == SessionState.CLOSED


def test_dates_far_ahead_are_folded_and_those_chosen_stay_in_view(
    visiting: Visit, coordinator: Member, market: OrderSession, community: Community
) -> None:
    days = [date(2026, 12, day) for day in (3, 10, 17, 24)]
    far = distributions.create_distributions(community, days, time(18), time(19), "Halle")
    db.session.commit()
    awa = visiting(coordinator)

    def folded(page: TestResponse) -> list[int]:
        places = page.text.partition('id="retraits"')[2]
        behind = places.partition("D’autres dates")[2].partition("</details>")[0]
        return [each.id for each in far if f'value="{each.id}"' in behind]

    page = awa.get(f"{HERE}/sessions/{market.id}")
    assert folded(page) == [each.id for each in far]
    page = send(awa, page, "/retraits", {"chosen": [str(far[2].id)]})
    assert folded(page) == [far[0].id, far[1].id, far[3].id]
    db.session.expire_all()
    assert [each.distribution_id for each in market.pickups] == [far[2].id]
    lost = awa.post(
        f"{HERE}/sessions/{market.id}/retraits", data={"chosen": [str(far[3].id), "peut-être"]}
    )
    assert lost.status_code == 422
    assert far[3].id not in folded(lost)


def only_order() -> Order:
    """Return the one order there is."""
    db.session.rollback()
    return db.session.scalars(select(Order)).one()
