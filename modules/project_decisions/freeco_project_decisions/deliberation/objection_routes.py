"""Objections before the vote: raised, answered, lifted, maintained."""

from flask import g, render_template
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.web.forms import Form
from freeco_project_decisions.deliberation import concerning, objecting, proposing
from freeco_project_decisions.deliberation.models import ProposalObjection
from freeco_project_decisions.deliberation.objecting import find_objection
from freeco_project_decisions.deliberation.paragraphs import find_paragraph
from freeco_project_decisions.deliberation.proposal_routes import back, page, pages
from freeco_project_decisions.deliberation.proposing import find_proposal
from freeco_project_decisions.deliberation.schemas import AnswerSchema, ObjectionSchema

OBJECTION = "/propositions/<int:proposal_id>/objections/<int:objection_id>"


@pages.post("/propositions/<int:proposal_id>/objections")
def object_to(proposal_id: int) -> ResponseReturnValue:
    """Say what stands against a proposal."""
    shown, form = find_proposal(g.community, proposal_id, g.member), Form.sent()

    def act(argument: str, paragraph: int) -> ProposalObjection:
        at = find_paragraph(shown, paragraph) if paragraph else None
        objection = objecting.raise_objection(shown, g.member, argument, at)
        concerning.tell_authors(shown, objection)
        return objection

    if not form.apply(ObjectionSchema(), act):
        return page(shown, form)
    return back(shown, f"o{form.result.id}")


def _find(proposal_id: int, objection_id: int) -> ProposalObjection:
    return find_objection(find_proposal(g.community, proposal_id, g.member), objection_id)


@pages.get(f"{OBJECTION}/reponse")
def answer_page(proposal_id: int, objection_id: int) -> ResponseReturnValue:
    """Show an objection, to answer it."""
    found = _find(proposal_id, objection_id)
    proposing.require_author(found.proposal, g.member)
    return _answering(found, Form.blank(words=found.answer))


def _answering(found: ProposalObjection, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/deliberation/answer.html",
            proposal=found.proposal,
            objection=found,
            form=form,
        ),
        form.status,
    )


@pages.post(f"{OBJECTION}/reponse")
def answer(proposal_id: int, objection_id: int) -> ResponseReturnValue:
    """Answer an objection to one's own proposal."""
    found, form = _find(proposal_id, objection_id), Form.sent()

    def act(words: str) -> None:
        objecting.answer(found, g.member, words)
        concerning.tell_objection(found)

    if not form.apply(AnswerSchema(), act):
        return _answering(found, form)
    return back(found.proposal, f"o{found.id}")


@pages.post(f"{OBJECTION}/lever")
def lift(proposal_id: int, objection_id: int) -> ResponseReturnValue:
    """Say that one's objection is met."""
    found = _find(proposal_id, objection_id)
    objecting.lift(found, g.member)
    db.session.commit()
    return back(found.proposal, f"o{found.id}")


@pages.post(f"{OBJECTION}/maintenir")
def maintain(proposal_id: int, objection_id: int) -> ResponseReturnValue:
    """Raise again an objection that one had lifted."""
    found = _find(proposal_id, objection_id)
    objecting.maintain(found, g.member)
    db.session.commit()
    return back(found.proposal, f"o{found.id}")
