"""The sentences that the law puts on an invoice: French, and printed as they are."""

from freeco.documents.sellers import Seller
from freeco.organisations.billing import VatRegime
from freeco.organisations.models import OrganisationKind

LATE_PAYMENT = {
    "PMT": "Entre professionnels, indemnité forfaitaire pour frais de recouvrement en cas de "
    "retard de paiement : 40 € (code de commerce, art. L441-10 et D441-5).",
    "PMD": "Entre professionnels, pénalités de retard : trois fois le taux de l’intérêt légal, "
    "dès le lendemain de l’échéance.",
    "AAB": "Pas d’escompte pour paiement anticipé.",
}
"""By UNTDID 4451 code: what French invoices carry (code de commerce art. L441-9; BR-FR-05)."""
MANDATE = "Facture établie par Freeco au nom et pour le compte de {name}."
"""CGI art. 289 I-2 and its comment BOI-TVA-DECLA-30-20-10-30."""
REHEARSAL = "Répétition : ce document est un exemple, sans aucune valeur."
FRANCHISE = ("E", "VATEX-FR-FRANCHISE", "TVA non applicable, art. 293 B du CGI")
ASSOCIATION = ("E", "VATEX-FR-CGI261-7", "Exonération de TVA, art. 261, 7, 1° du CGI")
PUBLIC_BODY = ("O", "VATEX-EU-O", "Hors du champ de la TVA, art. 256 B du CGI")


def exemption(seller: Seller) -> tuple[str, str, str] | None:
    """Return category (BT-118), code (BT-121) and words (BT-120) when no VAT is charged."""
    if seller.vat_regime == VatRegime.CHARGED:
        return None
    if seller.vat_regime == VatRegime.FRANCHISE:
        return FRANCHISE
    return PUBLIC_BODY if seller.kind == OrganisationKind.COMMUNE else ASSOCIATION
