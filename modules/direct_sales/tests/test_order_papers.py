"""What was ordered in sessions, on the papers and pages of the distribution where it is taken."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from freeco.members import households
from freeco.members.models import Member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import agenda, baskets, collection, distributions, harvest_lists, sheets
from freeco_direct_sales.errors import NotOnTheList
from freeco_direct_sales.models import Distribution, Producer, SeasonContract, Subscription
from freeco_direct_sales.orders import sessions
from freeco_direct_sales.orders.models import Order, OrderSession

Buy = Callable[..., Order]
Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]


def rows(distribution: Distribution) -> Mapping[str, tuple[str, ...]]:
    return {row.household: row.baskets for row in sheets.sign_off_sheet(distribution).rows}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_sheet_has_a_column_for_the_session_beside_the_contracts(
    shop: OrderSession,
    buy: Buy,
    thursdays: Sequence[Distribution],
    vegetables: SeasonContract,
    take: Take,
    member: Member,
    neighbour: Member,
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    buy(member, Poireaux=2, Pain=1)
    buy(neighbour, Pain=2)
    sheet = sheets.sign_off_sheet(thursdays[0])
    assert [each.title for each in sheet.columns] == ["Légumes d’hiver", "Marché du 5"]
    assert plain(sheet.columns[1].total) == "2 Poireaux · 3 Pain"
    found = {row.household: [plain(each) for each in row.baskets] for row in sheet.rows}
    assert found["Dupont Marie"] == ["1 Petit panier", "2 Poireaux, 1 Pain"]
    assert [each for each in found.values() if each[0] == ""] == [["", "2 Pain"]]
    assert any("commandes sont ouvertes" in each for each in sheet.notices)
    assert rows(thursdays[1])["Dupont Marie"] == ("1\u00a0Petit panier",)


def test_what_does_not_come_is_not_on_the_sheet(
    shop: OrderSession, buy: Buy, thursdays: Sequence[Distribution], member: Member
) -> None:
    buy(member, Poireaux=4, Pain=1)
    sessions.close(shop)
    for article in shop.offers:
        sessions.say_coming(article, 1 if article.name == "Poireaux" else 0)
    sheet = sheets.sign_off_sheet(thursdays[0])
    assert [plain(each) for row in sheet.rows for each in row.baskets] == ["1 Poireaux"]
    assert sheet.notices == ()


def test_the_harvest_list_adds_what_was_ordered_and_marks_what_changed(
    shop: OrderSession,
    buy: Buy,
    thursdays: Sequence[Distribution],
    vegetables: SeasonContract,
    take: Take,
    producer: Producer,
    member: Member,
    neighbour: Member,
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    buy(member, Poireaux=2)
    harvest_lists.note_print(thursdays[0], producer)
    buy(neighbour, Poireaux=3, Poulet=1)
    found = harvest_lists.harvest_list(thursdays[0], producer)
    lines = {each.product: (plain(each.quantity), plain(each.before)) for each in found.lines}
    assert lines["Poireaux"] == ("5 bottes", "2 bottes")
    assert lines["Petit panier"] == ("1 panier", "")
    assert lines["Poulet"] == ("1 pièce", "0 pièce")
    assert found.notices[0] == "Pour 2\u00a0foyers" or plain(found.notices[0]) == "Pour 2 foyers"


def test_whoever_only_ordered_has_a_basket_an_agenda_and_a_line_at_the_table(
    shop: OrderSession,
    buy: Buy,
    thursdays: Sequence[Distribution],
    member: Member,
    neighbour: Member,
    volunteer: Member,
) -> None:
    buy(member, Pain=2)
    mine = households.household_of(member)
    assert [(each.product, each.quantity) for each in baskets.basket_of(mine, thursdays[0])] == [
        ("Pain", 2)
    ]
    (dated,) = agenda.baskets_between(mine, shop.opens_at, thursdays[2].ends_at)
    assert (dated.distribution, dated.names) == (thursdays[0], ["Marché du 5"])
    collection.mark(thursdays[0], mine.id, volunteer, taken=True)
    (row,) = collection.table_of(thursdays[0])
    assert (row.taken, [plain(each) for _title, each in row.contents]) == (True, ["2 Pain"])
    theirs = households.household_of(neighbour).id
    with pytest.raises(NotOnTheList):
        collection.mark(thursdays[0], theirs, volunteer, taken=True)


def test_a_distribution_without_contract_has_its_papers_all_the_same(
    visiting: Visit,
    shop: OrderSession,
    buy: Buy,
    thursdays: Sequence[Distribution],
    coordinator: Member,
    farmer: Member,
    member: Member,
) -> None:
    buy(member, Poireaux=2)
    here = f"/lavergne/direct-sales/distributions/{thursdays[0].id}"
    assert distributions.deliveries_at(thursdays[0]) == []
    page = visiting(coordinator).get(here)
    assert "Ouvrir la feuille d’émargement" in page.text
    assert "GAEC des Vergnes" in page.text
    sheet = visiting(coordinator).get(f"{here}/emargement.pdf")
    assert sheet.data.startswith(b"%PDF-")
