from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from werkzeug.test import TestResponse

from freeco.clock import held_at
from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.testing.forms import fill_in, form_of
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue, contracts, distributions
from freeco_direct_sales.models import (
    ContractState,
    Distribution,
    Producer,
    Product,
    SeasonContract,
    Subscription,
)

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"


@pytest.fixture
def browser(visiting: Visit, coordinator: Member) -> Visitor:
    """Give the coordinator's browser."""
    return visiting(coordinator)


@pytest.fixture
def subscription(vegetables: SeasonContract, member: Member, take: Take) -> Subscription:
    """Give one small basket each Thursday: 34,50 €, in two cheques."""
    return take(vegetables, member, {"Petit panier": 1}, 2)


def said(answer: TestResponse) -> str:
    return " ".join(answer.text.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_a_coordinator_enters_a_producer(
    community: Community, farmer: Member, browser: Visitor
) -> None:
    page = browser.get(f"{HERE}/producteurs/nouveau")
    typed = {"name": "Ruchers du Célé", "place": "Saint-Loup", "member": str(farmer.id)}
    assert fill_in(browser, page, "/producteurs/nouveau", typed).status_code == 302
    (bees,) = catalogue.producers_of(community)
    assert (bees.name, bees.place, bees.member) == ("Ruchers du Célé", "Saint-Loup", farmer)


def test_a_name_already_taken_is_given_back_with_the_rest(
    producer: Producer, browser: Visitor
) -> None:
    page = browser.get(f"{HERE}/producteurs/nouveau")
    typed = {"name": "gaec des vergnes", "presentation": "Trois hectares.\nEn bio."}
    answer = fill_in(browser, page, "/producteurs/nouveau", typed)
    assert answer.status_code == 409
    assert "Un producteur porte déjà ce nom ici." in answer.text
    values = form_of(answer, "/producteurs/nouveau").values
    assert values["presentation"] == ["Trois hectares.\nEn bio."]


def test_a_coordinator_corrects_a_producer(producer: Producer, browser: Visitor) -> None:
    address = f"{HERE}/producteurs/{producer.id}/modifier"
    fill_in(browser, browser.get(address), "/modifier", {"place": "Figeac"})
    assert (producer.name, producer.place) == ("GAEC des Vergnes", "Figeac")
    assert producer.address == "Les Vergnes\n46100 Assiac"


def test_a_coordinator_enters_a_product(producer: Producer, browser: Visitor) -> None:
    page = browser.get(f"{HERE}/producteurs/{producer.id}")
    typed = {"name": "Cidre", "price": "4,50 €", "unit": "bottle", "vat": "20"}
    assert fill_in(browser, page, "/produits", typed).status_code == 302
    (cider,) = catalogue.products_of(producer)
    assert (cider.name, cider.price, cider.unit) == ("Cidre", Money(450), "bottle")
    assert cider.vat_basis_points == 2000


def test_a_coordinator_writes_a_season_of_dates(community: Community, browser: Visitor) -> None:
    page = browser.get(f"{HERE}/distributions/nouvelles")
    typed = {
        "first": "2026-12-17",
        "last": "2027-01-07",
        "without": "24/12/2026, 2026-12-31",
        "starts": "18h30",
        "ends": "19h30",
        "place": "Halle",
    }
    assert fill_in(browser, page, "/nouvelles", typed).status_code == 302
    assert [each.starts_at for each in distributions.distributions_of(community)] == [
        datetime(2026, 12, 17, 17, 30, tzinfo=UTC),
        datetime(2027, 1, 7, 17, 30, tzinfo=UTC),
    ]


def test_dates_that_already_stand_are_refused_all_together(
    community: Community, thursdays: Sequence[Distribution], browser: Visitor
) -> None:
    page = browser.get(f"{HERE}/distributions/nouvelles")
    typed = {"first": "2026-10-29", "last": "2026-11-05", "place": "Salle des fêtes"}
    answer = fill_in(browser, page, "/nouvelles", typed)
    assert answer.status_code == 409
    assert form_of(answer, "/nouvelles").values["last"] == ["2026-11-05"]
    assert distributions.distributions_of(community) == list(thursdays)


def test_a_coordinator_drafts_fills_and_opens_a_contract(
    community: Community,
    producer: Producer,
    products: Sequence[Product],
    thursdays: Sequence[Distribution],
    browser: Visitor,
) -> None:
    typed = {
        "producer": str(producer.id),
        "name": "Légumes d’été",
        "kind": "fixed",
        "season_start": "2026-11-01",
        "season_end": "2027-03-31",
        "capacity": "40",
    }
    page = browser.get(f"{HERE}/contrats/nouveau")
    drafted = fill_in(browser, page, "/contrats/nouveau", typed)
    manage = browser.get(drafted.location)
    contents = {
        "products": [str(products[0].id)],
        "distributions": [str(each.id) for each in thursdays[:2]],
    }
    fill_in(browser, manage, "/contenu", contents)
    fill_in(browser, fill_in(browser, browser.get(drafted.location), "/ouvrir"), "/ouvrir")
    (contract,) = contracts.contracts_of(community)
    assert (contract.state, contract.capacity) == (ContractState.OPEN, 40)
    assert [each.product for each in contract.products] == [products[0]]
    assert [each.distribution for each in contracts.deliveries_of(contract)] == thursdays[:2]


def test_a_draft_that_is_not_ready_does_not_open(
    vegetables: SeasonContract, browser: Visitor
) -> None:
    vegetables.state = ContractState.DRAFT
    contracts.set_deliveries(vegetables, [])
    answer = browser.post(f"{HERE}/contrats/{vegetables.id}/ouvrir")
    assert answer.status_code == 409
    assert vegetables.state == ContractState.DRAFT


def test_places_fewer_than_the_households_are_given_back(
    vegetables: SeasonContract,
    member: Member,
    neighbour: Member,
    take: Take,
    browser: Visitor,
) -> None:
    for each in (member, neighbour):
        take(vegetables, each, {"Petit panier": 1})
    page = browser.get(f"{HERE}/contrats/{vegetables.id}/preparer")
    answer = fill_in(browser, page, "/places", {"capacity": "1"})
    assert answer.status_code == 409
    assert form_of(answer, "/places").values["capacity"] == ["1"]
    assert vegetables.capacity == 2


def test_a_long_list_of_households_is_searched_and_its_totals_stay_of_all(
    vegetables: SeasonContract, take: Take, community: Community, browser: Visitor
) -> None:
    vegetables.capacity = 40
    for number in range(26):
        take(vegetables, make_member(community, f"Foyer Numéro{number:02}"), {"Petit panier": 1})
    here = f"{HERE}/contrats/{vegetables.id}/preparer"
    page = browser.get(here)
    assert "Numéro00" in page.text
    assert "Numéro25" not in page.text
    assert "Numéro25" in browser.get(f"{here}?page=2").text
    found = browser.get(f"{here}?q=numero25").text
    assert "Numéro25" in found
    assert "Numéro00" not in found
    assert "0 sur 26" in found
    assert "Aucun foyer ne porte ce nom." in browser.get(f"{here}?q=personne").text


def test_a_coordinator_notes_the_paper_a_producer_signed(
    bread: SeasonContract, member: Member, take: Take, browser: Visitor
) -> None:
    done = take(bread, member, {"Brioche": 1})
    page = browser.get(f"{HERE}/souscriptions/{done.id}")
    asked = fill_in(browser, page, "/signature-papier")
    assert "une signature ne s’efface pas" in asked.text
    assert fill_in(browser, asked, "/signature-papier").status_code == 302
    assert (done.is_signed, done.producer_signed_way) == (True, "paper")


def test_the_sheet_shows_the_baskets_and_the_cheques(
    subscription: Subscription, thursdays: Sequence[Distribution], browser: Visitor
) -> None:
    page = said(browser.get(f"{HERE}/distributions/{thursdays[0].id}/emargement"))
    assert "Dupont Marie" in page
    assert "1 Petit panier" in page
    assert "1 chèque à donner : 17,25 €" in page


@pytest.mark.parametrize("query", ["", "?caracteres=grands", "?caracteres=٣"])
def test_the_sheet_is_given_as_pdf(
    subscription: Subscription,
    thursdays: Sequence[Distribution],
    browser: Visitor,
    query: str,
) -> None:
    answer = browser.get(f"{HERE}/distributions/{thursdays[0].id}/emargement.pdf{query}")
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF")


def test_the_harvest_list_is_given_as_pdf(
    subscription: Subscription,
    producer: Producer,
    thursdays: Sequence[Distribution],
    browser: Visitor,
) -> None:
    address = f"{HERE}/distributions/{thursdays[0].id}/recolte/{producer.id}.pdf"
    answer = browser.get(address)
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF")


def test_a_change_after_the_print_is_marked_on_the_sheet_and_the_harvest_list(
    subscription: Subscription,
    producer: Producer,
    thursdays: Sequence[Distribution],
    browser: Visitor,
) -> None:
    evening = f"{HERE}/distributions/{thursdays[0].id}"
    fill_in(browser, browser.get(evening), "/imprimee")
    assert "modifié</span>" not in browser.get(f"{evening}/emargement").text
    delivery = contracts.deliveries_of(subscription.contract)[0]
    address = f"{HERE}/souscriptions/{subscription.id}/livraisons/{delivery.id}"
    name = f"q-{delivery.id}-{subscription.contract.products[0].id}"
    with held_at(datetime(2026, 11, 3, 9, 0, tzinfo=UTC)):
        assert fill_in(browser, browser.get(address), address, {name: "3"}).status_code == 302
        assert "modifié</span>" in browser.get(f"{evening}/emargement").text
        harvest = said(browser.get(f"{evening}/recolte/{producer.id}"))
    assert "3 paniers" in harvest
    assert "1 panier" in harvest


def test_a_contract_is_not_changed_through_the_delivery_of_another(
    subscription: Subscription, bread: SeasonContract, browser: Visitor
) -> None:
    foreign = contracts.deliveries_of(bread)[0]
    address = f"{HERE}/souscriptions/{subscription.id}/livraisons/{foreign.id}"
    assert browser.get(address).status_code == 404
    assert browser.post(address, data={}).status_code == 404


def test_what_a_change_leaves_to_settle_is_said_to_the_household(
    subscription: Subscription, member: Member, visiting: Visit, coordinator: Member
) -> None:
    browser = visiting(coordinator)
    delivery = contracts.deliveries_of(subscription.contract)[0]
    address = f"{HERE}/souscriptions/{subscription.id}/livraisons/{delivery.id}"
    name = f"q-{delivery.id}-{subscription.contract.products[0].id}"
    fill_in(browser, browser.get(address), address, {name: "0"})
    page = said(visiting(member).get(f"{HERE}/souscriptions/{subscription.id}"))
    assert "retiré 11,50 €" in page


def test_a_cancelled_delivery_is_written_to_the_households_and_said_on_the_page(
    subscription: Subscription, thursdays: Sequence[Distribution], browser: Visitor
) -> None:
    evening = f"{HERE}/distributions/{thursdays[0].id}"
    answer = fill_in(browser, browser.get(evening), "/annuler", {"reason": "gel de la serre"})
    assert answer.status_code == 302
    letter = db.session.query(OutgoingMail).one()
    assert letter.recipient == "marie@example.org"
    assert "gel de la serre" in letter.body
    assert "Annuler</button>" in browser.get(evening).text
    page = browser.get(evening)
    assert "gel de la serre" in page.text
    assert fill_in(browser, page, "/retablir").status_code == 302
    assert "gel de la serre" not in browser.get(evening).text
