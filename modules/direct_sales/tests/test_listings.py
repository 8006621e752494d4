"""Lists as files: every spreadsheet opens them right, nobody reads more than on the page."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from freeco.db import db
from freeco.listings import FORMATS, Format, Listing, written
from freeco.members import households
from freeco.members.models import Member
from freeco.money import Money
from freeco.spreadsheets import read_table
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue
from freeco_direct_sales.exchange import ofn_csv
from freeco_direct_sales.models import Distribution, Producer, Product, SeasonContract, Subscription
from freeco_direct_sales.orders import placing, preparing, sessions
from freeco_direct_sales.orders.models import OrderSession
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.product_import import read_products

HERE = "/lavergne/direct-sales"
SAMPLE = Path(__file__).parents[4] / "shared/data/open-food-network/sample_120_products.csv"
OFN_LINES = (
    "producer,sku,name,display_name,category,description,units,unit_type,variant_unit_name,"
    "price,on_hand,on_demand,shipping_category,tax_category\n"
    "Ferme,1,Pommes,Golden,Fruits,,1.5,kg,,3.20,100,0,Frais,\n"
    "Ferme,2,Œufs,,Œufs,Plein air,6,,œufs,2.10,,1,Frais,TVA 5.5 %\n"
    "Ferme,,Jus,,Boissons,,750,ml,,3.5,12,,Frais,\n"
    "Ferme,4,Farine,,Épicerie,,1,kg,,2,0,,Frais,TVA 20 %\n"
)
Visit = Callable[[Member], Visitor]
Take = Callable[..., Subscription]
LISTING = Listing(
    "essai",
    "Essai [1/2]",
    ("Produit", "Prix", "Nombre", "Jour"),
    [
        ("Poireaux « d’hiver » & co <b>\nen bottes", Money(250), 3, date(2026, 11, 5)),
        ('=HYPERLINK("http://x";"y")', Money(-1205), -2, None),
        ("+33", Money(0), None, datetime(2026, 11, 6, 12, 0, tzinfo=UTC)),
        ("@somme\x0b", Money(100_000_00), 0, date(2026, 3, 1)),
    ],
)


def read(content: bytes) -> list[list[object]]:
    """Read the one sheet of a workbook with somebody else's reader."""
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        (name,) = workbook.sheet_names
        return list(workbook.get_sheet_by_name(name).to_python())


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_workbook_holds_numbers_days_and_texts_as_such(form: Format) -> None:
    head, first, second, third, last = read(written(LISTING, form))
    assert head == ["Produit", "Prix", "Nombre", "Jour"]
    assert first == ["Poireaux « d’hiver » & co <b>\nen bottes", 2.5, 3.0, date(2026, 11, 5)]
    assert second[:3] == ['=HYPERLINK("http://x";"y")', -12.05, -2.0]
    assert third[0] == "+33"
    assert third[3] == date(2026, 11, 6)
    assert last[0] == "@somme"


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_workbook_holds_no_formula_and_is_well_formed(form: Format) -> None:
    with zipfile.ZipFile(io.BytesIO(written(LISTING, form))) as archive:
        assert archive.testzip() is None
        for part in archive.namelist():
            if part == "mimetype":
                assert archive.infolist()[0].filename == part
                continue
            names = {
                etree.QName(each).localname for each in etree.fromstring(archive.read(part)).iter()
            }
            assert "f" not in names
            assert b"table:formula" not in archive.read(part)


def test_a_csv_is_french_and_begins_no_formula() -> None:
    text = written(LISTING, "csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert rows[1] == ["Poireaux « d’hiver » & co <b>\nen bottes", "2,50", "3", "2026-11-05"]
    assert rows[2] == ['\'=HYPERLINK("http://x";"y")', "-12,05", "-2", ""]
    assert [row[0][0] for row in rows[2:]] == ["'", "'", "'"]


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_list_gives_the_same_file(form: Format) -> None:
    assert written(LISTING, form) == written(LISTING, form)


@pytest.mark.parametrize("form", FORMATS)
def test_a_list_of_products_is_imported_again_without_a_change(
    form: Format, visiting: Visit, member: Member, producer: Producer
) -> None:
    db.session.add_all(
        [
            Product(producer=producer, name="Tomme", price=Money(1890), unit="kg", grams=1000),
            Product(
                producer=producer,
                name="Confiture",
                price=Money(450),
                unit="jar",
                grams=370,
                packaging="bocal de 370 g",
                vat_basis_points=550,
                reference="C-1",
                category="Épicerie",
                stock=12,
                deposit=Money(30),
            ),
            Product(producer=producer, name="Chips", price=Money(300), available=False, note="bio"),
        ]
    )
    answer = visiting(member).get(f"{HERE}/producteurs/{producer.id}/listes/produits.{form}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="produits-gaec-des-vergnes.{form}"'
    )
    reading = read_products(read_table("produits", answer.data))
    assert reading.problems == ()
    done = catalogue.import_products(producer, reading.products)
    assert (done.added, done.changed, done.same) == (0, 0, 3)


@pytest.fixture
def market(
    producer: Producer, thursdays: Sequence[Distribution], member: Member, neighbour: Member
) -> OrderSession:
    """Give a session in which two households ordered leeks."""
    session = preparing.create(
        producer.community, "Marché", thursdays[0].starts_at.replace(day=1), thursdays[0].starts_at
    )
    leeks = catalogue.add_product(producer, "Poireaux", Money(250), unit="bunch")
    preparing.offer(session, leeks, Terms(Money(250), on_hand=9))
    preparing.set_pickups(session, {thursdays[0]: None})
    sessions.publish_session(session)
    for each, many in ((member, 3), (neighbour, 2)):
        placing.place(
            session,
            households.household_of(each),
            each,
            {session.offers[0].id: Want(many)},
            session.pickups[0].id,
            key=f"{many}",
        )
    db.session.commit()
    return session


def test_orders_by_household_and_by_product_add_up(
    visiting: Visit, coordinator: Member, market: OrderSession
) -> None:
    client = visiting(coordinator)
    address = f"{HERE}/sessions/{market.id}/listes"
    _head, *rows = read(client.get(f"{address}/foyers.ods").data)
    assert [(row[0], row[4], row[7]) for row in rows] == [
        ("Jean Martin", 2.0, 5.0),
        ("Marie Dupont", 3.0, 7.5),
    ]
    _head, row = read(client.get(f"{address}/produits.xlsx").data)
    assert row[1:] == ["Poireaux", "botte", 2.5, 2.0, 5.0, 5.0, 12.5]
    _head, row = read(client.get(f"{HERE}/sessions/listes/sessions.xlsx").data)
    assert row[0] == "Marché"
    assert row[4:] == [2.0, 12.5]


def test_each_list_of_a_season_is_there_with_nobody_s_address(
    visiting: Visit,
    coordinator: Member,
    member: Member,
    thursday: Distribution,
    vegetables: SeasonContract,
) -> None:
    client = visiting(coordinator)
    for path, expected in (
        ("contrats/listes/contrats", "Légumes d’hiver"),
        (f"contrats/{vegetables.id}/listes/souscriptions", "Marie Dupont"),
        ("distributions/listes/distributions", "2026-11-05"),
        (f"distributions/{thursday.id}/listes/emargement", "Petit panier"),
        (f"distributions/{thursday.id}/listes/{vegetables.producer_id}/recolte", "Grand panier"),
    ):
        text = client.get(f"{HERE}/{path}.csv").data.decode("utf-8-sig")
        assert expected in text
        assert "@example.org" not in text
        assert "05 65" not in text
    own = visiting(member).get(f"{HERE}/souscriptions/listes/mes-contrats.csv").text
    assert "Légumes d’hiver" in own
    assert own.count("\n") == 2


def test_a_list_asks_for_what_its_page_asks(
    visiting: Visit,
    member: Member,
    farmer: Member,
    thursday: Distribution,
    vegetables: SeasonContract,
    market: OrderSession,
) -> None:
    client = visiting(member)
    for path, status in (
        (f"contrats/{vegetables.id}/listes/souscriptions", 403),
        (f"distributions/{thursday.id}/listes/emargement", 403),
        (f"distributions/{thursday.id}/listes/{vegetables.producer_id}/recolte", 404),
        ("sessions/listes/sessions", 403),
        (f"sessions/{market.id}/listes/foyers", 403),
        (f"sessions/{market.id}/listes/produits", 403),
    ):
        assert client.get(f"{HERE}/{path}.csv").status_code == status
    mine = f"{HERE}/distributions/{thursday.id}/listes/{vegetables.producer_id}/recolte.csv"
    assert visiting(farmer).get(mine).status_code == 200


def ofn_again(producer: Producer, content: bytes) -> tuple[int, int, int]:
    """Import a list of Open Food Network; return how many were new, changed and the same."""
    reading = read_products(read_table("ofn.csv", content))
    assert reading.problems == ()
    done = catalogue.import_products(producer, reading.products)
    return done.added, done.changed, done.same


def test_open_food_network_s_list_comes_back_as_it_came(
    visiting: Visit, member: Member, producer: Producer
) -> None:
    assert ofn_again(producer, OFN_LINES.encode()) == (4, 0, 0)
    db.session.commit()
    answer = visiting(member).get(f"{HERE}/producteurs/{producer.id}/listes/open-food-network.csv")
    assert ofn_again(producer, answer.data) == (0, 0, 4)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not on this machine")
def test_open_food_network_s_own_sample_comes_back_as_it_came(producer: Producer) -> None:
    many = len(SAMPLE.read_text("utf-8").splitlines()) - 1
    assert ofn_again(producer, SAMPLE.read_bytes()) == (many, 0, 0)
    written_again = ofn_csv.write(catalogue.products_of(producer))
    assert ofn_again(producer, written_again) == (0, 0, many)
