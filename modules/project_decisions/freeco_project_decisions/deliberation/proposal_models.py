"""Proposals, their numbered paragraphs, amendments, and objections raised before the vote."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Community, Member, Model
from freeco_project_decisions.deliberation.discussion_models import Discussion
from freeco_project_decisions.polls.models import Poll


class Stage(StrEnum):
    """Where a proposal stands."""

    DRAFT = "draft"
    """Only its authors read it."""
    AMENDING = "amending"
    """Anybody proposes amendments and objects."""
    SETTLED = "settled"
    """No more amendments; it waits for its vote."""
    VOTING = "voting"
    """Put to the vote: nothing changes any more."""
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Proposal(Model):
    """What could be decided, paragraph by paragraph."""

    __tablename__ = "project_decisions_proposal"
    __table_args__ = (
        CheckConstraint(
            "stage IN ('draft', 'amending', 'settled', 'voting', 'decided', 'withdrawn')",
            name="stage",
        ),
        CheckConstraint("extension_days >= 0", name="extension"),
        UniqueConstraint("poll_id"),
        Index("ix_project_decisions_proposal_due", "stage", "amend_until"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, index=True)
    community: Mapped[Community] = relationship(repr=False)
    discussion_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_discussion.id"), init=False, index=True
    )
    discussion: Mapped[Discussion | None] = relationship(repr=False)
    title: Mapped[str]
    text: Mapped[str]
    """Why: what stands before the paragraphs."""
    about: Mapped[str] = mapped_column(default="", index=True)
    """``charter``, or what it is about as ``module:kind:id``."""
    stage: Mapped[str] = mapped_column(default=Stage.DRAFT)
    amend_until: Mapped[datetime | None] = mapped_column(default=None)
    """Until when amendments come; announced, and past once the stage is over."""
    vote_on: Mapped[datetime | None] = mapped_column(default=None)
    """When its vote is announced to open."""
    extension_days: Mapped[int] = mapped_column(default=0)
    """By how much amending goes on, once, when an amendment comes in its last 24 hours."""
    extended_at: Mapped[datetime | None] = mapped_column(default=None)
    poll_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_poll.id", ondelete="SET NULL"), init=False
    )
    poll: Mapped[Poll | None] = relationship(repr=False, default=None, passive_deletes=True)
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was decided or withdrawn."""
    paragraphs: Mapped[list["Paragraph"]] = relationship(
        init=False, repr=False, back_populates="proposal", order_by="Paragraph.number"
    )
    authors: Mapped[list["ProposalAuthor"]] = relationship(
        init=False, repr=False, back_populates="proposal", order_by="ProposalAuthor.id"
    )


class ProposalAuthor(Model):
    """One of those who write a proposal, and answer its amendments and objections."""

    __tablename__ = "project_decisions_proposal_author"
    __table_args__ = (UniqueConstraint("proposal_id", "member_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_proposal.id"), init=False
    )
    proposal: Mapped[Proposal] = relationship(repr=False, back_populates="authors")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member | None] = relationship(repr=False)
    """None once erased: the text stays."""


class Paragraph(Model):
    """A numbered part of a proposal, as it reads now."""

    __tablename__ = "project_decisions_paragraph"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("version > 0", name="version"),
        Index("ix_project_decisions_paragraph_place", "proposal_id", "number"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_proposal.id"), init=False
    )
    proposal: Mapped[Proposal] = relationship(repr=False, back_populates="paragraphs")
    number: Mapped[int]
    """Its place, from 1; those after one that goes or comes are numbered anew."""
    title: Mapped[str]
    text: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When an amendment struck it: it is numbered no longer, and is still read among the past."""


class ParagraphVersion(Model):
    """What a paragraph said at each version, who wrote it, and by which amendment."""

    __tablename__ = "project_decisions_paragraph_version"
    __table_args__ = (UniqueConstraint("paragraph_id", "version"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_paragraph.id"), init=False
    )
    paragraph: Mapped[Paragraph] = relationship(repr=False)
    version: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    author: Mapped[Member | None] = relationship(repr=False)
    amendment_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_amendment.id"), init=False, index=True
    )
    amendment: Mapped["Amendment | None"] = relationship(repr=False, default=None)
    written_at: Mapped[datetime] = mapped_column(default_factory=now)


class Amendment(Model):
    """Another wording of a paragraph, one to strike, or one to add after it."""

    __tablename__ = "project_decisions_amendment"
    __table_args__ = (
        CheckConstraint("kind IN ('change', 'strike', 'add')", name="kind"),
        CheckConstraint(
            "state IN ('open', 'accepted', 'refused', 'withdrawn', 'voting')", name="state"
        ),
        CheckConstraint("kind = 'add' OR paragraph_id IS NOT NULL", name="paragraph"),
        UniqueConstraint("poll_id"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_proposal.id"), init=False, index=True
    )
    proposal: Mapped[Proposal] = relationship(repr=False)
    paragraph_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_paragraph.id"), init=False, index=True
    )
    paragraph: Mapped[Paragraph | None] = relationship(repr=False)
    """Which it changes or strikes, or after which it adds; none to add before the first."""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    author: Mapped[Member | None] = relationship(repr=False, foreign_keys="Amendment.author_id")
    kind: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    reason: Mapped[str]
    on_version: Mapped[int] = mapped_column(default=0)
    """The version of the paragraph that its author read."""
    state: Mapped[str] = mapped_column(default="open")
    written_at: Mapped[datetime] = mapped_column(default_factory=now)
    answer: Mapped[str] = mapped_column(default="")
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, index=True
    )
    answered_by: Mapped[Member | None] = relationship(
        repr=False, default=None, foreign_keys="Amendment.answered_by_id"
    )
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    poll_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_poll.id", ondelete="SET NULL"), init=False
    )
    poll: Mapped[Poll | None] = relationship(repr=False, default=None, passive_deletes=True)


class ProposalObjection(Model):
    """What stands against a proposal, with its argument and the answer: it goes to the vote too."""

    __tablename__ = "project_decisions_proposal_objection"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_proposal.id"), init=False, index=True
    )
    proposal: Mapped[Proposal] = relationship(repr=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    author: Mapped[Member | None] = relationship(
        repr=False, foreign_keys="ProposalObjection.author_id"
    )
    argument: Mapped[str]
    paragraph_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_paragraph.id"), init=False, index=True
    )
    paragraph: Mapped[Paragraph | None] = relationship(repr=False, default=None)
    raised_at: Mapped[datetime] = mapped_column(default_factory=now)
    answer: Mapped[str] = mapped_column(default="")
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, index=True
    )
    answered_by: Mapped[Member | None] = relationship(
        repr=False, default=None, foreign_keys="ProposalObjection.answered_by_id"
    )
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    lifted_at: Mapped[datetime | None] = mapped_column(default=None)
    """When its author was satisfied; none while it is maintained."""
