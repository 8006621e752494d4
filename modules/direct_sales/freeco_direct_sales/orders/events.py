"""What order sessions tell the others; ids and cents only."""

from dataclasses import dataclass
from typing import ClassVar

from freeco.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class SessionOpened(DomainEvent):
    """Households may order from the session's opening hour on."""

    name: ClassVar[str] = "direct_sales.session_opened"
    session_id: int


@dataclass(frozen=True, kw_only=True)
class SessionClosed(DomainEvent):
    """Nobody orders any more in a session."""

    name: ClassVar[str] = "direct_sales.session_closed"
    session_id: int
