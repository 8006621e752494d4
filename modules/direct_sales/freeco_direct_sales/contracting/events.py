"""What contracts tell the others of their waiting lists; ids only."""

from dataclasses import dataclass
from typing import ClassVar

from freeco.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PlaceReserved(DomainEvent):
    """A place was freed, and is kept for the first who waits for it."""

    name: ClassVar[str] = "direct_sales.place_reserved"
    wish_id: int
