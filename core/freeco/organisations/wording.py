"""How kinds of organisations are named: in full where one chooses, shorter where room is scarce."""

from dataclasses import dataclass

from freeco.i18n import _
from freeco.module import Text
from freeco.organisations.models import OrganisationKind


@dataclass(frozen=True)
class KindWords:
    """The words for a kind of organisation."""

    full: Text
    short: Text
    """On the map and in its legend, away from any list of kinds."""


WORDS = {
    OrganisationKind.ASSOCIATION: KindWords(_("Association"), _("Association")),
    OrganisationKind.AMAP: KindWords(_("AMAP"), _("AMAP")),
    OrganisationKind.COMPANY: KindWords(_("Entreprise"), _("Entreprise")),
    OrganisationKind.COOPERATIVE: KindWords(_("SCOP, SCIC ou autre coopérative"), _("Coopérative")),
    OrganisationKind.INDEPENDENT: KindWords(_("Indépendant, ferme"), _("Indépendant")),
    OrganisationKind.COMMUNE: KindWords(_("Commune"), _("Commune")),
    OrganisationKind.OTHER: KindWords(_("Autre"), _("Autre organisation")),
}
KINDS = {kind: words.full for kind, words in WORDS.items()}
