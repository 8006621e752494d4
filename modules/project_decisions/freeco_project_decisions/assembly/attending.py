"""Who is there, who is represented, and whether they are enough."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Member
from freeco_project_decisions.assembly.errors import (
    AssemblyBegun,
    GiverPresent,
    NotCalled,
    OnlyMembers,
)
from freeco_project_decisions.assembly.models import (
    Assembly,
    AssemblyProxy,
    AssemblyState,
    Seat,
)
from freeco_project_decisions.polls.errors import NoProxies, ProxyChain, TooManyProxies

TAKEN = (AssemblyState.CALLED, AssemblyState.OPEN)
"""Attendance is taken before the session opens, too."""


def seat_everybody(assembly: Assembly) -> None:
    """Note a place for each person who is a member today; those who have one keep it."""
    have = select(Seat.member_id).where(
        Seat.assembly_id == assembly.id, Seat.member_id.is_not(None)
    )
    members = db.session.scalars(
        select(Member)
        .where(
            Member.community_id == assembly.community_id,
            Member.left_at.is_(None),
            Member.person_id.is_not(None),
            Member.id.not_in(have),
        )
        .order_by(Member.id)
    )
    db.session.add_all([Seat(assembly=assembly, member=each) for each in members.all()])
    db.session.flush()


def seats(assembly: Assembly) -> Sequence[Seat]:
    """Return every place, with its member."""
    return db.session.scalars(
        select(Seat)
        .where(Seat.assembly_id == assembly.id)
        .options(joinedload(Seat.member).joinedload(Member.person))
        .order_by(Seat.id)
    ).all()


def has_seat(assembly: Assembly, member: Member) -> bool:
    """Whether a member was called to an assembly; who joined since was not."""
    query = select(Seat.id).where(Seat.assembly_id == assembly.id, Seat.member_id == member.id)
    return db.session.scalar(query) is not None


def find_seat(assembly: Assembly, seat_id: int) -> Seat:
    """Return a place of this assembly; raise Absent for another's."""
    found = db.session.get(Seat, seat_id)
    if found is None or found.assembly_id != assembly.id:
        raise Absent
    return found


def is_there(seat: Seat) -> bool:
    """Whether somebody came and has not left."""
    return seat.came_at is not None and seat.left_at is None


def has_come(assembly: Assembly, member: Member) -> bool:
    """Whether a member is there now."""
    mine = select(Seat).where(Seat.assembly_id == assembly.id, Seat.member_id == member.id)
    seat = db.session.scalar(mine)
    return seat is not None and is_there(seat)


def arrive(seat: Seat, *, remote: bool = False) -> None:
    """Note that somebody is there, or joined from elsewhere; raises ``NotCalled``."""
    lock(seat.assembly)
    _require_taken(seat.assembly)
    if not is_there(seat):
        seat.came_at = seat.came_at or now()
        seat.left_at = None
    seat.remote = remote
    db.session.flush()


def leave(seat: Seat) -> None:
    """Note that somebody left; raises ``NotCalled``."""
    lock(seat.assembly)
    _require_taken(seat.assembly)
    if is_there(seat):
        seat.left_at = now()
    db.session.flush()


def never_came(seat: Seat) -> None:
    """Take back a slip of the finger; raises ``NotCalled``."""
    lock(seat.assembly)
    _require_taken(seat.assembly)
    seat.came_at = seat.left_at = None
    seat.remote = False
    db.session.flush()


def _require_taken(assembly: Assembly) -> None:
    if assembly.state not in TAKEN:
        raise NotCalled


def proxies(assembly: Assembly) -> Sequence[AssemblyProxy]:
    """Return the proxies that were given, in the order they were."""
    return db.session.scalars(
        select(AssemblyProxy)
        .where(AssemblyProxy.assembly_id == assembly.id)
        .options(
            joinedload(AssemblyProxy.giver).joinedload(Member.person),
            joinedload(AssemblyProxy.holder).joinedload(Member.person),
        )
        .order_by(AssemblyProxy.id)
    ).all()


def proxy_of(assembly: Assembly, giver: Member) -> AssemblyProxy | None:
    """Return the proxy that somebody gave."""
    return db.session.scalar(
        select(AssemblyProxy).where(
            AssemblyProxy.assembly_id == assembly.id, AssemblyProxy.giver_id == giver.id
        )
    )


def held_by(assembly: Assembly, holder: Member) -> Sequence[AssemblyProxy]:
    """Return the proxies that somebody holds."""
    return [each for each in proxies(assembly) if each.holder_id == holder.id]


def give_proxy(
    assembly: Assembly, giver: Member, holder: Member, *, paper: bool = False
) -> AssemblyProxy:
    """Hand a voice to another member, or to another than before.

    ``paper`` for one that the secretary types. Raises ``NotCalled``, ``NoProxies``,
    ``OnlyMembers``, ``GiverPresent``, ``ProxyChain``, ``TooManyProxies``.
    """
    lock(assembly)
    _require_taken(assembly)
    if not assembly.most_proxies:
        raise NoProxies
    if giver.id == holder.id or not all(_is_person(assembly, each) for each in (giver, holder)):
        raise OnlyMembers
    if any(seat.member_id == giver.id and is_there(seat) for seat in seats(assembly)):
        raise GiverPresent
    given = proxy_of(assembly, giver)
    if given is not None and given.holder_id == holder.id:
        given.paper = given.paper or paper
        return given
    if proxy_of(assembly, holder) is not None or held_by(assembly, giver):
        raise ProxyChain
    if len(held_by(assembly, holder)) >= assembly.most_proxies:
        raise TooManyProxies
    if given is None:
        given = AssemblyProxy(assembly=assembly, giver=giver, holder=holder, paper=paper)
        db.session.add(given)
    given.holder, given.paper, given.given_at = holder, paper, now()
    db.session.flush()
    return given


def _is_person(assembly: Assembly, member: Member) -> bool:
    return (
        member.community_id == assembly.community_id
        and member.person_id is not None
        and member.left_at is None
    )


def take_back_proxy(assembly: Assembly, giver: Member) -> None:
    """Take a proxy back; none is nothing. Raises ``AssemblyBegun`` once it is over."""
    lock(assembly)
    if assembly.state not in TAKEN:
        raise AssemblyBegun
    given = proxy_of(assembly, giver)
    if given is not None:
        db.session.delete(given)
        db.session.flush()


@dataclass(frozen=True)
class Attendance:
    """How many are there, of how many, and whether they are enough."""

    enrolled: int
    in_room: int
    remote: int
    represented: int
    left: int
    needed: int

    @property
    def present(self) -> int:
        """Those who are there, in the room or from elsewhere."""
        return self.in_room + self.remote

    @property
    def voices(self) -> int:
        """Those who are there or represented."""
        return self.present + self.represented

    @property
    def met(self) -> bool:
        """Whether they are enough to decide."""
        return self.voices >= self.needed


def attendance(assembly: Assembly) -> Attendance:
    """Count who is there or represented now."""
    found = seats(assembly)
    there = [seat for seat in found if is_there(seat)]
    part, whole = assembly.quorum_part, assembly.quorum_whole
    enrolled = len(found) or count_members(assembly)
    return Attendance(
        enrolled=enrolled,
        in_room=sum(not seat.remote for seat in there),
        remote=sum(seat.remote for seat in there),
        represented=len(represented(assembly, found)),
        left=sum(seat.left_at is not None for seat in found),
        needed=-(-part * enrolled // whole),
    )


def represented(assembly: Assembly, found: Iterable[Seat]) -> dict[int, int]:
    """Return who is represented now: each giver's member with who holds their voice there."""
    there = {seat.member_id for seat in found if is_there(seat) and seat.member_id is not None}
    return {
        each.giver_id: each.holder_id
        for each in proxies(assembly)
        if each.giver_id is not None
        and each.holder_id in there
        and each.holder_id is not None
        and each.giver_id not in there
    }


def count_members(assembly: Assembly) -> int:
    """Return how many persons are members today."""
    many = select(func.count(Member.id)).where(
        Member.community_id == assembly.community_id,
        Member.left_at.is_(None),
        Member.person_id.is_not(None),
    )
    return db.session.scalar(many) or 0
