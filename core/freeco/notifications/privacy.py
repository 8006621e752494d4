"""What notifications know about a person: to show it, and to forget it."""

from typing import Any

from sqlalchemy import delete, select, update

from freeco.db import Model, db
from freeco.mail.models import FailingAddress, OutgoingMail
from freeco.members.models import Member
from freeco.notifications import phone_numbers
from freeco.notifications.models import (
    ChannelChoice,
    Notice,
    OutgoingSignal,
    PushDevice,
    TopicChoice,
    Turn,
)


def export(member: Member) -> dict[str, Any]:
    """Return what a member was told and chose, ready for JSON."""
    notices = db.session.scalars(
        select(Notice).where(Notice.member_id == member.id).order_by(Notice.id)
    )
    topics = db.session.scalars(select(TopicChoice).where(TopicChoice.member_id == member.id))
    ways = db.session.scalars(select(ChannelChoice).where(ChannelChoice.member_id == member.id))
    devices = db.session.scalars(select(PushDevice).where(PushDevice.member_id == member.id))
    return {
        "notices": [
            {
                "topic": each.topic,
                "subject": each.subject,
                "text": each.body,
                "at": each.created_at.isoformat(),
                "told_at": each.told_at.isoformat() if each.told_at else None,
                "said_by_phone_at": each.said_at.isoformat() if each.said_at else None,
            }
            for each in notices
        ],
        "rhythms": {each.topic: each.rhythm for each in topics},
        "channels": [
            {"channel": each.channel, "agreed": each.agreed, "at": each.chosen_at.isoformat()}
            for each in ways
        ],
        "devices": [
            {"name": each.name, "address": each.endpoint, "added_at": each.added_at.isoformat()}
            for each in devices
        ],
    }


def forget(member: Member) -> None:
    """Forget what a member was told, chose and agreed to."""
    tables: tuple[type[Model], ...] = (
        OutgoingSignal,
        OutgoingMail,
        PushDevice,
        Notice,
        TopicChoice,
        ChannelChoice,
        Turn,
    )
    db.session.execute(update(Notice).where(Notice.said_by_id == member.id).values(said_by_id=None))
    _forget_signals(member)
    for table in tables:
        db.session.execute(delete(table).where(table.__table__.c.member_id == member.id))


def _forget_signals(member: Member) -> None:
    """Forget the short messages to a member's phone and devices, about those they served too."""
    devices = select(PushDevice.id).where(PushDevice.member_id == member.id)
    db.session.execute(delete(OutgoingSignal).where(OutgoingSignal.device_id.in_(devices)))
    number = phone_numbers.international(member.person.phone) if member.person is not None else ""
    if number:
        db.session.execute(delete(OutgoingSignal).where(OutgoingSignal.phone == number))


def forget_address(address: str | None) -> None:
    """Forget that an address once failed."""
    db.session.execute(delete(FailingAddress).where(FailingAddress.address == address))
