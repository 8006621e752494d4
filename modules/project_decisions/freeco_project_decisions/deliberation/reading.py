"""Discussions and proposals as they are read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from freeco.db import db
from freeco.members.models import Community, Member
from freeco_project_decisions.deliberation.models import (
    Amendment,
    Discussion,
    Message,
    MessageVersion,
    Paragraph,
    ParagraphVersion,
    Proposal,
    ProposalAuthor,
    ProposalObjection,
    Stage,
    Summary,
)
from freeco_project_decisions.polls.models import Poll, PollState


@dataclass
class Thread:
    """A message with what answers it, in order of time."""

    message: Message
    answers: list[Message] = field(default_factory=list)


def discussions(community: Community, state: str) -> Select[Discussion]:
    """Ask for a community's discussions in a state, those that moved last first."""
    return (
        select(Discussion)
        .where(Discussion.community_id == community.id, Discussion.state == state)
        .order_by(Discussion.latest_at.desc(), Discussion.id.desc())
    )


def counts(discussions: Sequence[Discussion]) -> dict[int, int]:
    """Count the messages of each discussion."""
    found = db.session.execute(
        select(Message.discussion_id, func.count())
        .where(
            Message.discussion_id.in_([each.id for each in discussions]),
            Message.hidden_at.is_(None),
        )
        .group_by(Message.discussion_id)
    )
    return {row[0]: row[1] for row in found}


def threads(discussion: Discussion) -> list[Thread]:
    """Return all that was said, in order of time, each answer under what it answers."""
    found = db.session.scalars(
        select(Message)
        .where(Message.discussion_id == discussion.id)
        .options(joinedload(Message.author).joinedload(Member.person))
        .order_by(Message.written_at, Message.id)
    ).all()
    begun = {each.id: Thread(each) for each in found if each.answers_id is None}
    for each in found:
        if each.answers_id is not None:
            begun[each.answers_id].answers.append(each)
    return list(begun.values())


def versions_of(discussion: Discussion) -> dict[int, list[MessageVersion]]:
    """Return what messages said before, by the message's number, the oldest first."""
    found: dict[int, list[MessageVersion]] = {}
    for each in db.session.scalars(
        select(MessageVersion)
        .join(MessageVersion.message)
        .where(Message.discussion_id == discussion.id)
        .order_by(MessageVersion.id)
    ):
        found.setdefault(each.message_id, []).append(each)
    return found


def summaries(discussion: Discussion) -> Sequence[Summary]:
    """Return the summaries, the last first."""
    return db.session.scalars(
        select(Summary).where(Summary.discussion_id == discussion.id).order_by(Summary.id.desc())
    ).all()


def about(community: Community, ref: str) -> Sequence[Discussion]:
    """Return the discussions about something, the first first."""
    return db.session.scalars(
        select(Discussion)
        .where(Discussion.community_id == community.id, Discussion.about == ref)
        .order_by(Discussion.id)
    ).all()


def standing(proposal: Proposal) -> Sequence[Paragraph]:
    """Return the paragraphs that stand, by number."""
    return [each for each in _paragraphs(proposal) if each.removed_at is None]


def struck(proposal: Proposal) -> Sequence[Paragraph]:
    """Return the paragraphs that were struck."""
    return [each for each in _paragraphs(proposal) if each.removed_at is not None]


def _paragraphs(proposal: Proposal) -> Sequence[Paragraph]:
    return db.session.scalars(
        select(Paragraph)
        .where(Paragraph.proposal_id == proposal.id)
        .order_by(Paragraph.number, Paragraph.id)
    ).all()


def history(paragraph: Paragraph) -> Sequence[ParagraphVersion]:
    """Return the versions of a paragraph, the first first."""
    return db.session.scalars(
        select(ParagraphVersion)
        .where(ParagraphVersion.paragraph_id == paragraph.id)
        .options(joinedload(ParagraphVersion.author))
        .order_by(ParagraphVersion.version)
    ).all()


def amendments(proposal: Proposal) -> Sequence[Amendment]:
    """Return a proposal's amendments in the order they came."""
    return db.session.scalars(
        select(Amendment)
        .where(Amendment.proposal_id == proposal.id)
        .options(joinedload(Amendment.author), joinedload(Amendment.paragraph))
        .order_by(Amendment.id)
    ).all()


def waiting(proposal: Proposal) -> Sequence[Amendment]:
    """Return the amendments without an answer."""
    return [each for each in amendments(proposal) if each.state in ("open", "voting")]


def objections(proposal: Proposal) -> Sequence[ProposalObjection]:
    """Return what was objected before the vote, in the order it came."""
    return db.session.scalars(
        select(ProposalObjection)
        .where(ProposalObjection.proposal_id == proposal.id)
        .options(joinedload(ProposalObjection.author))
        .order_by(ProposalObjection.id)
    ).all()


def polls_of(proposal: Proposal) -> Sequence[Poll]:
    """Return the votes on a proposal that were not called off, in order: one, or one an article."""
    return db.session.scalars(
        select(Poll)
        .where(
            Poll.community_id == proposal.community_id,
            Poll.asked_by == f"project_decisions:proposal:{proposal.id}",
            Poll.state != PollState.CANCELLED,
        )
        .order_by(Poll.id)
    ).all()


def proposals(community: Community, *stages: Stage) -> Sequence[Proposal]:
    """Return the proposals in some stages, those whose stage ends first before the others."""
    return db.session.scalars(
        select(Proposal)
        .where(Proposal.community_id == community.id, Proposal.stage.in_(stages))
        .order_by(Proposal.amend_until.is_(None), Proposal.amend_until, Proposal.id)
    ).all()


def ended(community: Community) -> Select[Proposal]:
    """Ask for the proposals that are decided or withdrawn, the last first."""
    return (
        select(Proposal)
        .where(
            Proposal.community_id == community.id,
            Proposal.stage.in_((Stage.DECIDED, Stage.WITHDRAWN)),
        )
        .order_by(Proposal.ended_at.desc(), Proposal.id.desc())
    )


def drafts_of(member: Member) -> Sequence[Proposal]:
    """Return the drafts that a member writes."""
    return db.session.scalars(
        select(Proposal)
        .join(ProposalAuthor, ProposalAuthor.proposal_id == Proposal.id)
        .where(ProposalAuthor.member_id == member.id, Proposal.stage == Stage.DRAFT)
        .order_by(Proposal.id)
    ).all()


def proposals_of(discussion: Discussion, reader: Member) -> Sequence[Proposal]:
    """Return the proposals that came of a discussion; of drafts, the reader's own."""
    found = db.session.scalars(
        select(Proposal).where(Proposal.discussion_id == discussion.id).order_by(Proposal.id)
    ).all()
    mine = {each.id for each in drafts_of(reader)}
    return [each for each in found if each.stage != Stage.DRAFT or each.id in mine]
