"""A browser without JavaScript, for tests of pages."""

from contextvars import Context
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from freeco.db import db

TOKEN = "0123456789abcdef0123456789abcdef01234567"


class Visitor(FlaskClient):
    """Sends the form's token as a page would have given it; the check itself stays on."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Send a request; ``token=False`` leaves the token out, as a forger would.

        The page is answered as in production, apart from the test: in a context and a
        database session of its own, so that it sees only what the test has committed.
        """
        method = str(options.get("method", "GET"))
        if options.pop("token", True) and method not in {"GET", "HEAD", "OPTIONS"}:
            with self.session_transaction() as session:
                session["csrf_token"] = TOKEN
            secret = self.application.config["SECRET_KEY"]
            token = URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(TOKEN)
            options["headers"] = {**(options.get("headers") or {}), "X-CSRFToken": token}
        if has_app_context():
            db.session.commit()  # and lets the write lock of SQLite go
        answer: TestResponse = Context().run(super().open, *args, **options)
        return answer
