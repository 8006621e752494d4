"""What polls tell the others; ids only."""

from dataclasses import dataclass
from typing import ClassVar

from freeco.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PollOpened(DomainEvent):
    """A poll has opened: its electors are told."""

    name: ClassVar[str] = "project_decisions.poll_opened"
    poll_id: int


@dataclass(frozen=True, kw_only=True)
class PollExtended(DomainEvent):
    """A poll goes on, by the rule set when it opened."""

    name: ClassVar[str] = "project_decisions.poll_extended"
    poll_id: int


@dataclass(frozen=True, kw_only=True)
class PollCancelled(DomainEvent):
    """A poll that was open is given up. ``asked_by`` as in ``PollDecided``."""

    name: ClassVar[str] = "project_decisions.poll_cancelled"
    poll_id: int
    asked_by: str


@dataclass(frozen=True, kw_only=True)
class PollDecided(DomainEvent):
    """A poll is counted. ``asked_by`` is what another module asked about, or nothing.

    ``chosen`` are the places of the options that were chosen, from 0, in order; none when nothing
    was, and for yes or no, which ``adopted`` says.
    """

    name: ClassVar[str] = "project_decisions.poll_decided"
    poll_id: int
    decision_id: int
    adopted: bool
    asked_by: str
    chosen: tuple[int, ...] = ()
