from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from freeco.clock import held_at
from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Household, Member
from freeco.payments import steps
from freeco.plugins import Plugins
from freeco.testing.people import make_member
from freeco_direct_sales import (
    changing,
    contracts,
    distributions,
    harvest_lists,
    sheets,
    subscriptions,
)
from freeco_direct_sales.models import Distribution, SeasonContract, Subscription
from freeco_direct_sales.papers import SheetRow

Take = Callable[..., Subscription]
SMALL = {"Petit panier": 1}


@pytest.fixture
def thursday(thursdays: Sequence[Distribution]) -> Distribution:
    """Give the distribution of Thursday the 5th."""
    return thursdays[0]


def queries_of_a_sheet(app: Flask, community_id: int, distribution_id: int) -> int:
    """Count what a sheet asks of the database, in a session of its own as a page has."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    db.session.commit()
    with app.app_context():
        community = db.session.get_one(Community, community_id)
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            sheets.sign_off_sheet(distributions.find_distribution(community, distribution_id))
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


def rows(distribution: Distribution) -> dict[str, SheetRow]:
    return {row.household: row for row in sheets.sign_off_sheet(distribution).rows}


def change_first(subscription: Subscription, **quantities: int) -> None:
    """Change the first delivery, an hour after Monday morning."""
    names = {"petit": "Petit panier", "grand": "Grand panier"}
    ids = {product.name: product.id for product in subscription.contract.products}
    changing.change_delivery(
        subscription,
        contracts.deliveries_of(subscription.contract)[0],
        {ids[names[name]]: many for name, many in quantities.items()},
    )


def test_a_sheet_says_where_and_when(vegetables: SeasonContract, thursday: Distribution) -> None:
    sheet = sheets.sign_off_sheet(thursday)
    assert sheet.title == "Jeudi 5 novembre 2026 – distribution, Salle des fêtes"
    assert sheet.starts_at_text == "de 18\u00a0h\u00a030 à 19\u00a0h\u00a030"
    assert sheet.code == f"D{thursday.id}"


def test_each_contract_has_its_column_with_what_it_brings_in_all(
    vegetables: SeasonContract,
    bread: SeasonContract,
    thursday: Distribution,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    take(vegetables, member, {"Petit panier": 1, "Grand panier": 1})
    take(vegetables, neighbour, {"Petit panier": 2})
    take(bread, neighbour, {"Brioche": 1})
    columns = sheets.sign_off_sheet(thursday).columns
    assert [(each.title, each.producer, each.total) for each in columns] == [
        ("Légumes d’hiver", "GAEC des Vergnes", "3\u00a0Petit panier · 1\u00a0Grand panier"),
        ("Pain au levain", "Le Fournil de Lise", "1\u00a0Brioche"),
    ]


def test_each_household_has_its_row_in_the_order_of_last_names(
    vegetables: SeasonContract,
    bread: SeasonContract,
    community: Community,
    thursday: Distribution,
    member: Member,
    take: Take,
) -> None:
    take(vegetables, make_member(community, "Anne", "Zola"), SMALL)
    take(vegetables, make_member(community, "Zoé", "Éluard"), {"Grand panier": 2})
    take(bread, member, {"Brioche": 1, "Pain de campagne": 2})
    sheet = sheets.sign_off_sheet(thursday)
    assert [(row.household, row.baskets) for row in sheet.rows] == [
        ("Dupont Marie", ("", "2\u00a0Pain de campagne, 1\u00a0Brioche")),
        ("Éluard Zoé", ("2\u00a0Grand panier", "")),
        ("Zola Anne", ("1\u00a0Petit panier", "")),
    ]


def test_a_shared_household_keeps_its_name_and_shows_its_people(
    plugins: Plugins,
    vegetables: SeasonContract,
    thursday: Distribution,
    household: Household,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    households.add_to_household(plugins, household, neighbour)
    households.rename(household, "Maison bleue")
    take(vegetables, member, SMALL)
    (row,) = sheets.sign_off_sheet(thursday).rows
    assert (row.household, row.people) == ("Maison bleue", "Marie Dupont, Jean Martin")


def test_a_place_given_back_is_not_on_the_sheet(
    vegetables: SeasonContract, thursday: Distribution, member: Member, take: Take
) -> None:
    subscriptions.withdraw(take(vegetables, member, SMALL))
    assert sheets.sign_off_sheet(thursday).rows == ()


def test_a_cancelled_delivery_has_no_column_but_a_notice(
    vegetables: SeasonContract,
    bread: SeasonContract,
    thursday: Distribution,
    member: Member,
    take: Take,
) -> None:
    take(vegetables, member, SMALL)
    take(bread, member, {"Brioche": 1})
    distributions.cancel_delivery(contracts.deliveries_of(vegetables)[0], "gel")
    sheet = sheets.sign_off_sheet(thursday)
    assert [each.title for each in sheet.columns] == ["Pain au levain"]
    assert [row.baskets for row in sheet.rows] == [("1\u00a0Brioche",)]
    assert "Légumes d’hiver\u00a0: pas de livraison (gel)" in sheet.notices


def test_a_cancelled_delivery_is_said_once(
    vegetables: SeasonContract, thursday: Distribution
) -> None:
    distributions.cancel_delivery(contracts.deliveries_of(vegetables)[0], "gel")
    assert len([each for each in sheets.sign_off_sheet(thursday).notices if "gel" in each]) == 1


def test_the_note_of_a_distribution_is_read_by_all(
    vegetables: SeasonContract, thursday: Distribution
) -> None:
    thursday.note = "Rapportez les cagettes."
    assert sheets.sign_off_sheet(thursday).notices == ("Rapportez les cagettes.",)


def test_a_cheque_to_give_is_asked_for_at_the_table(
    vegetables: SeasonContract, thursday: Distribution, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL, 2)
    sheet = sheets.sign_off_sheet(thursday)
    assert sheet.rows[0].cheque_note == "1 chèque à donner\u00a0: 17,25\u00a0€"
    assert sheet.cheque_total == "1 chèque à recevoir"
    steps.receive(done.payments[0], None)
    given = sheets.sign_off_sheet(thursday)
    assert (given.rows[0].cheque_note, given.cheque_total) == ("", "")


def test_the_cheques_to_receive_are_those_of_the_households_that_come(
    vegetables: SeasonContract,
    bread: SeasonContract,
    thursday: Distribution,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    take(vegetables, member, SMALL)
    absent = take(bread, neighbour, {"Brioche": 1})
    changing.change_delivery(
        absent,
        contracts.deliveries_of(bread)[0],
        {each.id: 0 for each in bread.products},
    )
    harvest_lists.note_print(thursday, at=datetime(2026, 11, 3, 9, 0, tzinfo=UTC))
    assert sheets.sign_off_sheet(thursday).cheque_total == "1 chèque à recevoir"


def test_nothing_is_marked_on_the_sheet_just_printed(
    vegetables: SeasonContract, thursday: Distribution, member: Member, take: Take
) -> None:
    change_first(take(vegetables, member, SMALL), petit=2)
    harvest_lists.note_print(thursday)
    assert not rows(thursday)["Dupont Marie"].changed


def test_what_changes_after_a_print_is_marked_on_the_next_sheet(
    vegetables: SeasonContract,
    thursday: Distribution,
    member: Member,
    neighbour: Member,
    take: Take,
    monday: datetime,
) -> None:
    changing = take(vegetables, member, SMALL)
    take(vegetables, neighbour, SMALL)
    harvest_lists.note_print(thursday)
    with held_at(monday + timedelta(hours=1)):
        change_first(changing, petit=0, grand=1)
        found = rows(thursday)
    assert found["Dupont Marie"].changed
    assert found["Dupont Marie"].baskets == ("1\u00a0Grand panier",)
    assert not found["Martin Jean"].changed


def test_a_harvest_list_sent_leaves_the_marks_of_the_sheet(
    vegetables: SeasonContract, thursday: Distribution, member: Member, take: Take
) -> None:
    change_first(take(vegetables, member, SMALL), petit=2)
    harvest_lists.note_print(thursday, vegetables.producer)
    assert rows(thursday)["Dupont Marie"].changed


def test_who_takes_nothing_after_a_print_stays_on_the_next_sheet_marked(
    vegetables: SeasonContract,
    thursday: Distribution,
    member: Member,
    take: Take,
    monday: datetime,
) -> None:
    done = take(vegetables, member, SMALL)
    harvest_lists.note_print(thursday)
    with held_at(monday + timedelta(hours=1)):
        change_first(done, petit=0)
        row = rows(thursday)["Dupont Marie"]
    assert (row.changed, row.baskets) == (True, ("",))


def test_a_change_to_another_thursday_is_not_marked_on_this_one(
    vegetables: SeasonContract,
    thursdays: Sequence[Distribution],
    member: Member,
    take: Take,
    monday: datetime,
) -> None:
    done = take(vegetables, member, SMALL)
    for each in thursdays:
        harvest_lists.note_print(each)
    with held_at(monday + timedelta(hours=1)):
        change_first(done, petit=3)
    assert rows(thursdays[0])["Dupont Marie"].changed
    assert not rows(thursdays[1])["Dupont Marie"].changed


def test_a_sheet_takes_as_few_queries_for_sixty_households_as_for_five(
    app: Flask,
    vegetables: SeasonContract,
    bread: SeasonContract,
    community: Community,
    thursday: Distribution,
    take: Take,
) -> None:
    contracts.change_capacity(vegetables, None)
    asked = []
    for already, many in ((0, 5), (5, 60)):
        for number in range(already, many):
            member = make_member(community, "Foyer", str(number))
            change_first(take(vegetables, member, SMALL), grand=1)
            take(bread, member, {"Brioche": 1})
        asked.append(queries_of_a_sheet(app, community.id, thursday.id))
    assert asked[0] == asked[1]
    assert asked[1] <= 12
    assert len(rows(thursday)) == 60
