"""Votes by tokens: their signers, who got a token, ballots that wait, and the board.

Who got a token stands beside what was signed, which says nothing of the token itself. Ballots have
no time, no address and no member; those that wait have no order either.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.models import Model
from freeco_project_decisions.polls.models import Elector, Poll


class TokenPoll(Model):
    """A poll whose ballots come with tokens."""

    __tablename__ = "project_decisions_token_poll"

    poll_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_poll.id"), init=False, primary_key=True
    )
    poll: Mapped[Poll] = relationship(repr=False)
    identifier: Mapped[str] = mapped_column(unique=True)
    """Its name outside: nobody guesses it, and who knows it finds the ballot box."""
    casts_from: Mapped[datetime]
    """When tokens are no longer given, and ballots are taken."""
    setup: Mapped[str] = mapped_column(default="")
    """What was fixed before the first token, to the letter (``setups.Setup``)."""
    page: Mapped[bytes] = mapped_column(LargeBinary, default=b"", deferred=True, repr=False)
    """The page one saves to vote from without network, to the byte; empty before the opening."""
    issued: Mapped[bool] = mapped_column(default=False)
    """Whether the tokens are out: the site's key is destroyed, and their digests are published."""
    signers: Mapped[list["TokenSigner"]] = relationship(
        init=False, repr=False, back_populates="votes", order_by="TokenSigner.place"
    )


class TokenSigner(Model):
    """Who signs the tokens of a poll: a token needs the signature of each."""

    __tablename__ = "project_decisions_token_signer"
    __table_args__ = (
        UniqueConstraint("poll_id", "place"),
        UniqueConstraint("poll_id", "key"),
        CheckConstraint("place >= 1", name="place"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    poll_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_token_poll.poll_id"), init=False
    )
    votes: Mapped[TokenPoll] = relationship(repr=False, back_populates="signers")
    place: Mapped[int]
    name: Mapped[str]
    key: Mapped[bytes] = mapped_column(LargeBinary)
    """The public key: SubjectPublicKeyInfo."""
    private: Mapped[str] = mapped_column(default="", repr=False)
    """The site's own key, locked by the site's secret; empty for others, and once destroyed."""
    own: Mapped[bool] = mapped_column(default=False)
    """Whether the site signs with it."""


class TokenIssue(Model):
    """What a signer signed for an elector, without seeing the token."""

    __tablename__ = "project_decisions_token_issue"
    __table_args__ = (UniqueConstraint("elector_id", "signer_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    elector_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_elector.id"), init=False)
    elector: Mapped[Elector] = relationship(repr=False)
    signer_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_token_signer.id"), init=False, index=True
    )
    signer: Mapped[TokenSigner] = relationship(repr=False)
    blinded: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """None while a sister cooperative has not signed yet."""


class TokenBallot(Model):
    """A ballot that waits for the end of the vote.

    Without a row number on SQLite: nothing says in which order ballots came.
    """

    __tablename__ = "project_decisions_token_ballot"
    __table_args__ = (
        Index("ix_project_decisions_token_ballot_token", "poll_id", "token"),
        {"sqlite_with_rowid": False},
    )

    sha256: Mapped[str] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_token_poll.poll_id"))
    token: Mapped[str]
    """The token's number."""
    serial: Mapped[int]
    tracker: Mapped[str]
    text: Mapped[str]


class TokenLine(Model):
    """A line of the board, for ever (``boards.Line``)."""

    __tablename__ = "project_decisions_token_line"
    __table_args__ = (
        Index("ix_project_decisions_token_line_token", "poll_id", "token"),
        Index("ix_project_decisions_token_line_tracker", "poll_id", "tracker"),
        CheckConstraint("place >= 1", name="place"),
    )

    poll_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_token_poll.poll_id"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    text: Mapped[str]
    sha256: Mapped[str]
    token: Mapped[str] = mapped_column(default="")
    """For a ballot: the number of its token, its own number, and with what it is found."""
    serial: Mapped[int] = mapped_column(default=0)
    tracker: Mapped[str] = mapped_column(default="")
