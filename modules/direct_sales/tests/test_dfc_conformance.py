"""Our documents read by the DFC's own connector, object for object."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Household, Member
from freeco.money import Money
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue
from freeco_direct_sales.exchange import dfc_terms
from freeco_direct_sales.exchange.dfc_import import read_dfc
from freeco_direct_sales.models import Producer, Product
from freeco_direct_sales.orders import placing, preparing, sessions
from freeco_direct_sales.orders.amounts import amount, quantity
from freeco_direct_sales.orders.models import Order, OrderLine, OrderSession, Pricing
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.product_import import ProductDraft

READER = Path(__file__).parent / "dfc_reader"
HERE = "/api/lavergne/direct-sales/dfc"
Visit = Callable[[Member], Visitor]
Read = Callable[[str], dict[str, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Give what reads a document with the connector, by class."""
    node = shutil.which("node")
    if node is None or not (READER / "node_modules").is_dir():
        if os.environ.get("FREECO_NOTHING_MAY_SKIP"):
            pytest.fail("the DFC connector is not installed")
        pytest.skip("the DFC connector is not installed")
    file = tmp_path_factory.mktemp("dfc") / "document.jsonld"

    def reading(text: str) -> dict[str, list[dict[str, Any]]]:
        file.write_text(text, "utf-8")
        done = subprocess.run(
            [node, str(READER / "read.mjs"), str(file)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, list[dict[str, Any]]] = {}
        for each in json.loads(done.stdout):
            found.setdefault(each["kind"], []).append(each)
        return found

    return reading


@pytest.fixture
def many(producer: Producer) -> list[Product]:
    """Give fifty-one products, of every unit, with and without stock, reference and weight."""
    units = list(dfc_terms.UNITS)
    made = [
        Product(
            producer=producer,
            name=f"Produit {rank:02}",
            price=Money(101 + 7 * rank),
            unit=units[rank % len(units)],
            grams=250 if rank % 5 == 0 else None,
            millilitres=750 if rank % 7 == 1 else None,
            packaging="6 x 75 cl" if rank == 3 else "",
            vat_basis_points=(550, 2000, 210)[rank % 3],
            reference=f"R-{rank}" if rank % 2 else "",
            description="« Plein champ » & été" if rank % 4 == 0 else "",
            stock=rank if rank % 3 == 0 else None,
            available=rank != 8,
            category="Légumes" if rank < 40 else "",
            deposit=Money(30 if rank == 9 else 0),
        )
        for rank in range(51)
    ]
    db.session.add_all(made)
    db.session.commit()
    return made


@pytest.fixture
def ordered(
    community: Community,
    producer: Producer,
    bakery: Producer,
    thursdays: Any,
    household: Household,
    member: Member,
) -> Order:
    """Give a household's order at two producers."""
    session = preparing.create(
        community, "Marché", thursdays[0].starts_at.replace(day=1), thursdays[0].starts_at
    )
    leeks = catalogue.add_product(producer, "Poireaux", Money(250), unit="bunch")
    bread = catalogue.add_product(bakery, "Pain", Money(520))
    for product, terms in ((leeks, Terms(Money(240), on_hand=9)), (bread, Terms(Money(520)))):
        preparing.offer(session, product, terms)
    preparing.set_pickups(session, {thursdays[0]: None})
    sessions.publish_session(session)
    wants = {offer.id: Want(3) for offer in session.offers}
    placed = placing.place(session, household, member, wants, session.pickups[0].id, key="one")
    db.session.commit()
    return placed.order


def by_id(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return objects by the last part of their address."""
    return {each["id"].rpartition("/")[2]: each for each in found}


def test_the_connector_reads_each_product_as_we_hold_it(
    visiting: Visit, read: Read, coordinator: Member, producer: Producer, many: list[Product]
) -> None:
    client = visiting(coordinator)
    answer = client.get(f"{HERE}/enterprises/{producer.id}/catalog_items")
    assert answer.content_type == "application/ld+json"
    found = read(answer.text)
    (farm,) = found["Enterprise"]
    assert farm["Name"] == "GAEC des Vergnes"
    assert (found["Address"][0]["PostalCode"], found["Address"][0]["City"]) == ("46100", "Assiac")
    units = [each for each in found["SuppliedProduct"] if each["id"].endswith("/unit")]
    products = by_id([each for each in found["SuppliedProduct"] if each not in units])
    items, offers = by_id(found["CatalogItem"]), by_id(found["Offer"])
    shown = catalogue.products_of(producer)[:50]
    assert set(products) == set(items) == set(offers) == {str(each.id) for each in shown}
    assert len(farm["supplies"]) == len(farm["manages"]) == 50
    for each in shown:
        key = str(each.id)
        assert products[key]["Name"] == each.name
        assert (products[key].get("Description") or "") == each.description
        price = offers[key]["Price"]
        assert round(price["value"] * 100) == each.price.cents
        assert round(price["rate"] * 100) == each.vat_basis_points
        assert price["unit"] == "dfc-m:Euro"
        assert (items[key].get("Sku") or "") == each.reference
        limit = (-1 if each.stock is None else each.stock) if each.available else 0
        assert items[key]["StockLimitation"] == offers[key]["StockLimitation"] == limit
        assert items[key]["references"] == products[key]["id"]
        assert items[key]["offeredThrough"] == [offers[key]["id"]]
        assert offers[key]["offeredItem"] == items[key]["id"]
        said = products[key]["Quantity"]
        if each.unit != "piece":
            assert (said["value"], said["unit"]) == (1, dfc_terms.UNITS[each.unit])
        elif each.grams:
            assert (said["value"], said["unit"]) == (each.grams, "dfc-m:Gram")


def test_the_connector_reads_how_many_a_case_holds(
    visiting: Visit, read: Read, coordinator: Member, producer: Producer
) -> None:
    case = Product(producer=producer, name="Jus", price=Money(1800), packaging="6 x 75 cl")
    db.session.add(case)
    client = visiting(coordinator)
    found = read(client.get(f"{HERE}/supplied_products/{case.id}").text)
    (packing,) = found["PlannedTransformation"]
    (taken,), (made,) = found["PlannedConsumptionFlow"], found["PlannedProductionFlow"]
    assert (packing["inputs"], packing["outputs"]) == ([taken["id"]], [made["id"]])
    assert (taken["Quantity"]["value"], made["Quantity"]["value"]) == (6, 1)
    assert taken["consumes"].endswith(f"/supplied_products/{case.id}/unit")
    assert made["produces"].endswith(f"/supplied_products/{case.id}")
    one = next(each for each in found["SuppliedProduct"] if each["id"].endswith("/unit"))
    assert (one["Quantity"]["value"], one["Quantity"]["unit"]) == (750, "dfc-m:Millilitre")


def test_the_connector_reads_a_session_and_its_orders(
    visiting: Visit, read: Read, coordinator: Member, producer: Producer, ordered: Order
) -> None:
    client = visiting(coordinator)
    session: OrderSession = ordered.session
    found = read(client.get(f"{HERE}/sale_sessions/{session.id}").text)
    (told,) = found["SaleSession"]
    assert told["BeginDate"] == "2026-11-01T17:30:00Z"
    assert len(told["lists"]) == len(found["Offer"]) == 2
    assert sorted(round(each["Price"]["value"] * 100) for each in found["Offer"]) == [240, 520]
    assert sorted(each["StockLimitation"] for each in found["Offer"]) == [-1, 6]
    found = read(client.get(f"{HERE}/enterprises/{producer.id}/orders").text)
    (order,), (line,) = found["Order"], found["OrderLine"]
    assert order["lines"] == [line["id"]]
    assert line["order"] == order["id"]
    assert order["soldBy"] == found["Enterprise"][0]["id"]
    assert order["orderedBy"] == found["Person"][0]["id"]
    assert order["belongsTo"].endswith(f"/sale_sessions/{session.id}")
    assert (order["Status"], order["Date"]) == ("dfc-v:Held", "2026-11-02")
    assert (line["Quantity"], round(line["Price"]["value"] * 100)) == (3, 720)


def pages(client: Visitor, address: str) -> list[str]:
    """Follow a list from page to page, as a program does."""
    found = []
    while address:
        answer = client.get(address)
        found.append(answer.text)
        link = answer.headers.get("Link", "").removeprefix("<").removesuffix('>; rel="next"')
        following = urlsplit(link)
        address = f"{following.path}?{following.query}" if link else ""
    return found


@pytest.fixture
def evening(
    community: Community,
    producer: Producer,
    bakery: Producer,
    thursdays: Any,
    member: Member,
    neighbour: Member,
) -> OrderSession:
    """Give sixty offers, by the piece and by weight, and the orders of two households."""
    session = preparing.create(
        community, "Marché d’été", thursdays[0].starts_at.replace(day=1), thursdays[0].starts_at
    )
    for rank in range(60):
        product = catalogue.add_product(
            (producer, bakery)[rank % 2],
            f"Crème brûlée « n° {rank} »",
            Money(199 + 13 * rank),
            unit=("piece", "kg", "jar")[rank % 3],
            vat_basis_points=(550, 2000, 210)[rank % 3],
        )
        by_weight = rank % 6 == 4
        preparing.offer(
            session,
            product,
            Terms(
                Money(1799 + rank) if by_weight else product.price,
                pricing=Pricing.WEIGHT if by_weight else Pricing.UNIT,
                grams=333 if by_weight else None,
                on_hand=40 if rank % 4 == 0 else None,
            ),
        )
    preparing.set_pickups(session, {thursdays[0]: None})
    sessions.publish_session(session)
    db.session.commit()
    late = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)  # the third of November in France
    for rank, each in enumerate((member, neighbour)):
        wants = {offer.id: Want(1 + offer.id % 4) for offer in session.offers[rank :: 1 + 4 * rank]}
        with held_at(late):
            placing.place(
                session,
                households.household_of(each),
                each,
                wants,
                session.pickups[0].id,
                key=f"{rank}",
            )
    db.session.commit()
    sessions.close(session)
    for line in db.session.scalars(select(OrderLine)):
        if line.offer.pricing == Pricing.WEIGHT and line.offer_id % 4:
            sessions.weigh(line, 347 * line.ordered)
    db.session.commit()
    return session


def test_the_connector_reads_every_order_of_a_session_with_its_lines_and_prices(
    visiting: Visit,
    read: Read,
    coordinator: Member,
    producer: Producer,
    bakery: Producer,
    evening: OrderSession,
) -> None:
    client = visiting(coordinator)
    told: dict[str, dict[str, Any]] = {}
    for page in pages(client, f"{HERE}/sale_sessions/{evening.id}"):
        found = read(page)
        assert len(found["Offer"]) <= 50
        assert [each["EndDate"] for each in found["SaleSession"]] == ["2026-11-02T09:00:00Z"]
        told |= by_id(found["Offer"])
    assert {key: round(each["Price"]["value"] * 100) for key, each in told.items()} == {
        str(offer.id): offer.price.cents for offer in evening.offers
    }
    assert {key: round(each["Price"]["rate"] * 100) for key, each in told.items()} == {
        str(offer.id): offer.vat_basis_points for offer in evening.offers
    }
    seen = {}
    for farm in (producer, bakery):
        for page in pages(client, f"{HERE}/enterprises/{farm.id}/orders"):
            found = read(page)
            lines = {each["id"]: each for each in found["OrderLine"]}
            names = {each["id"]: each["LastName"] for each in found["Person"]}
            assert {each["soldBy"] for each in found["Order"]} == {found["Enterprise"][0]["id"]}
            for order in found["Order"]:
                assert (order["Date"], order["Status"]) == ("2026-11-03", "dfc-v:Held")
                for line in (lines[each] for each in order["lines"]):
                    offer = line["concerns"].rpartition("/")[2]
                    key = (farm.name, names[order["orderedBy"]], int(offer))
                    seen[key] = (line["Quantity"], round(line["Price"]["value"] * 100))
    ours = db.session.scalars(select(OrderLine).where(OrderLine.ordered > 0)).all()
    assert len(ours) > 65
    assert seen == {
        (line.offer.product.producer.name, line.order.household.name, line.offer_id): (
            quantity(line),
            amount(line).cents,
        )
        for line in ours
    }


def test_fifty_products_a_document_with_a_way_to_the_next(
    visiting: Visit, read: Read, member: Member, producer: Producer, many: list[Product]
) -> None:
    client = visiting(member)
    first = client.get(f"{HERE}/enterprises/{producer.id}/catalog_items")
    following = first.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
    next_page = urlsplit(following)
    second = client.get(f"{next_page.path}?{next_page.query}")
    graph = second.get_json(force=True)["@graph"]
    assert [each["@type"] for each in graph].count("dfc-b:Offer") == 1
    assert "Link" not in second.headers
    last = first.get_json(force=True)["@graph"][-1]
    assert last["http://www.w3.org/ns/hydra/core#next"] == {"@id": following}


def test_our_own_document_imported_again_changes_nothing(
    visiting: Visit, coordinator: Member, producer: Producer, many: list[Product]
) -> None:
    client = visiting(coordinator)
    drafts: list[ProductDraft] = []
    for page in ("", "?page=2"):
        answer = client.get(f"{HERE}/enterprises/{producer.id}/catalog_items{page}")
        reading = read_dfc(answer.data)
        assert reading.problems == ()
        drafts += reading.products
    assert len(drafts) == 51
    done = catalogue.import_products(producer, drafts)
    assert (done.added, done.changed, done.same) == (0, 0, 51)


def test_only_those_who_may_read_an_order_on_a_page_read_it_here(
    visiting: Visit,
    member: Member,
    farmer: Member,
    coordinator: Member,
    producer: Producer,
    ordered: Order,
) -> None:
    address = f"{HERE}/enterprises/{producer.id}/orders"
    refused = visiting(member).get(address)
    assert refused.status_code == 403
    assert refused.content_type == "application/problem+json"
    name = ordered.household.name
    assert name not in visiting(farmer).get(address).text
    told = visiting(coordinator).get(address).text
    assert name in told
    assert "@example.org" not in told


def test_another_community_s_things_are_not_there(
    visiting: Visit, member: Member, elsewhere: Community, community: Community
) -> None:
    other = catalogue.add_producer(elsewhere, "Ferme d’ailleurs")
    product = catalogue.add_product(other, "Navets", Money(200))
    db.session.commit()
    client = visiting(member)
    for path in (
        f"enterprises/{other.id}",
        f"enterprises/{other.id}/catalog_items",
        f"supplied_products/{product.id}",
        f"offers/{product.id}",
    ):
        assert client.get(f"{HERE}/{path}").status_code == 404


def test_what_has_not_changed_is_not_sent_again(
    client: Visitor, community: Community, member: Member, producer: Producer, visiting: Visit
) -> None:
    first = visiting(member).get(f"{HERE}/enterprises")
    again = client.get(f"{HERE}/enterprises", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
