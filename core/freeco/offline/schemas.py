"""What a device may hand in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validate

from freeco.web.forms import LARGEST_ROW_ID, Words

MOST_VALUES = 20
LONGEST_VALUE = 500
LATEST_YEAR = 9000
"""A clock may be wrong, but the sum of two times must still be one."""


class Key(fields.String):
    """A random name made on the device: a UUID, in its one usual spelling."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        try:
            return str(UUID(text))
        except ValueError as error:
            raise ValidationError("a UUID is expected") from error


class Instant(fields.AwareDateTime):
    """An aware instant, far enough from the ends of the calendar."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        instant = super()._deserialize(value, attr, data, **options)
        if not 1 < instant.year < LATEST_YEAR:
            raise ValidationError("a plausible year is expected")
        return instant


class TypedSchema(Schema):
    """One action: what a form held."""

    key = Key(required=True)
    kind = fields.String(required=True, validate=validate.Regexp(r"[a-z0-9_.]{1,80}\Z"))
    values = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"[a-z0-9_]{1,40}\Z")),
        values=Words(most=LONGEST_VALUE),
        required=True,
        validate=validate.Length(max=MOST_VALUES),
    )
    at = Instant(required=True)
    position = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=0, max=LARGEST_ROW_ID)
    )


class DeliverySchema(Schema):
    """What a device hands in at once; each action is read by itself."""

    device = Key(required=True)
    member = fields.Integer(required=True, strict=True)
    """In whose name it was typed."""
    now = Instant(required=True)
    """What the device's clock says at this delivery."""
    actions = fields.List(fields.Raw(), required=True)
