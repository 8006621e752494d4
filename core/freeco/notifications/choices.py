"""The one gate before every channel: when a member wants to be told, and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from sqlalchemy import ColumnElement, delete, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.members.membership import membership_of
from freeco.members.models import Member, Person
from freeco.module import Rhythm, Topic
from freeco.notifications.models import (
    ChannelChoice,
    FailingAddress,
    OutgoingMail,
    OutgoingSignal,
    PushDevice,
    TopicChoice,
)
from freeco.notifications.topics import UnknownTopic, find_topic

Channel = Literal["email", "sms", "push", "phone"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
RHYTHMS: tuple[Rhythm, ...] = get_args(Rhythm)


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
    own = membership_of(member.community, proxy)
    return Reader(proxy, own) if own is not None else None


def rhythm_of(member: Member, topic: Topic) -> Rhythm:
    """Return when the member wants to hear of a topic: their choice, or the topic's own rhythm."""
    chosen = db.session.scalar(
        select(TopicChoice.rhythm).where(
            TopicChoice.member_id == member.id, TopicChoice.topic == topic.name
        )
    )
    return cast(Rhythm, chosen) if chosen is not None else topic.rhythm


def wants(member: Member, topic_name: str) -> bool:
    """Whether the member wants to hear of a topic at all; not of one whose module is away."""
    try:
        return rhythm_of(member, find_topic(topic_name)) != "never"
    except UnknownTopic:
        return False


def agrees(member: Member, channel: Channel) -> bool:
    """Whether the member may be reached that way: e-mail unless refused, the rest if agreed."""
    agreed = db.session.scalar(
        select(ChannelChoice.agreed).where(
            ChannelChoice.member_id == member.id, ChannelChoice.channel == channel
        )
    )
    return channel == "email" if agreed is None else agreed


def failing_since(address: str | None) -> FailingAddress | None:
    """Return the note that an address takes no mail, if there is one."""
    if address is None:
        return None
    return db.session.scalar(select(FailingAddress).where(FailingAddress.address == address))


def takes_mail(reader: Reader) -> bool:
    """Whether a notice may leave by e-mail: wanted, and the address works as far as is known."""
    return agrees(reader.member, "email") and failing_since(reader.person.email) is None


def devices_of(member: Member) -> list[PushDevice]:
    """Return the browsers a member lets the site wake, the oldest first."""
    return list(
        db.session.scalars(
            select(PushDevice).where(PushDevice.member_id == member.id).order_by(PushDevice.id)
        )
    )


def choose(member: Member, rhythms: Mapping[str, Rhythm], channels: Mapping[Channel, bool]) -> None:
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
    _choose_channel(member, "email", agreed=True)


def refuse_all(member: Member) -> None:
    """Send the member no notice by any channel; the pages still show them."""
    choose(member, {}, dict.fromkeys(("email", "sms", "push"), False))


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
        _drop_waiting(member, OutgoingMail.topic == topic, OutgoingSignal.topic == topic)


def _choose_channel(member: Member, channel: Channel, agreed: bool) -> None:
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
            member,
            OutgoingMail.topic != "" if channel == "email" else None,
            OutgoingSignal.channel == channel,
        )


def _drop_waiting(
    member: Member, mails: ColumnElement[bool] | None, signals: ColumnElement[bool]
) -> None:
    """Take back what waits for the mail server: a refusal holds from the moment it is made."""
    if mails is not None:
        db.session.execute(
            delete(OutgoingMail).where(
                OutgoingMail.member_id == member.id, OutgoingMail.sent_at.is_(None), mails
            )
        )
    db.session.execute(
        delete(OutgoingSignal).where(
            OutgoingSignal.member_id == member.id, OutgoingSignal.sent_at.is_(None), signals
        )
    )


def forget_device(device: PushDevice) -> None:
    """Write to a browser no more, nor what waited for it."""
    db.session.execute(delete(OutgoingSignal).where(OutgoingSignal.device_id == device.id))
    db.session.delete(device)
