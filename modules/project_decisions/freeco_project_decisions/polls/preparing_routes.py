"""Preparing a poll: its method, its text, reading it again, opening it, giving it up."""

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.clock import now
from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent
from freeco.i18n import _, money
from freeco.web.forms import Form
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls import electorate, opening, preparing, reading, wording
from freeco_project_decisions.polls.errors import EndsBefore
from freeco_project_decisions.polls.marks import BUDGETS, CHOOSING, OF_ONE
from freeco_project_decisions.polls.models import Method, Poll, PollState
from freeco_project_decisions.polls.opening import find_poll
from freeco_project_decisions.polls.preparing import Choice, Written
from freeco_project_decisions.polls.schemas import ReasonSchema, poll_schema, ties_of, written

pages = Blueprint("project_decisions_preparing", __name__)


@pages.get("/votes/nouveau")
@requires(PREPARE.name)
def methods() -> ResponseReturnValue:
    """Choose how to decide: each method in one sentence."""
    return render_template("project_decisions/polls/methods.html")


@pages.get("/votes/nouveau/<method>")
@requires(PREPARE.name)
def new_page(method: str) -> ResponseReturnValue:
    """Show the form of a new poll."""
    return _form(_method(method), Form.blank(opens_hour="08:00", closes_hour="20:00", places=1))


def _method(name: str) -> Method:
    if name not in tuple(Method):
        raise Absent
    return Method(name)


def _form(method: Method, form: Form, poll: Poll | None = None) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/polls/form.html",
            form=form,
            poll=poll,
            method=method,
            fixed=poll is not None and preparing.words_are_fixed(poll),
            chooses=method in CHOOSING,
            budget=method in BUDGETS,
            places=method not in BUDGETS and method not in OF_ONE,
            majority=method in (Method.ASSENT, Method.HANDS),
            majorities=[(name, rule[0]) for name, rule in wording.MAJORITIES.items()],
            bases=list(wording.BASES.items()),
            quorums=[(name, rule[0]) for name, rule in wording.QUORUMS.items()],
            ties=[(name, wording.TIES[name]) for name in ties_of(method)],
            organisations=electorate.has_organisations(g.community),
            subjects=reading.subjects(g.community),
        ),
        form.status,
    )


@pages.post("/votes/nouveau/<method>")
@requires(PREPARE.name)
def new(method: str) -> ResponseReturnValue:
    """Keep a draft."""
    chosen, form = _method(method), Form.sent()

    def act(**taken: object) -> Poll:
        poll, choices = _written(taken)
        return preparing.draft(g.community, g.member, chosen, poll, choices)

    if not form.apply(poll_schema(chosen), act):
        return _form(chosen, form)
    return redirect(url_for("project_decisions_preparing.preview", poll_id=form.result.id))


def _written(taken: dict[str, object]) -> tuple[Written, list[Choice]]:
    poll, choices = written(g.community, taken)
    if poll.closes_at <= now():
        raise EndsBefore
    return poll, list(choices)


@pages.get("/votes/<int:poll_id>/modifier")
@requires(PREPARE.name)
def change_page(poll_id: int) -> ResponseReturnValue:
    """Show a draft as it was typed."""
    poll = find_poll(g.community, poll_id)
    opening.require_draft(poll)
    return _form(Method(poll.method), _typed(poll), poll)


def _typed(poll: Poll) -> Form:
    zone = ZoneInfo(poll.community.timezone)
    opens, closes = poll.opens_at.astimezone(zone), poll.closes_at.astimezone(zone)
    by_hand = poll.opens_at <= now()
    return Form.blank(
        title=poll.title,
        text=poll.text,
        opens_on=None if by_hand else opens.date().isoformat(),
        opens_hour="08:00" if by_hand else f"{opens:%H:%M}",
        closes_on=closes.date().isoformat(),
        closes_hour=f"{closes:%H:%M}",
        quorum=wording.quorum_of(poll),
        majority=wording.majority_of(poll),
        base=poll.base,
        tie=poll.tie,
        places=poll.places,
        most_proxies=poll.most_proxies or None,
        extension_days=poll.extension_days or None,
        by_organisation="1" if poll.by_organisation else "",
        subject=poll.subject,
        rests_months=poll.rests_months or None,
        budget=money(poll.budget) if poll.budget is not None else None,
        choices="\n".join(
            each.text
            if each.cost is None or poll.method not in BUDGETS
            else f"{each.text} : {money(each.cost)}"
            for each in poll.options
        ),
    )


@pages.post("/votes/<int:poll_id>/modifier")
@requires(PREPARE.name)
def change(poll_id: int) -> ResponseReturnValue:
    """Keep what was typed in a draft."""
    poll, form = find_poll(g.community, poll_id), Form.sent()

    def act(**taken: object) -> None:
        preparing.change(poll, *_written(taken))

    if not form.apply(poll_schema(Method(poll.method)), act):
        return _form(Method(poll.method), form, poll)
    return redirect(url_for("project_decisions_preparing.preview", poll_id=poll_id))


@pages.get("/votes/<int:poll_id>/relire")
@requires(PREPARE.name)
def preview(poll_id: int) -> ResponseReturnValue:
    """Read all of a draft again, with who could vote, before it is opened."""
    poll = find_poll(g.community, poll_id)
    if poll.state != PollState.DRAFT:
        return redirect(url_for("project_decisions.poll", poll_id=poll_id))
    return _preview(poll, Form.blank())


def _preview(poll: Poll, form: Form) -> ResponseReturnValue:
    many = len(electorate.members_today(poll))
    return (
        render_template(
            "project_decisions/polls/preview.html",
            poll=poll,
            form=form,
            rules=wording.rules(poll),
            electors=many,
            needed=wording.needed(poll, many),
            later=poll.opens_at > now(),
        ),
        form.status,
    )


@pages.post("/votes/<int:poll_id>/ouvrir")
@requires(PREPARE.name)
def open_now(poll_id: int) -> ResponseReturnValue:
    """Open a poll; from now on nothing of it changes. A second click changes nothing."""
    poll, form = find_poll(g.community, poll_id), Form()
    if not form.apply(Schema(), lambda: opening.open_poll(poll)):
        return _preview(poll, form)
    flash(str(_("Le vote est ouvert, et ceux qui peuvent voter sont prévenus.")), "good")
    return redirect(url_for("project_decisions.poll", poll_id=poll_id))


@pages.post("/votes/<int:poll_id>/programmer")
@requires(PREPARE.name)
def schedule(poll_id: int) -> ResponseReturnValue:
    """Let a poll open by itself at its hour."""
    poll, form = find_poll(g.community, poll_id), Form()
    if not form.apply(Schema(), lambda: preparing.make_ready(poll)):
        return _preview(poll, form)
    flash(str(_("Le vote s’ouvrira tout seul à son heure. D’ici là, il peut changer.")), "good")
    return redirect(url_for("project_decisions_preparing.preview", poll_id=poll_id))


@pages.post("/votes/<int:poll_id>/deprogrammer")
@requires(PREPARE.name)
def hold_back(poll_id: int) -> ResponseReturnValue:
    """Keep a poll from opening by itself."""
    poll = find_poll(g.community, poll_id)
    preparing.hold_back(poll)
    db.session.commit()
    flash(str(_("Le vote ne s’ouvrira pas tout seul.")), "good")
    return redirect(url_for("project_decisions_preparing.preview", poll_id=poll_id))


@pages.post("/votes/<int:poll_id>/supprimer")
@requires(PREPARE.name)
def throw_away(poll_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    preparing.throw_away(find_poll(g.community, poll_id))
    db.session.commit()
    flash(str(_("Le brouillon est supprimé.")), "good")
    return redirect(url_for("project_decisions.home"))


@pages.get("/votes/<int:poll_id>/annuler")
@requires(PREPARE.name)
def cancel_page(poll_id: int) -> ResponseReturnValue:
    """Ask why a poll is given up."""
    poll = find_poll(g.community, poll_id)
    if poll.state not in (PollState.OPEN, PollState.CLOSED):
        return redirect(url_for("project_decisions.poll", poll_id=poll_id))
    return _cancelling(poll, Form.blank())


def _cancelling(poll: Poll, form: Form) -> ResponseReturnValue:
    page = render_template("project_decisions/polls/cancel.html", poll=poll, form=form)
    return page, form.status


@pages.post("/votes/<int:poll_id>/annuler")
@requires(PREPARE.name)
def cancel(poll_id: int) -> ResponseReturnValue:
    """Give up a poll, saying why to all."""
    poll, form = find_poll(g.community, poll_id), Form.sent()

    def act(reason: str) -> None:
        preparing.cancel(poll, reason)

    if not form.apply(ReasonSchema(), act):
        return _cancelling(poll, form)
    flash(str(_("Le vote est annulé, et les votants savent pourquoi.")), "good")
    return redirect(url_for("project_decisions.poll", poll_id=poll_id))
