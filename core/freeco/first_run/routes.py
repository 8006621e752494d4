"""The first run: five screens under a secret address, and a community at their end."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.charter import services as charter
from freeco.charter.articles import articles
from freeco.db import db
from freeco.doors import public, sign_in
from freeco.errors import Absent, Invalid, Refusal
from freeco.first_run import begin, drafts, pasting
from freeco.first_run.models import FoundingDraft
from freeco.first_run.presets import PRESETS
from freeco.first_run.screens import SCREENS, Screen, Values, first_unanswered, read
from freeco.first_run.zones import OF_POSTAL_CODE, ZONES
from freeco.i18n import _, counted, language
from freeco.kernel import kernel
from freeco.members.founding import territory_names
from freeco.members.models import Community
from freeco.members.passwords import check_strength, hash_password
from freeco.members.people_import import read_people
from freeco.places.gazetteer import find_commune, gazetteer
from freeco.spreadsheets import UnreadableFile, read_table
from freeco.web.forms import Form

pages = Blueprint("first_run", __name__)
PREVIOUS, READ = "previous", "read"
"""What a screen's quieter buttons ask for."""


@pages.get("/commencer/<secret>")
@public
def resume(secret: str) -> ResponseReturnValue:
    """Go to the first screen that still has something to ask."""
    draft = drafts.find(secret)
    return _home_of(draft) or _to(secret, first_unanswered(draft, g.person))


def _home_of(draft: FoundingDraft) -> ResponseReturnValue | None:
    """Lead a founder who comes back home; for anybody else a link that has served is absent."""
    if draft.community_id is None:
        return None
    founded = begin.founded_by_reader(draft)
    if founded is None:
        raise Absent
    return _ready(founded)


def _to(secret: str, number: int) -> ResponseReturnValue:
    return redirect(url_for("first_run.screen", secret=secret, number=number))


def _ready(community: Community) -> ResponseReturnValue:
    return redirect(url_for("rehearsal.ready", community=community.slug))


@pages.get("/commencer/<secret>/<int:number>")
@public
def screen(secret: str, number: int) -> ResponseReturnValue:
    """Show a screen with what was typed on it; a screen beyond the first unanswered waits."""
    draft = drafts.find(secret)
    home = _home_of(draft)
    if home is not None:
        return home
    if not 1 <= number <= len(SCREENS):
        raise Absent
    reached = first_unanswered(draft, g.person)
    if number > reached:
        return _to(secret, reached)
    form, values = read(SCREENS[number - 1], draft, g.person)
    # What was completed for them (the address, the postal code) is theirs to change.
    form.values |= {name: each for name, each in (values or {}).items() if isinstance(each, str)}
    form.status = 200
    return _show(secret, draft, number, form)


def _show(
    secret: str, draft: FoundingDraft, number: int, form: Form, notes: list[str] | None = None
) -> ResponseReturnValue:
    shown = SCREENS[number - 1]
    form.values.pop("password", None)
    return (
        render_template(
            f"first_run/{shown.name}.html",
            form=form,
            secret=secret,
            number=number,
            titles=[each.title for each in SCREENS],
            notes=notes or [],
            **_around(draft, shown, form),
        ),
        form.status,
    )


def _around(draft: FoundingDraft, shown: Screen, form: Form) -> dict[str, Any]:
    """Return what a screen shows besides its form."""
    name = read(SCREENS[0], draft, g.person)[1]
    around: dict[str, Any] = {"name": name, "site": kernel().settings.base_url}
    if shown.name == "place":
        zones = [(OF_POSTAL_CODE, _("L’heure du code postal")), *ZONES.items()]
        around |= {"zones": zones, "territories": territory_names()}
    elif shown.name == "kind":
        around["presets"] = PRESETS
        around["modules"] = kernel().plugins.modules.values()
        for preset in PRESETS:
            form.values.setdefault(f"presentation_{preset.name}", str(preset.presentation))
    elif shown.name == "charter":
        text = charter.reading(language())
        around |= {"text": text, "articles": articles(text)}
        around["has_password"] = draft.password_hash is not None
    elif shown.name == "people":
        around |= _summary(draft)
    return around


def _summary(draft: FoundingDraft) -> dict[str, Any]:
    values = [read(each, draft, g.person)[1] for each in SCREENS[:4]]
    name, place, kind, founder = values
    if name is None or place is None or kind is None or founder is None:
        return {}
    who = g.person.name if g.person is not None else None
    plan = begin.plan_of(name, place, kind)
    return {
        "plan": plan,
        "zone": ZONES[plan.timezone],
        "kind": next(each.title for each in PRESETS if each.name == kind["kind"]),
        "founder": who or f"{founder['first_name']} {founder['last_name']}",
    }


@pages.post("/commencer/<secret>/<int:number>")
@public
def send(secret: str, number: int) -> ResponseReturnValue:
    """Keep what was typed, then go on, go back, or say beside each field what is wrong."""
    draft = drafts.find(secret)
    if not 1 <= number <= len(SCREENS):
        raise Absent
    shown, sent = SCREENS[number - 1], Form.sent()
    act = sent.values.get("act")
    weak = _keep(draft, shown, sent)
    db.session.commit()
    if draft.community_id is not None:
        return _second_click(draft)
    if act == PREVIOUS:
        return _to(secret, max(1, number - 1))
    if shown.name == "people" and (act == READ or request.files.get("file")):
        return _read_file(secret, draft, number)
    form, values = read(shown, draft, g.person)
    form.errors |= weak
    if values is None or weak:
        form.status = Invalid.status
        return _show(secret, draft, number, form)
    return _go_on(secret, draft, number, values)


def _go_on(secret: str, draft: FoundingDraft, number: int, values: Values) -> ResponseReturnValue:
    if SCREENS[number - 1].name == "place":
        _say_unknown(str(values["commune"]), str(values["postal_code"]))
    return _to(secret, number + 1) if number < len(SCREENS) else _found(secret, draft)


def _say_unknown(commune: str, postal_code: str) -> None:
    """Say that a commune is not in the gazetteer; abroad, or in a story, it need not be."""
    if commune and gazetteer().communes and find_commune(commune, postal_code) is None:
        sentence = _(
            "« %(commune)s » n’est pas dans la liste des communes de France : le nom est gardé "
            "comme vous l’avez écrit.",
            commune=commune,
        )
        flash(str(sentence), "calm")


def _second_click(draft: FoundingDraft) -> ResponseReturnValue:
    """Lead a second click to what the first one founded; the page there asks who is reading."""
    return _ready(db.session.get_one(Community, draft.community_id))


def _keep(draft: FoundingDraft, shown: Screen, sent: Form) -> dict[str, list[str]]:
    """Keep a screen as typed, and of a password its hash only; return what is wrong with it."""
    password = str(sent.values.pop("password", ""))
    known = shown.schema(g.person).fields
    drafts.keep(draft, shown.name, {k: v for k, v in sent.values.items() if k in known})
    if not password or shown.name != "charter" or draft.community_id is not None:
        return {}
    own = [str(sent.values.get(each, "")) for each in ("email", "first_name", "last_name")]
    try:
        check_strength(password, *own)
    except Invalid as refusal:
        return dict(refusal.fields)
    draft.password_hash = hash_password(password)
    return {}


def _read_file(secret: str, draft: FoundingDraft, number: int) -> ResponseReturnValue:
    """Add the people of a spreadsheet to the lines, to be read over before anything is founded."""
    file = request.files.get("file")
    name, content = (file.filename or "", file.read()) if file else ("", b"")
    typed = dict(draft.answers.get("people", {}))
    form = Form.blank(**typed)
    if not name:
        form.errors, form.status = {"file": [str(_("Choisissez d’abord un fichier."))]}, 422
        return _show(secret, draft, number, form)
    try:
        reading = read_people(read_table(name, content))
    except UnreadableFile as refusal:
        form.errors, form.status = {"file": [str(refusal)]}, refusal.status
        return _show(secret, draft, number, form)
    before = str(typed.get("people", "")).rstrip()
    lines = f"{before}\n" * bool(before) + pasting.written(reading.people)
    drafts.keep(draft, "people", {"people": lines})
    db.session.commit()
    count = sum(1 for each in reading.people if each.email)
    taken = counted(
        "%(num)s personne du fichier est ajoutée à la liste. Relisez-la.",
        "%(num)s personnes du fichier sont ajoutées à la liste. Relisez-la.",
        count,
    )
    form.values["people"] = lines
    return _show(secret, draft, number, form, [taken, *pasting.left_behind(reading)])


def _found(secret: str, draft: FoundingDraft) -> ResponseReturnValue:
    try:
        founder = begin.found(kernel().plugins, draft, g.person)
    except Refusal as refusal:
        db.session.rollback()
        flash(str(refusal), "bad")
        return _to(secret, first_unanswered(draft, g.person))
    community = db.session.get_one(Community, draft.community_id)
    db.session.commit()
    if founder is not None:
        sign_in(founder)
    return _ready(community)
