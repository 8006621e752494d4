"""Putting a decided question to the vote again, once it has rested."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.i18n import day
from freeco.members.models import Member
from freeco_project_decisions.polls import colleges, preparing
from freeco_project_decisions.polls.closing import later
from freeco_project_decisions.polls.college_members import chosen, everybody
from freeco_project_decisions.polls.colleges import Group
from freeco_project_decisions.polls.errors import StillResting
from freeco_project_decisions.polls.models import Decision, Poll, PollState
from freeco_project_decisions.polls.preparing import Choice, Written

LASTS_DAYS = 7
LIVING = (PollState.DRAFT, PollState.OPEN, PollState.CLOSED)


def rests_until(decision: Decision) -> datetime | None:
    """Return until when a decided question rests; None when it may be put again."""
    months = decision.poll.rests_months
    until = _months_later(decision.decided_at, months, decision.community.timezone)
    return until if months and until > now() else None


def _months_later(instant: datetime, months: int, zone: str) -> datetime:
    """Return the same day of the month so many months later; the last one of a shorter month."""
    local = instant.astimezone(ZoneInfo(zone))
    years, month = divmod(local.month - 1 + months, 12)
    for last in (local.day, 30, 29, 28):
        try:
            return local.replace(year=local.year + years, month=month + 1, day=last)
        except ValueError:
            continue
    raise ValueError(local)


def again_of(decision: Decision) -> Poll | None:
    """Return the latest poll that puts a decided question again, unless it was given up."""
    return db.session.scalar(
        select(Poll)
        .where(Poll.earlier_id == decision.poll_id, Poll.state != PollState.CANCELLED)
        .order_by(Poll.id.desc())
        .limit(1)
    )


def put_again(decision: Decision, member: Member) -> Poll:
    """Keep a draft that asks the same again, by the same rules; who prepares votes opens it.

    While one is not decided, it is the same. What the first changed is not asked again by
    itself: values have moved since. Raises ``StillResting``.
    """
    lock(decision)
    until = rests_until(decision)
    if until is not None:
        zone = ZoneInfo(decision.community.timezone)
        raise StillResting(day(until.astimezone(zone).date()))
    begun = again_of(decision)
    if begun is not None and begun.state in LIVING:
        return begun
    first = decision.poll
    values = {name: getattr(first, name) for name in Written.__dataclass_fields__}
    values["opens_at"] = now()
    values["closes_at"] = later(now(), LASTS_DAYS, decision.community.timezone)
    values["extensions_left"] = 1 if first.extension_days else 0
    choices = [Choice(each.text, each.cost, each.detail, each.about) for each in first.options]
    poll = preparing.draft(decision.community, member, first.method, Written(**values), choices)
    poll.earlier = first
    groups = [Group(each.name, each.weight, each.belongs) for each in first.colleges]
    colleges.arrange(poll, groups)
    here = {each.id for each in everybody(poll)}
    for old, new in zip(first.colleges, poll.colleges, strict=True):
        colleges.choose(new, [each for each in chosen(old) if each in here])
    return poll
