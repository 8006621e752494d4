"""The record's tables. What makes them trustworthy stands in ``guards/``: triggers on both engines.

No row but an opening holds anything of a person; openings may be deleted, nothing else may.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Community, Member


class RecordLog(Model):
    """The log of a community; it only grows."""

    __tablename__ = "record_log"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, unique=True)
    community: Mapped[Community] = relationship(repr=False)
    origin: Mapped[str] = mapped_column(unique=True)
    """Its name for ever, whatever its address becomes: ``freeco.example/lavergne/registre``."""
    size: Mapped[int] = mapped_column(default=0)
    """How many entries have their place."""
    opened_at: Mapped[datetime] = mapped_column(default_factory=now)


class RecordKey(Model):
    """A public key of a log, and which checkpoints it signs; the secret is kept in a file."""

    __tablename__ = "record_key"
    __table_args__ = (UniqueConstraint("log_id", "verifier"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    log_id: Mapped[int] = mapped_column(ForeignKey("record_log.id"), init=False)
    log: Mapped[RecordLog] = relationship(repr=False)
    verifier: Mapped[str]
    """As a vkey: ``origin+1234abcd+base64``."""
    from_size: Mapped[int] = mapped_column(default=0)
    """The smallest checkpoint it signs."""
    to_size: Mapped[int | None] = mapped_column(default=None)
    """The largest: that of its change, which the next key signs too; none while in force."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class RecordEntry(Model):
    """A statement, written in the transaction that caused it; its place comes afterwards."""

    __tablename__ = "record_entry"
    __table_args__ = (
        UniqueConstraint("log_id", "key"),
        UniqueConstraint("log_id", "leaf_index"),
        Index(
            "ix_record_entry_waiting",
            "log_id",
            "id",
            sqlite_where=text("leaf_index IS NULL"),
            postgresql_where=text("leaf_index IS NULL"),
        ),
        Index("ix_record_entry_read", "log_id", "kind", "day"),
        Index("ix_record_entry_days", "log_id", "day", "leaf_index"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    log_id: Mapped[int] = mapped_column(ForeignKey("record_log.id"), init=False)
    log: Mapped[RecordLog] = relationship(repr=False)
    reference: Mapped[str] = mapped_column(unique=True)
    """Random, 32 hexadecimal digits; it stands in the statement."""
    key: Mapped[str]
    """What was stated, for ever: ``charter_acceptance:12``; never shown."""
    kind: Mapped[str]
    day: Mapped[date]
    entry: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    """Canonical JSON, exactly as it is hashed and served."""
    leaf: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    """32 bytes."""
    stated_at: Mapped[datetime] = mapped_column(default_factory=now)
    leaf_index: Mapped[int | None] = mapped_column(default=None)
    """Its place, from 0 without gaps; none until the sequencer has passed."""


class RecordOpening(Model):
    """Salt and fields behind a sealed value. Deleting it makes what was sealed unfindable."""

    __tablename__ = "record_opening"
    __table_args__ = (UniqueConstraint("entry_id", "name"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("record_entry.id"), init=False)
    entry: Mapped[RecordEntry] = relationship(repr=False)
    name: Mapped[str]
    """As in the statement's ``sealed``."""
    salt: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, repr=False)
    member_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, default=None, index=True
    )
    member: Mapped[Member | None] = relationship(repr=False, default=None)
    """Whom it concerns; none for what belongs to all parties of the statement."""


class RecordTile(Model):
    """A row of at most 256 hashes of the tree; it grows at its end, and never changes before it."""

    __tablename__ = "record_tile"

    log_id: Mapped[int] = mapped_column(ForeignKey("record_log.id"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary, repr=False)


class RecordCheckpoint(Model):
    """A signed head of a log, kept for ever."""

    __tablename__ = "record_checkpoint"
    __table_args__ = (UniqueConstraint("log_id", "size"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    log_id: Mapped[int] = mapped_column(ForeignKey("record_log.id"), init=False)
    log: Mapped[RecordLog] = relationship(repr=False)
    size: Mapped[int]
    root: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    note: Mapped[str] = mapped_column(repr=False)
    """The signed note, without its witnesses."""
    signed_at: Mapped[datetime] = mapped_column(default_factory=now)


class RecordCosignature(Model):
    """A witness's signature on one of our checkpoints."""

    __tablename__ = "record_cosignature"
    __table_args__ = (UniqueConstraint("checkpoint_id", "witness"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("record_checkpoint.id"), init=False)
    checkpoint: Mapped[RecordCheckpoint] = relationship(repr=False)
    witness: Mapped[str]
    """Its public key, as a vkey."""
    line: Mapped[str] = mapped_column(repr=False)
    """The signature line, with its newline."""
    given_at: Mapped[datetime]
    """As the witness says it."""


class WatchedLog(Model):
    """Somebody else's log that this instance witnesses, as it last saw it."""

    __tablename__ = "watched_log"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    origin: Mapped[str] = mapped_column(unique=True)
    verifier: Mapped[str]
    """Its public key, as a vkey."""
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    """Others' logs may be larger than a community's ever will."""
    root: Mapped[bytes | None] = mapped_column(LargeBinary, repr=False, default=None)
    note: Mapped[str] = mapped_column(repr=False, default="")
    """The last checkpoint that was co-signed, with the log's signature."""
    seen_at: Mapped[datetime | None] = mapped_column(default=None)


class RecordAlarm(Model):
    """A log was caught showing two histories, or a shorter one: who found out, and the proof."""

    __tablename__ = "record_alarm"
    __table_args__ = (UniqueConstraint("origin", "kind", "digest"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    origin: Mapped[str] = mapped_column(index=True)
    """Whose log: ours or one that we witness."""
    kind: Mapped[str]
    """``split``, ``shrunken``, ``rewritten``."""
    found_by: Mapped[str]
    """The name of the witness, or ours."""
    digest: Mapped[str]
    """SHA-256 of the evidence: the same is told once."""
    evidence: Mapped[str] = mapped_column(repr=False)
    """The signed notes that contradict each other, one after the other."""
    found_at: Mapped[datetime] = mapped_column(default_factory=now)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the stewards were told."""


class ParameterChange(Model):
    """A number or a rule of the community was changed: from what, to what, by which decision."""

    __tablename__ = "parameter_change"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, index=True)
    community: Mapped[Community] = relationship(repr=False)
    name: Mapped[str]
    """Which: ``threshold.direct_sales``, ``charter.version``."""
    before: Mapped[str]
    """As a code; empty when it had none."""
    after: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    """In the words of whoever changed it; not in the record."""
    decided: Mapped[str] = mapped_column(default="")
    """The decision behind it, as ``module:kind:id``; empty when none was taken here."""
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("record_entry.id"), default=None)
    changed_at: Mapped[datetime] = mapped_column(default_factory=now)
