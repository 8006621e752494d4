"""The library's fee: owed in the association's book, and expected as a payment."""

from sqlalchemy import select

from freeco.accounting.facts import Contribution
from freeco.accounting.recording import book_of, record
from freeco.clock import today
from freeco.db import db, lock
from freeco.members.models import Household
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import steps
from freeco.payments.models import Method, Payment
from freeco.payments.parties import party_of


def ask_fee(card_id: int, household: Household, library: Organisation, fee: Money) -> Payment:
    """Let a household owe the fee of its card, and expect it by cheque; twice is once."""
    lock(household)
    purpose = f"library:card:{card_id}"
    asked = db.session.scalar(select(Payment).where(Payment.purpose == purpose))
    if asked is not None:
        return asked
    community, payer = household.community, party_of(household)
    day = today(community.timezone)
    fact = Contribution(payer, fee, something_given=True)
    record(book_of(library, community), fact, day, f"library:card:{card_id}:fee")
    return steps.expect(community, library, payer, purpose, fee, day, Method.CHEQUE)
