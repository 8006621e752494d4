"""Polls, what one may choose, who may vote, and what came of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Community, Member, Model
from freeco.money import Money


class Method(StrEnum):
    """How a poll decides."""

    CONSENT = "consent"
    """Adopted when nobody maintains a reasoned objection."""
    HANDS = "hands"
    """A show of hands: yes, no or blank, seen by all, told as numbers."""
    ASSENT = "assent"
    """Yes, no or blank, with a quorum and a majority."""
    APPROVAL = "approval"
    JUDGMENT = "judgment"
    SCHULZE = "schulze"
    SEATS = "seats"
    """Scottish STV."""
    SHARES = "shares"
    """A budget, by equal shares."""
    GREEDY = "greedy"
    """A budget, by votes."""
    DRAW = "draw"
    """Volunteers, drawn from a seed that nobody knows beforehand."""


class Secrecy(StrEnum):
    """Who sees what somebody voted."""

    OPEN = "open"
    """Everybody who may vote, once the poll is over."""
    SEALED = "sealed"
    """Nobody: ballots are added up without being opened."""
    TOKENS = "tokens"
    """Nobody: whole ballots are published without a name, with a token signed blindly."""


class Room(StrEnum):
    """How who is in the room of an assembly votes."""

    PAGES = "pages"
    """On the poll's page, as those who are elsewhere; by a paper ballot with a name, too."""
    HANDS = "hands"
    """By raising a hand: two tellers count."""
    URN = "urn"
    """By a paper without a name: two tellers count."""


class PollState(StrEnum):
    """Where a poll stands; one way only."""

    DRAFT = "draft"
    OPEN = "open"
    """Frozen: the question, the options, the rules and who may vote no longer change."""
    CLOSED = "closed"
    """Nobody votes any more; the count waits for a seed, the trustees or the tellers."""
    DECIDED = "decided"
    CANCELLED = "cancelled"


class Tie(StrEnum):
    """What settles a tie, announced when the poll opens."""

    AGAIN = "again"
    """Nothing: it is discussed again."""
    ANNOUNCED = "announced"
    """The order in which the options were announced."""
    DRAWN = "drawn"
    """A lot, from what nobody knew before the closing (``polls.seeds``, ``tokens.opened``)."""


class Poll(Model):
    """A question put to members, with how it is decided."""

    __tablename__ = "project_decisions_poll"
    __table_args__ = (
        CheckConstraint(
            "method IN ('consent', 'hands', 'assent', 'approval', 'judgment', 'schulze', 'seats',"
            " 'shares', 'greedy', 'draw')",
            name="method",
        ),
        CheckConstraint("secrecy IN ('open', 'sealed', 'tokens')", name="secrecy"),
        CheckConstraint(
            "state IN ('draft', 'open', 'closed', 'decided', 'cancelled')", name="state"
        ),
        CheckConstraint("tie IN ('again', 'announced', 'drawn')", name="tie"),
        CheckConstraint("base IN ('cast', 'present', 'enrolled')", name="base"),
        CheckConstraint("opens_at < closes_at", name="hours"),
        CheckConstraint(
            "share_part >= 0 AND share_whole > 0 AND share_part <= share_whole", name="share"
        ),
        CheckConstraint(
            "quorum_part >= 0 AND quorum_whole > 0 AND quorum_part <= quorum_whole", name="quorum"
        ),
        CheckConstraint("places >= 1", name="places"),
        CheckConstraint("most_proxies >= 0", name="most_proxies"),
        CheckConstraint("extension_days >= 0 AND extensions_left >= 0", name="extension"),
        CheckConstraint("state = 'draft' OR frozen_sha256 <> ''", name="frozen"),
        CheckConstraint("rests_months >= 0", name="rests_months"),
        CheckConstraint("room IN ('', 'pages', 'hands', 'urn')", name="room"),
        Index("ix_project_decisions_poll_due", "state", "closes_at"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, index=True)
    community: Mapped[Community] = relationship(repr=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    author: Mapped[Member | None] = relationship(repr=False)
    """Who put the question; none once erased, or when another module asks."""
    title: Mapped[str]
    text: Mapped[str]
    method: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    secrecy: Mapped[str] = mapped_column(default=Secrecy.OPEN)
    state: Mapped[str] = mapped_column(default=PollState.DRAFT)
    ready: Mapped[bool] = mapped_column(default=False)
    """Whether it opens by itself at its hour."""
    places: Mapped[int] = mapped_column(default=1)
    """How many options are chosen, seats filled or volunteers drawn."""
    share_part: Mapped[int] = mapped_column(default=1)
    share_whole: Mapped[int] = mapped_column(default=2)
    """The majority, as a fraction: 1/2, 2/3."""
    more_than: Mapped[bool] = mapped_column(default=True)
    """More than the share; else at least."""
    base: Mapped[str] = mapped_column(default="cast")
    """Of whom the majority is a part: those who say yes or no, those present, or all."""
    quorum_part: Mapped[int] = mapped_column(default=0)
    quorum_whole: Mapped[int] = mapped_column(default=1)
    tie: Mapped[str] = mapped_column(default=Tie.AGAIN)
    by_organisation: Mapped[bool] = mapped_column(default=False)
    """Organisations vote, each through a named person; else persons do."""
    most_proxies: Mapped[int] = mapped_column(default=0)
    """How many proxies one may hold; 0 when none are given."""
    extension_days: Mapped[int] = mapped_column(default=0)
    """By how much the poll goes on when it closes without quorum."""
    extensions_left: Mapped[int] = mapped_column(default=0)
    budget: Mapped[Money | None] = mapped_column(default=None)
    asked_by: Mapped[str] = mapped_column(default="")
    """What another module asks about, as ``module:kind:id``."""
    binds: Mapped[str] = mapped_column(default="")
    """What it changes once adopted, and from which day, as JSON: see ``binds``; empty: nothing."""
    subject: Mapped[str] = mapped_column(default="")
    """In a word or two, for the register: « Distributions »."""
    rests_months: Mapped[int] = mapped_column(default=0)
    """For how long the question rests once it is decided; 0 when it may be put again any day."""
    earlier_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_poll.id"), init=False, index=True
    )
    earlier: Mapped["Poll | None"] = relationship(repr=False, default=None, remote_side="Poll.id")
    """The decided poll whose question it puts again."""
    room: Mapped[str] = mapped_column(default="")
    """How who is in the assembly's room votes; empty for a poll that no assembly holds."""
    present: Mapped[int | None] = mapped_column(default=None)
    """How many were there or represented in the assembly when it closed."""
    frozen_text: Mapped[str] = mapped_column(default="")
    """What was opened, to the letter: the question, the options and the rules, as JSON."""
    frozen_sha256: Mapped[str] = mapped_column(default="")
    seed: Mapped[str] = mapped_column(default="")
    """What the lot is drawn from, once it is known."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_reason: Mapped[str] = mapped_column(default="")
    options: Mapped[list["Option"]] = relationship(
        init=False, repr=False, back_populates="poll", order_by="Option.place"
    )
    colleges: Mapped[list["College"]] = relationship(
        init=False, repr=False, back_populates="poll", order_by="College.id"
    )


class Option(Model):
    """Something one may choose."""

    __tablename__ = "project_decisions_option"
    __table_args__ = (
        UniqueConstraint("poll_id", "place"),
        CheckConstraint("place >= 0", name="place"),
        CheckConstraint("cost > 0", name="cost"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_poll.id"), init=False)
    poll: Mapped[Poll] = relationship(repr=False, back_populates="options")
    place: Mapped[int]
    """Its place in the announced order, from 0."""
    text: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    cost: Mapped[Money | None] = mapped_column(default=None)
    """What it costs, where a budget is split."""
    about: Mapped[str] = mapped_column(default="")
    """The project or the object of another module it stands for, as ``module:kind:id``."""


class College(Model):
    """Some of the electorate, with what they weigh together."""

    __tablename__ = "project_decisions_college"
    __table_args__ = (
        UniqueConstraint("poll_id", "name"),
        CheckConstraint("weight BETWEEN 1 AND 10000", name="weight"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_poll.id"), init=False)
    poll: Mapped[Poll] = relationship(repr=False, back_populates="colleges")
    name: Mapped[str]
    weight: Mapped[int]
    """In ten-thousandths of the whole."""
    belongs: Mapped[str] = mapped_column(default="chosen")
    """Who is in it: ``persons``, ``organisations``, ``holders:PERMISSION``, or ``chosen``, those
    who are named one by one."""


class Elector(Model):
    """Somebody who may vote: noted when the poll opens, and never after."""

    __tablename__ = "project_decisions_elector"
    __table_args__ = (UniqueConstraint("poll_id", "member_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_poll.id"), init=False)
    poll: Mapped[Poll] = relationship(repr=False)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member | None] = relationship(repr=False, foreign_keys="Elector.member_id")
    """The member, a person or an organisation; none once erased, and the vote stays."""
    college_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_college.id"), init=False, index=True, default=None
    )
    college: Mapped[College | None] = relationship(repr=False, default=None)
    voice_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, index=True, default=None
    )
    voice: Mapped[Member | None] = relationship(
        repr=False, default=None, foreign_keys="Elector.voice_id"
    )
    """The person who votes for an organisation, named before the poll opens."""


class Decision(Model):
    """What came of a poll, for ever: the outcome with its whole derivation."""

    __tablename__ = "project_decisions_decision"
    __table_args__ = (
        UniqueConstraint("poll_id"),
        UniqueConstraint("community_id", "number"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    poll_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_poll.id"), init=False)
    poll: Mapped[Poll] = relationship(repr=False, foreign_keys="Decision.poll_id")
    number: Mapped[int]
    """Its number in the community's register of decisions, from 1, without a gap."""
    adopted: Mapped[bool]
    """Whether something was decided: a proposal adopted, an option chosen."""
    outcome: Mapped[str]
    """The outcome as JSON, to the letter."""
    sha256: Mapped[str]
    minority: Mapped[str] = mapped_column(default="")
    """The objections that were maintained, with their argument."""
    decided_at: Mapped[datetime] = mapped_column(default_factory=now)
