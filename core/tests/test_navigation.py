"""At most five entries, and none that leads nowhere."""

import re
from html import unescape

import pytest

from freeco.db import db
from freeco.members import membership
from freeco.members.models import STEWARD, TREASURER, Admission, Community, Member
from freeco.organisations import services as organisations
from freeco.organisations.models import Role
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_community, sign_in_as
from freeco.testing.people import open_module

CHARGES = {
    "nobody": (),
    "steward": (STEWARD,),
    "treasurer": ("direct_sales.treasure",),
    "everything": (STEWARD, "direct_sales.coordinate", "direct_sales.treasure"),
}
HATS = {"nobody": "member", "treasurer": "treasurer"}


def block(page: str, name: str) -> list[str]:
    """Return the addresses of a navigation of the page."""
    found = re.search(rf'<nav class="{name}".*?</nav>', page, re.DOTALL)
    return [unescape(each) for each in re.findall(r'href="([^"]+)"', found[0])] if found else []


@pytest.fixture(params=["with modules", "without"])
def lived_in(request: pytest.FixtureRequest, community: Community, plugins: Plugins) -> Community:
    """Give a community with every module open, then with none."""
    for name in plugins.modules if request.param == "with modules" else ():
        open_module(community, name)
    return community


@pytest.mark.parametrize("charge", CHARGES)
def test_every_link_of_the_navigation_answers(
    client: Visitor, lived_in: Community, member: Member, charge: str
) -> None:
    for permission in CHARGES[charge]:
        membership.grant(member, permission)
    db.session.commit()
    assert member.person is not None
    visitor = sign_in_as(client, member.person)
    visitor.post("/lavergne/chapeau", data={"hat": HATS.get(charge, "coordinator")})
    entries = block(visitor.get("/lavergne/").text, "tabs")
    assert 3 <= len(entries) <= 5
    seen: set[str] = set()
    for entry in entries:
        page = visitor.get(entry)
        assert page.status_code == 200, entry
        assert len(block(page.text, "tabs")) == len(entries)
        assert page.text.count('aria-current="page"') >= 1, entry
        seen.update(block(page.text, "within"))
    for link in seen:
        assert visitor.get(link).status_code == 200, link


def test_an_entry_without_pages_is_not_shown(
    client: Visitor, community: Community, member: Member
) -> None:
    assert member.person is not None
    page = sign_in_as(client, member.person).get("/lavergne/").text
    assert "Commandes" not in page
    assert "Décisions" not in page


def test_a_visitor_s_links_are_public(client: Visitor, community: Community) -> None:
    entries = block(client.get("/lavergne/").text, "tabs")
    assert 3 <= len(entries) <= 5
    for entry in entries:
        assert client.get(entry).status_code == 200, entry


def test_what_a_service_shows_everybody_is_among_a_visitor_s_links(
    client: Visitor, community: Community
) -> None:
    open_module(community, "bulletin")
    open_module(community, "direct_sales")
    entries = block(client.get("/lavergne/").text, "tabs")
    assert "/lavergne/bulletin/" in entries
    assert "/lavergne/direct-sales/" not in entries


def test_managing_comes_with_the_coordinator_s_hat(
    client: Visitor, community: Community, member: Member
) -> None:
    membership.grant(member, STEWARD)
    db.session.commit()
    assert member.person is not None
    visitor = sign_in_as(client, member.person)
    assert "/lavergne/gerer" not in visitor.get("/lavergne/").text
    visitor.post("/lavergne/chapeau", data={"hat": "coordinator"})
    assert "/lavergne/gerer" in block(visitor.get("/lavergne/").text, "within")


def test_the_page_in_view_is_marked_once_in_its_row(
    client: Visitor, community: Community, member: Member
) -> None:
    assert member.person is not None
    visitor = sign_in_as(client, member.person)
    for address, title in (
        ("/lavergne/membres", "Membres"),
        (f"/lavergne/membres/{member.id}", "Membres"),
        ("/lavergne/organisations/nouvelle", "Organisations"),
        ("/lavergne/ouvertures", "Ce qui ouvre"),
        ("/lavergne/agenda", "Mon agenda"),
        ("/lavergne/foyer", "Mon foyer"),
    ):
        row = re.search(r'<nav class="within".*?</nav>', visitor.get(address).text, re.DOTALL)
        assert row is not None, address
        assert re.findall(r'aria-current="page">([^<]+)<', row[0]) == [title], address


def test_below_the_treasury_or_an_organisation_its_tab_stays_marked(
    client: Visitor, plugins: Plugins, community: Community, member: Member
) -> None:
    farm = organisations.register(
        plugins, community, "independent", "Ferme du Causse", founder=member, role=Role.PRODUCER
    )
    db.session.commit()
    assert member.person is not None
    visitor = sign_in_as(client, member.person)

    def mark(address: str) -> list[str]:
        row = re.search(r'<nav class="within".*?</nav>', visitor.get(address).text, re.DOTALL)
        assert row is not None, address
        return re.findall(r'aria-current="page">([^<]+)<', row[0])

    for below in ("paiements", "factures", "livre", "facturation", "carte"):
        assert mark(f"/lavergne/organisations/{farm.id}/{below}") == ["Organisations"], below
    assert mark(f"/lavergne/releves/{farm.id}") == ["Organisations"]
    membership.grant(member, TREASURER)
    db.session.commit()
    for address in (
        "tresorerie/bordereaux",
        "releves",
        f"releves/{farm.id}",
        f"prelevements/{farm.id}",
        f"prelevements/{farm.id}/mandats",
    ):
        assert mark(f"/lavergne/{address}") == ["Trésorerie"], address


def test_acting_for_an_organisation_keeps_the_banner_and_the_navigation(
    client: Visitor, plugins: Plugins, community: Community, member: Member
) -> None:
    farm = organisations.register(
        plugins, community, "independent", "Ferme du Causse", founder=member, role=Role.PRODUCER
    )
    db.session.commit()
    assert member.person is not None
    visitor = sign_in_as(client, member.person)
    with visitor.session_transaction() as session:
        session["acting_for"] = farm.id
    page = visitor.get("/lavergne/").text
    assert "Vous agissez pour <strong>Ferme du Causse</strong>" in page
    assert len(block(page, "tabs")) >= 3


def test_robots_and_the_site_map_name_no_closed_circle(
    client: Visitor, community: Community
) -> None:
    make_community("atelier", "Atelier clos", Admission.INVITATION)
    make_community("usine", "Usine close", Admission.DOMAIN, "usine.example.org")
    for address in ("/robots.txt", "/sitemap.xml", "/"):
        page = client.get(address)
        assert page.status_code == 200
        for name in ("atelier", "Atelier", "usine", "Usine"):
            assert name not in page.text, address
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text


def test_the_site_map_lists_public_pages_that_answer(client: Visitor, community: Community) -> None:
    text = client.get("/sitemap.xml").text
    addresses = re.findall(r"<loc>http://localhost([^<]+)</loc>", text)
    assert "/lavergne/" in addresses
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert f'<link rel="canonical" href="http://localhost{address}">' in answer.text
        assert re.search(r'<meta name="description" content="[^"]{40,}">', answer.text), address


def test_a_long_name_and_every_hat_stand_in_the_header(
    client: Visitor, plugins: Plugins, community: Community, member: Member
) -> None:
    community.name = "Association pour le maintien de l’agriculture paysanne du Haut-Célé, 46"
    membership.grant(member, STEWARD)
    membership.grant(member, "core.treasurer")
    organisations.register(
        plugins, community, "independent", "Ferme du Causse", founder=member, role=Role.PRODUCER
    )
    db.session.commit()
    assert member.person is not None
    page = sign_in_as(client, member.person).get("/lavergne/membres").text
    assert re.findall(r'name="hat" value="(\w+)"', page) == ["coordinator", "treasurer", "producer"]
