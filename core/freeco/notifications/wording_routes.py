"""Our letters: all of them, each with its preview, and a form to write it in one's own words."""

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import held_here, open_here
from freeco.errors import Absent, NotAllowed
from freeco.i18n import LANGUAGE_NAMES, LANGUAGES, _, language
from freeco.kernel import kernel
from freeco.mail.letters import one_line
from freeco.mail.wording import applying, catalogue, services, spots
from freeco.mail.wording.errors import WrongWords
from freeco.mail.wording.models import LetterWording
from freeco.mail.wording.spots import Obsolete
from freeco.module import LetterKind, Text
from freeco.notifications.wording_preview import Preview, preview
from freeco.notifications.wording_schemas import LanguageSchema, WordingSchema
from freeco.web.forms import Form

pages = Blueprint("wordings", __name__)


@dataclass(frozen=True)
class Line:
    """A letter of the list, and in which languages the community wrote it."""

    kind: LetterKind
    own: tuple[str, ...]
    to_mend: bool


@pages.get("/lettres")
def home() -> ResponseReturnValue:
    """List every letter that this reader may write, by who sends it."""
    written: dict[str, list[LetterWording]] = {}
    for row in services.latest_of_all(g.community):
        written.setdefault(row.letter, []).append(row)
    rooms = [
        (title, [_line(kind, written.get(kind.name, [])) for kind in kinds if _mine(kind)])
        for title, kinds in _rooms()
    ]
    rooms = [(title, lines) for title, lines in rooms if lines]
    if not rooms:
        raise NotAllowed
    toc = [(title, f"lettres-{number}") for number, (title, _lines) in enumerate(rooms, 1)]
    return render_template("letters/home.html", rooms=rooms, toc=toc)


def _rooms() -> list[tuple[Text, tuple[LetterKind, ...]]]:
    titles = {module.name: module.title for module in kernel().plugins.modules.values()}
    return [
        (titles.get(name, _("La communauté et les comptes")), kinds)
        for name, kinds in catalogue.rooms(open_here())
    ]


def _line(kind: LetterKind, rows: list[LetterWording]) -> Line:
    return Line(
        kind,
        tuple(LANGUAGE_NAMES[row.language] for row in rows if row.language in LANGUAGE_NAMES),
        any(services.to_mend(row, kind) for row in rows),
    )


def _mine(kind: LetterKind) -> bool:
    return services.may_write(kind, held_here())


def _kind(name: str) -> LetterKind:
    """Return a letter of an open module. Raises Absent, NotAllowed."""
    kind = catalogue.find(name)
    if catalogue.room_of(kind) not in {catalogue.OWN, *open_here()}:
        raise Absent
    if not _mine(kind):
        raise NotAllowed
    return kind


@pages.get("/lettres/<name>")
def page(name: str) -> ResponseReturnValue:
    """Show a letter as it leaves today, or an earlier version in the form."""
    kind = _kind(name)
    chosen = request.args.get("langue", language())
    if chosen not in LANGUAGES:
        raise Absent
    last = applying.latest(g.community, kind, chosen)
    shown = last if last is not None and last.own else None
    wanted = request.args.get("version", "")
    if wanted:
        shown = _version(kind, chosen, wanted)
    ours = spots.ours(kind, chosen)
    subject, body = (shown.subject, shown.body) if shown is not None else (ours.subject, ours.body)
    form = Form.blank(
        subject=spots.shown(kind, subject),
        body=spots.shown(kind, body).rstrip("\n"),
        seen=last.version if last is not None else 0,
    )
    return _show(kind, chosen, form, (subject, body) if shown is not None else None)


def _version(kind: LetterKind, chosen: str, wanted: str) -> LetterWording:
    for row in services.versions(g.community, kind, chosen):
        if row.own and str(row.version) == wanted:
            return row
    raise Absent


def _show(
    kind: LetterKind,
    chosen: str,
    form: Form,
    own: tuple[str, str] | None,
    *,
    draft: bool = False,
) -> ResponseReturnValue:
    versions = services.versions(g.community, kind, chosen)
    with db.session.no_autoflush:
        seen, broken = _preview(kind, chosen, own)
    shown = render_template(
        "letters/page.html",
        kind=kind,
        chosen=chosen,
        tongues=[
            (
                LANGUAGE_NAMES[each],
                url_for("wordings.page", name=kind.name, langue=each),
                each == chosen,
            )
            for each in LANGUAGES
        ],
        form=form,
        seen=seen,
        broken=broken,
        draft=draft,
        words=list(kind.words.items()),
        needed=[kind.words[each] for each in kind.needed],
        versions=versions,
        shown=partial(spots.shown, kind),
        own=bool(versions) and versions[0].own,
    )
    return shown, form.status


def _preview(kind: LetterKind, chosen: str, own: tuple[str, str] | None) -> tuple[Preview, bool]:
    """Return the letter, and whether these words no longer fit it: then it is ours that leaves."""
    try:
        return preview(kind, g.member, chosen, own), False
    except Obsolete:
        return preview(kind, g.member, chosen, None), True


@pages.post("/lettres/<name>")
def write(name: str) -> ResponseReturnValue:
    """Show what these words would make of the letter, or keep them."""
    kind = _kind(name)
    form = Form.sent()
    schema = WordingSchema()
    chosen = str(form.values.get("langue", ""))
    if chosen not in LANGUAGES:
        raise Absent
    if form.values.get("do") == "see":
        taken = form.take(schema)
        own = _tried(kind, form, taken["subject"], taken["body"]) if taken is not None else None
        return _show(kind, chosen, form, own or _kept(kind, chosen), draft=own is not None)
    done = form.apply(
        schema,
        lambda langue, subject, body, seen, do: services.write(
            kind, g.member, language=langue, subject=subject, body=body, seen=seen
        ),
    )
    if not done:
        last = applying.latest(g.community, kind, chosen)
        # Who reads that somebody was quicker, and keeps their words all the same, may.
        form.values["seen"] = last.version if last is not None else 0
        return _show(kind, chosen, form, _kept(kind, chosen))
    flash(str(_("Vos mots sont enregistrés : la lettre part ainsi désormais.")), "good")
    return redirect(url_for("wordings.page", name=kind.name, langue=chosen))


def _tried(kind: LetterKind, form: Form, subject: str, body: str) -> tuple[str, str] | None:
    """Return the words as they would be kept; None, with the errors noted, when they do not fit."""
    if kind.kept:
        raise NotAllowed
    try:
        return services.understood(kind, one_line(subject), body)
    except WrongWords as wrong:
        form.refuse(wrong)
        return None


def _kept(kind: LetterKind, chosen: str) -> tuple[str, str] | None:
    row = applying.in_force(g.community, kind, chosen)
    return (row.subject, row.body) if row is not None else None


@pages.post("/lettres/<name>/nos-mots")
def go_back(name: str) -> ResponseReturnValue:
    """Use Freeco's words again."""
    kind = _kind(name)
    form = Form.sent()
    if not form.apply(
        LanguageSchema(), lambda langue: services.go_back(kind, g.member, language=langue)
    ):
        return _show(kind, language(), form, None)
    flash(str(_("La lettre de Freeco est revenue. Vos mots restent dans les versions.")), "good")
    chosen = form.values.get("langue")
    return redirect(url_for("wordings.page", name=kind.name, langue=chosen))
