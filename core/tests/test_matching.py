"""Matching: a line settles one payment, a payment is settled by one line, and only people guess."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from freeco.accounting.audit import check
from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent, Refusal
from freeco.members.models import TREASURER, Community, Member
from freeco.money import Money
from freeco.payments import statements, statements_settling, steps
from freeco.payments.errors import SaidByBank
from freeco.payments.matching import Proposals, Seen, Wanted, Why, propose, references_in
from freeco.payments.models import Method, Payment, State
from freeco.payments.statement_formats import Reading, ReadLine
from freeco.payments.statement_models import Aside, BankLine, LineState
from freeco.payments.statements_matching import open_lines, proposals_for
from freeco.payments.step_log import book_of
from freeco.testing import make_community, make_member
from freeco.testing.bank_accounts import expect_payment, make_creditor, make_household

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = date(2026, 10, 5)
NAMES = ("roux", "puech", "nguyen", "fabre")
REFERENCES = ("RF47K7MR4TPX", "RF18K7MR4TPY", "RF471111", "RF4711112")


class Account:
    """An organisation's account, its treasurer, and what the bank says of it."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.organisation = make_creditor(community)
        self.treasurer = make_member(community, "Bernard", "Delpech", permissions=(TREASURER,))
        self.roux = make_household(community, "Claire", "Roux")

    def owed(
        self, cents: int = 4600, due_on: date = DAY, method: Method = Method.TRANSFER
    ) -> Payment:
        return expect_payment(self.roux, self.organisation, cents, due_on, method)

    def shows(self, label: str, cents: int = 4600, day: date = DAY, code: str = "") -> BankLine:
        line = ReadLine(1, day, Money(cents), label, return_code=code)
        statements.take_in(
            self.community, self.organisation, Reading("table", [line]), self.treasurer
        )
        db.session.commit()
        found = select(BankLine).order_by(BankLine.id.desc()).limit(1)
        return db.session.scalars(found).one()

    def proposed(self) -> Proposals:
        lines = open_lines(self.community, self.organisation)
        return proposals_for(self.community, self.organisation, lines)

    def accept(self, line: BankLine, target: str) -> None:
        statements_settling.accept(line, target, self.treasurer)
        db.session.commit()


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with held_at(NOW):
        yield


@pytest.fixture
def account(community: Community) -> Account:
    return Account(community)


@pytest.mark.parametrize(
    "label",
    [
        "VIR SEPA M OU MME ROUX RF47K7MR4TPX",
        "vir rf47 k7mr 4tpx paniers",
        "/INV/RF47-K7MR-4TPX/ROC/",
        "PANIERSRF47K7MR4TPXOCTOBRE",
    ],
)
def test_a_reference_is_found_inside_any_label(label: str) -> None:
    assert references_in(label, set(REFERENCES)) == ["RF47K7MR4TPX"]


def test_the_longer_of_two_references_is_the_one() -> None:
    assert references_in("RF47 1111 2", set(REFERENCES)) == ["RF4711112"]


def test_a_sign_misread_is_no_reference() -> None:
    assert references_in("RF47K7MR4TPY", set(REFERENCES)) == []


@given(
    lines=some.lists(
        some.tuples(
            some.integers(1, 3),
            some.integers(0, 40),
            some.lists(some.sampled_from(NAMES + REFERENCES)),
        ),
        max_size=12,
    ),
    wanted=some.lists(
        some.tuples(
            some.integers(1, 3),
            some.integers(0, 40),
            some.sampled_from(NAMES),
            some.sampled_from(("", *REFERENCES)),
            some.sampled_from(list(Why)),
        ),
        max_size=12,
    ),
)
@settings(max_examples=300, deadline=None)
def test_a_line_and_a_payment_are_each_in_one_place_at_most(
    lines: list[tuple[int, int, list[str]]], wanted: list[tuple[int, int, str, str, Why]]
) -> None:
    found = propose(
        [
            Seen(number, DAY + timedelta(days=day), Money(euros * 100), " ".join(words))
            for number, (euros, day, words) in enumerate(lines)
        ],
        [
            Wanted(
                f"payment:{number}",
                DAY + timedelta(days=day),
                Money(euros * 100),
                why=why,
                reference=reference,
                names=frozenset({name}),
            )
            for number, (euros, day, name, reference, why) in enumerate(wanted)
        ],
    )
    taken = [each.line for each in found.proposals] + [each.line for each in found.other_amounts]
    targets = [each.target for each in (*found.proposals, *found.other_amounts)]
    for conflict in found.conflicts:
        taken += conflict.lines
        targets += conflict.targets
        assert len(conflict.lines) + len(conflict.targets) > 2
    assert len(taken) == len(set(taken))
    assert len(targets) == len(set(targets))
    for each in found.proposals:
        target = int(each.target.removeprefix("payment:"))
        assert lines[each.line][0] == wanted[target][0]
        assert not each.certain or wanted[target][3]


def test_the_exact_reference_with_the_exact_amount_is_certain(account: Account) -> None:
    payment = account.owed()
    line = account.shows(f"VIR {payment.reference.lower()}")
    [proposal] = account.proposed().proposals
    assert (proposal.line, proposal.target) == (line.id, f"payment:{payment.id}")
    assert proposal.certain
    assert proposal.why == Why.REFERENCE


def test_a_name_and_an_amount_are_a_proposal_and_never_more(account: Account) -> None:
    account.owed()
    account.shows("VIR MME ROUX PANIERS")
    [proposal] = account.proposed().proposals
    assert not proposal.certain
    assert proposal.words == ("roux",)
    certain = statements_settling.accept_certain(
        account.community, account.organisation, account.treasurer
    )
    assert certain == 0


def test_a_first_name_alone_is_no_name(account: Account) -> None:
    account.owed()
    account.shows("VIR CLAIRE BOYER")
    assert account.proposed().proposals == []


def test_the_nearest_instalment_is_proposed(account: Account) -> None:
    near = account.owed(due_on=DAY)
    account.owed(due_on=DAY + timedelta(days=30))
    account.shows("VIR ROUX", day=DAY + timedelta(days=3))
    [proposal] = account.proposed().proposals
    assert proposal.target == f"payment:{near.id}"


def test_a_reference_with_another_amount_is_shown_as_such(account: Account) -> None:
    payment = account.owed()
    line = account.shows(f"VIR {payment.reference}", 4500)
    found = account.proposed()
    assert found.proposals == []
    assert [(each.line, each.target) for each in found.other_amounts] == [
        (line.id, f"payment:{payment.id}")
    ]
    with pytest.raises(statements_settling.AmountDiffers):
        account.accept(line, f"payment:{payment.id}")


def test_two_lines_that_bear_one_reference_are_a_conflict(account: Account) -> None:
    payment = account.owed()
    first = account.shows(f"VIR {payment.reference}")
    second = account.shows(f"VIR ENCORE {payment.reference}")
    found = account.proposed()
    assert found.proposals == []
    assert found.conflicts[0].lines == (first.id, second.id)
    account.accept(first, f"payment:{payment.id}")
    with pytest.raises(statements_settling.AlreadyMatched):
        account.accept(second, f"payment:{payment.id}")


def test_two_payments_that_claim_a_line_are_a_conflict(account: Account) -> None:
    account.owed()
    account.owed()
    account.shows("VIR ROUX")
    found = account.proposed()
    assert found.proposals == []
    assert len(found.conflicts[0].targets) == 2


def test_an_accepted_line_settles_its_payment_on_its_day(account: Account) -> None:
    payment = account.owed()
    line = account.shows(f"VIR {payment.reference}")
    account.accept(line, f"payment:{payment.id}")
    assert payment.state == State.SETTLED
    assert payment.settled_at is not None
    assert payment.settled_at.date() == DAY
    assert check(book_of(payment)).faults == ()
    assert account.proposed().proposals == ()


def test_all_that_is_certain_goes_in_one_click(account: Account) -> None:
    payments = [account.owed(cents) for cents in (4600, 5000, 5100)]
    for payment in payments[:2]:
        account.shows(f"VIR {payment.reference}", payment.amount.cents)
    account.shows("VIR ROUX", 5100)
    count = statements_settling.accept_certain(
        account.community, account.organisation, account.treasurer
    )
    db.session.commit()
    assert count == 2
    assert [payment.state for payment in payments] == ["settled", "settled", "expected"]


def test_undoing_a_match_undoes_the_payment(account: Account) -> None:
    payment = account.owed()
    line = account.shows(f"VIR {payment.reference}")
    account.accept(line, f"payment:{payment.id}")
    statements_settling.undo(line, account.treasurer)
    db.session.commit()
    assert (payment.state, line.state, line.payment) == (State.EXPECTED, LineState.OPEN, None)
    assert check(book_of(payment)).faults == ()
    account.accept(line, f"payment:{payment.id}")
    assert payment.state == State.SETTLED


def test_a_payment_noted_by_hand_is_matched_and_not_moved(account: Account) -> None:
    payment = account.owed()
    steps.receive(payment, account.treasurer, on=DAY)
    line = account.shows(f"VIR {payment.reference}")
    account.accept(line, f"payment:{payment.id}")
    taken = payment.steps_taken
    statements_settling.undo(line, account.treasurer)
    db.session.commit()
    assert (payment.state, payment.steps_taken) == (State.SETTLED, taken)


def test_a_transfer_instead_of_a_cheque_is_noted_as_a_transfer(account: Account) -> None:
    payment = account.owed(method=Method.CHEQUE)
    line = account.shows(f"VIR {payment.reference}")
    assert not account.proposed().proposals[0].certain
    account.accept(line, f"payment:{payment.id}")
    assert (payment.state, payment.method) == (State.SETTLED, Method.TRANSFER)


def test_what_a_line_says_of_a_payment_is_undone_by_its_line_alone(account: Account) -> None:
    payment = account.owed()
    line = account.shows("VIR CLAIRE ROUX")
    account.accept(line, f"payment:{payment.id}")
    with pytest.raises(SaidByBank):
        steps.step_back(payment, account.treasurer)
    db.session.rollback()
    statements_settling.undo(line, account.treasurer)
    assert (payment.state, line.state) == (State.EXPECTED, LineState.OPEN)
    account.accept(line, f"payment:{payment.id}")
    assert payment.state == State.SETTLED


def test_a_line_takes_back_what_it_noted_and_nothing_that_came_after(account: Account) -> None:
    payment = account.owed()
    line = account.shows("VIR CLAIRE ROUX")
    account.accept(line, f"payment:{payment.id}")
    again = steps.fail(payment, NOW, "recalled", by=account.treasurer)
    db.session.commit()
    with pytest.raises(statements_settling.CannotUndo):
        statements_settling.undo(line, account.treasurer)
    db.session.rollback()
    assert again is not None
    assert (payment.state, again.state) == (State.FAILED, State.EXPECTED)
    assert line.state == LineState.MATCHED


def test_a_cheque_leaves_no_slip_that_the_bank_has_credited(account: Account) -> None:
    cheque = account.owed(method=Method.CHEQUE)
    steps.receive(cheque, account.treasurer)
    slip = steps.bank([cheque], NOW.date(), account.treasurer)
    line = account.shows("REMISE CHEQUES", day=NOW.date())
    account.accept(line, f"slip:{slip.id}")
    with pytest.raises(SaidByBank):
        steps.step_back(cheque, account.treasurer)
    db.session.rollback()
    statements_settling.undo(line, account.treasurer)
    steps.step_back(cheque, account.treasurer)
    assert cheque.state == State.HELD


def test_what_was_refused_is_not_proposed_again(account: Account) -> None:
    payment = account.owed()
    line = account.shows(f"VIR {payment.reference}")
    statements_settling.refuse(line, f"payment:{payment.id}")
    db.session.commit()
    assert account.proposed().proposals == []


def test_a_deposit_of_cheques_is_matched_by_its_slip(account: Account) -> None:
    cheques = [account.owed(cents, method=Method.CHEQUE) for cents in (4600, 5000)]
    for cheque in cheques:
        steps.receive(cheque, account.treasurer, on=DAY)
    slip = steps.bank(cheques, DAY, account.treasurer)
    db.session.commit()
    line = account.shows("REMISE CHEQUES BORDEREAU 1", 9600, DAY + timedelta(days=2))
    [proposal] = account.proposed().proposals
    assert (proposal.target, proposal.why) == (f"slip:{slip.id}", Why.SLIP)
    account.accept(line, proposal.target)
    assert line.slip is slip
    other = account.shows("REMISE CHEQUES ENCORE", 9600)
    with pytest.raises(statements_settling.AlreadyMatched):
        account.accept(other, proposal.target)


def test_a_bounced_cheque_is_owed_again(account: Account) -> None:
    cheque = account.owed(method=Method.CHEQUE)
    steps.receive(cheque, account.treasurer, on=DAY)
    steps.bank([cheque], DAY, account.treasurer)
    db.session.commit()
    line = account.shows("CHEQUE IMPAYE ROUX", -4600, DAY + timedelta(days=9))
    [proposal] = account.proposed().proposals
    assert (proposal.target, proposal.certain) == (f"return:{cheque.id}", False)
    account.accept(line, proposal.target)
    assert cheque.state == State.FAILED
    again = db.session.scalars(select(Payment).where(Payment.replaces_id == cheque.id)).one()
    assert again.state == State.EXPECTED
    statements_settling.undo(line, account.treasurer)
    db.session.commit()
    assert (cheque.state, again.state) == (State.SETTLED, State.CANCELLED)


def test_a_line_left_aside_can_come_back(account: Account) -> None:
    line = account.shows("VIR STRIPE", 30000)
    statements_settling.set_aside(line, Aside.PAYOUT, account.treasurer)
    db.session.commit()
    with pytest.raises(statements_settling.LineTaken):
        statements_settling.refuse(line, "payment:1")
    statements_settling.undo(line, account.treasurer)
    assert line.state == LineState.OPEN


@pytest.mark.parametrize("target", ["payment:999", "slip:1", "collection:1", "book:1", "payment:x"])
def test_a_target_that_is_not_there_is_absent(account: Account, target: str) -> None:
    line = account.shows("VIR")
    with pytest.raises(Absent):
        account.accept(line, target)


def test_another_community_s_payment_is_absent(account: Account) -> None:
    elsewhere = make_community("ailleurs", "Ailleurs")
    household = make_household(elsewhere, "Paul", "Roux")
    other = expect_payment(household, account.organisation, 4600, DAY)
    line = account.shows("VIR")
    with pytest.raises(Absent):
        account.accept(line, f"payment:{other.id}")


def test_one_movement_settles_in_one_community_only(account: Account) -> None:
    payment = account.owed()
    line = account.shows("VIR ROUX")
    account.accept(line, f"payment:{payment.id}")
    elsewhere = make_community("ailleurs", "Ailleurs")
    db.session.add(Member(community=elsewhere, organisation=account.organisation))
    household = make_household(elsewhere, "Paul", "Roux")
    other = expect_payment(household, account.organisation, 4600, DAY)
    twin = statements.take_in(
        elsewhere,
        account.organisation,
        Reading("table", [ReadLine(1, DAY, Money(4600), "VIR ROUX")]),
        account.treasurer,
    )
    line = db.session.scalars(select(BankLine).where(BankLine.statement == twin.statement)).one()
    with pytest.raises(statements_settling.MatchedElsewhere):
        account.accept(line, f"payment:{other.id}")


def test_two_treasurers_at_one_payment_settle_it_by_one_line(app: Flask, account: Account) -> None:
    payment = account.owed()
    lines = [account.shows(f"VIR {word} {payment.reference}").id for word in ("A", "B")]
    target, treasurer_id = f"payment:{payment.id}", account.treasurer.id
    db.session.remove()
    start = Barrier(2)

    def accept(line_id: int) -> str:
        with app.app_context(), held_at(NOW):
            line = db.session.get_one(BankLine, line_id)
            treasurer = db.session.get_one(Member, treasurer_id)
            db.session.rollback()
            start.wait()
            try:
                statements_settling.accept(line, target, treasurer)
                db.session.commit()
            except (Refusal, IntegrityError) as refusal:
                db.session.rollback()
                return type(refusal).__name__
            return "settled"

    with ThreadPoolExecutor(2) as hands:
        told = sorted(hands.map(accept, lines))
    assert told == ["AlreadyMatched", "settled"]
    matched = select(func.count()).where(BankLine.payment_id.is_not(None))
    assert db.session.scalar(matched) == 1
