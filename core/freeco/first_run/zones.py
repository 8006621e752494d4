"""The clocks of the places where Freeco may be founded, and which one a postal code has."""

from freeco.i18n import _
from freeco.module import Text

OF_POSTAL_CODE = "auto"
"""The choice of whoever does not want to choose."""
METROPOLE = "Europe/Paris"
ZONES: dict[str, Text] = {
    METROPOLE: _("France métropolitaine, Belgique, Suisse, Luxembourg"),
    "America/Guadeloupe": _("Guadeloupe, Saint-Martin, Saint-Barthélemy"),
    "America/Martinique": _("Martinique"),
    "America/Cayenne": _("Guyane"),
    "Indian/Reunion": _("La Réunion"),
    "Indian/Mayotte": _("Mayotte"),
    "America/Miquelon": _("Saint-Pierre-et-Miquelon"),
    "Pacific/Wallis": _("Wallis-et-Futuna"),
    "Pacific/Tahiti": _("Polynésie française"),
    "Pacific/Noumea": _("Nouvelle-Calédonie"),
}
OF_POSTAL_CODES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/Guadeloupe",
    "978": "America/Guadeloupe",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}


def zone_of(chosen: str, postal_code: str) -> str:
    """Return the zone chosen, else that of a French postal code; the mainland's for any other."""
    if chosen != OF_POSTAL_CODE:
        return chosen
    return OF_POSTAL_CODES.get(postal_code[:3], METROPOLE)
