"""Replies by e-mail: what somebody answers to a letter is said in its discussion."""

from hmac import compare_digest

from sqlalchemy import select

from freeco.activation import is_open
from freeco.charter.services import has_accepted_current
from freeco.db import db
from freeco.errors import Absent, CharterNotAccepted, Refusal
from freeco.i18n import _, spoken
from freeco.kernel import kernel
from freeco.mail.answers import MailAnswer, answer_address
from freeco.mail.letters import in_view
from freeco.mail.wording.applying import send_in_words_of
from freeco.members.models import Person
from freeco_project_decisions.deliberation import discussing, following
from freeco_project_decisions.deliberation.models import Discussion, Follow, Message
from freeco_project_decisions.deliberation.schemas import LONGEST_MESSAGE
from freeco_project_decisions.polls.telling import LETTERS


class NothingSaid(Refusal):
    """Only quoted lines, or none."""

    reason = _("Le message était vide une fois retiré ce qu’il citait : rien n’a été ajouté.")


class TooMuchSaid(Refusal):
    """A file, a whole newsletter: no message is so long."""

    reason = _("Le message était trop long pour une discussion : rien n’a été ajouté.")


def address_of(follow: Follow, message: Message | None = None) -> str:
    """Return where a member replies to a message of a discussion; empty without inbound mail."""
    key = follow.reply_key if message is None else f"{follow.reply_key}-{message.id}"
    return answer_address(key, kernel().settings)


def take(key: str, answer: MailAnswer) -> bool:
    """Say in a discussion what a member answered by e-mail; whether the key is one of ours.

    The key is the proof: it was sent to this member alone. Still, what comes from another
    address than theirs is not taken, since letters are forwarded. Why a reply was not added is
    written back to the member, never to whoever wrote.
    """
    letters, _dash, number = key.partition("-")
    follow = following.find_by_key(letters)
    if follow is None or not compare_digest(follow.reply_key, letters):
        return False
    person = follow.member.person
    if person is None or person.email is None or person.erased_at is not None:
        return True
    if answer.sender != person.email.lower():
        return True
    if _was_taken(answer):
        return True
    try:
        _say(follow, answer, int(number) if number else 0)
    except Refusal as refusal:
        _write_back(follow.discussion, person, refusal)
    return True


def _was_taken(answer: MailAnswer) -> bool:
    taken = select(Message.id).where(Message.mail_sha256 == answer.sha256)
    return db.session.scalar(taken) is not None


def _say(follow: Follow, answer: MailAnswer, number: int) -> None:
    discussion, member = follow.discussion, follow.member
    if member.left_at is not None or not is_open(discussion.community, "project_decisions"):
        raise Absent
    if not has_accepted_current(member):
        raise CharterNotAccepted
    if not answer.text:
        raise NothingSaid
    if len(answer.text) > LONGEST_MESSAGE:
        raise TooMuchSaid
    answered = discussing.find_message(discussion, number) if number else None
    if answered is not None and answered.hidden_at is not None:
        answered = None  # what was said in answer still stands in the discussion
    discussing.say(discussion, member, answer.text, answered, mail_sha256=answer.sha256)


def _write_back(discussion: Discussion, person: Person, refusal: Refusal) -> None:
    with in_view(discussion.community), spoken(person.language):
        reason = str(refusal)
    send_in_words_of(
        discussion.community,
        str(person.email),
        "reply_refused",
        person.language,
        folder=LETTERS,
        title=discussion.title,
        reason=reason,
        address=f"/{discussion.community.slug}/project-decisions/discussions/{discussion.id}",
    )
