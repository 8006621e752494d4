"""Letters that people answer by e-mail: the address each alone may answer to, and what they said.

The address holds a key that the module who wrote the letter has drawn: it says who answers, and
what. It comes to the return address of the site (``FREECO_MAIL_RETURN``), as what is undeliverable
does.
"""

import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from hashlib import sha256

from lxml import html
from lxml.etree import ParserError
from mailparser_reply import EmailReplyParser

from freeco.config import Settings
from freeco.plugins import Plugins

LANGUAGES = ["fr", "en", "es", "de", "it", "nl", "pt"]
"""In which mail programs introduce what they quote."""
_ADDRESS = re.compile(r"\+r\.([a-z2-7]{16,48}(?:-\d{1,10})?)@", re.IGNORECASE)
_WHERE = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
_QUOTED = re.compile(r"^\s*-{2,}\s*(Message d.origine|Original Message|Message transf).*$", re.M)
_INTRODUCED = re.compile(
    r"^(?:Le|On|El|Am|Il|Op|Em)\b[^\n]{0,300}\d[^\n]{0,300}(?:\n[^\n>][^\n]{0,300})?"
    r"\b(?:a écrit|wrote|escribió|schrieb|ha scritto|schreef|escreveu)\s*:\s*$",
    re.MULTILINE,
)
"""What stands before a quotation, on a line or two; the parser misses a message that begins so."""
_UNPRINTABLE = re.compile(r"[\x00\ud800-\udfff]")
_EMPTY_LINES = re.compile(r"\n{4,}")
MOST_READ = 12_000
"""Characters of a letter: any stranger writes one, and looking for what it quotes takes a time
that grows faster than its length."""
_LINES_QUOTED = re.compile(r"^>.*$\n?", re.MULTILINE)
_SIGNED = re.compile(r"^-- ?$", re.MULTILINE)
_AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
_QUOTES = "//blockquote | //*[contains(@class, 'gmail_quote')] | //style | //script | //head"


@dataclass(frozen=True)
class MailAnswer:
    """What somebody answered to a letter."""

    sender: str
    """The address it says it comes from, in small letters: anybody may write any."""
    text: str
    """Their words alone: neither what they quote, nor their signature."""
    sha256: str
    """Of the whole message: the same one twice is known again."""


def answer_address(key: str, settings: Settings) -> str:
    """Return where a letter is answered to; empty when the site takes no mail.

    A key is 16 to 48 letters of base 32, then a dash and a number for what it answers, if needed.
    """
    if not settings.mail_return:
        return ""
    local, _at, domain = settings.mail_return.rpartition("@")
    return f"{local}+r.{key}@{domain}"


def is_automatic(message: EmailMessage) -> bool:
    """Whether a program answered: an absence, a receipt. Nobody said that (RFC 3834)."""
    if str(message.get("Auto-Submitted", "no")).strip().lower() != "no":
        return True
    if str(message.get("Precedence", "")).strip().lower() in {"bulk", "junk", "auto_reply"}:
        return True
    if message.get_content_type() == "multipart/report":
        return True
    return any(message.get(name) for name in _AUTOMATIC)


def key_of(content: bytes) -> str:
    """Return the key that a message was written to, or nothing."""
    message = BytesParser(policy=policy.default).parsebytes(content, headersonly=True)
    for header in _WHERE:
        for value in message.get_all(header, []):
            found = _ADDRESS.search(str(value))
            if found is not None:
                return found[1].lower()
    return ""


def read(content: bytes) -> MailAnswer | None:
    """Return what a message says; none for one that a program wrote."""
    message = BytesParser(policy=policy.default).parsebytes(content)
    if is_automatic(message):
        return None
    return MailAnswer(
        sender=parseaddr(str(message.get("From", "")))[1].lower(),
        text=own_words(_text_of(message)),
        sha256=sha256(content).hexdigest(),
    )


def own_words(text: str) -> str:
    """Return what somebody wrote above what they quote, without their signature."""
    text = _UNPRINTABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    text = _EMPTY_LINES.sub("\n\n\n", text)[:MOST_READ]
    for end in (_QUOTED, _INTRODUCED, _SIGNED):
        found = end.search(text)
        if found is not None:
            text = text[: found.start()]
    if ">" not in text and "@" not in text:
        return text.strip()  # nothing is quoted: the parser would cut « Le maire a écrit »
    replies = EmailReplyParser(languages=LANGUAGES).read(text=text).replies
    return _LINES_QUOTED.sub("", replies[0].body if replies else text).strip()


def _text_of(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    try:
        content = str(part.get_content())
    except (LookupError, ValueError):  # a charset that nobody knows
        raw = part.get_payload(decode=True)
        content = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
    return _plain(content) if part.get_content_subtype() == "html" else content


def _plain(page: str) -> str:
    if not page.strip():
        return ""
    # As bytes: a page that begins by naming its encoding is no text for this library.
    try:
        parser = html.HTMLParser(encoding="utf-8")
        tree = html.document_fromstring(page.encode(errors="replace"), parser)
    except ParserError:  # a comment, and nothing else
        return ""
    for quoted in tree.xpath(_QUOTES):
        quoted.drop_tree()
    for line in tree.xpath("//br | //p | //div | //li"):
        line.tail = "\n" + (line.tail or "")
    return re.sub(r"\n{3,}", "\n\n", str(tree.text_content())).strip()


def hand_over(plugins: Plugins, content: bytes) -> bool | None:
    """Give a message to the module that drew its key; whether it was answered by a person.

    None when it is no answer of ours: nobody knows its key.
    """
    key = key_of(content)
    takers = [each.take_answer for each in plugins.modules.values() if each.take_answer]
    if not key or not takers:
        return None
    said = read(content)
    if said is None:
        return False
    return True if any(take(key, said) for take in takers) else None
