"""Refusals: the sentence the member reads stands on the class; core makes it a page or JSON."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from freeco.db import db, only_read
from freeco.i18n import _
from freeco.module import Text

log = logging.getLogger(__name__)


class Refusal(Exception):
    """The rules say no, and why. Subclasses give the reason, in the reader's language."""

    reason: Text = _("Cette action n’est pas possible.")
    status: int = HTTPStatus.CONFLICT
    fields: Mapping[str, list[str]] = {}

    def __str__(self) -> str:
        return str(self.reason)


class Absent(Refusal):
    """It does not exist, or not for you: the two are never told apart."""

    reason = _("Cette page n’existe pas, ou n’est pas ouverte ici.")
    status = HTTPStatus.NOT_FOUND


class NotAllowed(Refusal):
    """A permission is missing."""

    reason = _("Cette action est réservée aux personnes qui en ont reçu la charge.")
    status = HTTPStatus.FORBIDDEN


class CharterNotAccepted(Refusal):
    """The member reads but does not act until the current charter is accepted."""

    reason = _("Avant d’agir ici, il faut lire et accepter la charte en vigueur.")
    status = HTTPStatus.FORBIDDEN


class TooMany(Refusal):
    """Too many attempts in a short time."""

    reason = _("Trop d’essais en peu de temps. Réessayez dans quelques minutes.")
    status = HTTPStatus.TOO_MANY_REQUESTS


class Invalid(Refusal):
    """What was sent cannot be taken; ``fields`` says why, field by field."""

    reason = _("Certains champs sont à corriger.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__()
        self.fields = fields


HEADINGS: dict[int, Text] = {
    400: _("La demande n’a pas été comprise"),
    403: _("Cette porte reste fermée"),
    404: _("Cette page n’existe pas"),
    405: _("Cette page ne fait pas cela"),
    409: _("Ce n’est pas possible ainsi"),
    413: _("Le fichier est trop gros"),
    422: _("Certains champs sont à corriger"),
    429: _("Un peu de patience"),
    500: _("Quelque chose s’est cassé chez nous"),
    503: _("Beaucoup de monde en même temps"),
}
REASONS: dict[int, Text] = {
    400: _("L’adresse ou le formulaire contient quelque chose d’inattendu."),
    403: _("Vous n’avez pas accès à cette page."),
    404: _("L’adresse est peut-être mal recopiée, ou l’objet n’existe plus."),
    405: _("Revenez en arrière et utilisez le bouton de la page."),
    413: _(
        "Le fichier dépasse 5 Mo. Une photo : réduisez-la. Un tableau : une seule feuille, sans "
        "images. Ce qui était enregistré l’est toujours."
    ),
    415: _("L’API attend du JSON."),
    500: _("L’erreur est notée. Rien de ce qui était déjà enregistré n’est perdu."),
}

BUSY = _("Beaucoup de monde en même temps : rien n’a été enregistré, recommencez dans un instant.")


def wants_json() -> bool:
    """Whether the reader is a program: an API address, or a JSON-only Accept header."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return request.path.startswith("/api/") or best == "application/json"


def problem(
    status: int, title: str, detail: str, fields: Mapping[str, Any] | None = None
) -> Response:
    """Return an RFC 9457 problem+json answer."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if fields:
        body["errors"] = dict(fields)
    answer = jsonify(body)
    answer.status_code = status
    answer.content_type = "application/problem+json"
    return answer


def show(
    status: int, reason: Text, fields: Mapping[str, list[str]] | None = None
) -> ResponseReturnValue:
    """Return the refusal as a page, or as problem+json for a program."""
    heading = str(HEADINGS.get(status, HEADINGS[409]))
    if wants_json():
        return problem(status, heading, str(reason), fields)
    return render_template("error.html", heading=heading, reason=reason, status=status), status


def init_errors(app: Flask) -> None:
    """Turn refusals and broken requests into something a person can read."""

    @app.errorhandler(Refusal)
    def _refused(refusal: Refusal) -> ResponseReturnValue:
        only_read()  # nothing is written: others need not wait for the page that says so
        return show(refusal.status, refusal.reason, refusal.fields)

    @app.errorhandler(IntegrityError)
    def _too_late(_error: IntegrityError) -> ResponseReturnValue:
        # The last line of defence: a constraint refused what a second click wrote.
        log.exception("a constraint of the database refused this")
        db.session.rollback()
        return show(409, _("Quelqu’un, ou un second clic, a été plus rapide. Rechargez la page."))

    @app.errorhandler(HTTPException)
    def _broken(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < HTTPStatus.BAD_REQUEST:
            return error
        return show(status, REASONS.get(status, REASONS[400]))
