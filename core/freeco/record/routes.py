"""The record, for everybody: what is stated in it, day by day, and each statement's proof."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError, validates_schema

from freeco.doors import public
from freeco.errors import Absent
from freeco.i18n import _
from freeco.record import reading, showing, wording
from freeco.record.kinds import kinds
from freeco.record.models import RecordEntry, RecordLog
from freeco.web.forms import Day, Form, Words
from freeco.web.lists import Page, page_of_query

pages = Blueprint("record", __name__)
PROOF = "inscription"
"""How the file of a proof is named, before its kind and day."""


class SearchSchema(Schema):
    """What is looked for in the record: a kind, from a day, to a day."""

    genre = Words(load_default="")
    du = Day(load_default=None)
    au = Day(load_default=None)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_options: Any) -> None:
        since, until = data.get("du"), data.get("au")
        if since is not None and until is not None and until < since:
            raise ValidationError(str(_("Le dernier jour vient avant le premier.")), "au")


@pages.get("/registre")
@public
def home() -> ResponseReturnValue:
    """Show what is stated in the record, by day, and the seal that stands under it all."""
    log = reading.log_if_any(g.community)
    form = Form.blank(**{name: request.args.get(name, "") for name in SearchSchema().fields})
    held = reading.kinds_in(log) if log is not None else set()
    asked = form.take(SearchSchema())
    if asked is not None and asked["genre"] not in {"", *held, *kinds()}:
        form.errors, form.status, asked = {"genre": [str(_("Ce choix n’existe pas."))]}, 422, None
    page = _page(log, asked) if log is not None and asked is not None else None
    return (
        render_template(
            "record/home.html",
            form=form,
            searching=any(form.values.values()),
            page=page,
            days=wording.by_day(wording.told(page.rows, g.member)) if page is not None else [],
            choices=_choices(held) if held else [],
            seal=showing.seal_of(log) if log is not None else None,
            alarms=showing.alarms_of(log) if log is not None else [],
            witnesses=showing.witnesses_of(log) if log is not None else [],
        ),
        form.status,
    )


@pages.get("/registre/i/<reference>")
@public
def entry(reference: str) -> ResponseReturnValue:
    """Show one statement to anybody: what it says, its place, the seal over it, its proof.

    A printed receipt leads here with the hash that is on the paper (``?empreinte=``).
    """
    found = _found(reference)
    printed = request.args.get("empreinte", "").strip().lower()
    return render_template(
        "record/entry.html",
        told=wording.told([found], g.member)[0],
        printed=bool(printed),
        agrees=printed == found.leaf.hex(),
        seal=showing.seal_over(found),
        sealed=wording.opened(found, []),
        file=showing.file_name(found, PROOF),
    )


@pages.get("/registre/i/<reference>.json")
@public
def statement(reference: str) -> ResponseReturnValue:
    """Give a statement exactly as it is hashed, to the byte."""
    return Response(_found(reference).entry, content_type="application/json")


@pages.get("/registre/i/<reference>.tlog-proof")
@public
def proof(reference: str) -> ResponseReturnValue:
    """Give a statement with its proof, and nothing of what is sealed in it."""
    return showing.proof_answer(_found(reference), [], PROOF)


@pages.get("/registre/verifier")
@public
def how() -> ResponseReturnValue:
    """Say what the record proves, what it does not, and how to check it oneself."""
    log = reading.log_if_any(g.community)
    return render_template(
        "record/how.html",
        log=log,
        seal=showing.seal_of(log) if log is not None else None,
        keys=showing.keys_of(log) if log is not None else [],
        witnesses=showing.witnesses_of(log) if log is not None else [],
        address=showing.address_of(g.community),
    )


def _found(reference: str) -> RecordEntry:
    log = reading.log_if_any(g.community)
    if log is None:
        raise Absent
    return reading.entry_named(log, reference)


def _page(log: RecordLog, asked: dict[str, Any]) -> Page[RecordEntry]:
    since: date | None = asked["du"]
    until: date | None = asked["au"]
    query = reading.entries(log, kind=asked["genre"], since=since, until=until)
    return page_of_query(query)


def _choices(held: Iterable[str]) -> list[tuple[str, str]]:
    """Offer the kinds that this log holds, in order of their words."""
    found = sorted((str(wording.label_of(name)), name) for name in held)
    return [("", str(_("Tout"))), *((name, label) for label, name in found)]
