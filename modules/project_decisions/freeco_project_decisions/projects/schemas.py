"""What may come in through the forms of projects."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, validates_schema

from freeco import cells
from freeco.i18n import _
from freeco.members.models import Community
from freeco.money import Money
from freeco.web.forms import Cents, Day, Hour, Ticked, Whole, Words, one_of
from freeco_project_decisions.projects import working
from freeco_project_decisions.projects.meeting import Announced
from freeco_project_decisions.projects.models import Part
from freeco_project_decisions.projects.proposing import (
    LONGEST_TITLE,
    Described,
    FirstMeeting,
)
from freeco_project_decisions.projects.task_models import Priority, Stage
from freeco_project_decisions.projects.working import Written

NearDay = partial(Day, within_days=3700, too_far=_("Cette date est à plus de dix ans d’ici."))
MOST_SKILLS, MOST_SKILL = 20, 60
MOST_TASKS, MOST_TASK = 100, 200


class Skills(Words):
    """Skills, parted by commas or lines; the same one once."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        found = {
            cells.plain(each): each.strip()
            for each in text.replace(";", ",").replace("\n", ",").split(",")
            if cells.plain(each)
        }
        if len(found) > MOST_SKILLS or any(len(each) > MOST_SKILL for each in found.values()):
            raise ValidationError(str(_("Vingt savoir-faire au plus, en quelques mots chacun.")))
        return tuple(found.values())


class Titles(Words):
    """Titles of tasks, one a line."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        found = [line.strip(" \t-*•") for line in text.splitlines()]
        found = [line for line in found if line]
        if len(found) > MOST_TASKS:
            raise ValidationError(str(_("Cent tâches au plus pour commencer.")))
        if any(len(line) > MOST_TASK for line in found):
            raise ValidationError(str(_("Une tâche tient en deux cents caractères.")))
        return tuple(dict.fromkeys(found))


class DescribedSchema(Schema):
    """A project, as it is changed."""

    title = Words(required=True, most=LONGEST_TITLE)
    goals = Words(required=True, most=6000)
    resources = Words(load_default="", most=3000)
    people = Whole(load_default=0, most=10_000)
    hours = Whole(load_default=0, most=1000)
    skills = Skills(load_default=(), most=2000)
    asked = Cents(load_default=None)
    starts_on = NearDay(load_default=None)
    ends_on = NearDay(load_default=None)
    shared = Ticked()

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts is not None and ends is not None and ends < starts:
            raise ValidationError(str(_("La fin vient avant le début.")), "ends_on")


class ProjectSchema(DescribedSchema):
    """A project, as it is proposed: with its first tasks and its first meeting."""

    tasks = Titles(load_default=(), most=20_000)
    meets_on = NearDay(load_default=None)
    meets_hour = Hour(load_default=time(20))
    meets_at = Words(load_default="", most=120)


def described(taken: Mapping[str, Any]) -> Described:
    """Return a project as it was typed."""
    asked = taken["asked"]
    names = ("title", "goals", "resources", "people", "hours", "skills", "starts_on", "ends_on")
    return Described(
        asked=Money(asked) if asked else None,
        shared=taken["shared"],
        **{name: taken[name] for name in names},
    )


def first_meeting(community: Community, taken: Mapping[str, Any]) -> FirstMeeting | None:
    """Return the first meeting, if one was typed."""
    if taken["meets_on"] is None:
        return None
    at = instant(community, taken["meets_on"], taken["meets_hour"])
    return FirstMeeting(at, taken["meets_at"])


def instant(community: Community, day: date, hour: time) -> datetime:
    """Return an hour of a day on the clock of a community."""
    return datetime.combine(day, hour, ZoneInfo(community.timezone))


class TaskSchema(Schema):
    """A task."""

    title = Words(required=True, most=MOST_TASK)
    text = Words(load_default="", most=6000)
    priority = Words(load_default=Priority.NORMAL, validate=one_of(tuple(Priority)))
    starts_on = NearDay(load_default=None)
    due_on = NearDay(load_default=None)
    due_hour = Hour(load_default=time(18))
    hours = Whole(load_default=0, most=1000)
    skills = Skills(load_default=(), most=2000)
    owners = fields.List(Whole(), load_default=list)
    others = Words(load_default="", most=300)
    needs = fields.List(Whole(), load_default=list)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        starts, due = values.get("starts_on"), values.get("due_on")
        if starts is not None and due is not None and due < starts:
            raise ValidationError(str(_("L’échéance vient avant le début.")), "due_on")


def task(community: Community, taken: Mapping[str, Any]) -> Written:
    """Return a task as it was typed."""
    due = taken["due_on"]
    names = ("title", "text", "priority", "starts_on", "hours", "skills", "needs")
    return Written(
        owners=[*taken["owners"], *working.named(community, taken["others"])],
        due_at=instant(community, due, taken["due_hour"]) if due is not None else None,
        **{name: taken[name] for name in names},
    )


class StageSchema(Schema):
    """Where a task is brought to."""

    stage = Words(required=True, validate=one_of(tuple(Stage)))
    view = Words(load_default="", most=20)


class MeetingSchema(Schema):
    """A meeting; one that ends before it begins ends the next morning."""

    title = Words(required=True, most=120)
    on = NearDay(required=True)
    begins = Hour(required=True)
    ends = Hour(load_default=None)
    place = Words(load_default="", most=120)
    agenda = Words(load_default="", most=6000)


def meeting(community: Community, taken: Mapping[str, Any]) -> Announced:
    """Return a meeting as it was typed; two hours long unless it says otherwise."""
    starts = instant(community, taken["on"], taken["begins"])
    ends = starts + timedelta(hours=2)
    if taken["ends"] is not None:
        ends = instant(community, taken["on"], taken["ends"])
        if ends <= starts:
            ends = instant(community, taken["on"] + timedelta(days=1), taken["ends"])
    return Announced(
        title=taken["title"],
        starts_at=starts,
        ends_at=ends,
        place=taken["place"],
        agenda=taken["agenda"],
    )


class MinutesSchema(Schema):
    """Minutes of a meeting."""

    minutes = Words(load_default="", most=40_000)


class LinesSchema(Schema):
    """The lines of minutes that become tasks."""

    lines = fields.List(Words(most=2000), load_default=list)


class HelpSchema(Schema):
    """How many hours one offers."""

    hours = Whole(load_default=0, most=1000)


class PartSchema(Schema):
    """What somebody is to a project."""

    part = Words(required=True, validate=one_of(tuple(Part)))
    charge = Words(load_default="", most=80)
