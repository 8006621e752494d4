"""Polls as members meet them: what waits for them, the ballot, proxies, objections."""

from dataclasses import dataclass

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import earlier_charter, held_here, requires
from freeco.errors import Absent
from freeco.i18n import _
from freeco.web.forms import Form
from freeco.web.lists import page_of
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls import objecting, reading, results, showing, voting, wording
from freeco_project_decisions.polls.errors import NotAnElector
from freeco_project_decisions.polls.models import Elector, Poll, PollState
from freeco_project_decisions.polls.opening import find_poll
from freeco_project_decisions.polls.schemas import (
    AnswerSchema,
    ProxySchema,
    ballot_schema,
    marks_of,
    typed,
)

LATEST = 5
"""Decisions on the home of votes; the register has them all."""

pages = Blueprint("project_decisions", __name__, template_folder="../templates")


@pages.app_context_processor
def _words() -> dict[str, object]:
    return {"project_decisions_words": wording}


@pages.get("/")
def home() -> ResponseReturnValue:
    """Show what waits for the reader, what is open, what comes, and the last decisions."""
    waiting = reading.unanswered(g.member)
    running = reading.by_state(g.community, PollState.OPEN, PollState.CLOSED)
    drafts = reading.by_state(g.community, PollState.DRAFT) if _prepares() else []
    return render_template(
        "project_decisions/polls/home.html",
        waiting=waiting,
        others=[poll for poll in running if poll not in waiting],
        coming=reading.coming(g.community),
        drafts=[poll for poll in drafts if not poll.ready],
        decisions=reading.latest(g.community, LATEST),
        voted={poll.id: reading.voted(poll) for poll in running},
    )


def _prepares() -> bool:
    return PREPARE.name in held_here()


@pages.get("/decisions")
def register() -> ResponseReturnValue:
    """Show the register of decisions, by number, and search it."""
    return show_register(Form.blank())


def show_register(period: Form) -> ResponseReturnValue:
    """Show the register, with the days of the part to print as they were typed."""
    words = request.args.get("q", "")[:80]
    subject = request.args.get("sujet", "")[:40]
    page = page_of(reading.register(g.community, words, subject))
    shown = render_template(
        "project_decisions/polls/register.html",
        page=page,
        words=words,
        subject=subject,
        subjects=reading.subjects(g.community),
        sentences={each.id: results.sentence_of(each) for each in page.rows},
        period=period,
    )
    return shown, period.status


@pages.get("/votes/<int:poll_id>")
def poll(poll_id: int) -> ResponseReturnValue:
    """Show a poll: its ballot while it is open, its result once it is over."""
    shown = find_poll(g.community, poll_id)
    if shown.state == PollState.DRAFT and not shown.ready:
        if not _prepares():
            raise Absent
        return redirect(url_for("project_decisions_preparing.preview", poll_id=poll_id))
    if shown.state == PollState.DECIDED:
        return redirect(url_for("project_decisions_results.result", poll_id=poll_id))
    return _page(shown)


@dataclass(frozen=True)
class Answering:
    """The answer to an objection that is being written, with what is wrong with it."""

    form: Form
    objection: int = 0


def _page(
    poll: Poll,
    ballot: Form | None = None,
    proxy: Form | None = None,
    answering: Answering | None = None,
) -> ResponseReturnValue:
    seat = showing.seat_of(poll, g.member)
    if ballot is None:
        values = typed(poll, seat.ballot.marks) if seat.ballot is not None else {}
        ballot = Form.blank(**values | dict(seat.typed))
    proxy = proxy or Form.blank()
    answering = answering or Answering(Form.blank())
    voted = reading.voted(poll)
    return (
        render_template(
            "project_decisions/polls/poll.html",
            poll=poll,
            seat=seat,
            form=ballot,
            proxy=proxy,
            answering=answering,
            holders=_holders(poll, seat),
            voted=voted,
            needed=wording.needed(poll, voted.electors),
            objections=objecting.of(poll),
            rules=wording.rules(poll),
            opened=showing.statement_of(g.community, f"poll_opened:{poll.id}"),
        ),
        max(ballot.status, proxy.status, answering.form.status),
    )


def _holders(poll: Poll, seat: showing.Seat) -> list[tuple[int | str, object]]:
    if not poll.most_proxies or seat.elector is None or poll.state != PollState.OPEN:
        return []
    others = [each for each in reading.electors(poll) if each.id != seat.elector.id and each.member]
    named = [(each.id, showing.name_of(each)) for each in sorted(others, key=showing.sorting)]
    return [("", _("Choisissez une personne")), *named]


@pages.post("/votes/<int:poll_id>/bulletin")
@earlier_charter
def vote(poll_id: int) -> ResponseReturnValue:
    """Cast one's ballot; again replaces it."""
    poll = find_poll(g.community, poll_id)
    form = Form.sent()

    def act(argument: str = "", **taken: object) -> None:
        ballot = voting.vote(poll, g.member, marks_of(poll, taken))
        objecting.note(poll, ballot, argument)

    if not form.apply(ballot_schema(poll), act):
        return _page(poll, ballot=form)
    return _noted(poll)


def _noted(poll: Poll) -> ResponseReturnValue:
    flash(str(_("Votre vote est enregistré. Vous pouvez le changer jusqu’à la fin.")), "good")
    return redirect(url_for("project_decisions.poll", poll_id=poll.id))


@pages.post("/votes/<int:poll_id>/bulletin/retirer")
@earlier_charter
def stand_down(poll_id: int) -> ResponseReturnValue:
    """No longer volunteer."""
    poll = find_poll(g.community, poll_id)
    voting.stand_down(poll, g.member)
    db.session.commit()
    flash(str(_("C’est noté : vous n’êtes plus volontaire.")), "good")
    return redirect(url_for("project_decisions.poll", poll_id=poll.id))


@pages.get("/votes/<int:poll_id>/pour/<int:elector_id>")
def vote_for_page(poll_id: int, elector_id: int) -> ResponseReturnValue:
    """Show the ballot of somebody whose proxy one holds."""
    poll, held = _held(poll_id, elector_id)
    values = typed(poll, held.ballot.marks) if held.ballot is not None else {}
    return _ballot_for(poll, held.giver, Form.blank(**values))


def _held(poll_id: int, elector_id: int) -> tuple[Poll, showing.Held]:
    poll = find_poll(g.community, poll_id)
    for held in showing.seat_of(poll, g.member).held:
        if held.giver.id == elector_id:
            return poll, held
    raise NotAnElector if poll.state == PollState.OPEN else Absent


def _ballot_for(poll: Poll, giver: Elector, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/polls/ballot_for.html",
            poll=poll,
            form=form,
            giver=giver,
            name=showing.name_of(giver),
        ),
        form.status,
    )


@pages.post("/votes/<int:poll_id>/pour/<int:elector_id>")
@earlier_charter
def vote_for(poll_id: int, elector_id: int) -> ResponseReturnValue:
    """Cast the ballot of somebody whose proxy one holds."""
    poll, held = _held(poll_id, elector_id)
    form = Form.sent()

    def act(argument: str = "", **taken: object) -> None:
        ballot = voting.vote_for(poll, g.member, held.giver, marks_of(poll, taken))
        objecting.note(poll, ballot, argument)

    if not form.apply(ballot_schema(poll), act):
        return _ballot_for(poll, held.giver, form)
    return _noted(poll)


@pages.post("/votes/<int:poll_id>/procuration")
@earlier_charter
def give_proxy(poll_id: int) -> ResponseReturnValue:
    """Hand one's vote to another elector."""
    poll = find_poll(g.community, poll_id)
    form = Form.sent()

    def act(holder: int) -> None:
        chosen = db.session.get(Elector, holder)
        if chosen is None or chosen.poll_id != poll.id:
            raise Absent
        voting.give_proxy(poll, g.member, chosen)

    if not form.apply(ProxySchema(), act):
        return _page(poll, proxy=form)
    flash(str(_("Votre procuration est donnée. Vous pouvez encore la reprendre.")), "good")
    return redirect(url_for("project_decisions.poll", poll_id=poll.id))


@pages.post("/votes/<int:poll_id>/procuration/reprendre")
@earlier_charter
def take_back_proxy(poll_id: int) -> ResponseReturnValue:
    """Take back a proxy that has not served."""
    poll = find_poll(g.community, poll_id)
    voting.take_back_proxy(poll, g.member)
    db.session.commit()
    flash(str(_("Votre procuration est reprise : votez vous-même avant la fin.")), "good")
    return redirect(url_for("project_decisions.poll", poll_id=poll.id))


@pages.post("/votes/<int:poll_id>/objections/<int:objection_id>/reponse")
@requires(PREPARE.name)
def answer(poll_id: int, objection_id: int) -> ResponseReturnValue:
    """Answer an objection: its author reads it and lifts it, or not."""
    poll = find_poll(g.community, poll_id)
    form = Form.sent()

    def act(words: str) -> None:
        objecting.answer(poll, objection_id, g.member, words)

    if not form.apply(AnswerSchema(), act):
        return _page(poll, answering=Answering(form, objection_id))
    flash(str(_("La réponse est sur la page, sous l’objection.")), "good")
    return redirect(url_for("project_decisions.poll", poll_id=poll.id, _anchor="objections"))
