"""What happened, as the chart of accounts says it: each scheme against lines written by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import get_args

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from freeco.accounting import facts, recording
from freeco.accounting.audit import check
from freeco.accounting.books import open_book
from freeco.accounting.charts import chart
from freeco.accounting.errors import Overdrawn
from freeco.accounting.facts import Fact, Means, Part
from freeco.accounting.ledger import LABEL, balance, credit, debit, post
from freeco.accounting.models import Book
from freeco.db import db
from freeco.money import Money

DAY = date(2026, 3, 4)
HOME, FARM, SOMEONE, PLATFORM = (
    "core:household:7",
    "core:organisation:3",
    "core:person:9",
    "core:platform:0",
)
Written = tuple[str, str, int]


def euros(cents: int) -> Money:
    return Money(cents)


@dataclass(frozen=True)
class Case:
    """A fact, and what an accountant writes for it: account, party, cents (a debit is positive)."""

    fact: Fact
    journal: str
    lines: list[Written]


MIXED = (Part(euros(1055), 550), Part(euros(1200), 2000, "service"), Part(euros(500)))
CASES = [
    # Sales
    Case(
        facts.Commitment(HOME, euros(30000)),
        "VE",
        [("411", HOME, 30000), ("4191", HOME, -30000)],
    ),
    Case(
        facts.CommitmentLessened(HOME, euros(1000)),
        "VE",
        [("4191", HOME, 1000), ("411", HOME, -1000)],
    ),
    Case(
        facts.Sale(HOME, MIXED),
        "VE",
        [
            ("411", HOME, 2755),
            ("701", "", -1500),
            ("706", "", -1000),
            ("44571", "", -255),
        ],
    ),
    Case(
        facts.Sale(HOME, (Part(euros(2500)), Part(euros(300), 0, "fee")), from_advances=True),
        "VE",
        [("4191", HOME, 2800), ("701", "", -2500), ("708", "", -300)],
    ),
    Case(
        facts.Sale(HOME, (Part(euros(1055), 550, "goods"), Part(euros(-211), 550, "goods"))),
        "VE",
        [("411", HOME, 844), ("707", "", -800), ("44571", "", -44)],
    ),
    Case(
        facts.SaleLessened(HOME, (Part(euros(1055), 550),)),
        "VE",
        [("701", "", 1000), ("44571", "", 55), ("411", HOME, -1055)],
    ),
    Case(
        facts.SaleLessened(FARM, (Part(euros(120), 2000, "service"),), adjusts_price=True),
        "VE",
        [("709", "", 100), ("44571", "", 20), ("411", FARM, -120)],
    ),
    Case(
        facts.RebateDue(FARM, euros(120), euros(20)),
        "OD",
        [("709", "", 100), ("44587", "", 20), ("4198", FARM, -120)],
    ),
    Case(
        facts.RebateGranted(FARM, euros(120), euros(20)),
        "VE",
        [("4198", FARM, 120), ("411", FARM, -120), ("44571", "", 20), ("44587", "", -20)],
    ),
    Case(facts.Contribution(HOME, euros(1500)), "VE", [("411", HOME, 1500), ("7561", "", -1500)]),
    Case(
        facts.Contribution(HOME, euros(1500), something_given=True),
        "VE",
        [("411", HOME, 1500), ("7562", "", -1500)],
    ),
    Case(facts.Uncollectable(HOME, euros(700)), "OD", [("654", "", 700), ("411", HOME, -700)]),
    # A price shared between households
    Case(
        facts.PriceLessened(HOME, FARM, euros(690)),
        "OD",
        [("4672", FARM, 690), ("411", HOME, -690)],
    ),
    Case(
        facts.PriceRaised(HOME, FARM, euros(345)),
        "OD",
        [("411", HOME, 345), ("4672", FARM, -345)],
    ),
    Case(facts.PoolFed(euros(1000), "cheque"), "CH", [("5112", "", 1000), ("4671", "", -1000)]),
    Case(facts.PoolOwed(FARM, euros(345)), "OD", [("4672", FARM, 345), ("4671", "", -345)]),
    Case(facts.PoolOwes(FARM, euros(690)), "OD", [("4671", "", 690), ("4672", FARM, -690)]),
    # Payments that come in
    Case(
        facts.Received(HOME, euros(9000), "cheque"),
        "CH",
        [("5112", "", 9000), ("411", HOME, -9000)],
    ),
    Case(
        facts.Received(HOME, euros(5000), "cash"), "CA", [("531", "", 5000), ("411", HOME, -5000)]
    ),
    Case(
        facts.Received(HOME, euros(5000), "transfer"),
        "BQ",
        [("512", "", 5000), ("411", HOME, -5000)],
    ),
    Case(
        facts.Received(HOME, euros(5000), "debit", euros(35)),
        "PE",
        [("5116", "", 4965), ("6271", "", 35), ("411", HOME, -5000)],
    ),
    Case(
        facts.Received(HOME, euros(5000), "card", euros(100)),
        "PE",
        [("5115", "", 4900), ("6271", "", 100), ("411", HOME, -5000)],
    ),
    Case(
        facts.Received(HOME, euros(20), "card", euros(25)),
        "PE",
        [("5115", "", -5), ("6271", "", 25), ("411", HOME, -20)],
    ),
    Case(facts.Banked(euros(8000), "cheque"), "BQ", [("512", "", 8000), ("5112", "", -8000)]),
    Case(
        facts.Banked(euros(1000), "cash", euros(30)),
        "BQ",
        [("512", "", 970), ("6278", "", 30), ("531", "", -1000)],
    ),
    Case(
        facts.Banked(euros(4800), "card", euros(10)),
        "BQ",
        [("512", "", 4790), ("6271", "", 10), ("5115", "", -4800)],
    ),
    Case(facts.Banked(euros(4965), "debit"), "BQ", [("512", "", 4965), ("5116", "", -4965)]),
    Case(facts.TakenFromBank(euros(45)), "BQ", [("5115", "", 45), ("512", "", -45)]),
    Case(
        facts.Bounced(HOME, euros(3000), "cheque", fee=euros(1200)),
        "BQ",
        [("411", HOME, 3000), ("6278", "", 1200), ("512", "", -4200)],
    ),
    Case(
        facts.Bounced(HOME, euros(400), "cheque", banked=False),
        "CH",
        [("411", HOME, 400), ("5112", "", -400)],
    ),
    Case(
        facts.Bounced(HOME, euros(400), "cheque", banked=False, fee=euros(90)),
        "CH",
        [("411", HOME, 400), ("6278", "", 90), ("5112", "", -400), ("512", "", -90)],
    ),
    Case(
        facts.Bounced(HOME, euros(5000), "debit", fee=euros(200)),
        "BQ",
        [("411", HOME, 5000), ("6271", "", 200), ("512", "", -5200)],
    ),
    Case(
        facts.Bounced(HOME, euros(5000), "card", banked=False, fee=euros(1500)),
        "PE",
        [("411", HOME, 5000), ("6271", "", 1500), ("5115", "", -6500)],
    ),
    Case(facts.BankCharge(euros(90), "debit"), "BQ", [("6271", "", 90), ("512", "", -90)]),
    Case(facts.BankCharge(euros(90), "card"), "PE", [("6271", "", 90), ("5115", "", -90)]),
    Case(facts.BankCharge(euros(90), "cheque"), "BQ", [("6278", "", 90), ("512", "", -90)]),
    Case(facts.ProviderFee(euros(200)), "PE", [("6271", "", 200), ("5115", "", -200)]),
    Case(facts.ProviderFeeReturned(euros(50)), "PE", [("5115", "", 50), ("6271", "", -50)]),
    Case(
        facts.PaymentUndone(HOME, euros(700), euros(30)),
        "PE",
        [("411", HOME, 700), ("6271", "", -30), ("5115", "", -670)],
    ),
    Case(
        facts.DisputeWon(HOME, euros(700), euros(1500)),
        "PE",
        [("5115", "", 2200), ("411", HOME, -700), ("6271", "", -1500)],
    ),
    Case(facts.AccountCharge(euros(300)), "BQ", [("6278", "", 300), ("512", "", -300)]),
    Case(facts.Refund(HOME, euros(500), "cheque"), "BQ", [("411", HOME, 500), ("512", "", -500)]),
    Case(facts.Refund(HOME, euros(500), "debit"), "BQ", [("411", HOME, 500), ("512", "", -500)]),
    Case(facts.Refund(HOME, euros(500), "cash"), "CA", [("411", HOME, 500), ("531", "", -500)]),
    Case(
        facts.Refund(HOME, euros(500), "card", euros(8)),
        "PE",
        [("411", HOME, 500), ("6271", "", -8), ("5115", "", -492)],
    ),
    Case(facts.Unexplained(euros(800)), "BQ", [("512", "", 800), ("471", "", -800)]),
    Case(
        facts.Unexplained(euros(300), incoming=False), "BQ", [("471", "", 300), ("512", "", -300)]
    ),
    Case(facts.Explained(HOME, euros(500)), "OD", [("471", "", 500), ("411", HOME, -500)]),
    # Purchases
    Case(
        facts.Purchase(FARM, "613", euros(1200), euros(200)),
        "AC",
        [("613", "", 1000), ("44566", "", 200), ("401", FARM, -1200)],
    ),
    Case(
        facts.Purchase(FARM, "2183", euros(1200), euros(200)),
        "AC",
        [("2183", "", 1000), ("44562", "", 200), ("404", FARM, -1200)],
    ),
    Case(
        facts.cost_share(PLATFORM, euros(240), euros(40)),
        "AC",
        [("622", "", 200), ("44566", "", 40), ("401", PLATFORM, -240)],
    ),
    Case(
        facts.cost_share_lessened(PLATFORM, euros(24), euros(4)),
        "AC",
        [("401", PLATFORM, 24), ("629", "", -20), ("44566", "", -4)],
    ),
    Case(facts.PurchaseLessened(FARM, euros(50)), "AC", [("401", FARM, 50), ("609", "", -50)]),
    Case(
        facts.PurchaseLessened(FARM, euros(50), account="613"),
        "AC",
        [("401", FARM, 50), ("619", "", -50)],
    ),
    Case(facts.PaidOut(FARM, euros(600)), "BQ", [("401", FARM, 600), ("512", "", -600)]),
    Case(facts.PaidOut(FARM, euros(60), "card"), "BQ", [("401", FARM, 60), ("512", "", -60)]),
    Case(facts.PaidOut(FARM, euros(60), "debit"), "BQ", [("401", FARM, 60), ("512", "", -60)]),
    Case(facts.PaidOut(FARM, euros(60), "cheque"), "BQ", [("401", FARM, 60), ("512", "", -60)]),
    Case(facts.PaidOut(FARM, euros(60), "cash"), "CA", [("401", FARM, 60), ("531", "", -60)]),
    Case(
        facts.PaidOut(FARM, euros(1200), for_asset=True),
        "BQ",
        [("404", FARM, 1200), ("512", "", -1200)],
    ),
    Case(
        facts.ExpensePaid("6064", euros(120), "cash", euros(20)),
        "CA",
        [("6064", "", 100), ("44566", "", 20), ("531", "", -120)],
    ),
    Case(
        facts.VolunteerExpense(SOMEONE, "625", euros(400)),
        "AC",
        [("625", "", 400), ("4681", SOMEONE, -400)],
    ),
    Case(
        facts.VolunteerRepaid(SOMEONE, euros(100)),
        "BQ",
        [("4681", SOMEONE, 100), ("512", "", -100)],
    ),
    Case(
        facts.ExpenseGivenUp(SOMEONE, euros(300)),
        "OD",
        [("4681", SOMEONE, 300), ("75412", SOMEONE, -300)],
    ),
    # Gifts, loans, shares, hours
    Case(
        facts.Gift(SOMEONE, euros(2000), "card", euros(55)),
        "PE",
        [("5115", "", 1945), ("6271", "", 55), ("7541", SOMEONE, -2000)],
    ),
    Case(
        facts.GiftReturned(SOMEONE, euros(500), "cheque"),
        "BQ",
        [("7541", SOMEONE, 500), ("512", "", -500)],
    ),
    Case(
        facts.GiftReturned(SOMEONE, euros(500), "card"),
        "PE",
        [("7541", SOMEONE, 500), ("5115", "", -500)],
    ),
    Case(facts.GiftsSetAside(euros(900)), "OD", [("689", "", 900), ("196", "", -900)]),
    Case(facts.GiftsUsed(euros(400)), "OD", [("196", "", 400), ("789", "", -400)]),
    Case(
        facts.Loan(SOMEONE, euros(50000), "transfer"),
        "BQ",
        [("512", "", 50000), ("1681", SOMEONE, -50000)],
    ),
    Case(
        facts.Loan(SOMEONE, euros(1000), "card", euros(40)),
        "PE",
        [("5115", "", 960), ("6271", "", 40), ("1681", SOMEONE, -1000)],
    ),
    Case(
        facts.LoanRepaid(SOMEONE, euros(1000), euros(200), withheld=euros(60)),
        "BQ",
        [("1681", SOMEONE, 1000), ("661", "", 200), ("447", "", -60), ("512", "", -1140)],
    ),
    Case(
        facts.LoanRepaid(SOMEONE, euros(0), euros(200)),
        "BQ",
        [("661", "", 200), ("512", "", -200)],
    ),
    Case(
        facts.InterestAccrued(SOMEONE, euros(150)),
        "OD",
        [("661", "", 150), ("1688", SOMEONE, -150)],
    ),
    Case(
        facts.SharesPaid(SOMEONE, euros(4000), "transfer"),
        "BQ",
        [("512", "", 4000), ("1013", SOMEONE, -4000)],
    ),
    Case(facts.HoursGiven(euros(1200)), "OD", [("864", "", 1200), ("875", "", -1200)]),
    # Results
    Case(
        facts.YearClosed(
            2025,
            {
                "613": euros(300),
                "701": euros(-1000),
                "709": euros(100),
                "864": euros(50),
                "875": euros(-50),
            },
        ),
        "OD",
        [
            ("613", "", -300),
            ("701", "", 1000),
            ("709", "", -100),
            ("864", "", -50),
            ("875", "", 50),
            ("120", "", -600),
        ],
    ),
    Case(
        facts.YearClosed(2025, {"613": euros(300), "701": euros(-100)}),
        "OD",
        [("613", "", -300), ("701", "", 100), ("129", "", 200)],
    ),
    Case(
        facts.ResultAllocated(
            euros(600), euros(100), euros(75), ((FARM, euros(150)), (HOME, euros(50)))
        ),
        "OD",
        [
            ("120", "", 600),
            ("119", "", -100),
            ("1061", "", -75),
            ("457", FARM, -150),
            ("457", HOME, -50),
            ("110", "", -225),
        ],
    ),
    Case(
        facts.DeficitCarried(euros(200), euros(150)),
        "OD",
        [("110", "", 150), ("119", "", 50), ("129", "", -200)],
    ),
    Case(facts.RefundPaid(FARM, euros(150)), "BQ", [("457", FARM, 150), ("512", "", -150)]),
]
NAMES = [f"{type(case.fact).__name__}-{number}" for number, case in enumerate(CASES)]
EVERY_CASE = pytest.mark.parametrize("case", CASES, ids=NAMES)
CENTS = st.integers(1, 10**9).map(Money)
MEANS = st.sampled_from(get_args(Means))
RATES = st.sampled_from([0, 210, 550, 1000, 2000]) | st.integers(0, 10_000)
NATURES = st.sampled_from(["product", "goods", "service", "fee"])
PARTS = st.lists(st.builds(Part, CENTS, RATES, NATURES), min_size=1, max_size=8)


@EVERY_CASE
def test_a_fact_is_written_as_an_accountant_writes_it(case: Case) -> None:
    found = [(each.account, each.party, each.amount.cents) for each in case.fact.lines()]
    assert found == case.lines
    assert case.fact.journal == case.journal
    assert sum(cents for _account, _party, cents in case.lines) == 0


@EVERY_CASE
def test_a_fact_names_only_what_every_book_has(case: Case) -> None:
    content = chart()
    assert {each.account for each in case.fact.lines()} <= {each.code for each in content.accounts}
    assert case.fact.journal in {code for code, _label in content.journals}
    assert LABEL.fullmatch(case.fact.label)


def test_no_kind_of_fact_is_left_out() -> None:
    kinds = {
        name for name in facts.__all__ if hasattr(getattr(facts, name), "lines") and name != "Fact"
    }
    assert kinds == {type(case.fact).__name__ for case in CASES}


@pytest.fixture
def book(app: Flask) -> Book:
    """Give a book with enough in every account for what follows to be taken out of it."""
    found = open_book(None)
    enough = [debit(code, Money(10**7)) for code in ("5112", "531", "512")]
    enough += [credit(code, Money(10**7)) for code in ("4191", "196", "1681")]
    post(found, "AN", DAY, "Reprise", enough, "opening")
    return found


def test_every_fact_is_taken_by_a_real_book_and_the_balances_follow(book: Book) -> None:
    expected: dict[str, int] = {}
    for number, case in enumerate(CASES):
        entry = recording.record(book, case.fact, DAY, f"fact:{number}", piece=f"P-{number}")
        assert (entry.number, entry.label) == (number + 2, case.fact.label)
        for account, _party, cents in case.lines:
            expected[account] = expected.get(account, 0) + cents
    db.session.commit()
    opening = {"5112": 1, "531": 1, "512": 1, "4191": -1, "196": -1, "1681": -1}
    for code, cents in expected.items():
        assert balance(book, code).cents == cents + opening.get(code, 0) * 10**7, code
    assert check(book).faults == ()


def test_a_fact_recorded_twice_is_one_entry_and_is_taken_back_by_its_mirror(book: Book) -> None:
    fact = facts.Received(HOME, Money(5000), "card", Money(100))
    entry = recording.record(book, fact, DAY, "payment:12:1")
    assert recording.record(book, fact, DAY, "payment:12:1") is entry
    recording.take_back(entry, DAY)
    assert [balance(book, code).cents for code in ("5115", "6271", "411")] == [0, 0, 0]


def test_a_payout_empties_what_was_on_its_way_whatever_was_refunded_before(book: Book) -> None:
    steps: list[Fact] = [
        facts.Received(HOME, Money(5000), "card", Money(100)),
        facts.Banked(Money(4900), "card"),
        facts.Refund(HOME, Money(5000), "card"),
        facts.Received(HOME, Money(2000), "card", Money(55)),
        facts.TakenFromBank(Money(5000 - 1945)),
    ]
    for number, fact in enumerate(steps):
        recording.record(book, fact, DAY, f"card:{number}")
    assert balance(book, "5115") == Money(0)
    assert balance(book, "512").cents - 10**7 == 4900 - 3055
    assert balance(book, "411") == Money(-2000)


def test_nobody_delivers_more_than_was_promised_nor_banks_cheques_that_are_not_there(
    app: Flask,
) -> None:
    book = open_book(None)
    recording.record(book, facts.Commitment(HOME, Money(1000)), DAY, "season")
    too_much = facts.Sale(HOME, (Part(Money(1001)),), from_advances=True)
    absent: list[Fact] = [
        too_much,
        facts.Banked(Money(1), "cheque"),
        facts.Banked(Money(1), "cash"),
    ]
    for number, fact in enumerate(absent):
        with pytest.raises(Overdrawn):
            recording.record(book, fact, DAY, f"absent:{number}")


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: facts.Commitment(HOME, Money(-1)),
        lambda: facts.Received(HOME, Money(5), "card", Money(-1)),
        lambda: facts.Banked(Money(100), "transfer"),
        lambda: facts.Banked(Money(100), "cheque", Money(101)),
        lambda: facts.Bounced(HOME, Money(100), "cash"),
        lambda: facts.Purchase(FARM, "411", Money(100)),
        lambda: facts.PurchaseLessened(FARM, Money(100), account="2183"),
        lambda: facts.ExpensePaid("512", Money(100), "cash"),
        lambda: facts.VolunteerExpense(SOMEONE, "", Money(100)),
        lambda: facts.LoanRepaid(SOMEONE, Money(100), Money(1), withheld=Money(2)),
        lambda: facts.ResultAllocated(Money(100), reserve=Money(101)),
        lambda: facts.ResultAllocated(Money(100), refunds=((HOME, Money(-1)),)),
    ],
)
def test_what_did_not_happen_so_is_no_fact(mistake: Callable[[], object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says its own reason
        mistake()


@settings(max_examples=300, deadline=None, derandomize=True)
@given(CENTS, RATES)
def test_vat_is_rounded_to_the_nearest_cent(amount: Money, rate: int) -> None:
    euros_of = Decimal(amount.cents)
    exact = euros_of * rate / (10_000 + rate)
    assert Part(amount, rate).vat.cents == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert Part(-amount, rate).vat == -Part(amount, rate).vat


@settings(max_examples=200, deadline=None, derandomize=True)
@given(PARTS, st.booleans())
def test_a_sale_and_its_credit_note_mirror_each_other_at_any_amount(
    parts: list[Part], from_advances: bool
) -> None:
    sold = list(facts.Sale(HOME, parts, from_advances=from_advances).lines())
    given_back = list(facts.SaleLessened(HOME, parts).lines())
    adjusted = list(facts.SaleLessened(HOME, parts, adjusts_price=True).lines())
    for lines in (sold, given_back, adjusted):
        assert sum(each.amount.cents for each in lines) == 0
        assert all(each.amount for each in lines)
    income = {each.account: each.amount for each in sold if each.account[0] == "7"}
    assert {each.account: -each.amount for each in given_back if each.account[0] == "7"} == income
    assert -sold[0].amount == given_back[-1].amount == adjusted[-1].amount


@settings(max_examples=200, deadline=None, derandomize=True)
@given(CENTS, CENTS, MEANS)
def test_money_that_moves_balances_at_any_amount_and_fee(
    amount: Money, fee: Money, means: Means
) -> None:
    found: list[Fact] = [
        facts.Received(HOME, amount, means, fee),
        facts.Gift(HOME, amount, means, fee),
        facts.Loan(HOME, amount, means, fee),
        facts.SharesPaid(HOME, amount, means, fee),
        facts.Refund(HOME, amount, means, fee),
        facts.GiftReturned(HOME, amount, means),
        facts.PaidOut(FARM, amount, means),
        facts.RefundPaid(FARM, amount, means),
        facts.VolunteerRepaid(SOMEONE, amount, means),
        facts.BankCharge(amount, means),
        facts.LoanRepaid(SOMEONE, amount, fee, means),
        facts.Purchase(FARM, "607", amount + fee, fee),
        facts.ExpensePaid("607", amount + fee, means, fee),
        facts.RebateDue(FARM, amount + fee, fee),
        facts.RebateGranted(FARM, amount + fee, fee),
    ]
    if means != "cash":
        found += [facts.Bounced(HOME, amount, means, on, fee) for on in (True, False)]
    if means != "transfer":
        found.append(facts.Banked(amount + fee, means, fee))
    for fact in found:
        lines = list(fact.lines())
        assert sum(each.amount.cents for each in lines) == 0, fact
        assert all(each.amount for each in lines), fact


@pytest.mark.parametrize(
    ("surplus", "carried", "capital", "reserves", "kept"),
    [
        (100_000, 0, 1_000_000, 0, 15_000),
        (100_001, 0, 1_000_000, 0, 15_001),
        (100_000, 40_000, 1_000_000, 0, 9_000),
        (100_000, 200_000, 1_000_000, 0, 0),
        (100_000, 0, 1_000_000, 990_000, 10_000),
        (100_000, 0, 1_000_000, 1_200_000, 0),
        (100_000, 0, 0, 0, 0),
    ],
)
def test_a_cooperative_keeps_three_twentieths_until_reserves_equal_capital(
    surplus: int, carried: int, capital: int, reserves: int, kept: int
) -> None:
    asked = [Money(each) for each in (surplus, carried, capital, reserves)]
    assert facts.least_reserve(*asked) == Money(kept)
