"""What two people count in a room gives, for each method, what the same ballots would online."""

import json
from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Member
from freeco.money import Money
from freeco_project_decisions.polls import closing, errors, paper, room_counts, voting
from freeco_project_decisions.polls.ballot_models import OpenBallot
from freeco_project_decisions.polls.electorate import elector_of
from freeco_project_decisions.polls.models import Decision, Method, Poll, Room, Tie

Ask = Callable[..., Poll]
OPTIONS = ("Toit:60", "Puits:50", "Haie:40")
BALLOTS: Mapping[Method, list[list[int]]] = {
    Method.CONSENT: [[0], [0], [2], [0], [0]],
    Method.HANDS: [[0], [0], [1], [2], [0]],
    Method.ASSENT: [[0], [1], [1], [2], [0]],
    Method.APPROVAL: [[1, 0, 1], [1, 0, 0], [0, 0, 0], [0, 1, 1], [0, 0, 1]],
    Method.JUDGMENT: [[5, 3, 0], [4, 3, 1], [0, 3, 2], [5, 5, 5], [1, 4, 2]],
    Method.SCHULZE: [[1, 2, 2], [2, 1, 0], [1, 2, 3], [0, 0, 0], [3, 1, 2]],
    Method.SEATS: [[1, 2, 3], [2, 1, 0], [1, 2, 3], [0, 0, 1], [3, 1, 2]],
    Method.SHARES: [[1, 0, 1], [1, 0, 0], [0, 0, 0], [0, 1, 1], [0, 0, 1]],
    Method.GREEDY: [[1, 0, 1], [1, 0, 0], [0, 0, 0], [0, 1, 1], [0, 0, 1]],
}
COUNTS: Mapping[Method, Mapping[str, int]] = {
    Method.CONSENT: {"answer_0": 3, "answer_2": 1},
    Method.HANDS: {"answer_0": 2, "answer_1": 1, "answer_2": 1},
    Method.ASSENT: {"answer_0": 1, "answer_1": 2, "answer_2": 1},
    Method.APPROVAL: {"ballots": 4, "tick_0": 2, "tick_1": 1, "tick_2": 2},
}
WHOLE: Mapping[Method, str] = {
    Method.SCHULZE: "1 > 2 = 3\n1 : 2 > 1\n1 : 1 > 2 > 3\n1 :",
    Method.SEATS: "2 : 1, 2, 3\n2 1\n1 x 3",
    Method.SHARES: "1 3\n1\n1 :\n2 3",
    Method.GREEDY: "1 : 1 3\n1 : 1\n1 :\n1 : 2, 3",
}


def counts_of(poll: Poll) -> dict[str, int]:
    """Count the first four ballots of a method as a teller would."""
    method = Method(poll.method)
    if method in WHOLE:
        return room_counts.read_whole(poll, WHOLE[method])
    if method is Method.JUDGMENT:
        ballots = BALLOTS[method][:4]
        return {
            f"grade_{place}_{grade}": sum(marks[place] == grade for marks in ballots)
            for place in range(3)
            for grade in range(6)
        }
    return dict(COUNTS[method])


def outcome(poll: Poll) -> dict:  # type: ignore[type-arg]
    closing.close(poll)
    closing.decide(poll)
    decision = db.session.scalars(select(Decision).where(Decision.poll_id == poll.id)).one()
    found: dict = json.loads(decision.outcome)  # type: ignore[type-arg]
    found["derivation"].pop("came_from", None)
    return found


@pytest.mark.parametrize("method", list(BALLOTS))
def test_four_ballots_in_the_room_and_one_on_a_page_are_five_ballots(
    ask: Ask, people: list[Member], method: Method
) -> None:
    more: dict[str, object] = {"tie": Tie.ANNOUNCED}
    options: tuple[str, ...] = OPTIONS if method in room_counts.WHOLE else ("Toit", "Puits", "Haie")
    if method in (Method.SHARES, Method.GREEDY):
        more["budget"] = Money(100)
    if method in (Method.CONSENT, Method.HANDS, Method.ASSENT):
        options = ()
    online = ask(method, *options, **more)
    for member, marks in zip(people, BALLOTS[method], strict=False):
        voting.vote(online, member, marks)
    held = ask(method, *options, room=Room.URN, **more)
    voting.vote(held, people[4], BALLOTS[method][4])
    paper.mark(held, [elector_of(held, member) for member in people[:4]])
    bundle = paper.add_bundle(held)
    counts = counts_of(held)
    assert not paper.enter(bundle, people[0], counts)
    assert paper.enter(bundle, people[1], counts)
    assert outcome(held) == outcome(online)


@pytest.mark.parametrize(
    ("method", "counts", "word"),
    [
        (Method.APPROVAL, {"ballots": 2, "tick_0": 3, "tick_1": 0, "tick_2": 0}, "plus de coches"),
        (
            Method.JUDGMENT,
            {f"grade_{p}_{g}": int(g == 0 and p < 2) for p in range(3) for g in range(6)},
            "autant de mentions",
        ),
    ],
)
def test_numbers_that_do_not_add_up_are_refused(
    ask: Ask, people: list[Member], method: Method, counts: dict[str, int], word: str
) -> None:
    poll = ask(method, "Toit", "Puits", "Haie", room=Room.URN)
    paper.mark(poll, [elector_of(poll, member) for member in people])
    with pytest.raises(errors.Miscounted, match=word):
        paper.enter(paper.add_bundle(poll), people[0], counts)


@pytest.mark.parametrize("line", ["4", "1 > 1", "deux", "3 : 1 > 9", "0 : 1", "1 > x", "-1 : 1"])
def test_a_line_that_is_no_ballot_is_named(ask: Ask, line: str) -> None:
    poll = ask(Method.SCHULZE, "Toit", "Puits", "Haie", room=Room.URN)
    with pytest.raises(errors.Miscounted, match="Ligne 2"):
        room_counts.read_whole(poll, f"1 > 2\n{line}")


def test_seats_take_no_level_ranks(ask: Ask) -> None:
    poll = ask(Method.SEATS, "Ada", "Bo", "Cy", room=Room.URN, tie=Tie.ANNOUNCED)
    with pytest.raises(errors.Miscounted, match="Ligne 1"):
        room_counts.read_whole(poll, "1 = 2")


@pytest.mark.parametrize("method", list(WHOLE))
def test_whole_ballots_are_written_as_they_are_read(ask: Ask, method: Method) -> None:
    poll = ask(method, *OPTIONS, room=Room.URN, tie=Tie.ANNOUNCED, budget=Money(100))
    counts = counts_of(poll)
    assert room_counts.read_whole(poll, room_counts.write_whole(poll, counts)) == counts


def test_what_is_opened_says_how_the_room_votes(ask: Ask) -> None:
    held, alone = ask(room=Room.HANDS), ask()
    assert json.loads(held.frozen_text)["room"] == "hands"
    assert "room" not in json.loads(alone.frozen_text)


def test_a_paper_with_a_name_is_typed_once_and_may_be_corrected(
    ask: Ask, people: list[Member], clerk: Member
) -> None:
    poll = ask(Method.APPROVAL, "Toit", "Puits", room=Room.PAGES)
    elector = elector_of(poll, people[0])
    voting.vote_on_paper(poll, elector, [1, 0], clerk)
    voting.vote_on_paper(poll, elector, [0, 1], clerk)
    with pytest.raises(errors.VotedOnPaper):
        voting.vote(poll, people[0], [1, 1])
    voting.vote(poll, people[1], [1, 1])
    with pytest.raises(errors.VotedOnPage):
        voting.vote_on_paper(poll, elector_of(poll, people[1]), [1, 0], clerk)
    assert [each.marks for each in db.session.scalars(select(OpenBallot))] == [b"\0\1", b"\1\1"]
