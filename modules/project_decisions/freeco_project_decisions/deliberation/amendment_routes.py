"""Writing and amending a proposal, paragraph by paragraph; answering amendments and objections."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import now
from freeco.db import db
from freeco.doors import requires
from freeco.i18n import _
from freeco.web.forms import Form
from freeco_project_decisions.deliberation import (
    amending,
    concerning,
    proposing,
    showing,
)
from freeco_project_decisions.deliberation.amending import find_amendment
from freeco_project_decisions.deliberation.models import Amendment, Paragraph, Proposal
from freeco_project_decisions.deliberation.paragraphs import Written, find_paragraph
from freeco_project_decisions.deliberation.proposal_routes import MORNING, back, pages, vote_form
from freeco_project_decisions.deliberation.proposing import find_proposal
from freeco_project_decisions.deliberation.schemas import (
    AcceptSchema,
    AmendmentSchema,
    NewParagraphSchema,
    ParagraphSchema,
    RefuseSchema,
    StrikeSchema,
    StrikingSchema,
    VoteSchema,
    at,
    number_typed,
    rules,
)
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls.models import Poll

PARAGRAPH = "/propositions/<int:proposal_id>/paragraphes/<int:paragraph_id>"
AMENDMENT = "/propositions/<int:proposal_id>/amendements/<int:amendment_id>"


def _proposal(proposal_id: int) -> Proposal:
    return find_proposal(g.community, proposal_id, g.member)


def _paragraph(proposal_id: int, paragraph_id: int) -> Paragraph:
    return find_paragraph(_proposal(proposal_id), paragraph_id)


def _writing(
    form: Form, proposal: Proposal, paragraph: Paragraph | None, kind: str, **more: object
) -> ResponseReturnValue:
    """Show the form of a paragraph or of an amendment.

    When the paragraph changed meanwhile, both texts are shown, and the next sending is about the
    new one: nothing typed is lost, and nothing written by another is written over unseen.
    """
    clash = None
    read = number_typed(form.values.get("read"))
    if paragraph is not None and form.errors and read and read != paragraph.version:
        clash = showing.clash(paragraph, read, form)
        form.values["read"] = paragraph.version
    return (
        render_template(
            "project_decisions/deliberation/writing.html",
            proposal=proposal,
            paragraph=paragraph,
            kind=kind,
            form=form,
            clash=clash,
            **more,
        ),
        form.status,
    )


def _blank(paragraph: Paragraph) -> Form:
    return Form.blank(title=paragraph.title, text=paragraph.text, read=paragraph.version)


@pages.post("/propositions/<int:proposal_id>/paragraphes")
def add_paragraph(proposal_id: int) -> ResponseReturnValue:
    """Add a paragraph to one's own proposal."""
    shown, form = _proposal(proposal_id), Form.sent()

    def act(title: str, text: str, after: int) -> Paragraph:
        before = find_paragraph(shown, after) if after else None
        return amending.add_paragraph(shown, g.member, before, Written(title, text))

    if not form.apply(NewParagraphSchema(), act):
        return _writing(form, shown, None, "new")
    return back(shown, f"p{form.result.id}")


@pages.get(f"{PARAGRAPH}/modifier")
def write_page(proposal_id: int, paragraph_id: int) -> ResponseReturnValue:
    """Show a paragraph of one's own proposal to change it."""
    paragraph = _paragraph(proposal_id, paragraph_id)
    proposing.require_author(paragraph.proposal, g.member)
    return _writing(_blank(paragraph), paragraph.proposal, paragraph, "write")


@pages.post(f"{PARAGRAPH}/modifier")
def write(proposal_id: int, paragraph_id: int) -> ResponseReturnValue:
    """Write a paragraph of one's own proposal anew."""
    paragraph, form = _paragraph(proposal_id, paragraph_id), Form.sent()

    def act(title: str, text: str, read: int) -> None:
        amending.write_paragraph(paragraph, g.member, Written(title, text), read)

    if not form.apply(ParagraphSchema(), act):
        return _writing(form, paragraph.proposal, paragraph, "write")
    return back(paragraph.proposal, f"p{paragraph.id}")


@pages.post(f"{PARAGRAPH}/supprimer")
def strike(proposal_id: int, paragraph_id: int) -> ResponseReturnValue:
    """Strike a paragraph of one's own proposal."""
    paragraph, form = _paragraph(proposal_id, paragraph_id), Form.sent()

    def act(read: int) -> None:
        amending.strike_paragraph(paragraph, g.member, read)

    if not form.apply(StrikeSchema(), act):
        return _writing(form, paragraph.proposal, paragraph, "write")
    return back(paragraph.proposal)


@pages.get(f"{PARAGRAPH}/amender")
def amend_page(proposal_id: int, paragraph_id: int) -> ResponseReturnValue:
    """Show a paragraph to word it otherwise."""
    paragraph = _paragraph(proposal_id, paragraph_id)
    proposing.require_amending(paragraph.proposal)
    return _writing(_blank(paragraph), paragraph.proposal, paragraph, "change")


@pages.post(f"{PARAGRAPH}/amender")
def amend(proposal_id: int, paragraph_id: int) -> ResponseReturnValue:
    """Propose another wording of a paragraph."""
    paragraph, form = _paragraph(proposal_id, paragraph_id), Form.sent()
    shown = paragraph.proposal

    def act(title: str, text: str, reason: str, read: int, after: int) -> Amendment:
        written = Written(title, text)
        return amending.amend(shown, g.member, "change", paragraph, written, reason, read)

    return _amended(form, AmendmentSchema(), act, paragraph, "change")


@pages.get(f"{PARAGRAPH}/proposer-de-supprimer")
def amend_strike_page(proposal_id: int, paragraph_id: int) -> ResponseReturnValue:
    """Show a paragraph to propose to strike it."""
    paragraph = _paragraph(proposal_id, paragraph_id)
    proposing.require_amending(paragraph.proposal)
    return _writing(_blank(paragraph), paragraph.proposal, paragraph, "strike")


@pages.post(f"{PARAGRAPH}/proposer-de-supprimer")
def amend_strike(proposal_id: int, paragraph_id: int) -> ResponseReturnValue:
    """Propose to strike a paragraph."""
    paragraph, form = _paragraph(proposal_id, paragraph_id), Form.sent()
    shown = paragraph.proposal

    def act(reason: str, read: int) -> Amendment:
        return amending.amend(shown, g.member, "strike", paragraph, Written("", ""), reason, read)

    return _amended(form, StrikingSchema(), act, paragraph, "strike")


def _amended(
    form: Form, schema: Any, act: Any, paragraph: Paragraph, kind: str
) -> ResponseReturnValue:
    shown = paragraph.proposal
    if not form.apply(schema, act):
        return _writing(form, shown, paragraph, kind)
    return _thanks(shown, form.result)


def _thanks(shown: Proposal, amendment: Amendment) -> ResponseReturnValue:
    words = _("Votre amendement est sur la page. Ceux qui portent le texte y répondront.")
    flash(str(words), "good")
    return back(shown, f"a{amendment.id}")


@pages.get("/propositions/<int:proposal_id>/amendements/ajouter")
def amend_add_page(proposal_id: int) -> ResponseReturnValue:
    """Show the form of a paragraph to propose."""
    shown = _proposal(proposal_id)
    proposing.require_amending(shown)
    last = showing.last(shown)
    return _writing(
        Form.blank(after=last.id if last else 0), shown, None, "add", places=showing.places(shown)
    )


@pages.post("/propositions/<int:proposal_id>/amendements/ajouter")
def amend_add(proposal_id: int) -> ResponseReturnValue:
    """Propose a paragraph to add."""
    shown, form = _proposal(proposal_id), Form.sent()

    def act(title: str, text: str, reason: str, read: int, after: int) -> Amendment:
        before = find_paragraph(shown, after) if after else None
        return amending.amend(shown, g.member, "add", before, Written(title, text), reason)

    if not form.apply(AmendmentSchema(), act):
        return _writing(form, shown, None, "add", places=showing.places(shown))
    return _thanks(shown, form.result)


@pages.get(AMENDMENT)
def amendment(proposal_id: int, amendment_id: int) -> ResponseReturnValue:
    """Show an amendment against the paragraph as it reads now, to answer it."""
    return _amendment(find_amendment(_proposal(proposal_id), amendment_id), Form.blank())


def _amendment(shown: Amendment, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/deliberation/amendment.html",
            proposal=shown.proposal,
            each=showing.compare(shown),
            form=form,
            answers=proposing.answers_for(shown.proposal, g.member),
        ),
        form.status,
    )


@pages.post(f"{AMENDMENT}/accepter")
def accept(proposal_id: int, amendment_id: int) -> ResponseReturnValue:
    """Write an amendment into the proposal."""
    shown, form = find_amendment(_proposal(proposal_id), amendment_id), Form.sent()

    def act(answer: str, read: int) -> None:
        amending.accept(shown, g.member, read, answer)
        concerning.tell_amendment(shown)

    if not form.apply(AcceptSchema(), act):
        return _amendment(shown, form)
    return back(shown.proposal, f"a{shown.id}")


@pages.post(f"{AMENDMENT}/refuser")
def refuse(proposal_id: int, amendment_id: int) -> ResponseReturnValue:
    """Refuse an amendment, saying why."""
    shown, form = find_amendment(_proposal(proposal_id), amendment_id), Form.sent()

    def act(answer: str, read: int) -> None:
        amending.refuse(shown, g.member, answer)
        concerning.tell_amendment(shown)

    if not form.apply(RefuseSchema(), act):
        return _amendment(shown, form)
    return back(shown.proposal, f"a{shown.id}")


@pages.post(f"{AMENDMENT}/retirer")
def take_back(proposal_id: int, amendment_id: int) -> ResponseReturnValue:
    """Withdraw one's own amendment."""
    shown = find_amendment(_proposal(proposal_id), amendment_id)
    amending.take_back(shown, g.member)
    db.session.commit()
    return back(shown.proposal, f"a{shown.id}")


@pages.get(f"{AMENDMENT}/vote")
@requires(PREPARE.name)
def amendment_vote_page(proposal_id: int, amendment_id: int) -> ResponseReturnValue:
    """Show the form that puts an amendment to the vote."""
    shown = find_amendment(_proposal(proposal_id), amendment_id)
    form = Form.blank(method="assent", closes_hour="20:00")
    return vote_form(form, shown.proposal, amendment=showing.compare(shown))


@pages.post(f"{AMENDMENT}/vote")
@requires(PREPARE.name)
def put_amendment_to_vote(proposal_id: int, amendment_id: int) -> ResponseReturnValue:
    """Put an amendment to the vote."""
    shown, form = find_amendment(_proposal(proposal_id), amendment_id), Form.sent()

    def act(**taken: Any) -> Poll:
        begins = taken["opens_on"]
        return amending.put_to_vote(
            shown,
            at(g.community, begins, MORNING) if begins is not None else now(),
            at(g.community, taken["closes_on"], taken["closes_hour"]),
            author=g.member,
            method=taken["method"],
            **rules(taken),
        )

    if not form.apply(VoteSchema(), act):
        return vote_form(form, shown.proposal, amendment=showing.compare(shown))
    return redirect(url_for("project_decisions.poll", poll_id=form.result.id))
