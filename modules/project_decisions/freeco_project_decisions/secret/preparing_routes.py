"""Preparing a secret poll: who opens it, how codes reach voters, the list, and the opening."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from werkzeug.wrappers import Response

from freeco.clock import now
from freeco.doors import requires
from freeco.i18n import _, said
from freeco.members.membership import members_of
from freeco.web.forms import Form
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls import electorate, paper
from freeco_project_decisions.polls.models import Poll, PollState, Secrecy
from freeco_project_decisions.polls.opening import find_poll
from freeco_project_decisions.secret import codes, opening, preparing, rounds, trustees
from freeco_project_decisions.secret.models import Way
from freeco_project_decisions.secret.naming_routes import Page, add_naming
from freeco_project_decisions.secret.schemas import WaySchema
from freeco_project_decisions.secret.standing import standing

pages = Blueprint("project_decisions_secret_preparing", __name__)


@pages.get("/votes/<int:poll_id>/secret")
@requires(PREPARE.name)
def steps(poll_id: int) -> ResponseReturnValue:
    """Show what a secret poll still needs, in the order in which it is done."""
    return _steps(find_poll(g.community, poll_id), {})


def _steps(poll: Poll, forms: dict[str, Form]) -> ResponseReturnValue:
    if poll.state != PollState.DRAFT:
        return redirect(url_for("project_decisions.poll", poll_id=poll.id))
    is_secret = poll.secrecy == Secrecy.SEALED
    sealed = preparing.sealed_of(poll) if is_secret else None
    group = trustees.group_of(poll) if is_secret else None
    named = {each.member_id for each in group.trustees} if group else set()
    shown = {
        "way": Form.blank(
            way=sealed.way if sealed else Way.AUTHORITY,
            authority=sealed.authority if sealed else "",
        ),
        "threshold": Form.blank(threshold=group.threshold if group else 2),
        "member": Form.blank(),
        "outsider": Form.blank(),
        "file": Form.blank(),
        "whole": Form.blank(),
        **forms,
    }
    electors = codes.needed(poll) if sealed and sealed.announced_at else 0
    page = render_template(
        "project_decisions/secret/steps.html",
        poll=poll,
        sealed=sealed,
        group=group,
        standing=standing(poll) if is_secret else "",
        awaited=rounds.waited_for(group) if group else [],
        alone=group is not None and trustees.alone(group),
        fewest=trustees.FEWEST,
        floor=preparing.FLOOR,
        members=[each for each in _people() if each[0] not in named],
        today=len(electorate.members_today(poll)),
        electors=electors,
        on_paper=paper.voters(poll).total(),
        papers_enough=codes.are_papers_enough(poll),
        later=poll.opens_at > now(),
        made=codes.many_codes(poll) if is_secret else 0,
        making=is_secret and codes.are_still_made(poll),
        forms=shown,
    )
    return page, max(each.status for each in shown.values())


def _people() -> list[tuple[int, str]]:
    return [(each.id, each.name) for each in members_of(g.community) if each.person_id is not None]


def _done(poll: Poll, sentence: object, anchor: str) -> Response:
    flash(str(sentence), "good")
    page = "project_decisions_secret_preparing.steps"
    return redirect(url_for(page, poll_id=poll.id, _anchor=anchor))


@pages.post("/votes/<int:poll_id>/secret/bulletins")
@requires(PREPARE.name)
def seal(poll_id: int) -> ResponseReturnValue:
    """Seal the ballots of a draft, and say how codes reach voters."""
    poll, form = find_poll(g.community, poll_id), Form.sent()

    def act(way: str, authority: str) -> None:
        preparing.make_secret(poll, Way(way), authority)

    if not form.apply(WaySchema(), act):
        return _steps(poll, {"way": form})
    return _done(poll, _("C’est un vote secret. Reste à nommer les dépositaires de clé."), "cles")


@pages.post("/votes/<int:poll_id>/secret/ouverts")
@requires(PREPARE.name)
def unseal(poll_id: int) -> ResponseReturnValue:
    """Go back to open ballots."""
    poll, form = find_poll(g.community, poll_id), Form()
    if not form.apply(Schema(), lambda: preparing.make_open(poll)):
        return _steps(poll, {"whole": form})
    flash(str(_("C’est de nouveau un vote à bulletin ouvert.")), "good")
    return redirect(url_for("project_decisions_preparing.preview", poll_id=poll_id))


add_naming(pages, "secret", Page(_steps, _done))


@pages.post("/votes/<int:poll_id>/secret/liste")
@requires(PREPARE.name)
def announce(poll_id: int) -> ResponseReturnValue:
    """Note who may vote, so that codes are made for their number."""
    poll, form = find_poll(g.community, poll_id), Form()
    if not form.apply(Schema(), lambda: preparing.announce(poll)):
        return _steps(poll, {"whole": form})
    return _done(poll, _("La liste des votants est notée : on peut faire les codes."), "codes")


@pages.post("/votes/<int:poll_id>/secret/liste/reprendre")
@requires(PREPARE.name)
def withdraw(poll_id: int) -> ResponseReturnValue:
    """Forget the list and the codes."""
    poll, form = find_poll(g.community, poll_id), Form()
    if not form.apply(Schema(), lambda: preparing.withdraw(poll)):
        return _steps(poll, {"whole": form})
    return _done(poll, _("La liste et les codes sont oubliés."), "codes")


@pages.post("/votes/<int:poll_id>/secret/codes")
@requires(PREPARE.name)
def take_codes(poll_id: int) -> ResponseReturnValue:
    """Take the file of public halves that whoever made the codes gave back."""
    poll, form = find_poll(g.community, poll_id), Form()
    file = request.files.get("file")
    content = file.read() if file is not None else b""
    if not form.apply(Schema(), lambda: codes.take_file(poll, content)):
        return _steps(poll, {"file": form})
    many = codes.many_codes(poll)
    return _done(poll, said("%(many)s codes de vote sont là.", many=many), "ouvrir")


@pages.post("/votes/<int:poll_id>/secret/codes/recommencer")
@requires(PREPARE.name)
def restart_codes(poll_id: int) -> ResponseReturnValue:
    """Have every elector make another code: one was lost, and nobody knows which."""
    poll, form = find_poll(g.community, poll_id), Form()
    if not form.apply(Schema(), lambda: codes.restart_registration(poll)):
        return _steps(poll, {"whole": form})
    return _done(poll, _("Les codes sont oubliés : chacun en refait un."), "codes")


@pages.post("/votes/<int:poll_id>/secret/ouvrir")
@requires(PREPARE.name)
def open_now(poll_id: int) -> ResponseReturnValue:
    """Open a secret poll; from now on nothing of it changes. A second click changes nothing."""
    poll, form = find_poll(g.community, poll_id), Form()
    if not form.apply(Schema(), lambda: opening.open_sealed(poll)):
        return _steps(poll, {"whole": form})
    flash(str(_("Le vote secret est ouvert, et ceux qui peuvent voter sont prévenus.")), "good")
    return redirect(url_for("project_decisions.poll", poll_id=poll_id))
