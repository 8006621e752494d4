"""Electors who make their own codes are told to, through a real mail server, and reminded once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.kernel import kernel
from freeco.mail.delivery import deliver_mail
from freeco.members.models import Community, Member
from freeco.notifications import choices
from freeco.notifications.models import Notice
from freeco.notifications.topics import find_topic
from freeco.testing.mail_server import PostOffice, listening
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_project_decisions.polls.models import Elector, Poll, PollState
from freeco_project_decisions.polls.paper_models import RoomVoter
from freeco_project_decisions.sealed.credentials import draw_credential, public_of
from freeco_project_decisions.secret import code_telling, codes, errors, opening, preparing
from freeco_project_decisions.secret.models import Way
from freeco_project_decisions.secret.playing import Keepers, prepare

Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]
DAY = timedelta(days=1)


@pytest.fixture
def office(app: Flask) -> Iterator[PostOffice]:
    """Give a mail server that the site sends through."""
    server, before = PostOffice(), kernel()
    with listening(server) as mail_url:
        app.extensions["freeco"] = replace(
            before, settings=replace(before.settings, mail_url=mail_url)
        )
        yield server
        app.extensions["freeco"] = before


@pytest.fixture
def draft(ask: Ask, people: list[Member], evening: datetime) -> Poll:
    """Give a secret draft that opens in three days and whose electors make their own codes."""
    poll = ask(opened=False, opens_at=evening + 3 * DAY, closes_at=evening + 9 * DAY)
    preparing.make_secret(poll, Way.SITE)
    Keepers(3).named(poll, people[1:4])
    preparing.announce(poll)
    db.session.commit()
    return poll


def make_code(poll: Poll, member: Member) -> None:
    half = public_of(draw_credential(), preparing.sealed_of(poll).identifier)
    codes.register(poll, member, str(half))
    db.session.commit()


def letters(office: PostOffice, community: Community) -> dict[str, tuple[str, str]]:
    """Tell twice, send, and return what came since: the subject and the text for each address."""
    office.taken.clear()
    for _twice in range(2):
        code_telling.tell_codes_due(community)
        db.session.commit()
    deliver_mail(kernel().settings)
    found = {}
    for message in office.taken:
        body = message.get_body(("plain",))
        assert body is not None
        assert str(message["To"]) not in found, "nobody is told twice"
        found[str(message["To"])] = (str(message["Subject"]), body.get_content())
    return found


def addresses(members: list[Member]) -> set[str]:
    return {str(each.person.email) for each in members if each.person is not None}


def test_each_elector_is_told_to_make_a_code_with_the_page_and_the_last_hour(
    office: PostOffice, community: Community, people: list[Member], draft: Poll
) -> None:
    newcomer = make_member(community, "Jo", "Martin")
    came = letters(office, community)
    assert set(came) == addresses(people)
    assert not addresses([newcomer]) & set(came)
    for subject, text in came.values():
        assert subject == "Faites votre code de vote\u00a0: Un hangar pour les outils"
        assert "avant le jeudi 8 octobre 2026 à\u00a020\u00a0h" in text
        assert f"/lavergne/project-decisions/votes/{draft.id}/code" in text
    assert letters(office, community) == {}


def test_who_has_no_code_is_reminded_the_day_before_and_nobody_else(
    office: PostOffice, community: Community, people: list[Member], draft: Poll, evening: datetime
) -> None:
    letters(office, community)
    for member in people[:5]:
        make_code(draft, member)
    with held_at(evening + DAY):
        assert letters(office, community) == {}
    with held_at(draft.opens_at - DAY):
        came = letters(office, community)
        assert set(came) == addresses(people[5:])
        assert all(subject.startswith("Il vous manque un code") for subject, _text in came.values())
        make_code(draft, people[5])
        assert letters(office, community) == {}
    with held_at(draft.opens_at + DAY):
        assert letters(office, community) == {}


def test_who_made_a_code_before_the_first_letter_is_not_told(
    office: PostOffice, community: Community, people: list[Member], draft: Poll
) -> None:
    make_code(draft, people[0])
    assert set(letters(office, community)) == addresses(people[1:])


def test_a_poll_that_opens_within_the_day_does_not_remind_in_the_same_breath(
    office: PostOffice, community: Community, people: list[Member], draft: Poll, evening: datetime
) -> None:
    draft.opens_at = evening
    came = letters(office, community)
    assert set(came) == addresses(people)
    assert all("dès maintenant" in text for _subject, text in came.values())
    with held_at(evening + DAY):
        came = letters(office, community)
        assert set(came) == addresses(people)
        assert all("à tout moment" in text for _subject, text in came.values())


def test_codes_that_are_begun_again_are_told_to_all_as_such(
    office: PostOffice, community: Community, people: list[Member], draft: Poll
) -> None:
    letters(office, community)
    make_code(draft, people[0])
    codes.restart_registration(draft)
    came = letters(office, community)
    assert set(came) == addresses(people)
    assert all(subject.startswith("Refaites votre code") for subject, _text in came.values())
    preparing.withdraw(draft)
    assert letters(office, community) == {}
    preparing.announce(draft)
    assert set(letters(office, community)) == addresses(people)


def test_who_turned_this_notice_off_gets_no_letter(
    office: PostOffice, community: Community, people: list[Member], draft: Poll
) -> None:
    choices.refuse(people[0], code_telling.TOPIC)
    assert find_topic(code_telling.TOPIC).rhythm == "at_once"
    assert set(letters(office, community)) == addresses(people[1:])


def test_no_letter_leaves_where_codes_come_from_elsewhere(
    office: PostOffice, community: Community, people: list[Member], ask: Ask
) -> None:
    prepare(ask(opened=False), Keepers(3), people[1:4])
    assert letters(office, community) == {}


def test_who_votes_on_paper_is_not_told_to_make_a_code(
    office: PostOffice, community: Community, people: list[Member], draft: Poll
) -> None:
    elector = db.session.scalars(select(Elector).where(Elector.member_id == people[2].id)).one()
    db.session.add(RoomVoter(elector=elector))
    assert set(letters(office, community)) == addresses([*people[:2], *people[3:]])


def test_no_letter_says_who_voted(
    office: PostOffice, community: Community, people: list[Member], draft: Poll
) -> None:
    """What is told goes by who has a code; once the poll is open nothing is told any more."""
    letters(office, community)
    for member in people:
        make_code(draft, member)
    with held_at(draft.opens_at):
        opening.open_sealed(draft)
        db.session.commit()
        before = len(db.session.scalars(select(Notice)).all())
        assert letters(office, community) == {}
        assert len(db.session.scalars(select(Notice)).all()) == before


def test_a_poll_does_not_open_by_hand_before_the_hour_that_letters_told(
    visiting: Visit, clerk: Member, people: list[Member], ask: Ask, evening: datetime
) -> None:
    poll = ask(opened=False, opens_at=evening + 3 * DAY, closes_at=evening + 9 * DAY)
    preparing.make_secret(poll, Way.SITE)
    Keepers(3).named(poll, people[1:4])
    preparing.announce(poll)
    for member in people:
        make_code(poll, member)
    steps = f"/lavergne/project-decisions/votes/{poll.id}/secret"
    client = visiting(clerk)
    assert "Ils ont jusqu’à l’heure annoncée" in client.get(steps).text
    refused = client.post(f"{steps}/ouvrir")
    assert refused.status_code == errors.CodesStillMade.status
    assert "le vote s’ouvrira à son heure" in refused.text
    make_code(db.session.get_one(Poll, poll.id), clerk)
    assert client.post(f"{steps}/ouvrir").status_code == 302
    db.session.rollback()
    assert db.session.get_one(Poll, poll.id).state == PollState.OPEN
