"""What may come in through the forms of votes by tokens."""

from datetime import time

from marshmallow import Schema, fields, validate

from freeco.i18n import _
from freeco.web.forms import MESSAGES, Hour
from freeco_project_decisions.polls.schemas import NearDay

MOST_FILE = 2_000_000


class HoursSchema(Schema):
    """When tokens are no longer given, and ballots are taken."""

    casts_on = NearDay(required=True)
    casts_hour = Hour(load_default=time(8))


class FileSchema(Schema):
    """A file of a sister cooperative, pasted as it is."""

    file = fields.String(
        required=True,
        validate=validate.Length(1, MOST_FILE, error=str(_("Collez tout le fichier."))),
        error_messages=MESSAGES,
    )
