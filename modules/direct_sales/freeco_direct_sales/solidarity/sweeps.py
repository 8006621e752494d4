"""What solidarity does by itself: grant, draw, forget, and tell the month."""

from freeco.db import db
from freeco.members.models import Community
from freeco_direct_sales.solidarity import applying, declaring, giving, months


def share_due(community: Community) -> None:
    """Let what the pool covers reach who waits, each in a transaction of its own."""
    applying.grant_waiting(community)
    db.session.commit()
    giving.draw(community)


def tell_due(community: Community) -> None:
    """Tell the months that are over, and forget what nobody needs any more."""
    months.publish_due(community)
    declaring.forget_expired(community)
    giving.forget_old(community)
