"""A letter as it would leave, with an example: by the same hands as the real one."""

import re
from dataclasses import dataclass
from email.message import EmailMessage

from markupsafe import Markup

from freeco.clock import now
from freeco.kernel import kernel
from freeco.mail.composing import compose
from freeco.mail.letters import Letter, in_view, write_letter
from freeco.mail.models import OutgoingMail
from freeco.mail.wording.applying import with_foot
from freeco.mail.wording.spots import filled, stem
from freeco.members.models import Member
from freeco.module import LetterKind
from freeco.notifications.choices import Reader
from freeco.notifications.models import Notice
from freeco.notifications.notices import mail_of
from freeco.notifications.topics import find_topic

SOMEBODY = "zoe.roux@example.org"
_LETTER = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
# Our own template writes these; in what people wrote, a quotation mark is an entity.
_NOT_HERE = re.compile(r' (?:style|href)="[^"]*"')


@dataclass(frozen=True)
class Preview:
    """Both parts of a composed letter."""

    subject: str
    page: Markup
    """The HTML part, without its styles, which this site's pages refuse, and without its links."""
    text: str


def preview(
    kind: LetterKind, member: Member, language: str, own: tuple[str, str] | None
) -> Preview:
    """Compose a letter for a member: in a community's words (subject, body), or in ours.

    Raises Obsolete for words that do not fit the letter.
    """
    with in_view(member.community):
        letter = write_letter(stem(kind), language, kind.folder, kind.example)
        if own is not None:
            letter = with_foot(filled(kind, *own, language, kind.example), letter)
        mail = _mail(kind, letter, member, language)
        return _seen(compose(mail, kernel().settings))


def _mail(kind: LetterKind, letter: Letter, member: Member, language: str) -> OutgoingMail:
    if not kind.topic or member.person is None:
        return OutgoingMail(
            recipient=SOMEBODY, subject=letter.subject, body=letter.body, language=language
        )
    topic = find_topic(kind.topic)
    notice = Notice(
        member=member,
        topic=topic.name,
        key="",
        subject=letter.subject,
        body=letter.body.strip(),
        url=f"/{member.community.slug}/{kind.url}",
        created_at=now(),
    )
    mail = mail_of(notice, topic, Reader(member.person, member), language)
    mail.recipient = SOMEBODY
    return mail


def _seen(message: EmailMessage) -> Preview:
    page, text = message.get_body(("html",)), message.get_body(("plain",))
    html = page.get_content() if isinstance(page, EmailMessage) else ""
    inside = _LETTER.search(html)
    return Preview(
        subject=str(message["Subject"]),
        # Escaped by the template of letters, which is ours.
        page=Markup(_NOT_HERE.sub("", inside[1] if inside else "")),  # noqa: S704
        text=text.get_content() if isinstance(text, EmailMessage) else "",
    )
