"""The agenda of an assembly: its items in order, and what each puts to the vote."""

from dataclasses import dataclass, fields
from datetime import timedelta

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Member
from freeco_project_decisions.assembly.errors import (
    AgendaSent,
    AlreadyOnAgenda,
    NotADraft,
    NotBesideSecret,
    NotSitting,
    PapersHeldHere,
)
from freeco_project_decisions.assembly.models import (
    Assembly,
    AssemblyItem,
    AssemblyState,
    Kind,
)
from freeco_project_decisions.assembly.preparing import (
    LONGEST,
    Planned,
    draft,
    require_before,
)
from freeco_project_decisions.polls import paper
from freeco_project_decisions.polls import preparing as polls
from freeco_project_decisions.polls.errors import NotCountedInRoom
from freeco_project_decisions.polls.models import Method, Poll, PollState, Room, Secrecy
from freeco_project_decisions.polls.room_counts import COUNTABLE

LATER = timedelta(weeks=3)
"""When one meets again: statutes ask for two weeks between, mostly."""


def find_item(assembly: Assembly, item_id: int) -> AssemblyItem:
    """Return an item of this assembly; raise Absent for another's."""
    found = db.session.get(AssemblyItem, item_id)
    if found is None or found.assembly_id != assembly.id:
        raise Absent
    return found


def _require_agenda(assembly: Assembly) -> None:
    require_before(assembly)
    if assembly.state == AssemblyState.CALLED and assembly.kind != Kind.MEETING:
        raise AgendaSent


def add_item(assembly: Assembly, title: str, text: str = "", document: str = "") -> AssemblyItem:
    """Put something at the end of the agenda; raises ``AssemblyBegun``, ``AgendaSent``."""
    lock(assembly)
    _require_agenda(assembly)
    place = max((each.place for each in assembly.items), default=0) + 1
    item = AssemblyItem(assembly=assembly, place=place, title=title, text=text, document=document)
    db.session.add(item)
    db.session.flush()
    return item


def change_item(item: AssemblyItem, title: str, text: str, document: str) -> None:
    """Write an item anew; once everybody is invited its title stays, and texts may be completed."""
    lock(item.assembly)
    require_before(item.assembly)
    if title != item.title:
        _require_agenda(item.assembly)
    item.title, item.text, item.document = title, text, document


def remove_item(item: AssemblyItem) -> None:
    """Take an item off the agenda; its draft of a vote stays among the drafts."""
    lock(item.assembly)
    _require_agenda(item.assembly)
    detach(item)
    assembly = item.assembly
    db.session.delete(item)
    db.session.flush()
    db.session.refresh(assembly, ["items"])
    _number(assembly.items)


def move_item(item: AssemblyItem, by: int) -> None:
    """Move an item up (-1) or down (1) on the agenda."""
    assembly = item.assembly
    lock(assembly)
    _require_agenda(assembly)
    order = list(assembly.items)
    place = order.index(item)
    other = place + by
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        _number(order)
    db.session.refresh(assembly, ["items"])


def _number(items: list[AssemblyItem]) -> None:
    """Give each item its number, in two steps: no two have one number at any moment."""
    for step in (1000, 0):
        for place, item in enumerate(items, start=1):
            item.place = place + step
        db.session.flush()


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """A yes, no or blank that an item puts to the vote."""

    title: str
    text: str = ""
    method: Method = Method.ASSENT
    room: Room = Room.HANDS
    share_part: int = 1
    share_whole: int = 2
    more_than: bool = True
    base: str = "cast"


def ask(item: AssemblyItem, author: Member, resolution: Resolution) -> Poll:
    """Write a draft of a vote for an item."""
    assembly = item.assembly
    poll = polls.draft(
        assembly.community,
        author,
        resolution.method,
        polls.Written(
            title=resolution.title,
            text=resolution.text,
            opens_at=assembly.starts_at,
            closes_at=assembly.ends_at + LONGEST,
            share_part=resolution.share_part,
            share_whole=resolution.share_whole,
            more_than=resolution.more_than,
            base=resolution.base,
        ),
    )
    attach(item, poll, resolution.room)
    return poll


def attach(item: AssemblyItem, poll: Poll, room: Room) -> None:
    """Have a draft voted with an item, in a way that is announced when it opens.

    A secret vote stays what it is, with its own hours: the item leads to it, and its result stands
    in the minutes. A sealed one may have an urn beside it, for those who are noted as voting on
    paper before its codes are made.

    Raises ``AssemblyBegun``, ``NotADraft``, ``AlreadyOnAgenda``, ``NotCountedInRoom``,
    ``NotBesideSecret``, ``PapersHeldHere``, ``Absent``.
    """
    assembly = item.assembly
    lock(assembly)
    require_before(assembly)
    if poll.community_id != assembly.community_id:
        raise Absent
    secret = poll.secrecy != Secrecy.OPEN
    if poll.state not in ((PollState.DRAFT, PollState.OPEN) if secret else (PollState.DRAFT,)):
        raise NotADraft
    held = db.session.scalar(select(AssemblyItem.id).where(AssemblyItem.poll_id == poll.id))
    if held not in (None, item.id):
        raise AlreadyOnAgenda
    if room != Room.PAGES and poll.method not in COUNTABLE:
        raise NotCountedInRoom
    if secret and not _stands_beside(poll, room):
        raise NotBesideSecret
    if item.poll is not poll:
        detach(item)
    item.poll = poll
    db.session.flush()
    if secret:
        _beside_secret(poll, room)
        return  # it keeps its own hours and its own rules: nobody knows here who has voted
    poll.room, poll.ready = room, False
    poll.most_proxies = assembly.most_proxies
    poll.extension_days = poll.extensions_left = 0
    db.session.flush()


def _stands_beside(poll: Poll, room: Room) -> bool:
    """Whether a way of voting in the room goes with a secret vote: none, or a sealed one's urn.

    Once it is open, what was announced stands.
    """
    if room == Room.PAGES:
        return True
    beside = room == Room.URN and poll.secrecy == Secrecy.SEALED
    return beside and (poll.state == PollState.DRAFT or poll.room == Room.URN)


def _beside_secret(poll: Poll, room: Room) -> None:
    if poll.state != PollState.DRAFT:
        return
    poll.room = Room.URN if room == Room.URN else ""
    if not poll.room:
        paper.forget(poll)
    db.session.flush()


def detach(item: AssemblyItem) -> None:
    """Let an item go without a vote; the draft stays.

    Raises ``AssemblyBegun``, and ``PapersHeldHere`` for an open secret vote whose papers this
    assembly counts.
    """
    require_before(item.assembly)
    poll = item.poll
    if poll is not None and poll.state == PollState.DRAFT:
        poll.room = ""
        paper.forget(poll)
    elif poll is not None and poll.secrecy != Secrecy.OPEN and paper.awaited(poll):
        raise PapersHeldHere
    item.poll = None
    db.session.flush()


def is_left(item: AssemblyItem) -> bool:
    """Whether an item was not reached, or its vote never opened."""
    unvoted = item.poll is not None and item.poll.state == PollState.DRAFT
    return item.called_at is None or unvoted


def again(assembly: Assembly) -> Assembly:
    """Prepare another assembly with what this one did not decide, the same day three weeks later.

    Drafts of votes that were not opened go along. Raises ``NotSitting`` before it is over.
    """
    lock(assembly)
    if assembly.state != AssemblyState.CLOSED:
        raise NotSitting
    values = {each.name: getattr(assembly, each.name) for each in fields(Planned)}
    later = max(assembly.starts_at, now()) + LATER
    length = assembly.ends_at - assembly.starts_at
    values |= {"starts_at": later, "ends_at": later + length}
    following = draft(assembly.community, Planned(**values))
    for item in filter(is_left, list(assembly.items)):
        copy = add_item(following, item.title, item.text, item.document)
        copy.file_name, copy.file, copy.approves = item.file_name, item.file, item.approves
        if item.poll is not None and item.poll.state == PollState.DRAFT:
            poll, item.poll = item.poll, None
            db.session.flush()
            copy.poll = poll
    db.session.flush()
    return following
