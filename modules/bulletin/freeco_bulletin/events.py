"""What the bulletin tells the others; ids only."""

from dataclasses import dataclass
from typing import ClassVar

from freeco.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class NoticePublished(DomainEvent):
    """A notice is on the page, or will be on its first day."""

    name: ClassVar[str] = "bulletin.notice_published"
    notice_id: int


@dataclass(frozen=True, kw_only=True)
class NoticeWithdrawn(DomainEvent):
    """A notice was taken off every channel."""

    name: ClassVar[str] = "bulletin.notice_withdrawn"
    notice_id: int
