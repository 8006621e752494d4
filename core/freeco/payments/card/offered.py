"""The card as the pages offer it; they need not know whose it is."""

from freeco.payments.card.stripe_provider import CardProvider
from freeco.payments.providers import register

CARD = CardProvider()
register(CARD)
