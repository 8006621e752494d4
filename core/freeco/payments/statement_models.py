"""Bank statements: what an account's bank wrote, and what each line of it turned out to be.

A label holds the payers' words: personal data. It never enters the books, and is erased
``KEPT_DAYS`` after its line was dealt with (see ``statements.forget_words``); day, amount and
fingerprint stay, so that the same line seen again is known.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments.debit_models import DebitCollection
from freeco.payments.models import Payment, RemittanceSlip


class LineState(StrEnum):
    """What became of a line."""

    OPEN = "open"
    MATCHED = "matched"
    ASIDE = "aside"
    """Nothing that is expected here: a fee, a payout, an expense."""


class Match(StrEnum):
    """What a matched line says of its payment."""

    PAID = "paid"
    RETURNED = "returned"


class Aside(StrEnum):
    """Why a line is left aside."""

    FEE = "fee"
    PAYOUT = "payout"
    """The card provider's payout: its payments are known one by one already."""
    OWN = "own"
    """Between two accounts of the same organisation."""
    EXPENSE = "expense"
    KNOWN = "known"
    """Already noted by hand."""
    OTHER = "other"


class BankStatement(Model):
    """A file of the bank, taken whole or not at all."""

    __tablename__ = "bank_statement"
    __table_args__ = (Index("ix_bank_statement_organisation", "community_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), init=False)
    organisation: Mapped[Organisation] = relationship(repr=False)
    """Whose account it is."""
    kind: Mapped[str]
    """``table`` or ``camt.053.001.08``."""
    first_day: Mapped[date]
    last_day: Mapped[date]
    line_count: Mapped[int]
    """Lines in the file, those that were known already included."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False)
    by: Mapped[Member | None] = relationship(repr=False)
    at: Mapped[datetime] = mapped_column(default_factory=now)
    own: Mapped[bool] = mapped_column(default=False)
    """Brought by who keeps the organisation's money: its lines are for those alone, since an
    account shows more than what is paid here."""


class BankLine(Model):
    """A movement of an account, once, whatever the number of files that show it."""

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("community_id", "organisation_id", "fingerprint"),
        UniqueConstraint("payment_id", "match"),
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("state IN ('open', 'matched', 'aside')", name="state"),
        CheckConstraint(
            "(CASE WHEN payment_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN slip_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN collection_id IS NULL THEN 0 ELSE 1 END)"
            " = (CASE WHEN state = 'matched' THEN 1 ELSE 0 END)",
            name="one_thing",
        ),
        Index("ix_bank_line_open", "community_id", "organisation_id", "state", "day"),
        Index("ix_bank_line_fingerprint", "fingerprint"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), init=False)
    organisation: Mapped[Organisation] = relationship(repr=False)
    statement_id: Mapped[int] = mapped_column(
        ForeignKey("bank_statement.id"), init=False, index=True
    )
    statement: Mapped[BankStatement] = relationship(repr=False)
    sequence: Mapped[int]
    """Its number in the file it was first seen in, from 1."""
    day: Mapped[date]
    amount: Mapped[Money]
    """Positive when money came in."""
    label: Mapped[str] = mapped_column(repr=False)
    """The bank's and the payer's words as given; erased some time after."""
    fingerprint: Mapped[str] = mapped_column(repr=False)
    """What makes it the same line in another file; drawn with the site's key."""
    return_code: Mapped[str] = mapped_column(default="")
    """Why a debit came back, as the bank codes it: ``AC04``."""
    state: Mapped[str] = mapped_column(default=LineState.OPEN)
    match: Mapped[str | None] = mapped_column(default=None)
    payment_id: Mapped[int | None] = mapped_column(
        ForeignKey("payment.id"), init=False, default=None
    )
    payment: Mapped[Payment | None] = relationship(repr=False, default=None)
    slip_id: Mapped[int | None] = mapped_column(
        ForeignKey("remittance_slip.id"), init=False, default=None, unique=True
    )
    slip: Mapped[RemittanceSlip | None] = relationship(repr=False, default=None)
    collection_id: Mapped[int | None] = mapped_column(
        ForeignKey("debit_collection.id"), init=False, default=None, unique=True
    )
    collection: Mapped[DebitCollection | None] = relationship(repr=False, default=None)
    noted: Mapped[bool] = mapped_column(default=False)
    """Whether matching it moved the payment, rather than finding it noted already."""
    aside: Mapped[str | None] = mapped_column(default=None)
    dealt_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, default=None
    )
    dealt_by: Mapped[Member | None] = relationship(repr=False, default=None)
    dealt_at: Mapped[datetime | None] = mapped_column(default=None)


class RefusedMatch(Model):
    """A proposal that somebody refused: it is not made again."""

    __tablename__ = "bank_refused_match"

    line_id: Mapped[int] = mapped_column(ForeignKey("bank_line.id"), primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    """``payment:12``, ``slip:3``, ``collection:2``."""
