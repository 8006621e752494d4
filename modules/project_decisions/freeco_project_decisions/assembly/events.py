"""What assemblies tell the others; ids only."""

from dataclasses import dataclass
from typing import ClassVar

from freeco.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class AssemblyCalled(DomainEvent):
    """Everybody is invited."""

    name: ClassVar[str] = "project_decisions.assembly_called"
    assembly_id: int


@dataclass(frozen=True, kw_only=True)
class AssemblyCancelled(DomainEvent):
    """It will not take place."""

    name: ClassVar[str] = "project_decisions.assembly_cancelled"
    assembly_id: int


@dataclass(frozen=True, kw_only=True)
class AssemblyClosed(DomainEvent):
    """It is over; its minutes follow."""

    name: ClassVar[str] = "project_decisions.assembly_closed"
    assembly_id: int
