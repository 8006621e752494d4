"""Organisations and the roles persons hold in them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model


class OrganisationKind(StrEnum):
    """What an organisation is, in law or in custom."""

    ASSOCIATION = "association"
    AMAP = "amap"
    COMPANY = "company"
    COOPERATIVE = "cooperative"
    INDEPENDENT = "independent"
    COMMUNE = "commune"
    OTHER = "other"


class Role(StrEnum):
    """What a person does in an organisation."""

    COORDINATOR = "coordinator"
    TREASURER = "treasurer"
    SECRETARY = "secretary"
    PRODUCER = "producer"


class Organisation(Model):
    """A legal or customary body; it acts through the persons who hold a role in it."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('association', 'amap', 'company', 'cooperative', 'independent',"
            " 'commune', 'other')",
            name="kind",
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    siren: Mapped[str] = mapped_column(default="")
    """Nine digits (a company, a commune), checked; or empty."""
    siret: Mapped[str] = mapped_column(default="")
    """Fourteen digits of one establishment, checked; or empty."""
    rna: Mapped[str] = mapped_column(default="")
    """W and nine digits (an association), checked; or empty."""
    address: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    commune: Mapped[str] = mapped_column(default="")
    commune_insee: Mapped[str] = mapped_column(default="")
    """INSEE's code of its commune, when its name says which; see ``freeco.places.positions``."""
    latitude: Mapped[float | None] = mapped_column(default=None)
    """WGS 84 degrees, like the longitude: typed, or the centre of its commune."""
    longitude: Mapped[float | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    roles: Mapped[list["OrganisationRole"]] = relationship(
        init=False, repr=False, back_populates="organisation"
    )


class OrganisationRole(Model):
    """A person's role in an organisation."""

    __tablename__ = "organisation_role"
    __table_args__ = (UniqueConstraint("organisation_id", "person_id", "role"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), init=False)
    organisation: Mapped[Organisation] = relationship(repr=False, back_populates="roles")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    since: Mapped[datetime] = mapped_column(default_factory=now)
