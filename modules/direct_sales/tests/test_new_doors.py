"""The doors of orders, shifts, reports, leftovers and lists, for strangers and hostile input."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.testing.forms import fill_in
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales.contracting import waiting
from freeco_direct_sales.exchange.tables import Listing, written
from freeco_direct_sales.models import Distribution, Producer, SeasonContract, Subscription
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.shifts import incidents, leftovers
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
def partner(community: Community) -> Partner:
    """Give the grocery."""
    found = leftovers.keep_partner(
        community, "Épicerie", "Léa", "epicerie@example.org", "06", "3 rue du Four"
    )
    db.session.commit()
    return found


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


def test_a_place_of_several_lines_begins_no_line_of_the_calendar(
    client: Visitor, opened: None, thursdays: Sequence[Distribution]
) -> None:
    thursdays[0].place = "Salle\r\nATTENDEE:mailto:a@example.org\nEND:VEVENT"
    db.session.commit()
    told = Calendar.from_ical(client.get(f"{HERE}/distributions.ics").data)
    assert len(told.walk("VEVENT")) == 3
    assert all("attendee" not in each for each in told.walk("VEVENT"))


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_title_that_xml_cannot_hold_still_makes_a_workbook(form: str) -> None:
    for title in ("Pain\x0b\x01", "", "[]:*", "\ufffe\uffff"):
        packed = written(Listing("a", title, ("A",), [("\x0b\uffff",)]), form)  # type: ignore[arg-type]
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            for name in archive.namelist():
                if name.endswith((".xml", ".rels")):
                    ElementTree.fromstring(archive.read(name))  # noqa: S314 - our own
            if form == "xlsx":
                assert 'name=""' not in archive.read("xl/workbook.xml").decode()


def test_a_partner_who_is_asked_no_more_leaves_no_address(partner: Partner) -> None:
    leftovers.retire_partner(partner)
    assert (partner.contact, partner.email, partner.phone, partner.address) == ("", "", "", "")


def test_a_farm_s_street_is_for_those_who_prepare_contracts(
    visiting: Visit, producer: Producer, member: Member, farmer: Member, coordinator: Member
) -> None:
    ways = (f"enterprises/{producer.id}", f"enterprises/{producer.id}/catalog_items", "enterprises")
    for path in ways:
        text = visiting(member).get(f"{API}/dfc/{path}").text
        assert ("Assiac" in text, 'Les Vergnes"' in text) == (True, False), path
        assert 'Les Vergnes"' in visiting(coordinator).get(f"{API}/dfc/{path}").text, path
    assert 'Les Vergnes"' in visiting(farmer).get(f"{API}/dfc/{ways[0]}").text


def test_a_closed_circle_answers_the_partner_who_holds_its_letter_and_nobody_else(
    client: Visitor,
    opened: None,
    community: Community,
    thursdays: Sequence[Distribution],
    volunteer: Member,
    partner: Partner,
) -> None:
    left = leftovers.offer(thursdays[0], volunteer, "Deux cagettes de choux")
    community.admission = "invitation"
    db.session.commit()
    link = leftovers.link(left, partner)
    forged = f"{link[:-4]}0000"
    nowhere = client.get("/nulle-part/direct-sales/vitrine")
    for address in (forged, f"{HERE}/vitrine", link.replace("lavergne", "nulle-part")):
        refused = client.get(address)
        assert (refused.status_code, community.name in refused.text) == (404, False), address
        assert client.post(address, token=False).status_code == nowhere.status_code
    page = client.get(link)
    assert (page.status_code, "Deux cagettes de choux" in page.text) == (200, True)
    assert left.partner is None
    assert client.post(link, token=False).status_code == 400
    assert fill_in(client, page, "", {}).status_code == 302
    assert left.partner is partner
