"""The private feed: read by a calendar that signs in nowhere, revoked in one click.

What is written is read back by two programs of others: vobject and icalendar.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import vobject
from flask import Flask
from icalendar import Calendar

from freeco.agenda import feeds
from freeco.agenda.feed_routes import READINGS_AN_HOUR
from freeco.agenda.models import CalendarFeed
from freeco.clock import held_at, now
from freeco.db import db
from freeco.kernel import kernel
from freeco.members import membership, privacy, proxies
from freeco.members.models import Admission, Community, Member
from freeco.module import AgendaItem, Module
from freeco.testing import Visitor, make_member, migrated_app, settings_for, sign_in_as
from freeco.testing.modules import module_object, plugins_with
from freeco.testing.people import open_module

SUMMER = datetime(2026, 7, 2, 16, 30, tzinfo=UTC)
WINTER = datetime(2026, 11, 5, 17, 30, tzinfo=UTC)


class Meetings:
    """A module's dates, that a test moves."""

    def __init__(self) -> None:
        self.winter, self.changes = WINTER, 0

    def dates(self, member: Member) -> list[AgendaItem]:
        """Give two meetings, each with its name, and one of the member's own."""
        hour = timedelta(hours=1)
        return [
            AgendaItem("Récolte ; été", SUMMER, SUMMER + hour, "Le clos", "/m/1", "garden.m:1"),
            AgendaItem(
                "Taille",
                self.winter,
                self.winter + hour,
                "",
                "/m/2",
                "garden.m:2",
                self.changes,
                now() if self.changes else None,
            ),
            AgendaItem(f"Chez {member.name}", WINTER, WINTER + hour, "", f"/m/{member.id}/moi"),
        ]


@pytest.fixture
def meetings() -> Meetings:
    return Meetings()


@pytest.fixture
def app(tmp_path: Path, garden: Module, meetings: Meetings) -> Iterator[Flask]:
    """Give an application whose garden has meetings, in the autumn of 2026."""

    def agenda(
        community: Community, member: Member, since: datetime, until: datetime
    ) -> list[AgendaItem]:
        return meetings.dates(member)

    plugin = module_object(garden, freeco_agenda=agenda)
    settings = settings_for(f"sqlite:///{tmp_path / 'freeco.sqlite'}", tmp_path)
    with held_at(datetime(2026, 10, 1, tzinfo=UTC)):
        app = migrated_app(settings, plugins_with(plugin))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def signed_in(client: Visitor, community: Community, member: Member) -> Visitor:
    """Give the browser of a member of a community whose garden is open."""
    open_module(community, "garden")
    assert member.person is not None
    return sign_in_as(client, member.person)


@pytest.fixture
def calendar(app: Flask) -> Visitor:
    """Give a calendar: a reader without any session."""
    visitor = app.test_client()
    assert isinstance(visitor, Visitor)
    return visitor


@pytest.fixture
def address(signed_in: Visitor, member: Member) -> str:
    """Give the address of the member's feed."""
    assert signed_in.post("/lavergne/agenda/adresse").status_code == 302
    return address_of(member)


def address_of(member: Member) -> str:
    db.session.expire_all()
    feed = feeds.feed_of(member)
    assert feed is not None
    token = feeds.token_of(feed)
    return f"/lavergne/agenda/{token}.ics"


def test_the_page_shows_the_address_again_and_the_table_does_not_hold_it(
    signed_in: Visitor, address: str
) -> None:
    assert f'value="http://localhost{address}"' in signed_in.get("/lavergne/agenda").text
    (feed,) = db.session.query(CalendarFeed).all()
    kept = f"{feed.salt} {feed.secret_hash}"
    assert address.removesuffix(".ics").rpartition("/")[2] not in kept


def test_two_other_programs_read_what_we_write(calendar: Visitor, address: str) -> None:
    answer = calendar.get(address)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    read = vobject.readOne(answer.text)
    read.validate(raiseException=True)
    events = {each.summary.value: each for each in read.vevent_list}
    assert list(events) == ["Récolte ; été", "Taille", "Chez Marie Dupont"]
    assert events["Récolte ; été"].location.value == "Le clos"
    assert events["Récolte ; été"].url.value == "http://localhost/m/1"
    assert events["Récolte ; été"].dtstart.value == SUMMER
    assert events["Taille"].dtstart.value == WINTER
    again = Calendar.from_ical(answer.data)
    assert not again.errors
    assert [str(each["SUMMARY"]) for each in again.walk("VEVENT")] == list(events)


def test_hours_are_written_on_the_village_s_clock_with_its_zone(
    calendar: Visitor, address: str
) -> None:
    text = calendar.get(address).text
    assert "BEGIN:VTIMEZONE" in text
    assert "DTSTART;TZID=Europe/Paris:20260702T183000" in text
    assert "DTSTART;TZID=Europe/Paris:20261105T183000" in text


def test_no_line_is_longer_than_the_standard_allows(calendar: Visitor, address: str) -> None:
    assert all(len(line) <= 75 for line in calendar.get(address).data.split(b"\r\n"))


def test_it_says_how_often_to_come_back(calendar: Visitor, address: str) -> None:
    text = calendar.get(address).text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in text
    assert "X-PUBLISHED-TTL:PT6H" in text


def test_the_same_agenda_is_not_sent_twice(calendar: Visitor, address: str) -> None:
    first = calendar.get(address)
    assert "private" in first.headers["Cache-Control"]
    with held_at(now() + timedelta(hours=3)):
        again = calendar.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_what_moves_keeps_its_name_and_counts_its_changes(
    calendar: Visitor, address: str, meetings: Meetings
) -> None:
    before = event(calendar, address, "Taille")
    meetings.winter, meetings.changes = WINTER + timedelta(days=1), 2
    after = event(calendar, address, "Taille")
    assert before["UID"] == after["UID"]
    assert before["DTSTART"].dt != after["DTSTART"].dt
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 2)
    assert after["LAST-MODIFIED"].dt == now()


def event(calendar: Visitor, address: str, summary: str) -> dict[str, object]:
    read = Calendar.from_ical(calendar.get(address).data)
    return next(each for each in read.walk("VEVENT") if each["SUMMARY"] == summary)


def test_a_feed_holds_one_member_s_dates_only(
    client: Visitor, calendar: Visitor, community: Community, address: str
) -> None:
    jean = make_member(community)
    assert jean.person is not None
    sign_in_as(client, jean.person).post("/lavergne/agenda/adresse")
    text = calendar.get(address_of(jean)).text
    assert "Chez Jean Martin" in text
    assert "Dupont" not in text
    assert "Martin" not in calendar.get(address).text


def test_a_revoked_address_is_a_page_that_does_not_exist(
    signed_in: Visitor, calendar: Visitor, address: str
) -> None:
    assert signed_in.post("/lavergne/agenda/adresse/fin").status_code == 302
    assert calendar.get(address).status_code == 404
    assert "Obtenir mon adresse" in signed_in.get("/lavergne/agenda").text


def test_a_renewed_address_ends_the_former_one(
    signed_in: Visitor, calendar: Visitor, member: Member, address: str
) -> None:
    signed_in.post("/lavergne/agenda/adresse")
    assert calendar.get(address).status_code == 404
    assert calendar.get(address_of(member)).status_code == 200


def test_an_address_ends_with_the_membership_and_does_not_come_back(
    calendar: Visitor, community: Community, member: Member, address: str
) -> None:
    assert member.person is not None
    membership.leave(kernel().plugins, member)
    assert calendar.get(address).status_code == 404
    with held_at(now() + timedelta(days=1)):
        membership.join(kernel().plugins, community, member.person, member.person)
        assert calendar.get(address).status_code == 404


def test_erasing_an_account_forgets_its_address(
    calendar: Visitor, member: Member, address: str
) -> None:
    assert member.person is not None
    exported = privacy.export(kernel().plugins, member.person)
    assert exported["memberships"][0]["calendar_feed_since"] is not None
    privacy.erase(kernel().plugins, member.person)
    assert db.session.query(CalendarFeed).count() == 0
    assert calendar.get(address).status_code == 404


def test_an_address_is_good_in_its_own_community_only(calendar: Visitor, address: str) -> None:
    assert calendar.get(address.replace("lavergne", "ailleurs")).status_code == 404
    assert calendar.get("/lavergne/agenda/nobody-s.ics").status_code == 404


def test_the_members_of_a_closed_circle_follow_their_agenda_too(
    calendar: Visitor, community: Community, address: str
) -> None:
    community.admission = Admission.INVITATION
    db.session.commit()
    assert calendar.get("/lavergne/").status_code == 404
    assert calendar.get(address).status_code == 200


def test_a_calendar_that_asks_without_end_waits(calendar: Visitor, address: str) -> None:
    for _time in range(READINGS_AN_HOUR):
        assert calendar.get(address).status_code == 200
    assert calendar.get(address).status_code == 429


def test_nobody_draws_an_address_for_a_person_they_serve(
    signed_in: Visitor, community: Community, member: Member
) -> None:
    assert member.person is not None
    served = proxies.enter_person_without_email(
        kernel().plugins,
        community,
        "Odette",
        "Roux",
        proxy=member.person,
        charter_paper_signed=True,
    )
    db.session.commit()
    with signed_in.session_transaction() as session:
        session["acting_for"] = served.id
    assert "Obtenir mon adresse" not in signed_in.get("/lavergne/agenda").text
    assert signed_in.post("/lavergne/agenda/adresse").status_code == 404
    assert db.session.query(CalendarFeed).count() == 0


def test_the_page_stands_by_months_in_words(signed_in: Visitor) -> None:
    page = signed_in.get("/lavergne/agenda").text.replace("\u00a0", " ")
    assert "<h2>Novembre 2026</h2>" in page
    assert "<b>jeudi 5 novembre</b> de 18 h 30 à 19 h 30" in page


def test_an_empty_agenda_says_so(client: Visitor, community: Community, member: Member) -> None:
    assert member.person is not None
    page = sign_in_as(client, member.person).get("/lavergne/agenda").text
    assert "Rien n’est prévu pour vous" in page
