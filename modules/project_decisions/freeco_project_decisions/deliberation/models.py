"""The models of deliberation in one place."""

from freeco_project_decisions.deliberation.discussion_models import (
    Discussion,
    Follow,
    Message,
    MessageVersion,
    Rhythm,
    Summary,
)
from freeco_project_decisions.deliberation.proposal_models import (
    Amendment,
    Paragraph,
    ParagraphVersion,
    Proposal,
    ProposalAuthor,
    ProposalObjection,
    Stage,
)

__all__ = [
    "Amendment",
    "Discussion",
    "Follow",
    "Message",
    "MessageVersion",
    "Paragraph",
    "ParagraphVersion",
    "Proposal",
    "ProposalAuthor",
    "ProposalObjection",
    "Rhythm",
    "Stage",
    "Summary",
]
