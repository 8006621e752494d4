"""The outbox of e-mails."""

from datetime import datetime

from sqlalchemy import Index
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
