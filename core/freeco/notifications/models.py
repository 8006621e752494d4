"""What is told to people, how they want it, and what waits to leave."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Community, Member


class Notice(Model):
    """Something a member was told, kept so that nothing depends on an e-mail."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("member_id", "key"),
        Index("ix_notice_member_id_created_at", "member_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    member: Mapped[Member] = relationship(repr=False, foreign_keys="Notice.member_id")
    topic: Mapped[str]
    key: Mapped[str]
    """What is told: telling it twice is telling it once."""
    subject: Mapped[str] = mapped_column(repr=False)
    body: Mapped[str] = mapped_column(repr=False)
    url: Mapped[str] = mapped_column(default="")
    """The page it is about, a path of this site."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it left, by itself or in a digest; none while it waits or when nothing was wanted."""
    said_at: Mapped[datetime | None] = mapped_column(default=None)
    """When somebody told it by phone."""
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)


class TopicChoice(Model):
    """When a member wants to hear of a topic, if not at its usual rhythm."""

    __tablename__ = "topic_choice"
    __table_args__ = (
        UniqueConstraint("member_id", "topic"),
        CheckConstraint("rhythm IN ('at_once', 'weekly', 'never')", name="rhythm"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    topic: Mapped[str]
    rhythm: Mapped[str]


class ChannelChoice(Model):
    """Whether a member agreed to be reached that way; without a row, e-mail yes, the rest no."""

    __tablename__ = "channel_choice"
    __table_args__ = (
        UniqueConstraint("member_id", "channel"),
        CheckConstraint("channel IN ('email', 'sms', 'push', 'phone')", name="channel"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    channel: Mapped[str]
    agreed: Mapped[bool]
    chosen_at: Mapped[datetime] = mapped_column(default_factory=now)


class PushDevice(Model):
    """A browser that a member lets the site wake: where to write, and with which keys."""

    __tablename__ = "push_device"
    __table_args__ = (UniqueConstraint("member_id", "endpoint"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    endpoint: Mapped[str] = mapped_column(repr=False)
    public_key: Mapped[str] = mapped_column(repr=False)
    """The browser's P-256 key (``p256dh``), base64url."""
    secret: Mapped[str] = mapped_column(repr=False)
    """The browser's authentication secret (``auth``), base64url."""
    name: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime] = mapped_column(default_factory=now)


class OutgoingSignal(Model):
    """A short message for a phone or a browser, written in the transaction that causes it."""

    __tablename__ = "outgoing_signal"
    __table_args__ = (
        Index("ix_outgoing_signal_waiting", "sent_at", "next_try_at"),
        CheckConstraint("channel IN ('sms', 'push')", name="channel"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    channel: Mapped[str]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    topic: Mapped[str]
    title: Mapped[str] = mapped_column(repr=False)
    url: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="", repr=False)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("push_device.id"), default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    next_try_at: Mapped[datetime] = mapped_column(default_factory=now)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    last_error: Mapped[str] = mapped_column(default="")


class SuppressedAddress(Model):
    """A stranger asked for no more invitations; only the hash of the address is kept."""

    __tablename__ = "suppressed_address"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    address_hash: Mapped[str] = mapped_column(unique=True, repr=False)
    since: Mapped[datetime] = mapped_column(default_factory=now)


class DigestTime(Model):
    """When a community's weekly letter leaves, if not on Sunday at 18:00 of its zone."""

    __tablename__ = "digest_time"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, unique=True)
    community: Mapped[Community] = relationship(repr=False)
    weekday: Mapped[int]
    """0 is Monday."""
    hour: Mapped[int]
    chosen_at: Mapped[datetime] = mapped_column(default_factory=now)


class Turn(Model):
    """A member's turn in a sweep that goes member by member, each in a short transaction."""

    __tablename__ = "turn"
    __table_args__ = (UniqueConstraint("member_id", "sweep", "slot"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    sweep: Mapped[str]
    slot: Mapped[int]
    """The day it is about, counted from the first of January of the year 1."""
    ran_at: Mapped[datetime] = mapped_column(default_factory=now)
