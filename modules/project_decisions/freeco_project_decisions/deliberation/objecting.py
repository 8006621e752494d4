"""Objections raised before the vote: told with their argument, answered, lifted by their author."""

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Member
from freeco_project_decisions.deliberation import reading
from freeco_project_decisions.deliberation.errors import (
    NotTheAuthor,
    ObjectionSettled,
    TextFixed,
)
from freeco_project_decisions.deliberation.models import (
    Paragraph,
    Proposal,
    ProposalObjection,
    Stage,
)
from freeco_project_decisions.deliberation.proposing import require_author

OPEN = (Stage.AMENDING, Stage.SETTLED)
"""The stages at which one objects and answers: the vote takes them along as they stand."""


def find_objection(proposal: Proposal, objection_id: int) -> ProposalObjection:
    """Return an objection to this proposal; raise Absent for another's."""
    found = db.session.get(ProposalObjection, objection_id)
    if found is None or found.proposal_id != proposal.id:
        raise Absent
    return found


def raise_objection(
    proposal: Proposal, author: Member, argument: str, paragraph: Paragraph | None = None
) -> ProposalObjection:
    """Say what stands against a proposal; the same again is said once. Raises ``TextFixed``."""
    lock(proposal)
    if proposal.stage not in OPEN:
        raise TextFixed
    for each in reading.objections(proposal):
        if each.author_id == author.id and each.argument == argument and each.lifted_at is None:
            return each
    objection = ProposalObjection(
        proposal=proposal, author=author, argument=argument, paragraph=paragraph
    )
    db.session.add(objection)
    db.session.flush()
    return objection


def answer(objection: ProposalObjection, by: Member, words: str) -> None:
    """Answer an objection, or write the answer anew. Raises ``NotAnAuthor``, ``TextFixed``."""
    _lock_open(objection)
    require_author(objection.proposal, by)
    if objection.lifted_at is not None:
        raise ObjectionSettled
    objection.answer, objection.answered_by, objection.answered_at = words, by, now()


def lift(objection: ProposalObjection, by: Member) -> None:
    """Say that one's objection is met; it stays to be read. Raises ``NotTheAuthor``."""
    _lock_open(objection)
    if objection.author_id != by.id:
        raise NotTheAuthor
    objection.lifted_at = objection.lifted_at or now()


def maintain(objection: ProposalObjection, by: Member) -> None:
    """Raise an objection again that one had lifted. Raises ``NotTheAuthor``."""
    _lock_open(objection)
    if objection.author_id != by.id:
        raise NotTheAuthor
    objection.lifted_at = None


def _lock_open(objection: ProposalObjection) -> None:
    lock(objection.proposal)
    lock(objection)
    if objection.proposal.stage not in OPEN:
        raise TextFixed
