"""What telling knows about a member, and how it forgets them."""

from typing import Any

from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Member
from freeco_direct_sales.telling.models import Shortage, Telling


def export(member: Member) -> dict[str, Any]:
    """Give what a member said was missing, and whom they told by telephone."""
    said = db.session.scalars(
        select(Shortage).where(Shortage.said_by_id == member.id).order_by(Shortage.id)
    ).all()
    calls = db.session.scalars(
        select(Telling).where(Telling.said_by_id == member.id).order_by(Telling.id)
    ).all()
    found: dict[str, Any] = {
        "shortages": [
            {
                "producer": each.producer.name,
                "products": [line.product.name for line in each.products],
                "words": each.words,
                "instead": each.instead,
                "said_at": each.said_at.isoformat(),
                "taken_back": each.taken_back_at is not None,
            }
            for each in said
        ],
        "producers_called": [
            {
                "producer": each.producer.name,
                "said_at": each.said_at.isoformat() if each.said_at else None,
            }
            for each in calls
        ],
    }
    return {name: content for name, content in found.items() if content}


def erase(member: Member, forgotten: str) -> None:
    """Forget who said it, and their own words; that it was missing stays."""
    for shortage in db.session.scalars(select(Shortage).where(Shortage.said_by_id == member.id)):
        shortage.said_by = None
        shortage.words = forgotten if shortage.words else ""
        shortage.instead = forgotten if shortage.instead else ""
    for telling in db.session.scalars(select(Telling).where(Telling.said_by_id == member.id)):
        telling.said_by_id = None
