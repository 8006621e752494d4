"""Preparing a vote by tokens: its hours, its trustees, its signers, and opening it."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent
from freeco.i18n import _, counted
from freeco.members.membership import members_of
from freeco.web.forms import Form
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls import electorate
from freeco_project_decisions.polls.electorate import count_electors
from freeco_project_decisions.polls.models import Poll, PollState, Secrecy
from freeco_project_decisions.polls.opening import find_poll
from freeco_project_decisions.secret import rounds, trustees
from freeco_project_decisions.secret.naming_routes import Page, add_naming
from freeco_project_decisions.tokens import issuing, opening, preparing
from freeco_project_decisions.tokens.blinding import library_is_there
from freeco_project_decisions.tokens.models import TokenSigner
from freeco_project_decisions.tokens.schemas import FileSchema, HoursSchema

pages = Blueprint("project_decisions_tokens_preparing", __name__)


@pages.get("/votes/<int:poll_id>/jetons/preparer")
@requires(PREPARE.name)
def steps(poll_id: int) -> ResponseReturnValue:
    """Show what a vote by tokens still needs, in the order in which it is done."""
    return _steps(find_poll(g.community, poll_id))


def _steps(poll: Poll, **forms: Form) -> ResponseReturnValue:
    tokens = poll.secrecy == Secrecy.TOKENS
    if poll.state != PollState.DRAFT:
        page = "project_decisions_tokens.vote" if tokens else "project_decisions.poll"
        return redirect(url_for(page, poll_id=poll.id))
    votes = preparing.votes_of(poll) if tokens else None
    group = trustees.group_of(poll) if tokens else None
    casts = votes.casts_from.astimezone(ZoneInfo(poll.community.timezone)) if votes else None
    shown = {
        "hours": Form.blank(
            casts_on=casts.date().isoformat() if casts else None,
            casts_hour=f"{casts:%H:%M}" if casts else "08:00",
        ),
        "member": Form.blank(),
        "outsider": Form.blank(),
        "threshold": Form.blank(threshold=group.threshold if group else 2),
        "signer": Form.blank(),
        "whole": Form.blank(),
        **forms,
    }
    named = {each.member_id for each in group.trustees} if group else set()
    page = render_template(
        "project_decisions/tokens/steps.html",
        poll=poll,
        votes=votes,
        group=group,
        awaited=rounds.waited_for(group) if group else [],
        fewest=trustees.FEWEST,
        floor=preparing.FLOOR,
        members=[each for each in _people() if each[0] not in named],
        today=len(electorate.members_today(poll)),
        able=library_is_there(),
        forms=shown,
    )
    return page, max(each.status for each in shown.values())


def _people() -> list[tuple[int, str]]:
    return [(each.id, each.name) for each in members_of(g.community) if each.person_id is not None]


def _back(poll: Poll, sentence: object, anchor: str) -> ResponseReturnValue:
    flash(str(sentence), "good")
    page = "project_decisions_tokens_preparing.steps"
    return redirect(url_for(page, poll_id=poll.id, _anchor=anchor))


@pages.post("/votes/<int:poll_id>/jetons/heures")
@requires(PREPARE.name)
def hours(poll_id: int) -> ResponseReturnValue:
    """Make a draft a vote by tokens, or change until when they are given."""
    poll, form = find_poll(g.community, poll_id), Form.sent()

    def act(casts_on: date, casts_hour: time) -> None:
        zone = ZoneInfo(poll.community.timezone)
        preparing.make_tokens(poll, datetime.combine(casts_on, casts_hour, zone))

    if not form.apply(HoursSchema(), act):
        return _steps(poll, hours=form)
    return _back(poll, _("C’est noté. Reste à nommer les dépositaires de clé."), "cles")


@pages.post("/votes/<int:poll_id>/jetons/ouverts")
@requires(PREPARE.name)
def unseal(poll_id: int) -> ResponseReturnValue:
    """Go back to open ballots."""
    poll, form = find_poll(g.community, poll_id), Form()
    if not form.apply(Schema(), lambda: preparing.make_open(poll)):
        return _steps(poll, whole=form)
    flash(str(_("C’est de nouveau un vote à bulletin ouvert.")), "good")
    return redirect(url_for("project_decisions_preparing.preview", poll_id=poll_id))


add_naming(pages, "jetons", Page(lambda poll, forms: _steps(poll, **forms), _back))


@pages.post("/votes/<int:poll_id>/jetons/signataires")
@requires(PREPARE.name)
def add_signer(poll_id: int) -> ResponseReturnValue:
    """Take the key of a sister cooperative that signs tokens too."""
    poll, form = find_poll(g.community, poll_id), Form.sent()

    def act(file: str) -> None:
        preparing.add_signer(preparing.votes_of(poll), file)

    if not form.apply(FileSchema(), act):
        return _steps(poll, signer=form)
    return _back(poll, _("Ce signataire est dans la liste."), "signataires")


@pages.post("/votes/<int:poll_id>/jetons/signataires/<int:signer_id>/retirer")
@requires(PREPARE.name)
def remove_signer(poll_id: int, signer_id: int) -> ResponseReturnValue:
    """Take a signer out of the list."""
    poll, form = find_poll(g.community, poll_id), Form()
    votes = preparing.votes_of(poll)
    if not form.apply(Schema(), lambda: preparing.remove_signer(votes, signer_id)):
        return _steps(poll, whole=form)
    return _back(poll, _("Ce signataire n’est plus dans la liste."), "signataires")


@pages.post("/votes/<int:poll_id>/jetons/ouvrir")
@requires(PREPARE.name)
def open_now(poll_id: int) -> ResponseReturnValue:
    """Open a vote by tokens: electors ask for theirs. A second click changes nothing."""
    poll, form = find_poll(g.community, poll_id), Form()
    preparing.votes_of(poll)
    if not form.apply(Schema(), lambda: opening.open_tokens(poll)):
        return _steps(poll, whole=form)
    flash(str(_("Les jetons se retirent, et les votants sont prévenus.")), "good")
    return redirect(url_for("project_decisions_tokens.vote", poll_id=poll_id))


def _signer(poll: Poll, signer_id: int) -> TokenSigner:
    found = db.session.get(TokenSigner, signer_id)
    if found is None or found.poll_id != preparing.votes_of(poll).poll_id or found.own:
        raise Absent
    return found


@pages.get("/votes/<int:poll_id>/jetons/signataires/<int:signer_id>")
@requires(PREPARE.name)
def signer(poll_id: int, signer_id: int) -> ResponseReturnValue:
    """Show what a sister cooperative is asked, and take what she gives back."""
    poll = find_poll(g.community, poll_id)
    return _signer_page(poll, _signer(poll, signer_id), Form.blank())


def _signer_page(poll: Poll, found: TokenSigner, form: Form) -> ResponseReturnValue:
    page = render_template(
        "project_decisions/tokens/signer.html",
        poll=poll,
        votes=found.votes,
        signer=found,
        form=form,
        signed=issuing.many_issued(found),
        asked=issuing.many_asked(found),
    )
    return page, form.status


@pages.get("/votes/<int:poll_id>/jetons/signataires/<int:signer_id>/demandes.json")
@requires(PREPARE.name)
def requests_file(poll_id: int, signer_id: int) -> ResponseReturnValue:
    """Give the file of what a sister cooperative is asked to sign; no name is in it."""
    poll = find_poll(g.community, poll_id)
    text = issuing.requests_for(_signer(poll, signer_id), count_electors(poll))
    answer = Response(text, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="demandes-{poll_id}.json"'
    return answer


@pages.post("/votes/<int:poll_id>/jetons/signataires/<int:signer_id>/signatures")
@requires(PREPARE.name)
def take_signatures(poll_id: int, signer_id: int) -> ResponseReturnValue:
    """Take the signatures that a sister cooperative gave back."""
    poll, form = find_poll(g.community, poll_id), Form.sent()
    found = _signer(poll, signer_id)

    def act(file: str) -> int:
        return issuing.take_signatures(found, file)

    if not form.apply(FileSchema(), act):
        return _signer_page(poll, found, form)
    many = counted(
        "%(num)s signature est arrivée.", "%(num)s signatures sont arrivées.", form.result
    )
    flash(str(many), "good")
    page = "project_decisions_tokens_preparing.signer"
    return redirect(url_for(page, poll_id=poll_id, signer_id=signer_id))
