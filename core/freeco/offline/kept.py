"""The mark of a page that a device may keep, to be read again without network."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def kept_offline(view: View) -> View:
    """Let a device keep this page as last seen; it is forgotten when its reader signs out."""
    view.freeco_kept_offline = True  # type: ignore[attr-defined]
    return view
