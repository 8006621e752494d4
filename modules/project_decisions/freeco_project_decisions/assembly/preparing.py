"""Preparing an assembly: its day, its agenda, its votes; then calling everybody to it."""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.events import publish
from freeco.members.models import Community, Member
from freeco.record.stating import state
from freeco_project_decisions.assembly.errors import (
    AlreadyPast,
    AssemblyBegun,
    EmptyAgenda,
    RulesSent,
    ShortNotice,
)
from freeco_project_decisions.assembly.events import AssemblyCalled, AssemblyCancelled
from freeco_project_decisions.assembly.models import (
    Assembly,
    AssemblyItem,
    AssemblyProxy,
    AssemblyState,
    Teller,
)
from freeco_project_decisions.polls import paper
from freeco_project_decisions.polls.models import PollState

BEFORE = (AssemblyState.DRAFT, AssemblyState.CALLED)
LONGEST = timedelta(hours=12)
"""A vote that the chair forgets to end is over so long after the hour foreseen."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """An assembly as it is typed; each field is the one of ``Assembly``."""

    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    remote: str = ""
    text: str = ""
    notice_days: int = 15
    quorum_part: int = 0
    quorum_whole: int = 1
    most_proxies: int = 0
    chair: Member | None = None
    secretary: Member | None = None


RULES = ("kind", "notice_days", "quorum_part", "quorum_whole", "most_proxies")
DATED = ("starts_at", "ends_at", "place", "remote")


def find_assembly(community: Community, assembly_id: int) -> Assembly:
    """Return an assembly of this community; raise Absent for another's."""
    found = db.session.get(Assembly, assembly_id)
    if found is None or found.community_id != community.id:
        raise Absent
    return found


def draft(community: Community, planned: Planned) -> Assembly:
    """Keep an assembly that nobody sees but who prepares it."""
    values = {each.name: getattr(planned, each.name) for each in fields(planned)}
    assembly = Assembly(community=community, **values)
    db.session.add(assembly)
    db.session.flush()
    return assembly


def change(assembly: Assembly, planned: Planned) -> bool:
    """Write an assembly anew; return whether those who were invited must be told.

    Raises ``AssemblyBegun``, and ``RulesSent`` when what was announced would change.
    """
    lock(assembly)
    require_before(assembly)
    called = assembly.state == AssemblyState.CALLED
    if called and any(getattr(assembly, each) != getattr(planned, each) for each in RULES):
        raise RulesSent
    moved = called and any(getattr(assembly, each) != getattr(planned, each) for each in DATED)
    for each in fields(planned):
        setattr(assembly, each.name, getattr(planned, each.name))
    if moved:
        assembly.changes += 1
        assembly.changed_at = now()
    return moved


def require_before(assembly: Assembly) -> None:
    """Stop a change to what has begun; raises ``AssemblyBegun``."""
    if assembly.state not in BEFORE:
        raise AssemblyBegun


def name_tellers(assembly: Assembly, members: list[Member]) -> None:
    """Say who counts in the room."""
    lock(assembly)
    kept = {each.member_id: each for each in assembly.tellers}
    wanted = {each.id: each for each in members}
    for member_id, teller in kept.items():
        if member_id not in wanted:
            db.session.delete(teller)
    for member_id, member in wanted.items():
        if member_id not in kept:
            db.session.add(Teller(assembly=assembly, member=member))
    db.session.flush()
    db.session.refresh(assembly, ["tellers"])


def latest_call(assembly: Assembly) -> date:
    """Return the last day on which to invite, so that everybody has the days the statutes say."""
    zone = ZoneInfo(assembly.community.timezone)
    return assembly.starts_at.astimezone(zone).date() - timedelta(days=assembly.notice_days)


def is_short(assembly: Assembly) -> bool:
    """Whether calling today leaves members less time than the statutes say."""
    zone = ZoneInfo(assembly.community.timezone)
    at = assembly.called_at or now()
    return at.astimezone(zone).date() > latest_call(assembly)


def call(assembly: Assembly, *, short: bool = False) -> bool:
    """Invite everybody, with the agenda; a second click changes nothing and returns False.

    Raises ``EmptyAgenda``, ``AlreadyPast``, ``AssemblyBegun``, and ``ShortNotice`` when the
    statutes give members more time, unless ``short`` says to go on.
    """
    lock(assembly)
    if assembly.state == AssemblyState.CALLED:
        return False
    require_before(assembly)
    if not assembly.items:
        raise EmptyAgenda
    if assembly.starts_at <= now():
        raise AlreadyPast
    if is_short(assembly) and not short:
        raise ShortNotice
    assembly.state, assembly.called_at = AssemblyState.CALLED, now()
    zone = ZoneInfo(assembly.community.timezone)
    state(
        assembly.community,
        "assembly.called",
        f"assembly_called:{assembly.id}",
        about={
            "assembly": assembly.id,
            "assembly_kind": assembly.kind,
            "day": assembly.starts_at.astimezone(zone).date().isoformat(),
            "items": len(assembly.items),
        },
    )
    publish(AssemblyCalled(community_id=assembly.community_id, assembly_id=assembly.id))
    return True


def cancel(assembly: Assembly, reason: str) -> bool:
    """Call an assembly off, saying why; a second click changes nothing and returns False."""
    lock(assembly)
    if assembly.state == AssemblyState.CANCELLED:
        return False
    if assembly.state != AssemblyState.CALLED:
        raise AssemblyBegun
    assembly.state, assembly.cancelled_at = AssemblyState.CANCELLED, now()
    assembly.cancelled_reason = reason
    _let_go(assembly)
    publish(AssemblyCancelled(community_id=assembly.community_id, assembly_id=assembly.id))
    return True


def throw_away(assembly: Assembly) -> None:
    """Delete a draft; its drafts of votes stay. Raises ``AssemblyBegun``."""
    lock(assembly)
    if assembly.state != AssemblyState.DRAFT:
        raise AssemblyBegun
    _let_go(assembly)
    for table in (AssemblyItem, Teller, AssemblyProxy):
        db.session.execute(delete(table).where(table.assembly_id == assembly.id))
    db.session.expire(assembly, ["items", "tellers"])
    db.session.delete(assembly)
    db.session.flush()


def _let_go(assembly: Assembly) -> None:
    """Give the drafts of votes back to who prepares them."""
    for item in assembly.items:
        if item.poll is not None and item.poll.state == PollState.DRAFT:
            item.poll.room = ""
            paper.forget(item.poll)
            item.poll = None
    db.session.flush()
