"""Who hears what, when it is said: coordinators, who orders afterwards, farms, newcomers."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest

from freeco.db import db
from freeco.members.models import Member
from freeco.money import Money
from freeco.notifications.models import Notice
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue, contracts, harvest_lists
from freeco_direct_sales.exchange import ofn_csv
from freeco_direct_sales.growing import farm, notices, services, visits
from freeco_direct_sales.handover import notices as handover_notices
from freeco_direct_sales.handover import passing
from freeco_direct_sales.models import ContractKind, Distribution, Producer, Subscription
from freeco_direct_sales.orders import preparing, sessions
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.sheets import sign_off_sheet
from freeco_direct_sales.telling import shortages, showing
from freeco_direct_sales.telling.models import HowShort, Shortage
from freeco_direct_sales.telling.shortages import Words

Visit = Callable[[Member], Visitor]
Buy = Callable[..., Order]
Take = Callable[..., Subscription]
HERE = "/lavergne/direct-sales"


def told(topic: str) -> list[tuple[str, str]]:
    """Return who was told of a topic, and the subject as it is read."""
    found = db.session.query(Notice).filter_by(topic=f"direct_sales.{topic}").order_by(Notice.id)
    return [(each.member.name, each.subject.replace("\u00a0", " ")) for each in found]


@pytest.fixture
def announce(
    producer: Producer, farmer: Member, shop: OrderSession, thursdays: Sequence[Distribution]
) -> Callable[[], Shortage]:
    """Give what lets the farm say that there are no leeks on Thursday."""

    def say() -> Shortage:
        leeks = next(each.product for each in shop.offers if each.name == "Poireaux")
        words = Words([leeks], [thursdays[0]], HowShort.NONE, "Le gel.")
        shortage, _many = shortages.announce(producer, farmer, words, "k")
        db.session.commit()
        return shortage

    return say


def test_coordinators_hear_that_a_producer_announces_a_shortage(
    announce: Callable[[], Shortage], coordinator: Member, buy: Buy, member: Member
) -> None:
    buy(member, Poireaux=1)
    shortage = announce()
    subject = "GAEC des Vergnes. Il manque : Poireaux"
    assert told("shortage_said") == [("Awa Diallo", subject)]
    (notice,) = db.session.query(Notice).filter_by(topic="direct_sales.shortage_said")
    assert notice.url == f"{HERE}/manques/{shortage.id}"
    assert "1 foyer." in notice.body
    less = replace(shortages.words_of(shortage), how=HowShort.LESS, words="Un peu.")
    shortages.correct(shortage, less, 1)
    assert [each for _who, each in told("shortage_said")][1:] == [
        "GAEC des Vergnes. Correction. Moins que prévu : Poireaux"
    ]


def test_who_orders_afterwards_reads_it_beside_the_article(
    announce: Callable[[], Shortage], visiting: Visit, shop: OrderSession, member: Member
) -> None:
    client = visiting(member)
    assert "Le gel." not in client.get(f"{HERE}/commandes/{shop.id}").text
    shortage = announce()
    page = client.get(f"{HERE}/commandes/{shop.id}").text.replace("\u00a0", " ")
    assert "Pour le jeu. 5 nov. : GAEC des Vergnes." in page
    assert page.count("Il manque : Poireaux") == 1
    assert showing.for_shop(shop).keys() == {shop.offers[0].product_id}
    shortages.take_back(shortage)
    assert showing.for_shop(shop) == {}


def test_the_harvest_list_says_the_cases(
    shop: OrderSession,
    buy: Buy,
    member: Member,
    neighbour: Member,
    thursdays: Sequence[Distribution],
) -> None:
    bread = next(each for each in shop.offers if each.name == "Pain")
    preparing.offer(shop, bread.product, Terms(bread.price, case_size=12))
    buy(member, Pain=20, Poireaux=1)
    buy(neighbour, Pain=7)
    lines = harvest_lists.harvest_list(thursdays[0], bread.product.producer).lines
    (line,) = lines
    assert line.quantity.replace("\u00a0", " ") == ("27 pièces, soit 2 cartons de 12 et 3 pièces")


@pytest.fixture
def hedge(shop: OrderSession, producer: Producer) -> None:
    """Let the farm trim hedges too."""
    work = catalogue.add_product(producer, "Taille", Money(4000), unit="hour", is_service=True)
    preparing.offer(shop, work, Terms(Money(4000)))
    db.session.commit()
    db.session.refresh(shop)


def test_a_service_to_come_is_said_apart_and_both_sides_hear_the_day(
    shop: OrderSession, hedge: None, buy: Buy, visiting: Visit, member: Member
) -> None:
    order = buy(member, Taille=2, Poireaux=2)
    sessions.close(shop)
    db.session.commit()
    client = visiting(member)
    page = client.get(f"{HERE}/commandes/{shop.id}/ma-commande").text.replace("\u00a0", " ")
    owed = page.partition("Ce que vous réglerez")[2]
    assert "5,00 €" in owed
    assert "85,00 €" not in owed
    assert "Et 80,00 € de services, à régler une fois qu’ils sont rendus." in owed
    line = next(each for each in order.lines if each.offer.name == "Taille")
    for _twice in range(2):
        client.post(f"{HERE}/services/{line.id}/date", data={"agreed_on": "2026-11-20"})
    assert told("service") == [("Denis Couderc", "Le ven. 20 nov., GAEC des Vergnes : Taille")]
    assert [each.id for each in services.waiting(order.lines)] == [line.id]


def test_the_households_of_a_farm_hear_of_a_bad_season_and_of_a_visit(
    producer: Producer, thursday: Distribution, member: Member, neighbour: Member, farmer: Member
) -> None:
    stranger = make_member(producer.community, "Luc", "Ailleurs")
    mishap = farm.note_mishap(producer, "hail", date(2026, 11, 1), "La grêle.", "moins de salades")
    for _twice in range(2):
        notices.tell_mishap(mishap)
    subject = "GAEC des Vergnes : Grêle, le dim. 1er nov."
    assert told("farm") == [(member.name, subject), (neighbour.name, subject)]
    visit = visits.write(producer, [stranger], visited_on=date(2026, 10, 20), seen="Des serres.")
    visits.publish(visit)
    notices.tell_visit(visit)
    assert {who for who, _subject in told("farm")[2:]} == {
        farmer.name,
        member.name,
        neighbour.name,
    }


def test_a_newcomer_is_told_which_charge_is_theirs(coordinator: Member, member: Member) -> None:
    rows = passing.hand_over(coordinator, member, ["direct_sales.coordinate"], date(2026, 12, 31))
    for _twice in range(2):
        handover_notices.tell_newcomer(rows, coordinator, date(2026, 12, 31))
    ((who, subject),) = told("handover")
    assert who == member.name
    assert subject.startswith("Awa Diallo vous passe une charge : ")
    (notice,) = db.session.query(Notice).filter_by(topic="direct_sales.handover")
    assert "jeudi 31 décembre" in notice.body
    assert notice.url == f"{HERE}/saison"


def test_a_service_is_left_out_of_what_knows_none_and_said_elsewhere(
    producer: Producer, hedge: None, shop: OrderSession, visiting: Visit, member: Member
) -> None:
    found = catalogue.products_of(producer)
    assert "Taille" not in ofn_csv.write(found, every=True).decode()
    client = visiting(member)
    api = "/api/lavergne/direct-sales"
    listed = client.get(f"{api}/products").get_json()["items"]
    assert [each["name"] for each in listed if each["is_service"]] == ["Taille"]
    offers = client.get(f"{api}/order-sessions/{shop.id}").get_json()["offers"]
    assert [each["name"] for each in offers if each["is_service"]] == ["Taille"]
    (work,) = [each for each in found if each.is_service]
    graph = client.get(f"{api}/dfc/supplied_products/{work.id}").get_json(force=True)["@graph"]
    assert [each[name] for each in graph for name in each if name.endswith("service")] == ["true"]


def test_a_service_under_contract_is_not_on_the_sheet_that_is_signed(
    producer: Producer, thursdays: Sequence[Distribution], take: Take, member: Member
) -> None:
    goods = catalogue.add_product(producer, "Panier", Money(1150), unit="basket")
    work = catalogue.add_product(producer, "Taille", Money(4000), unit="hour", is_service=True)
    for name, held in (("Mixte", [goods, work]), ("Travail", [work])):
        contract = contracts.create_contract(
            producer, name, ContractKind.FREE, date(2026, 11, 1), date(2027, 3, 31)
        )
        contracts.set_products(contract, held)
        contracts.set_deliveries(contract, thursdays)
        contracts.open_contract(contract)
        take(contract, member, {each.name: 1 for each in held})
    sheet = sign_off_sheet(thursdays[0])
    assert [(each.title, each.total.replace("\u00a0", " ")) for each in sheet.columns] == [
        ("Mixte", "1 Panier")
    ]
    (row,) = sheet.rows
    assert [each.replace("\u00a0", " ") for each in row.baskets] == ["1 Panier"]
