"""Yes, no and blank: quorums, majorities, colleges."""

from fractions import Fraction

import pytest

from freeco_project_decisions.counting.assent import NO, YES, Base, College, Majority, assent
from freeco_project_decisions.counting.errors import Uncountable
from freeco_project_decisions.counting.lots import Lot

NOTHING_CHANGES = Lot((NO, YES), "announced")
TWO_THIRDS = Fraction(2, 3)


def test_more_than_half_of_those_who_say_yes_or_no_adopts() -> None:
    assert assent([College(yes=11, no=10, blank=30, enrolled=60)], Majority()).chosen == (YES,)


def test_a_blank_vote_weighs_against_when_the_majority_is_of_those_present() -> None:
    majority = Majority(base=Base.PRESENT)
    assert assent([College(yes=11, no=10, blank=30, enrolled=60)], majority).chosen == (NO,)


def test_staying_away_weighs_against_when_the_majority_is_of_all() -> None:
    majority = Majority(base=Base.ENROLLED)
    assert assent([College(yes=30, no=0, blank=0, enrolled=60)], majority).chosen == (NO,)
    assert assent([College(yes=31, no=0, blank=0, enrolled=60)], majority).chosen == (YES,)


def test_two_thirds_exactly_are_enough() -> None:
    majority = Majority(share=TWO_THIRDS, more_than=False)
    assert assent([College(yes=20, no=10, blank=5, enrolled=35)], majority).chosen == (YES,)
    assert assent([College(yes=19, no=10, blank=5, enrolled=35)], majority).chosen == (NO,)


def test_without_quorum_nothing_is_decided() -> None:
    outcome = assent([College(5, 1, 0, enrolled=30)], Majority(quorum=Fraction(1, 4)))
    assert outcome.chosen == ()
    assert outcome.derivation["quorum_met"] is False
    assert outcome.decided


def test_who_is_there_and_does_not_vote_counts_for_the_quorum() -> None:
    college = College(5, 1, 0, enrolled=30, present=8)
    assert assent([college], Majority(quorum=Fraction(1, 4))).chosen == (YES,)


def test_as_many_yes_as_no_is_given_back_as_a_tie() -> None:
    outcome = assent([College(4, 4, 1, enrolled=9)], Majority())
    assert (outcome.chosen, outcome.tied) == ((), (YES, NO))


@pytest.mark.parametrize(
    ("college", "base"),
    [
        (College(4, 4, 2, enrolled=10), Base.PRESENT),
        (College(0, 0, 10, enrolled=10), Base.PRESENT),
        (College(3, 3, 0, enrolled=100), Base.ENROLLED),
        (College(0, 0, 0, enrolled=100), Base.ENROLLED),
    ],
)
def test_as_many_yes_as_no_is_no_tie_when_silence_weighs_against(
    college: College, base: Base
) -> None:
    outcome = assent([college], Majority(base=base))
    assert (outcome.chosen, outcome.tied) == ((NO,), ())


def test_who_voted_blank_came_and_decides_nothing() -> None:
    outcome = assent([College(0, 0, 10, enrolled=10)], Majority(quorum=Fraction(1, 2)))
    assert (outcome.chosen, outcome.derivation["quorum_met"]) == ((), True)


def test_what_was_announced_for_a_tie_settles_it() -> None:
    outcome = assent([College(4, 4, 1, enrolled=9)], Majority(), NOTHING_CHANGES)
    assert (outcome.chosen, outcome.tied) == ((NO,), ())
    assert outcome.derivation["ties"]


def test_colleges_weigh_what_was_announced_and_not_what_they_number() -> None:
    producers = College(yes=1, no=2, blank=0, enrolled=3, weight=Fraction(60, 100))
    eaters = College(yes=90, no=10, blank=0, enrolled=100, weight=Fraction(40, 100))
    outcome = assent([producers, eaters], Majority())
    # 60 % of 1/3 and 40 % of 9/10.
    assert outcome.derivation["for"] == "14/25"
    assert outcome.chosen == (YES,)


def test_a_college_where_nobody_votes_leaves_its_weight_to_the_others() -> None:
    absent = College(yes=0, no=0, blank=0, enrolled=4, weight=Fraction(1, 2))
    there = College(yes=2, no=1, blank=0, enrolled=3, weight=Fraction(1, 2))
    assert assent([absent, there], Majority()).derivation["for"] == "2/3"


def test_when_nobody_votes_nothing_is_decided() -> None:
    assert assent([College(0, 0, 0, enrolled=5)], Majority()).chosen == ()


@pytest.mark.parametrize(
    "college",
    [College(5, 5, 0, enrolled=9), College(-1, 2, 0, enrolled=9), College(1, 1, 1, 9, present=2)],
)
def test_numbers_that_do_not_add_up_are_refused(college: College) -> None:
    with pytest.raises(Uncountable):
        assent([college], Majority())
