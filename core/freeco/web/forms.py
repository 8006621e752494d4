"""Forms: a schema says what may come in, a form gives back what was typed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import request
from marshmallow import RAISE, Schema, ValidationError, fields, missing, validate

from freeco import cells
from freeco.clock import today
from freeco.db import db
from freeco.errors import Refusal
from freeco.i18n import _
from freeco.module import Text
from freeco.web.words import tidy

WHOLE = ""
"""The key of what is wrong with the form as a whole, not with one field."""
BROKEN = re.compile(r"[\x00\ud800-\udfff]")
"""What no keyboard types and no page pastes: a program's mistake, said as such."""
LARGEST_ROW_ID = 2_147_483_647
MESSAGES: dict[str, Any] = {
    "required": _("Ce champ est à remplir."),
    "null": _("Ce champ est à remplir."),
    "validator_failed": _("Cette valeur ne convient pas."),
}


class Words(fields.String):
    """A line or a text of bounded length, trimmed and tidied of what cannot be seen."""

    default_error_messages = MESSAGES | {
        "invalid": _("Un texte est attendu."),
        "control": _("Ce texte contient des caractères qui ne s’impriment pas."),
        "long": _("Ce texte est trop long."),
        "blank": _("Ce champ est à remplir."),
    }

    def __init__(self, *, most: int = 200, **options: Any) -> None:
        super().__init__(**options)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if BROKEN.search(text):
            raise self.make_error("control")
        text = tidy(text)
        if len(text) > self.most:
            raise self.make_error("long")
        if self.required and not text:
            raise self.make_error("blank")
        return text


class Secret(fields.String):
    """A password, exactly as typed."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if self.required and not text:
            raise self.make_error("required")
        return text[:1000]


def _blank(empty: fields.Field[Any]) -> Any:
    """Return what an empty box means: the same as no box at all."""
    if empty.required:
        raise empty.make_error("required")
    return None if empty.load_default is missing else empty.load_default


class Whole(fields.Field[int | None]):
    """A whole number typed in a form, in ASCII digits, within a range."""

    default_error_messages = MESSAGES | {
        "invalid": _("Un nombre entier est attendu."),
        "range": _("Ce nombre est hors des limites."),
    }

    def __init__(self, *, least: int = 0, most: int = LARGEST_ROW_ID, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int | None:
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise self.make_error("invalid")
        text = str(value).strip()
        if not text:
            blank: int | None = _blank(self)
            return blank
        if not re.fullmatch(r"-?[0-9]{1,12}", text):
            raise self.make_error("invalid")
        number = int(text)
        if not self.least <= number <= self.most:
            raise self.make_error("range")
        return number


class Cell(fields.Field[Any]):
    """A field read as a cell of a spreadsheet is: the same words for the same mistakes."""

    default_error_messages = MESSAGES

    def __init__(self, reader: Callable[[str], object], **options: Any) -> None:
        super().__init__(**options)
        self.reader = reader

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("validator_failed")
        text = value.strip()
        if not text:
            return _blank(self)
        try:
            return self.reader(text)
        except cells.BadCell as error:
            raise ValidationError(str(error)) from error


def Cents(**options: Any) -> Cell:  # noqa: N802 - stands among marshmallow's fields
    """Return a field for an amount typed as people write it (12,50), as integer cents."""
    return Cell(cells.cents, **options)


def BasisPoints(**options: Any) -> Cell:  # noqa: N802
    """Return a field for a percentage typed as people write it (5,5), as basis points."""
    return Cell(cells.percent_basis_points, **options)


def Email(**options: Any) -> Cell:  # noqa: N802
    """Return a field for an e-mail address, normalised."""
    return Cell(cells.email, **options)


def Hour(**options: Any) -> Cell:  # noqa: N802
    """Return a field for an hour of the day, as a browser sends it or as people write it."""
    return Cell(cells.hour, **options)


def Day(*, within_days: int | None = None, too_far: Text = "", **options: Any) -> Cell:  # noqa: N802
    """Return a field for a date, as a browser sends it or as people write it.

    A day of another age is a wrong year: farther from today than ``within_days``, before or
    after, it is refused with the words ``too_far``.
    """

    def near(day: date | None) -> None:
        if day is None or within_days is None:
            return
        if abs((day - today()).days) > within_days:
            raise ValidationError(str(too_far))

    return Cell(cells.date, validate=near, **options)


class Ticked(fields.Boolean):
    """A checkbox: absent is no."""

    default_error_messages = MESSAGES

    def __init__(self, **options: Any) -> None:
        super().__init__(load_default=False, **options)


def one_of(choices: Mapping[str, object] | tuple[str, ...]) -> validate.OneOf:
    """Bound a field to some choices."""
    return validate.OneOf(list(choices), error=str(_("Ce choix n’existe pas.")))


@dataclass
class Form:
    """What was typed, and what is wrong with it, field by field."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    status: int = 200
    """The HTTP status of the page that shows this form."""
    result: Any = None
    """What the act returned, once it was done."""

    @classmethod
    def blank(cls, **values: Any) -> "Form":
        """Return a form to fill in, with what is already known."""
        return cls({name: "" if value is None else value for name, value in values.items()})

    @classmethod
    def sent(cls) -> "Form":
        """Return the form that was just sent."""
        return cls(
            {
                name: found[0] if len(found) == 1 else found
                for name, found in request.form.lists()
                if name != "csrf_token"
            }
        )

    def take(self, schema: Schema) -> dict[str, Any] | None:
        """Read the values through a schema; None, with the errors noted, when they do not fit."""
        wanted = {
            name: [value] if isinstance(each, fields.List) and isinstance(value, str) else value
            for name, value in self.values.items()
            for each in [schema.fields.get(name)]
        }
        try:
            taken: dict[str, Any] = schema.load(wanted, unknown=RAISE)
        except ValidationError as error:
            self.errors = _flat(error.messages, schema)
            self.status = HTTPStatus.UNPROCESSABLE_ENTITY
            return None
        return taken

    def apply(self, schema: Schema, act: Callable[..., object], *, counted: bool = False) -> bool:
        """Take the values, act with them and commit; or note why not, with nothing changed.

        ``counted`` keeps what the act wrote before it refused: the count of attempts.
        """
        taken = self.take(schema)
        if taken is None:
            return False
        try:
            self.result = act(**taken)
        except Refusal as refusal:
            if counted:
                db.session.commit()
            else:
                db.session.rollback()
            self.refuse(refusal)
            return False
        db.session.commit()
        return True

    def refuse(self, refusal: Refusal) -> None:
        """Note that the rules said no, to show the form again with what was typed."""
        self.status = refusal.status
        if refusal.fields:
            self.errors = dict(refusal.fields)
        else:
            self.errors = {WHOLE: [str(refusal)]}


def _flat(messages: Any, schema: Schema) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, said in messages.items():
        texts = said if isinstance(said, list) else _texts(said)
        if name not in schema.fields:
            found.setdefault(WHOLE, []).append(
                str(_("Le formulaire contient un champ inconnu : %(name)s.", name=name[:40]))
            )
        else:
            found[name] = [str(text) for text in texts]
    return found


def _texts(messages: Any) -> list[str]:
    if isinstance(messages, dict):
        return [text for each in messages.values() for text in _texts(each)]
    if not isinstance(messages, list):
        return [str(messages)]  # a sentence translated when shown is no list of letters
    return [str(text) for text in messages]
