"""What issuing a document refuses, and why."""

from freeco.errors import Refusal
from freeco.i18n import _


class SellerIncomplete(Refusal):
    """CGI annex II art. 242 nonies A: name, address and SIREN of who sells."""

    reason = _(
        "Une facture dit qui vend : il y faut le nom, l’adresse et le SIREN (ou le RNA d’une "
        "association). Complétez la fiche de l’organisation."
    )


class VatNumberMissing(Refusal):
    """CGI annex II art. 242 nonies A, I-2°."""

    reason = _("Une facture avec TVA porte le numéro de TVA de qui vend : il manque.")


class WrongRate(Refusal):
    """The seller charges no VAT, or charges it on everything it sells."""

    reason = _("Le taux de TVA d’une ligne ne va pas avec le régime de TVA de qui vend.")


class NoMandate(Refusal):
    """CGI art. 289 I-2: a third party invoices by a written and prior mandate only."""

    reason = _("Qui vend n’a pas confié ses factures à Freeco, ou pas encore à cette date.")


class EarlierDay(Refusal):
    """Numbers follow the days (CGI annex II art. 242 nonies A, I-7°)."""

    reason = _("Un document plus récent porte déjà un numéro : celui-ci ne peut pas le précéder.")


class DocumentKeyReused(Refusal):
    """The same key asked for another document."""

    reason = _("Ce document existe déjà, avec un autre contenu.")


class MoreThanCorrected(Refusal):
    """A credit note never gives back more than the invoice asked."""

    reason = _("Un avoir ne peut pas dépasser ce qui reste de la facture.")


class NotAnInvoice(Refusal):
    """Only an invoice is lessened by a credit note."""

    reason = _("Un avoir corrige une facture.")


class FactDiffers(Refusal):
    """The entry would not say what the paper says."""

    reason = _("L’écriture et le document ne disent pas les mêmes montants.")


class NoReceipts(Refusal):
    """CGI art. 200, 238 bis: only bodies of general interest; LPF art. L80 C."""

    reason = _(
        "Cette organisation n’a pas établi qu’elle peut délivrer des reçus fiscaux, ou pas encore "
        "à cette date."
    )


class GiverIncomplete(Refusal):
    """A receipt has the full address of who gave."""

    reason = _("Un reçu fiscal porte l’adresse complète de qui donne : elle manque.")


class AlreadyReceipted(Refusal):
    """A gift lowers a tax once."""

    reason = _("Un de ces dons figure déjà sur un reçu.")


class NotAReceipt(Refusal):
    """Only a receipt is cancelled, and once."""

    reason = _("Ce document n’est pas un reçu en cours de validité.")
