"""What may come in through the forms of options in detail, of colleges and of voices."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from freeco.i18n import _
from freeco.web.forms import BasisPoints, Whole, Words, one_of
from freeco_project_decisions.polls.colleges import Group

LONGEST_DETAIL = 1000


def details_schema(options: int) -> Schema:
    """Return the schema of what is said of each option."""
    asked: dict[str, Any] = {
        f"detail_{place}": Words(load_default="", most=LONGEST_DETAIL) for place in range(options)
    }
    return Schema.from_dict(asked)()


class _Rows(Schema):
    """Rows whose name, part and members are filled together, or not at all."""

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        wrong: dict[str, list[str]] = {}
        for name, value in values.items():
            kind, _line, row = name.rpartition("_")
            if kind == "name" and value and values[f"weight_{row}"] is None:
                wrong[f"weight_{row}"] = [str(_("Quelle part a ce collège ?"))]
            if kind == "weight" and value is not None and not values[f"name_{row}"]:
                wrong[f"name_{row}"] = [str(_("Comment s’appelle ce collège ?"))]
        if wrong:
            raise ValidationError(wrong)


def colleges_schema(rows: int, belongs: list[str]) -> Schema:
    """Return the schema of some colleges; a row without a name is none."""
    asked: dict[str, Any] = {}
    for row in range(rows):
        asked[f"name_{row}"] = Words(load_default="", most=60)
        asked[f"weight_{row}"] = BasisPoints(load_default=None)
        asked[f"belongs_{row}"] = Words(load_default=belongs[0], validate=one_of(tuple(belongs)))
    return _Rows.from_dict(asked)()


def groups_of(taken: Mapping[str, Any], rows: int) -> list[Group]:
    """Return the colleges that were typed."""
    return [
        Group(taken[f"name_{row}"], taken[f"weight_{row}"], taken[f"belongs_{row}"], row)
        for row in range(rows)
        if taken[f"name_{row}"]
    ]


class CollegeSchema(Schema):
    """Who is named in a college."""

    members = fields.List(Whole(), load_default=list)


class VoiceSchema(Schema):
    """Who votes for an organisation."""

    voice = Whole(required=True)
