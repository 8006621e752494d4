"""A shop on a connected account: what the tests of the stand-in ask, through the real SDK."""

from dataclasses import dataclass
from typing import Any, Self

import stripe

from .stand_in import StandIn

IBAN = "FR1420041010050500013M02606"
IBAN_THAT_FAILS = "FR8420041010050500013M02607"
MANDATE: Any = {"customer_acceptance": {"type": "offline"}}


@dataclass
class Shop:
    """A connected account, and the calls that the tests make in its name."""

    v1: stripe.V1Services
    account: str

    @classmethod
    def at(cls, stand_in: StandIn) -> Self:
        """Open a shop at the stand-in, on an account of its own."""
        return cls(stand_in.client().v1, stand_in.connected())

    def ours(self, key: str | None = None) -> stripe.RequestOptions:
        options: stripe.RequestOptions = {"stripe_account": self.account}
        return {**options, "idempotency_key": key} if key else options

    def asks(
        self, amount: int = 2000, card: str = "pm_card_visa", key: str | None = None, **more: Any
    ) -> stripe.PaymentIntent:
        params: Any = {
            "amount": amount,
            "currency": "eur",
            "allowed_payment_method_types": ["card"],
            "payment_method": card,
            "confirm": True,
            **more,
        }
        return self.v1.payment_intents.create(params, self.ours(key))

    def debits(self, iban: str = IBAN) -> stripe.PaymentIntent:
        return self.v1.payment_intents.create(
            {
                "amount": 2000,
                "currency": "eur",
                "allowed_payment_method_types": ["sepa_debit"],
                "payment_method_data": {
                    "type": "sepa_debit",
                    "sepa_debit": {"iban": iban},
                    "billing_details": {"name": "Jeanne Doe", "email": "jeanne@example.org"},
                },
                "mandate_data": MANDATE,
                "confirm": True,
            },
            self.ours(),
        )

    def intent(self, intent: stripe.PaymentIntent) -> stripe.PaymentIntent:
        return self.v1.payment_intents.retrieve(intent.id, None, self.ours())

    def events(self) -> list[str]:
        found = self.v1.events.list({"limit": 100}, self.ours()).data
        return [event.type for event in reversed(found)]

    def movements(self) -> list[tuple[str, int, int]]:
        """Return type, amount and fee of the balance transactions, the oldest first."""
        found = self.v1.balance_transactions.list({"limit": 100}, self.ours()).data
        return [(each.type, each.amount, each.fee) for each in reversed(found)]

    def refunds(self, intent: stripe.PaymentIntent, amount: int, **more: Any) -> stripe.Refund:
        params: Any = {"payment_intent": intent.id, "amount": amount, **more}
        return self.v1.refunds.create(params, self.ours())

    def checkout(self, **more: Any) -> stripe.checkout.Session:
        """Open a page of Checkout for two baskets at 12 €."""
        price = {"currency": "eur", "unit_amount": 1200, "product_data": {"name": "Panier"}}
        params: Any = {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 2}],
            "success_url": "https://ours.example/back",
            "payment_intent_data": {"application_fee_amount": 48, "metadata": {"ours": "12"}},
            **more,
        }
        return self.v1.checkout.sessions.create(params, self.ours())
