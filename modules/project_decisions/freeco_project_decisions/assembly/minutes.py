"""Minutes: what happened, fixed as text, signed by two, stated in the record, adopted later."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Community, Member
from freeco.record.stating import state
from freeco_project_decisions.assembly import contents, papers
from freeco_project_decisions.assembly.errors import (
    Incomplete,
    MinutesFixed,
    MinutesSigned,
    NotSitting,
    NotTheirs,
)
from freeco_project_decisions.assembly.models import (
    Assembly,
    AssemblyItem,
    AssemblyState,
    Minutes,
)
from freeco_project_decisions.polls.models import Decision


def of(assembly: Assembly) -> Minutes | None:
    """Return the minutes of an assembly, once their text is fixed."""
    return db.session.scalar(select(Minutes).where(Minutes.assembly_id == assembly.id))


def note(item: AssemblyItem, notes: str) -> None:
    """Write what was said about an item; raises ``MinutesFixed``, ``NotSitting``."""
    lock(item.assembly)
    if item.assembly.state not in (AssemblyState.OPEN, AssemblyState.CLOSED):
        raise NotSitting
    if of(item.assembly) is not None:
        raise MinutesFixed
    item.notes = notes


def name_officers(assembly: Assembly, chair: Member | None, secretary: Member | None) -> None:
    """Say who presides and who writes, often named as the session begins.

    Raises ``MinutesFixed``: those who sign are in the text.
    """
    lock(assembly)
    if of(assembly) is not None:
        raise MinutesFixed
    assembly.chair, assembly.secretary = chair, secretary
    db.session.flush()


def content(assembly: Assembly) -> Mapping[str, Any]:
    """Return what minutes say: as fixed, or as things stand now."""
    fixed = of(assembly)
    if fixed is None:
        return contents.minutes(assembly)
    kept: dict[str, Any] = json.loads(fixed.content)
    return kept


def fix(assembly: Assembly) -> Minutes:
    """Fix the text, for chair and secretary to sign; again changes nothing.

    Raises ``NotSitting`` before the session is over, ``Incomplete`` without chair or secretary.
    """
    lock(assembly)
    fixed = of(assembly)
    if fixed is not None:
        return fixed
    if assembly.state != AssemblyState.CLOSED:
        raise NotSitting
    if assembly.chair is None or assembly.secretary is None:
        raise Incomplete
    text = json.dumps(contents.minutes(assembly), ensure_ascii=False, sort_keys=True)
    fixed = Minutes(assembly=assembly, content=text)
    db.session.add(fixed)
    db.session.flush()
    return fixed


def reopen(assembly: Assembly) -> None:
    """Give up a fixed text and its signature, to correct it; raises ``MinutesSigned``."""
    lock(assembly)
    fixed = of(assembly)
    if fixed is None:
        return
    if fixed.sha256:
        raise MinutesSigned
    db.session.delete(fixed)
    db.session.flush()


def sign(assembly: Assembly, member: Member) -> Minutes:
    """Sign as chair or as secretary; the second signature makes the PDF that the record states.

    Twice is once. Raises ``NotTheirs``, ``NotSitting`` before the text is fixed.
    """
    lock(assembly)
    fixed = of(assembly)
    if fixed is None:
        raise NotSitting
    if member.id not in (assembly.chair_id, assembly.secretary_id):
        raise NotTheirs
    if member.id == assembly.chair_id:
        fixed.chair_signed_at = fixed.chair_signed_at or now()
    if member.id == assembly.secretary_id:
        fixed.secretary_signed_at = fixed.secretary_signed_at or now()
    if fixed.chair_signed_at and fixed.secretary_signed_at and not fixed.sha256:
        _finish(assembly, fixed)
    return fixed


def _finish(assembly: Assembly, fixed: Minutes) -> None:
    fixed.pdf = papers.print_minutes(assembly, content(assembly), fixed)
    fixed.sha256 = sha256(fixed.pdf).hexdigest()
    state(
        assembly.community,
        "assembly.minutes",
        f"assembly_minutes:{assembly.id}",
        about={
            "assembly": assembly.id,
            "decisions": len(decisions(assembly)),
            "pdf": fixed.sha256,
        },
    )
    db.session.flush()


def pdf(assembly: Assembly) -> bytes:
    """Return the minutes as a PDF: the signed one, to the letter, or a draft made now."""
    fixed = of(assembly)
    if fixed is not None and fixed.pdf is not None:
        return fixed.pdf
    return papers.print_minutes(assembly, content(assembly), fixed)


def decisions(assembly: Assembly) -> list[Decision]:
    """Return what was decided in an assembly, in the order of its agenda."""
    polls = [each.poll_id for each in assembly.items if each.poll_id is not None]
    found = db.session.scalars(select(Decision).where(Decision.poll_id.in_(polls))).all()
    return sorted(found, key=lambda each: polls.index(each.poll_id))


def adopt(assembly: Assembly, where: Assembly) -> bool:
    """Note that a later assembly adopted the minutes; again changes nothing."""
    lock(assembly)
    fixed = of(assembly)
    if fixed is None or not fixed.sha256 or where.id == assembly.id:
        raise Absent
    if fixed.adopted_at is not None:
        return False
    fixed.adopted_at, fixed.adopted_in = now(), where
    db.session.flush()
    return True


def decided(community: Community, poll_id: int, *, adopted: bool) -> None:
    """Adopt the minutes that a vote of a later assembly was about."""
    item = db.session.scalar(select(AssemblyItem).where(AssemblyItem.poll_id == poll_id))
    if item is None or item.approves is None or not adopted:
        return
    if item.assembly.community_id == community.id:
        fixed = of(item.approves)
        if fixed is not None and fixed.sha256:
            adopt(item.approves, item.assembly)


def waiting(community: Community) -> list[Assembly]:
    """Return the assemblies whose signed minutes nobody has adopted yet."""
    return list(
        db.session.scalars(
            select(Assembly)
            .join(Minutes, Minutes.assembly_id == Assembly.id)
            .where(
                Assembly.community_id == community.id,
                Minutes.sha256 != "",
                Minutes.adopted_at.is_(None),
            )
            .order_by(Assembly.starts_at)
        )
    )
