from collections.abc import Callable

import pytest

from freeco.db import db
from freeco.members.models import Member
from freeco.testing.forms import fill_in, form_of
from freeco.testing.visitor import Visitor
from freeco_direct_sales import contracts
from freeco_direct_sales.models import (
    SeasonContract,
    Subscription,
)

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
BAD_QUANTITIES = ["٣", "９", "²", "1.5", "1,5", "-1", "100", "1e3", "NaN", "inf", "deux"]
HUGE = ["9" * 20, "9" * 400, "9" * 5000]


@pytest.fixture
def browser(visiting: Visit, coordinator: Member) -> Visitor:
    """Give the coordinator's browser: every form is open to her."""
    return visiting(coordinator)


def count_subscriptions() -> int:
    db.session.rollback()
    return db.session.query(Subscription).count()


def test_a_quantity_that_cannot_be_is_given_back_as_it_was_typed(
    vegetables: SeasonContract, browser: Visitor
) -> None:
    small, large = [f"q-{each.id}" for each in vegetables.products]
    page = browser.get(f"{HERE}/contrats/{vegetables.id}")
    for typed in BAD_QUANTITIES + HUGE:
        answer = fill_in(browser, page, "/relire", {small: typed, large: "2"})
        assert answer.status_code == 422, typed
        values = form_of(answer, "/relire").values
        assert (values[small], values[large]) == ([typed], ["2"])


def test_a_quantity_that_cannot_be_signs_nothing(
    vegetables: SeasonContract, browser: Visitor
) -> None:
    name = f"q-{vegetables.products[0].id}"
    for typed in (*BAD_QUANTITIES, *HUGE, "2\x00", "\x00"):
        data = {name: typed, "cheques": "1", "agreed": "1"}
        answer = browser.post(f"{HERE}/contrats/{vegetables.id}/signer", data=data)
        assert answer.status_code == 422, typed
    assert count_subscriptions() == 0


@pytest.mark.parametrize("step", ["relire", "signer"])
def test_a_means_that_does_not_exist_signs_nothing(
    vegetables: SeasonContract, browser: Visitor, step: str
) -> None:
    name = f"q-{vegetables.products[0].id}"
    for typed in ("bitcoin", "", "Cheque", "card", "debit", "cheque\x00"):
        data = {name: "1", "cheques": "1", "agreed": "1", "method": typed}
        answer = browser.post(f"{HERE}/contrats/{vegetables.id}/{step}", data=data)
        assert answer.status_code in (409, 422), typed
    assert count_subscriptions() == 0


@pytest.mark.parametrize("step", ["relire", "signer"])
def test_cheques_that_cannot_be_are_refused(
    vegetables: SeasonContract, browser: Visitor, step: str
) -> None:
    for typed in ("0", "13", "-1", "1.0", "٣", "9" * 30, "\x00"):
        data = {f"q-{vegetables.products[0].id}": "1", "cheques": typed}
        data |= {"agreed": "1"} if step == "signer" else {}
        answer = browser.post(f"{HERE}/contrats/{vegetables.id}/{step}", data=data)
        assert answer.status_code == 422, typed
    assert count_subscriptions() == 0


@pytest.mark.parametrize("step", ["relire", "signer"])
def test_more_cheques_than_the_producer_takes_are_refused(
    vegetables: SeasonContract, browser: Visitor, step: str
) -> None:
    data = {f"q-{vegetables.products[0].id}": "1", "cheques": "7"}
    data |= {"agreed": "1"} if step == "signer" else {}
    answer = browser.post(f"{HERE}/contrats/{vegetables.id}/{step}", data=data)
    assert answer.status_code == 422
    assert "n’accepte pas autant de chèques" in answer.text


def test_an_empty_box_of_cheques_means_one(vegetables: SeasonContract, browser: Visitor) -> None:
    data = {f"q-{vegetables.products[0].id}": "1", "cheques": "", "agreed": "1"}
    browser.post(f"{HERE}/contrats/{vegetables.id}/signer", data=data)
    db.session.rollback()
    assert len(db.session.query(Subscription).one().payments) == 1


@pytest.mark.parametrize("name", ["q-2147483647", "q-1-1", "total_cents", "\x00", "q-٣"])
def test_an_unknown_field_is_refused(
    vegetables: SeasonContract, browser: Visitor, name: str
) -> None:
    data = {f"q-{vegetables.products[0].id}": "1", "cheques": "1", "agreed": "1", name: "1"}
    answer = browser.post(f"{HERE}/contrats/{vegetables.id}/signer", data=data)
    assert answer.status_code == 422
    assert "champ inconnu" in answer.text
    assert count_subscriptions() == 0


def test_a_product_of_another_contract_is_an_unknown_field(
    vegetables: SeasonContract, bread: SeasonContract, browser: Visitor
) -> None:
    data = {f"q-{bread.products[0].id}": "1", "cheques": "1", "agreed": "1"}
    answer = browser.post(f"{HERE}/contrats/{vegetables.id}/signer", data=data)
    assert answer.status_code == 422


def test_a_quantity_sent_twice_is_not_guessed(vegetables: SeasonContract, browser: Visitor) -> None:
    small, large = vegetables.products
    data = {f"q-{small.id}": ["1", "2"], f"q-{large.id}": "1", "agreed": "1"}
    answer = browser.post(f"{HERE}/contrats/{vegetables.id}/signer", data=data)
    assert answer.status_code == 422
    assert count_subscriptions() == 0


def test_an_empty_basket_without_the_box_is_refused(
    vegetables: SeasonContract, browser: Visitor
) -> None:
    answer = browser.post(f"{HERE}/contrats/{vegetables.id}/signer", data={"cheques": "2"})
    assert answer.status_code == 422


def test_going_back_with_anything_typed_shows_the_basket(
    vegetables: SeasonContract, browser: Visitor
) -> None:
    small, large = [f"q-{each.id}" for each in vegetables.products]
    for typed in (*BAD_QUANTITIES, *HUGE):
        data = {small: typed, large: [typed, "1"], "cheques": typed, "else": typed}
        answer = browser.post(f"{HERE}/contrats/{vegetables.id}/revenir", data=data)
        assert answer.status_code == 200, typed


@pytest.mark.parametrize(
    "page",
    [
        "contrats/{}",
        "contrats/{}/preparer",
        "distributions/{}",
        "distributions/{}/emargement",
        "distributions/{}/emargement.pdf",
        "distributions/{}/recolte/{}.pdf",
        "souscriptions/{}",
        "souscriptions/{}/contrat.pdf",
        "souscriptions/{}/livraisons/{}",
        "producteurs/{}/importer",
    ],
)
def test_a_number_nothing_has_is_a_page_that_does_not_exist(browser: Visitor, page: str) -> None:
    for number in ("0", "2147483648", "9" * 30, "٣", "-1", "1.5", "%00"):
        answer = browser.get(f"{HERE}/{page.replace('{}', number)}")
        assert answer.status_code == 404, number


def test_a_last_minute_change_that_cannot_be_is_given_back(
    vegetables: SeasonContract, member: Member, take: Take, browser: Visitor
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    delivery = contracts.deliveries_of(vegetables)[0]
    name = f"q-{delivery.id}-{vegetables.products[0].id}"
    address = f"{HERE}/souscriptions/{done.id}/livraisons/{delivery.id}"
    page = browser.get(address)
    for typed in BAD_QUANTITIES + HUGE:
        answer = fill_in(browser, page, address, {name: typed})
        assert answer.status_code == 422, typed
        assert form_of(answer, address).values[name] == [typed]


@pytest.mark.parametrize("words", ["%00", "D٣", "D" + "9" * 30, "ABCD%00FGH", "%F0%9F%A5%95"])
def test_a_search_for_anything_finds_nothing_and_breaks_nothing(
    vegetables: SeasonContract, browser: Visitor, words: str
) -> None:
    assert browser.get(f"/lavergne/recherche?q={words}").status_code == 200
