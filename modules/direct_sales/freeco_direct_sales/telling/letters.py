"""What each letter of telling says, for a community to put it in its own words."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any

from freeco.i18n import _
from freeco.module import LetterKind, Text
from freeco.money import Money
from freeco_direct_sales import wording
from freeco_direct_sales.notices import LETTERS
from freeco_direct_sales.papers import HarvestLine
from freeco_direct_sales.permissions import COORDINATE

THURSDAY = date(2026, 12, 3)
EVE = datetime(2026, 12, 2, 17, tzinfo=UTC)
LABELS: Mapping[str, Text] = {
    "date": _("jour"),
    "date_short": _("jour, en court"),
    "ends": _("heure de fin"),
    "farm": _("producteur"),
    "headline": _("ce qui manque, en titre"),
    "instead_words": _("ce qui vient à la place"),
    "lines": _("ce qu’il faut apporter"),
    "notes": _("ce qu’il faut savoir"),
    "opening": _("début du message"),
    "ordered": _("ce qui est commandé"),
    "place": _("lieu"),
    "sentence": _("phrase du producteur"),
    "session": _("commandes"),
    "starts": _("heure de début"),
    "then": _("ce qu’il reste à faire"),
    "until_words": _("dernière lettre"),
    "when": _("ce qui manque, date par date"),
}
AT = {
    "farm": "GAEC des Vergnes",
    "date": THURSDAY,
    "starts": time(18, 30),
    "ends": time(19, 30),
    "place": "Halle du village",
}
LIST = SimpleNamespace(
    lines=(
        HarvestLine("Blettes", "12\u00a0bottes", "6\u00a0kg", before="10\u00a0bottes"),
        HarvestLine("Courges", "30\u00a0kg"),
    ),
    notices=("Pour 23\u00a0foyers", "Pensez à reprendre les cagettes vides."),
)


def _kind(
    stem: str,
    topic: str,
    url: str,
    title: Text,
    sent: Text,
    words: str,
    example: Mapping[str, Any],
    needed: str,
) -> LetterKind:
    return LetterKind(
        f"direct_sales.{stem}",
        LETTERS,
        title,
        sent,
        {name: LABELS[name] for name in words.split()},
        example,
        tuple(needed.split()),
        f"direct_sales.{topic}",
        f"direct-sales/{url}",
        COORDINATE.name,
    )


_AT = "farm date date_short place starts ends"
KINDS = (
    _kind(
        "harvest_list",
        "harvest",
        "distributions/1/recolte/1",
        _("La liste de récolte"),
        _("À l’heure que le producteur a choisie, à qui tient la ferme."),
        f"{_AT} lines notes until_words",
        {**AT, "harvest": LIST, "until": EVE},
        "date lines",
    ),
    _kind(
        "harvest_nothing",
        "harvest",
        "distributions/1/recolte/1",
        _("Rien à apporter"),
        _("À la même heure, à qui est attendu et n’a rien à apporter."),
        f"{_AT} notes until_words",
        {**AT, "harvest": LIST, "until": EVE},
        "date",
    ),
    _kind(
        "harvest_changes",
        "harvest",
        "distributions/1/recolte/1",
        _("Ce qui change de la liste de récolte"),
        _("Une seule fois, si la liste envoyée a changé."),
        f"{_AT} lines",
        {**AT, "harvest": LIST},
        "date lines",
    ),
    _kind(
        "producer_orders",
        "orders_closed",
        "sessions/1/suivi/1",
        _("Les commandes sont closes, chez le producteur"),
        _("Quand plus personne ne commande chez lui."),
        "session opening ordered then",
        {
            "session": "Marché du jeudi",
            "farm": "GAEC des Vergnes",
            "pickups": [(THURSDAY, "Halle du village", [("Blettes", 12, "bunch")])],
            "quantity": wording.quantity,
            "total": Money(3000),
            "estimated": False,
            "comes": True,
            "least": Money(0),
            "early": False,
            "closes": EVE,
        },
        "ordered",
    ),
    _kind(
        "shortage",
        "shortage",
        "distributions/1/mon-panier",
        _("Un produit manque"),
        _("Quand un producteur le dit, à chaque foyer qui l’attend ; à nouveau s’il le corrige."),
        "farm date date_short headline opening when instead_words sentence",
        {
            "farm": "GAEC des Vergnes",
            "date": THURSDAY,
            "dates": [THURSDAY],
            "headline": "Il manque : Courgettes",
            "missing": "Il manque : Courgettes",
            "instead": "des blettes",
            "words": "Pas de courgettes, plus de blettes.",
            "corrected": False,
        },
        "when instead_words sentence",
    ),
    _kind(
        "shortage_said",
        "shortage_said",
        "manques/1",
        _("Un producteur vient de dire ce qui manque"),
        _("Aux coordinateurs, dès qu’il le dit ou le corrige."),
        "farm headline opening when instead_words sentence",
        {
            "farm": "GAEC des Vergnes",
            "households": 12,
            "dates": [THURSDAY],
            "headline": "Il manque : Courgettes",
            "missing": "Il manque : Courgettes",
            "instead": "des blettes",
            "words": "Pas de courgettes, plus de blettes.",
        },
        "when instead_words sentence",
    ),
    _kind(
        "shortage_over",
        "shortage",
        "",
        _("Ce qui manquait vient tout de même"),
        _("Quand le message est retiré, à qui l’avait reçu."),
        "farm",
        {"farm": "GAEC des Vergnes"},
        "farm",
    ),
)
