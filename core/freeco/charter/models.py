"""The texts that were shown, and who accepted which."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Community, Member


class CharterText(Model):
    """One version of the charter in one language, kept word for word."""

    __tablename__ = "charter_text"
    __table_args__ = (UniqueConstraint("version", "language", "sha256"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    version: Mapped[str]
    language: Mapped[str]
    sha256: Mapped[str]
    """Hexadecimal SHA-256 of the text in UTF-8."""
    text: Mapped[str] = mapped_column(repr=False)


class VotedCharter(Model):
    """A version of the charter that the members of a community voted; the last one holds there."""

    __tablename__ = "voted_charter"
    __table_args__ = (UniqueConstraint("community_id", "number"), UniqueConstraint("decided"))

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    number: Mapped[int]
    """Which of that community’s own it is, from 1."""
    text_id: Mapped[int] = mapped_column(ForeignKey("charter_text.id"), init=False, index=True)
    text: Mapped[CharterText] = relationship(repr=False)
    decided: Mapped[str]
    """The decision that adopted it, as ``module:kind:id``: it does so once."""
    adopted_at: Mapped[datetime] = mapped_column(default_factory=now)


class CharterAcceptance(Model):
    """A member accepted a text at a time; recorded once, never changed."""

    __tablename__ = "charter_acceptance"
    __table_args__ = (UniqueConstraint("member_id", "text_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    member: Mapped[Member] = relationship(repr=False)
    text_id: Mapped[int] = mapped_column(ForeignKey("charter_text.id"), init=False, index=True)
    text: Mapped[CharterText] = relationship(repr=False)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """The person who ticked the box: oneself, or the proxy who keeps the signed paper."""
    accepted_at: Mapped[datetime] = mapped_column(default_factory=now)
