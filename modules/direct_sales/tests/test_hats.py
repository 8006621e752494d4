"""The day's work of each charge, on the home of who holds it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time

import pytest
from flask import Flask, g

from freeco.agenda import feeds
from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.module import Card, Hat
from freeco.payments import steps
from freeco.testing.visitor import Visitor
from freeco_direct_sales import (
    agenda,
    cards,
    catalogue,
    changing,
    contracts,
    distributions,
    harvest_lists,
)
from freeco_direct_sales.models import (
    ContractKind,
    Distribution,
    Producer,
    SeasonContract,
    Subscription,
)

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
SMALL = {"Petit panier": 1}


@pytest.fixture
def page(app: Flask, community: Community) -> Iterator[None]:
    """Answer as on a page of the community, where addresses are written."""
    with app.test_request_context():
        g.community = community
        yield


def cards_under(member: Member, hat: Hat) -> dict[str, Card]:
    found = cards.cards(member.community, member)
    return {
        str(card.title).replace("\u00a0", " "): card
        for card in found
        if card.hat == hat and not card.account
    }


@pytest.mark.usefixtures("page")
def test_a_member_is_told_where_to_come_this_week(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    card = cards_under(member, "member")["Jeudi 5 novembre : votre panier"]
    assert card.urgent
    assert "Petit panier. Salle des fêtes, de 18 h 30 à 19 h 30." in card.text.replace(
        "\u00a0", " "
    )


@pytest.mark.usefixtures("page")
def test_a_basket_that_will_not_come_calls_nobody(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    distributions.cancel_delivery(contracts.deliveries_of(vegetables)[0], "gel")
    assert cards_under(member, "member") == {}


@pytest.mark.usefixtures("page")
def test_the_coordinator_s_day_begins_with_the_sheet(
    vegetables: SeasonContract, coordinator: Member, member: Member, neighbour: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    take(vegetables, neighbour, SMALL)
    found = cards_under(coordinator, "coordinator")
    assert list(found) == [
        "La feuille du jeudi 5 novembre",
        "2 contrats à faire contresigner",
    ]
    assert "2 foyers attendus" in str(found["La feuille du jeudi 5 novembre"].text).replace(
        "\u00a0", " "
    )


@pytest.mark.usefixtures("page")
def test_on_the_day_itself_the_sheet_is_this_evening_s(
    vegetables: SeasonContract, coordinator: Member
) -> None:
    with held_at(datetime(2026, 11, 5, 9, tzinfo=UTC)):
        assert "La feuille de ce soir" in cards_under(coordinator, "coordinator")


@pytest.mark.usefixtures("page")
def test_what_changes_after_the_print_is_to_be_told(
    vegetables: SeasonContract,
    thursdays: Sequence[Distribution],
    coordinator: Member,
    member: Member,
    take: Take,
) -> None:
    done = take(vegetables, member, SMALL)
    delivery = contracts.deliveries_of(vegetables)[0]
    small = vegetables.products[0].id
    changing.change_delivery(done, delivery, {small: 2})
    assert "1 changement depuis l’impression" not in cards_under(coordinator, "coordinator")
    with held_at(datetime(2026, 11, 3, 9, tzinfo=UTC)):
        harvest_lists.note_print(thursdays[0])
    with held_at(datetime(2026, 11, 4, 9, tzinfo=UTC)):
        changing.change_delivery(done, delivery, {small: 0})
        db.session.flush()
        assert "1 changement depuis l’impression" in cards_under(coordinator, "coordinator")


@pytest.mark.usefixtures("page")
def test_a_draft_waits_for_its_coordinator_alone(
    producer: Producer, coordinator: Member, member: Member
) -> None:
    contracts.create_contract(
        producer, "Fraises", ContractKind.FIXED, date(2027, 5, 1), date(2027, 6, 30)
    )
    assert "1 contrat en préparation" in cards_under(coordinator, "coordinator")
    assert cards.cards(member.community, member) == []


@pytest.mark.usefixtures("page")
def test_a_treasurer_without_cheques_has_nothing_to_do(
    vegetables: SeasonContract, treasurer: Member
) -> None:
    assert cards_under(treasurer, "treasurer") == {}


@pytest.mark.usefixtures("page")
def test_a_farmer_signs_then_reads_what_to_harvest(
    vegetables: SeasonContract, farmer: Member, member: Member, take: Take
) -> None:
    take(vegetables, member, {"Petit panier": 1, "Grand panier": 2})
    found = cards_under(farmer, "producer")
    assert list(found) == ["1 contrat à signer", "À apporter le jeudi 5 novembre"]
    assert "Grand panier (2 paniers)" in str(found["À apporter le jeudi 5 novembre"].text).replace(
        "\u00a0", " "
    )


@pytest.mark.usefixtures("page")
def test_a_change_is_counted_in_the_calendar_of_the_household_it_concerns(
    vegetables: SeasonContract, member: Member, neighbour: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    take(vegetables, neighbour, SMALL)
    delivery = contracts.deliveries_of(vegetables)[0]
    changing.change_delivery(done, delivery, {vegetables.products[0].id: 2})
    since, until = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)
    mine = agenda.items(member.community, member, since, until)
    theirs = agenda.items(member.community, neighbour, since, until)
    assert [item.changes for item in mine] == [1, 0, 0]
    assert [item.changes for item in theirs] == [0, 0, 0]
    assert len({item.key for item in mine}) == 3


@pytest.mark.usefixtures("page")
def test_who_signs_for_a_producer_is_found_in_one_query_as_one_by_one(
    producer: Producer, bakery: Producer, farmer: Member, member: Member
) -> None:
    for each in (farmer, member):
        found = catalogue.represented_by(each.community, each)
        assert list(found) == [
            farm
            for farm in catalogue.producers_of(each.community)
            if catalogue.acts_for(farm, each)
        ]


def test_every_card_of_every_charge_leads_to_a_page_its_holder_may_read(
    vegetables: SeasonContract,
    visiting: Visit,
    coordinator: Member,
    treasurer: Member,
    farmer: Member,
    member: Member,
    neighbour: Member,
    app: Flask,
    take: Take,
) -> None:
    take(vegetables, member, SMALL, cheques=2)
    steps.receive(take(vegetables, neighbour, SMALL).payments[0], None)
    seen = 0
    for each in (coordinator, treasurer, farmer, member):
        with app.test_request_context():
            g.community = each.community
            found = cards.cards(each.community, each)
        visitor = visiting(each)
        for card in found:
            assert visitor.get(card.url).status_code == 200, card
            seen += 1
    assert seen >= 7


def test_the_home_of_each_charge_shows_its_own_work_only(
    vegetables: SeasonContract,
    visiting: Visit,
    coordinator: Member,
    treasurer: Member,
    farmer: Member,
    member: Member,
    take: Take,
) -> None:
    take(vegetables, member, SMALL)
    works = {
        "La feuille du jeudi": (coordinator, "coordinator"),
        "À apporter le jeudi": (farmer, "producer"),
    }
    pages = {}
    for words, (each, hat) in works.items():
        visitor = visiting(each)
        visitor.get("/lavergne/")
        assert visitor.post("/lavergne/chapeau", data={"hat": hat}).status_code == 302
        pages[words] = visitor.get("/lavergne/").text.replace("\u00a0", " ")
    pages["votre panier"] = visiting(member).get("/lavergne/").text.replace("\u00a0", " ")
    for words, page in pages.items():
        assert words in page
        for other in works.keys() - {words}:
            assert other not in page, (words, other)


def test_the_feed_of_a_household_does_not_hold_another_s_basket(
    vegetables: SeasonContract,
    bread: SeasonContract,
    visiting: Visit,
    client: Visitor,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    take(vegetables, member, SMALL)
    take(bread, neighbour, {"Brioche": 1})
    texts = []
    for each in (member, neighbour):
        visiting(each).post("/lavergne/agenda/adresse")
        db.session.expire_all()
        feed = feeds.feed_of(each)
        assert feed is not None
        texts.append(client.get(f"/lavergne/agenda/{feeds.token_of(feed)}.ics").text)
    assert "Petit panier" in texts[0]
    assert "Brioche" not in texts[0]
    assert "Brioche" in texts[1]
    assert "Petit panier" not in texts[1]


def test_no_card_speaks_of_another_community(
    vegetables: SeasonContract,
    elsewhere: Community,
    coordinator: Member,
    app: Flask,
    member: Member,
    take: Take,
) -> None:
    take(vegetables, member, SMALL)
    distributions.create_distributions(
        elsewhere, [date(2026, 11, 3)], time(18), time(19), "Ailleurs"
    )
    with app.test_request_context():
        g.community = coordinator.community
        texts = [f"{card.title} {card.text}" for card in cards.cards(elsewhere, coordinator)]
    assert any("Ailleurs" in text for text in texts)
    assert not any("Légumes" in text for text in texts)
