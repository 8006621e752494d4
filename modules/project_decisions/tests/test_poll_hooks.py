"""Polls on the home page, in the agenda, in letters, asked by other modules, and forgotten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.module import Ref
from freeco.notifications.models import Notice
from freeco_project_decisions.polls import closing, objecting, opening, preparing, telling, voting
from freeco_project_decisions.polls.ballot_models import Proxy
from freeco_project_decisions.polls.electorate import elector_of
from freeco_project_decisions.polls.errors import PollFinished
from freeco_project_decisions.polls.models import Method, Poll, PollState

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
CLOSES = NOW + timedelta(days=7)
Ask = Callable[..., Poll]
NAME = ("project_decisions",)


def titles(community: Community, member: Member) -> list[str]:
    return [str(card.title) for card in kernel().plugins.home(NAME, community, member)]


def told(member: Member) -> list[tuple[str, str]]:
    found = db.session.scalars(
        select(Notice).where(Notice.member_id == member.id).order_by(Notice.id)
    )
    return [(each.topic.partition(".")[2], each.subject) for each in found]


def decide(poll: Poll) -> None:
    with held_at(CLOSES):
        closing.close_due(poll.community)
        db.session.commit()


def test_the_home_asks_for_a_vote_until_it_is_cast(
    app: Flask, community: Community, ask: Ask, people: list[Member]
) -> None:
    with app.test_request_context():
        polls = [ask(title=f"Question {each}") for each in range(3)]
        assert titles(community, people[0]) == [
            "Question 0",
            "Question 1",
            "1 autre vote est ouvert",
        ]
        for poll in polls:
            voting.vote(poll, people[0], [0])
        assert titles(community, people[0]) == []
        decide(polls[0])
        with held_at(CLOSES):
            assert titles(community, people[0])[0] == "Décision n°\u00a03\u00a0: Question 2"


def test_the_home_asks_who_holds_a_proxy_and_tells_of_drafts(
    app: Flask, community: Community, ask: Ask, people: list[Member], clerk: Member
) -> None:
    with app.test_request_context():
        poll = ask(most_proxies=1)
        voting.give_proxy(poll, people[0], elector_of(poll, people[1]))
        assert titles(community, people[0]) == []
        assert "Votez pour Awa Martin" in titles(community, people[1])
        ask(opened=False)
        assert "1 vote à ouvrir" in titles(community, clerk)


def test_the_agenda_has_openings_and_ends(
    app: Flask, community: Community, ask: Ask, people: list[Member]
) -> None:
    ask(title="Le hangar")
    ask(title="Le puits", opened=False, ready=True, opens_at=NOW + timedelta(days=1))
    with app.test_request_context():
        found = kernel().plugins.agenda(NAME, community, people[0], NOW, CLOSES + timedelta(1))
    assert sorted((str(each.title), each.starts_at) for each in found) == [
        ("Fin du vote\u00a0: Le hangar", CLOSES),
        ("Ouverture du vote\u00a0: Le puits", NOW + timedelta(days=1)),
    ]


def test_search_finds_open_polls_and_decisions_and_no_draft(
    app: Flask, community: Community, ask: Ask, people: list[Member]
) -> None:
    poll = ask(title="Le hangar")
    ask(title="Un autre hangar", opened=False)
    with app.test_request_context():
        found = kernel().plugins.search(NAME, community, people[0], "hangar")
        assert [str(each.title) for each in found] == ["Le hangar"]
        voting.vote(poll, people[0], [0])
        decide(poll)
        (decided,) = kernel().plugins.search(NAME, community, people[0], "hangar")
        assert "adoptée" in str(decided.text)
        assert kernel().plugins.ref(Ref("project_decisions", "poll", poll.id)) is not None
        assert kernel().plugins.ref(Ref("project_decisions", "poll", 999)) is None
        stories = kernel().plugins.stories(NAME, community, NOW, CLOSES + timedelta(1))
        assert len(stories) == 1


def test_electors_are_told_once_that_a_poll_opened_ends_and_was_decided(
    community: Community, ask: Ask, people: list[Member]
) -> None:
    poll = ask()
    voting.vote(poll, people[0], [0])
    voting.vote(poll, people[1], [0])
    for _sweep in range(2):
        telling.tell_due(community)
    with held_at(CLOSES - timedelta(hours=23)):
        for _sweep in range(2):
            telling.tell_due(community)
    decide(poll)
    with held_at(CLOSES):
        telling.tell_due(community)
    assert [topic for topic, _subject in told(people[0])] == ["opened", "result"]
    assert [topic for topic, _subject in told(people[2])] == ["opened", "reminder", "result"]
    assert told(people[2])[2][1] == "Décision n°\u00a01\u00a0: Un hangar pour les outils"


def test_a_poll_that_lasts_a_day_is_not_reminded(
    community: Community, ask: Ask, people: list[Member]
) -> None:
    ask(closes_at=NOW + timedelta(hours=20))
    telling.tell_due(community)
    assert [topic for topic, _subject in told(people[0])] == ["opened"]


def test_electors_are_told_why_a_poll_is_given_up(
    community: Community, ask: Ask, people: list[Member]
) -> None:
    poll = ask()
    assert preparing.cancel(poll, "Le devis était faux.")
    assert not preparing.cancel(poll, "Encore.")
    telling.tell_due(community)
    (notice,) = db.session.scalars(select(Notice).where(Notice.member_id == people[0].id))
    assert "Le devis était faux." in notice.body
    with pytest.raises(PollFinished):
        preparing.cancel(ask(opened=False), "Jamais ouvert.")


def test_a_member_s_votes_are_exported_and_their_name_forgotten(
    app: Flask, community: Community, ask: Ask, people: list[Member]
) -> None:
    poll = ask(Method.CONSENT)
    objecting.note(poll, voting.vote(poll, people[0], [1]), "Trop cher.")
    content = kernel().plugins.export(people[0])["project_decisions"]
    assert content["votes"][0]["objection"] == "Trop cher."
    assert content["polls_put"][0]["title"] == poll.title
    kernel().plugins.erase(people[0])
    db.session.expire_all()
    assert poll.author is None
    assert [each.elector.member for each in objecting.of(poll)] == [None]
    assert "project_decisions" not in kernel().plugins.export(people[0])


def test_a_proxy_keeps_who_holds_it_until_it_has_served(
    app: Flask, community: Community, ask: Ask, people: list[Member]
) -> None:
    poll = ask(most_proxies=1)
    awa, bruno = people[:2]
    voting.give_proxy(poll, awa, elector_of(poll, bruno))
    with app.test_request_context():
        assert len(kernel().plugins.leaving(bruno)) == 1
        voting.vote_for(poll, bruno, elector_of(poll, awa), [0])
        assert kernel().plugins.leaving(bruno) == []
    other = ask(most_proxies=1)
    voting.give_proxy(other, awa, elector_of(other, bruno))
    kernel().plugins.erase(bruno)
    assert [each.giver.poll_id for each in db.session.scalars(select(Proxy))] == [poll.id]


def test_a_poll_that_can_no_longer_open_keeps_no_other_from_opening(
    community: Community, ask: Ask, people: list[Member]
) -> None:
    late = ask(opened=False, ready=True, closes_at=NOW + timedelta(hours=1))
    other = ask(opened=False, ready=True)
    with held_at(NOW + timedelta(hours=2)):
        opening.open_due(community)
        db.session.commit()
    assert (late.state, late.ready) == (PollState.DRAFT, False)
    assert other.state == PollState.OPEN
