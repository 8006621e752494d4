"""The box and the board of a vote by tokens: whoever knows the identifier opens them.

No session is read on any of these pages: the ballot comes in nobody's name.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.db import db, only_read
from freeco.doors import by_link, nameless
from freeco.errors import Absent, Refusal
from freeco.members.models import Community
from freeco.web.forms import Form
from freeco_project_decisions.pacing import retry_after
from freeco_project_decisions.polls.showing import statement_of
from freeco_project_decisions.tokens import casting, reading, script_words
from freeco_project_decisions.tokens.ballots import LONGEST
from freeco_project_decisions.tokens.errors import BallotUnreadable, SerialUsed
from freeco_project_decisions.tokens.finding import fate_of
from freeco_project_decisions.tokens.models import TokenPoll
from freeco_project_decisions.tokens.offline_page import page_name
from freeco_project_decisions.tokens.preparing import by_identifier, find_votes
from freeco_project_decisions.tokens.scripts import openssl_script

pages = Blueprint("project_decisions_token_box", __name__)


def _knows(community: Community, values: Mapping[str, Any]) -> bool:
    """Whether an address names a vote of this community."""
    return by_identifier(community, str(values.get("identifier", ""))) is not None


@pages.get("/urne/<identifier>")
@by_link(_knows)
@nameless
def box(identifier: str) -> ResponseReturnValue:
    """Show the ballot; it is filled in, sealed and signed on the voter's own device."""
    return _box(find_votes(g.community, identifier), Form.blank())


def _box(votes: TokenPoll, form: Form, taken: object = None) -> tuple[str, int]:
    return (
        render_template(
            "project_decisions/tokens/box.html",
            poll=votes.poll,
            votes=votes,
            stage=reading.stage_of(votes),
            form=form,
            taken=taken,
            words=script_words.words(),
            page_sha256=sha256(votes.page).hexdigest() if votes.page else "",
            statement=statement_of(votes.poll.community, f"token_opened:{votes.poll_id}"),
        ),
        form.status,
    )


@pages.post("/urne/<identifier>/bulletins")
@by_link(_knows)
@nameless
def cast(identifier: str) -> ResponseReturnValue:
    """Take a sealed ballot from a script: of our page, or of the page that was saved."""
    try:
        taken = casting.cast(find_votes(g.community, identifier), _sent())
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        only_read()
        last = {"last": refusal.last} if isinstance(refusal, SerialUsed) else {}
        refused = jsonify(refused=str(refusal), **last)
        refused.headers.update(retry_after(refusal.status))
        return _to_any_page(refused, refusal.status)
    answer = jsonify(tracker=taken.tracker, again=taken.again, receipt=taken.receipt)
    return _to_any_page(answer, 200 if taken.again else 201)


def _to_any_page(answer: Response, status: int) -> Response:
    """Let a saved page read the answer; there is no cookie that it could be read with."""
    answer.status_code = status
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@pages.post("/urne/<identifier>/fichier")
@by_link(_knows)
@nameless
def hand_over(identifier: str) -> ResponseReturnValue:
    """Take a sealed ballot as a file that was written away from the site."""
    votes, form = find_votes(g.community, identifier), Form()
    file = request.files.get("file")
    content = file.read(LONGEST + 1).strip() if file is not None else b""
    if not form.apply(Schema(), lambda: casting.cast(votes, _text(content))):
        page, status = _box(find_votes(g.community, identifier), form)
        return page, status, retry_after(status)
    return _box(find_votes(g.community, identifier), Form.blank(), form.result)


@pages.get("/urne/<identifier>/page")
@by_link(_knows)
@nameless
def page(identifier: str) -> ResponseReturnValue:
    """Give the page one saves to vote from, to the byte that the record states."""
    votes = find_votes(g.community, identifier)
    if not votes.page:
        raise Absent
    # Kept as it is, never opened here: the saved page runs by its own policy, not by the site's.
    answer = Response(votes.page, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{page_name(votes)}"'
    return answer


def _sent() -> str:
    return _text(request.get_data())


def _text(content: bytes) -> str:
    if len(content) > LONGEST:
        raise BallotUnreadable
    try:
        return content.decode()
    except UnicodeDecodeError as broken:
        raise BallotUnreadable from broken


@pages.get("/urne/<identifier>/tableau")
@by_link(_knows)
@nameless
def board(identifier: str) -> ResponseReturnValue:
    """Show what anybody may compare."""
    return _board(find_votes(g.community, identifier), "")


@pages.post("/urne/<identifier>/tableau")
@by_link(_knows)
@nameless
def find(identifier: str) -> ResponseReturnValue:
    """Say where a ballot is; by POST, so that no log has a tracker in an address.

    Beside an hour and whose computer asked, it would say what somebody voted.
    """
    return _board(find_votes(g.community, identifier), _tracker())


def _tracker() -> str:
    return request.form.get("suivi", "").replace("\0", "").strip()[:60]


def _board(votes: TokenPoll, tracker: str) -> ResponseReturnValue:
    line = reading.find_line(votes, tracker) if tracker else None
    return render_template(
        "project_decisions/tokens/board.html",
        poll=votes.poll,
        votes=votes,
        stage=reading.stage_of(votes),
        numbers=reading.numbers_of(votes),
        trackers=reading.trackers(votes),
        form=Form.blank(suivi=tracker),
        tracker=tracker,
        line=line,
        fate=fate_of(votes, line) if line is not None else None,
        waiting=bool(tracker) and line is None and reading.is_waiting(votes, tracker),
        statement=statement_of(votes.poll.community, f"token_counted:{votes.poll_id}")
        or statement_of(votes.poll.community, f"token_opened:{votes.poll_id}"),
        file=reading.export_name(votes),
    )


@pages.get("/urne/<identifier>/tableau.jsonl")
@by_link(_knows)
@nameless
def export(identifier: str) -> ResponseReturnValue:
    """Give the whole board as a file, for whoever recounts."""
    votes = find_votes(g.community, identifier)
    answer = Response(reading.export(votes), content_type="text/plain; charset=utf-8")
    name = reading.export_name(votes)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.post("/urne/<identifier>/jeton.sh")
@by_link(_knows)
@nameless
def script(identifier: str) -> ResponseReturnValue:
    """Give a script that verifies the token of one ballot with OpenSSL alone."""
    votes = find_votes(g.community, identifier)
    line = reading.find_line(votes, _tracker())
    if line is None:
        raise Absent
    text = openssl_script(casting.setup_of(votes), line.text)
    answer = Response(text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="jeton.sh"'
    return answer
