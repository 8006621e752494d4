"""Sealed polls: who opens the sum, the codes, the box where ballots wait, and the file.

No row of a ballot or of a code knows a member, an hour or a rank: their keys are digests, and on
SQLite their tables have no hidden row number either. What could be read from the order in which
rows were written is one row in itself (codes), or is taken away with the batch (ballots).
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Member, Model
from freeco_project_decisions.polls.models import Poll

POLL = "project_decisions_poll.id"
"""A draft that is thrown away takes its keys and codes along; what was opened is never deleted."""


class Way(StrEnum):
    """How codes reach voters without anybody linking the two."""

    AUTHORITY = "authority"
    """Another cooperative makes them and hands them out; this site sees the public halves only."""
    ENVELOPES = "envelopes"
    """Printed one a sheet, drawn at random by electors who sign the attendance sheet."""
    SITE = "site"
    """Each elector's browser makes its own, before the poll opens."""


class TrusteeGroup(Model):
    """Who opens what was sealed, and how many of them are enough."""

    __tablename__ = "project_decisions_trustee_group"
    __table_args__ = (CheckConstraint("threshold >= 1", name="threshold"),)

    poll_id: Mapped[int] = mapped_column(
        ForeignKey(POLL, ondelete="CASCADE"), init=False, primary_key=True
    )
    poll: Mapped[Poll] = relationship(repr=False)
    identifier: Mapped[str] = mapped_column(unique=True)
    """Drawn anew each time the rounds begin again: a part of before serves no more."""
    threshold: Mapped[int] = mapped_column(default=2)
    text: Mapped[str] = mapped_column(default="", repr=False)
    """The trustees as they are published, once every key is there; then nothing changes."""
    election: Mapped[str] = mapped_column(default="", repr=False)
    """Where whole ballots are opened (``tokens``): the election their key is of, as text."""
    sums: Mapped[str] = mapped_column(default="", repr=False)
    """And what is to be opened, as sealed sums are written; empty before."""
    trustees: Mapped[list["Trustee"]] = relationship(
        init=False,
        repr=False,
        back_populates="group",
        order_by="Trustee.place",
        passive_deletes=True,
    )


class Trustee(Model):
    """Somebody who holds a key, or a part of one; its secret never comes here."""

    __tablename__ = "project_decisions_trustee"
    __table_args__ = (
        UniqueConstraint("group_id", "place"),
        UniqueConstraint("group_id", "member_id"),
        CheckConstraint("place >= 1", name="place"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_trustee_group.poll_id", ondelete="CASCADE"), init=False
    )
    group: Mapped[TrusteeGroup] = relationship(repr=False, back_populates="trustees")
    place: Mapped[int]
    """Their number in the file, from 1."""
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member | None] = relationship(repr=False, default=None)
    """A person of this community; none for somebody of another organisation, or once erased."""
    name: Mapped[str] = mapped_column(default="")
    """The organisation that was asked, for those who are no member."""
    email: Mapped[str] = mapped_column(default="", repr=False)
    token_sha256: Mapped[str | None] = mapped_column(default=None, unique=True, repr=False)
    """Of the link by which they come in."""
    certificate: Mapped[str] = mapped_column(default="", repr=False)
    coefficients: Mapped[str] = mapped_column(default="", repr=False)
    parts: Mapped[str] = mapped_column(default="", repr=False)
    """What they hand to each of the others, locked with that one's key; JSON, by place."""
    key: Mapped[str] = mapped_column(default="", repr=False)
    opening: Mapped[str] = mapped_column(default="", repr=False)
    """What they made of the sealed sums, with its proofs."""
    invited_at: Mapped[datetime] = mapped_column(default_factory=now)
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def label(self) -> str:
        """How they are named on screens."""
        return self.member.name if self.member is not None else self.name


class SealedPoll(Model):
    """What a poll has more when its ballots are sealed; each field is fixed when it opens."""

    __tablename__ = "project_decisions_sealed_poll"
    __table_args__ = (
        CheckConstraint("way IN ('authority', 'envelopes', 'site')", name="way"),
        CheckConstraint("batches >= 0", name="batches"),
        CheckConstraint("code_rounds >= 0", name="code_rounds"),
    )

    poll_id: Mapped[int] = mapped_column(
        ForeignKey(POLL, ondelete="CASCADE"), init=False, primary_key=True
    )
    poll: Mapped[Poll] = relationship(repr=False)
    identifier: Mapped[str] = mapped_column(unique=True)
    """The election's, of letters and figures: codes are made for it."""
    way: Mapped[str]
    authority: Mapped[str] = mapped_column(default="")
    """Which cooperative hands out the codes."""
    announced_at: Mapped[datetime | None] = mapped_column(default=None)
    """When its electors were noted; codes are made for their number."""
    code_rounds: Mapped[int] = mapped_column(default=0)
    """How often codes were begun for a list: once, and again each time they were forgotten."""
    election: Mapped[str] = mapped_column(default="", repr=False)
    setup: Mapped[str] = mapped_column(default="", repr=False)
    page: Mapped[bytes] = mapped_column(LargeBinary, default=b"", deferred=True, repr=False)
    """The page one may save and vote from without network; its SHA-256 is in the record."""
    page_sha256: Mapped[str] = mapped_column(default="")
    began: Mapped[int] = mapped_column(default=0)
    """When it opened, in seconds since 1970: the only hour in its file."""
    last_event: Mapped[str] = mapped_column(default="", repr=False)
    batches: Mapped[int] = mapped_column(default=0)
    """How many times ballots were published."""
    tally: Mapped[str] = mapped_column(default="", repr=False)
    """The sealed sums, as they are published."""
    ballots: Mapped[int | None] = mapped_column(default=None)
    """How many count, once it is closed."""
    alarm: Mapped[str] = mapped_column(default="")
    """Why the file was refused by our own verifier; nothing is decided then."""
    result: Mapped[str] = mapped_column(default="")
    """What the sums opened to, as it is published."""
    archive_sha256: Mapped[str] = mapped_column(default="")
    """Of the whole file, once the result is in it."""


class SealedCodes(Model):
    """The public halves of all codes in one row, sorted: nothing says who came before whom."""

    __tablename__ = "project_decisions_sealed_codes"

    poll_id: Mapped[int] = mapped_column(
        ForeignKey(POLL, ondelete="CASCADE"), init=False, primary_key=True
    )
    poll: Mapped[Poll] = relationship(repr=False)
    halves: Mapped[bytes] = mapped_column(LargeBinary, default=b"", repr=False)
    registered: Mapped[bytes] = mapped_column(LargeBinary, default=b"", repr=False)
    """One bit for each elector, in the order of their numbers: who made a code on this site."""


class WaitingBallot(Model):
    """A ballot that was acknowledged and is not published yet; then it goes."""

    __tablename__ = "project_decisions_waiting_ballot"
    __table_args__ = (
        UniqueConstraint("poll_id", "credential", "turn"),
        UniqueConstraint("poll_id", "choices"),
        {"sqlite_with_rowid": False},
    )

    poll_id: Mapped[int] = mapped_column(ForeignKey(POLL), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    """Of its text: the tracker, written otherwise."""
    credential: Mapped[str]
    """Digest of the public half."""
    turn: Mapped[int]
    """Which of those that wait for this credential: the last one counts."""
    choices: Mapped[str]
    """Digest of what is sealed in it: nobody copies it."""
    text: Mapped[str]


class PublishedBallot(Model):
    """A ballot that stands in the file."""

    __tablename__ = "project_decisions_published_ballot"
    __table_args__ = (
        UniqueConstraint("poll_id", "choices"),
        {"sqlite_with_rowid": False},
    )

    poll_id: Mapped[int] = mapped_column(ForeignKey(POLL), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    credential: Mapped[str]
    choices: Mapped[str]
    batch: Mapped[int]


class ArchivePiece(Model):
    """A piece of the file, as it was published; pieces are only ever added."""

    __tablename__ = "project_decisions_archive_piece"

    poll_id: Mapped[int] = mapped_column(ForeignKey(POLL), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
