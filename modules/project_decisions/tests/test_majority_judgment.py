"""Majority judgment against its definition and a published election."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as some

from freeco_project_decisions.counting.lots import announced_lot, drawn_lot
from freeco_project_decisions.counting.majority_judgment import from_merits, majority_judgment
from freeco_project_decisions.counting.profiles import gather

# Voters of three towns asked by OpinionWay for Terra Nova, 12 to 16 April 2012: M. Balinski and
# R. Laraki, « Majority judgment vs. majority rule », Social Choice and Welfare 54 (2020),
# table 1: per cent of 737 ballots, from « outstanding » to « to reject », in the order of the
# majority ranking that they publish.
FRANCE_2012 = {
    "Hollande": (12.48, 16.15, 16.42, 11.67, 14.79, 14.25, 14.24),
    "Bayrou": (2.58, 9.77, 21.71, 25.24, 20.08, 11.94, 8.69),
    "Sarkozy": (9.63, 12.35, 16.28, 10.99, 11.13, 7.87, 31.75),
    "Mélenchon": (5.43, 9.50, 12.89, 14.65, 17.10, 15.06, 25.37),
    "Dupont-Aignan": (0.54, 2.58, 5.97, 11.26, 20.22, 25.51, 33.92),
    "Joly": (0.81, 2.99, 6.51, 11.80, 14.66, 24.69, 38.53),
    "Poutou": (0.14, 1.36, 4.48, 7.73, 12.48, 28.09, 45.73),
    "Le Pen": (5.97, 7.33, 9.50, 9.36, 13.98, 6.24, 47.63),
    "Arthaud": (0.00, 1.36, 3.80, 6.51, 13.16, 25.24, 49.93),
    "Cheminade": (0.41, 0.81, 2.44, 5.83, 11.67, 26.87, 51.97),
}
BALLOTS_2012 = 737


def majority_value(merit: Sequence[int]) -> list[int]:
    """Take the lower median away again and again, as the definition says."""
    grades = [grade for grade, many in enumerate(merit) for _each in range(many)]
    value = []
    while grades:
        value.append(grades.pop((len(grades) - 1) // 2))
    return value


@some.composite
def merits(draw: some.DrawFn) -> list[list[int]]:
    """Draw merit profiles of options that as many ballots graded."""
    scale, ballots = draw(some.integers(1, 6)), draw(some.integers(1, 12))
    graded = some.lists(some.integers(0, scale - 1), min_size=ballots, max_size=ballots)
    return [
        [grades.count(grade) for grade in range(scale)]
        for grades in draw(some.lists(graded, min_size=1, max_size=5))
    ]


@given(merits())
def test_the_order_is_that_of_medians_taken_away_one_at_a_time(profile: list[list[int]]) -> None:
    values = [majority_value(merit) for merit in profile]
    expected = [
        {option for option, value in enumerate(values) if value == level}
        for level in sorted(map(list, {tuple(value) for value in values}), reverse=True)
    ]
    assert [set(tied) for tied in from_merits(profile).ranking] == expected


@given(merits())
def test_the_derivation_says_after_how_many_two_options_part(profile: list[list[int]]) -> None:
    for told in from_merits(profile).derivation["comparisons"]:  # type: ignore[union-attr]
        one, other = majority_value(profile[told["before"]]), majority_value(profile[told["after"]])
        parted = [
            place for place, pair in enumerate(zip(one, other, strict=True)) if len({*pair}) > 1
        ]
        assert told["tied"] is (not parted)
        assert told["taken_away"] == (parted[0] if parted else len(one))
        assert told["medians"] == ([one[parted[0]], other[parted[0]]] if parted else [])


def test_the_published_order_of_the_french_election_of_2012_is_found_again() -> None:
    counted = [
        [round(each * BALLOTS_2012 / 100) for each in reversed(row)] for row in FRANCE_2012.values()
    ]
    assert {sum(row) for row in counted} == {BALLOTS_2012}
    outcome = from_merits(counted)
    assert [list(FRANCE_2012)[each] for (each,) in outcome.ranking] == list(FRANCE_2012)


def test_with_two_ballots_the_lower_of_the_two_grades_counts() -> None:
    cautious, divided = bytes([3]), bytes([0])
    ballots = [cautious + bytes([5]), cautious + divided]
    assert majority_judgment(gather(ballots, 2), grades=6).chosen == (0,)


def test_perfectly_tied_options_are_given_back_tied() -> None:
    outcome = from_merits([[1, 2], [1, 2], [3, 0]])
    assert (outcome.chosen, outcome.tied, outcome.places_left) == ((), (0, 1), 1)
    assert not outcome.decided


def test_a_tie_that_takes_no_place_from_anybody_is_not_settled() -> None:
    outcome = from_merits([[0, 3], [2, 1], [2, 1]], places=3, lot=announced_lot(3))
    assert outcome.decided
    assert outcome.derivation["ties"] == []


def test_a_lot_settles_a_tie_and_says_so() -> None:
    lot = drawn_lot(["Poirier", "Cerisier"], seed="first checkpoint after noon")
    outcome = from_merits([[1, 2], [1, 2]], lot=lot)
    assert outcome.chosen == (lot.order[0],)
    assert outcome.derivation["ties"] == [
        {"tied": [0, 1], "taken": [lot.order[0]], "rule": "drawn", "seed": lot.seed}
    ]
