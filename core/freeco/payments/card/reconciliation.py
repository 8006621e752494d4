"""Daily reconciliation: everything that moved at the provider has exactly one entry, or a name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from freeco.accounting.models import Entry
from freeco.clock import now
from freeco.db import db, lock
from freeco.i18n import _
from freeco.module import Text
from freeco.money import Money, total
from freeco.payments.card import payouts
from freeco.payments.card.applying import account_for
from freeco.payments.card.models import ProviderAccount, ProviderInbox, ProviderMovement
from freeco.payments.card.truth import Declined, Moved, Source, Unanswered

OVERLAP = timedelta(days=7)
"""Read again each day: a movement may be listed late."""


@dataclass(frozen=True)
class Unexplained:
    """A movement, or a message, that the books do not account for."""

    ref: str
    amount: Money
    why: Text


def read(source: Source, account_id: int) -> bool:
    """Read an account's movements and give each its entry; say whether all was read. Commits."""
    account = db.session.get_one(ProviderAccount, account_id)
    ref, begun = account.ref or "", now()
    since = (account.read_through or account.asked_at) - OVERLAP
    db.session.rollback()
    try:
        arrived = set()
        for moved in list(source.movements(ref, since)):
            if moved.kind in payouts.OWN:
                arrived.add(moved.source)
            elif not payouts.explain(source, account_id, moved):
                _mirror(account_id, moved)
        for payout in sorted(arrived):
            found = db.session.get_one(ProviderAccount, account_id)
            payouts.bring_to_the_bank(source, found, payout)
    except (Unanswered, Declined):
        db.session.rollback()
        return False
    account = db.session.get_one(ProviderAccount, account_id)
    lock(account)
    account.read_through = begun
    db.session.commit()
    return True


def _mirror(account_id: int, moved: Moved) -> None:
    account = db.session.get_one(ProviderAccount, account_id)
    lock(account)
    account_for(account, moved, None)
    db.session.commit()


def unexplained(account: ProviderAccount) -> list[Unexplained]:
    """Return what the books do not account for, movement by movement, then what was refused."""
    return [*_without_entry(account), *_entered_otherwise(account), *_refused(account)]


def _without_entry(account: ProviderAccount) -> Iterator[Unexplained]:
    query = select(ProviderMovement).where(
        ProviderMovement.account_id == account.id,
        ProviderMovement.entry_id.is_(None),
        ProviderMovement.net != Money(0),
    )
    for each in db.session.scalars(query.order_by(ProviderMovement.created_at)):
        yield Unexplained(
            each.id, each.net, _("Cet argent ne vient pas d’un paiement demandé ici.")
        )


def _entered_otherwise(account: ProviderAccount) -> Iterator[Unexplained]:
    query = (
        select(ProviderMovement, Entry)
        .join(Entry, Entry.id == ProviderMovement.entry_id)
        .where(ProviderMovement.account_id == account.id)
    )
    for movement, entry in db.session.execute(query):
        if payouts.standing(entry) != movement.net and not _is_payout(movement):
            yield Unexplained(movement.id, movement.net, _("L’écriture n’est pas du même montant."))
        elif _is_payout(movement) and not _comes_to_nothing(movement, entry):
            yield Unexplained(
                movement.id, movement.net, _("Ce virement ne porte pas la somme de ses paiements.")
            )


def _is_payout(movement: ProviderMovement) -> bool:
    return movement.source.startswith("po_")


def _comes_to_nothing(movement: ProviderMovement, entry: Entry) -> bool:
    """Whether what a payout took out of 5115 is what its parts had put there."""
    if entry.reverses is not None:
        return True
    parts = select(Entry).join(ProviderMovement, ProviderMovement.entry_id == Entry.id)
    entries = db.session.scalars(parts.where(ProviderMovement.payout == movement.payout))
    return not total([payouts.standing(each) for each in entries])


def _refused(account: ProviderAccount) -> Iterator[Unexplained]:
    told = select(ProviderInbox).where(
        ProviderInbox.account == account.ref, ProviderInbox.outcome.startswith("refused")
    )
    for each in db.session.scalars(told.order_by(ProviderInbox.received_at)):
        yield Unexplained(
            each.event_id, Money(0), _("Ce message ne s’accorde pas avec ce qui était demandé.")
        )
