"""What a community wrote for its letters: one row each time, the latest rules."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Community, Member


class LetterWording(Model):
    """A letter as a community wrote it, in one language; blank when it went back to ours."""

    __tablename__ = "letter_wording"
    __table_args__ = (
        UniqueConstraint("community_id", "letter", "language", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(subject = '') = (body = '')", name="whole"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    letter: Mapped[str]
    """The name of its kind, such as ``core.payment_due``."""
    language: Mapped[str]
    version: Mapped[int]
    subject: Mapped[str] = mapped_column(repr=False)
    body: Mapped[str] = mapped_column(repr=False)
    """Values stand in it by their name in the template: ``{producer}``."""
    written_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, index=True
    )
    written_by: Mapped[Member | None] = relationship(repr=False, default=None)
    written_at: Mapped[datetime] = mapped_column(default_factory=now)

    @property
    def own(self) -> bool:
        """Whether these are the community's words, rather than ours taken back."""
        return bool(self.body)
