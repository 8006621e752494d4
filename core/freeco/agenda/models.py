"""The private address at which a member's calendar reads their agenda."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Member


class CalendarFeed(Model):
    """A member's feed: one address at a time, known to who holds it.

    The secret of the address is not kept. It is drawn again from ``salt`` with the site's key,
    so that the member may read it again, and who only reads the database may not.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (UniqueConstraint("member_id"), UniqueConstraint("secret_hash"))

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    member: Mapped[Member] = relationship(repr=False)
    salt: Mapped[str] = mapped_column(repr=False)
    secret_hash: Mapped[str] = mapped_column(repr=False)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
