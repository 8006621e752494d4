"""So many write at once that a turn did not come: said calmly, and nothing typed is lost."""

from http import HTTPStatus

from flask import Flask, g, make_response, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from freeco.db import is_busy, only_read
from freeco.doors import recognise
from freeco.errors import BUSY, Refusal, show
from freeco.programs.forgery import secret_shown
from freeco.web import unfinished

AGAIN_AFTER_SECONDS = 5


def init_busy(app: Flask) -> None:
    """Answer 503 where the database gave no turn to write; any other failure stays one."""

    @app.errorhandler(OperationalError)
    def _busy(error: OperationalError) -> ResponseReturnValue:
        if not is_busy(error):
            raise error
        only_read()
        _see_who_asks()
        form = unfinished.Unfinished.sent() if request.method == "POST" else None
        answer = make_response(
            show(HTTPStatus.SERVICE_UNAVAILABLE, BUSY)
            if form is None
            else (unfinished.show_busy(form), HTTPStatus.SERVICE_UNAVAILABLE)
        )
        answer.headers["Retry-After"] = str(AGAIN_AFTER_SECONDS)
        return answer


def _see_who_asks() -> None:
    """Recognise the reader, whom the guard most often had no turn to recognise."""
    if g.get("person") is not None or "person" not in session or secret_shown():
        return
    try:
        recognise()
    except Refusal:
        return  # the page then speaks to nobody in particular
