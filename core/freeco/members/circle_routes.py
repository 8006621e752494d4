"""A community's own pages: its home, the way in, its members, what opens next."""

from datetime import timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco import activation
from freeco.charter import services as charter
from freeco.clock import now
from freeco.db import db
from freeco.doors import before_charter, outsiders, public, safe_next
from freeco.errors import Absent
from freeco.i18n import _, language
from freeco.kernel import kernel
from freeco.members import contacts, membership
from freeco.members.schemas import AcceptSchema
from freeco.members.ties import ties_of
from freeco.web.forms import WHOLE, Form

pages = Blueprint("circle", __name__)
AGENDA_DAYS = 28
SHORTEST_SEARCH = 2


@pages.get("/")
@public
def home() -> ResponseReturnValue:
    """Show a member what needs them, and a visitor who we are."""
    if g.member is None:
        count = activation.count_members(g.community)
        return render_template("circle/presentation.html", count=count)
    plugins, opened = kernel().plugins, activation.open_modules(g.community)
    until = now() + timedelta(days=AGENDA_DAYS)
    return render_template(
        "circle/home.html",
        cards=plugins.home(opened, g.community, g.member),
        agenda=plugins.agenda(opened, g.community, g.member, now(), until),
        modules=plugins.titled(opened),
        board=[
            line
            for line in activation.openings(plugins, g.community, g.member)
            if line.activation is None
        ],
        must_accept=not charter.has_accepted_current(g.member),
    )


@pages.get("/rejoindre")
@outsiders
def join_page() -> ResponseReturnValue:
    """Show the charter: accepting it is the only condition of entry."""
    if g.member is not None:
        accepted = charter.has_accepted_current(g.member)
        return redirect(url_for("circle.home" if accepted else "charter.read"))
    return _join(Form.blank())


def _join(form: Form) -> ResponseReturnValue:
    text = charter.reading(language())
    return (
        render_template("circle/join.html", form=form, text=text, articles=charter.articles(text)),
        form.status,
    )


@pages.post("/rejoindre")
@outsiders
@before_charter
def join() -> ResponseReturnValue:
    """Accept the charter and become a member, in one act."""
    form = Form.sent()
    taken = form.take(AcceptSchema())
    if taken is None:
        return _join(form)
    if not taken["accepted"]:
        form.errors = {"accepted": [str(_("Cochez la case pour accepter la charte."))]}
        form.status = 422
        return _join(form)
    if taken["sha256"] != charter.reading(language()).sha256:
        form.errors = {
            WHOLE: [str(_("La charte a changé entre-temps : relisez-la, s’il vous plaît."))]
        }
        form.status = 409
        return _join(form)
    membership.join(kernel().plugins, g.community, g.person, g.person, language())
    db.session.commit()
    flash(str(_("Bienvenue : vous êtes membre.")), "good")
    return redirect(safe_next(request.args.get("suite") or url_for("circle.home")))


@pages.get("/ouvertures")
@public
def openings() -> ResponseReturnValue:
    """Show what opens next, and how many people are missing."""
    board = activation.openings(kernel().plugins, g.community, g.member)
    return render_template("circle/openings.html", board=board)


@pages.post("/ouvertures/<name>/interet")
def toggle_intention(name: str) -> ResponseReturnValue:
    """Say “I would use it”, or take it back."""
    module = kernel().plugins.modules.get(name)
    if module is None:
        raise Absent
    activation.toggle_intention(g.member, module)
    db.session.commit()
    return redirect(url_for("circle.openings", _anchor=name))


@pages.get("/membres")
def directory() -> ResponseReturnValue:
    """List the members by name; how to reach them waits for an agreement."""
    return render_template("circle/directory.html", members=membership.members_of(g.community))


@pages.get("/membres/<int:member_id>")
def member_page(member_id: int) -> ResponseReturnValue:
    """Show a member, and how to reach them once both have agreed on something."""
    shown = membership.find_member(g.community, member_id)
    return render_template(
        "circle/member.html", shown=shown, contact=contacts.contact(g.member, shown)
    )


@pages.get("/recherche")
def search() -> ResponseReturnValue:
    """Look for words in the open modules and among the members."""
    words = request.args.get("q", "").replace("\x00", " ").strip()[:80]
    found, members = [], []
    if len(words) >= SHORTEST_SEARCH:
        opened = activation.open_modules(g.community)
        found = kernel().plugins.search(opened, g.community, g.member, words)
        members = [
            each
            for each in membership.members_of(g.community)
            if words.casefold() in each.name.casefold()
        ]
    return render_template("circle/search.html", words=words, found=found, members=members)


@pages.get("/quitter")
def leave_page() -> ResponseReturnValue:
    """Say what leaving does, and what keeps me from it today."""
    ties = ties_of(kernel().plugins, g.member)
    return render_template("circle/leave.html", ties=ties)


@pages.post("/quitter")
@before_charter
def leave() -> ResponseReturnValue:
    """Leave the community."""
    membership.leave(kernel().plugins, g.member)
    db.session.commit()
    flash(str(_("Vous avez quitté cette communauté.")), "good")
    return redirect(url_for("accounts.home"))
