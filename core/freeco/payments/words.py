"""How payments are said on screen: means, states, and the history of one in plain words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.db import db
from freeco.i18n import _, money, said
from freeco.kernel import kernel
from freeco.module import Ref, RefLabel, Text
from freeco.payments.debit_words import RETURNS
from freeco.payments.models import Method, Payment, PaymentRefund, PaymentStep, State
from freeco.payments.step_log import REFUNDED, UNDONE

MEANS: dict[str, Text] = {
    Method.CHEQUE: _("chèque"),
    Method.TRANSFER: _("virement"),
    Method.CASH: _("espèces"),
    Method.DEBIT: _("prélèvement"),
    Method.CARD: _("carte"),
}
STATES: dict[str, tuple[Text, str]] = {
    State.EXPECTED: (_("à recevoir"), ""),
    State.HELD: (_("en caisse"), "wait"),
    State.HANDED: (_("remis au bénéficiaire"), "wait"),
    State.PENDING: (_("en cours"), "wait"),
    State.UNKNOWN: (_("sans réponse"), "wait"),
    State.SETTLED: (_("encaissé"), "good"),
    State.FAILED: (_("impayé"), "bad"),
    State.CANCELLED: (_("plus dû"), ""),
}
"""Words of the stamp of each state, as those who keep the payments read it, and its colour."""
OWN_STATES: dict[str, tuple[Text, str]] = STATES | {
    State.EXPECTED: (_("à payer"), ""),
    State.HELD: (_("chèque donné"), "wait"),
    State.HANDED: (_("chèque donné"), "wait"),
    State.SETTLED: (_("payé"), "good"),
}
"""The same, as those who pay read it."""
REASONS: dict[str, Text] = {
    "no_funds": _("provision insuffisante"),
    "closed": _("compte clos"),
    "stopped": _("opposition"),
    "filled_in": _("chèque mal rempli ou non signé"),
    "other": _("autre raison"),
}
"""Why a bank gives a payment back, as a treasurer notes it; its own codes: ``debit_words``."""
COME: dict[str, Text] = {
    Method.CHEQUE: _("Le chèque est porté à la banque"),
    Method.TRANSFER: _("Le virement est arrivé"),
    Method.CASH: _("Les espèces sont reçues"),
    Method.DEBIT: _("Le prélèvement est encaissé"),
    Method.CARD: _("Le paiement par carte est encaissé"),
}
MOVED: dict[str, Text] = {
    State.EXPECTED: _("Le paiement n’a pas abouti ; il reste à faire"),
    State.HELD: _("Le chèque est donné à la trésorerie"),
    State.HANDED: _("Le chèque est remis au bénéficiaire"),
    State.PENDING: _("Le paiement est en cours"),
    State.UNKNOWN: _("Le prestataire de paiement n’a pas répondu ; la question lui est reposée"),
    State.CANCELLED: _("Ce paiement n’est plus dû"),
}


@dataclass(frozen=True)
class Told:
    """One line of the history of a payment."""

    at: datetime
    text: Text
    by: str
    """Who noted it; empty for a provider, a bank or a sweep."""


def history(payment: Payment) -> list[Told]:
    """Return what became of a payment, the first thing first."""
    query = (
        select(PaymentStep)
        .where(PaymentStep.payment_id == payment.id)
        .options(joinedload(PaymentStep.by))
        .order_by(PaymentStep.number)
    )
    refunds = {each.entry_id: each for each in refunds_of(payment)}
    lines = [Told(payment.created_at, _("Le paiement est prévu"), "")]
    for step in db.session.scalars(query):
        by = step.by.name if step.by is not None else ""
        lines.append(Told(step.at, _said(step, payment, refunds), by))
    return lines


def refunds_of(payment: Payment) -> list[PaymentRefund]:
    """Return what was given back of a payment, in order."""
    query = select(PaymentRefund).where(PaymentRefund.payment_id == payment.id)
    return list(db.session.scalars(query.order_by(PaymentRefund.id)))


def _said(step: PaymentStep, payment: Payment, refunds: Mapping[int | None, PaymentRefund]) -> Text:
    if step.reason == UNDONE:
        return said("L’étape d’avant était notée par erreur : elle est annulée")
    if step.reason == REFUNDED and step.entry_id in refunds:
        refund = refunds[step.entry_id]
        return said(
            "%(amount)s remboursés par %(means)s",
            amount=money(refund.amount),
            means=MEANS[refund.method],
        )
    if step.before == step.after:
        means = MEANS.get(step.reason)
        return said("À payer par %(means)s", means=means) if means else said("Mis à jour")
    if step.after == State.SETTLED:
        return COME[payment.method]
    if step.after == State.FAILED:
        return said(
            "Le paiement est revenu impayé : %(reason)s",
            reason=_reason(step.reason),
        )
    return MOVED[step.after]


def _reason(reason: str) -> Text:
    """Say why it came back: as the treasurer noted it, or as the bank's own code means it."""
    if reason in RETURNS:
        words = str(RETURNS[reason])
        return words[:1].lower() + words[1:]
    return REASONS.get(reason, REASONS["other"])


def labels(purposes: Iterable[str]) -> dict[str, RefLabel | None]:
    """Return what payments are for, as their modules say it; none for what nobody knows."""
    found: dict[str, RefLabel | None] = {}
    for purpose in dict.fromkeys(purposes):
        module, kind, number = purpose.split(":")
        found[purpose] = kernel().plugins.ref(Ref(module, kind, int(number)))
    return found


def purpose_words(label: RefLabel | None) -> str:
    """Return the words of a purpose, also when its module is gone."""
    return label.label if label is not None else said("Sans précision")
