"""Proposals as members meet them: read, written by their authors, put to the vote."""

from datetime import date, time
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import now
from freeco.doors import held_here, requires
from freeco.errors import NotAllowed
from freeco.i18n import _
from freeco.members.membership import find_member, members_of
from freeco.web.forms import Form
from freeco.web.lists import page_of_query
from freeco_project_decisions.deliberation import (
    paragraphs,
    proposing,
    reading,
    showing,
    wording,
)
from freeco_project_decisions.deliberation.discussing import find_discussion
from freeco_project_decisions.deliberation.models import Proposal, Stage
from freeco_project_decisions.deliberation.proposing import find_proposal
from freeco_project_decisions.deliberation.schemas import (
    AuthorSchema,
    HeadingSchema,
    ReasonSchema,
    StagesSchema,
    VoteSchema,
    at,
    evening,
    rules,
)
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.polls.wording import MAJORITIES, QUORUMS

pages = Blueprint("project_decisions_proposals", __name__)
MORNING = time(8)


@pages.get("/propositions")
def home() -> ResponseReturnValue:
    """Show the proposals: one's drafts, those to amend, those that wait, those that are over."""
    return render_template(
        "project_decisions/deliberation/proposals.html",
        drafts=[
            each for each in reading.drafts_of(g.member) if each.community_id == g.community.id
        ],
        running=reading.proposals(g.community, Stage.AMENDING, Stage.SETTLED, Stage.VOTING),
        ended=page_of_query(reading.ended(g.community)),
    )


@pages.get("/propositions/nouvelle")
@pages.get("/discussions/<int:discussion_id>/proposer")
def new_page(discussion_id: int | None = None) -> ResponseReturnValue:
    """Show the form of a proposal, after a discussion or by itself."""
    return _heading(Form.blank(**_begun(discussion_id)), discussion_id)


def _begun(discussion_id: int | None) -> dict[str, str]:
    if discussion_id is None:
        return {}
    return {"title": find_discussion(g.community, discussion_id).title}


def _heading(
    form: Form, discussion_id: int | None = None, proposal: Proposal | None = None
) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/deliberation/heading.html",
            form=form,
            proposal=proposal,
            discussion=find_discussion(g.community, discussion_id) if discussion_id else None,
        ),
        form.status,
    )


@pages.post("/propositions/nouvelle")
@pages.post("/discussions/<int:discussion_id>/proposer")
def new(discussion_id: int | None = None) -> ResponseReturnValue:
    """Keep the draft of a proposal."""
    form = Form.sent()
    found = find_discussion(g.community, discussion_id) if discussion_id else None

    def act(title: str, text: str) -> Proposal:
        return proposing.propose(g.community, g.member, title, text, discussion=found)

    if not form.apply(HeadingSchema(), act):
        return _heading(form, discussion_id)
    return back(form.result, "ajouter")


def back(proposal: Proposal, anchor: str | None = None) -> ResponseReturnValue:
    """Go to the page of a proposal."""
    return redirect(
        url_for("project_decisions_proposals.proposal", proposal_id=proposal.id, _anchor=anchor)
    )


@pages.get("/propositions/<int:proposal_id>")
def proposal(proposal_id: int) -> ResponseReturnValue:
    """Show a proposal: its paragraphs, amendments under each, objections, and where it stands."""
    return page(find_proposal(g.community, proposal_id, g.member))


def page(shown: Proposal, objection: Form | None = None) -> ResponseReturnValue:
    """Show a proposal, with the objection that is being written."""
    objection = objection or Form.blank()
    return (
        render_template(
            "project_decisions/deliberation/proposal.html",
            shown=showing.shown(shown, g.member),
            proposal=shown,
            objection=objection,
            prepares=PREPARE.name in held_here(),
        ),
        objection.status,
    )


@pages.get("/propositions/<int:proposal_id>/imprimer")
def paper(proposal_id: int) -> ResponseReturnValue:
    """Show a proposal as one reads it on paper: the text, then the objections."""
    shown = find_proposal(g.community, proposal_id, g.member)
    return render_template(
        "project_decisions/deliberation/paper.html",
        proposal=shown,
        shown=showing.shown(shown, g.member),
    )


@pages.get("/propositions/<int:proposal_id>/paragraphes/<int:paragraph_id>")
def history(proposal_id: int, paragraph_id: int) -> ResponseReturnValue:
    """Show what a paragraph said at each version, and what changed."""
    shown = find_proposal(g.community, proposal_id, g.member)
    paragraph = paragraphs.find_any(shown, paragraph_id)
    return render_template(
        "project_decisions/deliberation/history.html",
        proposal=shown,
        paragraph=paragraph,
        versions=showing.compared(paragraph),
    )


@pages.get("/propositions/<int:proposal_id>/presentation")
def heading_page(proposal_id: int) -> ResponseReturnValue:
    """Show the title and the reasons to change."""
    shown = find_proposal(g.community, proposal_id, g.member)
    proposing.require_author(shown, g.member)
    return _heading(Form.blank(title=shown.title, text=shown.text), proposal=shown)


@pages.post("/propositions/<int:proposal_id>/presentation")
def rewrite_heading(proposal_id: int) -> ResponseReturnValue:
    """Write the title and the reasons anew, while it is a draft."""
    shown, form = find_proposal(g.community, proposal_id, g.member), Form.sent()

    def act(title: str, text: str) -> None:
        proposing.rewrite_heading(shown, g.member, title, text)

    if not form.apply(HeadingSchema(), act):
        return _heading(form, proposal=shown)
    return back(shown)


@pages.get("/propositions/<int:proposal_id>/etapes")
def stages_page(proposal_id: int) -> ResponseReturnValue:
    """Show the form of the announced dates, who writes, and how to withdraw."""
    shown = find_proposal(g.community, proposal_id, g.member)
    proposing.require_author(shown, g.member)
    return _stages(shown, Form.blank(extension_days=shown.extension_days or 3))


def _stages(
    shown: Proposal, form: Form, reason: Form | None = None, author: Form | None = None
) -> ResponseReturnValue:
    reason, author = reason or Form.blank(), author or Form.blank()
    others = [
        (str(each.id), each.name)
        for each in members_of(g.community)
        if each.person is not None and not proposing.is_author(shown, each)
    ]
    return (
        render_template(
            "project_decisions/deliberation/stages.html",
            proposal=shown,
            form=form,
            reason=reason,
            author=author,
            others=[("", _("Choisissez une personne")), *others],
        ),
        max(form.status, reason.status, author.status),
    )


@pages.post("/propositions/<int:proposal_id>/etapes")
def publish(proposal_id: int) -> ResponseReturnValue:
    """Have everybody read and amend, until the announced date."""
    shown, form = find_proposal(g.community, proposal_id, g.member), Form.sent()

    def act(amend_until_on: date, vote_on: date | None, extension_days: int) -> None:
        proposing.publish_proposal(
            shown,
            g.member,
            evening(g.community, amend_until_on),
            at(g.community, vote_on, MORNING) if vote_on is not None else None,
            extension_days,
        )

    if not form.apply(StagesSchema(), act):
        return _stages(shown, form)
    flash(str(_("La proposition est publiée : tous les membres peuvent l’amender.")), "good")
    return back(shown)


@pages.post("/propositions/<int:proposal_id>/auteurs")
def add_author(proposal_id: int) -> ResponseReturnValue:
    """Have a member write the proposal too."""
    shown, form = find_proposal(g.community, proposal_id, g.member), Form.sent()

    def act(member: int) -> None:
        proposing.require_author(shown, g.member)
        proposing.add_author(shown, find_member(g.community, member))

    if not form.apply(AuthorSchema(), act):
        return _stages(shown, Form.blank(), author=form)
    return back(shown)


@pages.post("/propositions/<int:proposal_id>/retirer")
def withdraw(proposal_id: int) -> ResponseReturnValue:
    """Give up a proposal before its vote, saying why."""
    shown, form = find_proposal(g.community, proposal_id, g.member), Form.sent()

    def act(reason: str) -> None:
        proposing.withdraw(shown, g.member, reason)

    if not form.apply(ReasonSchema(), act):
        return _stages(shown, Form.blank(), reason=form)
    return back(shown)


def vote_form(form: Form, shown: Proposal, **more: object) -> ResponseReturnValue:
    """Show the form that puts a text to the vote."""
    return (
        render_template(
            "project_decisions/deliberation/vote.html",
            proposal=shown,
            form=form,
            methods=wording.METHODS,
            majorities=[(name, rule[0]) for name, rule in MAJORITIES.items()],
            quorums=[(name, rule[0]) for name, rule in QUORUMS.items()],
            **more,
        ),
        form.status,
    )


@pages.get("/propositions/<int:proposal_id>/vote")
@requires(PREPARE.name)
def vote_page(proposal_id: int) -> ResponseReturnValue:
    """Show the form that puts a proposal to the vote."""
    shown = find_proposal(g.community, proposal_id, g.member)
    if shown.about == "charter":  # its vote adopts a version: it is prepared elsewhere
        return redirect(url_for("project_decisions_charter.vote_page", proposal_id=proposal_id))
    return vote_form(Form.blank(method="consent", closes_hour="20:00"), shown)


@pages.post("/propositions/<int:proposal_id>/vote")
@requires(PREPARE.name)
def put_to_vote(proposal_id: int) -> ResponseReturnValue:
    """Put a proposal to the vote, at once or at its hour; or leave a draft to set other rules."""
    shown, form = find_proposal(g.community, proposal_id, g.member), Form.sent()
    if not shown.published_at or shown.about == "charter":
        raise NotAllowed
    opens = form.values.pop("later", "") == ""

    def act(**taken: Any) -> Poll:
        begins = taken["opens_on"]
        return proposing.put_to_vote(
            shown,
            taken["method"],
            at(g.community, begins, MORNING) if begins is not None else now(),
            at(g.community, taken["closes_on"], taken["closes_hour"]),
            author=g.member,
            opens=opens,
            **rules(taken),
        )

    if not form.apply(VoteSchema(), act):
        return vote_form(form, shown)
    return redirect(url_for("project_decisions.poll", poll_id=form.result.id))
