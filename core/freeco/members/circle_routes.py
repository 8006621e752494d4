"""A community's own pages: its home, the way in, its members, what opens next."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco import activation
from freeco.accords import cards as accord_cards
from freeco.agenda.lines import lines_of
from freeco.charter import services as charter
from freeco.charter.articles import articles
from freeco.clock import now
from freeco.db import db
from freeco.doors import (
    before_charter,
    held_here,
    open_here,
    outsiders,
    public,
    safe_next,
)
from freeco.errors import Absent
from freeco.i18n import _, day_and_month, language
from freeco.kernel import kernel
from freeco.members import contacts, finding, hats, homes, membership
from freeco.members.directory import in_order, members_with
from freeco.members.models import Member
from freeco.members.schemas import AcceptSchema
from freeco.members.ties import ties_of
from freeco.offline.kept import kept_offline
from freeco.payments import cards as payment_cards
from freeco.web.forms import WHOLE, Form
from freeco.web.lists import page_of

pages = Blueprint("circle", __name__)
AGENDA = timedelta(days=28)
WEEK = timedelta(days=7)
MOST_OPENINGS = 3
MOST_CLOSED_DOORS = 6
MOST_DATES = 5
LONGEST_SEARCH = 80


@pages.get("/")
@public
@kept_offline
def home() -> ResponseReturnValue:
    """Show a member what needs them, and a visitor who we are."""
    return _presentation() if g.member is None else _home()


def _presentation() -> ResponseReturnValue:
    since = now()
    zone = ZoneInfo(g.community.timezone)
    told = kernel().plugins.stories(open_here(), g.community, since, since + AGENDA)
    coming = sorted(
        ((story, story.at) for story in told if story.at is not None and story.at >= since),
        key=lambda each: each[1],
    )
    return render_template(
        "circle/presentation.html",
        count=activation.count_members(g.community),
        opened=kernel().plugins.titled(open_here()),
        board=_still_closed(None)[:MOST_OPENINGS],
        dates=[
            (story, day_and_month(at.astimezone(zone).date())) for story, at in coming[:MOST_DATES]
        ],
    )


def _still_closed(member: Member | None) -> list[activation.Opening]:
    board = activation.openings(kernel().plugins, g.community, member)
    return [line for line in board if line.activation is None]


def _home() -> ResponseReturnValue:
    plugins, since = kernel().plugins, now()
    cards = accord_cards.cards_for(g.community, g.member, g.person)
    cards += plugins.home(open_here(), g.community, g.member)
    cards += payment_cards.cards_for(g.community, g.member, held_here())
    hats.notice(g.member, cards)
    mine = homes.home_of(cards, hats.hat_worn())
    items = plugins.agenda(open_here(), g.community, g.member, since, since + AGENDA)
    must_accept = not charter.has_accepted_current(g.member)
    things = len(mine.tasks) if mine.hat != "member" else len(mine.cards) + must_accept
    return render_template(
        "circle/home.html",
        home=mine,
        greeting=homes.greeting_for(g.acting_for.name, things)
        if g.acting_for
        else homes.greeting(g.person.first_name, things, mine.hat),
        tasks=hats.TASKS,
        names=hats.NAMES,
        week=lines_of([each for each in items if each.starts_at < since + WEEK], g.community),
        later=lines_of([each for each in items if each.starts_at >= since + WEEK], g.community),
        modules=open_here(),
        doors=[each for each in plugins.titled(open_here()) if each.navigation],
        board=_still_closed(g.member)[:MOST_CLOSED_DOORS],
        must_accept=must_accept,
    )


@pages.post("/chapeau")
@before_charter
def wear() -> ResponseReturnValue:
    """Put on another hat: the home shows its work first, and nothing else changes."""
    hats.wear(g.member, request.form.get("hat", ""))
    return redirect(url_for("circle.home"))


@pages.get("/moi")
def me() -> ResponseReturnValue:
    """Lead to what concerns me here: agenda, household, account."""
    return render_template("circle/me.html")


@pages.get("/rejoindre")
@outsiders
def join_page() -> ResponseReturnValue:
    """Show the charter: accepting it is the only condition of entry."""
    if g.member is not None:
        accepted = charter.has_accepted_current(g.member)
        return redirect(url_for("circle.home" if accepted else "charter.read"))
    return _join(Form.blank())


def _join(form: Form) -> ResponseReturnValue:
    text = charter.reading(language(), g.community)
    return (
        render_template("circle/join.html", form=form, text=text, articles=articles(text)),
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
    if taken["sha256"] != charter.reading(language(), g.community).sha256:
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
    words = request.args.get("q", "").replace("\x00", " ").strip()[:LONGEST_SEARCH]
    page = page_of(in_order(g.community, words))
    return render_template(
        "circle/directory.html", page=page, members=members_with(page.rows), words=words
    )


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
    words = request.args.get("q", "").replace("\x00", " ").strip()[:LONGEST_SEARCH]
    found = finding.find(open_here(), g.community, g.member, words)
    return render_template(
        "circle/search.html",
        words=words,
        groups=found.groups,
        count=found.count,
        more=found.more,
    )


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
