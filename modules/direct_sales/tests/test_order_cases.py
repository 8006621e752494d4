"""Cases filled by several households: the rule, exact in whole pieces."""

from hypothesis import given
from hypothesis import strategies as st

from freeco_direct_sales.orders.filling import Part, fill_cases, to_fill

PARTS = st.lists(st.builds(Part, st.integers(0, 30), st.integers(0, 6), st.booleans()), max_size=10)
PLAIN = st.lists(st.builds(Part, st.integers(0, 30), st.integers(0, 6)), max_size=10)
CASES = st.integers(2, 24)


def test_full_cases_are_what_everybody_asked() -> None:
    assert fill_cases(12, [Part(7, 3), Part(5)]) == [7, 5]


def test_who_asked_first_takes_the_first_piece_more_each_in_turn() -> None:
    assert fill_cases(12, [Part(4, 3), Part(3, 1), Part(1, 5)]) == [6, 4, 2]


def test_what_is_over_is_shared_out_when_nobody_completes() -> None:
    assert fill_cases(12, [Part(9), Part(6), Part(1)]) == [6, 5, 1]


def test_less_than_one_case_is_none() -> None:
    assert fill_cases(12, [Part(5, 2), Part(3, 1)]) == [0, 0]


def test_an_open_case_is_brought_when_the_coordinator_says_so() -> None:
    assert fill_cases(12, [Part(9), Part(6)], cut=False) == [9, 6]
    assert fill_cases(12, [Part(9, 9), Part(6)], cut=False) == [18, 6]


def test_all_or_nothing_gives_way_and_the_others_still_fill_a_case() -> None:
    assert fill_cases(6, [Part(5), Part(4, whole=True)]) == [0, 0]
    assert fill_cases(6, [Part(5, 1), Part(4, whole=True)]) == [6, 0]


def test_what_is_not_there_completes_nothing() -> None:
    assert fill_cases(12, [Part(10, 2)], more=1) == [0]
    assert fill_cases(12, [Part(10, 2)], more=2) == [12]


def test_by_multiples_of_two_a_case_of_twelve_is_filled_by_two() -> None:
    assert fill_cases(12, [Part(6, 3), Part(4, 1)], 2) == [8, 4]


def test_how_many_are_missing() -> None:
    assert [to_fill(12, many) for many in (0, 1, 9, 12, 13)] == [0, 11, 3, 0, 11]


@given(CASES, PARTS, st.none() | st.integers(0, 20))
def test_every_case_is_full_and_nobody_has_more_than_they_said(
    case: int, parts: list[Part], more: int | None
) -> None:
    got = fill_cases(case, parts, more=more)
    asked = sum(each.wanted for each in parts)
    assert sum(got) % case == 0
    assert more is None or sum(got) <= asked + more
    for each, many in zip(parts, got, strict=True):
        assert 0 <= many <= each.wanted + (each.tolerance if each.wanted else 0)
        assert not each.whole or many == 0 or many >= each.wanted


@given(CASES, PLAIN)
def test_nobody_is_cut_back_when_what_was_said_fills_the_case(case: int, parts: list[Part]) -> None:
    got = fill_cases(case, parts)
    asked = sum(each.wanted for each in parts)
    spare = sum(each.tolerance for each in parts if each.wanted)
    if to_fill(case, asked) <= spare:
        assert sum(got) == asked + to_fill(case, asked)
        assert all(many >= each.wanted for each, many in zip(parts, got, strict=True))
    else:
        assert sum(got) == asked // case * case
        assert all(many <= each.wanted for each, many in zip(parts, got, strict=True))


@given(CASES, PLAIN)
def test_who_asked_first_is_never_worse_off_than_who_asked_as_much(
    case: int, parts: list[Part]
) -> None:
    got = fill_cases(case, parts)
    for first, one in enumerate(parts):
        for later in range(first + 1, len(parts)):
            if one.wanted == parts[later].wanted and one.tolerance >= parts[later].tolerance:
                assert got[first] >= got[later]


@given(CASES, PARTS, st.integers(0, 40))
def test_one_more_in_stock_never_gives_fewer_pieces(
    case: int, parts: list[Part], more: int
) -> None:
    assert sum(fill_cases(case, parts, more=more + 1)) >= sum(fill_cases(case, parts, more=more))
