"""The pages of telling, without JavaScript: who may, what is shown before it is sent, and once."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from freeco.clock import held_at, now
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco.testing.forms import fill_in, form_of
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales.models import Distribution, Producer, Product, SeasonContract, Subscription
from freeco_direct_sales.orders import following
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.orders.sessions import Fate
from freeco_direct_sales.telling import calls, lists, shortages, wishes
from freeco_direct_sales.telling.models import HowShort, Shortage
from freeco_direct_sales.telling.shortages import Words
from freeco_direct_sales.telling.wishes import When, Wish

Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
SENTENCE = "Pas de courgettes, plus de blettes."


def step(client: Visitor, page: TestResponse, ending: str, name: str) -> TestResponse:
    """Press one of the buttons of a form, which carries all that the page holds."""
    form = form_of(page, ending)
    data: dict[str, object] = {each: list(values) for each, values in form.values.items()}
    return client.post(form.action, data=data | {"step": name}, token=False)


def typed(client: Visitor, producer: Producer, products: Sequence[Product]) -> TestResponse:
    """Type what is missing, and read again who is told."""
    path = f"{HERE}/producteurs/{producer.id}/manque"
    form = form_of(client.get(path), "/manque")
    data: dict[str, object] = {each: list(values) for each, values in form.values.items()}
    chosen = {"products": [str(each.id) for each in products], "words": SENTENCE}
    return client.post(path, data={**data, **chosen, "step": "preview"}, token=False)


def told(member: Member) -> list[str]:
    found = db.session.query(Notice).filter_by(member_id=member.id, topic="direct_sales.shortage")
    return [each.body for each in found.order_by(Notice.id)]


@pytest.fixture
def shortage(
    producer: Producer, farmer: Member, thursday: Distribution, products: Sequence[Product]
) -> Shortage:
    """Give a small basket that changes on Thursday, as it was sent."""
    words = Words([products[0]], [thursday], HowShort.OTHERWISE, SENTENCE)
    found, _many = shortages.announce(producer, farmer, words, "sent")
    db.session.commit()
    return found


def test_two_forms_and_everybody_concerned_is_told(
    visiting: Visit,
    producer: Producer,
    products: Sequence[Product],
    thursday: Distribution,
    farmer: Member,
    member: Member,
    neighbour: Member,
) -> None:
    client = visiting(farmer)
    first = client.get(f"{HERE}/producteurs/{producer.id}/manque")
    assert form_of(first, "/manque").values["dates"] == [str(thursday.id)]
    assert form_of(first, "/manque").values["how"] == [HowShort.OTHERWISE]
    preview = typed(client, producer, products[:1])
    assert "Prévenir 1 foyer" in preview.text.replace("\u00a0", " ")
    assert "1 par e-mail" in preview.text.replace("\u00a0", " ")
    assert "ne change aucun montant" in preview.text
    assert "Dupont" not in preview.text
    assert db.session.query(Shortage).count() == 0
    sent = step(client, preview, "/manque", "send")
    assert sent.status_code == 302
    again = step(client, preview, "/manque", "send")
    assert again.location == sent.location
    assert [SENTENCE in body for body in told(member)] == [True]
    assert told(neighbour) == []
    assert "1 foyer en a été prévenu." in client.get(sent.location).text.replace("\u00a0", " ")


def test_going_back_to_the_form_keeps_what_was_typed(
    visiting: Visit,
    producer: Producer,
    products: Sequence[Product],
    thursday: Distribution,
    farmer: Member,
) -> None:
    client = visiting(farmer)
    page = step(client, typed(client, producer, products), "/manque", "edit")
    form = form_of(page, "/manque")
    assert form.values["words"] == [SENTENCE]
    assert sorted(form.values["products"]) == sorted(str(each.id) for each in products)


def test_what_is_not_ticked_is_asked_beside_its_field(
    visiting: Visit, producer: Producer, thursday: Distribution, farmer: Member
) -> None:
    answer = typed(visiting(farmer), producer, [])
    assert answer.status_code == 422
    assert "Cochez ce qui manque." in answer.text
    assert SENTENCE in answer.text


def test_a_coordinator_reads_which_households_are_told(
    visiting: Visit,
    producer: Producer,
    products: Sequence[Product],
    thursday: Distribution,
    coordinator: Member,
    member: Member,
) -> None:
    preview = typed(visiting(coordinator), producer, products[:1])
    assert "Dupont" in preview.text


def test_it_stands_on_the_basket_the_distribution_and_the_home(
    visiting: Visit,
    shortage: Shortage,
    thursday: Distribution,
    member: Member,
    neighbour: Member,
) -> None:
    client = visiting(member)
    paths = (
        f"{HERE}/distributions/{thursday.id}/mon-panier",
        f"{HERE}/distributions/{thursday.id}",
        "/lavergne/",
    )
    assert [SENTENCE in client.get(path).text for path in paths] == [True, True, True]
    other = visiting(neighbour)
    assert [SENTENCE in other.get(path).text for path in paths] == [False, True, False]


def test_a_message_is_corrected_then_taken_back(
    visiting: Visit, shortage: Shortage, farmer: Member, member: Member
) -> None:
    client = visiting(farmer)
    here = f"{HERE}/manques/{shortage.id}"
    form = form_of(client.get(f"{here}/corriger"), "/corriger")
    data: dict[str, object] = {each: list(values) for each, values in form.values.items()}
    data["words"] = "Ni courgettes ni poireaux."
    preview = client.post(f"{here}/corriger", data=data | {"step": "preview"}, token=False)
    assert len(told(member)) == 1
    for _twice in range(2):
        assert step(client, preview, "/corriger", "send").status_code == 302
    assert ["Ni courgettes" in body for body in told(member)] == [False, True]
    page = client.get(here)
    for _twice in range(2):
        fill_in(client, page, "/retirer")
    assert len(told(member)) == 3
    assert "retiré" in client.get(here).text


def test_what_is_still_offered_in_a_session_leads_to_its_withdrawal(
    app: Flask,
    visiting: Visit,
    shop: OrderSession,
    buy: Callable[..., Order],
    producer: Producer,
    thursdays: Sequence[Distribution],
    farmer: Member,
    coordinator: Member,
    member: Member,
) -> None:
    buy(member, Poireaux=2)
    offer = next(each for each in shop.offers if each.name == "Poireaux")
    words = Words([offer.product], [thursdays[0]], HowShort.NONE, "Le gel.")
    shortage, _many = shortages.announce(producer, farmer, words, "k")
    here = f"{HERE}/manques/{shortage.id}"
    assert f"/offres/{offer.id}/retirer" in visiting(coordinator).get(here).text
    assert f"/offres/{offer.id}/retirer" not in visiting(farmer).get(here).text
    with app.test_request_context():
        (card,) = calls.cards(shop.community)
        assert str(card.title).startswith("Encore en vente")
        following.withdraw(offer, "gel", {}, Fate())
        assert list(calls.cards(shop.community)) == []


@pytest.mark.parametrize(
    "path",
    [
        "producteurs/{producer}/manque",
        "producteurs/{producer}/liste-envoyee",
        "manques/{shortage}",
        "manques/{shortage}/corriger",
    ],
)
def test_only_the_farm_and_who_coordinates_open_its_pages(
    visiting: Visit,
    shortage: Shortage,
    producer: Producer,
    elsewhere: Community,
    farmer: Member,
    coordinator: Member,
    member: Member,
    path: str,
) -> None:
    here = path.format(producer=producer.id, shortage=shortage.id)
    opened = {each: visiting(each).get(f"{HERE}/{here}") for each in (farmer, coordinator, member)}
    assert [answer.status_code for answer in opened.values()] == [200, 200, 404]
    make_member(elsewhere, person=coordinator.person, permissions=("direct_sales.coordinate",))
    assert visiting(coordinator).get(f"/ailleurs/direct-sales/{here}").status_code == 404
    send = visiting(member).post(f"{HERE}/{here.removesuffix('/corriger')}/retirer")
    assert send.status_code in (404, 405)


def test_another_producer_s_pages_are_absent(
    visiting: Visit, bakery: Producer, thursday: Distribution, farmer: Member
) -> None:
    for path in ("manque", "liste-envoyee"):
        answer = visiting(farmer).get(f"{HERE}/producteurs/{bakery.id}/{path}")
        assert answer.status_code == 404


def test_a_farmer_chooses_the_hour_of_the_list(
    visiting: Visit, producer: Producer, thursday: Distribution, farmer: Member
) -> None:
    client = visiting(farmer)
    path = f"{HERE}/producteurs/{producer.id}/liste-envoyee"
    assert "3 novembre 2026 à 18 h" in client.get(path).text.replace("\u00a0", " ")
    page = fill_in(client, client.get(path), "/liste-envoyee", {"days_before": "1", "hour": "7"})
    assert page.status_code == 302
    assert wishes.wish_of(producer) == Wish(When(1, 7), When(1, 18))
    late = {"changes_days_before": "2"}
    refused = fill_in(client, client.get(path), "/liste-envoyee", late)
    assert refused.status_code == 409
    assert "plus tardif" in refused.text
    fill_in(client, client.get(path), "/liste-envoyee", {"wanted": []})
    assert not wishes.wish_of(producer).wanted


def test_who_coordinates_telephones_whom_no_message_reaches(
    app: Flask,
    visiting: Visit,
    community: Community,
    bread: SeasonContract,
    coordinator: Member,
    farmer: Member,
    member: Member,
    take: Callable[..., Subscription],
) -> None:
    take(bread, member, {"Brioche": 1})
    client = visiting(coordinator)
    path = f"{HERE}/producteurs/a-appeler"
    with held_at(datetime(2026, 11, 3, 17, tzinfo=UTC)):
        lists.send_due(community)
        db.session.commit()
        with app.test_request_context():
            (card,) = calls.cards(community)
        assert str(card.text).startswith("Le Fournil de Lise")
        page = client.get(path)
        assert "Le Fournil de Lise" in page.text
        (call,) = calls.to_call(community)
        form = form_of(page, f"/a-appeler/{call.id}")
        assert client.post(form.action, data=dict(form.values), token=False).status_code == 302
        assert "c’est dit" in client.get(path).text
        assert visiting(farmer).get(path).status_code == 403
        assert visiting(farmer).post(form.action).status_code == 403


@pytest.mark.parametrize("gone", [False, True])
def test_the_number_of_who_has_left_is_shown_to_nobody(
    visiting: Visit,
    community: Community,
    bread: SeasonContract,
    coordinator: Member,
    neighbour: Member,
    member: Member,
    take: Callable[..., Subscription],
    gone: bool,
) -> None:
    take(bread, member, {"Brioche": 1})
    assert neighbour.person is not None
    neighbour.person.phone, neighbour.person.email = "06 11 22 33 44", None
    bread.producer.member = neighbour
    neighbour.left_at = now() if gone else None
    db.session.commit()
    with held_at(datetime(2026, 11, 3, 17, tzinfo=UTC)):
        lists.send_due(community)
        db.session.commit()
        page = visiting(coordinator).get(f"{HERE}/producteurs/a-appeler")
    assert "Le Fournil de Lise" in page.text
    assert ("06 11 22 33 44" in page.text) is not gone


def test_a_new_page_for_a_farm_that_brings_nothing_says_so(
    visiting: Visit, producer: Producer, farmer: Member
) -> None:
    page = visiting(farmer).get(f"{HERE}/producteurs/{producer.id}/manque")
    assert "n’apporte rien aux prochaines distributions" in page.text
