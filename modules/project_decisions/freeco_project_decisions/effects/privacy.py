"""What effects know about a member, and how they forget them."""

from typing import Any

from sqlalchemy import select, update

from freeco.db import db
from freeco.members.models import Member
from freeco_project_decisions.effects.models import Effect


def export(member: Member) -> dict[str, Any]:
    """Give the decisions that a member applied, or dropped, by hand, with why."""
    found = db.session.scalars(
        select(Effect).where(Effect.settled_by_id == member.id).order_by(Effect.id)
    )
    settled = [
        {"decision": each.poll.title, "state": each.state, "reason": each.reason} for each in found
    ]
    return {"effects_settled": settled} if settled else {}


def erase(member: Member) -> None:
    """Forget the name; what was applied stays, and the reason too."""
    db.session.execute(
        update(Effect)
        .where(Effect.settled_by_id == member.id)
        .values(settled_by_id=None)
        .execution_options(synchronize_session="fetch")
    )
