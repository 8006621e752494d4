"""A member's page of the programs that act for them."""

from secrets import token_urlsafe

from flask import Blueprint, flash, g, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import before_charter
from freeco.errors import Absent
from freeco.i18n import _
from freeco.programs import keys
from freeco.programs.models import Scope
from freeco.programs.schemas import KeySchema
from freeco.web.forms import Form

pages = Blueprint("programs", __name__)


@pages.get("/programmes")
def home() -> ResponseReturnValue:
    """Show the programs that have a key of mine, and a form for another."""
    return _page(_blank())


def _blank() -> Form:
    return Form.blank(scope=Scope.READ.value, form_key=token_urlsafe(18))


def _page(form: Form, given: str = "", given_to: str = "") -> ResponseReturnValue:
    found = render_template(
        "programs/home.html",
        form=form,
        given=given,
        given_to=given_to,
        keys=[] if _in_another_s_name() else keys.keys_of(g.member),
        acting=_in_another_s_name(),
    )
    answer = make_response(found, form.status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post("/programmes")
def give() -> ResponseReturnValue:
    """Make a key and show it, this once; it stays nowhere, so the page is the answer itself."""
    _only_for_myself()
    form = Form.sent()

    def act(name: str, scope: str, form_key: str) -> str:
        return keys.give(g.member, name, Scope(scope), form_key, session.get("number"))

    if not form.apply(KeySchema(), act):
        form.values["form_key"] = token_urlsafe(18)  # nothing was made with the other
        return _page(form)
    return _page(_blank(), form.result, form.values["name"])


@pages.post("/programmes/<int:key_id>/fin")
@before_charter
def revoke(key_id: int) -> ResponseReturnValue:
    """Take a key back."""
    _only_for_myself()
    keys.revoke(g.member, key_id)
    db.session.commit()
    flash(str(_("La clé est supprimée : le programme n’entre plus.")), "good")
    return redirect(url_for("programs.home"))


def _in_another_s_name() -> bool:
    """Whether one acts for somebody served: a key would outlive the charge."""
    return g.acting_for is not None or g.member.person is None


def _only_for_myself() -> None:
    if _in_another_s_name():
        raise Absent
