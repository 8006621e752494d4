"""What the day of a distribution tells the others; ids only."""

from dataclasses import dataclass
from typing import ClassVar

from freeco.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ShiftFreed(DomainEvent):
    """Somebody cannot come: a stand-in is sought."""

    name: ClassVar[str] = "direct_sales.shift_freed"
    signup_id: int
