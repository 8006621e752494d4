"""Elections that took place: our count gives what was published.

Majority judgment's published profiles stand in test_majority_judgment.py, the example of
Schulze's paper in test_ranked_votes.py.
"""

from typing import Any

from freeco_project_decisions.counting.equal_shares import equal_shares
from freeco_project_decisions.counting.greedy_budget import greedy_budget
from freeco_project_decisions.counting.lots import announced_lot
from freeco_project_decisions.counting.outcomes import Outcome
from freeco_project_decisions.counting.profiles import weigh
from freeco_project_decisions.counting.schulze import from_duels
from freeco_project_decisions.counting.scottish_stv import scottish_stv

# How many papers had which preferences, candidates numbered from 1: the councils' own reports, as
# gathered by the MGGG (github.com/mggg/scot-elex, orkney_2012_ward6.csv, moray_2017_ward3.csv).
NORTH_ISLES_2012 = """
87 1 11 12 24 123 8 1234 11 124 8 1243 8 13 11 132 9 1324 16 134 4 1342 49 14 15 142 11 1423
18 143 18 1432 54 2 12 21 16 213 8 2134 21 214 3 2143 65 23 27 231 12 2314 92 234 21 2341 22 24
17 241 11 2413 39 243 13 2431 13 3 3 31 8 3124 12 314 16 32 16 321 3 3214 37 324 13 3241 7 34
8 341 1 3412 5 342 2 3421 23 4 24 41 10 412 3 4123 16 413 8 4132 7 42 14 421 6 4213 19 423
4 4231 11 43 12 431 5 4312 7 432 1 4321
"""
BUCKIE_2017 = """
179 1 224 12 15 123 42 1234 14 124 35 1243 24 13 6 132 11 1324 36 134 23 1342 20 14 4 142 4 1423
16 143 20 1432 379 2 456 21 28 213 53 2134 28 214 28 2143 13 23 5 231 3 2314 13 234 7 2341 10 24
6 241 3 2413 13 243 15 2431 40 3 13 31 6 312 7 3124 10 314 11 3142 7 32 2 321 4 3214 4 324
5 3241 307 34 104 341 113 3412 28 342 30 3421 39 4 9 41 4 412 3 4123 19 413 15 4132 9 42 4 421
5 4213 5 423 3 4231 303 43 95 431 145 4312 20 432 38 4321
"""


def counted(report: str, candidates: int, seats: int) -> Outcome:
    """Count a ward from its report."""
    words = report.split()
    papers = {
        bytes(order.find(str(each + 1)) + 1 for each in range(candidates)): int(many)
        for many, order in zip(words[::2], words[1::2], strict=True)
    }
    return scottish_stv(weigh(papers, candidates), seats, announced_lot(candidates))


def elected_at(outcome: Outcome) -> dict[int, int]:
    """Return at which stage each was elected."""
    stages: Any = outcome.derivation["stages"]
    return {each: number for number, stage in enumerate(stages, 1) for each in stage["elected"]}


def test_the_north_isles_elect_whom_orkney_declared_at_the_stages_it_declared() -> None:
    # Orkney Islands Council, « Follow the Orkney Count », 4 May 2012: « Stephen Clackson, elected
    # at stage 1. Stephen Hagan, elected at stage 1. Graham Sinclair, elected at stage 4. »
    clackson, hagan, sinclair, _skuse = range(4)
    outcome = counted(NORTH_ISLES_2012, 4, seats=3)
    assert elected_at(outcome) == {clackson: 1, hagan: 1, sinclair: 4}
    assert outcome.derivation["ties"] == []


def test_buckie_elects_whom_the_returning_officer_declared() -> None:
    # Minute of Moray Council, 17 May 2017, item 1: « Gordon Cowie, Tim Eagle, Sonya Warren »;
    # Tim Eagle « cruising into his council seat at the first stage » (Inside Moray, May 2017).
    cowie, eagle, _mcdonald, warren = range(4)
    outcome = counted(BUCKIE_2017, 4, seats=3)
    assert set(outcome.chosen) == {cowie, eagle, warren}
    assert outcome.chosen[0] == eagle
    assert elected_at(outcome)[eagle] == 1


def test_debian_s_leader_of_2002_comes_from_its_published_matrix() -> None:
    # debian.org/vote/2002/vote_0001: tally[row][column] is how many prefer the row.
    robinson, hertzog, garbee, none = range(4)
    matrix = [[0, 255, 178, 385], [199, 0, 134, 406], [291, 327, 0, 443], [68, 50, 18, 0]]
    outcome = from_duels(matrix, 475)
    assert outcome.ranking == ((garbee,), (robinson,), (hertzog,), (none,))


def test_debian_s_leader_of_2003_wins_by_four_votes() -> None:
    # debian.org/vote/2003/vote_0001: « 4 beats 2: 228 224 », of 488 ballots.
    zadka, garbee, robinson, michlmayr, none = range(5)
    matrix = [
        [0, 34, 66, 38, 228],
        [428, 0, 238, 224, 449],
        [385, 221, 0, 226, 405],
        [397, 228, 237, 0, 424],
        [202, 29, 65, 39, 0],
    ]
    outcome = from_duels(matrix, 488)
    assert outcome.ranking == ((michlmayr,), (garbee,), (robinson,), (zadka,), (none,))
    assert outcome.derivation["condorcet_winner"] == michlmayr


def test_a_minority_of_49_in_a_hundred_has_half_of_ten_projects() -> None:
    # The example by which the method of equal shares is usually presented: 51 % support ten red
    # projects, 49 % ten blue ones, and there is money for ten. By votes, all are red; by equal
    # shares, five are red and five are blue.
    red, blue = bytes([1] * 10 + [0] * 10), bytes([0] * 10 + [1] * 10)
    profile = weigh({red: 51, blue: 49}, 20)
    lot = announced_lot(20)
    by_votes = greedy_budget(profile, [1000] * 20, 10_000, lot)
    by_shares = equal_shares(profile, [1000] * 20, 10_000, 1, lot)
    assert sum(each < 10 for each in by_votes.chosen) == 10
    assert sum(each < 10 for each in by_shares.chosen) == 5
    assert sum(each >= 10 for each in by_shares.chosen) == 5
