"""What the person must know about a list that was read: each remark once, with its lines."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from freeco.columns import Line, Notice, not_kept
from freeco.i18n import _, said
from freeco.module import Text

_LINES_SHOWN = 10

_ALL_LINES: dict[str, Text] = {
    "gross": _("Les prix sont pris TVA comprise, tels qu’ils sont écrits."),
    "net": _(
        "Les prix du fichier sont hors taxe : la TVA de chaque ligne y est ajoutée, arrondie au "
        "centime le plus proche. Une marge du groupe n’y est pas comprise."
    ),
}
_SOME_LINES: dict[str, Text] = {
    "deposit": _("La consigne est reprise telle quelle ; Foodsoft y ajoutait la TVA"),
    "fraction": _("Le tableur donne 0,055 pour 5,5 % : ces taux de TVA sont lus ainsi"),
    "vat": _("Taux de TVA non indiqué, à vérifier sur la fiche du produit"),
    "unit": _("Sans unité écrite, le produit est vendu à la pièce"),
    "crosses": _(
        "Les produits en vente ont une croix ; ceux-ci n’en ont pas et sont indisponibles"
    ),
    "blank": _("Disponibilité laissée vide : le produit est pris comme disponible"),
    "stock": _("Sans quantité en stock, le stock n’est pas suivi"),
    "pounds": _("Les onces et les livres sont converties en grammes"),
}


class _Made(Protocol):
    """What a product says about who made it."""

    @property
    def producer(self) -> str:
        """The producer's name, or nothing."""


class Remarks:
    """Gathers what happens on the lines, to tell it once."""

    def __init__(self, header: Sequence[str], mapping: Mapping[str, int]) -> None:
        self._header = header
        self._mapping = mapping
        self._lines: dict[str, list[int]] = {}
        self._dropped: Counter[str] = Counter()

    def add(self, remark: str, line: Line) -> None:
        """Note that a remark concerns a line."""
        self._lines.setdefault(remark, []).append(line.row.number)

    def forget(self, line: Line) -> None:
        """Take back the remarks on a line that cannot be taken: its problems say enough."""
        for lines in self._lines.values():
            if lines and lines[-1] == line.row.number:
                lines.pop()

    def drop(self, column: str) -> None:
        """Note that a filled cell of a column is not kept."""
        self._dropped[column] += 1

    def notices(self, products: Iterable[_Made]) -> list[Notice]:
        """Return the remarks, the columns not kept, and the producers when there are several."""
        notices = [Notice(str(text)) for key, text in _ALL_LINES.items() if self._lines.get(key)]
        for key, text in _SOME_LINES.items():
            if lines := self._lines.get(key):
                notices.append(Notice(f"{text} ({_listed(lines)})."))
        for column, count in self._dropped.items():
            notices.append(not_kept(self._header[self._mapping[column]], count))
        producers = sorted({product.producer for product in products} - {""})
        if len(producers) > 1:
            names = ", ".join(producers)
            notices.append(
                Notice(said("La liste nomme plusieurs producteurs : %(names)s.", names=names))
            )
        return notices


def _listed(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:_LINES_SHOWN]))
    if len(lines) > _LINES_SHOWN:
        return said("lignes %(lines)s…", lines=shown)
    if len(lines) > 1:
        return said("lignes %(lines)s", lines=shown)
    return said("ligne %(lines)s", lines=shown)
