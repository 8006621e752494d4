"""The words that may stand in letters of direct sales, and the examples their previews show."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from freeco.i18n import _
from freeco.module import LetterKind, Text
from freeco_direct_sales.notices import LETTERS
from freeco_direct_sales.permissions import COORDINATE

THURSDAY = date(2026, 12, 3)
UNTIL = datetime(2026, 12, 1, 20, tzinfo=UTC)
LABELS: Mapping[str, Text] = {
    "address": _("adresse de la page"),
    "amounts": _("montant de chaque producteur"),
    "call": _("téléphone"),
    "changed": _("ce qui change"),
    "closes": _("fin des commandes"),
    "code": _("code du contrat"),
    "community": _("communauté"),
    "contract": _("contrat"),
    "date": _("jour"),
    "date_short": _("jour, en court"),
    "ends": _("heure de fin"),
    "first": _("premier foyer"),
    "first_day": _("premier jour"),
    "household": _("foyer"),
    "last": _("dernier jour"),
    "name": _("nom"),
    "opening": _("par téléphone ou non"),
    "ordered": _("ce qui est commandé"),
    "partner": _("partenaire"),
    "place": _("lieu"),
    "price": _("prix de la suite"),
    "producer": _("producteur"),
    "proposal": _("ce qui est proposé"),
    "reason": _("raison"),
    "role": _("permanence"),
    "said": _("ce qui n’allait pas"),
    "schedule": _("échéances"),
    "second": _("second foyer"),
    "session": _("commandes"),
    "starts": _("heure de début"),
    "sum": _("en tout"),
    "taker": _("foyer qui prend"),
    "total": _("total"),
    "until": _("jusqu’à quand"),
    "what": _("places libres"),
    "words": _("ce qui est écrit"),
}
CONTRACT = {"contract": "Légumes d’hiver", "producer": "GAEC des Vergnes"}
WHERE = {
    "date": THURSDAY,
    "starts": time(18, 30),
    "ends": time(19, 30),
    "place": "Halle du village",
}
SHIFT = {"role": "Accueil", **WHERE}
BASKET = {**CONTRACT, "household": "Allard", "taker": "Besse", "lent": True, "date": THURSDAY}
SHARE = {**CONTRACT, "first": "Allard", "second": "Besse", "turns": True}
ORDER = {"session": "Marché du jeudi", **WHERE}
LEFT = {
    "community": "Les Trois-Ponts",
    "words": "deux cageots de salades et du pain",
    "place": "Halle du village",
    "until": UNTIL,
}
ABOUT = {"producer": "GAEC des Vergnes", "household": "Allard", "date": THURSDAY}


def kind(
    stem: str,
    topic: str,
    url: str,
    title: Text,
    sent: Text,
    words: str,
    example: Mapping[str, Any],
    needed: str = "",
    labels: Mapping[str, Text] | None = None,
) -> LetterKind:
    """Introduce a letter; ``words`` and ``needed`` are names parted by spaces."""
    known = {**LABELS, **(labels or {})}
    return LetterKind(
        f"direct_sales.{stem}",
        LETTERS,
        title,
        sent,
        {name: known[name] for name in words.split()},
        example,
        tuple(needed.split()),
        f"direct_sales.{topic}" if topic else "",
        f"direct-sales/{url}",
        COORDINATE.name,
    )


DAY = "contract producer date date_short place starts ends"
SHIFT_WORDS = "role date date_short starts ends place"
