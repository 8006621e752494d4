"""The steps of a payment, and what each writes in the beneficiary's book.

Every function locks the payment, refuses a step out of order, writes a ``PaymentStep`` and, where
money moved, an entry with the key ``payment:<id>:<number of the step>``. Days are local to the
community, instants aware UTC. None commits.
"""

from collections.abc import Iterable
from datetime import date, datetime

from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments.models import Method, Payment, PaymentRefund, RemittanceSlip


def expect(
    community: Community,
    beneficiary: Organisation,
    payer: str,
    purpose: str,
    amount: Money,
    due_on: date,
    method: Method,
) -> Payment:
    """Write down a payment to come, with its own transfer reference (ISO 11649)."""
    raise NotImplementedError


def receive(payment: Payment, by: Member | None, *, on: date | None = None) -> None:
    """Note that it came: a cheque is then held, cash or a transfer seen by hand is settled.

    Raises StepOutOfOrder.
    """
    raise NotImplementedError


def hand_over(payment: Payment, by: Member) -> None:
    """Note that a held cheque was given to the beneficiary. Raises StepOutOfOrder."""
    raise NotImplementedError


def bank(cheques: Iterable[Payment], on: date, by: Member) -> RemittanceSlip:
    """Bring cheques of one beneficiary to the bank. Raises StepOutOfOrder, NothingToBank."""
    raise NotImplementedError


def step_back(payment: Payment, by: Member) -> None:
    """Undo the last step noted by hand, by reversing what it wrote. Raises StepOutOfOrder."""
    raise NotImplementedError


def begin(payment: Payment, method: Method) -> None:
    """Note that a provider was asked (pending). Raises StepOutOfOrder."""
    raise NotImplementedError


def lose_sight(payment: Payment, reason: str) -> None:
    """Note that the provider did not answer (unknown). Raises StepOutOfOrder."""
    raise NotImplementedError


def settle(payment: Payment, at: datetime, *, fee: Money = Money(0), reason: str = "") -> None:
    """Note that the money has come, as a provider or a bank statement says; once is enough.

    A payment settled already stays as it is. Raises StepOutOfOrder (a cancelled one).
    """
    raise NotImplementedError


def fail(payment: Payment, at: datetime, reason: str, *, fee: Money = Money(0)) -> Payment | None:
    """Note that it came back unpaid (bounced, declined, returned), ``fee`` being the bank's.

    What it had written is written back; returns the payment that is now expected instead, by the
    same method, due today; none when the payment had been given up. Raises StepOutOfOrder.
    """
    raise NotImplementedError


def cancel(payment: Payment, by: Member | None) -> None:
    """Note that it is no longer owed. Raises StepOutOfOrder once something has come."""
    raise NotImplementedError


def change_method(payment: Payment, method: Method) -> None:
    """Let what is still expected be paid otherwise. Raises StepOutOfOrder."""
    raise NotImplementedError


def given_back(
    payment: Payment, amount: Money, key: str, at: datetime, method: Method | None = None
) -> PaymentRefund:
    """Note that an amount was given back; the same key twice is once. Raises RefundTooLarge."""
    raise NotImplementedError
