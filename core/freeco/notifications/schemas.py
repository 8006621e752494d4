"""What a reader may choose."""

from typing import Any, get_args

from marshmallow import Schema, fields

from freeco.module import Rhythm, Topic
from freeco.notifications.push import LONGEST_ENDPOINT
from freeco.notifications.topics import DIGEST, REMINDER
from freeco.web.forms import Ticked, Whole, Words, one_of

RHYTHMS: tuple[Rhythm, ...] = get_args(Rhythm)
SOME_RHYTHMS: dict[str, tuple[Rhythm, ...]] = {
    DIGEST.name: ("weekly", "never"),
    REMINDER.name: ("at_once", "never"),
}
"""The topics that make sense at some rhythms only."""


def rhythms_for(topic: Topic) -> tuple[Rhythm, ...]:
    """Return the rhythms at which a topic may be told."""
    return SOME_RHYTHMS.get(topic.name, RHYTHMS)


def field_of(topic: Topic) -> str:
    """Return the name of a topic's field; marshmallow would read a dot as a nested value."""
    return topic.name.replace(".", "-")


def choices_schema(topics: list[Topic], channels: tuple[str, ...]) -> Schema:
    """Return the schema of the page of choices: a rhythm for each topic, a tick for each way."""
    fields_: dict[str, fields.Field[Any]] = {
        field_of(topic): fields.String(required=True, validate=one_of(rhythms_for(topic)))
        for topic in topics
    }
    for channel in channels:
        fields_[channel] = Ticked()
    return Schema.from_dict(fields_)()


class DeviceSchema(Schema):
    """What a browser gives when its reader lets the site wake it."""

    endpoint = Words(required=True, most=LONGEST_ENDPOINT)
    p256dh = Words(required=True, most=100)
    auth = Words(required=True, most=40)
    name = Words(load_default="", most=80)


class DigestTimeSchema(Schema):
    """When the weekly letter leaves."""

    weekday = Whole(required=True, least=0, most=6)
    hour = Whole(required=True, least=0, most=23)
