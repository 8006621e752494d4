"""How a program comes to the door: its key, and no form that somebody could forge."""

from typing import Any

from flask import g, request
from flask_wtf.csrf import CSRFProtect


def secret_shown() -> str:
    """Return the key that a program shows; pages are for people, and do not look."""
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    is_key = request.path.startswith("/api/") and kind.lower() == "bearer"
    return secret.strip() or "-" if is_key else ""


class Forgery(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's own, but for programs and for what comes in nobody's name.

    No browser sends a program's key by itself, nor is any session read where nobody is known.
    """

    def protect(self, *how: Any, **options: Any) -> None:
        """Refuse a change that no page of ours asked for."""
        if g.get("program") is None and not g.get("nameless"):
            super().protect(*how, **options)
