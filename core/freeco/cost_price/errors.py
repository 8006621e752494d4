"""What cost price refuses, and why."""

from freeco.errors import Refusal
from freeco.i18n import _


class ItemDiffers(Refusal):
    """The supplier's reference is known, with another amount, day or pool."""

    reason = _(
        "Cette facture est déjà enregistrée, avec un autre montant, un autre jour ou un autre "
        "poste. Pour la corriger, reprenez-la, puis enregistrez-la sous sa référence suivie de "
        "« bis »."
    )


class NoSuchItem(Refusal):
    """There is no such invoice, or it was taken back."""

    reason = _("Aucune facture en cours ne porte ce numéro.")


class YearSettled(Refusal):
    """The true-up of the year is done."""

    reason = _("Cette année est déjà régularisée : datez l’opération de l’année en cours.")


class YearNotOver(Refusal):
    """A year is settled once it is over."""

    reason = _("Cette année n’est pas finie : la régularisation se fait une fois l’année écoulée.")


class YearBefore(Refusal):
    """The year before is not settled."""

    reason = _("Régularisez d’abord l’année précédente.")


class MonthNotOver(Refusal):
    """A month is billed once it is over."""

    reason = _("Ce mois n’est pas fini : il se facture une fois écoulé.")


class KeyPublished(Refusal):
    """A published key does not change, and a new one does not reach into the past."""

    reason = _(
        "Une clé publiée ne change plus : une nouvelle version entre en vigueur aujourd’hui ou "
        "plus tard, et après la précédente."
    )


class RatePublished(Refusal):
    """A published rate does not change, and a new one does not reach into the past."""

    reason = _(
        "Un taux publié ne change plus : un nouveau taux entre en vigueur aujourd’hui ou plus "
        "tard, et après le précédent."
    )


class RateTooHigh(Refusal):
    """The platform's share is at most 5 %."""

    reason = _("Le taux ne peut pas dépasser 5 %.")


class NoKey(Refusal):
    """A pool has costs on a day without a key."""

    reason = _("Un poste a des coûts sans clé de répartition : publiez-en une d’abord.")


class ShareDiffers(Refusal):
    """It was charged already, on another price."""

    reason = _("La participation de cet achat est déjà comptée, sur un autre montant.")


class PartsTooLarge(Refusal):
    """The parts are more than the price."""

    reason = _("Le transport, la solidarité et les frais dépassent le prix.")


class NoShare(Refusal):
    """Nothing was charged for this."""

    reason = _("Aucune participation n’est comptée pour cet achat.")


class NoSuchBill(Refusal):
    """The platform has no invoice of this number."""

    reason = _("Aucune facture de participation ne porte ce numéro.")


class NothingToPay(Refusal):
    """It is paid already, or credit notes took it off whole."""

    reason = _("Cette facture est déjà réglée, ou des avoirs l’ont annulée.")


class PaidOnNoSuchDay(Refusal):
    """Before the invoice, or in the days to come."""

    reason = _("Une facture se règle entre son jour et aujourd’hui.")


class CannotGiveBack(Refusal):
    """The invoices of the year do not hold what is to be given back."""

    reason = _("Les factures de l’année ne suffisent pas à porter l’avoir : rien n’est écrit.")


class NotSettled(Refusal):
    """The year's cost is not settled: closing it would leave the difference unreturned."""

    reason = _(
        "Le coût réel de cette année n’est pas encore régularisé : "
        "« freeco cost true-up » d’abord, la clôture ensuite."
    )
