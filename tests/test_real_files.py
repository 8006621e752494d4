"""The lists that real groups publish, as they are."""

from pathlib import Path

import pytest

from freeco.spreadsheets import Table, read_table
from freeco_direct_sales.product_import import read_products

PUBLISHED = Path(__file__).parents[2] / "shared" / "data"

pytestmark = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published files are elsewhere")


def table(name: str) -> Table:
    path = PUBLISHED / name
    return read_table(path.name, path.read_bytes())


def test_the_hundred_and_twenty_products_of_open_food_network_all_come_in() -> None:
    found = read_products(table("open-food-network/sample_120_products.csv"))
    assert found.format == "open_food_network"
    assert found.problems == ()
    assert [product.line for product in found.products] == list(range(2, 122))
    assert [product.price_cents for product in found.products] == list(range(200, 12_200, 100))
    assert [product.grams for product in found.products] == list(range(1, 121))
    assert [product.stock for product in found.products] == list(range(100, 220))
    assert len({product.reference for product in found.products}) == 120
    assert [notice.text for notice in found.notices if "reprise" in notice.text] == [
        "La colonne « tax_category » n’est pas reprise : 120 lignes étaient remplies.",
        "La colonne « shipping_category » n’est pas reprise : 120 lignes étaient remplies.",
    ]


def test_the_empty_template_of_open_food_network_holds_no_product() -> None:
    found = read_products(table("open-food-network/product_list_template.csv"))
    assert (found.format, found.products, found.problems) == ("open_food_network", (), ())


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_foodsoft_list_comes_in_with_the_prices_members_pay(kind: str) -> None:
    found = read_products(table(f"foodsoft/supplier_list.{kind}"))
    assert found.format == "foodsoft"
    assert found.problems == ()
    walnuts, kernels, juice, tomatoes = found.products
    assert [product.price_cents for product in found.products] == [248, 589, 340, 127]
    assert {product.vat_basis_points for product in found.products} == {600}
    assert (walnuts.reference, walnuts.unit, walnuts.note) == ("29932", "kg", "bio ◎")
    assert (kernels.unit, kernels.grams, kernels.packaging) == ("piece", 100, "100g")
    assert (juice.millilitres, juice.packaging, juice.deposit_cents) == (1000, "4x250ml", 40)
    assert (tomatoes.origin, tomatoes.producer) == ("Best, NL", "De röde hof")
    assert [notice.text for notice in found.notices if "reprise :" in notice.text] == [
        f"La colonne « {heading} » n’est pas reprise : {lines} lignes étaient remplies."
        for heading, lines in (("Ratios to supplier order unit", 3), ("Group order granularity", 4))
    ]


def test_both_foodsoft_workbooks_say_the_same() -> None:
    excel, open_document = (table(f"foodsoft/supplier_list.{kind}") for kind in ("xlsx", "ods"))
    assert read_products(excel).products == read_products(open_document).products


def test_the_foodsoft_text_list_comes_in_with_its_comma() -> None:
    (product,) = read_products(table("foodsoft/supplier_list_2.csv")).products
    assert (product.origin, product.price_cents) == ("Somewhere, UK", 127)
