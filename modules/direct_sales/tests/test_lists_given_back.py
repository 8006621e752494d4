"""A list that comes back changes nothing, whatever the products, and in each of its formats."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from freeco.db import db
from freeco.listings import written
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.spreadsheets import read_table
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue
from freeco_direct_sales.exchange import dfc_export, listings, ofn_csv
from freeco_direct_sales.exchange.dfc_import import read_dfc
from freeco_direct_sales.exchange.dfc_terms import UNITS
from freeco_direct_sales.exchange.taking import take_list
from freeco_direct_sales.models import Producer, Product
from freeco_direct_sales.product_import import ProductReading, read_products

SIZES: tuple[tuple[int | None, int | None, str], ...] = (
    (None, None, ""),
    (250, None, ""),
    (None, 750, ""),
    (1000, None, "1 kg"),
    (None, 4500, "6 x 75 cl"),
    (None, None, "6 x 75 cl"),
    (None, None, "12 œufs"),
    (None, None, "lot de 3, « été »"),
    (370, None, "bocal de 370 g"),
    (500, 500, "500 g"),
    (1500, None, "1,5 kg"),
)
Visit = Callable[[Member], Visitor]
Write = Callable[[Producer, Sequence[Product]], ProductReading]


def by_table(form: Any) -> Write:
    """Return what writes our list in a format and reads it."""

    def write(producer: Producer, found: Sequence[Product]) -> ProductReading:
        return read_products(read_table("ours", written(listings.products(producer, found), form)))

    return write


def by_network(_producer: Producer, found: Sequence[Product]) -> ProductReading:
    """Write Open Food Network's list and read it."""
    return read_products(read_table("ofn.csv", ofn_csv.write(found)))


def by_standard(_producer: Producer, found: Sequence[Product]) -> ProductReading:
    """Write a document of the DFC and read it."""
    at = dfc_export.Addresses("https://coop.example/dfc")
    things = [thing for each in found for thing in dfc_export.product(each, at)]
    return read_dfc(json.dumps(dfc_export.document(things)).encode())


FORMATS: dict[str, Write] = {
    "csv": by_table("csv"),
    "xlsx": by_table("xlsx"),
    "ods": by_table("ods"),
    "open food network": by_network,
    "data food consortium": by_standard,
}


@pytest.fixture
def strange(producer: Producer) -> list[Product]:
    """Give products of every unit and size, with and without what a format has no word for."""
    units = [*UNITS, "pot", "ruche", "paire de pots"]
    made = [
        Product(
            producer=producer,
            name=f'Crème d’été n° {rank:03} ; « bio », "à" – œuf',
            price=Money((1, 99, 100, 123456, 0)[rank % 5]),
            unit=unit,
            grams=grams,
            millilitres=millilitres,
            packaging=packaging,
            vat_basis_points=(550, 2000, 210, 1000, 0)[rank % 5],
            deposit=Money((0, 30)[rank % 2]),
            reference=(f"R;{rank}", "", f"00{rank}")[rank % 3],
            description=("", "à la ligne\nici", "=1+1", "'ti")[rank % 4],
            category=("", "Légumes")[rank % 2],
            origin=("", "Die")[rank % 2],
            note=("", "pour nous")[rank % 2],
            stock=(None, 0, 12)[rank % 3],
            available=rank % 7 != 0,
        )
        for rank, (unit, (grams, millilitres, packaging)) in enumerate(
            (unit, size) for unit in units for size in SIZES
        )
    ]
    db.session.add_all(made)
    db.session.commit()
    return made


def values(each: Product) -> dict[str, Any]:
    """Return all a catalogue says of a product, but when it was changed."""
    db.session.refresh(each)
    left_out = {"id", "producer_id", "changed_at", "_sa_instance_state", "producer"}
    return {name: value for name, value in vars(each).items() if name not in left_out}


@pytest.mark.parametrize("name", FORMATS)
def test_our_own_list_given_back_changes_nothing(
    name: str, producer: Producer, strange: list[Product]
) -> None:
    kept = [values(each) for each in catalogue.products_of(producer)]
    reading = FORMATS[name](producer, catalogue.products_of(producer))
    assert reading.problems == ()
    done = take_list(producer, reading)
    assert (done.added, done.changed) == (0, 0)
    assert done.same == len(reading.products) > 100
    db.session.expire_all()
    assert [values(each) for each in catalogue.products_of(producer)] == kept


def test_another_group_of_ours_reads_the_whole_of_a_product(
    producer: Producer, bakery: Producer, strange: list[Product]
) -> None:
    done = take_list(bakery, by_standard(producer, catalogue.products_of(producer)))
    assert done.added == len(strange)
    db.session.flush()
    there, here = catalogue.products_of(bakery), catalogue.products_of(producer)
    told = {each.name: values(each) for each in there}
    assert told == {each.name: values(each) | {"note": ""} for each in here}


@pytest.mark.parametrize("name", FORMATS)
def test_what_the_list_says_otherwise_is_taken_and_nothing_else(
    name: str, producer: Producer
) -> None:
    jam = Product(
        producer=producer,
        name="Confiture",
        price=Money(450),
        unit="jar",
        grams=370,
        packaging="bocal de 370 g",
        reference="C-1",
        deposit=Money(30),
        origin="Die",
        note="pour nous",
    )
    db.session.add(jam)
    db.session.commit()
    before = values(jam)
    jam.price = Money(475)
    reading = FORMATS[name](producer, [jam])
    db.session.rollback()
    done = take_list(producer, reading)
    assert (done.added, done.changed, done.same) == (0, 1, 0)
    db.session.commit()
    assert values(jam) == before | {"price": Money(475)}


def test_a_note_on_a_product_is_for_the_farm_and_the_coordination(
    visiting: Visit,
    community: Community,
    member: Member,
    farmer: Member,
    coordinator: Member,
    producer: Producer,
) -> None:
    product = Product(producer=producer, name="Miel", price=Money(600), note="Marge faible")
    db.session.add(product)
    db.session.commit()
    pages, standard = "/lavergne/direct-sales", "/api/lavergne/direct-sales/dfc"
    addresses = (
        f"{pages}/producteurs/{producer.id}/listes/produits.csv",
        f"{standard}/enterprises/{producer.id}/catalog_items",
        f"{standard}/supplied_products/{product.id}",
        f"/api/lavergne/direct-sales/products?producer={producer.id}",
    )
    for who, many in ((member, 0), (farmer, 3), (coordinator, 3)):
        client = visiting(who)
        told = [client.get(address).data.decode() for address in addresses]
        assert all("Miel" in each for each in told)
        assert sum("Marge faible" in each for each in told) == many
