"""A letter as it leaves: its headers, and the same words as text and as HTML."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from freeco.clock import now
from freeco.config import Settings
from freeco.db import db
from freeco.mail import bounces
from freeco.mail.html_part import html_of
from freeco.mail.letters import SITE
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community


class _Letter(EmailPolicy):
    """Leaves addresses as they are.

    A long one would be folded into an encoded word (RFC 2047), which mail programs do not look
    for there, and unsubscribing would fail.
    """

    def fold(self, name: str, value: str) -> str:
        if name.lower() not in AS_THEY_ARE:
            return str(super().fold(name, value))
        ways = f",{self.linesep} ".join(str(value).split(", "))
        return f"{name}: {ways}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() not in AS_THEY_ARE:
            return super().fold_binary(name, value)
        return self.fold(name, value).encode("ascii")


AS_THEY_ARE = frozenset({"list-unsubscribe", "list-id", "message-id", "reply-to"})
LETTER = _Letter()
STOPPING = "/desabonnement/"
"""Where the token of a letter is taken, and what it names stopped."""


def compose(mail: OutgoingMail, settings: Settings) -> EmailMessage:
    """Return the message as it leaves; raises ValueError for a header that would be forged."""
    message = EmailMessage(policy=LETTER)
    name, sender = parseaddr(settings.mail_from)
    host = urlsplit(settings.base_url).hostname or "localhost"
    message["From"] = _address(sender, name)
    message["To"] = _address(mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{bounces.mark(mail)}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.community_id is not None:
        slug = db.session.get_one(Community, mail.community_id).slug
        message["List-Id"] = f"<{slug}.{host}>"
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    if mail.unsubscribe:
        _say_how_to_stop(message, mail, settings)
    text = mail.body.replace(SITE, settings.base_url)
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(
        html_of(text, mail.language, mail.subject, settings.base_url),
        subtype="html",
        charset="utf-8",
        cte="quoted-printable",
    )
    message["Content-Language"] = mail.language
    return message


def _say_how_to_stop(message: EmailMessage, mail: OutgoingMail, settings: Settings) -> None:
    """Write the headers of RFC 8058, which asks for an HTTPS address that needs nothing else."""
    ways = [f"<{settings.base_url}{STOPPING}{mail.unsubscribe}>"]
    if settings.mail_return:
        ways.append(f"<mailto:{settings.mail_return}?subject={mail.unsubscribe}>")
    message["List-Unsubscribe"] = ", ".join(ways)
    if settings.base_url.startswith("https://"):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _address(address: str, name: str = "") -> Address:
    local, _at, domain = address.rpartition("@")
    if not local or not domain:
        raise ValueError(f"not an address: {address!r}")
    return Address(name, local, domain)
