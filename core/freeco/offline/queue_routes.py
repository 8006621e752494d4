"""Handing in what was typed without network, and what a person should look at afterwards."""

from typing import Any

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from marshmallow import ValidationError

from freeco.clock import now
from freeco.db import db
from freeco.doors import held_here
from freeco.errors import Invalid
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.offline import queue
from freeco.offline.models import Outcome
from freeco.offline.refusals import SomebodyElse
from freeco.offline.schemas import DeliverySchema, TypedSchema
from freeco.web.lists import page_of_query

pages = Blueprint("offline_queue", __name__)


@pages.get("/hors-ligne/etat")
def state() -> ResponseReturnValue:
    """Say to a device in whose name it may hand in, and give it a token to do so."""
    return jsonify(member=g.member.id, name=g.member.name, token=generate_csrf())


@pages.post("/hors-ligne")
def hand_in() -> ResponseReturnValue:
    """Merge what a device holds, and answer for each key."""
    try:
        delivery: dict[str, Any] = DeliverySchema().load(request.get_json())
    except ValidationError as error:
        raise Invalid({"delivery": [str(error.messages)]}) from error
    if delivery["member"] != g.member.id:
        raise SomebodyElse
    clock_error = now() - delivery["now"]
    typed, answers = _read(delivery["actions"][: queue.MOST_AT_ONCE])
    answers += queue.hand_in(kernel().plugins, g.member, delivery["device"], clock_error, typed)
    db.session.commit()
    return jsonify(
        clock_error_seconds=round(clock_error.total_seconds()),
        answers=[vars(each) for each in answers],
    )


def _read(actions: list[Any]) -> tuple[list[queue.Typed], list[queue.Answer]]:
    """Read each action by itself: one that cannot be read does not hold up the others."""
    typed, answers = [], []
    for each in actions:
        try:
            typed.append(queue.Typed(**TypedSchema().load(each)))
        except ValidationError:
            key = str(each.get("key", ""))[:80] if isinstance(each, dict) else ""
            reason = str(_("Cette ligne est illisible : elle est à refaire."))
            answers.append(queue.Answer(key, Outcome.REFUSED, reason))
    return typed, answers


@pages.get("/hors-ligne")
def index() -> ResponseReturnValue:
    """List what was typed without network: first what contradicts something, or was refused."""
    plugins, held = kernel().plugins, held_here()
    page = page_of_query(queue.waiting(plugins, g.member, held))
    past = queue.latest(plugins, g.member, held) if page.number == 1 else []
    return render_template(
        "offline/queue.html",
        page=page,
        entries=[(each, queue.told(plugins, g.member, each)) for each in page.rows],
        past=[(each, queue.told(plugins, g.member, each)) for each in past],
    )


@pages.post("/hors-ligne/<int:entry_id>/verifie")
def settle(entry_id: int) -> ResponseReturnValue:
    """Note that somebody has looked at it."""
    entry = queue.find_entry(kernel().plugins, g.member, held_here(), entry_id)
    queue.settle(entry, g.member)
    db.session.commit()
    flash(str(_("C’est noté : vérifié.")), "good")
    return redirect(url_for("offline_queue.index", page=request.args.get("page")))


@pages.post("/hors-ligne/<int:entry_id>/a-verifier")
def reopen(entry_id: int) -> ResponseReturnValue:
    """Put it back among what is to be looked at."""
    entry = queue.find_entry(kernel().plugins, g.member, held_here(), entry_id)
    queue.reopen(entry)
    db.session.commit()
    return redirect(url_for("offline_queue.index"))
