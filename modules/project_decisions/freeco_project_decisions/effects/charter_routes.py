"""A new version of the charter: written, deliberated, put to the vote."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.clock import now
from freeco.doors import requires
from freeco.errors import Absent
from freeco.i18n import _
from freeco.web.forms import Form
from freeco_project_decisions.deliberation import proposing
from freeco_project_decisions.deliberation.models import Proposal
from freeco_project_decisions.effects import charter_drafts
from freeco_project_decisions.effects.schemas import WAYS, ClosingSchema, charter_schema
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls.errors import EndsBefore
from freeco_project_decisions.polls.models import Poll

EVENING = time(20)

pages = Blueprint("project_decisions_charter", __name__)


@pages.get("/charte")
def home() -> ResponseReturnValue:
    """Say how the charter changes, and show the proposals that are amended today."""
    return render_template(
        "project_decisions/effects/charter.html",
        proposals=charter_drafts.proposals(g.community),
        form=Form.blank(),
    )


@pages.post("/charte/proposition")
def propose() -> ResponseReturnValue:
    """Begin a proposal from the articles in force."""
    form = Form()
    form.apply(Schema(), lambda: charter_drafts.propose(g.community, g.member))
    flash(
        str(_("La proposition est un brouillon : changez des articles, puis publiez-la.")), "good"
    )
    return redirect(url_for("project_decisions_proposals.proposal", proposal_id=form.result.id))


@pages.get("/charte/propositions/<int:proposal_id>/vote")
@requires(PREPARE.name)
def vote_page(proposal_id: int) -> ResponseReturnValue:
    """Ask until when a proposal for the charter is voted."""
    return _vote(_proposal(proposal_id), Form.blank(way="whole"))


def _proposal(proposal_id: int) -> Proposal:
    found = proposing.find_proposal(g.community, proposal_id, g.member)
    if found.about != charter_drafts.ABOUT:
        raise Absent
    return found


def _vote(proposal: Proposal, form: Form) -> ResponseReturnValue:
    page = render_template(
        "project_decisions/effects/charter_vote.html",
        proposal=proposal,
        form=form,
        ways=list(WAYS.items()),
    )
    return page, form.status


@pages.post("/charte/propositions/<int:proposal_id>/vote")
@requires(PREPARE.name)
def vote(proposal_id: int) -> ResponseReturnValue:
    """Put a proposal for the charter to the vote, as drafts to read again."""
    proposal, form = _proposal(proposal_id), Form.sent()

    def act(way: str, closes_on: date) -> list[Poll]:
        closes = _evening(closes_on)
        if way == "each":
            return charter_drafts.proposal_to_votes(proposal, g.member, closes)
        return [charter_drafts.proposal_to_vote(proposal, g.member, closes)]

    if not form.apply(ClosingSchema(), act):
        return _vote(proposal, form)
    return _to_drafts(form.result)


def _to_drafts(drafts: list[Poll]) -> ResponseReturnValue:
    """Go to the draft, or to the list of those of each article."""
    if len(drafts) > 1:
        flash(
            str(_("Un brouillon de vote est prêt pour chaque article : relisez, puis ouvrez.")),
            "good",
        )
        return redirect(url_for("project_decisions.home", _anchor="preparer"))
    return redirect(url_for("project_decisions_preparing.preview", poll_id=drafts[0].id))


def _evening(day: date) -> datetime:
    closes = datetime.combine(day, EVENING, ZoneInfo(g.community.timezone))
    if closes <= now():
        raise EndsBefore
    return closes


@pages.get("/charte/articles")
@requires(PREPARE.name)
def write_page() -> ResponseReturnValue:
    """Show the articles in force, to be written anew."""
    known = charter_drafts.points(g.community)
    typed = {f"title_{each.number}": each.title for each in known}
    typed |= {f"body_{each.number}": each.body for each in known}
    return _write(Form.blank(way="whole", **typed))


def _write(form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/effects/charter_write.html",
            form=form,
            points=charter_drafts.points(g.community),
            ways=list(WAYS.items()),
        ),
        form.status,
    )


@pages.post("/charte/articles")
@requires(PREPARE.name)
def write() -> ResponseReturnValue:
    """Keep the drafts of the votes that would adopt what was written."""
    numbers = [0, *(each.number for each in charter_drafts.points(g.community))]
    form = Form.sent()

    def act(way: str, closes_on: date, **typed: str) -> list[Poll]:
        articles = {
            number: (typed[f"title_{number}"], typed[f"body_{number}"]) for number in numbers
        }
        found = charter_drafts.amendments(g.community, articles)
        closes = _evening(closes_on)
        return charter_drafts.put_to_vote(g.community, g.member, found, closes, way == "whole")

    if not form.apply(charter_schema(numbers), act):
        return _write(form)
    return _to_drafts(form.result)
