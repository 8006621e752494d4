"""What solidarity does by itself: grant, draw, forget, and tell the month."""

from freeco.members.models import Community
from freeco_direct_sales.solidarity import admitting, applying, declaring, giving, months


def grant_due(community: Community) -> None:
    """Let what the pool covers reach who waits."""
    applying.grant_waiting(community)


def draw_due(community: Community) -> None:
    """Give the baskets that were offered to who has asked, drawn by lot."""
    giving.draw(community)


def tell_due(community: Community) -> None:
    """Tell the months that are over, and forget what nobody needs any more."""
    months.publish_due(community)
    declaring.forget_expired(community)
    admitting.forget_expired(community)
    giving.forget_old(community)
