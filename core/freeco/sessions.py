"""A browser's session: where it names nobody, and where no cookie goes back."""

from flask import Flask, Response, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin

NOBODY_S = frozenset(
    {"static", "module_files.file", "offline.icon", "offline.manifest", "offline.worker"}
)
"""What is the same for everybody, and asks nobody's name."""
NOBODY_KNOWN_BY = frozenset({"language", "csrf_token"})
"""What a session holds that names nobody: how a page is written, and its forms' token."""
COPIED = frozenset({"record_log.checkpoint", "record_log.tile"})
"""What mirrors copy: strangers must not see a closed circle's, and no cookie goes with it."""


class Sessions(SecureCookieSessionInterface):
    """Flask's own, but for what is the same for everybody.

    A file may lie in a shared cache, where somebody's cookie has no business; and a file that
    comes late must not sign in again who has just signed out.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Leave the browser's cookie as it is where nobody's name is asked."""
        if g.get("nameless"):
            response.vary.add("Cookie")
        else:
            super().save_session(app, session, response)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Say whether the answer carries the cookie."""
        kept = request.endpoint in NOBODY_S | COPIED or g.get("program") is not None
        return not kept and super().should_set_cookie(app, session)


def leave_names_outside() -> None:
    """Forget, for this request alone, all that the session says of who comes."""
    for name in session.keys() - NOBODY_KNOWN_BY:
        del session[name]
