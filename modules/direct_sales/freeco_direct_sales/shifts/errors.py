"""Why the day of a distribution says no."""

from freeco.errors import Refusal
from freeco.i18n import _


class SameRole(Refusal):
    """Two roles of one name could not be told apart."""

    reason = _("Un rôle porte déjà ce nom ici.")


class SeasonsOverlap(Refusal):
    """A day belongs to one season, or nobody knows what they owe."""

    reason = _("Ces dates recouvrent une autre saison de permanences.")
    status = 422


class ShiftFull(Refusal):
    """Somebody else was quicker."""

    reason = _("Cette place vient d’être prise : il n’en reste plus. Merci de votre élan.")


class AlreadyOnDuty(Refusal):
    """Nobody is signed up twice."""

    reason = _("Vous êtes déjà de permanence à cette heure-là.")


class ShiftPast(Refusal):
    """What has begun is no longer signed up for, nor taken back."""

    reason = _("Cette permanence a commencé ou est passée : elle ne change plus.")


class ShiftToCome(Refusal):
    """Nobody is missing before the hour."""

    reason = _("Cette permanence n’a pas encore commencé.")


class PlacesTaken(Refusal):
    """A place somebody has taken is not removed under them."""

    reason = _(
        "Davantage de personnes se sont déjà inscrites : ce nombre de places est trop petit."
    )


class OfferGone(Refusal):
    """The one who asked has changed their mind, or somebody else comes."""

    reason = _("Cette demande n’est plus en cours : il n’y a rien à faire.")


class LeftoverGone(Refusal):
    """Another partner was quicker."""

    reason = _("Un autre partenaire vient déjà les chercher. Merci d’avoir répondu.")


class LeftoverPast(Refusal):
    """Nobody waits at the door any more."""

    reason = _("Cette offre est terminée : plus personne n’attend sur place.")


class NoPartner(Refusal):
    """Nobody would be told."""

    reason = _("Aucun partenaire n’est inscrit : notez-en un d’abord.")


class PartnerUnreachable(Refusal):
    """An offer reaches a partner by letter or by telephone."""

    reason = _("Indiquez une adresse électronique ou un téléphone.")
    status = 422


class SamePartner(Refusal):
    """Two partners of one name could not be told apart."""

    reason = _("Un partenaire porte déjà ce nom ici.")


class IncidentSettled(Refusal):
    """What is settled is not discussed again on the same page."""

    reason = _("Ce signalement est réglé : il ne change plus.")


class NotDelivered(Refusal):
    """A producer who brought nothing there."""

    reason = _("Ce producteur ne livrait rien à cette distribution.")
    status = 422
