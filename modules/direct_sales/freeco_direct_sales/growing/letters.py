"""What each letter about a farm's season says, for a community to put it in its own words."""

from freeco.i18n import _
from freeco_direct_sales.growing.models import Mishap
from freeco_direct_sales.growing.showing import MISHAPS
from freeco_direct_sales.handover.letter_words import THURSDAY, kind

FARM = {"farm": "GAEC des Vergnes", "date": THURSDAY}
LABELS = {
    "farm": _("producteur"),
    "service": _("service"),
    "kind": _("ce qui est arrivé"),
    "consequence_words": _("ce que cela change"),
}
KINDS = (
    kind(
        "service_agreed",
        "service",
        "services",
        _("Le jour d’un service est convenu"),
        _("Quand un jour est noté, à l’autre côté."),
        "farm service household date date_short",
        {**FARM, "service": "Taille des haies", "household": "Allard"},
        "service date",
        LABELS,
    ),
    kind(
        "season_mishap",
        "farm",
        "producteurs/1",
        _("Une mauvaise saison"),
        _("Quand une ferme le dit, à ses foyers ; dans la lettre de la semaine."),
        "farm kind date date_short words consequence_words",
        {
            **FARM,
            "kind": MISHAPS[Mishap.HAIL],
            "words": "La grêle a couché les salades.",
            "consequence": "moins de salades pendant trois semaines.",
        },
        "kind words",
        LABELS,
    ),
    kind(
        "visit_published",
        "farm",
        "visites/1",
        _("Le compte rendu d’une visite"),
        _("Quand il est publié, à la ferme et à ses foyers ; dans la lettre de la semaine."),
        "farm date date_short",
        FARM,
        "farm date",
        LABELS,
    ),
)
