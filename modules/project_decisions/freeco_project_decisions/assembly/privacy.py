"""What assemblies know about a member, and how they forget a name: that somebody came stays."""

from typing import Any

from sqlalchemy import delete, or_, select

from freeco.db import db
from freeco.members.models import Member
from freeco_project_decisions.assembly.models import (
    Assembly,
    AssemblyProxy,
    AssemblyState,
    Seat,
    Teller,
)
from freeco_project_decisions.forgetting import forget_name
from freeco_project_decisions.polls.models import Elector, Poll
from freeco_project_decisions.polls.paper_models import RoomVoter, TellerEntry


def export(member: Member) -> dict[str, Any]:
    """Give where a member came, whom they represented or chose, what they counted."""
    came = db.session.scalars(
        select(Seat).where(Seat.member_id == member.id, Seat.came_at.is_not(None)).order_by(Seat.id)
    )
    given = db.session.scalars(select(AssemblyProxy).where(AssemblyProxy.giver_id == member.id))
    held = db.session.scalars(select(AssemblyProxy).where(AssemblyProxy.holder_id == member.id))
    counted = db.session.scalars(select(TellerEntry).where(TellerEntry.teller_id == member.id))
    room = db.session.scalars(
        select(Poll.title)
        .join(Elector, Elector.poll_id == Poll.id)
        .join(RoomVoter, RoomVoter.elector_id == Elector.id)
        .where(Elector.member_id == member.id)
    )
    content: dict[str, Any] = {
        "assemblies": [_seat(each) for each in came],
        "assembly_proxies_given": [_proxy(each) for each in given],
        "assembly_proxies_held": len(held.all()),
        "voted_in_the_room": list(room),
        "counts_typed": [each.entered_at.isoformat() for each in counted],
    }
    return {name: found for name, found in content.items() if found}


def _seat(seat: Seat) -> dict[str, Any]:
    return {
        "assembly": seat.assembly.title,
        "came_at": seat.came_at.isoformat() if seat.came_at else None,
        "left_at": seat.left_at.isoformat() if seat.left_at else None,
        "remote": seat.remote,
    }


def _proxy(given: AssemblyProxy) -> dict[str, Any]:
    return {
        "assembly": given.assembly.title,
        "given_at": given.given_at.isoformat(),
        "on_paper": given.paper,
    }


def erase(member: Member) -> None:
    """Forget a name: a proxy for an assembly to come falls, and a place stays without a name."""
    over = select(Assembly.id).where(
        Assembly.state.in_((AssemblyState.CLOSED, AssemblyState.CANCELLED))
    )
    db.session.execute(
        delete(AssemblyProxy)
        .where(
            or_(AssemblyProxy.giver_id == member.id, AssemblyProxy.holder_id == member.id),
            AssemblyProxy.assembly_id.not_in(over),
        )
        .execution_options(synchronize_session="fetch")
    )
    forget_name(
        member,
        Assembly.chair_id,
        Assembly.secretary_id,
        Seat.member_id,
        Teller.member_id,
        AssemblyProxy.giver_id,
        AssemblyProxy.holder_id,
        TellerEntry.teller_id,
    )
