"""The one gate through which people are told anything: their own switches decide when and how.

The letter of a notice has no greeting, no link and no foot: the gate adds who it is for, the
page it is about, why it came and how to stop it. The same words go to a page, an e-mail, the
weekly letter and the list of those who are phoned.
"""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from freeco.clock import now
from freeco.db import db
from freeco.i18n import said, spoken
from freeco.kernel import kernel
from freeco.mail.composing import STOPPING
from freeco.mail.letters import FOOT, OWN_LETTERS, SITE, in_view, one_line, write_letter
from freeco.mail.models import OutgoingMail
from freeco.members.models import Member
from freeco.module import Topic
from freeco.notifications import choices, phone_numbers
from freeco.notifications.choices import Reader
from freeco.notifications.models import Notice, OutgoingSignal
from freeco.notifications.topics import find_topic
from freeco.notifications.unsubscribing import token_for
from freeco.organisations.services import members_with_role


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
    known = find_topic(topic)
    people = [member] if member.organisation is None else members_with_role(member)
    for each in people:
        person = each.person
        if each.left_at is not None or person is None or person.erased_at is not None:
            continue
        if not _was_told(each, key):
            _tell(each, known, template, folder, key, url, content)


def _was_told(member: Member, key: str) -> bool:
    told = select(Notice.id).where(Notice.member_id == member.id, Notice.key == key)
    return db.session.scalar(told) is not None


def _tell(
    member: Member,
    topic: Topic,
    template: str,
    folder: Path,
    key: str,
    url: str,
    content: dict[str, object],
) -> None:
    reader = choices.reader_of(member)
    language = _language(member, reader)
    with in_view(member.community):
        letter = write_letter(template, language, folder, content)
    notice = Notice(
        member=member,
        topic=topic.name,
        key=key,
        subject=letter.subject,
        body=letter.body.strip(),
        url=url,
    )
    try:
        with db.session.begin_nested():
            db.session.add(notice)
    except IntegrityError:
        return  # another process told it meanwhile
    if reader is not None and choices.rhythm_of(member, topic) == "at_once":
        _send(notice, topic, reader)


def _language(member: Member, reader: Reader | None) -> str:
    person = reader.person if reader is not None else member.person
    return person.language if person is not None else "fr"


def _send(notice: Notice, topic: Topic, reader: Reader) -> None:
    """Put a notice on its way by every channel its reader agreed to."""
    left = False
    if choices.takes_mail(reader):
        db.session.add(_mail(notice, topic, reader))
        left = True
    for signal in _signals(notice, reader):
        db.session.add(signal)
        left = True
    if left:
        notice.told_at = now()


def _mail(notice: Notice, topic: Topic, reader: Reader) -> OutgoingMail:
    language = reader.person.language
    with spoken(language):
        subject = for_whom(notice, reader)
        lines = [said("Bonjour %(name)s,", name=reader.person.first_name), ""]
        if reader.member is not notice.member:
            lines += [said("Ce message concerne %(name)s.", name=notice.member.name), ""]
        lines += [notice.body, ""]
        if notice.url:
            lines += [said("Ouvrir la page : %(address)s", address=SITE + notice.url), ""]
    return noticed_mail(reader, notice.member, topic, subject, lines)


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
) -> OutgoingMail:
    """Return the e-mail of a notice or a digest, with its foot: why it came, and how to stop it.

    ``at_foot`` comes before these.
    """
    token = token_for(member, topic.name)
    with spoken(reader.person.language):
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
        language=reader.person.language,
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
