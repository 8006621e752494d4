"""The one gate through which people are told anything: their own switches decide when and how.

The letter of a notice has no greeting, no link and no foot: the gate adds who it is for, the
page it is about, why it came and how to stop it. The same words go to a page, an e-mail, the
weekly letter and the list of those who are phoned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from freeco.clock import now
from freeco.db import db
from freeco.i18n import said, spoken
from freeco.kernel import kernel
from freeco.mail.composing import STOPPING
from freeco.mail.letters import FOOT, OWN_LETTERS, SITE, in_view, one_line
from freeco.mail.models import OutgoingMail
from freeco.mail.wording.applying import worded
from freeco.mail.wording.models import LetterWording
from freeco.members.models import Member
from freeco.module import Topic
from freeco.notifications import choices, known, phone_numbers
from freeco.notifications.choices import Reader
from freeco.notifications.models import Notice, OutgoingSignal
from freeco.notifications.topics import find_topic
from freeco.notifications.unsubscribing import token_for
from freeco.organisations.services import members_with_role


@dataclass(frozen=True)
class Told:
    """A member who is told of something with others: their page, and what their letter says."""

    member: Member
    url: str = ""
    content: Mapping[str, object] = field(default_factory=dict)
    reply_to: str = ""
    """Where they alone answer to its e-mail (``freeco.mail.answers``), if they may."""


def notify(
    member: Member,
    topic: str,
    template: str,
    *,
    key: str,
    url: str = "",
    folder: Path = OWN_LETTERS,
    **content: object,
) -> None:
    """Tell a member of something, in their language, at the rhythm they chose for the topic.

    ``template`` is a letter of ``folder`` (first line the subject); ``key`` says what is told, so
    that telling it twice is telling it once; ``url`` is the page it is about, a path of this site.
    An organisation is told through the members who hold a role in it. Raises UnknownTopic.
    """
    known_topic = find_topic(topic)
    people = [member] if member.organisation is None else members_with_role(member)
    for each in people:
        if _is_here(each) and not _was_told(each, key):
            for notice in _added(
                [_written(each, known_topic, template, folder, key, url, content)]
            ):
                _send_if_wanted(notice, known_topic)


def notify_each(
    told: Sequence[Told], topic: str, template: str, *, key: str, folder: Path = OWN_LETTERS
) -> None:
    """Tell many members at once what ``notify`` tells one; as many queries for all as for few.

    They are members of one community. Raises UnknownTopic.
    """
    known_topic = find_topic(topic)
    by_id = {each.member.id: each for each in told if _is_here(each.member)}
    said_to = select(Notice.member_id).where(Notice.key == key, Notice.member_id.in_(by_id))
    for member_id in db.session.scalars(said_to).all():
        del by_id[member_id]
    asked: dict[str, LetterWording | None] = {}
    with known.read_at_once(each.member for each in by_id.values()):
        notices = [
            _written(each.member, known_topic, template, folder, key, each.url, each.content, asked)
            for each in by_id.values()
        ]
        for notice in _added(notices):
            _send_if_wanted(notice, known_topic, by_id[notice.member.id].reply_to)


def _is_here(member: Member) -> bool:
    person = member.person
    return member.left_at is None and person is not None and person.erased_at is None


def _was_told(member: Member, key: str) -> bool:
    told = select(Notice.id).where(Notice.member_id == member.id, Notice.key == key)
    return db.session.scalar(told) is not None


def _written(
    member: Member,
    topic: Topic,
    template: str,
    folder: Path,
    key: str,
    url: str,
    content: Mapping[str, object],
    asked: dict[str, LetterWording | None] | None = None,
) -> Notice:
    """Return a notice in its reader's language; nothing is kept or sent yet."""
    language = _language(member, choices.reader_of(member))
    with in_view(member.community):
        letter = worded(member.community, template, language, folder, content, asked=asked)
    return Notice(
        member=member,
        topic=topic.name,
        key=key,
        subject=letter.subject,
        body=letter.body.strip(),
        url=url,
    )


def _added(notices: Sequence[Notice]) -> Sequence[Notice]:
    """Keep notices; return those that no other process has told meanwhile."""
    try:
        with db.session.begin_nested():
            db.session.add_all(notices)
    except IntegrityError:
        if len(notices) == 1:
            return []
        return [each for notice in notices for each in _added([notice])]
    return notices


def _send_if_wanted(notice: Notice, topic: Topic, reply_to: str = "") -> None:
    reader = choices.reader_of(notice.member)
    if reader is not None and choices.rhythm_of(notice.member, topic) == "at_once":
        _send(notice, topic, reader, reply_to)


def _language(member: Member, reader: Reader | None) -> str:
    person = reader.person if reader is not None else member.person
    return person.language if person is not None else "fr"


def _send(notice: Notice, topic: Topic, reader: Reader, reply_to: str = "") -> None:
    """Put a notice on its way by every channel its reader agreed to."""
    left = False
    if choices.takes_mail(reader):
        mail = mail_of(notice, topic, reader)
        mail.reply_to = reply_to if reader.member is notice.member else ""
        db.session.add(mail)
        left = True
    for signal in _signals(notice, reader):
        db.session.add(signal)
        left = True
    if left:
        notice.told_at = now()


def mail_of(
    notice: Notice, topic: Topic, reader: Reader, language: str | None = None
) -> OutgoingMail:
    """Return the e-mail of a notice: for whom, what it says, the page it is about, its foot."""
    language = language or reader.person.language
    with spoken(language):
        subject = for_whom(notice, reader)
        lines = [said("Bonjour %(name)s,", name=reader.person.first_name), ""]
        if reader.member is not notice.member:
            lines += [said("Ce message concerne %(name)s.", name=notice.member.name), ""]
        lines += [notice.body, ""]
        if notice.url:
            lines += [said("Ouvrir la page : %(address)s", address=SITE + notice.url), ""]
    return noticed_mail(reader, notice.member, topic, subject, lines, language=language)


def for_whom(notice: Notice, reader: Reader) -> str:
    """Return the subject of a notice, naming the person served if the reader is another."""
    if reader.member is notice.member:
        return notice.subject
    return said("Pour %(name)s : %(subject)s", name=notice.member.name, subject=notice.subject)


def noticed_mail(
    reader: Reader,
    member: Member,
    topic: Topic,
    subject: str,
    lines: Sequence[str],
    *,
    at_foot: Sequence[str] = (),
    language: str | None = None,
) -> OutgoingMail:
    """Return the e-mail of a notice or a digest, with its foot: why it came, and how to stop it.

    ``at_foot`` comes before these.
    """
    token = token_for(member, topic.name)
    language = language or reader.person.language
    with spoken(language):
        foot = [
            FOOT,
            *at_foot,
            said("Pourquoi ce message ? %(reason)s", reason=topic.reason),
            said(
                "Choisir ce que je reçois : %(address)s",
                address=f"{SITE}/{member.community.slug}/avis",
            ),
            said("Ne plus recevoir ces avis : %(address)s", address=SITE + STOPPING + token),
        ]
    return OutgoingMail(
        recipient=str(reader.person.email),
        subject=one_line(subject),
        body="\n".join([*lines, *foot]) + "\n",
        language=language,
        community_id=member.community_id,
        member_id=member.id,
        topic=topic.name,
        unsubscribe=token,
    )


def _signals(notice: Notice, reader: Reader) -> list[OutgoingSignal]:
    """Return the short messages: by SMS and on devices, where the operator and the reader agree."""
    settings = kernel().settings
    if notice.member.community.rehearsal:
        return []
    with spoken(reader.person.language):
        title = for_whom(notice, reader)
    found = []
    number = phone_numbers.international(reader.person.phone)
    if settings.sms_url and number and choices.agrees(reader.member, "sms"):
        found.append(_signal("sms", notice, title, phone=number))
    if settings.push_key and choices.agrees(reader.member, "push"):
        found += [
            _signal("push", notice, title, device_id=device.id)
            for device in choices.devices_of(reader.member)
        ]
    return found


def _signal(
    channel: str, notice: Notice, title: str, *, phone: str = "", device_id: int | None = None
) -> OutgoingSignal:
    return OutgoingSignal(
        channel=channel,
        member_id=notice.member.id,
        topic=notice.topic,
        title=title,
        url=notice.url,
        phone=phone,
        device_id=device_id,
    )
