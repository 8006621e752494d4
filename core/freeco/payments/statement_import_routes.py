"""Taking a bank statement: chosen, checked, then taken whole."""

from collections.abc import Mapping
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.i18n import counted, said
from freeco.kernel import kernel
from freeco.members.models import Member
from freeco.organisations.models import Organisation
from freeco.payments import statements
from freeco.payments.statement_formats import Reading, read
from freeco.payments.statement_formats.bank_columns import COLUMNS
from freeco.payments.statement_routes import kept_organisation, pages
from freeco.spreadsheets import UnreadableFile
from freeco.web import uploads
from freeco.web.forms import Form

__all__ = ["pages"]
SHOWN_PROBLEMS = 50
SHOWN_LINES = 10


@pages.get("/releves/<int:member_id>/reprendre")
def import_page(member_id: int) -> ResponseReturnValue:
    """Show the form to choose a statement, or what the chosen one says."""
    member, organisation = kept_organisation(member_id)
    token = request.args.get("fichier", "")
    if not token:
        return _choose(member, Form.blank())
    return _preview(member, organisation, token, _mapping(request.args))


def _choose(member: Member, form: Form) -> ResponseReturnValue:
    refused = statements.OnlyRehearsed.reason if g.community.rehearsal else ""
    page = render_template(
        "payments/statements_import.html", member=member, reading=None, form=form, refused=refused
    )
    return page, form.status


def _mapping(chosen: Mapping[str, Any]) -> dict[str, int] | None:
    """Return the columns that a person said; None when nobody was asked."""
    places = {column.name: chosen.get(f"colonne-{column.name}") for column in COLUMNS}
    if all(place is None for place in places.values()):
        return None
    return {
        name: int(place)
        for name, place in places.items()
        if place and place.isascii() and place.isdigit() and len(place) < 4
    }


def _read(token: str, mapping: dict[str, int] | None) -> Reading:
    name, content = uploads.read(kernel().settings.home, token)
    return read(name, content, mapping)


def _preview(
    member: Member,
    organisation: Organisation,
    token: str,
    mapping: dict[str, int] | None,
    status: int = 200,
) -> ResponseReturnValue:
    reading = _read(token, mapping)
    problems = statements.problems(organisation, reading)
    fresh = statements.new_lines(g.community, organisation, reading)
    page = render_template(
        "payments/statements_import.html",
        member=member,
        reading=reading,
        problems=problems,
        notices=statements.notices(g.community, organisation, reading),
        fresh=[line for line, _mark in fresh],
        token=token,
        columns=COLUMNS,
        most_problems=SHOWN_PROBLEMS,
        most_lines=SHOWN_LINES,
        refused="",
    )
    return page, status


@pages.post("/releves/<int:member_id>/reprendre")
def upload(member_id: int) -> ResponseReturnValue:
    """Keep the chosen file, and show what it says: nothing is written yet."""
    member, _organisation = kept_organisation(member_id)
    if g.community.rehearsal:
        raise statements.OnlyRehearsed
    file = request.files.get("file")
    name, content = (file.filename or "", file.read()) if file else ("", b"")
    try:
        if content:
            read(name, content)
        token = uploads.keep(kernel().settings.home, name, content)
    except (UnreadableFile, uploads.NoFile) as refusal:
        form = Form.blank()
        form.status, form.errors = refusal.status, {"file": [str(refusal)]}
        return _choose(member, form)
    return redirect(url_for("statements.import_page", member_id=member_id, fichier=token))


@pages.post("/releves/<int:member_id>/enregistrer")
def take(member_id: int) -> ResponseReturnValue:
    """Take the statement, whole, or show why not."""
    member, organisation = kept_organisation(member_id)
    token = request.form.get("fichier", "")
    mapping = _mapping(request.form)
    try:
        reading = _read(token, mapping)
        taken = statements.take_in(g.community, organisation, reading, g.member)
    except statements.NotWhole:
        db.session.rollback()
        return _preview(member, organisation, token, mapping, 422)
    db.session.commit()
    uploads.forget(kernel().settings.home, token)
    flash(
        counted(
            "%(num)s ligne nouvelle reprise du relevé.",
            "%(num)s lignes nouvelles reprises du relevé.",
            taken.new,
        )
        if taken.new
        else said("Toutes ces lignes étaient déjà reprises : rien n’a changé."),
        "good",
    )
    return redirect(url_for("statements.account", member_id=member_id))
