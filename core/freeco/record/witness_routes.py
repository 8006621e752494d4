"""The site as a witness of others' logs (c2sp.org/tlog-witness)."""

from http import HTTPStatus

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import public
from freeco.errors import Absent
from freeco.kernel import kernel
from freeco.record import keys, witness
from freeco.record.errors import KeyMissing, Malformed, RecordRefusal

pages = Blueprint("record_witness", __name__)
PLAIN = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"


@pages.post("/temoin/add-checkpoint")
@public
def add_checkpoint() -> ResponseReturnValue:
    """Co-sign a checkpoint, or say in a program's words why not.

    No session, no form of ours: the log's signature is the proof.
    """
    request.max_content_length = witness.LARGEST_BODY
    body = request.get_data(cache=False)
    try:
        line = witness.add_checkpoint(body, keys.witness_key())
    except RecordRefusal as refusal:
        db.session.commit()  # what was found against the log stays
        return _refused(refusal)
    db.session.commit()
    return Response(line, content_type=PLAIN)


def _refused(refusal: RecordRefusal) -> Response:
    if isinstance(refusal, witness.OldDiffers):
        return Response(f"{refusal.size}\n", HTTPStatus.CONFLICT, content_type=SIZE)
    broken = isinstance(refusal, Malformed)
    status = HTTPStatus.BAD_REQUEST if broken else refusal.status
    return Response(f"{refusal}\n", status, content_type=PLAIN)


@pages.get("/temoin")
@public
def home() -> ResponseReturnValue:
    """Say which logs this site witnesses, what it last saw of each, and under which key."""
    try:
        key = str(keys.witness_key().verifier)
    except KeyMissing:
        key = ""
    return render_template(
        "record/witness.html",
        key=key,
        watching=witness.watching(),
        address=kernel().settings.base_url + "/temoin",
    )


@pages.get("/temoin/<digest>/checkpoint")
@public
def last_seen(digest: str) -> ResponseReturnValue:
    """Give the last checkpoint that we have co-signed of a log, named by its SHA-256."""
    try:
        watched = witness.find_by_digest(digest)
    except witness.UnknownLog as unknown:
        raise Absent from unknown
    return Response(watched.note, content_type=PLAIN)
