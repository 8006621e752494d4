import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from flask import Flask, g

from freeco.clock import held_at, now
from freeco.db import db
from freeco.members import households, membership
from freeco.members.models import Community, Member
from freeco.module import Demonstration, Ref
from freeco.notifications import choices
from freeco.plugins import Plugins
from freeco.testing.people import make_member, make_person
from freeco_bulletin import channels, helping, notices, plugin, reach
from freeco_bulletin.models import BulletinNotice, Level

Write = Callable[..., BulletinNotice]
FAIR = datetime(2026, 11, 14, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def page(app: Flask, community: Community) -> Iterator[None]:
    """Answer as on a page of the community, where addresses are written."""
    with app.test_request_context():
        g.community = community
        yield


def titles(member: Member) -> list[tuple[str, str, bool]]:
    found = plugin.freeco_home(member.community, member)
    return [(str(card.title), card.hat, card.urgent) for card in found]


def test_home_shows_what_presses(show: Write, member: Member) -> None:
    show("Ordinaire")
    show("Route barrée", level=Level.IMPORTANT)
    show("Eau coupée", level=Level.URGENT, happens_at=FAIR, place="Le bourg")
    assert titles(member) == [
        ("Urgent\u00a0: Eau coupée", "member", True),
        ("Route barrée", "member", False),
    ]
    card = plugin.freeco_home(member.community, member)[0]
    assert card.text == "Samedi 14 novembre 2026 à 9\u00a0h, Le bourg"


def test_an_important_notice_is_not_on_the_home_page_for_weeks(show: Write, member: Member) -> None:
    show("Route barrée", level=Level.IMPORTANT, happens_at=FAIR)
    for days, there in ((0, True), (4, False), (11, True), (13, False)):
        with held_at(now() + timedelta(days=days)):
            assert bool(titles(member)) == there, days


def test_drafts_are_a_coordinator_s_work(write: Write, member: Member, clerk: Member) -> None:
    write()
    assert titles(member) == []
    assert titles(clerk) == [("1 annonce à publier", "coordinator", False)]


def test_the_author_sees_that_help_is_offered(show: Write, clerk: Member, member: Member) -> None:
    helping.offer(show(asks_help=True), member)
    assert titles(clerk) == [("1 personne propose son aide", "member", False)]
    assert titles(member) == []


def test_the_agenda_shows_what_notices_announce(show: Write, member: Member) -> None:
    notice = show("Foire", happens_at=FAIR, place="La halle")
    show("Sans date")
    (item,) = plugin.freeco_agenda(member.community, member, now(), now() + timedelta(days=30))
    assert (item.title, item.starts_at, item.place) == ("Foire", FAIR, "La halle")
    assert item.url == f"/lavergne/bulletin/{notice.id}"
    assert plugin.freeco_agenda(member.community, member, now(), FAIR) == []
    notices.withdraw(notice, "Pluie")
    assert plugin.freeco_agenda(member.community, member, now(), now() + timedelta(days=30)) == []


def test_search_finds_what_stands_whatever_its_accents(
    show: Write, write: Write, member: Member
) -> None:
    show("Fête de la châtaigne")
    write("Fête secrète")
    found = plugin.freeco_search(member.community, member, "fete")
    assert [str(each.title) for each in found] == ["Fête de la châtaigne"]
    assert plugin.freeco_search(member.community, member, "…") == []


def test_a_link_names_a_public_notice_only(show: Write, write: Write) -> None:
    label = plugin.freeco_ref(Ref("bulletin", "notice", show("Foire").id))
    assert label is not None
    assert label.label == "Foire"
    assert plugin.freeco_ref(Ref("bulletin", "notice", write().id)) is None
    assert plugin.freeco_ref(Ref("bulletin", "notice", 999)) is None
    assert plugin.freeco_ref(Ref("bulletin", "gazette", 1)) is None


def test_all_that_is_known_is_given_then_forgotten(
    show: Write, member: Member, clerk: Member, photograph: bytes
) -> None:
    notice = show("Foire", asks_help=True)
    helping.offer(notice, member)
    assert "Foire" in json.dumps(plugin.freeco_export(clerk).content)  # type: ignore[union-attr]
    given = plugin.freeco_export(member)
    assert given is not None
    assert given.content["offers_of_help"][0]["notice"] == "Foire"
    plugin.freeco_erase(member)
    plugin.freeco_erase(clerk)
    db.session.expire_all()
    assert plugin.freeco_export(member) is None
    assert plugin.freeco_export(clerk) is None
    assert (notice.author, notice.title) == (None, "Foire")
    assert helping.helpers_of(notice) == []


@pytest.fixture
def village(community: Community, member: Member, clerk: Member, plugins: Plugins) -> None:
    """Give Marie, the clerk, and five others, each reached in another way."""
    refuses = make_member(community, "Jean", "Martin")
    choices.refuse(refuses, "bulletin.notice")
    assert clerk.person is not None
    clerk.person.phone = "06 12 34 56 78"
    served, called, nobody = (
        make_member(community, person=make_person(name, "Sans", None))
        for name in ("Yvonne", "Marcel", "Odette")
    )
    assert served.person is not None
    assert called.person is not None
    served.person.proxy = clerk.person
    called.person.phone = "05 65 00 00 00"
    households.add_to_household(plugins, households.household_of(member), nobody)
    db.session.commit()


def test_the_reach_is_counted_channel_by_channel(write: Write, village: None) -> None:
    found = reach.estimate(write())
    assert (found.people, found.mail, found.weekly, found.refused) == (6, 2, 2, 1)
    assert (found.by_proxy, found.to_phone, found.out_of_reach, found.phones) == (1, 1, 1, 2)
    assert (found.households, found.households_reached, found.percent) == (5, 3, 60)


def test_an_urgent_notice_has_a_switch_of_its_own(write: Write, village: None) -> None:
    found = reach.estimate(write(level=Level.URGENT))
    assert (found.mail, found.weekly, found.refused) == (3, 0, 0)


def test_the_text_message_says_the_cheaper_way(write: Write) -> None:
    notice = write("Fête du pain et bâchage", happens_at=FAIR, place="Place de l’Église")
    message = channels.text_message(notice, "https://freeco.example/lavergne/bulletin/1")
    assert message.text == (
        "Amis de Lavergne : Fête du pain et bâchage. Sam. 14 nov. à 9 h, Place de l'Église. "
        "https://freeco.example/lavergne/bulletin/1"
    )
    assert message.weight.heavy == ("ê", "â")
    assert (message.weight.parts, message.lighter_weight.parts) == (2, 1)  # type: ignore[union-attr]
    assert "Fete du pain et bachage" in message.lighter
    assert "ê, â" in channels.parts_in_words(message.weight)


def test_what_is_read_aloud_says_the_facts_twice(write: Write) -> None:
    notice = write("Eau coupée", level=Level.URGENT, happens_at=FAIR, place="Le bourg")
    said = channels.aloud(notice)
    assert said.startswith("Annonce urgente. Amis de Lavergne vous informe.")
    assert said.count("14 novembre 2026 à 9\u00a0h, Le bourg") == 2


def test_the_demonstration_tells_three_things_and_writes_to_nobody(
    community: Community, clerk: Member, opened: None
) -> None:
    plugin.demonstration.stage(Demonstration(community, [clerk], clerk, clerk, [], Random(1)))
    assert len(titles(clerk)) == 1
    assert membership.holds(clerk, "bulletin.publish")
    assert len(plugin.freeco_stories(community, now(), now() + timedelta(days=30))) == 3
