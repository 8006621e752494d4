"""What may come in through the forms of a session that is followed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields

from freeco.i18n import _
from freeco.web.forms import Cell, Whole, Words, one_of
from freeco_direct_sales.orders.amounts import GRAMS
from freeco_direct_sales.orders.models import Offer, OrderLine
from freeco_direct_sales.orders.sessions import Fate

WEIGHT = re.compile(r"(\d{1,6})(?:[.,](\d{1,3}))?\s*(kg|g)?", re.IGNORECASE)
LIGHTEST = 20
"""Grams: below, a whole number without unit could as well be kilograms."""
HEAVIEST = 999_999
"""Grams on one line: a slip of the finger beyond."""
MOST_COMING = 999_999
KEEP, OFF, AS_FOR_ALL = "keep", "off", ""
"""What becomes of an order of an article that was withdrawn, besides another offer's number."""


def read_weight(text: str) -> int:
    """Read a weight as people write it: 1735, 1735 g, 1,735 or 1,735 kg; return whole grams."""
    found = WEIGHT.fullmatch(text.replace("\u00a0", " ").replace("\u202f", " ").strip())
    if found is None:
        raise ValidationError(str(_("Écrivez le poids ainsi : 1735 ou 1,735 kg.")))
    whole, decimals, unit = int(found[1]), found[2], (found[3] or "").lower()
    if decimals is not None and unit == "g":
        raise ValidationError(str(_("Écrivez les grammes sans virgule.")))
    if decimals is not None or unit == "kg":
        grams = whole * GRAMS + int((decimals or "0").ljust(3, "0"))
    else:
        grams = whole
        if not unit and 0 < grams < LIGHTEST:
            raise ValidationError(str(_("Écrivez l’unité : g ou kg.")))
    if grams > HEAVIEST:
        raise ValidationError(str(_("Ce poids est trop grand.")))
    return grams


def weight_field(line: OrderLine) -> str:
    """Name the field of a line's weight."""
    return f"w-{line.id}"


def written_weight(grams: int | None) -> str:
    """Write grams as the field takes them back: 1,735 kg from a kilogram on."""
    if grams is None:
        return ""
    if grams < GRAMS:
        return f"{grams} g"
    return f"{grams // GRAMS},{grams % GRAMS:03} kg"


def shown_field(line: OrderLine) -> str:
    """Name the field of the weight that the page showed."""
    return f"b-{line.id}"


def weighing_schema(lines: Iterable[OrderLine]) -> Schema:
    """Return the schema of the weighing form: a weight for each line, empty when not weighed."""
    return Schema.from_dict(
        {
            name(line): Cell(read_weight, load_default=None)
            for line in lines
            for name in (weight_field, shown_field)
        }
    )()


def typed_weights(
    lines: Iterable[OrderLine], taken: Mapping[str, Any]
) -> dict[OrderLine, int | None]:
    """Return what was typed, in grams, where it is not what the page showed.

    Two people at the scales do not rub out what the other one has typed meanwhile.
    """
    return {
        line: taken[weight_field(line)]
        for line in lines
        if taken[weight_field(line)] != taken[shown_field(line)]
    }


def coming_field(offer: Offer) -> str:
    """Name the field of how many of an article come."""
    return f"o-{offer.id}"


def coming_schema(offers: Iterable[Offer]) -> Schema:
    """Return the schema of what one producer says will come: a number for each article."""
    return Schema.from_dict(
        {coming_field(each): Whole(load_default=None, least=0, most=MOST_COMING) for each in offers}
    )()


def fate_field(line: OrderLine) -> str:
    """Name the field of what becomes of an order."""
    return f"l-{line.id}"


def withdrawing_schema(lines: Iterable[OrderLine], others: Sequence[Offer]) -> Schema:
    """Return the schema of a withdrawal: why, one choice for all, and exceptions."""
    known = (KEEP, OFF, *(str(each.id) for each in others))
    exceptions: dict[str, fields.Field[Any]] = {
        fate_field(line): fields.String(
            load_default=AS_FOR_ALL, validate=one_of((AS_FOR_ALL, *known))
        )
        for line in lines
    }
    return Schema.from_dict(
        exceptions
        | {
            "reason": Words(required=True, most=200),
            "fate": fields.String(load_default="", validate=one_of(("", *known))),
        }
    )()


def fate(chosen: str) -> Fate | None:
    """Return what a choice means; None when nothing was chosen."""
    if not chosen:
        return None
    if chosen == KEEP:
        return Fate(keep=True)
    return Fate() if chosen == OFF else Fate(substitute_id=int(chosen))


def fates(lines: Iterable[OrderLine], taken: Mapping[str, Any]) -> dict[int, Fate]:
    """Return the exceptions, by line id."""
    found = {line.id: fate(taken[fate_field(line)]) for line in lines}
    return {each: chosen for each, chosen in found.items() if chosen is not None}
