from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco.money import Money, total
from freeco.organisations import services as organisations
from freeco.organisations.models import Role
from freeco.payments import parties, steps
from freeco.payments.models import State
from freeco_direct_sales import schedule, subscriptions
from freeco_direct_sales.models import SeasonContract, Subscription

Take = Callable[..., Subscription]
SMALL = {"Petit panier": 1}


@pytest.mark.parametrize("cents", [1, 2, 99, 100, 3451, 99_999_999])
@pytest.mark.parametrize("count", range(1, 13))
def test_no_cent_is_lost_between_the_cheques(cents: int, count: int) -> None:
    assert total(schedule.amounts(Money(cents), count)) == Money(cents)


def test_the_first_cheques_carry_the_odd_cents() -> None:
    assert schedule.amounts(Money(1000), 3) == (Money(334), Money(333), Money(333))


def test_no_cheque_is_for_nothing() -> None:
    assert schedule.amounts(Money(2), 6) == (Money(1), Money(1))


def test_cheques_are_banked_one_a_month_across_the_new_year() -> None:
    assert schedule.dates(date(2026, 11, 5), 4) == [
        date(2026, 11, 5),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
    ]


def test_a_season_begun_on_the_last_of_a_month_skips_no_month() -> None:
    assert schedule.dates(date(2027, 1, 31), 3) == [
        date(2027, 1, 31),
        date(2027, 2, 1),
        date(2027, 3, 1),
    ]


def test_without_cheque_there_is_no_date() -> None:
    assert schedule.dates(date(2026, 11, 5), 0) == []


def test_a_subscription_writes_its_schedule(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL, 2)
    assert [(each.amount, each.due_on, each.state) for each in done.payments] == [
        (Money(1725), date(2026, 11, 2), State.EXPECTED),
        (Money(1725), date(2026, 12, 1), State.EXPECTED),
    ]


def test_no_cheque_is_banked_before_the_season_begins(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    with held_at(datetime(2026, 9, 10, 9, 0, tzinfo=UTC)):
        done = take(vegetables, member, SMALL, 2)
    assert [each.due_on for each in done.payments] == [date(2026, 11, 1), date(2026, 12, 1)]


def test_the_day_is_that_of_lavergne_not_of_greenwich(
    bread: SeasonContract, member: Member, take: Take
) -> None:
    with held_at(datetime(2026, 11, 2, 23, 30, tzinfo=UTC)):
        done = take(bread, member, {"Brioche": 1})
    assert done.payments[0].due_on == date(2026, 11, 3)


def test_a_gift_needs_no_cheque(vegetables: SeasonContract, member: Member, take: Take) -> None:
    vegetables.products[0].price = Money(0)
    assert take(vegetables, member, SMALL, 3).payments == []


def test_a_place_given_back_owes_nothing_more(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL, 2)
    subscriptions.withdraw(done)
    db.session.commit()
    assert {each.state for each in done.payments} == {State.CANCELLED}


def test_a_payment_is_owed_to_whom_sells_by_who_eats(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    (payment,) = done.payments
    assert payment.beneficiary.name == "GAEC des Vergnes"
    assert parties.name(payment.payer) == done.household.name
    assert payment.purpose == f"direct_sales:subscription:{done.id}"


def test_the_farm_s_own_organisation_is_registered_once(
    vegetables: SeasonContract, member: Member, neighbour: Member, farmer: Member, take: Take
) -> None:
    first, second = take(vegetables, member, SMALL), take(vegetables, neighbour, SMALL)
    beneficiaries = {each.payments[0].beneficiary_id for each in (first, second)}
    assert len(beneficiaries) == 1
    (sold_by,) = organisations.organisations_of(vegetables.community)
    assert organisations.holds_role(sold_by, farmer.person_id, Role.PRODUCER)


def test_a_baker_without_account_is_a_seller_too(
    bread: SeasonContract, member: Member, take: Take
) -> None:
    (payment,) = take(bread, member, {"Brioche": 1}).payments
    assert payment.beneficiary.name == "Le Fournil de Lise"
    assert organisations.organisations_of(bread.community) == []


def test_more_to_pay_is_one_payment_more(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL, 2)
    assert schedule.adjust(done, Money(300)) == Money(0)
    db.session.refresh(done)
    assert [(each.amount, each.due_on) for each in done.payments] == [
        (Money(1725), date(2026, 11, 2)),
        (Money(1725), date(2026, 12, 1)),
        (Money(300), date(2026, 12, 1)),
    ]


def test_less_to_pay_is_taken_off_the_last_payments(
    vegetables: SeasonContract, member: Member, treasurer: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL, 3)
    steps.receive(done.payments[0], treasurer)
    assert schedule.adjust(done, Money(-1500)) == Money(0)
    db.session.refresh(done)
    left = [each.amount for each in done.payments if each.state in schedule.STANDING]
    assert left == [Money(1150), Money(800)]


def test_what_was_paid_already_is_left_to_give_back(
    vegetables: SeasonContract, member: Member, treasurer: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    steps.receive(done.payments[0], treasurer)
    assert schedule.adjust(done, Money(-500)) == Money(500)
