"""Transfers: the payer's own bank, our reference, and a code that fills the form in."""

import io
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import segno.helpers
from stdnum import iban

from freeco.clock import now
from freeco.db import db
from freeco.money import Money
from freeco.organisations.billing import Billing
from freeco.organisations.models import Organisation
from freeco.payments import steps
from freeco.payments.models import Method, Payment
from freeco.payments.providers import Started

LONGEST_NAME = 70
"""Letters of the beneficiary's name in the code (EPC069-12)."""


@dataclass(frozen=True)
class Account:
    """Where a transfer goes."""

    name: str
    iban: str
    """As people read it, by fours."""
    bic: str


def account_of(beneficiary: Organisation) -> Account | None:
    """Return the account that an organisation is paid on; none until it has said which."""
    billing = db.session.get(Billing, beneficiary.id)
    if billing is None or not billing.iban:
        return None
    return Account(beneficiary.name, str(iban.format(billing.iban)), billing.bic)


def qr_code(payment: Payment) -> bytes | None:
    """Draw the code that a bank's application reads (EPC069-12), as SVG; none without an IBAN."""
    account = account_of(payment.beneficiary)
    if account is None:
        return None
    code = segno.helpers.make_epc_qr(
        account.name[:LONGEST_NAME],
        account.iban.replace(" ", ""),
        Decimal(payment.amount.cents).scaleb(-2),
        reference=payment.reference,
        bic=account.bic or None,
        encoding="utf-8",
    )
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", scale=4, border=4, dark="black", light="white")
    return drawn.getvalue()


@dataclass(frozen=True)
class Transfer:
    """A transfer that the payer makes at their bank."""

    method: ClassVar[Method] = Method.TRANSFER

    def is_ready(self, beneficiary: Organisation) -> bool:
        """Whether the organisation has said on which account it is paid."""
        return account_of(beneficiary) is not None

    def start(self, payment: Payment, back: str) -> Started:
        """Let it be paid so; the page of the payment shows the account and the code."""
        steps.change_method(payment, self.method)
        return Started()

    def ask(self, payment: Payment) -> None:
        """Ask nobody: the bank statement will say."""

    def give_back(self, payment: Payment, amount: Money, key: str) -> None:
        """Note what was sent back by transfer."""
        steps.given_back(payment, amount, key, now(), self.method)
