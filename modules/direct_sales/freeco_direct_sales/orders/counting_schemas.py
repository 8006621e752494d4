"""What may come in through the page of a producer's stock."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from freeco.i18n import _
from freeco.web.forms import Whole, Words, one_of
from freeco_direct_sales.models import Product
from freeco_direct_sales.orders.counting import Shown, Typed, field_of, new_field
from freeco_direct_sales.orders.models import Stock
from freeco_direct_sales.orders.stock_models import Why
from freeco_direct_sales.schemas import NearDay

MOST = 1_000_000
REASONS = {
    Why.COUNTED: _("Compté"),
    Why.HARVEST: _("Récolté ou fabriqué"),
    Why.LOSS: _("Perdu ou abîmé"),
    Why.SOLD_ELSEWHERE: _("Vendu ailleurs"),
}
"""What people say themselves."""
BY_ITSELF = {
    Why.HANDED_OUT: _("Remis aux foyers"),
    Why.NOT_COMING: _("Commandé, et pas là"),
}
"""What follows from orders."""


def shown_field(name: str) -> str:
    """Name the field of what the page showed."""
    return f"b-{name}"


def _reason() -> dict[str, fields.Field[Any]]:
    return {
        "why": fields.String(
            load_default=Why.COUNTED.value, validate=one_of(tuple(each.value for each in REASONS))
        ),
        "words": Words(load_default="", most=200),
    }


def numbers_schema(articles: Sequence[Shown]) -> Schema:
    """Return the schema of the page: a number for each article and scope, and why."""
    names = [
        field_of(row) if row is not None else new_field(each.product)
        for each in articles
        for row in each.rows
    ]
    numbers: dict[str, fields.Field[Any]] = {
        name: Whole(load_default=None, most=MOST)
        for each in names
        for name in (each, shown_field(each))
    }
    return Schema.from_dict(numbers | _reason())()


def typed(
    articles: Sequence[Shown], taken: Mapping[str, Any]
) -> tuple[dict[Stock, Typed], dict[Product, Typed]]:
    """Return what was typed over what: numbers there were, and new ones in all."""
    rows: dict[Stock, Typed] = {}
    new: dict[Product, Typed] = {}
    for each in articles:
        for row in each.rows:
            name = field_of(row) if row is not None else new_field(each.product)
            found = Typed(taken[shown_field(name)], taken[name])
            if row is None:
                new[each.product] = found
            else:
                rows[row] = found
    return rows, new


class ApartSchema(Schema):
    """A number for one distribution, or for some days."""

    product = Whole(required=True)
    distribution = Whole(load_default=None)
    first_day = NearDay(load_default=None)
    last_day = NearDay(load_default=None)
    many = Whole(required=True, most=MOST)
    why = fields.String(
        load_default=Why.COUNTED.value, validate=one_of(tuple(each.value for each in REASONS))
    )
    words = Words(load_default="", most=200)

    @validates_schema
    def _check_scope(self, values: Mapping[str, Any], **_options: Any) -> None:
        first, last = values["first_day"], values["last_day"]
        if values["distribution"] is not None:
            if first or last:
                raise ValidationError(
                    str(_("Choisissez une distribution, ou des jours : pas les deux.")), "first_day"
                )
            return
        if first is None or last is None:
            raise ValidationError(
                str(_("Choisissez une distribution, ou le premier et le dernier jour.")),
                "distribution",
            )
        if first > last:
            raise ValidationError(str(_("Le dernier jour vient avant le premier.")), "last_day")
