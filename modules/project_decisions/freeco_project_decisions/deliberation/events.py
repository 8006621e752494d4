"""What deliberation tells the others; ids only."""

from dataclasses import dataclass
from typing import ClassVar

from freeco.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class DiscussionOpened(DomainEvent):
    """Somebody asked the others a question."""

    name: ClassVar[str] = "project_decisions.discussion_opened"
    discussion_id: int
    about: str


@dataclass(frozen=True, kw_only=True)
class ProposalPublished(DomainEvent):
    """A proposal may be read and amended."""

    name: ClassVar[str] = "project_decisions.proposal_published"
    proposal_id: int
    about: str
