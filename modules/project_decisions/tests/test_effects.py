"""Votes that execute: what a decision changes, when, once, and what stops it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, text

from freeco import settable
from freeco.activation import is_open, threshold
from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent, Invalid, Refusal
from freeco.kernel import kernel
from freeco.members import membership
from freeco.members.models import STEWARD, Community, Member
from freeco.notifications.models import Notice
from freeco.record import parameters, sequencer
from freeco.record.models import RecordEntry
from freeco.testing.people import make_community, make_member, open_module
from freeco_project_decisions.effects import applying, binding, errors
from freeco_project_decisions.effects.models import Effect, EffectState
from freeco_project_decisions.polls import binds, closing, opening, preparing, voting
from freeco_project_decisions.polls.errors import BindsMoved, PollFrozen
from freeco_project_decisions.polls.models import Decision, Method, Option, Poll

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
CLOSES = NOW + timedelta(days=7)
Ask = Callable[..., Poll]
THRESHOLD = "threshold.direct_sales"
YES, NO = [0], [1]
QUORUM = {"quorum_part": 1, "quorum_whole": 4}
AFTER = CLOSES + timedelta(minutes=1)


def in_force(community: Community) -> int:
    return threshold(community, kernel().plugins.modules["direct_sales"])


def decide(poll: Poll, people: list[Member], marks: list[int] = YES) -> Decision:
    for member in people[:5]:
        voting.vote(poll, member, marks)
    db.session.commit()
    with held_at(AFTER):
        for _each in range(2):
            closing.close_due(poll.community)
            db.session.commit()
            sequencer.sequence_due()
    return db.session.scalars(select(Decision).where(Decision.poll_id == poll.id)).one()


def effects() -> list[tuple[str, str]]:
    db.session.rollback()
    found = db.session.scalars(select(Effect).order_by(Effect.id))
    return [(each.name, each.state) for each in found]


@pytest.fixture
def bound(ask: Ask) -> Callable[..., Poll]:
    """Give what asks whether the baskets should open at thirty members."""

    def poll(*, on: date | None = None, opened: bool = True, value: str = "30") -> Poll:
        asked = ask(opened=False, **QUORUM)
        binding.bind(asked, THRESHOLD, {"value": value})
        binding.apply_from(asked, on)
        if opened:
            opening.open_poll(asked)
        db.session.commit()
        return asked

    return poll


def test_a_vote_that_is_adopted_changes_the_parameter_it_names(
    bound: Callable[..., Poll], community: Community, people: list[Member]
) -> None:
    poll = bound()
    decision = decide(poll, people)
    assert in_force(community) == 24
    with held_at(AFTER):
        applying.apply_due(community)
    assert in_force(community) == 30
    assert effects() == [(THRESHOLD, EffectState.APPLIED)]
    (last, _entry), *_rest = parameters.history(community, THRESHOLD)
    assert (last.before, last.after) == ("24", "30")
    assert last.decided == f"project_decisions:decision:{decision.id}"


def test_a_vote_that_is_refused_changes_nothing(
    bound: Callable[..., Poll], community: Community, people: list[Member]
) -> None:
    poll = bound()
    decision = decide(poll, people, NO)
    with held_at(AFTER):
        assert not applying.plan(decision.id)
        applying.apply_due(community)
    assert (in_force(community), effects()) == (24, [])


def test_it_applies_on_the_day_that_was_voted_and_not_before(
    bound: Callable[..., Poll], community: Community, people: list[Member]
) -> None:
    poll = bound(on=date(2026, 11, 1))
    decide(poll, people)
    with held_at(AFTER):
        applying.apply_due(community)
    assert (in_force(community), effects()) == (24, [(THRESHOLD, EffectState.WAITING)])
    with held_at(NOW.replace(month=10, day=31, hour=22, minute=59)):
        applying.apply_due(community)
    assert in_force(community) == 24
    with held_at(NOW.replace(month=10, day=31, hour=23, minute=0)):
        applying.apply_due(community)
    assert in_force(community) == 30


def test_applying_again_after_a_kill_changes_nothing_twice(
    bound: Callable[..., Poll], community: Community, people: list[Member]
) -> None:
    decision = decide(bound(), people)
    with held_at(AFTER):
        applying.plan(decision.id)
        db.session.commit()
        applying.apply(decision.id)
        db.session.rollback()
        assert (in_force(community), effects()) == (24, [(THRESHOLD, EffectState.WAITING)])
        for _each in range(3):
            applying.apply_due(community)
            applying.plan(decision.id)
            applying.apply(decision.id)
            db.session.commit()
    assert effects() == [(THRESHOLD, EffectState.APPLIED)]
    assert len([row for row, _entry in parameters.history(community, THRESHOLD)]) == 1


def test_what_was_opened_says_what_it_changes(bound: Callable[..., Poll]) -> None:
    poll = bound(on=date(2027, 1, 1))
    content = json.loads(poll.frozen_text)["binds"]
    assert content["on"] == "2027-01-01"
    assert content["changes"][0] == {
        "name": THRESHOLD,
        "before": "24",
        "values": ["30"],
        "amendments": [],
    }


def test_once_open_nothing_of_what_it_changes_is_edited(bound: Callable[..., Poll]) -> None:
    poll = bound()
    for act in (
        lambda: binding.bind(poll, THRESHOLD, {"value": "3"}),
        lambda: binding.unbind(poll, THRESHOLD),
        lambda: binding.apply_from(poll, None),
        lambda: binding.bind_charter(poll, []),
        lambda: preparing.change(poll, None),  # type: ignore[arg-type]
    ):
        with pytest.raises(PollFrozen):
            act()


def test_binds_that_were_tampered_with_are_not_applied(
    bound: Callable[..., Poll], community: Community, people: list[Member]
) -> None:
    steward = make_member(community, "Sylvie", "Marty", permissions=(STEWARD,))
    poll = bound()
    db.session.execute(text("UPDATE project_decisions_poll SET binds = REPLACE(binds, '30', '2')"))
    db.session.commit()
    decide(poll, people)
    with held_at(AFTER):
        applying.apply_due(community)
    assert (in_force(community), effects()) == (24, [(THRESHOLD, EffectState.HELD)])
    told = db.session.scalars(select(Notice).where(Notice.member_id == steward.id)).all()
    assert [each.topic for each in told] == ["project_decisions.held"]


def test_a_text_tampered_with_its_own_digest_is_caught_by_the_record(
    bound: Callable[..., Poll], community: Community, people: list[Member]
) -> None:
    poll = bound()
    changed = poll.frozen_text.replace('["30"]', '["2"]')
    poll.binds = poll.binds.replace('["30"]', '["2"]')
    poll.frozen_text, poll.frozen_sha256 = changed, sha256(changed.encode()).hexdigest()
    db.session.commit()
    decide(poll, people)
    with held_at(AFTER):
        applying.apply_due(community)
    assert (in_force(community), effects()) == (24, [(THRESHOLD, EffectState.HELD)])


def test_a_value_that_changed_meanwhile_is_looked_at_by_somebody(
    bound: Callable[..., Poll], community: Community, people: list[Member]
) -> None:
    decision = decide(bound(), people)
    settable.put(community, THRESHOLD, "40", reason="La grange est plus petite.")
    db.session.commit()
    with held_at(AFTER):
        applying.apply_due(community)
        applying.apply_due(community)
    assert (in_force(community), effects()) == (40, [(THRESHOLD, EffectState.HELD)])
    applying.apply_anyway(decision, people[0])
    db.session.commit()
    assert (in_force(community), effects()) == (30, [(THRESHOLD, EffectState.APPLIED)])
    with pytest.raises(errors.NotHeld):
        applying.apply_anyway(decision, people[0])


def test_who_says_that_it_applies_no_more_says_why_and_the_record_says_so(
    bound: Callable[..., Poll], community: Community, people: list[Member]
) -> None:
    decision = decide(bound(), people)
    settable.put(community, THRESHOLD, "40")
    db.session.commit()
    with held_at(AFTER):
        applying.apply_due(community)
    applying.drop(decision, people[0], "Le seuil de quarante a été voté depuis.")
    db.session.commit()
    assert effects() == [(THRESHOLD, EffectState.DROPPED)]
    stated = select(RecordEntry).where(RecordEntry.kind == "decision.dropped")
    assert db.session.scalars(stated).one()
    with held_at(AFTER):
        applying.apply_due(community)
    assert in_force(community) == 40


def test_all_that_a_decision_changes_changes_together_or_not_at_all(
    ask: Ask, community: Community, people: list[Member]
) -> None:
    poll = ask(opened=False, **QUORUM)
    binding.bind(poll, THRESHOLD, {"value": "30"})
    binding.bind(poll, "admission", {"value": "invitation"})
    opening.open_poll(poll)
    decide(poll, people)
    membership.admit_by(community, "invitation", "")
    membership.admit_by(community, "domain", "lavergne.fr")
    db.session.commit()
    with held_at(AFTER):
        applying.apply_due(community)
    assert (in_force(community), community.admission) == (24, "domain")
    assert {state for _name, state in effects()} == {EffectState.HELD}


def test_the_option_that_is_chosen_gives_its_value(
    ask: Ask, community: Community, people: list[Member]
) -> None:
    poll = ask(Method.APPROVAL, "Douze", "Dix-huit", "Comme aujourd’hui", opened=False, **QUORUM)
    binding.bind(poll, THRESHOLD, {"value_0": "12", "value_1": "18", "value_2": "24"})
    opening.open_poll(poll)
    decide(poll, people, [0, 1, 0])
    with held_at(AFTER):
        applying.apply_due(community)
    assert in_force(community) == 18


def test_options_written_anew_lose_the_values_they_had(ask: Ask) -> None:
    poll = ask(Method.APPROVAL, "Douze", "Dix-huit", opened=False, **QUORUM)
    binding.bind(poll, THRESHOLD, {"value_0": "12", "value_1": "18"})
    binds.keep_fitting(poll, ["Douze", "Dix-huit"], ["Dix-huit", "Douze"])
    assert not binds.read(poll.binds)


def test_a_value_in_force_that_moved_before_the_opening_stops_it(
    bound: Callable[..., Poll], community: Community
) -> None:
    poll = bound(opened=False)
    settable.put(community, THRESHOLD, "40")
    with pytest.raises(BindsMoved):
        opening.open_poll(poll)


def test_an_option_added_to_the_database_without_a_value_stops_the_opening(ask: Ask) -> None:
    poll = ask(Method.APPROVAL, "Douze", "Dix-huit", opened=False, **QUORUM)
    binding.bind(poll, THRESHOLD, {"value_0": "12", "value_1": "18"})
    db.session.add(Option(poll=poll, place=2, text="Vingt"))
    db.session.flush()
    db.session.refresh(poll, ["options"])
    with pytest.raises(BindsMoved):
        opening.open_poll(poll)


@pytest.mark.parametrize("method", [Method.SEATS, Method.SHARES, Method.GREEDY, Method.DRAW])
def test_a_method_without_a_single_value_binds_nothing(ask: Ask, method: Method) -> None:
    poll = ask(method, "Un:100", "Deux:200", opened=False, **QUORUM)
    with pytest.raises(errors.MethodBindsNothing):
        binding.bind(poll, THRESHOLD, {"value": "3"})
    assert not binding.settable(poll)


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        (THRESHOLD, "0", "un membre au moins"),
        (THRESHOLD, "douze", "n’est pas un nombre"),
        (THRESHOLD, "24", "déjà la valeur"),
        ("admission", "everybody", "n’existe pas"),
        ("cost.rate", "7 %", "jamais plus de 5"),
        ("threshold.unknown", "3", "n’existe pas ou plus"),
        ("charter.version", "2", "n’existe pas ou plus"),
    ],
)
def test_a_value_out_of_its_bounds_is_refused_with_its_sentence(
    ask: Ask, name: str, typed: str, words: str
) -> None:
    poll = ask(opened=False, **QUORUM)
    with pytest.raises(Refusal) as refused:
        binding.bind(poll, name, {"value": typed})
    said = " ".join(
        [str(refused.value), *(word for each in refused.value.fields.values() for word in each)]
    )
    assert words in said


@pytest.mark.parametrize("on", [date(2026, 10, 4), date(2026, 10, 11), date(2029, 1, 1)])
def test_a_day_before_the_end_or_of_another_age_is_refused(ask: Ask, on: date) -> None:
    poll = ask(opened=False, **QUORUM)
    binding.bind(poll, THRESHOLD, {"value": "30"})
    with pytest.raises(errors.TooFarOff):
        binding.apply_from(poll, on)


def test_a_rule_of_the_whole_site_is_not_one_community_s_to_vote(
    ask: Ask, community: Community, people: list[Member]
) -> None:
    poll = ask(opened=False, **QUORUM)
    binding.bind(poll, "cost.rate", {"value": "3,5"})
    opening.open_poll(poll)
    db.session.commit()
    make_community("ailleurs", "Amis d’Ailleurs")
    with pytest.raises(settable.HoldsElsewhere):
        binding.bind(ask(opened=False, **QUORUM), "cost.rate", {"value": "3"})
    decide(poll, people)
    with held_at(AFTER):
        applying.apply_due(community)
    assert effects() == [("cost.rate", EffectState.HELD)]


def test_the_rate_is_voted_where_there_is_one_community(
    ask: Ask, community: Community, people: list[Member]
) -> None:
    poll = ask(opened=False, **QUORUM)
    binding.bind(poll, "cost.rate", {"value": "3,5"})
    opening.open_poll(poll)
    decide(poll, people)
    with held_at(AFTER):
        applying.apply_due(community)
    assert settable.find(community, "cost.rate").code == "350:0:2026-10-12"


def test_members_vote_to_open_a_service_below_its_threshold(
    ask: Ask, community: Community, people: list[Member]
) -> None:
    poll = ask(opened=False, **QUORUM)
    binding.bind(poll, "opened.direct_sales", {"value": "open"})
    opening.open_poll(poll)
    decision = decide(poll, people)
    assert not is_open(community, "direct_sales")
    with held_at(AFTER):
        applying.apply_due(community)
    assert is_open(community, "direct_sales")
    (last, _entry), *_rest = parameters.history(community, "opened.direct_sales")
    assert last.decided == f"project_decisions:decision:{decision.id}"


def test_another_community_s_poll_and_rules_are_out_of_reach(
    bound: Callable[..., Poll], ask: Ask, elsewhere: Community
) -> None:
    poll = bound(opened=False)
    with pytest.raises(Absent):
        opening.find_poll(elsewhere, poll.id)
    open_module(elsewhere, "direct_sales")
    assert "direct_sales.pool_alarm" in [each.name for each in settable.rules(elsewhere)]
    with pytest.raises(settable.NotSettable):
        binding.bind(ask(opened=False, **QUORUM), "direct_sales.pool_alarm", {"value": "80"})


def test_what_a_module_declares_is_voted_as_what_core_declares(
    ask: Ask, community: Community, people: list[Member]
) -> None:
    open_module(community, "direct_sales")
    poll = ask(opened=False, **QUORUM)
    with pytest.raises(Invalid):
        binding.bind(poll, "direct_sales.pool_alarm", {"value": "beaucoup"})
    binding.bind(poll, "direct_sales.pool_alarm", {"value": "80 €"})
    opening.open_poll(poll)
    decide(poll, people)
    with held_at(AFTER):
        applying.apply_due(community)
    assert settable.find(community, "direct_sales.pool_alarm").code == "8000"
    (last, _entry), *_rest = parameters.history(community, "direct_sales.pool_alarm")
    assert (last.before, last.after) == ("5000", "8000")
