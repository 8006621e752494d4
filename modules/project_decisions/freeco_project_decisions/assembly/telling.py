"""The letters of assemblies, through core's one gate: convocation, changes, reminder, minutes."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db
from freeco.i18n import deadline, spoken
from freeco.mail.letters import in_view
from freeco.members.models import Community, Member, Person
from freeco.notifications.models import Notice
from freeco.notifications.notices import notify
from freeco_project_decisions.assembly import reading, wording
from freeco_project_decisions.assembly.models import Assembly, AssemblyState

LETTERS = Path(__file__).parent.parent / "letters"
AT_ONCE = 300
"""How many are told of one assembly in one transaction."""
BEFORE = timedelta(days=3)
"""A reminder leaves so long before; never for a call that is younger than that."""
NEWS = timedelta(days=14)

Content = Mapping[str, object]


def tell_due(community: Community) -> None:
    """Tell members of assemblies that were called, moved, come soon, or are written down."""
    for assembly in reading.by_state(community, AssemblyState.CALLED):
        if assembly.starts_at > now():
            _tell_to_come(assembly)
    for assembly in reading.by_state(community, AssemblyState.CANCELLED):
        if assembly.cancelled_at and assembly.cancelled_at > now() - NEWS:
            key = f"cancelled:{assembly.id}"
            _tell(assembly, "assembly_cancelled", "assembly", key, _cancelled)
    closed = reading.by_state(community, AssemblyState.CLOSED)
    for assembly_id, minutes in reading.minutes_of(closed).items():
        if minutes.sha256 and minutes.fixed_at > now() - NEWS:
            key = f"minutes:{assembly_id}"
            _tell(minutes.assembly, "assembly_minutes", "minutes", key, _called)


def _tell_to_come(assembly: Assembly) -> None:
    _tell(assembly, "assembly_called", "assembly", f"called:{assembly.id}", _called)
    if assembly.changes:
        key = f"moved:{assembly.id}:{assembly.changes}"
        _tell(assembly, "assembly_moved", "assembly", key, _called)
    if _comes_soon(assembly):
        key = f"reminder:{assembly.id}:{assembly.changes}"
        _tell(assembly, "assembly_reminder", "assembly", key, _called)


def _comes_soon(assembly: Assembly) -> bool:
    called = assembly.called_at or assembly.created_at
    return assembly.starts_at - BEFORE <= now() and called <= assembly.starts_at - 2 * BEFORE


def _tell(
    assembly: Assembly, letter: str, topic: str, key: str, content: Callable[[Assembly], Content]
) -> None:
    key = f"project_decisions:assembly_{key}"
    told = and_(Notice.member_id == Member.id, Notice.key == key)
    members = db.session.scalars(
        select(Member)
        .join(Person, Member.person_id == Person.id)
        .where(
            Member.community_id == assembly.community_id,
            Member.left_at.is_(None),
            Person.erased_at.is_(None),
            ~select(Notice.id).where(told).exists(),
        )
        .options(joinedload(Member.person))
        .order_by(Member.id)
        .limit(AT_ONCE)
    ).all()
    for member in members:
        with in_view(assembly.community), spoken(member.person.language if member.person else "fr"):
            words = content(assembly)
        notify(
            member,
            f"project_decisions.{topic}",
            letter,
            key=key,
            url=f"/{assembly.community.slug}/project-decisions/assemblees/{assembly.id}",
            folder=LETTERS,
            **words,
        )


def _called(assembly: Assembly) -> Content:
    return {
        "title": assembly.title,
        "kind": str(wording.KINDS[assembly.kind]),
        "when": deadline(assembly.starts_at),
        "place": assembly.place,
        "text": assembly.text,
        "items": [f"{item.place}. {item.title}" for item in assembly.items],
        "quorum": wording.quorum(assembly),
        "proxies": wording.proxies(assembly),
    }


def _cancelled(assembly: Assembly) -> Content:
    return {"title": assembly.title, "reason": assembly.cancelled_reason}
