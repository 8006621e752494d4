"""Discussing: a question is opened, answered in order of time, summed up, closed with a reason."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.events import publish
from freeco.members.models import Community, Member
from freeco_project_decisions.deliberation import following
from freeco_project_decisions.deliberation.errors import (
    DiscussionClosed,
    EndPassed,
    MessageHidden,
    NotTheAuthor,
    SaidSomethingElse,
)
from freeco_project_decisions.deliberation.events import DiscussionOpened
from freeco_project_decisions.deliberation.models import (
    Discussion,
    Message,
    MessageVersion,
    Summary,
)

FREELY = timedelta(minutes=30)
"""For so long an author mends a message without a trace; later, what it said is kept."""
LAST_HOURS = timedelta(hours=24)
"""What comes so late may make a stage go on, once, if that was announced."""


def open_discussion(
    community: Community,
    author: Member | None,
    title: str,
    text: str,
    about: str = "",
    *,
    until: datetime | None = None,
    extension_days: int = 0,
) -> Discussion:
    """Open a discussion that every member reads; its author follows it. Raises ``EndPassed``."""
    if until is not None and until <= now():
        raise EndPassed
    discussion = Discussion(
        community=community,
        author=author,
        title=title,
        text=text,
        about=about,
        until=until,
        extension_days=extension_days if until is not None else 0,
    )
    db.session.add(discussion)
    db.session.flush()
    if author is not None:
        following.follow(discussion, author)
    publish(DiscussionOpened(community_id=community.id, discussion_id=discussion.id, about=about))
    return discussion


def find_discussion(community: Community, discussion_id: int) -> Discussion:
    """Return a discussion of this community; raise Absent for another's."""
    found = db.session.get(Discussion, discussion_id)
    if found is None or found.community_id != community.id:
        raise Absent
    return found


def find_message(discussion: Discussion, message_id: int) -> Message:
    """Return a message of this discussion; raise Absent for another's."""
    found = db.session.get(Message, message_id)
    if found is None or found.discussion_id != discussion.id:
        raise Absent
    return found


def is_open(discussion: Discussion) -> bool:
    """Whether one may write: the announced end holds even before the sweep has noted it."""
    return discussion.state == "open" and (discussion.until is None or now() < discussion.until)


def say(
    discussion: Discussion,
    author: Member,
    text: str,
    answers: Message | None = None,
    *,
    mail_sha256: str | None = None,
) -> Message:
    """Say something, or answer a message; the author follows the discussion from then on.

    An answer to an answer stands under the same message: one level deep. The same text sent
    twice in a row is said once. Raises ``DiscussionClosed``, ``MessageHidden``.
    """
    lock(discussion)
    if not is_open(discussion):
        raise DiscussionClosed
    if answers is not None and answers.hidden_at is not None:
        raise MessageHidden
    if answers is not None and answers.answers is not None:
        answers = answers.answers
    again = _again(discussion, author, text, answers)
    if again is not None:
        return again
    message = Message(
        discussion=discussion,
        author=author,
        text=text,
        answers=answers,
        way="mail" if mail_sha256 else "page",
        mail_sha256=mail_sha256,
    )
    db.session.add(message)
    discussion.latest_at = now()
    _go_on(discussion)
    db.session.flush()
    following.follow(discussion, author)
    return message


def _again(
    discussion: Discussion, author: Member, text: str, answers: Message | None
) -> Message | None:
    """Return the author's last words here if they are these: a double click, a page sent anew."""
    last = db.session.scalar(
        select(Message)
        .where(Message.discussion_id == discussion.id)
        .order_by(Message.id.desc())
        .limit(1)
    )
    if last is None or last.author_id != author.id or last.hidden_at is not None:
        return None
    return last if last.text == text and last.answers is answers else None


def _go_on(discussion: Discussion) -> None:
    """Lengthen the stage, once, by the rule that was announced."""
    if discussion.until is None or not discussion.extension_days or discussion.extended_at:
        return
    if now() >= discussion.until - LAST_HOURS:
        discussion.until += timedelta(days=discussion.extension_days)
        discussion.extended_at = now()


def change_message(message: Message, by: Member, text: str, read: str | None = None) -> None:
    """Write one's message anew; past half an hour, what it said is kept and shown.

    ``read`` is the text that the author had before them. Raises ``NotTheAuthor``,
    ``MessageHidden``, ``DiscussionClosed``, ``SaidSomethingElse``.
    """
    lock(message)
    require_changing(message, by)
    if message.text == text:
        return
    if read is not None and read != message.text:
        raise SaidSomethingElse
    if now() >= message.written_at + FREELY:
        db.session.add(MessageVersion(message=message, text=message.text))
        message.changed_at = now()
    message.text = text


def require_changing(message: Message, by: Member) -> None:
    """Stop who may not change a message. Raises as ``change_message`` does."""
    if message.author_id != by.id:
        raise NotTheAuthor
    if message.hidden_at is not None:
        raise MessageHidden
    if not is_open(message.discussion):
        raise DiscussionClosed


def hide(message: Message, by: Member, reason: str) -> bool:
    """Hide a message, with a reason that everybody reads; again changes nothing, and is False."""
    lock(message)
    if message.hidden_at is not None:
        return False
    message.hidden_at, message.hidden_by, message.hidden_reason = now(), by, reason
    return True


def show_again(message: Message) -> None:
    """Show a hidden message again."""
    lock(message)
    message.hidden_at, message.hidden_by, message.hidden_reason = None, None, ""


def close(discussion: Discussion, by: Member | None, reason: str) -> bool:
    """Close a discussion with a reason that stands on it; again changes nothing, and is False."""
    lock(discussion)
    if discussion.state == "closed":
        return False
    discussion.state, discussion.closed_at = "closed", now()
    discussion.closed_by, discussion.closed_reason = by, reason
    return True


def reopen(discussion: Discussion) -> None:
    """Open a closed discussion again, without an announced end."""
    lock(discussion)
    discussion.state, discussion.closed_at = "open", None
    discussion.closed_by, discussion.closed_reason = None, ""
    if discussion.until is not None and discussion.until <= now():
        discussion.until = None


def summarise(discussion: Discussion, author: Member, text: str) -> Summary:
    """Say where a discussion stands, for those who come late; a closed one is summed up too."""
    lock(discussion)
    counted = select(func.count(Message.id)).where(
        Message.discussion_id == discussion.id, Message.hidden_at.is_(None)
    )
    summary = Summary(
        discussion=discussion,
        author=author,
        text=text,
        messages=db.session.scalar(counted) or 0,
    )
    db.session.add(summary)
    db.session.flush()
    following.follow(discussion, author)
    return summary


def close_due(community: Community) -> None:
    """Close the discussions whose announced end is past."""
    due = select(Discussion).where(
        Discussion.community_id == community.id,
        Discussion.state == "open",
        Discussion.until <= now(),
    )
    for discussion in db.session.scalars(due).all():
        close(discussion, None, "")
