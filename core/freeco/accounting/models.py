"""The ledger's tables. Nobody writes here but ``freeco.accounting.ledger``.

What makes them trustworthy stands in ``guards/``: triggers, the same on both engines.
No row holds a person's name: ``party`` and ``piece`` are references.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator, TypeEngine

from freeco.clock import now
from freeco.db import Model
from freeco.organisations.models import Organisation

WHOLE = "{0} = CAST({0} AS BIGINT)"


class Cents(TypeDecorator[int]):
    """Whole cents, positive for a debit and negative for a credit.

    ``NUMERIC`` on PostgreSQL: a ``BIGINT`` column would round a half cent silently, where a
    ``CHECK`` on this one refuses it.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the engine."""
        chosen = Numeric() if dialect.name == "postgresql" else BigInteger()
        return dialect.type_descriptor(chosen)

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Refuse what is not a whole number."""
        if value is not None and type(value) is not int:
            raise TypeError(f"the ledger counts whole cents, not {value!r}")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        """Read whole cents back."""
        return None if value is None else int(value)


class Book(Model):
    """The book of one legal entity: an organisation, or the platform cooperative (none)."""

    __tablename__ = "book"
    __table_args__ = (
        UniqueConstraint("organisation_id", "rehearsal"),
        Index(
            "uq_book_platform",
            "rehearsal",
            unique=True,
            sqlite_where=text("organisation_id IS NULL"),
            postgresql_where=text("organisation_id IS NULL"),
        ),
        CheckConstraint("organisation_id IS NOT NULL OR NOT rehearsal", name="rehearsal"),
        CheckConstraint("length(currency) = 3", name="currency"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), init=False)
    organisation: Mapped[Organisation | None] = relationship(repr=False)
    chart: Mapped[str]
    """Which chart of accounts it was opened with; see ``freeco.accounting.charts``."""
    currency: Mapped[str] = mapped_column(default="EUR")
    rehearsal: Mapped[bool] = mapped_column(default=False)
    """Whether it was opened for a rehearsal: such a book may be wiped whole, no other may."""
    closed_through: Mapped[date | None] = mapped_column(default=None)
    """The last day of the closed period; only moves forward."""
    opened_at: Mapped[datetime] = mapped_column(default_factory=now)


class Account(Model):
    """An account of a book."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("book_id", "code"),
        CheckConstraint("guard IN (-1, 0, 1)", name="guard"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    code: Mapped[str]
    label: Mapped[str]
    guard: Mapped[int] = mapped_column(default=0)
    """1: its balance is never in credit (cash); -1: never in debit; 0: free."""


class Journal(Model):
    """A journal of a book: where entries of one kind are read together."""

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("book_id", "code"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    code: Mapped[str]
    label: Mapped[str]


class Entry(Model):
    """The header that seals an entry: its lines are written before it, and none after."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("book_id", "number"),
        UniqueConstraint("book_id", "key"),
        UniqueConstraint("book_id", "reverses"),
        UniqueConstraint("hash"),
        CheckConstraint("length(hash) = 64", name="hash"),
        CheckConstraint("length(label) BETWEEN 1 AND 120", name="label"),
        CheckConstraint("length(key) BETWEEN 1 AND 200", name="key"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    number: Mapped[int]
    """1, 2, 3 … in its book, without a gap."""
    journal_id: Mapped[int] = mapped_column(ForeignKey("journal.id"), index=True)
    day: Mapped[date]
    label: Mapped[str]
    piece: Mapped[str]
    """The reference of the document behind it, or its own number when there is none."""
    piece_day: Mapped[date]
    key: Mapped[str]
    """What makes posting the same fact twice one entry."""
    reverses: Mapped[int | None]
    """The number of the entry that this one takes back."""
    sealed_at: Mapped[datetime]
    previous: Mapped[str]
    """The hash of the entry before; 64 zeros for the first."""
    hash: Mapped[str]
    """SHA-256 of the entry with ``previous``; see ``freeco.accounting.chain``."""


class Posting(Model):
    """A line of an entry."""

    __tablename__ = "posting"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "number"],
            ["ledger_entry.book_id", "ledger_entry.number"],
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint(WHOLE.format("amount"), name="whole"),
        CheckConstraint(
            "amount <> 0 AND amount BETWEEN -1000000000000000 AND 1000000000000000", name="amount"
        ),
        CheckConstraint("line >= 1", name="line"),
    )

    book_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    party: Mapped[str]
    """Whose account it is in a collective one, as ``core:member:12``; or empty."""
    amount: Mapped[int] = mapped_column(Cents())
    currency: Mapped[str]


class AccountBalance(Model):
    """What an account's lines add up to: derived, kept by the guards, rebuilt at will."""

    __tablename__ = "account_balance"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), primary_key=True, autoincrement=False
    )
    debit: Mapped[int] = mapped_column(Cents())
    credit: Mapped[int] = mapped_column(Cents())
    """The sum of the credits, as a positive number."""
    number: Mapped[int]
    """The last entry of its book that touched it."""


class BookYear(Model):
    """A financial year of a book that was said or closed; see ``freeco.accounting.years``."""

    __tablename__ = "book_year"
    __table_args__ = (
        UniqueConstraint("book_id", "first_day"),
        UniqueConstraint("book_id", "last_day"),
        CheckConstraint("first_day < last_day", name="days"),
        CheckConstraint("closing_id IS NULL OR closed_at IS NOT NULL", name="closing"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closing_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), default=None)
    """The entry that emptied classes 6 and 7; none when nothing was in them."""
