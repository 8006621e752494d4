"""What may come in through the forms of assemblies."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from freeco.i18n import _
from freeco.members.models import Community, Member
from freeco.web.forms import Day, Hour, Ticked, Whole, Words, one_of
from freeco_project_decisions.assembly import wording
from freeco_project_decisions.assembly.agenda import Resolution
from freeco_project_decisions.assembly.models import Assembly
from freeco_project_decisions.assembly.preparing import Planned
from freeco_project_decisions.polls.models import Method, Poll, Room
from freeco_project_decisions.polls.room_counts import MOST, WHOLE, lines, read_whole
from freeco_project_decisions.polls.schemas import NearDay
from freeco_project_decisions.polls.wording import BASES, MAJORITIES

AnyDay = partial(
    Day,
    within_days=36_525,
    too_far=_("Cette date est trop loin d’aujourd’hui : vérifiez l’année."),
)
"""A day that a register may hold: a century around today."""
MOST_TEXT = 20_000
MOST_NOTES = 30_000


class PeriodSchema(Schema):
    """A part of the register, from a day to a day; either may be left out."""

    du = AnyDay(load_default=None)
    au = AnyDay(load_default=None)

    @validates_schema
    def _in_order(self, values: Mapping[str, Any], **_options: Any) -> None:
        since, until = values["du"], values["au"]
        if since is not None and until is not None and until < since:
            raise ValidationError(str(_("Le dernier jour vient avant le premier.")), "au")


class AssemblySchema(Schema):
    """An assembly, as it is prepared."""

    kind = Words(required=True, validate=one_of(wording.KINDS))
    title = Words(required=True, most=120)
    starts_on = NearDay(required=True)
    starts_hour = Hour(required=True)
    ends_hour = Hour(load_default=None)
    place = Words(required=True, most=200)
    remote = Words(load_default="", most=500)
    text = Words(load_default="", most=MOST_TEXT)
    notice_days = Whole(load_default=0, most=90)
    quorum = Words(load_default="none", validate=one_of(wording.QUORUMS))
    most_proxies = Whole(load_default=0, most=10)
    chair = Whole(load_default=None)
    secretary = Whole(load_default=None)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        ends = values.get("ends_hour")
        if ends is not None and ends <= values["starts_hour"]:
            raise ValidationError(str(_("La fin vient avant le début.")), "ends_hour")


Find = Callable[[int | None], Member | None]


def planned(community: Community, taken: Mapping[str, Any], find: Find) -> Planned:
    """Return an assembly as it was typed, its hours read on the community's clock."""
    _word, part, whole = wording.QUORUMS[taken["quorum"]]
    starts = _instant(community, taken["starts_on"], taken["starts_hour"])
    ends = taken["ends_hour"] or time(23, 59)
    return Planned(
        kind=taken["kind"],
        title=taken["title"],
        starts_at=starts,
        ends_at=_instant(community, taken["starts_on"], ends),
        place=taken["place"],
        remote=taken["remote"],
        text=taken["text"],
        notice_days=taken["notice_days"],
        quorum_part=part,
        quorum_whole=whole,
        most_proxies=taken["most_proxies"],
        chair=find(taken["chair"]),
        secretary=find(taken["secretary"]),
    )


def _instant(community: Community, on: date, at: time) -> datetime:
    return datetime.combine(on, at, ZoneInfo(community.timezone))


def typed(assembly: Assembly) -> dict[str, Any]:
    """Return an assembly as its form shows it."""
    zone = ZoneInfo(assembly.community.timezone)
    starts, ends = assembly.starts_at.astimezone(zone), assembly.ends_at.astimezone(zone)
    return {
        "kind": assembly.kind,
        "title": assembly.title,
        "starts_on": starts.date().isoformat(),
        "starts_hour": f"{starts:%H:%M}",
        "ends_hour": "" if ends.time() == time(23, 59) else f"{ends:%H:%M}",
        "place": assembly.place,
        "remote": assembly.remote,
        "text": assembly.text,
        "notice_days": assembly.notice_days,
        "quorum": wording.quorum_of(assembly),
        "most_proxies": assembly.most_proxies or "",
        "chair": assembly.chair_id or "",
        "secretary": assembly.secretary_id or "",
    }


class ItemSchema(Schema):
    """Something on the agenda, with what it puts to the vote."""

    title = Words(required=True, most=160)
    text = Words(load_default="", most=MOST_TEXT)
    document = Words(
        load_default="",
        most=500,
        validate=validate.Regexp(
            r"^(|https?://\S+)$",
            error=str(_("Une adresse commence par https:// et ne contient pas d’espace.")),
        ),
    )
    vote = Words(load_default="none", validate=one_of(wording.VOTES))
    question = Words(load_default="", most=120)
    question_text = Words(load_default="", most=8000)
    majority = Words(load_default="half", validate=one_of(MAJORITIES))
    base = Words(load_default="cast", validate=one_of(BASES))
    room = Words(load_default=Room.HANDS, validate=one_of(wording.ROOMS))
    poll = Whole(load_default=None)
    approves = Whole(load_default=None)
    file = fields.Raw(load_default=None)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        if values["vote"] == "ask" and not values["question"]:
            raise ValidationError(str(_("Écrivez ce qui est mis au vote.")), "question")
        if values["vote"] == "join" and values["poll"] is None:
            raise ValidationError(str(_("Choisissez un vote préparé.")), "poll")


def resolution(taken: Mapping[str, Any]) -> Resolution:
    """Return a yes, no or blank as it was typed."""
    _word, part, whole, more_than = MAJORITIES[taken["majority"]]
    room = Room(taken["room"])
    return Resolution(
        title=taken["question"],
        text=taken["question_text"],
        method=Method.HANDS if room is Room.HANDS else Method.ASSENT,
        room=room,
        share_part=part,
        share_whole=whole,
        more_than=more_than,
        base=taken["base"],
    )


class TellersSchema(Schema):
    """Who counts."""

    tellers = fields.List(Whole(), load_default=list)


class CallSchema(Schema):
    """Whether to invite although the statutes give more time."""

    short = Ticked()


class ReasonSchema(Schema):
    """Why an assembly is called off."""

    reason = Words(required=True, most=500)


class ProxySchema(Schema):
    """To whom a voice is handed."""

    holder = Whole(required=True)


class PaperProxySchema(ProxySchema):
    """A proxy that was given on paper."""

    giver = Whole(required=True)


class HourSchema(Schema):
    """Until when a vote stays open; empty: until the chair ends it."""

    closes_hour = Hour(load_default=None)


class OfficersSchema(Schema):
    """Who presides, and who writes."""

    chair = Whole(load_default=None)
    secretary = Whole(load_default=None)


class NotesSchema(Schema):
    """What was said about an item."""

    notes = Words(load_default="", most=MOST_NOTES)


class AdoptSchema(Schema):
    """Which later assembly adopted the minutes."""

    where = Whole(required=True)


def count_schema(poll: Poll) -> Schema:
    """Return the schema of a teller's form: a number for each line, or whole ballots."""
    if poll.method in WHOLE:
        return Schema.from_dict({"whole": Words(load_default="", most=MOST_NOTES)})()
    asked: dict[str, Any] = {line.key: Whole(required=True, most=MOST) for line in lines(poll)}
    return Schema.from_dict(asked)()


def counts_of(poll: Poll, taken: Mapping[str, Any]) -> dict[str, int]:
    """Return what a teller counted; raises ``Miscounted`` for a line that is no ballot."""
    if poll.method in WHOLE:
        return read_whole(poll, taken["whole"])
    return dict(taken)
