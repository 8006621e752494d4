"""Who is named, while a poll is prepared: in a college, and to vote for an organisation."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Member, Model
from freeco_project_decisions.polls.models import College


class CollegeMember(Model):
    """Somebody named to be in a college, while the poll is prepared."""

    __tablename__ = "project_decisions_college_member"
    __table_args__ = (UniqueConstraint("college_id", "member_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    college_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_college.id"), init=False)
    college: Mapped[College] = relationship(repr=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member] = relationship(repr=False)


class Voice(Model):
    """The person whom an organisation names to vote for it, in the polls to come."""

    __tablename__ = "project_decisions_voice"
    __table_args__ = (UniqueConstraint("member_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    member: Mapped[Member] = relationship(repr=False, foreign_keys="Voice.member_id")
    """The organisation."""
    voice_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    voice: Mapped[Member] = relationship(repr=False, foreign_keys="Voice.voice_id")
    named_at: Mapped[datetime] = mapped_column(default_factory=now)
