"""What deliberation knows about a member, and how it forgets them: the texts stay."""

from typing import Any

from flask import url_for
from sqlalchemy import delete, select

from freeco.db import db
from freeco.i18n import said
from freeco.members.models import Member
from freeco.module import Tie
from freeco_project_decisions.deliberation.models import (
    Amendment,
    Discussion,
    Follow,
    Message,
    ParagraphVersion,
    Proposal,
    ProposalAuthor,
    ProposalObjection,
    Stage,
    Summary,
)
from freeco_project_decisions.forgetting import forget_name


def leaving(member: Member) -> list[Tie]:
    """Say which proposals would have nobody left to answer for them."""
    found = db.session.scalars(
        select(Proposal)
        .join(ProposalAuthor, ProposalAuthor.proposal_id == Proposal.id)
        .where(
            ProposalAuthor.member_id == member.id,
            Proposal.stage.in_((Stage.AMENDING, Stage.SETTLED)),
        )
        .order_by(Proposal.id)
    ).all()
    return [
        Tie(
            said(
                "Vous portez seul la proposition « %(title)s » : invitez quelqu’un à la porter, "
                "ou retirez-la.",
                title=each.title,
            ),
            url_for(
                "project_decisions_proposals.proposal",
                community=each.community.slug,
                proposal_id=each.id,
            ),
        )
        for each in found
        if not any(
            author.member is not None
            and author.member_id != member.id
            and author.member.left_at is None
            for author in each.authors
        )
    ]


def export(member: Member) -> dict[str, Any]:
    """Give all that a member wrote: questions, messages, summaries, proposals, amendments."""
    mine = member.id
    content: dict[str, Any] = {
        "discussions": [
            {"title": each.title, "text": each.text, "opened_at": each.opened_at.isoformat()}
            for each in db.session.scalars(select(Discussion).where(Discussion.author_id == mine))
        ],
        "messages": [
            {
                "discussion": each.discussion.title,
                "text": each.text,
                "written_at": each.written_at.isoformat(),
                "hidden_reason": each.hidden_reason,
            }
            for each in db.session.scalars(
                select(Message).where(Message.author_id == mine).order_by(Message.id)
            )
        ],
        "summaries": [
            {"discussion": each.discussion.title, "text": each.text}
            for each in db.session.scalars(select(Summary).where(Summary.author_id == mine))
        ],
        "proposals": [
            {"title": each.proposal.title, "text": each.proposal.text}
            for each in db.session.scalars(
                select(ProposalAuthor).where(ProposalAuthor.member_id == mine)
            )
        ],
        "paragraphs": [
            {"title": each.title, "text": each.text, "written_at": each.written_at.isoformat()}
            for each in db.session.scalars(
                select(ParagraphVersion).where(ParagraphVersion.author_id == mine)
            )
        ],
        "amendments": [
            {
                "proposal": each.proposal.title,
                "title": each.title,
                "text": each.text,
                "reason": each.reason,
                "state": each.state,
                "answer": each.answer,
            }
            for each in db.session.scalars(select(Amendment).where(Amendment.author_id == mine))
        ],
        "objections_raised": [
            {"proposal": each.proposal.title, "argument": each.argument, "answer": each.answer}
            for each in db.session.scalars(
                select(ProposalObjection).where(ProposalObjection.author_id == mine)
            )
        ],
        "answers_given": [
            {"answer": each.answer}
            for each in (
                *db.session.scalars(select(Amendment).where(Amendment.answered_by_id == mine)),
                *db.session.scalars(
                    select(ProposalObjection).where(ProposalObjection.answered_by_id == mine)
                ),
            )
        ],
        "discussions_followed": [
            {"discussion": each.discussion.title, "rhythm": each.rhythm}
            for each in db.session.scalars(select(Follow).where(Follow.member_id == mine))
        ],
    }
    return {name: found for name, found in content.items() if found}


def erase(member: Member) -> None:
    """Forget a name: what was said and proposed stays, nobody follows, no address is answered."""
    db.session.execute(
        delete(Follow)
        .where(Follow.member_id == member.id)
        .execution_options(synchronize_session="fetch")
    )
    forget_name(
        member,
        Discussion.author_id,
        Discussion.closed_by_id,
        Message.author_id,
        Message.hidden_by_id,
        Summary.author_id,
        ProposalAuthor.member_id,
        ParagraphVersion.author_id,
        Amendment.author_id,
        Amendment.answered_by_id,
        ProposalObjection.author_id,
        ProposalObjection.answered_by_id,
    )
