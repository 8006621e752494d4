"""Carries the waiting e-mails away: by SMTP, or into a folder for a demo."""

import logging
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.errors import MessageError
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from sqlalchemy import ColumnElement, Select, and_, or_, select, update

from freeco.clock import now
from freeco.config import Settings
from freeco.db import db
from freeco.mail import bounces
from freeco.mail.composing import compose
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community

WAITS_MINUTES = (1, 5, 30, 120)
"""Before the second try, the third, and so on; then the last one again and again."""
MOST_TRIES = 15
"""Over a day: after that the address is wrong or the letter no longer matters.

Only refusals count: while the mail server itself is down, nothing is ever given up."""
TAKEN_MINUTES = 5
"""How long a letter belongs to the worker who took it, should that worker stop."""
PATIENCE_SECONDS = 30
NOBODY_S = re.compile(r"[@.](example(\.(com|net|org))?|invalid|test)$", re.IGNORECASE)
"""The ends of addresses that RFC 2606 keeps for examples: the invented people's."""
THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
REFUSED_LETTER = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
    MessageError,
    ValueError,
)
"""What is wrong with one letter, and need not stop the next."""
log = logging.getLogger(__name__)


class MailRefused(Exception):
    """The mail server, or the configuration, cannot be used."""


class Carrier(Protocol):
    """Takes a message away, or raises."""

    def __call__(self, message: EmailMessage, mail_id: int, back_to: str) -> object:
        """Carry one message; what cannot be delivered comes back to ``back_to``."""


def deliver_mail(settings: Settings, limit: int = 50) -> int:
    """Send the e-mails that are due, oldest first; return how many left. Commits each.

    A letter is first taken in a short transaction, so that no lock is held while the server
    answers, and so that two workers never send the same one. If a worker dies between the
    server's yes and the note of it, the letter leaves again under the same Message-ID.
    """
    sent = tried = 0
    mail = _take()
    if mail is None:
        return sent
    try:
        with _carrier(settings.mail_url) as carry:
            while mail is not None:
                sent += _send(mail, settings, carry)
                tried += 1
                mail = _take() if tried < limit else None
    except (OSError, smtplib.SMTPException, MailRefused) as error:
        log.warning("the mail server cannot be used: %s", error)
        if mail is not None:
            _put_back(mail, error, MOST_TRIES - 2)
        _wait_together(error)
    return sent


def _is_due() -> ColumnElement[bool]:
    rehearsals = select(Community.id).where(Community.rehearsal)
    return and_(
        OutgoingMail.sent_at.is_(None),
        OutgoingMail.refused_at.is_(None),
        OutgoingMail.next_try_at <= now(),
        OutgoingMail.tries < MOST_TRIES,
        # What is written in a rehearsal is read there, and leaves nowhere.
        or_(OutgoingMail.community_id.is_(None), OutgoingMail.community_id.not_in(rehearsals)),
    )


def _due() -> Select[OutgoingMail]:
    return (
        select(OutgoingMail)
        .where(_is_due())
        .order_by(OutgoingMail.next_try_at, OutgoingMail.id)
        .limit(1)
    )


def _take() -> OutgoingMail | None:
    mail: OutgoingMail | None = db.session.scalar(_due().with_for_update(skip_locked=True))
    if mail is not None:
        mail.tries += 1
        mail.next_try_at = now() + timedelta(minutes=TAKEN_MINUTES)
    db.session.commit()
    return mail


def _send(mail: OutgoingMail, settings: Settings, carry: Carrier) -> bool:
    """Send one letter and note it; a server that has gone away stops the round."""
    if settings.production and NOBODY_S.search(mail.recipient):
        mail.refused_at, mail.last_error = now(), "reserved for examples (RFC 2606)"
        db.session.commit()
        return False
    try:
        message = compose(mail, settings)
        mail_id, back_to = mail.id, bounces.return_address(mail, settings)
        # Nothing is open in the database while the server answers.
        db.session.rollback()
        carry(message, mail_id, back_to)
    except smtplib.SMTPRecipientsRefused as error:
        _put_back(mail, error)
        code, words = next(iter(error.recipients.values()))
        bounces.note_refusal(mail, f"{code} {words.decode('utf-8', 'replace')}")
        db.session.commit()
        return False
    except REFUSED_LETTER as error:
        _put_back(mail, error)
        return False
    # A statement, not the row: its reader may have refused it while it left, and it is gone. The
    # body may hold the secret of a link, which is nowhere else in clear.
    db.session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.id == mail_id)
        .values(sent_at=now(), last_error="", body="", unsubscribe="", reply_to="")
    )
    db.session.commit()
    return True


def _put_back(mail: OutgoingMail, error: Exception, most_tries: int = MOST_TRIES) -> None:
    db.session.rollback()
    mail.tries = min(mail.tries, most_tries)
    wait = WAITS_MINUTES[min(mail.tries, len(WAITS_MINUTES)) - 1]
    mail.next_try_at = now() + timedelta(minutes=wait)
    mail.last_error = str(error)[:500]
    db.session.commit()


def _wait_together(error: Exception) -> None:
    """Have every letter wait a minute for a server that is down: each tick would knock again."""
    db.session.execute(
        update(OutgoingMail)
        .where(_is_due())
        .values(
            next_try_at=now() + timedelta(minutes=WAITS_MINUTES[0]), last_error=str(error)[:500]
        )
    )
    db.session.commit()


@contextmanager
def _carrier(mail_url: str) -> Iterator[Carrier]:
    parts = urlsplit(mail_url)
    if parts.scheme == "file":
        yield _into(Path(mail_url.removeprefix("file:")))
    elif parts.scheme in {"smtp", "smtps"}:
        with _server(mail_url) as server:
            yield lambda message, _mail_id, back_to: server.send_message(message, back_to)
    else:
        raise MailRefused("FREECO_MAIL_URL commence par smtp://, smtps:// ou file:")


def _into(folder: Path) -> Carrier:
    def carry(message: EmailMessage, mail_id: int, back_to: str) -> object:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / f"{mail_id:08}.eml").write_bytes(message.as_bytes())

    return carry


def _server(mail_url: str) -> smtplib.SMTP:
    parts = urlsplit(mail_url)
    host, user = parts.hostname or "localhost", unquote(parts.username or "")
    trusted = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=PATIENCE_SECONDS, context=trusted
        )
        private = True
    else:
        server = smtplib.SMTP(host, parts.port or (587 if user else 25), timeout=PATIENCE_SECONDS)
        server.ehlo()
        private = server.has_extn("starttls")
        if private:
            server.starttls(context=trusted)
    if user:
        if not private and host not in THIS_MACHINE:
            server.close()
            raise MailRefused(f"{host} ne chiffre pas : le mot de passe ne lui est pas envoyé")
        server.login(user, unquote(parts.password or ""))
    return server
