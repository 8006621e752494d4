"""What may come in through the forms of the bulletin."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from freeco.i18n import _
from freeco.members.models import Community
from freeco.web.forms import Day, Hour, Ticked, Whole, Words, one_of
from freeco.web.words import LINES
from freeco_bulletin import notices
from freeco_bulletin.local import LAST_MINUTE, MIDNIGHT, instant
from freeco_bulletin.models import Level

NearDay = partial(Day, within_days=400, too_far=_("Cette date est à plus d’un an d’ici."))
MOST_TITLE, MOST_TEXT = 70, 2000


class Line(Words):
    """One line, even pasted from two."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        line = LINES.sub(" ", value) if isinstance(value, str) else value
        return super()._deserialize(line, attr, data, **options)


class Paragraphs(Words):
    """A text whose paragraphs are parted by one empty line, however many were pasted."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        if isinstance(value, str):
            value = re.sub(r"(?:[ \t\u00a0]*\r?\n){3,}", "\n\n", value)
        return super()._deserialize(value, attr, data, **options)


class NoticeSchema(Schema):
    """A notice as it is typed; days and hours are those of the community's clock."""

    title = Line(required=True, most=MOST_TITLE)
    text = Paragraphs(required=True, most=MOST_TEXT)
    level = Words(required=True, validate=one_of(tuple(Level)))
    organisation = Whole(load_default=None)
    happens_on = NearDay(load_default=None)
    starts = Hour(load_default=None)
    last_on = NearDay(load_default=None)
    ends = Hour(load_default=None)
    place = Line(load_default="", most=120)
    visible_from = NearDay(load_default=None)
    visible_until = NearDay(required=True)
    asks_help = Ticked()

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        begins, last = values["happens_on"], values["last_on"]
        if begins is None and (last or values["starts"] or values["ends"]):
            raise ValidationError(str(_("Indiquez le jour.")), "happens_on")
        if last is not None and last < begins:
            raise ValidationError(str(_("Le dernier jour vient avant le premier.")), "last_on")
        if values["ends"] is not None and last in {None, begins}:
            if values["starts"] is None:
                raise ValidationError(str(_("Indiquez aussi l’heure du début.")), "starts")
            if values["ends"] <= values["starts"]:
                raise ValidationError(str(_("La fin vient avant le début.")), "ends")
        shown = values["visible_from"]
        if shown is not None and shown > values["visible_until"]:
            raise ValidationError(
                str(_("Le dernier jour de l’annonce vient avant le premier.")), "visible_until"
            )


def written(community: Community, taken: Mapping[str, Any]) -> notices.Written:
    """Return what was typed, its days and hours read on the community's clock."""
    begins = taken["happens_on"]
    shown = taken["visible_from"]
    return notices.Written(
        title=taken["title"],
        text=taken["text"],
        level=taken["level"],
        place=taken["place"],
        asks_help=taken["asks_help"],
        visible_from=instant(community, shown) if shown is not None else None,
        visible_until=instant(community, taken["visible_until"], LAST_MINUTE),
        happens_at=(
            instant(community, begins, taken["starts"] or MIDNIGHT) if begins is not None else None
        ),
        ends_at=_end(community, taken),
    )


def _end(community: Community, taken: Mapping[str, Any]) -> datetime | None:
    begins, last, ends = taken["happens_on"], taken["last_on"], taken["ends"]
    if begins is None or (last in {None, begins} and ends is None):
        return None
    return instant(community, last or begins, ends or LAST_MINUTE)


class PictureSchema(Schema):
    """The words that say what a picture shows."""

    alternative = Line(load_default="", most=300)


class ReasonSchema(Schema):
    """Why a notice is withdrawn."""

    reason = Line(load_default="", most=200)


class GazetteSchema(Schema):
    """What is chosen for a month."""

    editorial = Paragraphs(load_default="", most=1500)
    relay_phone = Line(load_default="", most=60)
    contact = Paragraphs(load_default="", most=300)
    stories = fields.List(Words(most=16), load_default=list)
