"""Direct debits in words: states, and why the bank sends one back (ISO 20022 return codes)."""

from freeco.i18n import _
from freeco.module import Text
from freeco.payments.debit_models import CollectionState, MandateKind

RETURNS: dict[str, Text] = {
    "AM04": _("Provision insuffisante"),
    "MD01": _("Aucun mandat, ou mandat contesté"),
    "MD06": _("Remboursement demandé par le titulaire du compte"),
    "MS02": _("Refus du titulaire du compte"),
    "MS03": _("Motif non précisé par la banque"),
    "AC04": _("Compte clos"),
    "AC01": _("Numéro de compte incorrect"),
    "AC06": _("Compte bloqué"),
    "AC13": _("Compte d’un particulier, pour un prélèvement entre entreprises"),
    "AG01": _("Prélèvement interdit sur ce compte"),
    "AG02": _("Opération inconnue de la banque"),
    "AM05": _("Prélèvement présenté deux fois"),
    "BE05": _("Créancier inconnu de la banque"),
    "CNOR": _("Banque du créancier inconnue"),
    "DNOR": _("Banque du débiteur inconnue"),
    "FF01": _("Fichier mal formé"),
    "MD02": _("Mandat incomplet"),
    "MD07": _("Titulaire du compte décédé"),
    "RC01": _("Code BIC incorrect"),
    "RR01": _("Raison réglementaire"),
    "RR02": _("Raison réglementaire"),
    "RR03": _("Raison réglementaire"),
    "RR04": _("Raison réglementaire"),
    "SL01": _("Service propre à la banque du débiteur"),
}
"""The most usual ones first: this is the order of the list on the page."""
UNKNOWN: Text = _("Motif inconnu")
ENDS_MANDATE = frozenset({"AC01", "AC04", "AC06", "AG01", "MD01", "MD07"})
"""After these, debiting again by the same mandate would only come back again."""

KINDS: dict[str, Text] = {
    MandateKind.RECURRENT: _("Plusieurs prélèvements"),
    MandateKind.ONCE: _("Un seul prélèvement"),
}
COLLECTIONS: dict[str, tuple[Text, str]] = {
    CollectionState.ANNOUNCED: (_("annoncé"), "wait"),
    CollectionState.SENT: (_("envoyé à la banque"), "wait"),
    CollectionState.CREDITED: (_("encaissé"), "good"),
    CollectionState.DROPPED: (_("abandonné"), ""),
}
"""Words of the stamp of each state, and its colour."""


def said_of(code: str) -> Text:
    """Return a reason in words."""
    return RETURNS.get(code, UNKNOWN)
