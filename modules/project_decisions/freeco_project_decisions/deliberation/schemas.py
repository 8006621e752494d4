"""What the forms of deliberation take."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema

from freeco.i18n import _
from freeco.members.models import Community
from freeco.web.forms import Day, Hour, Whole, Words, one_of
from freeco_project_decisions.deliberation import wording
from freeco_project_decisions.polls.wording import MAJORITIES, QUORUMS

LONGEST_MESSAGE = 8000
LONGEST_PARAGRAPH = 4000
LONGEST_TITLE = 120
FAR = 2 * 366
"""In days: a date beyond is a wrong year."""


def _day(**options: Any) -> Any:
    far = _("Cette date est trop loin d’aujourd’hui : vérifiez l’année.")
    return Day(within_days=FAR, too_far=far, **options)


class DiscussionSchema(Schema):
    """A question, with its announced end."""

    title = Words(required=True, most=LONGEST_TITLE)
    text = Words(required=True, most=LONGEST_MESSAGE)
    until_on = _day(load_default=None)
    extension_days = Whole(load_default=0, most=30)


class MessageSchema(Schema):
    """Something said."""

    text = Words(required=True, most=LONGEST_MESSAGE)


class AnsweringSchema(MessageSchema):
    """Something answered; ``answers`` is the number of the message."""

    answers = Whole(load_default=0)


class ChangedMessageSchema(MessageSchema):
    """One's message written anew, with what it said before."""

    read = Words(load_default="", most=LONGEST_MESSAGE)


class ReasonSchema(Schema):
    """Why something is hidden, closed, withdrawn."""

    reason = Words(required=True, most=500)


class RhythmSchema(Schema):
    """How one follows."""

    rhythm = Words(required=True, validate=one_of(wording.RHYTHMS))


class HeadingSchema(Schema):
    """The title and the reasons of a proposal."""

    title = Words(required=True, most=LONGEST_TITLE)
    text = Words(load_default="", most=LONGEST_MESSAGE)


class ParagraphSchema(Schema):
    """A paragraph, with the version that was read."""

    title = Words(load_default="", most=LONGEST_TITLE)
    text = Words(required=True, most=LONGEST_PARAGRAPH)
    read = Whole(load_default=0)


class NewParagraphSchema(Schema):
    """A paragraph to add; ``after`` is the number of the one before it."""

    title = Words(load_default="", most=LONGEST_TITLE)
    text = Words(required=True, most=LONGEST_PARAGRAPH)
    after = Whole(load_default=0)


class StrikeSchema(Schema):
    """The version of the paragraph that is struck."""

    read = Whole(required=True)


class StagesSchema(Schema):
    """The announced dates of a proposal."""

    amend_until_on = _day(required=True)
    vote_on = _day(load_default=None)
    extension_days = Whole(load_default=0, most=30)


class AuthorSchema(Schema):
    """A member who joins the authors."""

    member = Whole(required=True)


class AmendmentSchema(Schema):
    """Another wording, and why."""

    title = Words(load_default="", most=LONGEST_TITLE)
    text = Words(required=True, most=LONGEST_PARAGRAPH)
    reason = Words(required=True, most=1000)
    read = Whole(load_default=0)
    after = Whole(load_default=0)


class StrikingSchema(Schema):
    """An amendment that strikes a paragraph."""

    reason = Words(required=True, most=1000)
    read = Whole(required=True)


class AcceptSchema(Schema):
    """An amendment accepted, on the version that was compared."""

    answer = Words(load_default="", most=1000)
    read = Whole(load_default=0)


class RefuseSchema(Schema):
    """An amendment refused, and why."""

    answer = Words(load_default="", most=1000)
    read = Whole(load_default=0)


class ObjectionSchema(Schema):
    """What stands against a proposal."""

    argument = Words(required=True, most=2000)
    paragraph = Whole(load_default=0)


class AnswerSchema(Schema):
    """The answer to an objection."""

    words = Words(required=True, most=2000)


class VoteSchema(Schema):
    """A proposal or an amendment put to the vote."""

    method = Words(required=True, validate=one_of(tuple(each[0] for each in wording.METHODS)))
    opens_on = _day(load_default=None)
    closes_on = _day(required=True)
    closes_hour = Hour(load_default=time(20))
    majority = Words(load_default="half", validate=one_of(MAJORITIES))
    quorum = Words(load_default="none", validate=one_of(QUORUMS))


def evening(community: Community, on: date) -> datetime:
    """Return the end of a day on the community's clock: its last minute."""
    return datetime.combine(on, time(23, 59), ZoneInfo(community.timezone))


def at(community: Community, on: date, hour: time) -> datetime:
    """Return an instant of the community's clock."""
    return datetime.combine(on, hour, ZoneInfo(community.timezone))


def rules(taken: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rules of a poll that were chosen."""
    _word, share_part, share_whole, more_than = MAJORITIES[taken["majority"]]
    _word, quorum_part, quorum_whole = QUORUMS[taken["quorum"]]
    return {
        "share_part": share_part,
        "share_whole": share_whole,
        "more_than": more_than,
        "quorum_part": quorum_part,
        "quorum_whole": quorum_whole,
    }


def number_typed(value: object) -> int:
    """Return the number that a refused form held where a page put one; 0 for anything else."""
    return int(str(value)) if re.fullmatch("[0-9]{1,9}", str(value)) else 0
