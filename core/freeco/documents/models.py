"""Documents: what was issued, as it was printed, for ever.

What keeps them whole stands in ``freeco.accounting.guards`` (core_0009), the same on both
engines: the next position only, no change but the paper filled in once, no deletion outside
rehearsals.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.accounting.models import Book, Entry
from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Community
from freeco.money import Money


class Kind(StrEnum):
    """What a document is; each kind has a series of its own in a book, begun again each year."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"
    """A receipt that lowers the giver's tax."""
    CANCELLATION = "cancellation"
    """Takes a receipt back."""


LETTERS = {
    Kind.INVOICE: "F",
    Kind.CREDIT_NOTE: "A",
    Kind.RECEIPT: "R",
    Kind.CANCELLATION: "X",
}
"""What a number begins with: F2026-00012."""


class DocumentSeries(Model):
    """The numbers given so far to one kind of document of a book in a year."""

    __tablename__ = "document_series"
    __table_args__ = (
        UniqueConstraint("book_id", "kind", "year"),
        CheckConstraint("last >= 0", name="last"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), init=False)
    book: Mapped[Book] = relationship(repr=False)
    kind: Mapped[str]
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)
    """The last position given; moved by the database when a document is written."""


class Document(Model):
    """An invoice, a credit note, a receipt or its cancellation."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("series_id", "position"),
        UniqueConstraint("book_id", "number"),
        UniqueConstraint("book_id", "key"),
        CheckConstraint(
            "kind IN ('invoice', 'credit_note', 'receipt', 'cancellation')", name="kind"
        ),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("total > 0 AND vat >= 0 AND vat < total", name="amounts"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("length(key) BETWEEN 1 AND 150", name="key"),
        Index("ix_document_party", "party", "issued_on"),
        Index("ix_document_community_id", "community_id"),
        Index("ix_document_corrects_id", "corrects_id"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), init=False)
    book: Mapped[Book] = relationship(repr=False)
    """The book of who issues it."""
    series_id: Mapped[int] = mapped_column(ForeignKey("document_series.id"), init=False)
    series: Mapped[DocumentSeries] = relationship(repr=False)
    kind: Mapped[str]
    position: Mapped[int]
    """1, 2, 3 … in its series, without a gap."""
    number: Mapped[str]
    issued_on: Mapped[date]
    party: Mapped[str]
    """Whom it is for: see ``freeco.payments.parties``."""
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community | None] = relationship(repr=False)
    """Where it came about; none for what concerns no community."""
    total: Mapped[Money]
    """VAT included."""
    vat: Mapped[Money]
    content: Mapped[dict[str, Any]] = mapped_column(JSON, repr=False)
    """All that is printed, as it was said on that day: seller, buyer, lines, VAT, notes."""
    key: Mapped[str]
    """What makes issuing the same document twice one."""
    sha256: Mapped[str]
    """Of the content, as canonical JSON."""
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, repr=False)
    """The EN 16931 invoice (CII); empty for a receipt."""
    corrects_id: Mapped[int | None] = mapped_column(
        ForeignKey("document.id"), init=False, default=None
    )
    corrects: Mapped["Document | None"] = relationship(
        remote_side="Document.id", repr=False, default=None
    )
    """The invoice that a credit note lessens; the receipt that a cancellation takes back."""
    entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("ledger_entry.id"), init=False, default=None
    )
    entry: Mapped[Entry | None] = relationship(repr=False, default=None)
    """The entry of the same transaction that has its number as piece."""
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, repr=False, default=None)
    """Filled in the first time somebody asks for it, and never again."""
    issued_at: Mapped[datetime] = mapped_column(default_factory=now)
