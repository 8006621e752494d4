"""Direct debits: what payers signed, what was announced to them and sent to the bank.

Sources: EPC016 (SDD Core rulebook) and the regulation (EU) 260/2012; the times to contest are
those of art. L133-24 and L133-25-1 of the Code monétaire et financier.
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
from freeco.payments.models import Payment

USUAL_NOTICE_DAYS = 14
"""How long before a debit its payer is told, unless a shorter time was agreed (EPC016, 4.1)."""


class MandateKind(StrEnum):
    """What a mandate allows."""

    RECURRENT = "recurrent"
    ONCE = "once"


class CollectionState(StrEnum):
    """Where a collection is."""

    ANNOUNCED = "announced"
    SENT = "sent"
    """Its file was made: its payments are on their way."""
    CREDITED = "credited"
    """The money came; payments may still be returned one by one."""
    DROPPED = "dropped"


class ItemState(StrEnum):
    """Where one debit of a collection is."""

    ANNOUNCED = "announced"
    SENT = "sent"
    CREDITED = "credited"
    RETURNED = "returned"


class DebitMandate(Model):
    """A payer's signed permission; its IBAN is sealed, and only its end is ever shown."""

    __tablename__ = "debit_mandate"
    __table_args__ = (
        UniqueConstraint("organisation_id", "reference"),
        CheckConstraint("kind IN ('recurrent', 'once')", name="kind"),
        CheckConstraint("notice_days BETWEEN 1 AND 60", name="notice_days"),
        Index("ix_debit_mandate_payer", "community_id", "organisation_id", "payer"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), init=False)
    organisation: Mapped[Organisation] = relationship(repr=False)
    """The creditor."""
    payer: Mapped[str]
    """A party: see ``freeco.payments.parties``."""
    reference: Mapped[str]
    """RUM, unique for its creditor; at most 35 plain signs."""
    holder: Mapped[str] = mapped_column(repr=False)
    """Whose account it is, as the bank knows them; emptied when the mandate is forgotten."""
    iban_sealed: Mapped[str] = mapped_column(repr=False)
    iban_end: Mapped[str]
    """The last four signs, to recognise it."""
    kind: Mapped[str]
    signed_on: Mapped[date]
    notice_days: Mapped[int] = mapped_column(default=USUAL_NOTICE_DAYS)
    revoked_on: Mapped[date | None] = mapped_column(default=None)
    last_used_on: Mapped[date | None] = mapped_column(default=None)
    """A mandate unused for 36 months is void (EPC016)."""
    at: Mapped[datetime] = mapped_column(default_factory=now)


class DebitCollection(Model):
    """What an organisation collects in one file on one day."""

    __tablename__ = "debit_collection"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        CheckConstraint("state IN ('announced', 'sent', 'credited', 'dropped')", name="state"),
        Index("ix_debit_collection_organisation", "community_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), init=False)
    organisation: Mapped[Organisation] = relationship(repr=False)
    number: Mapped[int]
    """1, 2, 3 … for its organisation; names the file, so that a bank refuses it twice."""
    collects_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=CollectionState.ANNOUNCED)
    announced_at: Mapped[datetime] = mapped_column(default_factory=now)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    items: Mapped[list["DebitItem"]] = relationship(
        init=False, repr=False, back_populates="collection", order_by="DebitItem.id"
    )


class DebitItem(Model):
    """One payment of a collection; a payment is in one collection at most, for ever."""

    __tablename__ = "debit_item"
    __table_args__ = (
        CheckConstraint("state IN ('announced', 'sent', 'credited', 'returned')", name="state"),
        CheckConstraint("sequence IN ('RCUR', 'OOFF')", name="sequence"),
        CheckConstraint("fee >= 0", name="fee"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    collection_id: Mapped[int] = mapped_column(
        ForeignKey("debit_collection.id"), init=False, index=True
    )
    collection: Mapped[DebitCollection] = relationship(repr=False, back_populates="items")
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), init=False, unique=True)
    payment: Mapped[Payment] = relationship(repr=False)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("debit_mandate.id"), init=False, index=True)
    mandate: Mapped[DebitMandate] = relationship(repr=False)
    sequence: Mapped[str] = mapped_column(default="RCUR")
    state: Mapped[str] = mapped_column(default=ItemState.ANNOUNCED)
    returned_on: Mapped[date | None] = mapped_column(default=None)
    return_code: Mapped[str] = mapped_column(default="")
    fee: Mapped[Money] = mapped_column(default=Money(0))
    """What the bank charged for the return."""
    after_refund: Mapped[bool] = mapped_column(default=False)
    """Whether it came back after it had been given back: the money left twice."""
    noted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, default=None
    )
    noted_by: Mapped[Member | None] = relationship(repr=False, default=None)
