"""The steps of a payment: each once, each undone by its mirror, and books that agree with them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from freeco.accounting import books
from freeco.accounting.audit import check
from freeco.accounting.errors import KeyReused
from freeco.accounting.ledger import balance, lines_of
from freeco.accounting.models import Book, Entry
from freeco.clock import held_at
from freeco.db import db
from freeco.first_run.rehearsal import rehearse
from freeco.kernel_models import PublishedEvent
from freeco.money import Money
from freeco.payments import errors, steps
from freeco.payments.models import Method, Payment, PaymentStep, State
from freeco.plugins import Plugins
from freeco.testing import make_community, make_member
from freeco.testing.payments import DAY, Village

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)


@pytest.fixture
def village(app: Flask) -> Village:
    community = make_community("valmont", "Valmont")
    return Village(community, make_member(community))


def history(payment: Payment) -> list[tuple[str, str, str]]:
    query = select(PaymentStep).where(PaymentStep.payment_id == payment.id)
    found = db.session.scalars(query.order_by(PaymentStep.number))
    return [(each.before, each.after, each.reason) for each in found]


def test_a_cheque_goes_from_the_household_to_the_bank(village: Village) -> None:
    cheque = village.payment()
    with held_at(NOW):
        steps.receive(cheque, village.treasurer)
        assert village.stands() == {"411": -4000, "5112": 4000}
        steps.hand_over(cheque, village.treasurer)
        slip = steps.bank([cheque], DAY, village.treasurer)
    assert village.stands() == {"411": -4000, "512": 4000}
    assert (slip.number, cheque.slip_id, cheque.settled_at) == (1, slip.id, NOW)
    assert history(cheque) == [
        ("expected", "held", ""),
        ("held", "handed", ""),
        ("handed", "settled", ""),
    ]
    entries = db.session.scalars(select(Entry).order_by(Entry.number)).all()
    assert [each.key for each in entries] == [f"payment:{cheque.id}:1", f"payment:{cheque.id}:3"]
    assert [each.piece for each in entries] == [cheque.reference, "bordereau:1"]
    assert {line.party for line in lines_of(entries[0])} == {"", village.payer}


@pytest.mark.parametrize(("method", "account"), [(Method.CASH, "531"), (Method.TRANSFER, "512")])
def test_cash_and_transfers_seen_by_hand_are_settled_at_once(
    village: Village, method: Method, account: str
) -> None:
    payment = village.payment(method)
    steps.receive(payment, village.treasurer, on=DAY)
    assert payment.state == State.SETTLED
    assert village.stands() == {"411": -4000, account: 4000}


def test_a_card_is_settled_with_its_exact_fee_and_once(village: Village) -> None:
    payment = village.payment(Method.CHEQUE)
    steps.begin(payment, Method.CARD)
    steps.lose_sight(payment, "timeout")
    steps.settle(payment, NOW, fee=Money(85))
    steps.settle(payment, NOW + timedelta(days=1), fee=Money(99))
    assert (payment.state, payment.method, payment.fee) == (State.SETTLED, "card", Money(85))
    assert village.stands() == {"411": -4000, "5115": 3915, "6271": 85}


def test_a_settled_and_a_failed_payment_are_told_to_the_modules(village: Village) -> None:
    payment = village.payment(Method.TRANSFER)
    steps.settle(payment, NOW)
    steps.fail(payment, NOW, "recalled")
    rows = db.session.scalars(select(PublishedEvent).order_by(PublishedEvent.id))
    told = [(each.name, each.payload) for each in rows]
    content = {
        "community_id": village.community.id,
        "payment_id": payment.id,
        "purpose": "test:thing:1",
        "amount_cents": 4000,
    }
    assert told == [("core.payment_settled", content), ("core.payment_failed", content)]


def test_a_click_too_many_changes_nothing(village: Village) -> None:
    cheque = village.payment()
    steps.receive(cheque, village.treasurer)
    for again in (
        lambda: steps.receive(cheque, village.treasurer),
        lambda: steps.cancel(cheque, village.treasurer),
        lambda: steps.begin(cheque, Method.CARD),
        lambda: steps.change_method(cheque, Method.CASH),
        lambda: steps.lose_sight(cheque, "?"),
        lambda: steps.given_back(cheque, Money(1), "k", NOW),
    ):
        with pytest.raises(errors.StepOutOfOrder):
            again()
    assert history(cheque) == [("expected", "held", "")]
    assert check(village.book).entries == 1


def test_every_step_noted_by_hand_is_undone_by_its_mirror(village: Village) -> None:
    cheque = village.payment()
    by = village.treasurer
    steps.receive(cheque, by)
    steps.hand_over(cheque, by)
    steps.bank([cheque], cheque.due_on + timedelta(days=1), by)
    for state in (State.HANDED, State.HELD, State.EXPECTED):
        steps.step_back(cheque, by)
        assert cheque.state == state
    with pytest.raises(errors.StepOutOfOrder):
        steps.step_back(cheque, by)
    assert (cheque.slip_id, cheque.received_at, cheque.settled_at) == (None, None, None)
    assert village.stands() == {}
    assert check(village.book).faults == ()
    steps.receive(cheque, by)
    assert village.stands() == {"411": -4000, "5112": 4000}


def test_what_a_provider_said_is_not_undone_by_hand(village: Village) -> None:
    payment = village.payment(Method.CARD)
    steps.settle(payment, NOW)
    with pytest.raises(errors.StepOutOfOrder):
        steps.step_back(payment, village.treasurer)


def test_a_bounced_cheque_is_owed_again_with_what_the_bank_kept(village: Village) -> None:
    cheque = village.payment()
    steps.receive(cheque, village.treasurer, on=DAY)
    steps.bank([cheque], DAY, village.treasurer)
    again = steps.fail(cheque, NOW, "no_funds", fee=Money(1500))
    assert again is not None
    assert (again.state, again.amount, again.replaces_id) == ("expected", Money(4000), cheque.id)
    assert again.reference != cheque.reference
    assert village.stands() == {"512": -1500, "6278": 1500}
    assert steps.fail(cheque, NOW, "no_funds", fee=Money(1500)) is again
    steps.step_back(cheque, village.treasurer)
    assert (cheque.state, again.state) == (State.SETTLED, State.CANCELLED)
    assert village.stands() == {"411": -4000, "512": 4000}
    steps.fail(cheque, NOW, "no_funds")
    assert village.stands() == {}


def test_a_cheque_refused_while_held_comes_out_of_the_box(village: Village) -> None:
    cheque = village.payment()
    steps.receive(cheque, village.treasurer)
    steps.fail(cheque, NOW, "unsigned")
    assert village.stands() == {}


def test_a_bounce_with_a_fee_says_that_the_cheque_had_reached_the_bank(village: Village) -> None:
    cheque = village.payment()
    steps.receive(cheque, village.treasurer, on=DAY)
    steps.fail(cheque, NOW, "no_funds", fee=Money(1500))
    assert village.stands() == {"512": -1500, "6278": 1500}


def test_a_debit_refused_before_it_came_costs_its_fee_only(village: Village) -> None:
    payment = village.payment(Method.DEBIT)
    steps.begin(payment, Method.DEBIT)
    steps.fail(payment, NOW, "AC04", fee=Money(250))
    assert village.stands() == {"512": -250, "6271": 250}
    assert history(payment)[-1] == ("pending", "failed", "AC04")


def test_a_card_taken_back_comes_out_of_the_providers_account(village: Village) -> None:
    payment = village.payment(Method.CARD)
    steps.settle(payment, NOW, fee=Money(85))
    steps.fail(payment, NOW, "chargeback", fee=Money(1500))
    assert village.stands() == {"5115": -85 - 1500, "6271": 85 + 1500}


def test_what_was_given_up_does_not_fail_nor_settle(village: Village) -> None:
    payment = village.payment(Method.CARD)
    steps.begin(payment, Method.CARD)
    with pytest.raises(errors.StepOutOfOrder):
        steps.cancel(payment, village.treasurer)
    steps.cancel(payment, None)
    steps.cancel(payment, None)
    assert steps.fail(payment, NOW, "late") is None
    with pytest.raises(errors.StepOutOfOrder):
        steps.settle(payment, NOW)
    assert check(village.book).entries == 0


def test_a_refund_is_bounded_and_given_once(village: Village) -> None:
    payment = village.payment(Method.TRANSFER)
    steps.settle(payment, NOW)
    first = steps.given_back(payment, Money(2500), "hail", NOW)
    assert steps.given_back(payment, Money(2500), "hail", NOW) is first
    with pytest.raises(KeyReused):
        steps.given_back(payment, Money(2400), "hail", NOW)
    with pytest.raises(errors.RefundTooLarge):
        steps.given_back(payment, Money(1501), "more", NOW)
    steps.given_back(payment, Money(1500), "rest", NOW)
    assert (payment.refunded, village.stands()) == (Money(4000), {})
    with pytest.raises(errors.StepOutOfOrder):
        steps.step_back(payment, village.treasurer)


def test_the_database_too_bounds_refunds(village: Village) -> None:
    payment = village.payment()
    payment.refunded = Money(4001)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_refund_may_go_by_another_way(village: Village) -> None:
    payment = village.payment()
    steps.receive(payment, village.treasurer, on=DAY)
    steps.bank([payment], DAY, village.treasurer)
    steps.given_back(payment, Money(1000), "less", NOW, Method.TRANSFER)
    assert village.stands() == {"411": -3000, "512": 3000}


def test_a_slip_takes_the_due_cheques_of_one_beneficiary(village: Village) -> None:
    by = village.treasurer
    mine, later = village.payment(), village.payment()
    later.due_on = date(2026, 4, 1)
    village.producer = village.organisation("Fournil")
    other = village.payment()
    for each in (mine, later, other):
        steps.receive(each, by, on=DAY)
    for cheques, refusal in (
        ([], errors.NothingToBank),
        ([mine, other], errors.SeveralBeneficiaries),
        ([mine, later], errors.BankedTooEarly),
    ):
        with pytest.raises(refusal):
            steps.bank(cheques, DAY, by)
    assert steps.bank([mine], DAY, by).number == 1
    assert steps.bank([other], DAY, by).number == 1, "each beneficiary counts its own slips"
    assert steps.bank([later], later.due_on, by).number == 2
    with pytest.raises(errors.StepOutOfOrder):
        steps.bank([mine], DAY, by)


def test_a_day_to_come_is_refused(village: Village) -> None:
    with held_at(NOW), pytest.raises(errors.NotYet):
        steps.receive(village.payment(), village.treasurer, on=DAY + timedelta(days=1))


def test_midnight_is_that_of_the_community(village: Village) -> None:
    village.community.timezone = "Indian/Reunion"
    payment = village.payment(Method.TRANSFER)
    steps.settle(payment, datetime(2026, 3, 4, 21, tzinfo=UTC))
    assert db.session.scalars(select(Entry.day)).all() == [date(2026, 3, 5)]


def test_what_happened_before_a_closing_is_written_on_the_first_open_day(village: Village) -> None:
    books.close(village.book, date(2026, 3, 31))
    payment = village.payment(Method.CARD)
    steps.settle(payment, NOW)
    entry = db.session.scalars(select(Entry)).one()
    assert (entry.day, entry.piece_day) == (date(2026, 4, 1), DAY)


def test_a_rehearsals_payments_stay_in_its_own_book(village: Village) -> None:
    village.community = rehearse(Plugins(), village.community, "fr")
    village.producer = village.organisation("Ferme inventée")
    payment = village.payment(Method.CASH)
    steps.receive(payment, None)
    assert village.book.rehearsal
    assert balance(village.book, "531") == Money(4000)
    assert db.session.scalar(select(func.count(Book.id)).where(~Book.rehearsal)) == 0
