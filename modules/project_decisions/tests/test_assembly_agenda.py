"""The agenda of an assembly, and whether everybody is called to it in time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.testing.visitor import Visitor
from freeco_project_decisions.assembly import agenda, preparing
from freeco_project_decisions.assembly import errors as no
from freeco_project_decisions.assembly.models import AssemblyItem
from freeco_project_decisions.assembly.preparing import Planned
from freeco_project_decisions.polls.models import Method, Poll, Room

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
STARTS = NOW + timedelta(days=20)
Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]


def plan(kind: str = "ordinary", days: int = 20) -> Planned:
    starts = NOW + timedelta(days=days)
    ends = starts + timedelta(hours=2)
    return Planned(kind=kind, title="Assemblée", starts_at=starts, ends_at=ends, place="La halle")


def test_a_notice_shorter_than_the_statutes_say_is_warned_about(
    community: Community, people: list[Member]
) -> None:
    soon = plan(days=14)
    assembly = preparing.draft(community, soon)
    agenda.add_item(assembly, "Les comptes")
    assert preparing.is_short(assembly)
    with pytest.raises(no.ShortNotice):
        preparing.call(assembly)
    assert preparing.call(assembly, short=True)
    assert not preparing.call(assembly)


def test_fifteen_days_before_is_in_time(community: Community, people: list[Member]) -> None:
    later = plan(days=15)
    assembly = preparing.draft(community, later)
    agenda.add_item(assembly, "Les comptes")
    assert preparing.call(assembly)


def test_nobody_is_called_about_nothing_or_to_yesterday(
    community: Community, people: list[Member]
) -> None:
    assembly = preparing.draft(community, plan())
    with pytest.raises(no.EmptyAgenda):
        preparing.call(assembly)
    agenda.add_item(assembly, "Les comptes")
    with held_at(STARTS), pytest.raises(no.AlreadyPast):
        preparing.call(assembly)


def test_items_move_and_keep_their_numbers(community: Community, people: list[Member]) -> None:
    assembly = preparing.draft(community, plan())
    one, two, three = (agenda.add_item(assembly, title) for title in ("Un", "Deux", "Trois"))
    agenda.move_item(three, -1)
    agenda.remove_item(one)
    assert [(each.place, each.title) for each in assembly.items] == [(1, "Trois"), (2, "Deux")]
    agenda.move_item(two, 1)
    assert [each.title for each in assembly.items] == ["Trois", "Deux"]


def test_a_secret_vote_is_linked_and_keeps_its_own_hours(
    community: Community, people: list[Member], ask: Ask
) -> None:
    secret = ask(Method.ASSENT, opened=False, secrecy="sealed")
    held = preparing.draft(community, plan(kind="meeting"))
    item = agenda.add_item(held, "Le bureau")
    closes_at = secret.closes_at
    with pytest.raises(no.NotBesideSecret):
        agenda.attach(item, secret, Room.HANDS)
    agenda.attach(item, secret, Room.PAGES)
    assert (item.poll, secret.room, secret.closes_at) == (secret, "", closes_at)


def test_a_secret_draft_on_an_agenda_is_not_thrown_away_and_says_what_to_do(
    community: Community, clerk: Member, visiting: Visit, ask: Ask
) -> None:
    """It has no room, which is what tells that an open one stands there."""
    secret = ask(Method.ASSENT, opened=False, secrecy="sealed")
    held = preparing.draft(community, plan(kind="meeting"))
    item = agenda.add_item(held, "Le bureau")
    agenda.attach(item, secret, Room.PAGES)
    client, number, place = visiting(clerk), secret.id, item.id
    address = f"/lavergne/project-decisions/votes/{number}/supprimer"
    refused = client.post(address)
    assert refused.status_code == 409
    assert "retirez-le de l’ordre du jour d’abord" in refused.text
    db.session.rollback()
    agenda.detach(db.session.get_one(AssemblyItem, place))
    assert client.post(address).status_code == 302
    db.session.rollback()
    assert db.session.get(Poll, number) is None
    assert db.session.get_one(AssemblyItem, place).title == "Le bureau"
