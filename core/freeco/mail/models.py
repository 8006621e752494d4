"""What waits to leave by e-mail, and the addresses where nothing arrives."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from freeco.clock import now
from freeco.db import Model


class OutgoingMail(Model):
    """An e-mail to send, written in the transaction that causes it; its id is in Message-ID."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (Index("ix_outgoing_mail_waiting", "sent_at", "next_try_at"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(repr=False)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    next_try_at: Mapped[datetime] = mapped_column(default_factory=now)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    last_error: Mapped[str] = mapped_column(default="")
    refused_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the recipient's server said that this address takes nothing: it is not tried again."""
    language: Mapped[str] = mapped_column(default="fr", server_default="fr")
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("community.id"), default=None, index=True
    )
    """For a notice, a digest, an invitation; none for a letter about the account."""
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None, index=True)
    """Whom a notice concerns: another person's proxy may be the one who reads it."""
    topic: Mapped[str] = mapped_column(default="", server_default="")
    unsubscribe: Mapped[str] = mapped_column(default="", server_default="", repr=False)
    """The signed token of its one-click address; empty for a letter that answers an act."""
    reply_to: Mapped[str] = mapped_column(default="", server_default="", repr=False)
    """Where its reader answers to; empty for a letter that nobody answers."""


class FailingAddress(Model):
    """An address whose own server says that it takes no mail."""

    __tablename__ = "failing_address"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    address: Mapped[str] = mapped_column(unique=True, repr=False)
    reason: Mapped[str]
    """The words of the server."""
    since: Mapped[datetime] = mapped_column(default_factory=now)
