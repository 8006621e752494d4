"""What the provider tells of, type by type: what each makes us ask about, or that it is nothing.

A type in neither table is new: it is kept, said in the log, and believed no more than the others.
"""

from enum import StrEnum


class About(StrEnum):
    """What is asked about once somebody has told us something."""

    INTENT = "intent"
    ACCOUNT = "account"
    PAYOUT = "payout"


_INTENT = """
    charge.captured charge.expired charge.failed charge.pending charge.refunded charge.succeeded
    charge.updated charge.refund.updated
    charge.dispute.closed charge.dispute.created charge.dispute.funds_reinstated
    charge.dispute.funds_withdrawn charge.dispute.updated
    checkout.session.async_payment_failed checkout.session.async_payment_succeeded
    checkout.session.completed checkout.session.expired
    payment_intent.amount_capturable_updated payment_intent.canceled
    payment_intent.partially_funded payment_intent.payment_failed payment_intent.processing
    payment_intent.requires_action payment_intent.succeeded
    refund.created refund.failed refund.updated
"""
_ACCOUNT = """
    account.updated account.application.authorized account.application.deauthorized
    capability.updated
"""
_PAYOUT = """
    payout.canceled payout.created payout.failed payout.paid payout.reconciliation_completed
    payout.updated
"""
HANDLED: dict[str, About] = {
    **dict.fromkeys(_INTENT.split(), About.INTENT),
    **dict.fromkeys(_ACCOUNT.split(), About.ACCOUNT),
    **dict.fromkeys(_PAYOUT.split(), About.PAYOUT),
}
_NOTHING = """
    account.external_account.created account.external_account.deleted
    account.external_account.updated application_fee.created application_fee.refund.updated
    application_fee.refunded balance.available payment_intent.created person.created
    person.deleted person.updated
"""
_UNUSED = """
    apps balance_settings billing billing_portal cash_balance climate coupon credit_note customer
    customer_cash_balance_transaction entitlements file financial_connections identity invoice
    invoice_payment invoiceitem issuing_authorization issuing_card issuing_cardholder
    issuing_dispute issuing_personalization_design issuing_token issuing_transaction mandate
    payment_link payment_method plan price product promotion_code quote radar reporting reserve
    review setup_intent sigma source subscription_schedule tax tax_rate terminal test_helpers
    three_d_secure topup transfer treasury
"""
IGNORED = frozenset(_NOTHING.split())
"""Says nothing that we do not ask anyway: what we write comes from movements."""
IGNORED_FAMILIES = frozenset(_UNUSED.split())
"""Products of the provider that we do not use: nothing of theirs can happen on what we ask."""


def is_ignored(name: str) -> bool:
    """Whether a type is known and of no use here."""
    return name in IGNORED or name.split(".")[0] in IGNORED_FAMILIES
