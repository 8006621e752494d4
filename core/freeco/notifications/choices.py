"""The one gate before every channel: when a member wants to be told, and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from sqlalchemy import ColumnElement, delete, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.mail.models import FailingAddress, OutgoingMail
from freeco.members.membership import membership_of
from freeco.members.models import Member, Person
from freeco.module import Rhythm, Topic
from freeco.notifications.known import known
from freeco.notifications.models import ChannelChoice, OutgoingSignal, PushDevice, TopicChoice
from freeco.notifications.topics import UnknownTopic, find_topic

Way = Literal["email", "sms", "push", "phone"]
"""How a notice reaches its reader, by the name kept in the table of choices."""


@dataclass(frozen=True)
class Reader:
    """Who reads what concerns a member: that person, or the proxy of who has no e-mail."""

    person: Person
    member: Member
    """The reader's own place in the community: the channels are the reader's to choose."""


def reader_of(member: Member) -> Reader | None:
    """Return who reads for a person who is a member today; none when nobody can."""
    person = member.person
    if person is None or person.erased_at is not None or member.left_at is not None:
        return None
    if person.email is not None:
        return Reader(person, member)
    proxy = person.proxy
    if proxy is None or proxy.email is None or proxy.erased_at is not None:
        return None
    read = known(member)
    own = (
        membership_of(member.community, proxy)
        if read is None
        else read.places.get((member.community_id, proxy.id))
    )
    return Reader(proxy, own) if own is not None else None


def rhythm_of(member: Member, topic: Topic) -> Rhythm:
    """Return when the member wants to hear of a topic: their choice, or the topic's own rhythm."""
    read = known(member)
    chosen = (
        db.session.scalar(
            select(TopicChoice.rhythm).where(
                TopicChoice.member_id == member.id, TopicChoice.topic == topic.name
            )
        )
        if read is None
        else read.rhythms.get((member.id, topic.name))
    )
    return cast(Rhythm, chosen) if chosen is not None else topic.rhythm


def wants(member: Member, topic_name: str) -> bool:
    """Whether the member wants to hear of a topic at all; not of one whose module is away."""
    try:
        return rhythm_of(member, find_topic(topic_name)) != "never"
    except UnknownTopic:
        return False


def agrees(member: Member, channel: Way) -> bool:
    """Whether the member may be reached that way: e-mail unless refused, the rest if agreed."""
    read = known(member)
    agreed = (
        db.session.scalar(
            select(ChannelChoice.agreed).where(
                ChannelChoice.member_id == member.id, ChannelChoice.channel == channel
            )
        )
        if read is None
        else read.channels.get((member.id, channel))
    )
    return channel == "email" if agreed is None else agreed


def failing_since(address: str | None) -> FailingAddress | None:
    """Return the note that an address takes no mail, if there is one."""
    if address is None:
        return None
    return db.session.scalar(select(FailingAddress).where(FailingAddress.address == address))


def takes_mail(reader: Reader) -> bool:
    """Whether a notice may leave by e-mail: wanted, and the address works as far as is known."""
    if not agrees(reader.member, "email"):
        return False
    read = known(reader.member)
    if read is not None:
        return reader.person.email not in read.failing
    return failing_since(reader.person.email) is None


def devices_of(member: Member) -> list[PushDevice]:
    """Return the browsers a member lets the site wake, the oldest first."""
    read = known(member)
    if read is not None:
        return list(read.devices.get(member.id, ()))
    return list(
        db.session.scalars(
            select(PushDevice).where(PushDevice.member_id == member.id).order_by(PushDevice.id)
        )
    )


def choose(member: Member, rhythms: Mapping[str, Rhythm], channels: Mapping[Way, bool]) -> None:
    """Keep the member's choices; what they no longer want and has not left yet is dropped."""
    lock(member)
    for topic, rhythm in rhythms.items():
        _choose_rhythm(member, topic, rhythm)
    for channel, agreed in channels.items():
        _choose_channel(member, channel, agreed)


def refuse(member: Member, topic: str) -> None:
    """Never tell the member of a topic again."""
    choose(member, {topic: "never"}, {})


def accept_again(member: Member, topic: str) -> None:
    """Take a refusal back: the topic has its usual rhythm again, and e-mail is allowed."""
    lock(member)
    db.session.execute(
        delete(TopicChoice).where(TopicChoice.member_id == member.id, TopicChoice.topic == topic)
    )
    _choose_channel(_who_reads(member), "email", agreed=True)


def refuse_all(member: Member) -> None:
    """Send who reads for the member no notice by any channel; the pages still show them."""
    choose(_who_reads(member), {}, dict.fromkeys(("email", "sms", "push"), False))


def _who_reads(member: Member) -> Member:
    """Return whose channels reach a member: the proxy's, for a person without e-mail."""
    reader = reader_of(member)
    return reader.member if reader is not None else member


def _choose_rhythm(member: Member, topic: str, rhythm: Rhythm) -> None:
    row = db.session.scalar(
        select(TopicChoice).where(TopicChoice.member_id == member.id, TopicChoice.topic == topic)
    )
    if row is None:
        db.session.add(TopicChoice(member_id=member.id, topic=topic, rhythm=rhythm))
    else:
        row.rhythm = rhythm
    db.session.flush()
    if rhythm == "never":
        _drop_waiting([member.id], OutgoingMail.topic == topic, OutgoingSignal.topic == topic)


def _choose_channel(member: Member, channel: Way, agreed: bool) -> None:
    row = db.session.scalar(
        select(ChannelChoice).where(
            ChannelChoice.member_id == member.id, ChannelChoice.channel == channel
        )
    )
    if row is None:
        db.session.add(ChannelChoice(member_id=member.id, channel=channel, agreed=agreed))
    elif row.agreed != agreed:
        row.agreed, row.chosen_at = agreed, now()
    db.session.flush()
    if not agreed:
        _drop_waiting(
            _read_by(member),
            OutgoingMail.topic != "" if channel == "email" else None,
            OutgoingSignal.channel == channel,
        )


def _read_by(member: Member) -> list[int]:
    """Return the ids of those whose notices a member reads here: their own, and those served."""
    served = (
        select(Member.id)
        .join(Person, Person.id == Member.person_id)
        .where(Member.community_id == member.community_id, Person.proxy_id == member.person_id)
    )
    return [member.id, *db.session.scalars(served)]


def _drop_waiting(
    members: Sequence[int], mails: ColumnElement[bool] | None, signals: ColumnElement[bool]
) -> None:
    """Take back what waits for the mail server: a refusal holds from the moment it is made."""
    if mails is not None:
        db.session.execute(
            delete(OutgoingMail).where(
                OutgoingMail.member_id.in_(members), OutgoingMail.sent_at.is_(None), mails
            )
        )
    db.session.execute(
        delete(OutgoingSignal).where(
            OutgoingSignal.member_id.in_(members), OutgoingSignal.sent_at.is_(None), signals
        )
    )


def forget_device(device_id: int) -> None:
    """Write to a browser no more, nor what waited for it."""
    db.session.execute(delete(OutgoingSignal).where(OutgoingSignal.device_id == device_id))
    db.session.execute(delete(PushDevice).where(PushDevice.id == device_id))
