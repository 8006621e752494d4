"""Schulze and Scottish STV against published examples and a program nobody here wrote."""

import json
import subprocess
from collections.abc import Sequence
from random import Random

import pytest

from freeco_project_decisions.counting.errors import MalformedBallot, Uncountable
from freeco_project_decisions.counting.lots import announced_lot
from freeco_project_decisions.counting.profiles import gather, weigh
from freeco_project_decisions.counting.schulze import schulze
from freeco_project_decisions.counting.scottish_stv import clear_preferences, scottish_stv


def ranks(order: str, options: str) -> bytes:
    """Write « ACB » as a rank for each option."""
    return bytes(order.index(each) + 1 if each in order else 0 for each in options)


# M. Schulze (2011), section 3.1: 45 voters, and the order he finds.
SCHULZE_2011 = {
    "ACBED": 5, "ADECB": 5, "BEDAC": 8, "CABED": 3,
    "CAEBD": 7, "CBADE": 2, "DCEBA": 7, "EBADC": 8,
}  # fmt: skip


def test_the_example_of_the_paper_gives_its_order() -> None:
    ballots = {ranks(order, "ABCDE"): many for order, many in SCHULZE_2011.items()}
    outcome = schulze(weigh(ballots, 5))
    assert ["ABCDE"[each] for (each,) in outcome.ranking] == list("EACBD")


def test_options_in_a_perfect_circle_are_given_back_tied() -> None:
    circle = [ranks(order, "ABC") for order in ("ABC", "BCA", "CAB")]
    outcome = schulze(gather(circle, 3))
    assert outcome.tied == (0, 1, 2)
    assert outcome.derivation["condorcet_winner"] is None


def test_what_is_not_ranked_comes_after_what_is() -> None:
    outcome = schulze(gather([ranks("B", "ABC")], 3))
    assert outcome.ranking == ((1,), (0, 2))


def belenios_schulze(ballots: Sequence[bytes]) -> list[list[int]]:
    """Count with Belenios's own tool, where what is not ranked stands last."""
    last = len(ballots[0]) + 1
    answer = subprocess.run(
        ["belenios-tool", "method", "schulze", "--blank-allowed=false"],
        input=json.dumps([[rank or last for rank in ballot] for ballot in ballots]),
        capture_output=True,
        text=True,
        check=True,
    )
    winners: list[list[int]] = json.loads(answer.stdout)["winners"]
    return winners


def test_a_hundred_elections_are_counted_as_belenios_counts_them() -> None:
    chance = Random(2011)
    for _each in range(100):
        options = chance.randint(2, 6)
        ballots = [
            bytes(chance.randint(0, options) for _option in range(options))
            for _ballot in range(chance.randint(1, 12))
        ]
        mine = [sorted(tied) for tied in schulze(gather(ballots, options)).ranking]
        assert mine == [sorted(tied) for tied in belenios_schulze(ballots)], ballots


def test_a_paper_counts_as_far_as_it_is_clear() -> None:
    assert clear_preferences(bytes([2, 1, 3])) == bytes([1, 0, 2])
    assert clear_preferences(bytes([1, 2, 2])) == bytes([0])
    assert clear_preferences(bytes([1, 0, 3])) == bytes([0])
    assert clear_preferences(bytes([0, 0, 0])) == b""


def test_a_surplus_goes_on_at_its_value_cut_after_five_decimals() -> None:
    # By hand, rule 48: 100 papers, 2 seats, a quota of 34. Ada has 60, a surplus of 26, each of
    # her papers goes on at 26 ÷ 60 = 0.43333; 40 of them, to Bo, carry 17.3332.
    papers = {ranks("AB", "ABC"): 40, ranks("A", "ABC"): 20, ranks("B", "ABC"): 15}
    outcome = scottish_stv(weigh({**papers, ranks("C", "ABC"): 25}, 3), 2, announced_lot(3))
    first, second = outcome.derivation["stages"][:2]  # type: ignore[index]
    assert outcome.derivation["quota"] == "34.00000"
    assert first["votes"] == ["60.00000", "15.00000", "25.00000"]
    assert second["votes"] == ["34.00000", "32.33320", "25.00000"]
    assert second["lost"] == "8.66680"
    assert outcome.chosen == (0, 1)


def test_exact_fractions_lose_nothing_to_rounding() -> None:
    papers = {ranks("AB", "ABC"): 40, ranks("A", "ABC"): 20, ranks("B", "ABC"): 15}
    profile = weigh({**papers, ranks("C", "ABC"): 25}, 3)
    stage = scottish_stv(profile, 2, announced_lot(3), exact=True).derivation["stages"][1]  # type: ignore[index]
    assert stage["votes"] == ["34", "97/3", "25"]
    assert stage["lost"] == "26/3"


def test_an_empty_pile_is_written_as_the_others() -> None:
    profile = weigh({ranks("A", "AB"): 3}, 2)
    stage = scottish_stv(profile, 1, announced_lot(2), exact=True).derivation["stages"][0]  # type: ignore[index]
    assert (stage["votes"], stage["lost"]) == (["3", "0"], "0")


def test_who_is_level_is_told_apart_by_the_last_stage_at_which_they_were_not() -> None:
    # Dee has least and goes out; her paper levels Bo and Cy, who had 3 and 4: Bo goes out.
    papers = {ranks("A", "ABCD"): 5, ranks("B", "ABCD"): 3, ranks("CB", "ABCD"): 4}
    profile = weigh({**papers, ranks("DB", "ABCD"): 1}, 4)
    outcome = scottish_stv(profile, 1, announced_lot(4))
    assert [stage["about"] for stage in outcome.derivation["stages"]][1:3] == [3, 1]  # type: ignore[union-attr]
    assert outcome.derivation["ties"] == []


def test_a_lot_decides_who_goes_out_when_nothing_else_does() -> None:
    profile = gather([ranks("A", "AB"), ranks("B", "AB")], 2)
    outcome = scottish_stv(profile, 1, announced_lot(2))
    assert outcome.chosen == (0,)
    assert outcome.derivation["ties"] == [
        {"tied": [0, 1], "taken": [1], "rule": "announced", "seed": ""}
    ]


def test_votes_are_never_more_than_the_papers() -> None:
    chance = Random(2007)
    for _each in range(200):
        options = chance.randint(2, 6)
        profile = gather(
            [
                ranks(
                    "".join(chance.sample("ABCDEF"[:options], chance.randint(0, options))),
                    "ABCDEF"[:options],
                )
                for _ballot in range(chance.randint(1, 60))
            ],
            options,
        )
        seats = chance.randint(1, options)
        outcome = scottish_stv(profile, seats, announced_lot(options))
        assert len(set(outcome.chosen)) == seats
        for stage in outcome.derivation["stages"]:  # type: ignore[union-attr]
            votes = [int(each.replace(".", "")) for each in (*stage["votes"], stage["lost"])]
            papers = profile.ballots - outcome.derivation["blank"]  # type: ignore[operator]
            assert sum(votes) == papers * 100_000


def test_a_ballot_of_another_length_is_refused() -> None:
    with pytest.raises(MalformedBallot):
        gather([b"\1\2", b"\1\2\3"], 2)


def test_a_mark_above_the_scale_is_refused() -> None:
    with pytest.raises(MalformedBallot):
        schulze(gather([bytes([251, 1])], 2))


@pytest.mark.parametrize("seats", [0, 3])
def test_seats_that_cannot_be_filled_are_refused(seats: int) -> None:
    with pytest.raises(Uncountable):
        scottish_stv(gather([b"\1\2"], 2), seats, announced_lot(2))
