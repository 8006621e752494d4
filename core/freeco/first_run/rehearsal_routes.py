"""The rehearsal: begin one, change places, read the letters that did not leave, wipe it."""

from dataclasses import dataclass

from flask import Blueprint, flash, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import before_charter, held_here, requires, take_place
from freeco.errors import Absent, NotAllowed
from freeco.first_run import rehearsal, wiping
from freeco.i18n import _, language
from freeco.kernel import kernel
from freeco.mail.letters import SITE
from freeco.members import membership
from freeco.members.models import STEWARD, Community, Member
from freeco.module import Text
from freeco.organisations import services as organisations

pages = Blueprint("rehearsal", __name__)
LATEST_LETTERS = 50


@dataclass(frozen=True)
class Place:
    """An invented member's place, and what one does there."""

    member: Member
    charges: tuple[Text, ...]
    current: bool


@pages.get("/pret")
@requires(STEWARD)
def ready() -> ResponseReturnValue:
    """Show that the community is there, and the next three things to do."""
    return render_template(
        "first_run/ready.html",
        rehearsal=rehearsal.rehearsal_of(g.community),
        stewards=membership.stewards(g.community),
        site=kernel().settings.base_url,
    )


def _check() -> None:
    """Stop whoever holds no charge that rehearses."""
    if not held_here() & rehearsal.rehearsing():
        raise NotAllowed


@pages.get("/gerer/repetition")
def home() -> ResponseReturnValue:
    """Say what a rehearsal is, and begin one or come back to it."""
    _check()
    if g.community.rehearsal:
        return redirect(url_for("rehearsal.places"))
    return render_template("first_run/rehearse.html", copy=rehearsal.rehearsal_of(g.community))


@pages.post("/gerer/repetition")
def begin() -> ResponseReturnValue:
    """Make the rehearsal, if there is none yet, and go there."""
    _check()
    copy = rehearsal.rehearse(kernel().plugins, g.community, language())
    db.session.commit()
    session.pop("rehearsal_place", None)
    return redirect(url_for("circle.home", community=copy.slug))


def _behind() -> Community:
    """Return the community that rehearses here, or stop whoever is not one of its stewards."""
    source = db.session.get(Community, g.community.rehearsal_of_id or 0)
    if source is None:
        raise Absent
    if g.behind is None:
        raise NotAllowed
    return source


@pages.get("/repetition/places")
def places() -> ResponseReturnValue:
    """Show whose place can be taken."""
    _behind()
    every = rehearsal.places(g.community)
    shown = [Place(each, _charges(each), each is g.member) for each in every]
    shown.sort(key=lambda place: (not place.current, -len(place.charges)))
    return render_template("first_run/places.html", places=shown)


def _charges(member: Member) -> tuple[Text, ...]:
    """Return what a member answers for: permissions, then farms and other bodies."""
    labels = {
        each.name: each.label
        for module in kernel().plugins.modules.values()
        for each in module.permissions
    } | {STEWARD: _("Veiller sur la communauté")}
    held = membership.permissions_of(member)
    named = [labels[name] for name in sorted(held) if name in labels]
    served = member.person is not None and member.person.email is None
    return (
        *named,
        *(each.name for each in organisations.acting_for(member)),
        *((_("Sans e-mail"),) if served else ()),
    )


@pages.post("/repetition/places/<int:member_id>")
@before_charter
def take(member_id: int) -> ResponseReturnValue:
    """Take an invented member's place."""
    _behind()
    member = membership.find_member(g.community, member_id)
    if not rehearsal.invented(member):
        raise Absent
    take_place(member)
    return redirect(url_for("circle.home"))


@pages.get("/repetition/courrier")
def letters() -> ResponseReturnValue:
    """Show the letters that would have left."""
    _behind()
    return render_template(
        "first_run/letters.html",
        letters=rehearsal.letters_of(g.community, LATEST_LETTERS),
        site=kernel().settings.base_url,
        mark=SITE,
    )


@pages.get("/repetition/sortir")
def leave() -> ResponseReturnValue:
    """Go back to the true community; the rehearsal stays as it is."""
    return redirect(url_for("circle.home", community=_behind().slug))


@pages.post("/repetition/recommencer")
@before_charter
def again() -> ResponseReturnValue:
    """Wipe the rehearsal, and make another one from the beginning."""
    source, spoken, copy = _behind(), language(), g.community
    # Whose place it was is nobody any more.
    g.person, g.member, g.community = g.behind, None, None
    wiping.wipe(copy)
    copy = rehearsal.rehearse(kernel().plugins, source, spoken)
    db.session.commit()
    session.pop("rehearsal_place", None)
    flash(str(_("La fausse saison est revenue à son début.")), "good")
    return redirect(url_for("circle.home", community=copy.slug))


@pages.get("/repetition/effacer")
def wipe_page() -> ResponseReturnValue:
    """Ask once, with the consequence."""
    return render_template("first_run/wipe.html", source=_behind())


@pages.post("/repetition/effacer")
@before_charter
def wipe() -> ResponseReturnValue:
    """Wipe the rehearsal, and go back to the community."""
    source = _behind().slug
    wiping.wipe(g.community)
    db.session.commit()
    # Whose place it was is nobody any more.
    g.person, g.member, g.community = g.behind, None, None
    session.pop("rehearsal_place", None)
    flash(str(_("La répétition est effacée. Vous pouvez en commencer une autre.")), "good")
    return redirect(url_for("rehearsal.home", community=source))
