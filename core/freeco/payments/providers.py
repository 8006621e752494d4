"""The one face of every way of being paid. Nothing outside a provider's own file names it."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments.errors import NoOtherWay
from freeco.payments.models import Method, Payment


@dataclass(frozen=True)
class Started:
    """What the payer does next."""

    url: str = ""
    """Where to go on; empty when the page of the payment says it all (a cheque, a transfer)."""


class Provider(Protocol):
    """A way of being paid. What becomes of a payment is told through ``freeco.payments.steps``."""

    method: ClassVar[Method]

    def is_ready(self, beneficiary: Organisation) -> bool:
        """Whether this organisation can be paid so today (it has an IBAN, an account …)."""

    def start(self, payment: Payment, back: str) -> Started:
        """Let the payer pay; ``back`` is the absolute address of our page to come back to.

        What is asked of the outside is written and committed before it is asked.
        """

    def ask(self, payment: Payment) -> None:
        """Ask the outside what became of a payment that is pending or unknown."""

    def give_back(self, payment: Payment, amount: Money, key: str) -> None:
        """Give an amount back; the same key twice is once. Raises RefundTooLarge."""


_PROVIDERS: dict[Method, Provider] = {}


def register(provider: Provider) -> None:
    """Offer a way of being paid; the file that shows its pages does so as it is imported."""
    _PROVIDERS[provider.method] = provider


def provider_of(method: Method) -> Provider:
    """Return what deals with a means of payment. Raises NoOtherWay when nothing does."""
    if method not in _PROVIDERS:
        raise NoOtherWay
    return _PROVIDERS[method]


def ready_for(beneficiary: Organisation) -> list[Method]:
    """Return the means by which an organisation can be paid today, in their usual order."""
    return [
        method
        for method in Method
        if method in _PROVIDERS and _PROVIDERS[method].is_ready(beneficiary)
    ]
