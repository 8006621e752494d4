"""What stewards see to: who comes in, what is open, who holds which charge."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco import activation
from freeco.columns import guess
from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.members import invitations, membership, people_entry
from freeco.members.models import STEWARD, Member
from freeco.members.people_import import PERSON_COLUMNS, PeopleReading, read_people
from freeco.members.permissions import OWN_PERMISSIONS
from freeco.members.schemas import (
    CommunitySchema,
    GrantSchema,
    InvitationSchema,
    PauseSchema,
    ThresholdSchema,
)
from freeco.module import Module, Permission
from freeco.record.parameter_words import ADMISSIONS
from freeco.spreadsheets import Table, UnreadableFile, read_table
from freeco.web import uploads
from freeco.web.forms import Form

pages = Blueprint("stewards", __name__)
SHOWN_LINES = 300


def _permissions() -> list[Permission]:
    modules = kernel().plugins.modules.values()
    return [*OWN_PERMISSIONS, *(each for module in modules for each in module.permissions)]


def _module(name: str) -> Module:
    module = kernel().plugins.modules.get(name)
    if module is None:
        raise Absent
    return module


@pages.get("/gerer")
@requires(STEWARD)
def home() -> ResponseReturnValue:
    """Show all that a steward sees to."""
    return _show()


def _show(at: str = "", **forms: Form) -> ResponseReturnValue:
    community = g.community
    presentation = Form.blank(
        name=community.name,
        commune=community.commune,
        presentation=community.presentation,
        admission=community.admission,
        email_domain=community.email_domain,
    )
    others = ("invitation", "threshold", "pause", "charge")
    shown = {"presentation": presentation, **{name: Form.blank() for name in others}, **forms}
    members = [each for each in membership.members_of(community) if each.person is not None]
    return (
        render_template(
            "stewards/home.html",
            waiting=invitations.waiting(community),
            board=activation.openings(kernel().plugins, community, g.member),
            members=members,
            held=[(each, _held(each)) for each in members if _held(each)],
            permissions=[(each.name, each.label) for each in _permissions()],
            admissions=list(ADMISSIONS.items()),
            at=at,
            **shown,
        ),
        max(form.status for form in shown.values()),
    )


def _held(member: Any) -> list[Permission]:
    names = membership.permissions_of(member)
    return [each for each in _permissions() if each.name in names]


@pages.post("/gerer/presentation")
@requires(STEWARD)
def change_presentation() -> ResponseReturnValue:
    """Change how the community presents itself and admits."""
    form = Form.sent()

    def act(*, why: str, **values: str) -> None:
        membership.describe(g.community, by=g.member, reason=why, **values)

    if not form.apply(CommunitySchema(), act):
        return _show(presentation=form)
    flash(str(_("La présentation est enregistrée.")), "good")
    return redirect(url_for("stewards.home"))


@pages.post("/gerer/inviter")
@requires(STEWARD)
def invite() -> ResponseReturnValue:
    """Invite somebody by e-mail."""
    form = Form.sent()
    if not form.apply(
        InvitationSchema(), lambda email: invitations.invite(g.community, email, g.member)
    ):
        return _show(invitation=form)
    flash(str(_("L’invitation est partie.")), "good")
    return redirect(url_for("stewards.home"))


@pages.post("/gerer/invitations/<int:invitation_id>/retirer")
@requires(STEWARD)
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    invitations.revoke(invitations.find_waiting(g.community, invitation_id))
    db.session.commit()
    flash(str(_("L’invitation est retirée.")), "good")
    return redirect(url_for("stewards.home"))


@pages.post("/gerer/seuils/<name>")
@requires(STEWARD)
def set_threshold(name: str) -> ResponseReturnValue:
    """Give the community its own number of members for a module."""
    form = Form.sent()
    module = _module(name)
    if not form.apply(
        ThresholdSchema(),
        lambda members, why: activation.set_threshold(
            kernel().plugins, g.community, module, members, by=g.member, reason=why
        ),
    ):
        return _show(name, threshold=form)
    flash(str(_("Le seuil est enregistré.")), "good")
    return redirect(url_for("stewards.home", _anchor="modules"))


@pages.post("/gerer/pauses/<name>")
@requires(STEWARD)
def pause(name: str) -> ResponseReturnValue:
    """Pause a module, with a reason every member can read."""
    form = Form.sent()
    _module(name)
    if not form.apply(
        PauseSchema(), lambda reason: activation.pause(g.community, name, g.member, reason)
    ):
        return _show(name, pause=form)
    flash(str(_("Le module est en pause.")), "good")
    return redirect(url_for("stewards.home", _anchor="modules"))


@pages.post("/gerer/reprises/<name>")
@requires(STEWARD)
def resume(name: str) -> ResponseReturnValue:
    """Open a paused module again."""
    _module(name)
    activation.resume(g.community, name)
    db.session.commit()
    flash(str(_("Le module est de nouveau ouvert.")), "good")
    return redirect(url_for("stewards.home", _anchor="modules"))


@pages.post("/gerer/charges")
@requires(STEWARD)
def give_charge() -> ResponseReturnValue:
    """Give a member a charge."""
    most = {each.name: each.most for each in _permissions()}

    def give(member: Member, permission: str) -> None:
        membership.grant(member, permission, most[permission])

    return _charge(give, str(_("La charge est confiée.")))


@pages.post("/gerer/charges/retirer")
@requires(STEWARD)
def take_charge_back() -> ResponseReturnValue:
    """Take a charge back."""
    return _charge(membership.revoke, str(_("La charge est retirée.")))


def _charge(change: Any, done: str) -> ResponseReturnValue:
    form = Form.sent()

    def act(member: int, permission: str) -> None:
        if permission not in {each.name for each in _permissions()}:
            raise Absent
        change(membership.find_member(g.community, member), permission)

    if not form.apply(GrantSchema(), act):
        return _show(charge=form)
    flash(done, "good")
    return redirect(url_for("stewards.home", _anchor="charges"))


@pages.get("/gerer/importer")
@requires(STEWARD)
def import_page() -> ResponseReturnValue:
    """Show the form to choose a list of members, or what the chosen list would do."""
    token = request.args.get("fichier", "")
    if not token:
        return _choose(Form.blank())
    table = read_table(*uploads.read(kernel().settings.home, token))
    signed = request.args.get("signee") == "1"
    return _preview(token, table, _mapping(table, request.args), signed)


def _choose(form: Form) -> ResponseReturnValue:
    refused = membership.OnlyInvented.reason if g.community.rehearsal else ""
    page = render_template("stewards/import.html", reading=None, form=form, only_invented=refused)
    return page, form.status


def _mapping(table: Table, chosen: Any) -> dict[str, int] | None:
    """Return the columns a steward matched by hand: a place in the header, by field."""
    found: dict[str, int] = {}
    asked = False
    for column in PERSON_COLUMNS:
        place = chosen.get(f"colonne-{column.name}")
        if place is None:
            continue
        asked = True
        if (
            place.isascii()
            and place.isdigit()
            and len(place) < 4
            and int(place) < len(table.header)
        ):
            found[column.name] = int(place)
    return found if asked else None


def _problems(reading: PeopleReading, *, signed: bool) -> Sequence[Any]:
    return [*reading.problems, *people_entry.problems(reading.people, signed=signed)]


def _preview(
    token: str, table: Table, mapping: dict[str, int] | None, signed: bool, status: int = 200
) -> ResponseReturnValue:
    reading = read_people(table, mapping)
    return (
        render_template(
            "stewards/import.html",
            reading=reading,
            mapping=guess(table.header, PERSON_COLUMNS) if mapping is None else mapping,
            problems=_problems(reading, signed=signed),
            token=token,
            table=table,
            columns=PERSON_COLUMNS,
            signed=signed,
            most=SHOWN_LINES,
        ),
        status,
    )


@pages.post("/gerer/importer")
@requires(STEWARD)
def upload() -> ResponseReturnValue:
    """Keep the chosen list, and show what it would do: nothing is written yet."""
    if g.community.rehearsal:
        raise membership.OnlyInvented
    file = request.files.get("file")
    name, content = (file.filename or "", file.read()) if file else ("", b"")
    signed = request.form.get("signee")
    try:
        if content:
            read_table(name, content)
        token = uploads.keep(kernel().settings.home, name, content)
    except (UnreadableFile, uploads.NoFile) as refusal:
        form = Form.blank(signee=signed)
        form.status, form.errors = refusal.status, {"file": [str(refusal)]}
        return _choose(form)
    return redirect(url_for("stewards.import_page", fichier=token, signee=signed))


@pages.post("/gerer/importer/enregistrer")
@requires(STEWARD)
def take_import() -> ResponseReturnValue:
    """Enter, or invite, everybody on the list, or nobody."""
    token = request.form.get("fichier", "")
    signed = request.form.get("signee") == "1"
    table = read_table(*uploads.read(kernel().settings.home, token))
    mapping = _mapping(table, request.form)
    reading = read_people(table, mapping)
    if _problems(reading, signed=signed):
        return _preview(token, table, mapping, signed, 422)
    done = people_entry.enter_people(
        kernel().plugins, g.community, reading.people, g.member, signed=signed
    )
    db.session.commit()
    uploads.forget(kernel().settings.home, token)
    flash(f"{done}.", "good")
    return redirect(url_for("stewards.home"))
