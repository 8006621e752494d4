"""A community that is being founded, screen after screen."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from freeco.clock import now
from freeco.db import Model


class FoundingDraft(Model):
    """What was answered so far; its link is the only way to it, and dies with the founding."""

    __tablename__ = "founding_draft"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    nonce: Mapped[str] = mapped_column(unique=True, repr=False)
    """With the site's key it gives the secret of the link, which is kept nowhere."""
    expires_at: Mapped[datetime]
    answers: Mapped[dict[str, dict[str, Any]]] = mapped_column(
        JSON, default_factory=dict, repr=False
    )
    """As typed, by screen; emptied once the community is founded."""
    password_hash: Mapped[str | None] = mapped_column(default=None, repr=False)
    """Of the first person's password."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"), default=None)
    """What it founded."""
