"""Amending: another wording of a paragraph, answered by the authors or put to the vote."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Member
from freeco_project_decisions.deliberation import paragraphs, texts
from freeco_project_decisions.deliberation.errors import (
    AmendmentAnswered,
    NothingChanges,
    NotTheAuthor,
    ParagraphChanged,
    ReasonNeeded,
    TextFixed,
)
from freeco_project_decisions.deliberation.models import Amendment, Paragraph, Proposal
from freeco_project_decisions.deliberation.paragraphs import Written
from freeco_project_decisions.deliberation.proposing import (
    LIVING,
    WRITING,
    go_on,
    require_amending,
    require_author,
)
from freeco_project_decisions.polls import opening, preparing
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.polls.preparing import Written as WrittenPoll


def find_amendment(proposal: Proposal, amendment_id: int) -> Amendment:
    """Return an amendment of this proposal; raise Absent for another's."""
    found = db.session.get(Amendment, amendment_id)
    if found is None or found.proposal_id != proposal.id:
        raise Absent
    return found


def write_paragraph(paragraph: Paragraph, by: Member, written: Written, read: int) -> None:
    """Write one's own proposal's paragraph anew, while amendments may come.

    Raises ``NotAnAuthor``, ``TextFixed``, also while an amendment of it is voted on, and
    ``ParagraphChanged``.
    """
    proposal = paragraph.proposal
    lock(proposal)
    require_author(proposal, by)
    if proposal.stage not in WRITING or _voted_on(paragraph):
        raise TextFixed
    paragraphs.write(paragraph, by, written, read)


def add_paragraph(
    proposal: Proposal, by: Member, after: Paragraph | None, written: Written
) -> Paragraph:
    """Add a paragraph to one's own draft. Raises ``NotAnAuthor``, ``TextFixed``."""
    lock(proposal)
    require_author(proposal, by)
    if proposal.stage not in WRITING:
        raise TextFixed
    return paragraphs.add_paragraph(proposal, by, after, written)


def strike_paragraph(paragraph: Paragraph, by: Member, read: int) -> None:
    """Strike a paragraph of one's own proposal. Raises as ``write_paragraph`` does."""
    lock(paragraph.proposal)
    require_author(paragraph.proposal, by)
    if paragraph.proposal.stage not in WRITING or _voted_on(paragraph):
        raise TextFixed
    paragraphs.strike(paragraph, by, read)


def _voted_on(paragraph: Paragraph) -> bool:
    voting = select(Amendment.id).where(
        Amendment.paragraph_id == paragraph.id, Amendment.state == "voting"
    )
    return db.session.scalar(voting.limit(1)) is not None


def amend(
    proposal: Proposal,
    author: Member,
    kind: str,
    paragraph: Paragraph | None,
    written: Written,
    reason: str,
    read: int = 0,
) -> Amendment:
    """Propose to change a paragraph, to strike it, or to add one after it.

    ``read`` is the version its author had before them. The same again is proposed once. Raises
    ``NotAmending``, ``NothingChanges``, ``ParagraphChanged``.
    """
    lock(proposal)
    require_amending(proposal)
    for each in _open(proposal, author):
        same = (each.kind, each.paragraph_id, each.title, each.text)
        if same == (kind, paragraph and paragraph.id, written.title, written.text):
            return each
    if kind != "add" and paragraph is not None:
        if paragraph.removed_at is not None:
            raise Absent
        if paragraph.version != read:
            raise ParagraphChanged(paragraph.version)
        if kind == "change" and (paragraph.title, paragraph.text) == (written.title, written.text):
            raise NothingChanges
    amendment = Amendment(
        proposal=proposal,
        paragraph=paragraph,
        author=author,
        kind=kind,
        title=written.title,
        text=written.text,
        reason=reason,
        on_version=paragraph.version if paragraph is not None else 0,
    )
    db.session.add(amendment)
    go_on(proposal)
    db.session.flush()
    return amendment


def _open(proposal: Proposal, author: Member) -> list[Amendment]:
    return list(
        db.session.scalars(
            select(Amendment).where(
                Amendment.proposal_id == proposal.id,
                Amendment.author_id == author.id,
                Amendment.state == "open",
            )
        )
    )


def accept(amendment: Amendment, by: Member, read: int, answer: str = "") -> None:
    """Write an amendment into the proposal.

    ``read`` is the version of the paragraph that the author had before them: an amendment is
    never written over words that nobody compared it with. Raises ``NotAnAuthor``,
    ``AmendmentAnswered``, ``ParagraphChanged``, ``TextFixed``.
    """
    proposal = amendment.proposal
    lock(proposal)
    require_author(proposal, by)
    lock(amendment)
    if amendment.state == "accepted":
        return
    _require_open(amendment)
    if amendment.paragraph is not None and _voted_on(amendment.paragraph):
        raise TextFixed
    _apply(amendment, read)
    _answer(amendment, "accepted", by, answer)


def _require_open(amendment: Amendment) -> None:
    if amendment.state != "open":
        raise AmendmentAnswered
    if amendment.proposal.stage not in LIVING:
        raise TextFixed


def _apply(amendment: Amendment, read: int) -> None:
    written, at = Written(amendment.title, amendment.text), amendment.paragraph
    if amendment.kind == "add":
        after = at if at is None or at.removed_at is None else _before(at)
        paragraphs.add_paragraph(amendment.proposal, amendment.author, after, written, amendment)
        return
    if at is None or at.removed_at is not None:
        raise AmendmentAnswered
    if amendment.kind == "strike":
        paragraphs.strike(at, amendment.author, read, amendment)
    else:
        paragraphs.write(at, amendment.author, written, read, amendment)


def _before(gone: Paragraph) -> Paragraph | None:
    """Return the last paragraph that stands before one that was struck."""
    return db.session.scalar(
        select(Paragraph)
        .where(
            Paragraph.proposal_id == gone.proposal_id,
            Paragraph.removed_at.is_(None),
            Paragraph.number < gone.number,
        )
        .order_by(Paragraph.number.desc())
        .limit(1)
    )


def _answer(amendment: Amendment, state: str, by: Member | None, answer: str) -> None:
    amendment.state, amendment.answer = state, answer
    amendment.answered_by, amendment.answered_at = by, now()
    db.session.flush()


def refuse(amendment: Amendment, by: Member, answer: str) -> None:
    """Refuse an amendment, saying why. Raises ``ReasonNeeded``, and as ``accept`` does."""
    lock(amendment.proposal)
    require_author(amendment.proposal, by)
    lock(amendment)
    if amendment.state == "refused":
        return
    _require_open(amendment)
    if not answer:
        raise ReasonNeeded
    _answer(amendment, "refused", by, answer)


def take_back(amendment: Amendment, by: Member) -> None:
    """Withdraw one's own amendment; it stays to be read. Raises ``NotTheAuthor``."""
    lock(amendment)
    if amendment.author_id != by.id:
        raise NotTheAuthor
    if amendment.state == "withdrawn":
        return
    _require_open(amendment)
    amendment.state, amendment.answered_at = "withdrawn", now()


def put_to_vote(
    amendment: Amendment,
    opens_at: datetime,
    closes_at: datetime,
    *,
    author: Member | None = None,
    method: str = Method.ASSENT,
    **rules: Any,
) -> Poll:
    """Have all decide on an amendment: yes writes it in, anything else refuses it.

    Its paragraph is fixed meanwhile. Again returns the same poll. Raises ``AmendmentAnswered``,
    ``TextFixed``, and what opening a poll raises.
    """
    lock(amendment.proposal)
    lock(amendment)
    if amendment.state == "voting" and amendment.poll is not None:
        return amendment.poll
    _require_open(amendment)
    at = amendment.paragraph
    if amendment.kind != "add" and (at is None or at.removed_at is not None or _voted_on(at)):
        raise TextFixed
    poll = preparing.draft(
        amendment.proposal.community,
        author,
        Method(method),
        WrittenPoll(
            title=texts.question(amendment),
            text=texts.explained(amendment),
            opens_at=opens_at,
            closes_at=closes_at,
            **rules,
        ),
        asked_by=f"project_decisions:amendment:{amendment.id}",
    )
    if opens_at <= now():
        opening.open_poll(poll)
    else:
        preparing.make_ready(poll)
    amendment.poll, amendment.state = poll, "voting"
    amendment.on_version = at.version if at is not None else 0
    db.session.flush()
    return poll


def voted(amendment: Amendment, adopted: bool, sentence: str) -> None:
    """Do as a vote said; heard twice, it is done once."""
    lock(amendment.proposal)
    lock(amendment)
    if amendment.state != "voting":
        return
    if adopted:
        _apply(amendment, amendment.on_version)
    _answer(amendment, "accepted" if adopted else "refused", None, sentence)
