"""What votes change: named while they are prepared, and looked after once they are decided."""

from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent
from freeco.i18n import _
from freeco.members.models import STEWARD
from freeco.settable import Rule, find
from freeco.web.forms import Form
from freeco.web.lists import page_of
from freeco_project_decisions.effects import applying, binding, reading
from freeco_project_decisions.effects.schemas import (
    DropSchema,
    NameSchema,
    RulesSchema,
    binding_schema,
)
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls import binds, wording
from freeco_project_decisions.polls.models import Decision, Poll
from freeco_project_decisions.polls.opening import find_poll, require_draft

pages = Blueprint("project_decisions_effects", __name__)


@pages.app_context_processor
def _words() -> dict[str, object]:
    return {"project_decisions_changes": reading.of_poll, "effect_states": reading.STATES}


@pages.get("/votes/<int:poll_id>/effets")
@requires(PREPARE.name)
def choose(poll_id: int) -> ResponseReturnValue:
    """Show what a draft changes, and what else it could."""
    poll = find_poll(g.community, poll_id)
    require_draft(poll)
    return render_template(
        "project_decisions/effects/choose.html",
        poll=poll,
        changes=reading.of_poll(poll),
        rules=[(rule.name, rule.label) for rule in binding.settable(poll)],
    )


@pages.get("/votes/<int:poll_id>/effets/valeur")
@requires(PREPARE.name)
def value_page(poll_id: int) -> ResponseReturnValue:
    """Show the value in force, and ask for the new one."""
    poll = find_poll(g.community, poll_id)
    require_draft(poll)
    binding.require_single(poll)
    rule = find(g.community, request.args.get("name", ""))
    on = binds.read(poll.binds).on
    return _value(poll, rule, Form.blank(on=on.isoformat() if on is not None else None))


def _value(poll: Poll, rule: Rule, form: Form) -> ResponseReturnValue:
    texts = {f"value_{option.place}": option.text for option in poll.options}
    return (
        render_template(
            "project_decisions/effects/value.html",
            poll=poll,
            rule=rule,
            form=form,
            fields=[(name, texts.get(name, "")) for name in binding.fields_of(poll)],
        ),
        form.status,
    )


@pages.post("/votes/<int:poll_id>/effets/valeur")
@requires(PREPARE.name)
def bind(poll_id: int) -> ResponseReturnValue:
    """Note what a draft changes, and from which day."""
    poll = find_poll(g.community, poll_id)
    require_draft(poll)
    rule, form = find(g.community, request.args.get("name", "")), Form.sent()

    def act(on: date | None, **typed: str) -> None:
        binding.bind(poll, rule.name, typed)
        binding.apply_from(poll, on)

    if not form.apply(binding_schema(binding.fields_of(poll)), act):
        return _value(poll, rule, form)
    flash(str(_("C’est noté : si ce vote l’adopte, ce réglage changera tout seul.")), "good")
    if binds.unstated(poll):
        return redirect(url_for("project_decisions_effects.rules_page", poll_id=poll_id))
    return redirect(url_for("project_decisions_preparing.preview", poll_id=poll_id))


@pages.get("/votes/<int:poll_id>/effets/regles")
@requires(PREPARE.name)
def rules_page(poll_id: int) -> ResponseReturnValue:
    """Show by which rules a draft binds everybody: a quorum that is only usual is not said yet."""
    poll = find_poll(g.community, poll_id)
    require_draft(poll)
    found = binds.read(poll.binds)
    said = poll.quorum_part or found.without_quorum
    form = Form.blank(
        quorum=wording.quorum_of(poll) if said else "",
        without_quorum=found.without_quorum,
        voters=found.voters,
    )
    return _rules(poll, form)


def _rules(poll: Poll, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/effects/rules.html",
            poll=poll,
            form=form,
            quorums=[(name, words) for name, (words, _part, _whole) in wording.QUORUMS.items()],
            shared=binds.shares_voices(poll),
            left_out=binds.left_out(poll),
        ),
        form.status,
    )


@pages.post("/votes/<int:poll_id>/effets/regles")
@requires(PREPARE.name)
def state_rules(poll_id: int) -> ResponseReturnValue:
    """Keep by which rules a draft binds everybody."""
    poll, form = find_poll(g.community, poll_id), Form.sent()

    def act(quorum: str, without_quorum: str, voters: str) -> None:
        binding.state_rules(poll, quorum, without_quorum, voters)

    if not form.apply(RulesSchema(), act):
        return _rules(poll, form)
    flash(str(_("C’est noté : ceux qui votent liront ces règles.")), "good")
    return redirect(url_for("project_decisions_preparing.preview", poll_id=poll_id))


@pages.post("/votes/<int:poll_id>/effets/retirer")
@requires(PREPARE.name)
def unbind(poll_id: int) -> ResponseReturnValue:
    """Let a draft change this no more."""
    poll, form = find_poll(g.community, poll_id), Form.sent()
    if form.apply(NameSchema(), lambda name: binding.unbind(poll, name)):
        flash(str(_("Ce vote ne changera plus ce réglage.")), "good")
    return redirect(url_for("project_decisions_preparing.preview", poll_id=poll_id))


@pages.get("/decisions/effets")
def register() -> ResponseReturnValue:
    """Show what decisions changed, what waits for its day, and what somebody has to look at."""
    page = page_of(reading.register(g.community))
    return render_template(
        "project_decisions/effects/register.html",
        page=page,
        words={each.id: reading.words(each) for each in page.rows},
    )


@pages.get("/decisions/<int:decision_id>/a-regarder")
@requires(STEWARD, PREPARE.name)
def look(decision_id: int) -> ResponseReturnValue:
    """Show what could not be applied, and ask what to do."""
    return _look(_decision(decision_id), Form.blank())


def _decision(decision_id: int) -> Decision:
    found = db.session.get(Decision, decision_id)
    if found is None or found.community_id != g.community.id:
        raise Absent
    return found


def _look(decision: Decision, form: Form) -> ResponseReturnValue:
    changes = reading.of_poll(decision.poll)
    if not changes.held and not form.errors:
        return redirect(url_for("project_decisions_results.result", poll_id=decision.poll_id))
    return (
        render_template(
            "project_decisions/effects/look.html",
            decision=decision,
            changes=changes,
            form=form,
            in_force=reading.in_force(decision.community, changes),
        ),
        form.status,
    )


@pages.post("/decisions/<int:decision_id>/appliquer")
@requires(STEWARD, PREPARE.name)
def apply_anyway(decision_id: int) -> ResponseReturnValue:
    """Apply what was voted, though the value moved meanwhile."""
    decision, form = _decision(decision_id), Form()
    if not form.apply(Schema(), lambda: applying.apply_anyway(decision, g.member)):
        return _look(decision, form)
    flash(str(_("La décision est appliquée.")), "good")
    return redirect(url_for("project_decisions_results.result", poll_id=decision.poll_id))


@pages.post("/decisions/<int:decision_id>/laisser")
@requires(STEWARD, PREPARE.name)
def drop(decision_id: int) -> ResponseReturnValue:
    """Say that what was voted applies no more, and why."""
    decision, form = _decision(decision_id), Form.sent()

    def act(reason: str) -> None:
        applying.drop(decision, g.member, reason)

    if not form.apply(DropSchema(), act):
        return _look(decision, form)
    flash(str(_("C’est écrit sur la page de la décision, avec la raison.")), "good")
    return redirect(url_for("project_decisions_results.result", poll_id=decision.poll_id))
