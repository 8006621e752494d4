"""The private address of a member's feed: drawn from the site's key, renewed and revoked at will.

Renewing or revoking cannot be undone: the former address is worth nothing at once.
"""

from secrets import token_urlsafe

from sqlalchemy import delete, select

from freeco.agenda.models import CalendarFeed
from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.links import hidden
from freeco.members.models import Member
from freeco.signing import drawn


def feed_of(member: Member) -> CalendarFeed | None:
    """Return the feed a member opened, unless it dates from before they left and came back."""
    feed = db.session.scalar(select(CalendarFeed).where(CalendarFeed.member_id == member.id))
    return feed if feed is not None and _stands(feed) else None


def renew(member: Member) -> CalendarFeed:
    """Give the member a new address; a former one no longer works."""
    lock(member)
    db.session.execute(delete(CalendarFeed).where(CalendarFeed.member_id == member.id))
    salt = token_urlsafe(24)
    feed = CalendarFeed(member=member, salt=salt, secret_hash=hidden(_draw(member.id, salt)))
    # Not before the membership began again: a clock may give the same instant twice.
    feed.created_at = max(now(), member.joined_at)
    db.session.add(feed)
    db.session.flush()
    return feed


def revoke(member: Member) -> None:
    """Take the address away; once or twice is the same."""
    lock(member)
    db.session.execute(delete(CalendarFeed).where(CalendarFeed.member_id == member.id))


def token_of(feed: CalendarFeed) -> str | None:
    """Return the secret of a feed's address; none once the site's key has changed since."""
    token = _draw(feed.member_id, feed.salt)
    return token if hidden(token) == feed.secret_hash else None


def find_feed(circle: str, token: str) -> CalendarFeed:
    """Return the feed behind an address. Raises Absent when nobody, or nobody here, has it."""
    feed = db.session.scalar(select(CalendarFeed).where(CalendarFeed.secret_hash == hidden(token)))
    if feed is None or feed.member.community.slug != circle or not _stands(feed):
        raise Absent
    return feed


def _stands(feed: CalendarFeed) -> bool:
    member = feed.member
    return member.left_at is None and feed.created_at >= member.joined_at


def _draw(member_id: int, salt: str) -> str:
    return drawn("calendar feed", member_id, salt, length=40)
