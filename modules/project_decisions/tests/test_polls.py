"""Polls from their opening to what is decided, on both databases."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent, Refusal
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.record import sequencer
from freeco.record.models import RecordEntry
from freeco.testing.people import make_member
from freeco_project_decisions.counting.lots import ticket
from freeco_project_decisions.polls import closing, errors, opening, voting
from freeco_project_decisions.polls.electorate import count_electors, elector_of
from freeco_project_decisions.polls.models import Decision, Method, Option, Poll, PollState, Tie

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
CLOSES = NOW + timedelta(days=7)
YES, NO, BLANK = [0], [1], [2]
AFTER = CLOSES + timedelta(minutes=1)
LATE = {"opens_at": NOW - timedelta(days=1), "closes_at": NOW}
Ask = Callable[..., Poll]


def finish(poll: Poll) -> Decision:
    """Close a poll at its hour, give the record its place, and count."""
    with held_at(AFTER):
        for _each in range(2):
            closing.close_due(poll.community)
            db.session.commit()
            sequencer.sequence_due()
    return db.session.scalars(select(Decision).where(Decision.poll_id == poll.id)).one()


def outcome(decision: Decision) -> dict:  # type: ignore[type-arg]
    """Read an outcome as it is kept."""
    content: dict = json.loads(decision.outcome)  # type: ignore[type-arg]
    return content


def test_more_yes_than_no_adopts_and_takes_the_first_number(ask: Ask, people: list[Member]) -> None:
    poll = ask()
    for member, marks in zip(people, [YES, YES, YES, NO, NO, BLANK], strict=False):
        voting.vote(poll, member, marks)
    decision = finish(poll)
    assert (decision.adopted, decision.number) == (True, 1)
    assert outcome(decision)["derivation"]["for"] == "3/5"
    assert poll.state == PollState.DECIDED


def test_what_is_kept_of_an_outcome_has_the_digest_that_the_record_states(
    ask: Ask, people: list[Member]
) -> None:
    poll = ask()
    voting.vote(poll, people[0], YES)
    decision = finish(poll)
    assert decision.sha256 == sha256(decision.outcome.encode()).hexdigest()
    entry = db.session.scalars(select(RecordEntry).where(RecordEntry.kind == "decision.made")).one()
    assert decision.sha256.encode() in entry.entry


def test_who_joins_after_the_opening_does_not_vote(ask: Ask, community: Community) -> None:
    poll = ask()
    late = make_member(community, "Inès", "Martin")
    with pytest.raises(errors.NotAnElector):
        voting.vote(poll, late, YES)
    assert count_electors(poll) == 8


def test_voting_again_replaces_the_ballot(ask: Ask, people: list[Member]) -> None:
    poll = ask()
    voting.vote(poll, people[0], YES)
    voting.vote(poll, people[0], NO)
    assert outcome(finish(poll))["derivation"]["colleges"][0]["no"] == 1


def test_after_its_hour_a_poll_takes_no_ballot(ask: Ask, people: list[Member]) -> None:
    poll = ask()
    with held_at(CLOSES), pytest.raises(errors.PollOver):
        voting.vote(poll, people[0], YES)


def test_a_draft_takes_no_ballot(ask: Ask, people: list[Member]) -> None:
    with pytest.raises(errors.PollNotOpen):
        voting.vote(ask(opened=False), people[0], YES)


@pytest.mark.parametrize("marks", [[3], [], [0, 0], [255]])
def test_a_ballot_that_answers_nothing_is_refused(
    ask: Ask, people: list[Member], marks: list[int]
) -> None:
    with pytest.raises(errors.SpoiltBallot):
        voting.vote(ask(), people[0], marks)


def test_what_is_open_is_opened_once(ask: Ask) -> None:
    poll = ask()
    text = poll.frozen_text
    opening.open_poll(poll)
    db.session.commit()
    assert poll.frozen_text == text
    assert count_electors(poll) == 8
    opened = select(RecordEntry).where(RecordEntry.kind == "poll.opened")
    assert len(db.session.scalars(opened).all()) == 1


def test_the_text_that_is_opened_says_the_question_and_its_rules(ask: Ask) -> None:
    poll = ask(Method.APPROVAL, "Toit", "Puits", places=1)
    content = json.loads(poll.frozen_text)
    assert content["title"] == poll.title
    assert [each["text"] for each in content["options"]] == ["Toit", "Puits"]
    assert content["electors"] == 8
    assert poll.frozen_sha256 == sha256(poll.frozen_text.encode()).hexdigest()


def test_an_opened_poll_is_a_draft_no_more(ask: Ask) -> None:
    with pytest.raises(errors.PollFrozen):
        opening.require_draft(ask())


@pytest.mark.parametrize(
    ("method", "options", "more", "refusal"),
    [
        (Method.APPROVAL, ["Toit"], {}, errors.NotEnoughToChoose),
        (Method.APPROVAL, ["Toit", "Puits"], {"places": 3}, errors.TooManyPlaces),
        (Method.SHARES, ["Toit", "Puits"], {"tie": Tie.ANNOUNCED}, errors.NoBudget),
        (Method.SEATS, ["Ada", "Bo"], {}, errors.LotNeeded),
        (
            Method.ASSENT,
            [],
            {"closes_at": NOW, "opens_at": NOW - timedelta(1)},
            errors.AlreadyClosing,
        ),
    ],
)
def test_a_poll_that_cannot_be_decided_is_not_opened(
    ask: Ask, method: Method, options: list[str], more: dict[str, object], refusal: type[Refusal]
) -> None:
    poll = ask(method, *options, opened=False, **more)
    with pytest.raises(refusal):
        opening.open_poll(poll)


def test_without_quorum_a_poll_goes_on_as_announced_and_then_decides_nothing(
    ask: Ask, people: list[Member]
) -> None:
    poll = ask(quorum_part=1, quorum_whole=2, extension_days=7, extensions_left=1)
    voting.vote(poll, people[0], YES)
    with held_at(AFTER):
        closing.close_due(poll.community)
        db.session.commit()
    assert poll.state == PollState.OPEN
    # The clocks change on the 25th of October 2026: the hour on the wall stays.
    assert poll.closes_at == CLOSES + timedelta(days=7)
    with held_at(poll.closes_at):
        closing.close_due(poll.community)
    decision = db.session.scalars(select(Decision)).one()
    assert not decision.adopted
    assert outcome(decision)["derivation"]["quorum_met"] is False


def test_the_same_hour_of_the_clock_is_kept_across_a_change_of_time() -> None:
    before = datetime(2026, 10, 20, 18, 0, tzinfo=UTC)
    assert closing.later(before, 7, "Europe/Paris") == datetime(2026, 10, 27, 19, 0, tzinfo=UTC)


def test_one_objection_stops_a_consent(ask: Ask, people: list[Member]) -> None:
    poll = ask(Method.CONSENT)
    for member in people[:5]:
        voting.vote(poll, member, [0])
    voting.vote(poll, people[5], [1])
    decision = finish(poll)
    assert not decision.adopted
    assert outcome(decision)["derivation"]["objections"] == 1


def test_a_tie_is_entered_as_one_when_it_is_discussed_again(ask: Ask, people: list[Member]) -> None:
    poll = ask(Method.APPROVAL, "Toit", "Puits")
    voting.vote(poll, people[0], [1, 0])
    voting.vote(poll, people[1], [0, 1])
    decision = finish(poll)
    assert not decision.adopted
    assert outcome(decision)["tied"] == [0, 1]


def test_a_lot_is_drawn_from_the_checkpoint_that_holds_the_closing(
    ask: Ask, people: list[Member]
) -> None:
    poll = ask(Method.APPROVAL, "Toit", "Puits", tie=Tie.DRAWN)
    voting.vote(poll, people[0], [1, 1])
    with held_at(AFTER):
        closing.close_due(poll.community)
        db.session.commit()
        assert poll.state == PollState.CLOSED
        assert not poll.seed
    decision = finish(poll)
    first = min("01", key=lambda place: ticket(poll.seed, place))
    assert outcome(decision)["chosen"] == [int(first)]
    assert poll.seed


def test_volunteers_are_drawn_by_their_tickets(ask: Ask, people: list[Member]) -> None:
    poll = ask(Method.DRAW, places=2)
    for member in people[:5]:
        voting.vote(poll, member, [1])
    numbers = [str(elector_of(poll, member).id) for member in people[:5]]
    decision = finish(poll)
    expected = sorted(numbers, key=lambda number: ticket(poll.seed, number))[:2]
    assert outcome(decision)["chosen"] == [int(each) for each in expected]


def test_a_budget_is_split_by_equal_shares(ask: Ask, people: list[Member]) -> None:
    poll = ask(
        Method.SHARES, "Jeux:600000", "Bancs:300000", "Verger:400000",
        tie=Tie.ANNOUNCED, budget=Money(1_000_000),
    )  # fmt: skip
    for member, marks in zip(people, [[1, 1, 0]] * 3 + [[0, 0, 1]] * 2, strict=False):
        voting.vote(poll, member, marks)
    assert set(outcome(finish(poll))["chosen"]) == {0, 2}


def test_a_poll_in_which_nobody_votes_decides_nothing(ask: Ask) -> None:
    decision = finish(ask(Method.JUDGMENT, "Toit", "Puits"))
    assert not decision.adopted


def test_the_register_has_no_gap(ask: Ask, people: list[Member]) -> None:
    first, second = ask(), ask()
    voting.vote(first, people[0], YES)
    voting.vote(second, people[0], NO)
    assert [finish(first).number, finish(second).number] in ([1, 2], [2, 1])


def test_a_proxy_votes_for_who_gave_it(ask: Ask, people: list[Member]) -> None:
    poll = ask(most_proxies=1)
    awa, bruno = people[:2]
    voting.give_proxy(poll, awa, elector_of(poll, bruno))
    voting.vote_for(poll, bruno, elector_of(poll, awa), NO)
    voting.vote(poll, bruno, YES)
    college = outcome(finish(poll))["derivation"]["colleges"][0]
    assert (college["yes"], college["no"]) == (1, 1)


def test_who_gave_a_proxy_and_comes_after_all_votes_themselves(
    ask: Ask, people: list[Member]
) -> None:
    poll = ask(most_proxies=1)
    awa, bruno = people[:2]
    voting.give_proxy(poll, awa, elector_of(poll, bruno))
    voting.vote_for(poll, bruno, elector_of(poll, awa), NO)
    voting.vote(poll, awa, YES)
    assert voting.proxy_of(elector_of(poll, awa)) is None
    with pytest.raises(errors.NotAnElector):
        voting.vote_for(poll, bruno, elector_of(poll, awa), NO)


def test_proxies_are_capped_and_not_handed_on(ask: Ask, people: list[Member]) -> None:
    poll = ask(most_proxies=1)
    awa, bruno, chloe, driss = people[:4]
    voting.give_proxy(poll, awa, elector_of(poll, bruno))
    with pytest.raises(errors.TooManyProxies):
        voting.give_proxy(poll, chloe, elector_of(poll, bruno))
    with pytest.raises(errors.ProxyChain):
        voting.give_proxy(poll, bruno, elector_of(poll, driss))
    with pytest.raises(errors.ProxyChain):
        voting.give_proxy(poll, chloe, elector_of(poll, awa))


def test_a_proxy_is_taken_back_until_it_has_served(ask: Ask, people: list[Member]) -> None:
    poll = ask(most_proxies=1)
    awa, bruno = people[:2]
    voting.give_proxy(poll, awa, elector_of(poll, bruno))
    voting.take_back_proxy(poll, awa)
    voting.give_proxy(poll, awa, elector_of(poll, bruno))
    voting.vote_for(poll, bruno, elector_of(poll, awa), NO)
    with pytest.raises(errors.ProxyUsed):
        voting.take_back_proxy(poll, awa)


def test_where_no_proxies_are_taken_none_is_given(ask: Ask, people: list[Member]) -> None:
    poll = ask()
    with pytest.raises(errors.NoProxies):
        voting.give_proxy(poll, people[0], elector_of(poll, people[1]))


def test_a_poll_of_another_community_does_not_exist(ask: Ask, elsewhere: Community) -> None:
    with pytest.raises(Absent):
        opening.find_poll(elsewhere, ask().id)


def test_a_poll_that_is_ready_opens_at_its_hour(ask: Ask) -> None:
    poll = ask(opened=False, opens_at=NOW + timedelta(hours=1), ready=True)
    opening.open_due(poll.community)
    assert poll.state == PollState.DRAFT
    with held_at(NOW + timedelta(hours=1)):
        opening.open_due(poll.community)
    assert poll.state == PollState.OPEN


def test_options_keep_the_order_announced(ask: Ask) -> None:
    poll = ask(Method.APPROVAL, "Toit", "Puits", "Haie")
    assert [each.text for each in db.session.scalars(select(Option).order_by(Option.place))] == [
        option.text for option in poll.options
    ]
