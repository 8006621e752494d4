"""What is short is shared out: everybody a first piece before anybody a second."""

from hypothesis import given
from hypothesis import strategies as st

from freeco_direct_sales.orders.sharing import Demand, share_out

DEMANDS = st.lists(st.builds(Demand, st.integers(0, 40), st.booleans()), max_size=12)
PLAIN = st.lists(st.builds(Demand, st.integers(0, 40)), max_size=12)


def test_four_crates_for_three_households() -> None:
    assert share_out(4, [Demand(3), Demand(1), Demand(2)]) == [2, 1, 1]


def test_enough_for_all_is_what_each_asked() -> None:
    assert share_out(100, [Demand(3), Demand(0), Demand(7)]) == [3, 0, 7]


def test_who_wants_all_or_nothing_gives_way_to_the_others() -> None:
    assert share_out(4, [Demand(3), Demand(4, whole=True), Demand(1)]) == [3, 0, 1]


def test_who_wants_all_or_nothing_is_served_when_his_turn_allows() -> None:
    assert share_out(4, [Demand(2, whole=True), Demand(5)]) == [2, 2]


def test_cases_of_six_are_not_opened() -> None:
    assert share_out(20, [Demand(12), Demand(12)], step=6) == [12, 6]


@given(st.integers(0, 200), DEMANDS, st.integers(1, 6))
def test_never_more_than_there_is_nor_than_was_asked(
    available: int, demands: list[Demand], step: int
) -> None:
    got = share_out(available, demands, step)
    assert sum(got) <= available
    for each, many in zip(demands, got, strict=True):
        assert 0 <= many <= each.wanted
        assert many % step == 0 or many == each.wanted
        assert not each.whole or many in (0, each.wanted // step * step, each.wanted)


@given(st.integers(0, 200), PLAIN)
def test_nothing_is_left_that_somebody_still_wanted(available: int, demands: list[Demand]) -> None:
    got = share_out(available, demands)
    assert sum(got) == min(available, sum(each.wanted for each in demands))


@given(st.integers(0, 200), PLAIN)
def test_nobody_envies_a_household_that_asked_as_much_or_more_later(
    available: int, demands: list[Demand]
) -> None:
    got = share_out(available, demands)
    for place, each in enumerate(demands):
        for later in range(len(demands)):
            assert got[place] == each.wanted or got[later] <= got[place] + (later < place)
