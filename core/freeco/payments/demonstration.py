"""What lies on a treasurer's desk, for ``freeco demo``: a bank statement, mandates, debits."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from stdnum import iban

from freeco.clock import today
from freeco.db import db
from freeco.members import households
from freeco.module import Demonstration
from freeco.organisations.being_paid import billing_of
from freeco.organisations.models import Organisation
from freeco.payments import debits, mandates, statements, steps
from freeco.payments.models import Method, Payment, State
from freeco.payments.parties import names, party_of
from freeco.payments.statement_formats import read
from freeco.payments.tables import plain_amount

CREDITOR = "FR72ZZZ123456"
"""The example of the banks; nobody's."""
SIGNED_BEFORE = timedelta(days=40)
DEBITED, SEEN = 2, 2
"""How many payments are by debit, and how many transfers stand on the statement."""


def stage(staging: Demonstration) -> None:
    """Give the first farm a statement to match and payments to debit, of those it expects."""
    farm = staging.producers[0].organisation
    expected = _one_of_each_household(staging, farm)
    billing = billing_of(farm)
    if billing is None or not billing.iban or len(expected) < DEBITED + SEEN:
        return
    billing.creditor_identifier = CREDITOR
    _debit(staging, farm, expected[:DEBITED])
    _take_statement(staging, farm, expected[DEBITED : DEBITED + SEEN])


def _one_of_each_household(staging: Demonstration, farm: Organisation) -> list[Payment]:
    """Return the last payment that each household but the coordinator's still owes a farm."""
    query = select(Payment).where(
        Payment.community_id == staging.community.id,
        Payment.beneficiary_id == farm.id,
        Payment.state == State.EXPECTED,
        Payment.payer != party_of(households.household_of(staging.coordinator)),
    )
    found: dict[str, Payment] = {}
    for each in db.session.scalars(query.order_by(Payment.due_on.desc(), Payment.id)):
        found.setdefault(each.payer, each)
    return list(found.values())


def _debit(staging: Demonstration, farm: Organisation, payments: Sequence[Payment]) -> None:
    """Sign mandates; send one collection, and announce another."""
    day = today(staging.community.timezone)
    holders = names(each.payer for each in payments)
    for number, payment in enumerate(payments, start=1):
        account = f"20041010059{number:06d}M02606"
        mandates.sign(
            staging.community,
            farm,
            payment.payer,
            holder=holders[payment.payer][: mandates.LONGEST_NAME],
            iban=f"FR{iban.calc_check_digits(f'FR00{account}')}{account}",
            signed_on=day - SIGNED_BEFORE,
        )
        steps.change_method(payment, Method.DEBIT)
    for payment in payments:
        collects_on = max(payment.due_on, day + timedelta(days=20))
        collection = debits.announce(staging.community, farm, [payment], collects_on)
        if payment is payments[0]:
            debits.send(collection)


def _take_statement(staging: Demonstration, farm: Organisation, seen: Sequence[Payment]) -> None:
    """Take a statement: one transfer says its reference, one a name, one nothing."""
    day = today(staging.community.timezone) - timedelta(days=2)
    who = names(each.payer for each in seen)
    words = (
        f"VIR SEPA {who[seen[0].payer]} {seen[0].reference}",
        f"VIR SEPA {who[seen[1].payer]} PANIERS",
    )
    lines = ["Date;Libellé;Débit;Crédit", f"{day:%d/%m/%Y};VIR SEPA RECU MERCI;;23,45"]
    for label, payment in zip(words, seen, strict=True):
        steps.change_method(payment, Method.TRANSFER)
        lines.append(f"{day:%d/%m/%Y};{label};;{plain_amount(payment.amount)}")
    lines.append(f"{day:%d/%m/%Y};COTISATION COMPTE PRO;4,50;")
    reading = read("releve.csv", "\n".join(lines).encode())
    statements.take_in(staging.community, farm, reading, staging.treasurer)
