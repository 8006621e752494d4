"""What may come in through the forms of telling."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from freeco.i18n import _
from freeco.web.forms import Ticked, Whole, Words, one_of
from freeco_direct_sales.telling.models import HowShort
from freeco_direct_sales.telling.wishes import MOST_DAYS


class WishSchema(Schema):
    """When a producer wants the harvest list."""

    wanted = Ticked()
    days_before = Whole(required=True, most=MOST_DAYS)
    hour = Whole(required=True, most=23)
    changes_wanted = Ticked()
    changes_days_before = Whole(required=True, most=MOST_DAYS)
    changes_hour = Whole(required=True, most=23)


class ShortageSchema(Schema):
    """What is missing, for when, and what comes instead."""

    dates = fields.List(Whole(required=True), load_default=list)
    products = fields.List(Whole(required=True), load_default=list)
    how = Words(required=True, validate=one_of(tuple(HowShort)))
    instead = Words(load_default="", most=120)
    instead_product = Whole(load_default=None)
    instead_quantity = Whole(load_default=None, least=1, most=1000)
    words = Words(load_default="", most=300)
    key = Words(required=True, most=40)
    version = Whole(load_default=1, least=1)
    step = Words(load_default="", validate=one_of(("", "preview", "send", "edit")))

    @validates_schema
    def _something_is_missing(self, values: Mapping[str, Any], **_options: Any) -> None:
        problems: dict[str, list[str]] = {}
        if not values["dates"]:
            problems["dates"] = [str(_("Cochez au moins une distribution."))]
        if not values["products"]:
            problems["products"] = [str(_("Cochez ce qui manque."))]
        if values["instead_quantity"] and not values["instead_product"]:
            problems["instead_product"] = [str(_("Choisissez le produit de cette quantité."))]
        if problems:
            raise ValidationError(problems)


class SaidSchema(Schema):
    """Whether a producer was told by telephone."""

    said = Ticked()
