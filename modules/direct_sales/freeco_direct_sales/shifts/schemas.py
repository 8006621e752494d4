"""What may come in through the forms of the day of a distribution."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from freeco.i18n import _
from freeco.web.forms import Email, Whole, Words, one_of
from freeco_direct_sales.orders.schemas import Hour
from freeco_direct_sales.schemas import NearDay
from freeco_direct_sales.shifts.incident_models import IncidentKind
from freeco_direct_sales.shifts.models import ShiftRole
from freeco_direct_sales.shifts.planning import Need

MOST_PLACES = 50
MOST_SHIFTS = 100


class RoleSchema(Schema):
    """A role of the community."""

    name = Words(required=True, most=60)
    explanation = Words(load_default="", most=500)


class SeasonSchema(Schema):
    """How many shifts between which days."""

    starts_on = NearDay(required=True)
    ends_on = NearDay(required=True)
    quota = Whole(required=True, most=MOST_SHIFTS)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        starts: date = values["starts_on"]
        if values["ends_on"] < starts:
            raise ValidationError(str(_("La fin vient avant le début.")), "ends_on")


def need_fields(role: ShiftRole) -> tuple[str, str, str]:
    """Name the fields of a role in the form of a distribution's needs: number, from, until."""
    return f"n-{role.id}", f"d-{role.id}", f"f-{role.id}"


def needs_schema(roles: Sequence[ShiftRole]) -> Schema:
    """Return the schema of the needs of one or several distributions."""
    found: dict[str, fields.Field[Any]] = {
        "chosen": fields.List(Whole(required=True), load_default=list)
    }
    for role in roles:
        number, starts, ends = need_fields(role)
        found[number] = Whole(load_default=0, most=MOST_PLACES)
        found[starts] = Hour(required=True)
        found[ends] = Hour(required=True)
    return Schema.from_dict(dict(found))()


def needs(roles: Sequence[ShiftRole], taken: Mapping[str, Any]) -> dict[ShiftRole, Need]:
    """Return what was typed, by role."""
    found = {}
    for role in roles:
        number, starts, ends = need_fields(role)
        found[role] = Need(taken[number] or 0, taken[starts], taken[ends])
    return found


class OfferSchema(Schema):
    """Who is asked to take a shift over."""

    member = Whole(required=True)


class MissedSchema(Schema):
    """Whether somebody was missing."""

    missed = fields.Boolean(required=True, truthy={"1"}, falsy={"0"})


class IncidentSchema(Schema):
    """What was wrong with a basket."""

    producer = Whole(required=True)
    kind = Words(required=True, validate=one_of(tuple(IncidentKind)))
    words = Words(load_default="", most=1000)
    household = Whole(load_default=None)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        if values["kind"] == IncidentKind.OTHER and not values["words"]:
            raise ValidationError(str(_("Dites en quelques mots ce qui n’allait pas.")), "words")


class AnswerSchema(Schema):
    """An answer in words."""

    words = Words(required=True, most=1000)


class PartnerSchema(Schema):
    """Who may be asked to come for what is left."""

    name = Words(required=True, most=120)
    contact = Words(load_default="", most=120)
    email = Email(load_default=None)
    phone = Words(load_default="", most=30)
    address = Words(load_default="", most=300)


class LeftoverSchema(Schema):
    """What is left."""

    words = Words(required=True, most=500)


class GivenSchema(Schema):
    """What was handed over."""

    given = Words(required=True, most=500)
