"""What came of a poll: its page, and its whole derivation as a file."""

from flask import Blueprint, Response, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.errors import Absent
from freeco_project_decisions.polls import again, objecting, reading, results, showing, wording
from freeco_project_decisions.polls.models import Decision
from freeco_project_decisions.polls.opening import find_poll

pages = Blueprint("project_decisions_results", __name__)


@pages.get("/votes/<int:poll_id>/resultat")
def result(poll_id: int) -> ResponseReturnValue:
    """Show what came of a poll, how it was counted, and who voted what."""
    poll = find_poll(g.community, poll_id)
    decision = reading.decision_of(poll)
    if decision is None:
        return redirect(url_for("project_decisions.poll", poll_id=poll_id))
    return render_template(
        "project_decisions/polls/result.html",
        poll=poll,
        decision=decision,
        shown=results.shown(decision),
        roll=showing.roll(poll),
        objections=objecting.of(poll),
        rules=wording.rules(poll),
        opened=showing.statement_of(g.community, f"poll_opened:{poll.id}"),
        again=again.again_of(decision),
        resting=again.rests_until(decision),
        made=showing.statement_of(g.community, f"decision:{decision.id}"),
    )


@pages.get("/votes/<int:poll_id>/resultat.json")
def derivation(poll_id: int) -> ResponseReturnValue:
    """Give an outcome to the letter: its SHA-256 is what the record states."""
    decision = _decided(poll_id)
    return _file(decision.outcome, f"decision-{decision.number}.json")


def _decided(poll_id: int) -> Decision:
    decision = reading.decision_of(find_poll(g.community, poll_id))
    if decision is None:
        raise Absent
    return decision


@pages.get("/votes/<int:poll_id>/question.json")
def question(poll_id: int) -> ResponseReturnValue:
    """Give what was opened, to the letter: its SHA-256 is what the record states."""
    poll = find_poll(g.community, poll_id)
    if not poll.frozen_text:
        raise Absent
    return _file(poll.frozen_text, f"vote-{poll.id}.json")


def _file(text: str, name: str) -> Response:
    answer = Response(text, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
