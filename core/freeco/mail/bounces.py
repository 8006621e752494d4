"""Letters that come back: which one it was, whether its address is dead, and what to do then.

A letter is known again by a mark that only this site can make: in its Message-ID, and in the
address it leaves from (VERP) when the operator gave one.
"""

import hmac
import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parseaddr
from enum import StrEnum

import flufl.bounce
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from freeco.clock import now
from freeco.config import Settings
from freeco.db import db
from freeco.mail.models import FailingAddress, OutgoingMail
from freeco.signing import drawn

_MARK = re.compile(r"(\d{1,10})\.(\d{1,11})\.([0-9a-f]{16})")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_WHERE_WE_WRITE = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_WHERE_IT_IS_NAMED = ("Message-ID", "In-Reply-To", "References")
_OURS_TO_MEND = {"3", "6", "7"}
"""Subjects of a status that blame a system, a content or a policy: not the address (RFC 3463)."""
_FULL = {("2", "2"), ("2", "3")}
"""A full mailbox, a letter too long: it may take another."""


class Outcome(StrEnum):
    """What a message that came to the return address told us."""

    REFUSED = "refused"
    DELAYED = "delayed"
    UNSUBSCRIBED = "unsubscribed"
    ANSWERED = "answered"
    AUTOMATIC = "automatic"
    UNKNOWN = "unknown"


def mark(mail: OutgoingMail) -> str:
    """Return what names a letter in its Message-ID: the same at each try, and not to be guessed."""
    named = f"{mail.id}.{int(mail.created_at.timestamp())}"
    return f"{named}.{_signature(named)}"


def return_address(mail: OutgoingMail, settings: Settings) -> str:
    """Return where a letter comes back: the operator's address with the mark, or the sender's."""
    if not settings.mail_return:
        return parseaddr(settings.mail_from)[1]
    local, _at, domain = settings.mail_return.rpartition("@")
    return f"{local}+{mark(mail)}@{domain}"


def _signature(named: str) -> str:
    return drawn("letter", named, length=16)


def note_refusal(mail: OutgoingMail, words: str) -> bool:
    """Note what a server said of a letter; return whether its address is dead.

    ``words`` begin with the code of SMTP: ``550 5.1.1 no such user``.
    """
    if not _is_dead(words):
        return False
    mail.refused_at = now()
    mail.last_error = words[:500]
    _note_failing(mail.recipient, words[:500])
    return True


def _is_dead(words: str) -> bool:
    found = _STATUS.search(words)
    if found is None:
        return bool(re.match(r"55[0134]\b", words))
    kind, subject, detail = found.groups()
    return kind == "5" and subject not in _OURS_TO_MEND and (subject, detail) not in _FULL


def _note_failing(address: str, reason: str) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(FailingAddress(address=address, reason=reason))
    except IntegrityError:
        pass  # it was known
    # Notices for it wait no longer; a letter that somebody asks for is still tried.
    db.session.execute(
        update(OutgoingMail)
        .where(
            OutgoingMail.recipient == address,
            OutgoingMail.topic != "",
            OutgoingMail.sent_at.is_(None),
            OutgoingMail.refused_at.is_(None),
        )
        .values(refused_at=now(), last_error=reason)
    )


def try_again(address: str) -> None:
    """Believe that an address works: its reader says so, or has read a letter there."""
    row = db.session.scalar(select(FailingAddress).where(FailingAddress.address == address))
    if row is not None:
        db.session.delete(row)


def handle(content: bytes) -> Outcome:
    """Take in a letter that came back; the same twice changes nothing."""
    message = BytesParser(policy=policy.default).parsebytes(content)
    mail = _find(message)
    if mail is None:
        return Outcome.UNKNOWN
    words = _what_it_says(message, content)
    if words is None:
        return Outcome.UNKNOWN
    return Outcome.REFUSED if note_refusal(mail, words) else Outcome.DELAYED


def _find(message: EmailMessage) -> OutgoingMail | None:
    for text in _names(message):
        for identifier, instant, signature in _MARK.findall(text):
            named = f"{identifier}.{instant}"
            if hmac.compare_digest(signature, _signature(named)):
                mail = db.session.get(OutgoingMail, int(identifier))
                if mail is not None and mark(mail).startswith(f"{named}."):
                    return mail
    return None


def _names(message: EmailMessage) -> Iterator[str]:
    """Return the places where a report names the letter: its own address, and what it returns."""
    for header in _WHERE_WE_WRITE:
        yield from (str(value) for value in message.get_all(header, []))
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            yield str(part.get_content())
        for header in _WHERE_IT_IS_NAMED:
            yield from (str(value) for value in part.get_all(header, []))


def _what_it_says(message: EmailMessage, content: bytes) -> str | None:
    """Return the words of the report, beginning with a code; none when it reports nothing."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for group in part.get_payload():
                if isinstance(group, Message) and group.get("Action"):
                    return _of_recipient(group)
    # The many formats of before the standard.
    later, never = flufl.bounce.all_failures(BytesParser().parsebytes(content))
    if never:
        return "550"
    return "450" if later else None


def _of_recipient(group: Message) -> str:
    action = str(group["Action"]).strip().lower()
    status = _STATUS.search(str(group.get("Status", "")))
    code = status.group() if status else "5.0.0"
    if action != "failed":
        code = f"4{code[1:]}"
    return " ".join(f"{code} {group.get('Diagnostic-Code', '')}".split())
