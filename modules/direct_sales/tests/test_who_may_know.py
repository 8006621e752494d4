"""Who may know what: streets, households, closed circles; and words that are only words."""

import io
import zipfile
from collections.abc import Callable, Sequence
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from freeco.db import db
from freeco.listings import Listing, written
from freeco.members import households, membership
from freeco.members.models import Community, Member
from freeco.plugins import Plugins
from freeco.testing.forms import fill_in
from freeco.testing.visitor import Visitor
from freeco_direct_sales.models import Distribution, Producer, SeasonContract, Subscription
from freeco_direct_sales.orders import sessions
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.shifts import leftovers
from freeco_direct_sales.shifts.leftover_models import Partner

HERE = "/lavergne/direct-sales"
API = "/api/lavergne/direct-sales"
Visit = Callable[[Member], Visitor]
Buy = Callable[..., Order]
Take = Callable[..., Subscription]


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
    nowhere = link.replace("lavergne", "nulle-part")
    for address in (forged, f"{HERE}/vitrine", nowhere):
        refused = client.get(address)
        assert (refused.status_code, community.name in refused.text) == (404, False), address
    sent = [client.post(each, token=False).status_code for each in (forged, nowhere)]
    assert sent[0] == sent[1]
    page = client.get(link)
    assert (page.status_code, "Deux cagettes de choux" in page.text) == (200, True)
    assert left.partner is None
    assert client.post(link, token=False).status_code == 400
    assert fill_in(client, page, link[-20:], {}).status_code == 302
    assert left.partner is partner


def test_a_producer_reads_how_many_get_less_and_the_coordination_who(
    visiting: Visit,
    shop: OrderSession,
    buy: Buy,
    member: Member,
    producer: Producer,
    farmer: Member,
    coordinator: Member,
) -> None:
    buy(member, Poireaux=3)
    sessions.close(shop)
    sessions.say_coming(shop.offers[0], 1)
    db.session.commit()
    address = f"{HERE}/sessions/{shop.id}/suivi/{producer.id}"
    for reader, named in ((farmer, False), (coordinator, True)):
        text = visiting(reader).get(address).text
        assert ("1 foyer en a moins" in text.replace("\u00a0", " "), "Marie" in text) == (
            True,
            named,
        )


def test_a_household_that_is_gone_is_offered_nothing(
    visiting: Visit,
    plugins: Plugins,
    vegetables: SeasonContract,
    shop: OrderSession,
    take: Take,
    member: Member,
    neighbour: Member,
    coordinator: Member,
) -> None:
    mine = take(vegetables, member, {"Petit panier": 1})
    gone = households.household_of(neighbour)
    membership.leave(plugins, neighbour)
    db.session.commit()
    delivery = mine.lines[0].delivery_id
    marie = visiting(member)
    page = marie.get(f"{HERE}/souscriptions/{mine.id}/livraisons/{delivery}/autrement")
    assert (page.status_code, gone.name in page.text) == (200, False)
    awa = visiting(coordinator)
    assert gone.name not in awa.get(f"{HERE}/sessions/{shop.id}/telephone").text
    assert awa.get(f"{HERE}/sessions/{shop.id}/telephone/{gone.id}").status_code == 404
