"""What projects tell the others; ids only."""

from dataclasses import dataclass
from typing import ClassVar

from freeco.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ProjectOpened(DomainEvent):
    """A project has begun, by its author or by a decision."""

    name: ClassVar[str] = "project_decisions.project_opened"
    project_id: int


@dataclass(frozen=True, kw_only=True)
class ProjectClosed(DomainEvent):
    """A project is over, done or given up."""

    name: ClassVar[str] = "project_decisions.project_closed"
    project_id: int
