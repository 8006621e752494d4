"""Proposing: a text by numbered paragraphs, from its draft to its vote and what came of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.events import publish
from freeco.members import membership
from freeco.members.models import Community, Member
from freeco_project_decisions.deliberation import reading, texts
from freeco_project_decisions.deliberation.discussing import LAST_HOURS
from freeco_project_decisions.deliberation.errors import (
    AmendmentsWait,
    DatesInDisorder,
    EndPassed,
    NotAmending,
    NotAnAuthor,
    NothingWritten,
    NotSettled,
    TextFixed,
)
from freeco_project_decisions.deliberation.events import ProposalPublished
from freeco_project_decisions.deliberation.models import (
    Discussion,
    Paragraph,
    Proposal,
    ProposalAuthor,
    Stage,
)
from freeco_project_decisions.deliberation.paragraphs import Written as Typed
from freeco_project_decisions.deliberation.paragraphs import add_paragraph
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls import opening, preparing
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.polls.preparing import Choice, Written

WRITING = (Stage.DRAFT, Stage.AMENDING)
"""The stages at which the authors still write."""
LIVING = (Stage.DRAFT, Stage.AMENDING, Stage.SETTLED)
"""Those before the vote."""


def propose(
    community: Community,
    author: Member,
    title: str,
    text: str,
    paragraphs: Sequence[Typed] = (),
    *,
    discussion: Discussion | None = None,
    about: str = "",
) -> Proposal:
    """Keep the draft of a proposal, that only its authors read."""
    proposal = Proposal(
        community=community, discussion=discussion, title=title, text=text, about=about
    )
    db.session.add(proposal)
    db.session.flush()
    add_author(proposal, author)
    after: Paragraph | None = None
    for each in paragraphs:
        after = add_paragraph(proposal, author, after, each)
    return proposal


def find_proposal(community: Community, proposal_id: int, reader: Member) -> Proposal:
    """Return a proposal of this community; raise Absent for another's, or another's draft."""
    found = db.session.get(Proposal, proposal_id)
    if found is None or found.community_id != community.id:
        raise Absent
    if found.stage == Stage.DRAFT and not is_author(found, reader):
        raise Absent
    return found


def is_author(proposal: Proposal, member: Member) -> bool:
    """Whether a member is one of those who write a proposal."""
    return any(each.member_id == member.id for each in proposal.authors)


def answers_for(proposal: Proposal, member: Member) -> bool:
    """Whether a member answers for a proposal: its authors; who prepares votes, once they left."""
    here = [each for each in proposal.authors if each.member and each.member.left_at is None]
    return is_author(proposal, member) or (not here and membership.holds(member, PREPARE.name))


def require_author(proposal: Proposal, member: Member) -> None:
    """Stop who does not answer for a proposal; raises ``NotAnAuthor``."""
    if not answers_for(proposal, member):
        raise NotAnAuthor


def add_author(proposal: Proposal, member: Member) -> None:
    """Have a member write a proposal with its authors; again changes nothing."""
    if not is_author(proposal, member):
        db.session.add(ProposalAuthor(proposal=proposal, member=member))
        db.session.flush()


def rewrite_heading(proposal: Proposal, by: Member, title: str, text: str) -> None:
    """Write the title and the reasons anew, while it is a draft. Raises ``TextFixed``."""
    lock(proposal)
    require_author(proposal, by)
    if proposal.stage != Stage.DRAFT:
        raise TextFixed
    proposal.title, proposal.text = title, text


def publish_proposal(
    proposal: Proposal,
    by: Member,
    amend_until: datetime,
    vote_on: datetime | None = None,
    extension_days: int = 0,
) -> None:
    """Have everybody read a proposal and amend it until a date; or begin that stage again.

    Raises ``NotAnAuthor``, ``NothingWritten``, ``EndPassed``, ``DatesInDisorder``, and
    ``TextFixed`` once it is put to the vote.
    """
    lock(proposal)
    require_author(proposal, by)
    if proposal.stage not in LIVING:
        raise TextFixed
    if not reading.standing(proposal):
        raise NothingWritten
    if amend_until <= now():
        raise EndPassed
    if vote_on is not None and vote_on < amend_until:
        raise DatesInDisorder
    first = proposal.published_at is None
    proposal.stage = Stage.AMENDING
    proposal.amend_until, proposal.vote_on = amend_until, vote_on
    proposal.extension_days, proposal.extended_at = extension_days, None
    proposal.published_at = proposal.published_at or now()
    if first:
        publish(
            ProposalPublished(
                community_id=proposal.community_id, proposal_id=proposal.id, about=proposal.about
            )
        )


def require_amending(proposal: Proposal) -> None:
    """Stop an amendment out of its time; raises ``NotAmending``."""
    if not takes_amendments(proposal):
        raise NotAmending


def takes_amendments(proposal: Proposal) -> bool:
    """Whether amendments come: the announced end holds before the sweep notes it."""
    until = proposal.amend_until
    return proposal.stage == Stage.AMENDING and (until is None or now() < until)


def go_on(proposal: Proposal) -> None:
    """Lengthen the stage of amendments, once, by the rule that was announced."""
    until = proposal.amend_until
    if until is None or not proposal.extension_days or proposal.extended_at is not None:
        return
    if now() >= until - LAST_HOURS:
        longer = timedelta(days=proposal.extension_days)
        proposal.amend_until, proposal.extended_at = until + longer, now()
        if proposal.vote_on is not None:
            proposal.vote_on += longer


def withdraw(proposal: Proposal, by: Member, reason: str) -> bool:
    """Give up a proposal before its vote, saying why; again changes nothing, and is False."""
    lock(proposal)
    require_author(proposal, by)
    if proposal.stage == Stage.WITHDRAWN:
        return False
    if proposal.stage not in LIVING:
        raise TextFixed
    proposal.stage, proposal.ended_at = Stage.WITHDRAWN, now()
    proposal.withdrawn_reason = reason
    return True


def settle_due(community: Community) -> None:
    """End the stage of amendments of the proposals whose announced date is past."""
    due = select(Proposal).where(
        Proposal.community_id == community.id,
        Proposal.stage == Stage.AMENDING,
        Proposal.amend_until <= now(),
    )
    for proposal in db.session.scalars(due).all():
        lock(proposal)
        if proposal.amend_until is not None and proposal.amend_until <= now():
            proposal.stage = Stage.SETTLED


def put_to_vote(
    proposal: Proposal,
    method: str,
    opens_at: datetime,
    closes_at: datetime,
    *,
    author: Member | None = None,
    choices: Sequence[Choice] = (),
    opens: bool = True,
    **rules: Any,
) -> Poll:
    """Put a proposal to the vote, whole: its reasons, its paragraphs, the objections it met.

    ``rules`` are those of ``preparing.Written``. The poll opens at its hour, or now when that is
    past; with ``opens=False`` it stays a draft, as what must be prepared before it opens does.
    Again returns the same poll. Raises ``AmendmentsWait``, ``NotSettled``, ``NothingWritten``,
    ``TextFixed``, and what opening a poll raises.
    """
    lock(proposal)
    if proposal.stage == Stage.VOTING and proposal.poll is not None:
        return proposal.poll
    if proposal.stage not in LIVING:
        raise TextFixed
    until = proposal.amend_until
    if proposal.stage == Stage.AMENDING and until is not None and now() < until:
        raise NotSettled
    if reading.waiting(proposal):
        raise AmendmentsWait
    if not reading.standing(proposal):
        raise NothingWritten
    poll = preparing.draft(
        proposal.community,
        author,
        Method(method),
        Written(
            title=proposal.title,
            text=texts.whole(proposal),
            opens_at=opens_at,
            closes_at=closes_at,
            **rules,
        ),
        choices,
        asked_by=f"project_decisions:proposal:{proposal.id}",
    )
    if opens and opens_at <= now():
        opening.open_poll(poll)
    elif opens:
        preparing.make_ready(poll)
    proposal.poll, proposal.stage = poll, Stage.VOTING
    proposal.published_at = proposal.published_at or now()
    db.session.flush()
    return poll
