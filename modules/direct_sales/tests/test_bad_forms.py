from collections.abc import Callable, Sequence

import pytest

from freeco.db import db
from freeco.members.models import Member
from freeco.testing.forms import fill_in, form_of
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue, contracts
from freeco_direct_sales.models import Distribution, Producer, Product, SeasonContract

Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
BAD_PRICES = ["", "-1", "3,999", "1e3", "100000,01", "9" * 30, "٣", "NaN", "trois"]
FIRST = "2026-11-26"


@pytest.fixture
def browser(visiting: Visit, coordinator: Member) -> Visitor:
    """Give the coordinator's browser: every form is open to her."""
    return visiting(coordinator)


def count(model: type[SeasonContract | Distribution | Product]) -> int:
    db.session.rollback()
    return db.session.query(model).count()


@pytest.mark.parametrize("typed", BAD_PRICES)
def test_a_price_that_cannot_be_is_given_back_as_it_was_typed(
    producer: Producer, browser: Visitor, typed: str
) -> None:
    page = browser.get(f"{HERE}/producteurs/{producer.id}")
    answer = fill_in(browser, page, "/produits", {"name": "Carottes", "price": typed})
    assert answer.status_code == 422
    values = form_of(answer, "/produits").values
    assert (values["name"], values["price"]) == (["Carottes"], [typed])
    assert count(Product) == 0


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("name", ""),
        ("name", "n" * 121),
        ("name", "Caro\x00ttes"),
        ("vat", "101"),
        ("vat", "٣"),
        ("vat", "-5,5"),
        ("grams", "0"),
        ("grams", "1.5"),
        ("grams", "1000001"),
        ("unit", "poignée"),
        ("unit", ""),
        ("category", "\x00"),
        ("stock", "3"),
    ],
)
def test_a_product_that_cannot_be_is_not_entered(
    producer: Producer, browser: Visitor, name: str, typed: str
) -> None:
    data = {"name": "Carottes", "price": "3,20", "unit": "kg", "vat": "5,5", name: typed}
    answer = browser.post(f"{HERE}/producteurs/{producer.id}/produits", data=data)
    assert answer.status_code == 422
    assert count(Product) == 0


def test_an_empty_rate_means_the_reduced_one(producer: Producer, browser: Visitor) -> None:
    data = {"name": "Carottes", "price": "3,20", "unit": "kg", "vat": ""}
    browser.post(f"{HERE}/producteurs/{producer.id}/produits", data=data)
    db.session.rollback()
    (carrots,) = catalogue.products_of(producer)
    assert carrots.vat_basis_points == 550


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("producer", ""),
        ("producer", "٣"),
        ("producer", "2147483648"),
        ("name", "Lait\x00"),
        ("kind", "weekly"),
        ("season_start", "2026-02-30"),
        ("season_start", "0001-01-01"),
        ("season_start", "٢٠٢٦-11-01"),
        ("season_end", "2026-10-01"),
        ("season_end", "2028-11-01"),
        ("season_end", "9999-12-31"),
        ("capacity", "0"),
        ("capacity", "1.5"),
        ("capacity", "10001"),
        ("most_cheques", "13"),
        ("most_cheques", "0"),
        ("state", "open"),
    ],
)
def test_a_contract_that_cannot_be_is_given_back(
    producer: Producer, browser: Visitor, name: str, typed: str
) -> None:
    data = {
        "producer": str(producer.id),
        "name": "Légumes",
        "kind": "fixed",
        "season_start": "2026-11-01",
        "season_end": "2027-03-31",
        name: typed,
    }
    answer = browser.post(f"{HERE}/contrats/nouveau", data=data)
    assert answer.status_code == 422
    assert form_of(answer, "/nouveau").values["season_end"] == [data["season_end"]]
    assert count(SeasonContract) == 0


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("first", "0001-01-01"),
        ("first", "9999-12-31"),
        ("first", "demain"),
        ("last", "2026-11-25"),
        ("last", "2029-11-26"),
        ("every_weeks", "0"),
        ("every_weeks", "1.5"),
        ("every_weeks", "9"),
        ("without", "2026-11-26, noël"),
        ("starts", "25:00"),
        ("starts", "١٨:30"),
        ("starts", "19:30"),
        ("ends", "18:61"),
        ("place", "\x00"),
        ("place", " "),
        ("community", "2"),
    ],
)
def test_a_date_that_cannot_be_is_given_back(browser: Visitor, name: str, typed: str) -> None:
    data = {"first": FIRST, "starts": "18:30", "ends": "19:30", "place": "Halle", name: typed}
    answer = browser.post(f"{HERE}/distributions/nouvelles", data=data)
    assert answer.status_code == 422
    assert form_of(answer, "/nouvelles").values["ends"] == [data["ends"]]
    assert count(Distribution) == 0


@pytest.mark.parametrize("name", ["every_weeks", "last", "without"])
def test_an_empty_box_of_dates_means_one_evening(browser: Visitor, name: str) -> None:
    data = {"first": FIRST, "starts": "18:30", "ends": "19:30", "place": "Halle", name: ""}
    assert browser.post(f"{HERE}/distributions/nouvelles", data=data).status_code == 302
    assert count(Distribution) == 1


@pytest.mark.parametrize("name", ["products", "distributions"])
def test_contents_that_do_not_exist_change_nothing(
    vegetables: SeasonContract, browser: Visitor, name: str
) -> None:
    vegetables.state = "draft"
    for typed in ("", "0", "٣", "2147483647", "9" * 30, "x", "\x00"):
        answer = browser.post(f"{HERE}/contrats/{vegetables.id}/contenu", data={name: [typed]})
        assert answer.status_code in {404, 422}, typed
    db.session.rollback()
    assert len(vegetables.products) == 2
    assert len(contracts.deliveries_of(vegetables)) == 3


@pytest.mark.parametrize("typed", ["", " ", "g" * 201, "ge\x00l"])
def test_a_reason_that_cannot_be_cancels_nothing(
    vegetables: SeasonContract,
    thursdays: Sequence[Distribution],
    browser: Visitor,
    typed: str,
) -> None:
    delivery = contracts.deliveries_of(vegetables)[0]
    address = f"{HERE}/distributions/{thursdays[0].id}/livraisons/{delivery.id}/annuler"
    assert browser.post(address, data={"reason": typed}).status_code == 422
    db.session.rollback()
    assert delivery.cancelled_at is None
