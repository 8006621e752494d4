"""A vote by tokens as its electors meet it, signed in: where it stands, and one's token."""

from base64 import b64decode
from typing import Any

from flask import Blueprint, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from freeco.db import db, only_read
from freeco.doors import earlier_charter
from freeco.errors import Refusal
from freeco_project_decisions.polls.electorate import elector_of
from freeco_project_decisions.polls.errors import NotAnElector
from freeco_project_decisions.polls.opening import find_poll
from freeco_project_decisions.polls.showing import statement_of
from freeco_project_decisions.secret.trustees import group_of
from freeco_project_decisions.tokens import cards, issuing, reading, script_words
from freeco_project_decisions.tokens.blinding import library_is_there
from freeco_project_decisions.tokens.errors import RequestUnsound, TokenGiven
from freeco_project_decisions.tokens.models import TokenPoll
from freeco_project_decisions.tokens.preparing import votes_of
from freeco_project_decisions.tokens.setups import base64_of

pages = Blueprint("project_decisions_tokens", __name__)


@pages.app_context_processor
def _on_polls() -> dict[str, object]:
    return {
        "project_decisions_token_cards": cards.cards,
        "project_decisions_tokens_of": votes_of,
        "project_decisions_token_stage": reading.stage_of,
    }


@pages.get("/votes/<int:poll_id>/jetons")
def vote(poll_id: int) -> ResponseReturnValue:
    """Show where a vote by tokens stands, and give a token while they are given."""
    votes = votes_of(find_poll(g.community, poll_id))
    stage = reading.stage_of(votes)
    if stage is reading.Stage.DRAFT:
        return redirect(url_for("project_decisions_tokens_preparing.steps", poll_id=poll_id))
    return render_template(
        "project_decisions/tokens/vote.html",
        poll=votes.poll,
        votes=votes,
        stage=stage,
        elector=_is_elector(votes),
        given=_is_given(votes),
        numbers=reading.numbers_of(votes),
        group=group_of(votes.poll),
        words=script_words.words(),
        able=library_is_there(),
        csrf=generate_csrf(),
        statement=statement_of(g.community, f"token_opened:{poll_id}"),
    )


@pages.get("/votes/<int:poll_id>/jetons/tableau")
def board(poll_id: int) -> ResponseReturnValue:
    """Lead to the board, which reads no session."""
    votes = votes_of(find_poll(g.community, poll_id))
    return redirect(url_for("project_decisions_token_box.board", identifier=votes.identifier))


def _is_elector(votes: TokenPoll) -> bool:
    try:
        elector_of(votes.poll, g.member)
    except NotAnElector:
        return False
    return True


def _is_given(votes: TokenPoll) -> bool:
    if not _is_elector(votes):
        return False
    return bool(issuing.issues_of(votes, elector_of(votes.poll, g.member)))


@pages.post("/votes/<int:poll_id>/jetons/demande")
@earlier_charter
def ask(poll_id: int) -> ResponseReturnValue:
    """Have a token signed, from the script of the page; the same again gives the same."""
    poll = find_poll(g.community, poll_id)
    try:
        signatures = issuing.ask(poll, g.member, _blinded(request.get_json(silent=True)))
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        only_read()
        given = isinstance(refusal, TokenGiven)
        return jsonify(refused=str(refusal), given=given), refusal.status
    return jsonify(signatures=[None if each is None else base64_of(each) for each in signatures])


def _blinded(content: Any) -> list[bytes]:
    listed = content.get("blinded") if isinstance(content, dict) else None
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise RequestUnsound
    try:
        return [b64decode(each, validate=True) for each in listed]
    except ValueError as broken:
        raise RequestUnsound from broken
