"""Paying what one can, as pages without JavaScript; and what nobody sees of it."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from werkzeug.test import TestResponse

from freeco.db import db
from freeco.i18n import spoken
from freeco.members import households, membership
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.testing.forms import fill_in
from freeco.testing.payments import organisation
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import contracts, distributions, sheets, subscriptions
from freeco_direct_sales.contracting import renewal
from freeco_direct_sales.models import (
    ContractState,
    Distribution,
    SeasonContract,
    Subscription,
)
from freeco_direct_sales.papers import SignOffSheet
from freeco_direct_sales.solidarity import adjusting, applying, declaring, giving
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.declaring import Said
from freeco_direct_sales.solidarity.errors import RuleToConfirm
from freeco_direct_sales.solidarity.models import Kind, Source
from freeco_direct_sales.solidarity.rules import Bounds

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
SHARE = f"{HERE}/solidarite"


def words(answer: TestResponse) -> str:
    """Return the page with plain spaces."""
    return " ".join(answer.text.replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.fixture
def free(vegetables: SeasonContract, community: Community) -> SeasonContract:
    """Give the farm's contract at a free price, and 20 € in the pool."""
    association = organisation(community, "Les Amis")
    pools.entrust(community, association.id, Money(1000))
    giving.note(community, Source.GIFT, Money(2000), "cash", "first")
    vegetables.state, vegetables.capacity = ContractState.DRAFT, None
    applying.set_rule(vegetables, Kind.FREE, Bounds(8000, 13000))
    contracts.open_contract(vegetables)
    db.session.commit()
    return vegetables


def test_a_household_chooses_its_price_then_reads_it_and_signs(
    visiting: Visit, free: SeasonContract, member: Member
) -> None:
    marie = visiting(member)
    page = marie.get(f"{HERE}/contrats/{free.id}")
    assert "Payer ce que je peux" in page.text
    page = marie.get(f"{SHARE}/contrats/{free.id}")
    assert "Petit panier : 9,20 €" in words(page)
    done = fill_in(marie, page, "/choisir", {"points": "-2000"})
    basket = marie.get(done.location)
    product = free.products[0].id
    review = fill_in(marie, basket, "/relire", {f"q-{product}": "1", "cheques": "1"})
    assert "27,60 € au lieu de 34,50 €" in words(review)
    fill_in(marie, review, "/signer", {"agreed": "1"})
    found = subscriptions.standing_subscription(free, households.household_of(member))
    assert found is not None
    assert [each.amount for each in found.payments] == [Money(2760)]
    assert "27,60 €" in words(marie.get(SHARE))


def test_a_price_outside_the_bounds_is_refused_with_what_was_chosen(
    visiting: Visit, free: SeasonContract, member: Member
) -> None:
    marie = visiting(member)
    page = marie.get(f"{SHARE}/contrats/{free.id}")
    answer = fill_in(marie, page, "/choisir", {"points": "-5000"})
    assert answer.status_code == 422
    assert "sort des bornes" in answer.text


def test_the_coordinator_sets_the_rule_of_a_draft(
    visiting: Visit, free: SeasonContract, bread: SeasonContract, coordinator: Member
) -> None:
    bread.state = ContractState.DRAFT
    awa = visiting(coordinator)
    page = awa.get(f"{SHARE}/contrats/{bread.id}/regle")
    typed = {"kind": "means", "least": "75", "most": "220", "floor": "6000", "ceiling": "6000"}
    refused = fill_in(awa, page, "/regle", typed)
    assert refused.status_code == 422
    fill_in(awa, page, "/regle", typed | {"ceiling": "20000"})
    rule = applying.rule_of(bread)
    assert rule is not None
    assert (rule.kind, rule.least, rule.most) == ("means", 7500, 22000)
    assert (rule.floor, rule.ceiling) == (Money(600_000), Money(2_000_000))


def test_a_coordinator_without_the_charge_reads_no_declaration(
    visiting: Visit, free: SeasonContract, coordinator: Member, member: Member
) -> None:
    declaring.declare(households.household_of(member), member, Said(Money(1_234_500), 1, 0))
    awa = visiting(coordinator)
    assert awa.get(f"{SHARE}/declarations").status_code in {403, 404}
    for page in (SHARE, f"{SHARE}/caisse", f"{HERE}/contrats/{free.id}/preparer"):
        assert "12 345" not in words(awa.get(page))


def test_a_reader_promises_then_reads(
    visiting: Visit, free: SeasonContract, community: Community, member: Member
) -> None:
    declaring.declare(households.household_of(member), member, Said(Money(1_234_500), 1, 0))
    reader = make_member(community, "Ada", "R", permissions=("direct_sales.solidarity_reader",))
    ada = visiting(reader)
    page = ada.get(f"{SHARE}/declarations")
    assert "12 345" not in words(page)
    fill_in(ada, page, "/promesse", {"promised": "1"})
    assert "12 345,00 €" in words(ada.get(f"{SHARE}/declarations"))


def test_a_third_reader_is_refused_beside_the_charge(
    visiting: Visit, free: SeasonContract, community: Community, member: Member
) -> None:
    reader = "direct_sales.solidarity_reader"
    for name in ("Ada", "Bea"):
        make_member(community, name, "R", permissions=(reader,))
    steward = make_member(community, "Odile", "S", permissions=("core.steward",))
    odile = visiting(steward)
    page = odile.get("/lavergne/gerer")
    typed = {"member": str(member.id), "permission": reader}
    refused = fill_in(odile, page, "/charges", typed)
    assert refused.status_code == 422
    assert "2 personnes au plus peuvent avoir cette charge : Ada R et Bea R" in words(refused)
    assert 'aria-invalid="true"' in refused.text
    assert not membership.holds(member, reader)
    first = declaring.readers(community)[0]
    membership.revoke(first, reader)
    db.session.commit()
    assert fill_in(odile, page, "/charges", typed).status_code == 302
    assert membership.holds(member, reader)


def test_a_renewed_contract_keeps_its_bounds_to_be_confirmed_before_it_opens(
    visiting: Visit, free: SeasonContract, coordinator: Member, thursdays: list[Distribution]
) -> None:
    draft = renewal.renew(free, "Légumes de décembre", date(2026, 11, 1), date(2026, 12, 31))
    db.session.commit()
    rule = applying.rule_of(draft)
    assert rule is not None
    assert (rule.kind, rule.least, rule.most, rule.to_confirm) == ("free", 8000, 13000, True)
    with pytest.raises(RuleToConfirm):
        contracts.open_contract(draft)
    db.session.rollback()
    awa = visiting(coordinator)
    manage = awa.get(f"{HERE}/contrats/{draft.id}/preparer")
    assert "il se vote chaque saison" in manage.text
    page = awa.get(f"{SHARE}/contrats/{draft.id}/regle")
    assert "celles de la saison dernière" in page.text
    assert fill_in(awa, page, "/regle", {}).status_code == 302
    contracts.open_contract(draft)
    rule = applying.rule_of(draft)
    assert rule is not None
    assert (rule.least, rule.most, rule.to_confirm) == (8000, 13000, False)


def test_the_treasurer_notes_a_gift_once(
    visiting: Visit, free: SeasonContract, community: Community, treasurer: Member
) -> None:
    paul = visiting(treasurer)
    page = paul.get(f"{SHARE}/caisse")
    typed = {"source": "gift", "amount": "15", "means": "cheque"}
    fill_in(paul, page, "/noter", typed)
    fill_in(paul, page, "/noter", typed)
    pool = pools.find_pool(community)
    assert pool is not None
    assert pools.balance(pool) == Money(3500)


def test_a_basket_is_offered_and_asked_for(
    visiting: Visit, free: SeasonContract, member: Member
) -> None:
    marie = visiting(member)
    page = marie.get(f"{SHARE}/paniers-offerts")
    answer = fill_in(marie, page, "/offrir", {"amount": "12"})
    assert "promis" in marie.get(answer.location).text
    fill_in(marie, page, "/demander", {})
    fill_in(marie, page, "/demander", {})
    assert "Votre demande est notée" in marie.get(f"{SHARE}/paniers-offerts").text


def test_anybody_reads_the_months(visiting: Visit, client: Visitor, free: SeasonContract) -> None:
    assert "Aucun mois" in client.get(f"{SHARE}/mois").text


@pytest.fixture
def two(
    free: SeasonContract, take: Take, member: Member, neighbour: Member
) -> tuple[Subscription, Subscription]:
    """Give two signed subscriptions to the same basket: one helped, one not."""
    applying.choose(free, households.household_of(member), -2000)
    helped, other = (take(free, each, {"Petit panier": 1}) for each in (member, neighbour))
    for each in (helped, other):
        subscriptions.record_paper_signature(each)
    db.session.commit()
    assert adjusting.adjusted([helped.id])[helped.id] == Money(-690)
    return helped, other


def without_names(text: str, *names: str) -> str:
    """Return what is shown, but names, numbers of rows and codes of contracts."""
    for name in names:
        text = text.replace(name, "N")
    text = re.sub(r'(id|for|name|value|href|action|aria-[a-z]+|data-[a-z]+)="[^"]*"', "", text)
    return re.sub(r"\s+", " ", text)


def rows_of(page: str, *names: str) -> list[str]:
    """Return the row of a table that stands around each name."""
    rows = re.findall(r"<tr\b.*?</tr>", page, re.DOTALL)
    found = []
    for name in names:
        mine = [each for each in rows if name in each]
        assert mine, name
        found.append(without_names(" ".join(mine), name))
    return found


@pytest.fixture
def printed(two: tuple[Subscription, Subscription], thursdays: list[Distribution]) -> SignOffSheet:
    """Give the sign-off sheet on which both stand."""
    return sheets.sign_off_sheet(thursdays[0])


def test_nothing_differs_on_the_sign_off_sheet(printed: SignOffSheet) -> None:
    first, second = ((row.baskets, row.cheque_note, row.changed) for row in printed.rows)
    assert first == second
    assert printed.rows[0].cheque_note == "1 chèque à donner"


def test_nothing_differs_at_the_table(
    visiting: Visit,
    two: tuple[Subscription, Subscription],
    thursdays: list[Distribution],
    coordinator: Member,
) -> None:
    awa = visiting(coordinator)
    for page in ("emargement", "table"):
        answer = awa.get(f"{HERE}/distributions/{thursdays[0].id}/{page}")
        assert answer.status_code == 200, page
        assert "27,60" not in words(answer), page
        assert "aisse solidaire" not in words(answer), page


def test_nothing_differs_where_a_coordinator_follows_the_contract(
    visiting: Visit, two: tuple[Subscription, Subscription], coordinator: Member
) -> None:
    page = visiting(coordinator).get(f"{HERE}/contrats/{two[0].contract_id}/preparer")
    first, second = rows_of(page.text, *(each.household.name for each in two))
    codes = [each.code for each in two]
    assert without_names(first, *codes) == without_names(second, *codes)


def test_nothing_differs_there_either_once_a_delivery_is_cancelled(
    visiting: Visit,
    two: tuple[Subscription, Subscription],
    thursdays: list[Distribution],
    coordinator: Member,
) -> None:
    (delivery,) = distributions.deliveries_at(thursdays[1])
    distributions.cancel_delivery(delivery, "gel")
    page = visiting(coordinator).get(f"{HERE}/contrats/{two[0].contract_id}/preparer")
    first, second = rows_of(page.text, *(each.household.name for each in two))
    codes = [each.code for each in two]
    assert without_names(first, *codes) == without_names(second, *codes)
    assert "à mettre à jour" in first


def test_nothing_differs_on_the_harvest_list(
    visiting: Visit,
    two: tuple[Subscription, Subscription],
    thursdays: list[Distribution],
    farmer: Member,
) -> None:
    denis = visiting(farmer)
    producer = two[0].contract.producer_id
    page = denis.get(f"{HERE}/distributions/{thursdays[0].id}/recolte/{producer}")
    assert page.status_code == 200
    assert "6,90" not in page.text
    assert "27,60" not in words(page)
    assert "solidarité" not in page.text


def test_the_paper_says_the_base_price_to_both(
    visiting: Visit, two: tuple[Subscription, Subscription], coordinator: Member
) -> None:
    awa = visiting(coordinator)
    with spoken("fr"):
        pages = [words(awa.get(f"{HERE}/souscriptions/{each.id}")) for each in two]
    assert all("34,50 €" in each for each in pages)
    assert not any("À settle" in each or "ajouté" in each or "retiré" in each for each in pages)


def test_the_treasurer_s_list_shows_amounts_and_no_reason(
    visiting: Visit, two: tuple[Subscription, Subscription], treasurer: Member
) -> None:
    """The amount of a cheque is on the cheque: what is not told is why."""
    paul = visiting(treasurer)
    page = paul.get("/lavergne/tresorerie/")
    assert "solidar" not in page.text
    assert "caisse solidaire" not in words(page)
