"""Asking Stripe what became of what we asked: the only source of truth."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from freeco.config import Settings
from freeco.payments.card import reading
from freeco.payments.card.stripe_client import answered, as_dict, client, options
from freeco.payments.card.truth import (
    AccountTruth,
    Moved,
    PayoutTruth,
    Question,
    RefundTruth,
    Truth,
)

if TYPE_CHECKING:
    from stripe.checkout import Session

EXPANDED = [
    "payment_intent.latest_charge.balance_transaction",
    "payment_intent.latest_charge.failure_balance_transaction",
]
A_PAGE = 100
CLOCKS_DIFFER = timedelta(minutes=10)


class StripeSource:
    """The truth, as Stripe has it now."""

    def __init__(self, settings: Settings) -> None:
        self._stripe = client(settings)

    def of_intent(self, question: Question) -> Truth | None:
        """Ask for the page of payment, its charge, its refunds and disputes."""
        on = options(question.account)
        with answered():
            session = question.session_ref or self._lost_session(question)
            if session is None:
                return None
            page = as_dict(
                self._stripe.v1.checkout.sessions.retrieve(session, {"expand": EXPANDED}, on)
            )
            paid = page.get("payment_intent")
            if not paid or not paid.get("latest_charge"):
                return reading.truth(page, (), ())
            refunds = self._stripe.v1.refunds.list(
                {
                    "payment_intent": paid["id"],
                    "limit": A_PAGE,
                    "expand": ["data.balance_transaction", "data.failure_balance_transaction"],
                },
                on,
            )
            disputes = self._stripe.v1.disputes.list(
                {"payment_intent": paid["id"], "limit": A_PAGE}, on
            )
            return reading.truth(
                page,
                map(as_dict, refunds.auto_paging_iter()),
                map(as_dict, disputes.auto_paging_iter()),
            )

    def _lost_session(self, question: Question) -> str | None:
        """Look for a page that was asked without an answer by what we had written on it."""
        found = self._stripe.v1.checkout.sessions.list(
            {"created": {"gte": _before(question.asked_at)}, "limit": A_PAGE},
            options(question.account),
        )
        every: Iterator[Session] = found.auto_paging_iter()
        return next((each.id for each in every if each.client_reference_id == question.key), None)

    def of_refund(self, question: Question, payment: str) -> RefundTruth | None:
        """Look for a refund among those of its payment, by our key."""
        with answered():
            found = self._stripe.v1.refunds.list(
                {"payment_intent": payment, "limit": A_PAGE}, options(question.account)
            )
            for each in map(as_dict, found.auto_paging_iter()):
                read = reading.refund(each)
                if read.key == question.key or read.ref == question.provider_ref:
                    return read
        return None

    def of_account(self, question: Question) -> AccountTruth | None:
        """Ask for an account; one whose answer was lost is found by what we wrote on it."""
        with answered():
            if question.account:
                found = self._stripe.v1.accounts.retrieve(question.account)
                return reading.account(as_dict(found))
            every = self._stripe.v1.accounts.list(
                {"created": {"gte": _before(question.asked_at)}, "limit": A_PAGE}
            )
            for each in map(as_dict, every.auto_paging_iter()):
                if (each.get("metadata") or {}).get(reading.KEY) == question.key:
                    return reading.account(each)
        return None

    def of_payout(self, account: str, ref: str) -> PayoutTruth:
        """Ask for a payout and everything it took to the bank."""
        on = options(account)
        with answered():
            payout = as_dict(
                self._stripe.v1.payouts.retrieve(
                    ref, {"expand": ["failure_balance_transaction"]}, on
                )
            )
            txns = self._stripe.v1.balance_transactions.list(
                {"payout": ref, "limit": A_PAGE, "expand": ["data.source"]}, on
            )
            return reading.payout(payout, map(as_dict, txns.auto_paging_iter()))

    def movements(self, account: str, since: datetime) -> Iterator[Moved]:
        """List the balance transactions since then."""
        with answered():
            txns = self._stripe.v1.balance_transactions.list(
                {
                    "created": {"gte": _before(since)},
                    "limit": A_PAGE,
                    "expand": ["data.source"],
                },
                options(account),
            )
            for each in txns.auto_paging_iter():
                yield reading.moved(as_dict(each))


def _before(instant: datetime) -> int:
    return int((instant - CLOCKS_DIFFER).timestamp())
