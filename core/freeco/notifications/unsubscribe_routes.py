"""What a link in a letter opens, without signing in: unsubscribe."""

from http import HTTPStatus

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import public
from freeco.errors import Absent
from freeco.i18n import spoken
from freeco.notifications import unsubscribing
from freeco.notifications.unsubscribing import Refused

pages = Blueprint("letters", __name__)


def _named(token: str) -> Refused:
    refused = unsubscribing.read_token(token)
    if refused is None:
        raise Absent
    return refused


@pages.get("/desabonnement/<token>")
@public
def unsubscribe_page(token: str) -> ResponseReturnValue:
    """Ask before stopping: programs that read mail open every link they find."""
    refused = _named(token)
    with spoken(refused.language):
        return render_template("notifications/unsubscribe.html", refused=refused, token=token)


@pages.post("/desabonnement/<token>")
@public
def unsubscribe(token: str) -> ResponseReturnValue:
    """Stop at once: the token is all it takes, no session, no form of ours (RFC 8058)."""
    refused = _named(token)
    undone = "again" in request.form
    everything = "everything" in request.form
    if undone:
        unsubscribing.take_back(refused)
    else:
        unsubscribing.refuse(refused, everything=everything)
    db.session.commit()
    with spoken(refused.language):
        page = render_template(
            "notifications/unsubscribed.html",
            refused=refused,
            token=token,
            undone=undone,
            everything=everything,
        )
    return page, HTTPStatus.OK
