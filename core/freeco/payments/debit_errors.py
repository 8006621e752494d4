"""What direct debits refuse, and why."""

from freeco.errors import Refusal
from freeco.i18n import _


class NotReady(Refusal):
    """The organisation has no bank account, or no number as a creditor."""

    reason = _(
        "Pour prélever, il faut l’IBAN de l’organisation et son identifiant créancier SEPA (ICS) : "
        "sa banque le donne, et il se note avec ses coordonnées de paiement."
    )


class SealBroken(Refusal):
    """The site's key is not the one that sealed this account number."""

    reason = _(
        "Ce numéro de compte ne peut plus être lu, car la clé du site a changé : faites signer un "
        "nouveau mandat."
    )


class NoMandate(Refusal):
    """Nothing signed allows this debit."""

    reason = _("Aucun mandat en cours ne permet ce prélèvement.")


class MandateEnded(Refusal):
    """It was revoked already."""

    reason = _("Ce mandat est déjà arrêté.")


class TooSoon(Refusal):
    """The payers would not be told in time."""

    reason = _(
        "Ce jour est trop proche : chacun doit être prévenu assez tôt (14 jours, sauf accord)."
    )


class TooLate(Refusal):
    """The bank would not have the file in time."""

    reason = _(
        "Le jour du prélèvement est arrivé : la banque ne prendrait plus ce fichier. Abandonnez ce "
        "prélèvement et annoncez-en un autre."
    )


class NothingToCollect(Refusal):
    """No payment is left to collect."""

    reason = _("Il n’y a rien à prélever.")


class AlreadyCollected(Refusal):
    """A payment is in a collection already."""

    reason = _("Un de ces paiements est déjà dans un prélèvement.")


class NotThere(Refusal):
    """The collection is not where this step begins."""

    reason = _("Ce prélèvement n’en est pas là.")


class NeverSent(Refusal):
    """A rehearsal sends nothing to a real bank."""

    reason = _("Dans une répétition, aucun fichier ne part à la banque.")


class ReturnTooLate(Refusal):
    """The time to contest is over: thirteen months (CMF art. L133-24)."""

    reason = _(
        "Plus de treize mois après le prélèvement, il ne peut plus être rejeté : vérifiez le jour."
    )


class ReturnTooEarly(Refusal):
    """A debit cannot come back before it was sent."""

    reason = _("Ce rejet est d’un jour où le prélèvement n’était pas encore parti.")
