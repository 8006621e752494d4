"""What a farm's pages know about a member, and how they forget it."""

from typing import Any

from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Household, Member
from freeco_direct_sales.growing.models import Service, Visitor
from freeco_direct_sales.orders.models import Order, OrderLine


def export(member: Member, household: Household | None) -> dict[str, Any]:
    """Give the visits a member made, and where the services of the household stand."""
    visits = db.session.scalars(
        select(Visitor).where(Visitor.member_id == member.id).order_by(Visitor.id)
    ).all()
    services = db.session.scalars(
        select(Service)
        .join(OrderLine, OrderLine.id == Service.line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.household_id == (household.id if household else None))
        .order_by(Service.id)
    ).all()
    found: dict[str, Any] = {
        "guarantee_visits": [
            {"visit": each.visit_id, "named": each.agreed_at is not None} for each in visits
        ],
        "services": [
            {
                "service": each.line.offer.name,
                "agreed_on": each.agreed_on.isoformat() if each.agreed_on else None,
                "said_done": each.household_done_at is not None,
            }
            for each in services
        ],
    }
    return {name: content for name, content in found.items() if content}


def erase(member: Member) -> None:
    """Name the member in no report any more; that somebody came stays."""
    for each in db.session.scalars(select(Visitor).where(Visitor.member_id == member.id)):
        each.agreed_at = None
