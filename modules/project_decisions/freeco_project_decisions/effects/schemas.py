"""What may come in through the forms of effects."""

from typing import Any

from marshmallow import Schema

from freeco.i18n import _
from freeco.web.forms import Day, Words, one_of
from freeco_project_decisions.effects.binding import FARTHEST
from freeco_project_decisions.polls import wording
from freeco_project_decisions.polls.schemas import NearDay

LONGEST_VALUE = 200
LONGEST_REASON = 500
LONGEST_TITLE, LONGEST_ARTICLE = 120, 8000
WAYS = {
    "whole": _("Un seul vote, sur l’ensemble"),
    "each": _("Un vote pour chaque article qui change"),
}


def binding_schema(names: list[str]) -> Schema:
    """Return the schema of the values that a vote may give a rule, and from which day."""
    asked: dict[str, Any] = {name: Words(required=True, most=LONGEST_VALUE) for name in names}
    far = _("Cette date est passée, ou à plus de deux ans d’ici.")
    asked["on"] = Day(within_days=FARTHEST.days, too_far=far, load_default=None)
    return Schema.from_dict(asked)()


class RulesSchema(Schema):
    """By which rules a vote binds everybody."""

    quorum = Words(load_default="", validate=one_of(("", *wording.QUORUMS)))
    without_quorum = Words(load_default="", most=LONGEST_REASON)
    voters = Words(load_default="", most=LONGEST_REASON)


class NameSchema(Schema):
    """The rule that is meant."""

    name = Words(required=True)


class DropSchema(Schema):
    """Why a decision applies no more."""

    reason = Words(required=True, most=1000)


def charter_schema(numbers: list[int]) -> Schema:
    """Return the schema of a charter that is written anew."""
    asked: dict[str, Any] = {
        "way": Words(load_default="whole", validate=one_of(WAYS)),
        "closes_on": NearDay(required=True),
    }
    for number in numbers:
        asked[f"title_{number}"] = Words(load_default="", most=LONGEST_TITLE)
        asked[f"body_{number}"] = Words(load_default="", most=LONGEST_ARTICLE)
    return Schema.from_dict(asked)()


class ClosingSchema(Schema):
    """When the vote on a proposal ends, and whether its articles are voted one by one."""

    way = Words(load_default="whole", validate=one_of(WAYS))
    closes_on = NearDay(required=True)
