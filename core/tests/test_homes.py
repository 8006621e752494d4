"""Each home shows its own work, and the first page of a community says who we are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from freeco.charter.models import CharterAcceptance
from freeco.clock import now
from freeco.db import db
from freeco.members import membership
from freeco.members.homes import greeting, greeting_for, home_of
from freeco.members.models import STEWARD, Community, Member
from freeco.module import AgendaItem, Card, Hat, Module, Story
from freeco.testing import Visitor, make_member, migrated_app, settings_for, sign_in_as
from freeco.testing.modules import module_object, plugins_with
from freeco.testing.people import open_module

DIG = "garden.dig"


def card(title: str, hat: Hat = "member", **more: bool) -> Card:
    return Card(title, "Un mot.", "/ailleurs", "Y aller", hat=hat, **more)


def cards_of(community: Community, member: Member) -> list[Card]:
    found = [card(f"Semis {number}") for number in range(5)]
    found += [card("Graines dues", account=True), card("Panne d’eau", urgent=True)]
    if DIG in membership.permissions_of(member):
        found.append(card("Bêcher le carré", "coordinator"))
    if member.name == "Rose Farge":
        found.append(card("Porter les plants", "producer"))
    return found


def dates_of(
    community: Community, member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    return [
        AgendaItem(f"Arrosage {days}", at, at + timedelta(hours=1), "Le clos", f"/arrosage/{days}")
        for days in (2, 20)
        if since <= (at := now() + timedelta(days=days)) < until
    ]


def stories_of(community: Community, since: datetime, until: datetime) -> list[Story]:
    at = now() + timedelta(days=6)
    return [
        Story("Portes ouvertes", "Venez goûter.", at, "Le clos"),
        Story("La saison passée", "Douze cagettes."),
        Story("Déjà fini", "", datetime(2026, 10, 1, tzinfo=UTC)),
    ]


@pytest.fixture
def app(tmp_path: Path, garden: Module) -> Iterator[Flask]:
    """Give an application whose garden has cards, dates and stories, and whose mill is closed."""
    plugin = module_object(
        garden, freeco_home=cards_of, freeco_agenda=dates_of, freeco_stories=stories_of
    )
    mill = Module(name="mill", title="Moulin", summary="De la farine.", opens_at=40)
    settings = settings_for(f"sqlite:///{tmp_path / 'freeco.sqlite'}", tmp_path)
    app = migrated_app(settings, plugins_with(plugin, module_object(mill)))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def opened(community: Community) -> Community:
    """Give the community with its garden open."""
    open_module(community, "garden")
    return community


def home(client: Visitor, member: Member, hat: str = "") -> str:
    assert member.person is not None
    visitor = sign_in_as(client, member.person)
    if hat:
        visitor.get("/lavergne/")
        assert visitor.post("/lavergne/chapeau", data={"hat": hat}).status_code == 302
    return visitor.get("/lavergne/").text.replace("\u00a0", " ")


def test_a_member_s_home_asks_for_three_things_the_urgent_one_first(
    client: Visitor, opened: Community, member: Member
) -> None:
    page = home(client, member)
    assert "Bonjour Marie, trois choses à faire" in page
    assert page.index("Panne d’eau") < page.index("Semis 0") < page.index("Semis 1")
    assert "Semis 2" not in page


def test_one_button_of_a_home_is_the_next_thing_to_do(
    client: Visitor, opened: Community, member: Member
) -> None:
    assert home(client, member).count('class="button primary"') == 1


def test_a_member_s_home_shows_no_coordinator_s_work(
    client: Visitor, opened: Community, member: Member
) -> None:
    assert "Bêcher le carré" not in home(client, member)


def test_a_coordinator_s_home_shows_the_day_s_work_first_then_one_s_own(
    client: Visitor, opened: Community
) -> None:
    page = home(client, make_member(opened, permissions=(DIG,)), "coordinator")
    assert "Bonjour Jean, une chose à faire pour la coordination" in page
    assert page.index("Bêcher le carré") < page.index("Panne d’eau")
    assert "Porter les plants" not in page
    assert page.count('class="button primary"') == 1


def test_under_a_member_s_hat_a_coordinator_learns_that_work_waits(
    client: Visitor, opened: Community
) -> None:
    page = home(client, make_member(opened, permissions=(DIG,)))
    assert "Bêcher le carré" not in page
    assert "Sous un autre chapeau, coordination : 1 chose attend." in page


def test_a_card_gives_the_hat_it_stands_under(client: Visitor, opened: Community) -> None:
    page = home(client, make_member(opened, "Rose", "Farge"), "producer")
    assert "Porter les plants" in page
    assert "<strong>production</strong>" in page


def test_a_hat_known_by_a_card_is_gone_with_the_card(client: Visitor, opened: Community) -> None:
    rose = make_member(opened, "Rose", "Farge")
    home(client, rose, "producer")
    assert rose.person is not None
    rose.person.last_name = "Vidal"
    db.session.commit()
    client.get("/lavergne/")
    assert client.post("/lavergne/chapeau", data={"hat": "producer"}).status_code == 404
    assert "Chapeau" not in client.get("/lavergne/").text


def test_the_week_stands_apart_from_what_comes_later(
    client: Visitor, opened: Community, member: Member
) -> None:
    page = home(client, member)
    assert page.index("Ma semaine") < page.index("Arrosage 2")
    assert page.index("Les trois semaines suivantes") < page.index("Arrosage 20")


def test_where_i_stand_is_a_line_and_not_a_thing_to_do(
    client: Visitor, opened: Community, member: Member
) -> None:
    page = home(client, member)
    assert page.index("Où j’en suis") < page.index("Graines dues")


def test_a_closed_door_says_what_it_waits_for(
    client: Visitor, opened: Community, member: Member
) -> None:
    page = home(client, member)
    assert "Moulin" in page
    assert "Il manque 39 membres pour l’ouvrir." in page


def test_a_new_charter_comes_before_everything(
    client: Visitor, opened: Community, member: Member
) -> None:
    db.session.query(CharterAcceptance).delete()
    page = home(client, member)
    assert page.index("Lire ce qui change") < page.index("Panne d’eau")
    assert page.count('class="button primary"') == 1


def test_a_home_with_nothing_open_leads_to_what_opens(
    client: Visitor, community: Community, member: Member
) -> None:
    page = home(client, member)
    assert "Bonjour Marie, rien ne vous attend" in page
    assert "Voir ce qui ouvre" in page


def test_a_visitor_learns_who_we_are_what_is_open_and_what_comes(
    client: Visitor, opened: Community
) -> None:
    opened.presentation = "Un clos partagé depuis 2011."
    db.session.commit()
    page = client.get("/lavergne/").text
    for words in ("Un clos partagé depuis 2011.", "Un jardin partagé.", "De la farine.", "Adhérer"):
        assert words in page
    assert '<meta name="description" content="Un clos partagé depuis 2011.">' in page
    assert '<meta property="og:title" content="Amis de Lavergne">' in page
    assert '<link rel="canonical" href="http://localhost/lavergne/">' in page


def test_a_visitor_reads_the_dates_to_come_and_no_private_home(
    client: Visitor, opened: Community, member: Member
) -> None:
    page = client.get("/lavergne/").text
    assert "Portes ouvertes" in page
    assert "Déjà fini" not in page
    assert "La saison passée" not in page
    assert "Semis" not in page


def test_what_a_community_writes_stays_text(client: Visitor, opened: Community) -> None:
    opened.presentation = 'Chez "nous" <script>alert(1)</script>'
    db.session.commit()
    page = client.get("/lavergne/").text
    assert "<script>alert" not in page
    assert 'content="Chez "nous"' not in page


def test_a_steward_reaches_the_management_from_the_coordinator_s_home(
    client: Visitor, opened: Community
) -> None:
    steward = make_member(opened, permissions=(STEWARD,))
    assert 'href="/lavergne/gerer"' in home(client, steward, "coordinator")


@pytest.mark.parametrize(
    ("things", "words"),
    [(0, "rien ne vous attend"), (1, "une chose à faire"), (9, "neuf choses"), (12, "12 choses")],
)
def test_a_greeting_counts_in_letters(app: Flask, things: int, words: str) -> None:
    assert greeting("Zoé", things, "member").startswith("Bonjour Zoé, " + words)


def test_a_greeting_for_somebody_served_names_them(app: Flask) -> None:
    assert greeting_for("Odette Roux", 2) == "Pour Odette Roux, deux choses à faire"


def test_a_card_of_another_hat_is_never_among_a_member_s(app: Flask) -> None:
    cards = [card("a"), card("b", "treasurer"), replace(card("c", "producer"), urgent=True)]
    mine = home_of(cards, "treasurer")
    assert [each.title for each in mine.tasks] == ["b"]
    assert [each.title for each in mine.cards] == ["a"]
    assert mine.elsewhere == [("producer", 1)]
