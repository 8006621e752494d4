"""The letters to somebody whom an answer concerns, or of whom one is awaited: each at once."""

from datetime import datetime

from freeco.i18n import said
from freeco_project_decisions.deliberation.models import (
    Amendment,
    Message,
    Proposal,
    ProposalObjection,
)
from freeco_project_decisions.deliberation.telling import path, speaking, tell


def tell_hidden(message: Message) -> None:
    """Tell the author of a message that it is hidden, and why."""
    if message.author is None or message.hidden_at is None:
        return
    community = message.discussion.community
    tell(
        [message.author],
        "concerns",
        "message_hidden",
        f"project_decisions:hidden:{message.id}:{_stamp(message.hidden_at)}",
        path(community, "discussions", message.discussion_id) + f"#m{message.id}",
        title=message.discussion.title,
        reason=message.hidden_reason,
    )


def _stamp(at: datetime) -> int:
    return int(at.timestamp())


def tell_amendment(amendment: Amendment) -> None:
    """Tell the author of an amendment what was answered."""
    proposal, author = amendment.proposal, amendment.author
    if author is None or amendment.answered_by_id == author.id:
        return
    with speaking(author):
        state = (
            said("Il est accepté, et le texte a changé.")
            if amendment.state == "accepted"
            else said("Il est refusé.")
        )
    tell(
        [author],
        "concerns",
        "amendment_answered",
        f"project_decisions:amendment:{amendment.id}:{amendment.state}",
        path(proposal.community, "propositions", proposal.id) + f"#a{amendment.id}",
        title=proposal.title,
        state=state,
        answer=amendment.answer,
    )


def tell_objection(objection: ProposalObjection) -> None:
    """Tell the author of an objection that it is answered: to lift it or not is theirs."""
    proposal, author = objection.proposal, objection.author
    if author is None or objection.answered_at is None or objection.answered_by_id == author.id:
        return
    tell(
        [author],
        "concerns",
        "objection_answered",
        f"project_decisions:objection:{objection.id}:{_stamp(objection.answered_at)}",
        path(proposal.community, "propositions", proposal.id) + f"#o{objection.id}",
        title=proposal.title,
        answer=objection.answer,
    )


def tell_authors(proposal: Proposal, objection: ProposalObjection) -> None:
    """Tell the authors of a proposal that somebody objects: an answer is theirs to give."""
    others = [
        each.member
        for each in proposal.authors
        if each.member is not None and each.member_id != objection.author_id
    ]
    tell(
        others,
        "concerns",
        "objection_raised",
        f"project_decisions:objects:{objection.id}",
        path(proposal.community, "propositions", proposal.id) + f"#o{objection.id}",
        title=proposal.title,
        argument=objection.argument,
    )
