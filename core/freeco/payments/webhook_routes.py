"""What the payment provider tells us: kept at once, acted upon by the worker."""

from http import HTTPStatus

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from freeco.doors import public
from freeco.kernel import kernel
from freeco.payments.card import inbox, signatures

pages = Blueprint("webhooks", __name__)


@pages.post("/paiements/carte/evenements")
@public
def hear() -> ResponseReturnValue:
    """Keep what a known secret has signed: a second time is a 200 too, and changes nothing.

    No session, no form of ours: the signature is the proof.
    """
    request.max_content_length = signatures.LARGEST_BODY
    body = request.get_data(cache=False)
    signature = request.headers.get(signatures.HEADER, "")
    inbox.keep(signatures.verified(kernel().settings, body, signature))
    return "", HTTPStatus.OK
