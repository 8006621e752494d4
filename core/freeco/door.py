"""What a page asks of those who open it, as its marks note it (``freeco.doors``)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from freeco.members.models import Community

View = TypeVar("View", bound=Callable[..., Any])

Link = Callable[[Community, Mapping[str, Any]], bool]
"""Whether what an address holds, by name, is a link that this site signed."""


@dataclass(frozen=True)
class Door:
    """What a page asks of those who open it."""

    public: bool = False
    outsiders: bool = False
    before_charter: bool = False
    permissions: frozenset[str] = frozenset()
    link: Link | None = None
    ordering: bool = False
    nameless: bool = False
    earlier_charter: bool = False


def mark_door(view: View, **changes: Any) -> View:
    """Note what a page asks, beside what it asks already."""
    door = getattr(view, "freeco_door", Door())
    view.freeco_door = replace(door, **changes)  # type: ignore[attr-defined]
    return view
