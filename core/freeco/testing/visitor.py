"""A browser without JavaScript, for tests of pages."""

from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

TOKEN = "0123456789abcdef0123456789abcdef01234567"


class Visitor(FlaskClient):
    """Sends the form's token as a page would have given it; the check itself stays on."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Send a request; ``token=False`` leaves the token out, as a forger would."""
        method = str(options.get("method", "GET"))
        if options.pop("token", True) and method not in {"GET", "HEAD", "OPTIONS"}:
            with self.session_transaction() as session:
                session["csrf_token"] = TOKEN
            secret = self.application.config["SECRET_KEY"]
            token = URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(TOKEN)
            options["headers"] = {**(options.get("headers") or {}), "X-CSRFToken": token}
        return super().open(*args, **options)
