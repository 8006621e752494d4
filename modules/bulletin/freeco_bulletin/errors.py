"""What the bulletin refuses, in the words people read."""

from freeco.errors import Refusal
from freeco.i18n import _


class AlreadyPublished(Refusal):
    """What everyone has read is corrected, not changed behind their back."""

    reason = _("Cette annonce est publiée : pour la changer, écrivez une correction.")


class NotPublished(Refusal):
    """Only what stands on the page can be withdrawn or corrected."""

    reason = _("Cette annonce n’est pas publiée.")


class ReasonMissing(Refusal):
    """Those who have read it are owed a word."""

    reason = _("Dites en une phrase pourquoi l’annonce est retirée : la page le dira.")
    status = 422


class OverBeforeShown(Refusal):
    """Its last day has passed."""

    reason = _("Le dernier jour de cette annonce est passé : changez-le avant de publier.")


class NotYourOrganisation(Refusal):
    """One writes for the community, or for an organisation in which one holds a role."""

    reason = _("On écrit pour la communauté, ou pour une organisation où l’on tient un rôle.")
    status = 422


class NoHelpAsked(Refusal):
    """The notice does not call for hands, or no longer does."""

    reason = _("Cette annonce ne demande pas d’aide, ou plus maintenant.")


class OwnNotice(Refusal):
    """The author already comes."""

    reason = _("C’est votre annonce : vous voyez ici les personnes qui proposent leur aide.")


class AlternativeMissing(Refusal):
    """A picture is described for those who do not see it."""

    reason = _("Décrivez l’image en une phrase, pour les personnes qui ne la voient pas.")
    status = 422
