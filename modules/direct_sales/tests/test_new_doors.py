"""The doors of orders, shifts, reports, leftovers and lists, for strangers and hostile input."""

import re
from collections.abc import Callable

import pytest

from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales.contracting import waiting
from freeco_direct_sales.models import Producer, SeasonContract, Subscription
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.shifts import incidents
from freeco_direct_sales.shifts.incident_models import Incident, IncidentKind
from freeco_direct_sales.shifts.leftover_models import Partner
from freeco_direct_sales.shifts.models import Shift

HERE = "/lavergne/direct-sales"
API = "/api/lavergne/direct-sales"
Visit = Callable[[Member], Visitor]
Buy = Callable[..., Order]
Take = Callable[..., Subscription]
CHARGES = ("direct_sales.coordinate", "core.treasurer", "direct_sales.hand_out")

COORDINATORS_READ = (
    "sessions",
    "sessions/nouvelle",
    "sessions/{session}",
    "sessions/{session}/horaires",
    "sessions/{session}/offres/{offer}",
    "sessions/{session}/offres/{offer}/retirer",
    "sessions/{session}/suivi",
    "sessions/{session}/commandes",
    "sessions/{session}/telephone",
    "sessions/{session}/telephone/{household}",
    "sessions/listes/sessions.csv",
    "sessions/{session}/listes/foyers.csv",
    "sessions/{session}/listes/produits.csv",
    "permanences/reglages",
    "permanences/preparer",
    "permanences/bilan",
    "distributions/{distribution}/permanences",
    "partenaires",
    "contrats/{contract}/regles",
    "contrats/{contract}/liste-attente",
    "contrats/{contract}/renouveler",
    "contrats/{contract}/listes/souscriptions.csv",
    "solidarite/caisse",
    "solidarite/contrats/{contract}/regle",
)
READ_BY_FEW = (
    "sessions/{session}/suivi/{producer}",
    "sessions/{session}/commandes/{order}",
    "distributions/{distribution}/pesee",
    "distributions/{distribution}/listes/{producer}/recolte.csv",
    "signalements/{incident}",
)
COORDINATORS_DO = (
    "sessions/nouvelle",
    "sessions/{session}/horaires",
    "sessions/{session}/produits",
    "sessions/{session}/retraits",
    "sessions/{session}/offres/{offer}",
    "sessions/{session}/offres/{offer}/oter",
    "sessions/{session}/offres/{offer}/retirer",
    "sessions/{session}/producteurs/{producer}",
    "sessions/{session}/ouvrir",
    "sessions/{session}/fermer",
    "sessions/{session}/reprendre",
    "sessions/{session}/regler",
    "sessions/{session}/telephone/{household}",
    "permanences/roles",
    "permanences/roles/{role}/retirer",
    "permanences/saison",
    "permanences/preparer",
    "permanences/{shift}/demander/1",
    "permanences/{shift}/inscrits/1/absence",
    "permanences/{shift}/inscrits/1/liberer",
    "partenaires",
    "partenaires/{partner}/retirer",
    "distributions/{distribution}/restes",
    "contrats/{contract}/regles",
    "contrats/{contract}/renouveler",
    "solidarite/caisse",
    "solidarite/caisse/noter",
    "solidarite/contrats/{contract}/regle",
    "solidarite/contrats/{contract}/fixer",
)
DONE_BY_FEW = (
    "sessions/{session}/suivi/{producer}",
    "distributions/{distribution}/pesee",
    "signalements/{incident}/repondre",
    "signalements/{incident}/regler",
    "liste-attente/{wish}/quitter",
    "liste-attente/{wish}/preferer",
)
BY_ANYBODY_HERE = (
    "commandes/{session}",
    "commandes/{session}/annuler",
    "commandes/{session}/habituel",
    "commandes/{session}/garder",
    "permanences/{shift}/venir",
    "permanences/{shift}/ne-pas-venir",
    "permanences/{shift}/demander",
    "distributions/{distribution}/signaler",
    "contrats/{contract}/attendre",
    "contrats/{contract}/partager",
    "solidarite/contrats/{contract}/choisir",
)


@pytest.fixture
def incident(shop: OrderSession, producer: Producer, member: Member, buy: Buy) -> Incident:
    """Give what Marie told the farm."""
    buy(member, Poireaux=2, Poulet=1)
    where = shop.pickups[0].distribution
    home = households.household_of(member)
    found = incidents.report(where, home, member, producer, IncidentKind.MISSING, "<b>Rien</b>")
    db.session.commit()
    return found


@pytest.fixture
def named(
    shop: OrderSession,
    incident: Incident,
    vegetables: SeasonContract,
    producer: Producer,
    shifts: list[Shift],
    partner: Partner,
    community: Community,
    take: Take,
    member: Member,
) -> dict[str, int]:
    """Give the number of one of each of our objects."""
    for name in ("Zoé", "Luc"):
        take(vegetables, make_member(community, name, "Lac"), {"Petit panier": 1})
    wish = waiting.wait(vegetables, incident.household, member)
    db.session.commit()
    order = db.session.query(Order).one()
    return {
        "session": shop.id,
        "offer": shop.offers[0].id,
        "producer": producer.id,
        "household": incident.household_id,
        "order": order.id,
        "distribution": incident.distribution_id,
        "incident": incident.id,
        "contract": vegetables.id,
        "shift": shifts[0].id,
        "role": shifts[0].role_id,
        "partner": partner.id,
        "wish": wish.id,
    }


def test_who_has_no_charge_reads_and_does_nothing_of_it(
    visiting: Visit, named: dict[str, int], neighbour: Member
) -> None:
    jean = visiting(neighbour)
    for path in COORDINATORS_READ:
        assert jean.get(f"{HERE}/{path.format(**named)}").status_code == 403, path
    for path in READ_BY_FEW:
        assert jean.get(f"{HERE}/{path.format(**named)}").status_code in {403, 404}, path
    for path in COORDINATORS_DO:
        assert jean.post(f"{HERE}/{path.format(**named)}").status_code == 403, path
    for path in DONE_BY_FEW:
        assert jean.post(f"{HERE}/{path.format(**named)}").status_code in {403, 404}, path


def test_those_in_charge_read_them(
    visiting: Visit, named: dict[str, int], coordinator: Member
) -> None:
    awa = visiting(coordinator)
    for path in (*COORDINATORS_READ, *READ_BY_FEW):
        assert awa.get(f"{HERE}/{path.format(**named)}").status_code == 200, path


def test_our_objects_are_not_there_in_another_community(
    visiting: Visit, named: dict[str, int], elsewhere: Community
) -> None:
    visitor = visiting(make_member(elsewhere, "Eve", "Blanc", permissions=CHARGES))
    numbered = [path for path in (*COORDINATORS_READ, *READ_BY_FEW) if "{" in path]
    for path in numbered:
        address = f"/ailleurs/direct-sales/{path.format(**named)}"
        assert visitor.get(address).status_code == 404, path
    for path in (*COORDINATORS_DO, *DONE_BY_FEW, *BY_ANYBODY_HERE):
        if "{" in path:
            address = f"/ailleurs/direct-sales/{path.format(**named)}"
            assert visitor.post(address).status_code == 404, path
    assert db.session.query(Order).one().cancelled_at is None


def test_nothing_is_done_without_the_token_of_the_site(
    visiting: Visit, named: dict[str, int], community: Community
) -> None:
    awa = visiting(make_member(community, "Awa", "Diallo", permissions=CHARGES))
    for path in (*COORDINATORS_DO, *DONE_BY_FEW, *BY_ANYBODY_HERE):
        answer = awa.post(f"{HERE}/{path.format(**named)}", token=False)
        assert answer.status_code == 400, path


def test_a_producer_reads_their_part_alone(
    visiting: Visit, named: dict[str, int], farmer: Member, bakery: Producer
) -> None:
    denis = visiting(farmer)
    session, where = named["session"], named["distribution"]
    mine = denis.get(f"{HERE}/sessions/{session}/suivi/{named['producer']}")
    assert (mine.status_code, "Pain" in mine.text, "Marie" in mine.text) == (200, False, False)
    assert denis.get(f"{HERE}/sessions/{session}/suivi/{bakery.id}").status_code == 404
    assert denis.post(f"{HERE}/sessions/{session}/suivi/{bakery.id}").status_code == 404
    assert denis.get(f"{HERE}/sessions/{session}/commandes/{named['order']}").status_code == 404
    theirs = f"{HERE}/distributions/{where}/listes/{bakery.id}/recolte.csv"
    assert denis.get(theirs).status_code == 404
    assert denis.get(f"{API}/dfc/enterprises/{bakery.id}/orders").status_code == 403


@pytest.mark.parametrize("number", ["²", "9" * 30, "9" * 5000, "٣", "-1", "1.5", "0"])
def test_a_number_that_is_none_breaks_no_page(
    visiting: Visit, coordinator: Member, named: dict[str, int], number: str
) -> None:
    awa = visiting(coordinator)
    where = named["distribution"]
    for path, name in (
        ("signalements", "producteur"),
        (f"distributions/{where}/signaler", "foyer"),
        ("permanences/preparer", "distribution"),
        ("permanences/bilan", "saison"),
    ):
        answer = awa.get(f"{HERE}/{path}", query_string={name: number})
        assert answer.status_code < 500, path
    sent = {"household": number, "producer": number, "kind": "missing"}
    assert awa.post(f"{HERE}/distributions/{where}/signaler", data=sent).status_code < 500
    for path, name in (
        ("sessions/{session}/produits", "chosen"),
        ("sessions/{session}/retraits", "chosen"),
        ("commandes/{session}", "pickup"),
        ("permanences/preparer", "chosen"),
        ("permanences/{shift}/demander", "member"),
    ):
        answer = awa.post(f"{HERE}/{path.format(**named)}", data={name: number})
        assert answer.status_code < 500, path


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"pickup":' + "9" * 5000 + "}",
        '{"pickup":1,"lines":[],"note":"\\ud800"}',
        "\xff",
    ],
    ids=["deep", "long", "half", "latin"],
)
def test_hostile_json_is_refused(
    visiting: Visit, coordinator: Member, named: dict[str, int], body: str
) -> None:
    awa = visiting(coordinator)
    json = {"content_type": "application/json", "data": body.encode("latin-1")}
    order = f"{API}/order-sessions/{named['session']}/order"
    answer = awa.put(order, headers={"Idempotency-Key": "a"}, **json)
    assert answer.status_code in {400, 422}
    products = f"{API}/dfc/enterprises/{named['producer']}/supplied_products"
    assert awa.post(products, **json).status_code in {400, 422}


def test_words_are_never_markup_nor_headers(
    visiting: Visit, coordinator: Member, named: dict[str, int], shop: OrderSession
) -> None:
    nasty = '</script><img src=x onerror=alert(1)>"\r\nX-Bad: 1 =Молоко'
    order = db.session.query(Order).one()
    order.note = shop.name = shop.note = order.household.name = nasty
    for offer in shop.offers:
        offer.name = offer.product.name = nasty
    shop.pickups[0].distribution.place = nasty
    db.session.commit()
    awa = visiting(coordinator)
    for path in (*COORDINATORS_READ, *READ_BY_FEW, "commandes", f"commandes/{shop.id}"):
        answer = awa.get(f"{HERE}/{path.format(**named)}")
        assert answer.status_code == 200, path
        assert "X-Bad" not in answer.headers
        if answer.mimetype == "text/html":
            assert "<img src=x" not in answer.text, path
    for path in ("vitrine", "distributions.ics"):
        text = re.sub(r"LOCATION.*?\r\n(?! )", "", awa.get(f"{HERE}/{path}").text, flags=re.S)
        assert "<img src=x" not in text, path
    for form in ("csv", "xlsx", "ods"):
        for path in ("foyers", "produits"):
            assert awa.get(f"{HERE}/sessions/{shop.id}/listes/{path}.{form}").status_code == 200


def test_what_a_member_reads_is_kept_by_no_shared_cache_and_given_back_with_the_token_alone(
    visiting: Visit, named: dict[str, int], member: Member
) -> None:
    marie = visiting(member)
    order = f"{API}/order-sessions/{named['session']}/order"
    for address in (
        order,
        f"{API}/dfc/enterprises",
        f"{HERE}/commandes/{named['session']}",
        f"{HERE}/souscriptions/listes/mes-contrats.csv",
        f"{HERE}/signalements/{named['incident']}",
    ):
        kept = marie.get(address).headers["Cache-Control"]
        assert "private" in kept, address
        assert marie.get(address).headers["X-Content-Type-Options"] == "nosniff"
    assert marie.delete(order, token=False).status_code == 400
    assert db.session.query(Order).one().cancelled_at is None
