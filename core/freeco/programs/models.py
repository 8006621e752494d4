"""The keys that members give to programs; only what recognises a key is kept of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Member


class Scope(StrEnum):
    """What a key opens of what its member may open."""

    READ = "read"
    ORDER = "order"
    """Reading, and the changes that say they take a program's."""


class ProgramKey(Model):
    """A key with which a program comes in a member's name, in this community alone."""

    __tablename__ = "program_key"
    __table_args__ = (
        UniqueConstraint("secret_hash"),
        CheckConstraint("scope IN ('read', 'order')", name="scope"),
        Index(
            "uq_program_key_standing",
            "member_id",
            "name",
            unique=True,
            sqlite_where=sql("revoked_at IS NULL"),
            postgresql_where=sql("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    member: Mapped[Member] = relationship(repr=False)
    name: Mapped[str]
    """The member's own word for the program."""
    scope: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(repr=False)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
