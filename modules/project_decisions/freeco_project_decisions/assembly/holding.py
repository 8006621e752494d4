"""Holding an assembly: the session, its items one after the other, their votes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.events import publish
from freeco.members.models import Community, Member
from freeco_project_decisions.assembly import attending, voices
from freeco_project_decisions.assembly.attending import is_there, seats
from freeco_project_decisions.assembly.errors import NotSitting, VoteRunning, WithoutQuorum
from freeco_project_decisions.assembly.events import AssemblyClosed
from freeco_project_decisions.assembly.models import (
    Assembly,
    AssemblyItem,
    AssemblyState,
)
from freeco_project_decisions.assembly.preparing import LONGEST
from freeco_project_decisions.assembly.voices import runs_here
from freeco_project_decisions.polls import closing, opening, paper
from freeco_project_decisions.polls.models import (
    College,
    Poll,
    PollState,
    Secrecy,
)
from freeco_project_decisions.secret import beside


def open_session(assembly: Assembly) -> bool:
    """Begin to sit, with or without quorum; a second click changes nothing and returns False."""
    lock(assembly)
    if assembly.state == AssemblyState.OPEN:
        return False
    if assembly.state != AssemblyState.CALLED:
        raise NotSitting
    attending.seat_everybody(assembly)
    assembly.state, assembly.opened_at = AssemblyState.OPEN, now()
    return True


def close_session(assembly: Assembly) -> bool:
    """End the session; a second click changes nothing. Raises ``NotSitting``, ``VoteRunning``."""
    lock(assembly)
    if assembly.state == AssemblyState.CLOSED:
        return False
    _require_sitting(assembly)
    _end_item(assembly)
    assembly.state, assembly.closed_at = AssemblyState.CLOSED, now()
    publish(AssemblyClosed(community_id=assembly.community_id, assembly_id=assembly.id))
    return True


def _require_sitting(assembly: Assembly) -> None:
    if assembly.state != AssemblyState.OPEN:
        raise NotSitting


def current(assembly: Assembly) -> AssemblyItem | None:
    """Return the item that is being discussed."""
    return next(
        (each for each in assembly.items if each.called_at is not None and each.closed_at is None),
        None,
    )


def next_item(assembly: Assembly) -> AssemblyItem | None:
    """Return the first item that was not called yet."""
    return next((each for each in assembly.items if each.called_at is None), None)


def call_item(item: AssemblyItem) -> bool:
    """Pass to an item; again changes nothing. Raises ``NotSitting``, ``VoteRunning``."""
    assembly = item.assembly
    lock(assembly)
    _require_sitting(assembly)
    if current(assembly) is item:
        return False
    _end_item(assembly)
    item.called_at, item.closed_at = item.called_at or now(), None
    db.session.flush()
    return True


def _end_item(assembly: Assembly) -> None:
    item = current(assembly)
    if item is None:
        return
    if item.poll is not None and runs_here(item.poll):
        raise VoteRunning
    item.closed_at = now()
    db.session.flush()


def open_vote(item: AssemblyItem, closes_at: datetime | None = None) -> None:
    """Open the vote of an item, until the chair ends it or an hour; again changes nothing.

    Who is in the room votes there, where that was announced. Raises ``NotSitting``,
    ``WithoutQuorum``, and what ``polls.opening.open_poll`` raises.
    """
    assembly, poll = item.assembly, item.poll
    lock(assembly)
    _require_sitting(assembly)
    if poll is None or poll.secrecy != Secrecy.OPEN:
        return
    if not attending.attendance(assembly).met:
        raise WithoutQuorum
    lock(poll)
    call_item(item)
    if poll.state == PollState.DRAFT:
        # The draft may have been written anew meanwhile: the assembly's own rules stand.
        poll.most_proxies, poll.extension_days, poll.extensions_left = assembly.most_proxies, 0, 0
        poll.opens_at = now()
        poll.closes_at = closes_at or max(assembly.ends_at, now()) + LONGEST
        opening.open_poll(poll)
    if poll.state == PollState.OPEN:
        voices.let_vote(assembly, poll, [seat for seat in seats(assembly) if is_there(seat)])
        if paper.counts_in_room(poll) and not paper.bundles(poll):
            colleges: Sequence[College | None] = poll.colleges or [None]
            for college in colleges:
                paper.add_bundle(poll, college)


def close_vote(item: AssemblyItem) -> None:
    """End the vote of an item, and count it as soon as all is counted; again changes nothing."""
    assembly, poll = item.assembly, item.poll
    lock(assembly)
    _require_sitting(assembly)
    if poll is not None:
        _close(assembly, poll)


def _close(assembly: Assembly, poll: Poll) -> None:
    lock(poll)
    if runs_here(poll):
        poll.present = voices.count_present(assembly, poll)
        closing.close(poll)
    settle(poll)


def settle(poll: Poll) -> None:
    """Count a poll that is over, if nothing is awaited; note the papers beside a secret one."""
    lock(poll)
    if poll.secrecy == Secrecy.SEALED:
        beside.settle(poll)
    if poll.state == PollState.CLOSED and poll.secrecy == Secrecy.OPEN:
        closing.decide(poll)


def close_due(community: Community) -> None:
    """End the votes of assemblies whose announced hour has come; late or twice is harmless."""
    due = db.session.scalars(
        select(AssemblyItem)
        .join(AssemblyItem.poll)
        .where(
            Poll.community_id == community.id,
            Poll.state == PollState.OPEN,
            Poll.secrecy == Secrecy.OPEN,
            Poll.closes_at <= now(),
        )
    )
    for item in due.all():
        if item.poll is not None:
            lock(item.assembly)
            _close(item.assembly, item.poll)


def may_run(assembly: Assembly, member: Member) -> bool:
    """Whether somebody presides or keeps the minutes of this assembly."""
    return member.id in (assembly.chair_id, assembly.secretary_id)


def is_teller(assembly: Assembly, member: Member) -> bool:
    """Whether somebody counts in this assembly."""
    return any(each.member_id == member.id for each in assembly.tellers)
