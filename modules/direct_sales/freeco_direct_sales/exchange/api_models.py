"""What the JSON interface remembers of changes: the answer that each key was given."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from freeco.clock import now
from freeco.models import Model


class ApiAnswer(Model):
    """An answer, kept for the program that sends the same change again."""

    __tablename__ = "direct_sales_api_answer"
    __table_args__ = (UniqueConstraint("member_id", "key"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    key: Mapped[str]
    """The program's own, from ``Idempotency-Key``."""
    digest: Mapped[str]
    """Of what was asked, at which address: another wish under the same key is refused."""
    status: Mapped[int] = mapped_column(default=0)
    body: Mapped[str] = mapped_column(default="")
    """The answer, byte for byte."""
    given_at: Mapped[datetime] = mapped_column(default_factory=now, index=True)
