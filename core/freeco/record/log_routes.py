"""The log as static files (c2sp.org/tlog-tiles): the checkpoint, the tiles, the entries.

They are the same for everybody who may see the community: mirrors copy them as they are.
"""

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from freeco.doors import public
from freeco.errors import Absent
from freeco.record import reading, receipts
from freeco.record.models import RecordLog

pages = Blueprint("record_log", __name__)
SECONDS = 5
"""How long a checkpoint may be kept: the next one comes with the next statement."""
A_YEAR = 31_536_000


@pages.get("/registre/checkpoint")
@public
def checkpoint() -> ResponseReturnValue:
    """Give the head of the log as it was last signed, with its witnesses."""
    head = reading.latest_checkpoint(log_here())
    if head is None:
        raise Absent
    note = str(receipts.note_with_witnesses(head))
    return _kept(Response(note, content_type="text/plain; charset=utf-8"), f"max-age={SECONDS}")


@pages.get("/registre/tile/<path:path>", merge_slashes=False)
@public
def tile(path: str) -> ResponseReturnValue:
    """Give a row of hashes of the tree, or a bundle of entries; neither ever changes."""
    content = reading.tile(log_here(), f"tile/{path}")
    answer = Response(content, content_type="application/octet-stream")
    return _kept(answer, f"max-age={A_YEAR}, immutable")


def log_here() -> RecordLog:
    """Return the log of the community in view. Raises Absent where there is none."""
    log = reading.log_if_any(g.community)
    if log is None:
        raise Absent
    return log


def _kept(answer: Response, how_long: str) -> Response:
    """Let caches keep a file; only the reader's own where strangers must not see the circle."""
    whose = "private" if g.community.is_closed else "public"
    answer.headers["Cache-Control"] = f"{whose}, {how_long}"
    answer.add_etag()
    answer.make_conditional(request)
    return answer
