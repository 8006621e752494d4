"""What comes of the votes on proposals and amendments."""

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.members.models import Community
from freeco.module import Event
from freeco_project_decisions.deliberation import amending, reading
from freeco_project_decisions.deliberation.models import Amendment, Proposal, Stage
from freeco_project_decisions.polls import results
from freeco_project_decisions.polls.events import PollCancelled, PollDecided
from freeco_project_decisions.polls.models import Decision, PollState

OURS = "project_decisions"


def hear(event: Event) -> None:
    """Note on a proposal or an amendment what its vote decided; heard twice is noted once."""
    if event.name not in (PollDecided.name, PollCancelled.name):
        return
    module, _colon, rest = str(event.payload["asked_by"]).partition(":")
    kind, _colon, number = rest.partition(":")
    if module != OURS or kind not in ("proposal", "amendment") or not number.isdecimal():
        return
    cancelled = event.name == PollCancelled.name
    poll_id = int(event.payload["poll_id"])
    if kind == "proposal":
        proposal = db.session.get(Proposal, int(number))
        if proposal is not None:
            settle(proposal)
        return
    amendment = db.session.get(Amendment, int(number))
    if amendment is not None and amendment.poll_id == poll_id:
        if cancelled:
            _free(amendment)
        else:
            decision = db.session.get_one(Decision, int(event.payload["decision_id"]))
            amending.voted(amendment, decision.adopted, results.sentence_of(decision))


def settle(proposal: Proposal) -> None:
    """Note how far the votes on a proposal have come: one, or one for each of its articles.

    It is decided when none of them is still open, and settled again when all were given up.
    """
    lock(proposal)
    if proposal.stage != Stage.VOTING:
        return
    polls = reading.polls_of(proposal)
    states = {each.state for each in polls}
    if not polls:
        proposal.stage, proposal.poll = Stage.SETTLED, None
    elif proposal.poll is None or proposal.poll not in polls:
        proposal.poll = polls[0]
    if PollState.DECIDED in states and not states & {PollState.OPEN, PollState.CLOSED}:
        note_decided(proposal)


def note_decided(proposal: Proposal) -> None:
    """Note that a proposal has been voted on; again changes nothing."""
    lock(proposal)
    if proposal.stage == Stage.VOTING:
        proposal.stage, proposal.ended_at = Stage.DECIDED, now()


def _free(amendment: Amendment) -> None:
    lock(amendment)
    if amendment.state == "voting":
        amendment.state, amendment.poll = "open", None


def free_abandoned(community: Community) -> None:
    """Take back from the vote what was put to it as a draft that was thrown away."""
    for proposal in db.session.scalars(
        select(Proposal).where(
            Proposal.community_id == community.id,
            Proposal.stage == Stage.VOTING,
            Proposal.poll_id.is_(None),
        )
    ).all():
        settle(proposal)
    for amendment in db.session.scalars(
        select(Amendment)
        .join(Amendment.proposal)
        .where(
            Proposal.community_id == community.id,
            Amendment.state == "voting",
            Amendment.poll_id.is_(None),
        )
    ).all():
        _free(amendment)
