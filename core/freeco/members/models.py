"""Communities, the persons who belong to them, and what they may do."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.organisations.models import Organisation

STEWARD = "core.steward"
"""Permission of those who look after a community: invitations, thresholds, pauses, roles."""
TREASURER = "core.treasurer"
"""Permission of those who keep a community's payments: cheques held, transfers matched."""


class Admission(StrEnum):
    """How a community lets people in, besides the charter."""

    OPEN = "open"
    INVITATION = "invitation"
    DOMAIN = "domain"


class Territory(Model):
    """A group of communities that may count their members together."""

    __tablename__ = "territory"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Community(Model):
    """A circle with its own members: a territory's people, or a closed circle."""

    __tablename__ = "community"
    __table_args__ = (
        CheckConstraint("admission IN ('open', 'invitation', 'domain')", name="admission"),
        CheckConstraint("rehearsal_of_id IS NULL OR admission = 'invitation'", name="rehearsal"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    commune: Mapped[str] = mapped_column(default="")
    presentation: Mapped[str] = mapped_column(default="")
    timezone: Mapped[str] = mapped_column(default="Europe/Paris")
    admission: Mapped[str] = mapped_column(default=Admission.OPEN)
    email_domain: Mapped[str] = mapped_column(default="")
    """For ``domain``: the part after @ of the addresses it admits, in lower case."""
    commune_insee: Mapped[str] = mapped_column(default="")
    """INSEE's code of its commune, when its name says which; see ``freeco.places.positions``."""
    latitude: Mapped[float | None] = mapped_column(default=None)
    """WGS 84 degrees, like the longitude: typed, or the centre of its commune."""
    longitude: Mapped[float | None] = mapped_column(default=None)
    territory_id: Mapped[int | None] = mapped_column(
        ForeignKey("territory.id"), default=None, index=True
    )
    territory: Mapped[Territory | None] = relationship(default=None, repr=False, init=False)
    rehearsal_of_id: Mapped[int | None] = mapped_column(
        ForeignKey("community.id"), default=None, unique=True
    )
    """The community whose stewards try things out here; nothing is true, nothing leaves."""

    @hybrid_property
    def rehearsal(self) -> bool:
        """Whether this is a rehearsal: invented people, letters that never leave."""
        return self.rehearsal_of_id is not None

    @rehearsal.inplace.expression
    @classmethod
    def _rehearsal(cls) -> ColumnElement[bool]:
        return cls.rehearsal_of_id.is_not(None)

    @property
    def is_closed(self) -> bool:
        """Whether strangers must not even learn that it exists."""
        return self.admission != Admission.OPEN


class Person(Model):
    """One human being, with one account or, without e-mail, served by a proxy."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True, default=None)
    """In lower case; none for a person served by a proxy, and after erasure."""
    phone: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    commune: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="fr")
    password_hash: Mapped[str | None] = mapped_column(default=None, repr=False)
    session_number: Mapped[int] = mapped_column(default=1)
    """Raised to sign out everywhere: a cookie with a lower number is worth nothing."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    erased_at: Mapped[datetime | None] = mapped_column(default=None)
    proxy_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None, index=True)
    """Who acts for a person without e-mail."""
    proxy: Mapped["Person | None"] = relationship(
        init=False, default=None, repr=False, remote_side="Person.id"
    )

    @property
    def name(self) -> str:
        """First and last name, as people say it."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def sorting_name(self) -> str:
        """Last name first, as a printed list needs it."""
        return f"{self.last_name} {self.first_name}".strip()


class Member(Model):
    """A person, or an organisation, in one community. Never deleted, only anonymised."""

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("community_id", "person_id"),
        UniqueConstraint("community_id", "organisation_id"),
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="one_of_two"),
        Index("ix_member_counted", "community_id", "left_at"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), init=False, index=True)
    person: Mapped[Person | None] = relationship(repr=False, default=None)
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), init=False, index=True
    )
    organisation: Mapped[Organisation | None] = relationship(repr=False, default=None)
    joined_at: Mapped[datetime] = mapped_column(default_factory=now)
    left_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def name(self) -> str:
        """The name of the person or organisation."""
        if self.person is not None:
            return self.person.name
        return self.organisation.name if self.organisation is not None else ""


class PermissionGrant(Model):
    """A permission held by a member of a community."""

    __tablename__ = "permission_grant"
    __table_args__ = (UniqueConstraint("member_id", "permission"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    member: Mapped[Member] = relationship(repr=False)
    permission: Mapped[str]
    granted_at: Mapped[datetime] = mapped_column(default_factory=now)


class Household(Model):
    """People who share one table: one subscription, several persons."""

    __tablename__ = "household"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, index=True)
    community: Mapped[Community] = relationship(repr=False)
    name: Mapped[str]
    people: Mapped[list["HouseholdMember"]] = relationship(
        init=False, repr=False, back_populates="household", order_by="HouseholdMember.id"
    )


class HouseholdMember(Model):
    """A member's place in a household; a member belongs to one household of a community."""

    __tablename__ = "household_member"
    __table_args__ = (UniqueConstraint("member_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), init=False, index=True)
    household: Mapped[Household] = relationship(repr=False, back_populates="people")
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    member: Mapped[Member] = relationship(repr=False)


class Invitation(Model):
    """A named way into a community, sent by e-mail; only the hash of its secret is kept."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, index=True)
    community: Mapped[Community] = relationship(repr=False)
    email: Mapped[str] = mapped_column(index=True)
    """In lower case."""
    secret_hash: Mapped[str] = mapped_column(unique=True, repr=False)
    expires_at: Mapped[datetime]
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    invited_by: Mapped[Member] = relationship(repr=False)
    household_id: Mapped[int | None] = mapped_column(
        ForeignKey("household.id"), init=False, default=None
    )
    household: Mapped[Household | None] = relationship(repr=False, default=None)
    """The household the invited person will share, if any."""
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    """Who opened its link and took it; they accept the charter next."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)


class OneTimeLink(Model):
    """A link that works once: to confirm an address, to sign in, or to change address."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), init=False, index=True)
    person: Mapped[Person] = relationship(repr=False)
    secret_hash: Mapped[str] = mapped_column(unique=True, repr=False)
    purpose: Mapped[str]
    email: Mapped[str]
    """The address it was sent to: using the link proves that the person reads it."""
    expires_at: Mapped[datetime]
    next_page: Mapped[str] = mapped_column(default="")
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class Agreement(Model):
    """Two members have agreed on something, and may see how to reach each other."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("one_id", "other_id", "about"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    one: Mapped[Member] = relationship(repr=False, foreign_keys="Agreement.one_id")
    other_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    other: Mapped[Member] = relationship(repr=False, foreign_keys="Agreement.other_id")
    about: Mapped[str]
    """What they agreed on, as ``module:kind:id``."""
    agreed_at: Mapped[datetime] = mapped_column(default_factory=now)


class Attempt(Model):
    """Counted attempts at something guessable, in one window of time."""

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("subject", "window_start"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    subject: Mapped[str]
    """What is bounded, such as ``sign-in:`` and the keyed hash of an address."""
    window_start: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=0)
