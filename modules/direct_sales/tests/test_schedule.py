from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent
from freeco.members.models import Community, Member
from freeco.money import Money, total
from freeco_direct_sales import cheques, subscriptions
from freeco_direct_sales.errors import ChequeOutOfOrder
from freeco_direct_sales.models import Cheque, ChequeState, SeasonContract, Subscription

Take = Callable[..., Subscription]
SMALL = {"Petit panier": 1}


@pytest.fixture
def cheque(vegetables: SeasonContract, member: Member, take: Take) -> Cheque:
    return take(vegetables, member, SMALL).cheques[0]


@pytest.mark.parametrize("cents", [1, 2, 99, 100, 3451, 99_999_999])
@pytest.mark.parametrize("count", range(1, 13))
def test_no_cent_is_lost_between_the_cheques(cents: int, count: int) -> None:
    assert total(cheques.amounts(Money(cents), count)) == Money(cents)


def test_the_first_cheques_carry_the_odd_cents() -> None:
    assert cheques.amounts(Money(1000), 3) == (Money(334), Money(333), Money(333))


def test_no_cheque_is_for_nothing() -> None:
    assert cheques.amounts(Money(2), 6) == (Money(1), Money(1))


def test_cheques_are_banked_one_a_month_across_the_new_year() -> None:
    assert cheques.dates(date(2026, 11, 5), 4) == [
        date(2026, 11, 5),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
    ]


def test_a_season_begun_on_the_last_of_a_month_skips_no_month() -> None:
    assert cheques.dates(date(2027, 1, 31), 3) == [
        date(2027, 1, 31),
        date(2027, 2, 1),
        date(2027, 3, 1),
    ]


def test_without_cheque_there_is_no_date() -> None:
    assert cheques.dates(date(2026, 11, 5), 0) == []


def test_a_subscription_writes_its_schedule(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL, 2)
    assert [(each.amount, each.due_on, each.state) for each in done.cheques] == [
        (Money(1725), date(2026, 11, 2), ChequeState.DUE),
        (Money(1725), date(2026, 12, 1), ChequeState.DUE),
    ]


def test_no_cheque_is_banked_before_the_season_begins(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    with held_at(datetime(2026, 9, 10, 9, 0, tzinfo=UTC)):
        done = take(vegetables, member, SMALL, 2)
    assert [each.due_on for each in done.cheques] == [date(2026, 11, 1), date(2026, 12, 1)]


def test_the_day_is_that_of_lavergne_not_of_greenwich(
    bread: SeasonContract, member: Member, take: Take
) -> None:
    with held_at(datetime(2026, 11, 2, 23, 30, tzinfo=UTC)):
        done = take(bread, member, {"Brioche": 1})
    assert done.cheques[0].due_on == date(2026, 11, 3)


def test_a_gift_needs_no_cheque(vegetables: SeasonContract, member: Member, take: Take) -> None:
    vegetables.products[0].price = Money(0)
    assert take(vegetables, member, SMALL, 3).cheques == []


def test_a_cheque_is_handed_over_then_banked(cheque: Cheque, monday: datetime) -> None:
    cheques.hand_over(cheque)
    assert (cheque.state, cheque.handed_over_at) == (ChequeState.HELD, monday)
    cheques.bank(cheque)
    assert (cheque.state, cheque.banked_at) == (ChequeState.BANKED, monday)


def test_a_cheque_nobody_has_given_is_not_banked(cheque: Cheque) -> None:
    with pytest.raises(ChequeOutOfOrder):
        cheques.bank(cheque)


def test_a_cheque_is_not_handed_over_twice(cheque: Cheque) -> None:
    cheques.hand_over(cheque)
    with pytest.raises(ChequeOutOfOrder):
        cheques.hand_over(cheque)


def test_wrong_clicks_are_undone_one_by_one(cheque: Cheque) -> None:
    cheques.hand_over(cheque)
    cheques.bank(cheque)
    cheques.take_back(cheque)
    assert (cheque.state, cheque.banked_at) == (ChequeState.HELD, None)
    cheques.take_back(cheque)
    assert (cheque.state, cheque.handed_over_at) == (ChequeState.DUE, None)
    with pytest.raises(ChequeOutOfOrder):
        cheques.take_back(cheque)


def listed(community: Community, state: ChequeState | None = None) -> Sequence[Cheque]:
    return db.session.scalars(cheques.list_cheques(community, state)).all()


def test_cheques_are_listed_by_state_the_soonest_first(
    vegetables: SeasonContract, member: Member, neighbour: Member, take: Take
) -> None:
    first, second = take(vegetables, member, SMALL, 2), take(vegetables, neighbour, SMALL)
    cheques.hand_over(first.cheques[0])
    db.session.commit()
    community = vegetables.community
    assert listed(community, ChequeState.HELD) == [first.cheques[0]]
    assert listed(community, ChequeState.DUE) == [
        second.cheques[0],
        first.cheques[1],
    ]


def test_the_cheques_of_a_place_given_back_are_no_longer_asked_for(cheque: Cheque) -> None:
    community = cheque.subscription.contract.community
    subscriptions.withdraw(cheque.subscription)
    assert listed(community) == []


def test_a_cheque_is_absent_from_another_community(cheque: Cheque, elsewhere: Community) -> None:
    assert listed(elsewhere) == []
    with pytest.raises(Absent):
        cheques.find_cheque(elsewhere, cheque.id)
