"""The paragraphs of a proposal: written, struck, numbered, with every version kept."""

from dataclasses import dataclass

from sqlalchemy import select, update

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Member
from freeco_project_decisions.deliberation.errors import ParagraphChanged
from freeco_project_decisions.deliberation.models import (
    Amendment,
    Paragraph,
    ParagraphVersion,
    Proposal,
)


@dataclass(frozen=True)
class Written:
    """A paragraph as it is typed."""

    title: str
    text: str


def find_paragraph(proposal: Proposal, paragraph_id: int) -> Paragraph:
    """Return a paragraph of this proposal that still stands; raise Absent otherwise."""
    found = db.session.get(Paragraph, paragraph_id)
    if found is None or found.proposal_id != proposal.id or found.removed_at is not None:
        raise Absent
    return found


def find_any(proposal: Proposal, paragraph_id: int) -> Paragraph:
    """Return a paragraph of this proposal, struck or not; raise Absent for another's."""
    found = db.session.get(Paragraph, paragraph_id)
    if found is None or found.proposal_id != proposal.id:
        raise Absent
    return found


def add_paragraph(
    proposal: Proposal,
    author: Member | None,
    after: Paragraph | None,
    written: Written,
    amendment: Amendment | None = None,
) -> Paragraph:
    """Add a paragraph after another, or first; those that follow are numbered anew.

    The caller has locked the proposal, or has just made it.
    """
    number = after.number + 1 if after is not None else 1
    _renumber(proposal, number, 1)
    paragraph = Paragraph(proposal=proposal, number=number, title=written.title, text=written.text)
    db.session.add(paragraph)
    db.session.flush()
    _keep(paragraph, author, amendment)
    return paragraph


def write(
    paragraph: Paragraph,
    author: Member | None,
    written: Written,
    read: int,
    amendment: Amendment | None = None,
) -> None:
    """Write a paragraph anew; the same words change nothing.

    ``read`` is the version the author had before them. Raises ``ParagraphChanged``: nothing of
    either text is lost.
    """
    lock(paragraph)
    if paragraph.removed_at is not None:
        raise Absent
    if (paragraph.title, paragraph.text) == (written.title, written.text):
        return
    if paragraph.version != read:
        raise ParagraphChanged(paragraph.version)
    paragraph.title, paragraph.text = written.title, written.text
    paragraph.version += 1
    _keep(paragraph, author, amendment)


def strike(
    paragraph: Paragraph, author: Member | None, read: int, amendment: Amendment | None = None
) -> None:
    """Strike a paragraph; those that follow are numbered anew. Raises ``ParagraphChanged``."""
    lock(paragraph)
    if paragraph.removed_at is not None:
        return
    if paragraph.version != read:
        raise ParagraphChanged(paragraph.version)
    paragraph.removed_at = now()
    paragraph.version += 1
    _keep(paragraph, author, amendment)
    _renumber(paragraph.proposal, paragraph.number + 1, -1)


def _renumber(proposal: Proposal, first: int, by: int) -> None:
    db.session.execute(
        update(Paragraph)
        .where(
            Paragraph.proposal_id == proposal.id,
            Paragraph.number >= first,
            Paragraph.removed_at.is_(None),
        )
        .values(number=Paragraph.number + by)
        .execution_options(synchronize_session="fetch")
    )


def _keep(paragraph: Paragraph, author: Member | None, amendment: Amendment | None) -> None:
    struck = paragraph.removed_at is not None
    db.session.add(
        ParagraphVersion(
            paragraph=paragraph,
            version=paragraph.version,
            title="" if struck else paragraph.title,
            text="" if struck else paragraph.text,
            author=author,
            amendment=amendment,
        )
    )
    db.session.flush()
    db.session.expire(paragraph.proposal, ["paragraphs"])


def version_of(paragraph: Paragraph, number: int) -> ParagraphVersion | None:
    """Return what a paragraph said at a version."""
    return db.session.scalar(
        select(ParagraphVersion).where(
            ParagraphVersion.paragraph_id == paragraph.id, ParagraphVersion.version == number
        )
    )
