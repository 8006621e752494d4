"""A module that asks the members, and hears what they answered."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from freeco.activation import open_modules
from freeco.clock import held_at
from freeco.db import db
from freeco.events import deliver_events
from freeco.hookspecs import hookimpl
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.module import Event, Module, Question, Ref
from freeco.plugins import Plugins
from freeco.testing.people import make_member, open_module
from freeco_project_decisions import plugin
from freeco_project_decisions.polls import closing, opening, preparing, voting
from freeco_project_decisions.polls.models import Method, Poll, PollState, Secrecy

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
CLOSES = NOW + timedelta(days=7)
HOURS = ("18 h", "19 h")
heard: list[tuple[str, int | None]] = []


@hookimpl
def freeco_module() -> Module:
    """Introduce an orchard, that asks its members at what hour to pick."""
    return Module(name="orchard", title="Verger", summary="Des pommes.", opens_at=3)


@hookimpl
def freeco_event(event: Event) -> None:
    """Note the hour that the members chose, or that nobody decided."""
    if event.payload.get("asked_by") != "orchard:picking:7":
        return
    if event.name == "project_decisions.poll_decided":
        chosen = event.payload["chosen"]
        heard.append((event.name, chosen[0] if chosen else None))
    elif event.name == "project_decisions.poll_cancelled":
        heard.append((event.name, None))


@pytest.fixture
def plugins(community: Community) -> Iterator[Plugins]:
    """Give the orchard and the decisions, both open."""
    loaded = Plugins()
    loaded.add("project_decisions", plugin)
    loaded.add("orchard", sys.modules[__name__])
    open_module(community, "orchard")
    heard.clear()
    yield loaded
    heard.clear()


def question(community: Community, *choices: str, **more: object) -> Question:
    values = {"title": "À quelle heure cueillir ?", "text": "En octobre.", "closes_at": CLOSES}
    return Question(
        community_id=community.id,
        choices=choices,
        asked_by=Ref("orchard", "picking", 7),
        **values | more,  # type: ignore[arg-type]
    )


def asked(plugins: Plugins, put: Question) -> Poll:
    community = db.session.get_one(Community, put.community_id)
    found = plugins.ask(open_modules(community), put)
    assert found is not None
    again = plugins.ask(open_modules(community), put)
    assert found == again
    db.session.commit()
    return opening.find_poll(community, found.ref.id)


def finish(poll: Poll) -> None:
    with held_at(poll.closes_at):
        for _each in range(2):
            closing.close_due(poll.community)
            db.session.commit()


def test_a_module_asks_and_hears_which_choice_was_made(
    plugins: Plugins, community: Community, people: list[Member]
) -> None:
    poll = asked(plugins, question(community, *HOURS))
    assert (poll.state, poll.method, poll.ready) == (PollState.DRAFT, Method.JUDGMENT, True)
    with held_at(NOW + timedelta(hours=23)):
        opening.open_due(community)
        assert poll.state == PollState.DRAFT
    with held_at(NOW + timedelta(hours=24)):
        opening.open_due(community)
        voting.vote(poll, people[0], [0, 5])
        db.session.commit()
    finish(poll)
    for _tick in range(2):
        deliver_events(plugins)
    assert heard == [("project_decisions.poll_decided", 1)]


def test_without_choices_it_is_yes_or_no_and_the_event_says_so(
    plugins: Plugins, community: Community, people: list[Member]
) -> None:
    poll = asked(plugins, question(community, opens_at=NOW))
    assert poll.method == Method.ASSENT
    opening.open_due(community)
    voting.vote(poll, people[0], [0])
    db.session.commit()
    finish(poll)
    deliver_events(plugins)
    assert heard == [("project_decisions.poll_decided", None)]


def test_who_prepares_votes_reads_it_first_and_may_hold_it_back(
    app: Flask, plugins: Plugins, community: Community, people: list[Member], clerk: Member
) -> None:
    poll = asked(plugins, question(community, *HOURS))
    with app.test_request_context():
        titles = [
            str(card.title)
            for card in kernel().plugins.home(("project_decisions",), community, clerk)
        ]
    assert "À relire\u00a0: À quelle heure cueillir ?" in titles
    preparing.hold_back(poll)
    with held_at(NOW + timedelta(days=3)):
        opening.open_due(community)
    assert poll.state == PollState.DRAFT


def test_a_short_question_is_read_for_a_quarter_of_its_time(
    plugins: Plugins, community: Community, people: list[Member]
) -> None:
    poll = asked(plugins, question(community, closes_at=NOW + timedelta(hours=8)))
    assert poll.opens_at == NOW + timedelta(hours=2)


@pytest.mark.parametrize("choices", [("18 h",), ()])
def test_a_secret_or_unfinished_question_waits_for_somebody(
    plugins: Plugins, community: Community, people: list[Member], choices: tuple[str, ...]
) -> None:
    poll = asked(plugins, question(community, *choices, secret=not choices))
    assert (poll.state, poll.ready) == (PollState.DRAFT, False)
    assert poll.secrecy == (Secrecy.OPEN if choices else Secrecy.SEALED)


def test_a_question_whose_end_is_past_is_not_taken(
    plugins: Plugins, community: Community, people: list[Member]
) -> None:
    late = question(community, closes_at=NOW - timedelta(hours=1))
    assert plugins.ask(open_modules(community), late) is None


def test_the_module_hears_that_its_question_was_given_up(
    plugins: Plugins, community: Community, people: list[Member]
) -> None:
    poll = asked(plugins, question(community, opens_at=NOW))
    opening.open_due(community)
    preparing.cancel(poll, "La récolte est faite.")
    db.session.commit()
    deliver_events(plugins)
    assert heard == [("project_decisions.poll_cancelled", None)]


def test_a_second_question_about_it_comes_once_the_first_is_answered(
    plugins: Plugins, community: Community, people: list[Member]
) -> None:
    make_member(community, "Jo", "Roux")
    first = asked(plugins, question(community, opens_at=NOW))
    opening.open_due(community)
    db.session.commit()
    finish(first)
    second = asked(plugins, question(community, closes_at=CLOSES + timedelta(days=30)))
    assert second.id != first.id
