"""What may come in through the forms of secret polls."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, validates_schema

from freeco.i18n import _
from freeco.web.forms import Email, Whole, Words, one_of
from freeco_project_decisions.secret.models import Way
from freeco_project_decisions.secret.trustees import LEAST_TO_OPEN, MOST


class HalfSchema(Schema):
    """The public half of a code."""

    public = Words(required=True, most=700)


class TrackerSchema(Schema):
    """What a voter kept of a ballot."""

    tracker = Words(required=True, most=80)


class WaySchema(Schema):
    """How codes reach voters."""

    way = Words(required=True, validate=one_of(tuple(Way)))
    authority = Words(load_default="", most=120)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        if values["way"] == Way.AUTHORITY and not values["authority"]:
            raise ValidationError(
                str(_("Dites quelle coopérative fait les codes : les votants le liront.")),
                "authority",
            )


class ThresholdSchema(Schema):
    """How many keys are enough."""

    threshold = Whole(required=True, least=LEAST_TO_OPEN, most=MOST)


class TrusteeSchema(Schema):
    """A member to whom a key is entrusted."""

    member = Whole(required=True)


class OutsiderSchema(Schema):
    """Another organisation to which a key is entrusted."""

    name = Words(required=True, most=120)
    email = Email(required=True)
