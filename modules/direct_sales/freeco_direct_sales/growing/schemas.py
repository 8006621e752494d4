"""What may come in through a farm's forms."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from freeco.i18n import _
from freeco.web.forms import Day, Ticked, Whole, Words, one_of
from freeco_direct_sales import wording
from freeco_direct_sales.growing.models import Mishap
from freeco_direct_sales.schemas import NearDay

TOO_FAR = _("Cette date est à plus de trois ans d’ici.")


def months_schema(product_ids: Iterable[int]) -> Schema:
    """Return the schema of the calendar: for each product, the months that are ticked."""
    return Schema.from_dict(
        {
            f"m-{each}": fields.List(Whole(required=True, least=1, most=12), load_default=list)
            for each in product_ids
        }
    )()


class CropSchema(Schema):
    """A crop of the plan."""

    name = Words(required=True, most=80)
    sown_on = NearDay(load_default=None)
    first_on = NearDay(required=True)
    last_on = NearDay(required=True)
    plot = Words(load_default="", most=80)
    quantity = Whole(load_default=None, least=1, most=1_000_000)
    unit = Words(load_default="kg", validate=one_of(wording.UNITS))
    note = Words(load_default="", most=200)

    @validates_schema
    def _check_order(self, values: Mapping[str, Any], **_options: Any) -> None:
        first, last, sown = values["first_on"], values["last_on"], values["sown_on"]
        if last < first:
            raise ValidationError(str(_("La dernière récolte vient avant la première.")), "last_on")
        if sown is not None and sown > first:
            raise ValidationError(
                str(_("Le semis ou la plantation vient après la première récolte.")), "sown_on"
            )


class MishapSchema(Schema):
    """What befell a farm."""

    kind = Words(required=True, validate=one_of(tuple(Mishap)))
    happened_on = Day(required=True, within_days=800, too_far=TOO_FAR)
    words = Words(required=True, most=1000)
    consequence = Words(required=True, most=1000)


class PictureSchema(Schema):
    """What a picture shows; the picture itself is a file."""

    words = Words(required=True, most=200)


def visit_schema(articles: Iterable[int]) -> Schema:
    """Return the schema of a report: one field for each point of the charter."""
    return _VisitSchema.from_dict(
        {f"p-{each}": Words(load_default="", most=3000) for each in articles}
    )()


class _VisitSchema(Schema):
    visited_on = NearDay(required=True)
    visitors = fields.List(Whole(required=True), load_default=list)
    seen = Words(load_default="", most=5000)
    asked = Words(load_default="", most=3000)
    next_due_on = NearDay(load_default=None)

    @validates_schema
    def _check_next(self, values: Mapping[str, Any], **_options: Any) -> None:
        due = values["next_due_on"]
        if due is not None and due <= values["visited_on"]:
            raise ValidationError(
                str(_("La prochaine visite vient après celle-ci.")), "next_due_on"
            )


class SaidSchema(Schema):
    """An answer, or a correction."""

    words = Words(required=True, most=3000)


class AgreedSchema(Schema):
    """A yes, or a no."""

    agreed = Ticked()


class ServiceDaySchema(Schema):
    """The day on which a service is rendered."""

    agreed_on = NearDay(required=True)
