"""A secret poll as voters meet it: the ballot, the box, the board, the file, their own code.

Whoever knows the election's identifier opens these pages, signed in or not: the code is the
right to vote, and a ballot comes in nobody's name.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.db import db, leave_no_trace, only_read
from freeco.doors import by_link, earlier_charter, nameless
from freeco.errors import Absent, Refusal, wants_json
from freeco.i18n import _
from freeco.members.models import Community
from freeco.web.forms import Form
from freeco_project_decisions.pacing import retry_after
from freeco_project_decisions.polls import showing as polls_showing
from freeco_project_decisions.polls import wording
from freeco_project_decisions.polls.models import Poll, PollState
from freeco_project_decisions.polls.opening import find_poll
from freeco_project_decisions.secret import board as boards
from freeco_project_decisions.secret import (
    cards,
    casting,
    codes,
    filing,
    preparing,
    script_words,
    showing,
)
from freeco_project_decisions.secret.models import SealedPoll, Way
from freeco_project_decisions.secret.schemas import HalfSchema, TrackerSchema

pages = Blueprint("project_decisions_secret", __name__)


@pages.app_context_processor
def _on_polls() -> dict[str, object]:
    return {
        "project_decisions_secret": showing.on_poll,
        "project_decisions_both_counts": showing.both_counts,
        "project_decisions_sealed_cards": cards.cards,
    }


def _knows(community: Community, values: Mapping[str, Any]) -> bool:
    """Whether an address names an election of this community."""
    return showing.find_sealed(community, str(values.get("identifier", ""))) is not None


def _sealed(identifier: str) -> SealedPoll:
    found = showing.find_sealed(g.community, identifier)
    if found is None or not found.election:
        raise Absent
    return found


@pages.get("/votes/secret/<identifier>")
@by_link(_knows)
def ballot(identifier: str) -> ResponseReturnValue:
    """Show the ballot; it is filled in and sealed on the voter's own device."""
    return _ballot(_sealed(identifier), Form.blank())


def _ballot(sealed: SealedPoll, form: Form, taken: object = None) -> tuple[str, int]:
    poll = sealed.poll
    return (
        render_template(
            "project_decisions/secret/ballot.html",
            poll=poll,
            sealed=sealed,
            form=form,
            taken=taken,
            over=not showing.is_voting(poll),
            asked=showing.asked(sealed.election),
            words=script_words.ballot_words(),
            statement=polls_showing.statement_of(poll.community, f"poll_sealed:{poll.id}"),
        ),
        form.status,
    )


@pages.post("/votes/secret/<identifier>/bulletins")
@by_link(_knows)
@nameless
def cast(identifier: str) -> ResponseReturnValue:
    """Take a sealed ballot from a script: of our page, or of the page that was saved."""
    try:
        taken = casting.cast(_sealed(identifier).poll, request.get_data())
        db.session.commit()
    except Refusal as refusal:
        only_read()
        answer = jsonify(refused=str(refusal))
        answer.headers.update(retry_after(refusal.status))
        return _to_any_page(answer, refusal.status)
    return _to_any_page(jsonify(tracker=taken.tracker, receipt=taken.receipt), 201)


def _to_any_page(answer: Response, status: int) -> Response:
    """Let a saved page read the answer; there is no cookie that it could be read with."""
    answer.status_code = status
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@pages.post("/votes/secret/<identifier>/fichier")
@by_link(_knows)
@nameless
def hand_over(identifier: str) -> ResponseReturnValue:
    """Take a sealed ballot as a file that was written away from the site."""
    sealed, form = _sealed(identifier), Form()
    file = request.files.get("file")
    content = file.read() if file is not None else b""
    if not form.apply(Schema(), lambda: casting.cast(sealed.poll, content.strip())):
        page, status = _ballot(_sealed(identifier), form)
        return page, status, retry_after(status)
    return _ballot(_sealed(identifier), Form.blank(), form.result)


@pages.get("/votes/secret/<identifier>/urne")
@by_link(_knows)
def board(identifier: str) -> ResponseReturnValue:
    """Show the ballots that were published, by the trackers that voters keep."""
    return _board(_sealed(identifier), Form.blank())


def _board(
    sealed: SealedPoll, form: Form, found: showing.Found | None = None
) -> ResponseReturnValue:
    poll = sealed.poll
    batches, trackers = boards.board(poll), request.args.get("debut", "")[:2]
    return (
        render_template(
            "project_decisions/secret/board.html",
            poll=poll,
            sealed=sealed,
            form=form,
            found=found,
            board=showing.shelves(batches, trackers),
            voted=boards.many_voted(poll),
            codes=codes.many_codes(poll),
            voting=showing.is_voting(poll),
            decided=poll.state == PollState.DECIDED,
            statement=polls_showing.statement_of(poll.community, f"poll_sealed:{poll.id}"),
        ),
        form.status,
    )


@pages.post("/votes/secret/<identifier>/urne")
@by_link(_knows)
@nameless
def find(identifier: str) -> ResponseReturnValue:
    """Say where a ballot is; by POST, so that no log has a tracker in an address."""
    sealed, form = _sealed(identifier), Form.sent()

    def look(tracker: str) -> showing.Found:
        return showing.FOUND[boards.find(sealed.poll, tracker)]

    form.apply(TrackerSchema(), look)
    if wants_json():
        found = form.result or showing.FOUND[boards.Place.ABSENT]
        return jsonify(kind=found.kind, sentence=str(found.sentence))
    return _board(sealed, form, form.result)


@pages.get("/votes/secret/<identifier>/archive")
@by_link(_knows)
def archive(identifier: str) -> ResponseReturnValue:
    """Give the whole file of the vote, which anybody may check."""
    sealed = _sealed(identifier)
    tag = filing.stands_at(sealed)
    if request.if_none_match.contains_weak(tag):
        unchanged = Response(status=HTTPStatus.NOT_MODIFIED)
        unchanged.set_etag(tag)
        return unchanged
    name = filing.archive_name(sealed)
    try:
        answer = send_file(
            filing.file_of(sealed),
            mimetype="application/octet-stream",
            as_attachment=True,
            download_name=name,
            etag=filing.stands_at(sealed),
        )
    except OSError:  # the disk is full, or a newer copy has just come: it is given all the same
        return _file(filing.archive_of(sealed.poll), name)
    answer.headers["Cache-Control"] = "private, no-cache"
    del answer.headers["Last-Modified"]  # of the copy: ballots are nobody's hour
    return answer


@pages.get("/votes/secret/<identifier>/page")
@by_link(_knows)
def page(identifier: str) -> ResponseReturnValue:
    """Give the page one saves to vote from, to the byte that the record states."""
    sealed = _sealed(identifier)
    return _file(sealed.page, f"page-de-vote-{sealed.identifier}.html")


def _file(content: bytes, name: str) -> Response:
    # Kept as it is, never opened here: the saved page runs by its own policy, not by the site's.
    answer = Response(content, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.get("/votes/<int:poll_id>/code")
def code_page(poll_id: int) -> ResponseReturnValue:
    """Let an elector make their code of vote, in their own browser."""
    return _code(_with_codes(poll_id), Form.blank())


def _with_codes(poll_id: int) -> Poll:
    poll = find_poll(g.community, poll_id)
    sealed = preparing.sealed_of(poll)
    if sealed.way != Way.SITE or sealed.announced_at is None:
        raise Absent
    return poll


def _code(poll: Poll, form: Form) -> ResponseReturnValue:
    shown = showing.on_poll(poll, g.member)
    return (
        render_template(
            "project_decisions/secret/code.html",
            poll=poll,
            sealed=shown.sealed,
            form=form,
            registered=shown.registered,
            elector=shown.elector,
            on_paper=shown.on_paper,
            closed=poll.state != PollState.DRAFT,
            words=script_words.code_words(),
            ends=wording.ends(poll),
        ),
        form.status,
    )


@pages.post("/votes/<int:poll_id>/code")
@earlier_charter
def register(poll_id: int) -> ResponseReturnValue:
    """Keep the public half of an elector's code; the code itself never comes here."""
    poll, form = _with_codes(poll_id), Form.sent()

    def act(public: str) -> None:
        codes.register(poll, g.member, public)

    if not form.apply(HalfSchema(), act):
        return _code(poll, form)
    leave_no_trace()  # all codes are written again with each: the log would have who came when
    flash(str(_("Votre code est enregistré. Gardez-le bien : il servira à voter.")), "good")
    return redirect(url_for("project_decisions_secret.code_page", poll_id=poll_id))
