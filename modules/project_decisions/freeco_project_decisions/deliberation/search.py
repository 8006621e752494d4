"""What deliberation knows about some words, and the names of its objects."""

from flask import url_for
from sqlalchemy import select

from freeco.cells import says
from freeco.db import db
from freeco.i18n import said
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.module import Found, Ref, RefLabel
from freeco_project_decisions.deliberation import reading, wording
from freeco_project_decisions.deliberation.models import Discussion, Message, Proposal, Stage

SHOWN = tuple(stage for stage in Stage if stage != Stage.DRAFT)


def url_of(found: Discussion | Proposal) -> str:
    """Return the page of a discussion or a proposal."""
    slug = found.community.slug
    if isinstance(found, Discussion):
        return url_for(
            "project_decisions_discussions.discussion", community=slug, discussion_id=found.id
        )
    return url_for("project_decisions_proposals.proposal", community=slug, proposal_id=found.id)


def find(community: Community, member: Member, words: str) -> list[Found]:
    """Return the discussions and proposals that say these words; nothing hidden, no draft."""
    discussions = db.session.scalars(
        select(Discussion)
        .where(Discussion.community_id == community.id)
        .order_by(Discussion.latest_at.desc())
    ).all()
    spoken = _spoken(community)
    found = [
        Found(each.title, said("Discussion"), url_of(each))
        for each in discussions
        if says(words, each.title, each.text, *spoken.get(each.id, ()))
    ]
    proposals = [*reading.proposals(community, *SHOWN), *reading.drafts_of(member)]
    return found + [
        Found(each.title, said("Proposition, %(stage)s", stage=_stage(each)), url_of(each))
        for each in proposals
        if each.community_id == community.id and says(words, each.title, each.text, *_texts(each))
    ]


def _stage(proposal: Proposal) -> str:
    return str(wording.STAGES[proposal.stage][0])


def _texts(proposal: Proposal) -> list[str]:
    return [text for each in reading.standing(proposal) for text in (each.title, each.text)]


def _spoken(community: Community) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for number, text in db.session.execute(
        select(Message.discussion_id, Message.text)
        .join(Message.discussion)
        .where(Discussion.community_id == community.id, Message.hidden_at.is_(None))
    ):
        found.setdefault(number, []).append(text)
    return found


def label(ref: Ref) -> RefLabel | None:
    """Name a discussion or a proposal that a link points to; drafts have no name yet."""
    if ref.module != "project_decisions":
        return None
    found: Discussion | Proposal | None = None
    if ref.kind == "discussion":
        found = db.session.get(Discussion, ref.id)
    elif ref.kind == "proposal":
        found = db.session.get(Proposal, ref.id)
        if found is not None and found.stage == Stage.DRAFT:
            found = None
    return RefLabel(found.title, url_of(found)) if found is not None else None


def about_label(discussion: Discussion) -> RefLabel | None:
    """Name what a discussion is about, where a module still knows it."""
    module, _colon, rest = discussion.about.partition(":")
    kind, _colon, number = rest.partition(":")
    if not number.isdecimal():
        return None
    return kernel().plugins.ref(Ref(module, kind, int(number)))
