"""How an organisation is paid and invoices: its bank account, its VAT, its mandates."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.db import Model
from freeco.members.models import Member
from freeco.organisations.models import Organisation


class VatRegime(StrEnum):
    """What an organisation does about VAT."""

    FRANCHISE = "franchise"
    """Not charged: CGI art. 293 B."""
    CHARGED = "charged"
    OUTSIDE = "outside"
    """An association or a commune outside VAT: CGI art. 261, 7-1°, 256 B."""


class Billing(Model):
    """An organisation's way of being paid and of invoicing; none until somebody has said it."""

    __tablename__ = "organisation_billing"
    __table_args__ = (
        CheckConstraint("vat_regime IN ('franchise', 'charged', 'outside')", name="vat_regime"),
    )

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), init=False, primary_key=True
    )
    organisation: Mapped[Organisation] = relationship(repr=False)
    iban: Mapped[str] = mapped_column(default="")
    """Without spaces, its check digits verified; or empty."""
    bic: Mapped[str] = mapped_column(default="")
    vat_regime: Mapped[str] = mapped_column(default=VatRegime.FRANCHISE)
    vat_number: Mapped[str] = mapped_column(default="")
    """FR and eleven digits, checked; or empty."""
    creditor_identifier: Mapped[str] = mapped_column(default="")
    """ICS, the bank's number for SEPA direct debits; or empty."""
    self_billing_since: Mapped[date | None] = mapped_column(default=None)
    """From when the platform may issue invoices in its name: a written and prior mandate (CGI
    art. 289 I-2, annex II art. 242 nonies)."""
    self_billing_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False)
    self_billing_by: Mapped[Member | None] = relationship(repr=False, default=None)
    """Who gave that mandate in its name."""
    gift_receipts_since: Mapped[date | None] = mapped_column(default=None)
    """From when it may issue receipts that lower a tax; off until it has proved it."""
    gift_receipts_proof: Mapped[str] = mapped_column(default="")
    """Reference and day of the rescrit (LPF art. L80 C) or of the decision it rests on."""
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
