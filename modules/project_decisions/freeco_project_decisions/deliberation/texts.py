"""A proposal as one text, such as it is put to the vote."""

from freeco.i18n import said
from freeco_project_decisions.deliberation import reading
from freeco_project_decisions.deliberation.models import (
    Amendment,
    Paragraph,
    Proposal,
    ProposalObjection,
)

TITLE_MOST = 120
"""A poll's title is no longer."""


def headed(paragraph: Paragraph) -> str:
    """Return a paragraph's number and title: « 3. Les horaires »."""
    return f"{paragraph.number}. {paragraph.title}" if paragraph.title else f"{paragraph.number}."


def whole(proposal: Proposal) -> str:
    """Return the reasons, the paragraphs and the objections with their answers, without a name."""
    paragraphs = [f"{headed(each)}\n{each.text}" for each in reading.standing(proposal)]
    return _joined(proposal, paragraphs)


def around(proposal: Proposal) -> str:
    """Return the same without the paragraphs, where each is put to the vote on its own."""
    return _joined(proposal, [])


def _joined(proposal: Proposal, paragraphs: list[str]) -> str:
    parts = ([proposal.text] if proposal.text else []) + paragraphs
    objections = reading.objections(proposal)
    if objections:
        parts.append(said("Objections soulevées avant le vote"))
        parts += [_objected(each) for each in objections]
    return "\n\n".join(parts)


def _objected(objection: ProposalObjection) -> str:
    if objection.lifted_at is not None:
        first = said("Objection levée : %(argument)s", argument=objection.argument)
    else:
        first = said("Objection maintenue : %(argument)s", argument=objection.argument)
    if not objection.answer:
        return first
    return first + "\n" + said("Réponse : %(answer)s", answer=objection.answer)


def question(amendment: Amendment) -> str:
    """Return what a vote on an amendment asks, in a poll's title."""
    title = amendment.proposal.title
    words = said("Amendement n° %(number)s : %(title)s", number=amendment.id, title=title)
    return words if len(words) <= TITLE_MOST else words[: TITLE_MOST - 1] + "…"


def explained(amendment: Amendment) -> str:
    """Return both wordings and the reason, as they are put to the vote."""
    at, new = amendment.paragraph, amendment.text
    if amendment.title:
        new = f"{amendment.title}\n{new}"
    if amendment.kind == "add":
        parts = [said("Ajouter ce paragraphe :"), new]
    elif at is not None and amendment.kind == "strike":
        parts = [said("Supprimer ce paragraphe :"), f"{headed(at)}\n{at.text}"]
    else:
        old = f"{headed(at)}\n{at.text}" if at is not None else ""
        parts = [said("Remplacer ce paragraphe :"), old, said("Par celui-ci :"), new]
    return "\n\n".join([*parts, said("Pourquoi : %(reason)s", reason=amendment.reason)])
