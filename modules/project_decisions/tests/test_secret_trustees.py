"""Trustees of a secret poll: never only the platform, each in their turn, and nobody lies."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent
from freeco.mail.models import OutgoingMail
from freeco.members.models import Member
from freeco.notifications.models import Notice
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.sealed.boxes import lock_box
from freeco_project_decisions.sealed.groups import GENERATOR, Q
from freeco_project_decisions.sealed.keeping import answer, draw_kept
from freeco_project_decisions.sealed.kept_keys import Opens
from freeco_project_decisions.sealed.trustees import publish
from freeco_project_decisions.secret import (
    errors,
    opening,
    preparing,
    privacy,
    rounds,
    telling,
    trustees,
)
from freeco_project_decisions.secret.models import TrusteeGroup, Way
from freeco_project_decisions.secret.playing import Keepers, prepare
from freeco_project_decisions.secret.rounds import Step
from freeco_project_decisions.tokens.preparing import make_tokens

Ask = Callable[..., Poll]
Rounds = Callable[[int], TrusteeGroup]


@pytest.fixture
def group(ask: Ask, people: list[Member]) -> TrusteeGroup:
    """Give three trustees of a draft, of whom two are enough."""
    poll = ask(opened=False)
    preparing.make_secret(poll, Way.SITE)
    group = trustees.group_of(poll)
    for member in people[1:4]:
        trustees.name_member(group, member)
    db.session.commit()
    return group


def steps(group: TrusteeGroup) -> list[Step]:
    return [rounds.step_of(each) for each in group.trustees]


def test_two_trustees_are_too_few(group: TrusteeGroup) -> None:
    trustees.remove(group.trustees[2])
    assert steps(group) == [Step.WAIT] * 2
    with pytest.raises(errors.TrusteesMissing, match="trois dépositaires"):
        rounds.require_complete(group)


def test_those_who_prepare_votes_are_fewer_than_it_takes(
    ask: Ask, people: list[Member], clerk: Member
) -> None:
    poll = ask(opened=False)
    preparing.make_secret(poll, Way.SITE)
    group = trustees.group_of(poll)
    for member in (people[0], clerk, people[1]):
        trustees.name_member(group, member)
    with pytest.raises(errors.TrusteesTooClose):
        trustees.require_named(group)
    trustees.set_threshold(group, 3)
    trustees.require_named(group)


@pytest.mark.parametrize("many", [1, 0, 16])
def test_one_key_never_opens_alone(group: TrusteeGroup, many: int) -> None:
    with pytest.raises(errors.BadThreshold):
        trustees.set_threshold(group, many)


def test_a_person_keeps_one_key(group: TrusteeGroup, people: list[Member]) -> None:
    with pytest.raises(errors.TrusteeTwice):
        trustees.name_member(group, people[1])
    trustees.name_outsider(group, "Coop", "coop@example.org")
    with pytest.raises(errors.TrusteeTwice):
        trustees.name_outsider(group, "Autre", "Coop@example.org")


def test_each_has_their_turn(group: TrusteeGroup) -> None:
    keepers = Keepers()
    first, second, third = group.trustees
    assert steps(group) == [Step.COMMIT] * 3
    keepers.step(first)
    keepers.step(second)
    assert steps(group) == [Step.WAIT, Step.WAIT, Step.COMMIT]
    with pytest.raises(errors.NotTheirTurn):
        rounds.post(first, {"parts": []})
    keepers.step(third)
    assert steps(group) == [Step.PARTS] * 3
    with pytest.raises(errors.TrusteesLate, match="Bruno Martin"):
        rounds.require_complete(group)
    keepers.work(group.poll)
    assert steps(group) == [Step.READY] * 3
    assert rounds.require_complete(group).enough([1, 3])


def test_what_is_handed_twice_is_handed_once(group: TrusteeGroup) -> None:
    trustee = group.trustees[0]
    task = rounds.task_of(trustee)
    given = answer(draw_kept(task), task)
    rounds.post(trustee, given)
    assert rounds.post(trustee, given) is Step.WAIT


def false_certificate(given: dict[str, Any]) -> dict[str, Any]:
    message = json.loads(given["certificate"]["message"])
    message["encryption"] = str(GENERATOR.power(7))
    written = json.dumps(message, separators=(",", ":"))
    return {"certificate": {**given["certificate"], "message": written}}


def test_what_does_not_hold_is_told_and_not_kept(group: TrusteeGroup) -> None:
    trustee = group.trustees[0]
    task = rounds.task_of(trustee)
    given = answer(draw_kept(task), task)
    mistakes: list[dict[str, Any]] = [{"certificate": "x"}, {}, {"certificate": {}}, {"a": 1}]
    for wrong in (false_certificate(given), *mistakes):
        with pytest.raises(errors.TrusteeUnsound, match="pas juste"):
            rounds.post(trustee, wrong)
    assert trustee.certificate == ""


def test_a_key_that_is_not_what_the_group_committed_to_is_refused(group: TrusteeGroup) -> None:
    keepers = Keepers()
    for _round in range(2):
        for trustee in rounds.waited_for(group):
            keepers.step(trustee)
    assert steps(group) == [Step.CHECK] * 3
    with pytest.raises(errors.TrusteeUnsound, match="engagé"):
        rounds.post(group.trustees[0], {"key": publish(5).written()})


def test_who_receives_a_false_part_says_so_and_all_begin_again(group: TrusteeGroup) -> None:
    keepers = Keepers()
    for trustee in rounds.waited_for(group):
        keepers.step(trustee)
    liar, *others = group.trustees
    task = rounds.task_of(liar)
    given = answer(keepers.kept[1], task)
    encryption = int(json.loads(task["certificates"][1]["message"])["encryption"])
    purpose = f"part|{group.identifier}|1|2"
    false = lock_box(encryption, str(5 % Q).encode(), purpose)
    given["parts"][1] = false.written()
    rounds.post(liar, given)
    for trustee in others:
        keepers.step(trustee)
    with pytest.raises(ValueError, match="autre chose"):
        answer(keepers.kept[2], rounds.task_of(others[0]))
    before = group.identifier
    rounds.complain(others[0])
    assert (steps(group), group.identifier == before) == ([Step.COMMIT] * 3, False)
    with pytest.raises(errors.NotTheirTurn):
        rounds.complain(others[0])


def test_a_late_trustee_is_replaced_and_only_a_lone_key_is_made_again(
    group: TrusteeGroup, people: list[Member]
) -> None:
    trustees.set_threshold(group, 3)
    keepers = Keepers(3)
    for trustee in group.trustees[:2]:
        keepers.step(trustee)
    trustees.replace_with_member(group.trustees[2], people[5])
    assert steps(group) == [Step.WAIT, Step.WAIT, Step.KEY]
    keepers.step(group.trustees[2])
    trustees.set_threshold(group, 2)
    assert steps(group) == [Step.COMMIT] * 3


def test_once_the_poll_is_open_trustees_are_fixed(
    ask: Ask, people: list[Member], group: TrusteeGroup
) -> None:
    from freeco_project_decisions.secret.playing import open_with_codes

    poll = ask(opened=False)
    keepers = Keepers()
    prepare(poll, keepers, people[1:4])
    open_with_codes(poll, keepers)
    mine = trustees.group_of(poll)
    for change in (
        lambda: trustees.set_threshold(mine, 3),
        lambda: trustees.remove(mine.trustees[0]),
        lambda: trustees.name_member(mine, people[6]),
    ):
        with pytest.raises(errors.TrusteesFixed):
            change()


def test_a_poll_does_not_open_without_its_keys(ask: Ask, people: list[Member]) -> None:
    poll = ask(opened=False)
    preparing.make_secret(poll, Way.SITE)
    with pytest.raises(errors.NotAnnounced):
        opening.open_sealed(poll)


def test_an_organisation_elsewhere_comes_by_its_link_and_each_is_told_their_turn(
    group: TrusteeGroup, people: list[Member]
) -> None:
    outsider, token = trustees.name_outsider(group, "La Coop d’à côté", "coop@example.org")
    assert trustees.trustee_with(token).id == outsider.id
    with pytest.raises(Absent):
        trustees.trustee_with("faux")
    db.session.commit()
    for _again in range(2):
        telling.tell_due(group.poll.community)
        db.session.commit()
    mails = db.session.scalars(
        select(OutgoingMail).where(OutgoingMail.recipient == "coop@example.org")
    ).all()
    assert [token in mail.body for mail in mails] == [True]
    told = db.session.scalars(select(Notice.member_id).where(Notice.topic == telling.TURN)).all()
    assert sorted(told) == sorted(each.id for each in people[1:4])
    with held_at(group.trustees[0].invited_at + timedelta(days=3)):
        telling.tell_due(group.poll.community)
        again = select(OutgoingMail).where(OutgoingMail.recipient == "coop@example.org")
        assert len(db.session.scalars(again).all()) == 2
    trustees.replace_with_outsider(outsider, "Une autre", "autre@example.org")
    with pytest.raises(Absent):
        trustees.trustee_with(token)


def test_who_is_erased_leaves_the_key_and_no_name(
    group: TrusteeGroup, people: list[Member]
) -> None:
    assert privacy.export(people[1]) == {"keys": [{"poll": group.poll.title, "place": 1}]}
    privacy.erase(people[1])
    db.session.commit()
    assert (privacy.export(people[1]), group.trustees[0].label) == ({}, "")


def test_a_key_made_for_tokens_serves_no_sealed_vote(ask: Ask, people: list[Member]) -> None:
    poll = ask(Method.APPROVAL, "Toit", "Puits", opened=False)
    make_tokens(poll, poll.opens_at + timedelta(days=2))
    group = trustees.group_of(poll)
    for member in people[1:4]:
        trustees.name_member(group, member)
    keepers = Keepers()
    keepers.step(group.trustees[0])
    assert keepers.kept[1].opens is Opens.BALLOTS
    preparing.make_secret(poll, Way.SITE)
    task = rounds.task_of(group.trustees[0])
    assert (task["opens"], task["step"]) == ("sum", "commit")
    with pytest.raises(ValueError, match="autre clé"):
        answer(keepers.kept[1], task)
