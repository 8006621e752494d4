"""The lists of shifts, of who waits, of incidents and partners, and of one's own orders."""

import re
from collections.abc import Callable
from datetime import date

from freeco.clock import held_at
from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import contracts
from freeco_direct_sales.contracting import waiting
from freeco_direct_sales.models import Distribution, SeasonContract, Subscription
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.shifts import incidents, leftovers, planning, signing
from freeco_direct_sales.shifts.incident_models import IncidentKind
from freeco_direct_sales.shifts.leftover_models import Partner
from freeco_direct_sales.shifts.models import Shift

HERE = "/lavergne/direct-sales"
Visit = Callable[[Member], Visitor]


def linked(client: Visitor, page: str, ending: str) -> str:
    """Follow the link of a page to a list, and return the list."""
    text = client.get(f"{HERE}/{page}").text
    (address,) = set(re.findall(rf'href="([^"]*/listes/{ending}\.csv[^"]*)"', text))
    answer = client.get(address.replace("&amp;", "&"))
    assert answer.status_code == 200
    return str(answer.data, "utf-8-sig")


def test_the_coordination_keeps_its_tables_as_files(
    visiting: Visit,
    community: Community,
    coordinator: Member,
    member: Member,
    thursday: Distribution,
    shifts: list[Shift],
    partner: Partner,
) -> None:
    planning.set_season(community, date(2026, 9, 1), date(2027, 6, 30), 3)
    signing.sign_up(shifts[0], member)
    leftover = leftovers.offer(thursday, member, "Une cagette")
    leftovers.fetch(leftover, partner)
    db.session.commit()
    client = visiting(coordinator)
    counts = linked(client, "permanences/bilan", "bilan")
    assert re.search(r"Marie Dupont;0;1;0;2", counts)
    duty = linked(client, f"distributions/{thursday.id}/permanences", "permanences")
    assert "Marie Dupont" in duty
    assert duty.count("place libre") == 2
    assert "epicerie@example.org" in linked(client, "partenaires", "partenaires")
    assert "Une cagette" in linked(client, "partenaires", "dons")


def test_who_waits_is_a_list_in_order(
    visiting: Visit,
    coordinator: Member,
    member: Member,
    neighbour: Member,
    vegetables: SeasonContract,
    take: Callable[..., Subscription],
) -> None:
    contracts.change_capacity(vegetables, 1)
    take(vegetables, member, {"Petit panier": 1})
    waiting.wait(vegetables, households.household_of(neighbour), neighbour)
    db.session.commit()
    client = visiting(coordinator)
    told = linked(client, f"contrats/{vegetables.id}/liste-attente", "attente")
    assert "1;Jean Martin;2026-11-02;1;" in told


def test_an_incident_is_in_the_lists_of_those_it_concerns(
    visiting: Visit,
    coordinator: Member,
    member: Member,
    neighbour: Member,
    farmer: Member,
    vegetables: SeasonContract,
    thursday: Distribution,
) -> None:
    with held_at(thursday.ends_at):
        incidents.report(
            thursday,
            households.household_of(member),
            member,
            vegetables.producer,
            IncidentKind.DAMAGED,
            "Tout est écrasé",
        )
        db.session.commit()
        for who, many in ((coordinator, 1), (member, 1), (farmer, 1), (neighbour, 0)):
            answer = visiting(who).get(f"{HERE}/signalements/listes/signalements.csv")
            text = answer.data.decode("utf-8-sig")
            assert text.count("C’était abîmé") == many
            assert "écrasé" not in text
        assert "C’était abîmé" in linked(visiting(coordinator), "signalements", "signalements")


def test_my_orders_and_what_a_producer_brings_are_files(
    visiting: Visit,
    member: Member,
    neighbour: Member,
    farmer: Member,
    shop: OrderSession,
    buy: Callable[..., Order],
) -> None:
    buy(member, Poireaux=3, Pain=1)
    buy(neighbour, Poireaux=2)
    client = visiting(member)
    assert "Marché du 5;2026-11-05;" in linked(client, "commandes", "mes-commandes")
    mine = linked(client, f"commandes/{shop.id}/ma-commande", "ma-commande")
    assert "Poireaux;3;3;7,50" in mine
    producer_id = shop.offers[0].product.producer_id
    page = f"sessions/{shop.id}/suivi/{producer_id}"
    told = linked(visiting(farmer), page, "produits")
    assert "Poireaux;botte;2,50;2;5;5;12,50" in told
    assert "Pain" not in told
    assert visiting(member).get(f"{HERE}/{page}/listes/produits.csv").status_code == 404


def test_these_lists_ask_for_what_their_pages_ask(
    visiting: Visit,
    member: Member,
    thursday: Distribution,
    vegetables: SeasonContract,
) -> None:
    client = visiting(member)
    for path in (
        "permanences/listes/bilan",
        f"distributions/{thursday.id}/listes/permanences",
        f"contrats/{vegetables.id}/listes/attente",
        "partenaires/listes/partenaires",
        "partenaires/listes/dons",
    ):
        assert client.get(f"{HERE}/{path}.ods").status_code == 403
    assert client.get(f"{HERE}/solidarite/listes/mois.xlsx").status_code == 200
    assert client.get(f"{HERE}/commandes/listes/mes-commandes.pdf").status_code == 404
