"""The card behind the one face of every way of being paid."""

from typing import ClassVar

from flask import url_for

from freeco.config import Settings
from freeco.kernel import kernel
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments.card import accounts, intents, refunds
from freeco.payments.card.asking import StripeSource
from freeco.payments.models import Method, Payment
from freeco.payments.providers import Started


class CardProvider:
    """Cards, on the beneficiary's own account at Stripe."""

    method: ClassVar[Method] = Method.CARD
    name: ClassVar[str] = "Stripe"
    """What it is called on screen."""

    @property
    def _settings(self) -> Settings:
        return kernel().settings

    @property
    def source(self) -> StripeSource:
        """Where the truth is asked."""
        return StripeSource(self._settings)

    def is_ready(self, beneficiary: Organisation) -> bool:
        """Whether we have a key, and this organisation an account that may charge."""
        account = accounts.of(beneficiary) if self._settings.takes_cards else None
        return account is not None and account.ready

    def start(self, payment: Payment, back: str) -> Started:
        """Ask for the provider's page, and lead to ours that leads there; twice is once.

        Ours stands between: a form may not send anybody to another site (form-action 'self').
        Commits. Raises CardNotOffered, StepOutOfOrder, NoAnswerYet, SaidNo.
        """
        intents.start(self._settings, self.source, payment, back)
        return Started(url_for("cards.page", payment_id=payment.id))

    def authorise(self, payment: Payment, back: str) -> Started:
        """As ``start``, but only reserve the amount: ``capture`` or ``release`` decides.

        A card holds an amount for about seven days (``ProviderIntent.expires_at``).
        """
        intents.start(self._settings, self.source, payment, back, manual=True)
        return Started(url_for("cards.page", payment_id=payment.id))

    def capture(self, payment: Payment) -> None:
        """Take what was reserved. Commits. Raises NotAuthorised, NoAnswerYet, SaidNo."""
        intents.capture(self._settings, self.source, payment)

    def release(self, payment: Payment) -> None:
        """Let go of what was reserved. Commits. Raises NotAuthorised, NoAnswerYet, SaidNo."""
        intents.release(self._settings, self.source, payment)

    def ask(self, payment: Payment) -> None:
        """Ask what became of a payment that is pending or unknown. Commits."""
        intent = intents.latest(payment)
        if intent is not None:
            intents.refresh(self.source, intent)

    def give_back(self, payment: Payment, amount: Money, key: str) -> None:
        """Give an amount back; the same key twice is once. Commits.

        Raises RefundTooLarge, StepOutOfOrder, KeyReused, NoAnswerYet, SaidNo.
        """
        refunds.give_back(self._settings, self.source, payment, amount, key)
