"""What the worker does for card payments at each of its ticks."""

from datetime import timedelta

from sqlalchemy import select

from freeco.clock import now
from freeco.config import Settings
from freeco.db import db
from freeco.payments.card import inbox, janitor, reconciliation
from freeco.payments.card.asking import StripeSource
from freeco.payments.card.models import ProviderAccount

RECONCILED_EVERY = timedelta(days=1)


def look_after_cards(settings: Settings) -> None:
    """Act upon what was told, ask about what nobody told, read the accounts once a day."""
    if not settings.stripe_key:
        return
    source = StripeSource(settings)
    inbox.handle(source)
    janitor.look_after(source)
    long_ago = now() - RECONCILED_EVERY
    due = select(ProviderAccount.id).where(
        ProviderAccount.ref.is_not(None),
        (ProviderAccount.read_through.is_(None)) | (ProviderAccount.read_through < long_ago),
    )
    accounts = list(db.session.scalars(due))
    db.session.rollback()
    for account_id in accounts:
        reconciliation.read(source, account_id)
