"""Short messages: each channel is an adapter, and one outbox serves them all."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy import select, update

from freeco.clock import now
from freeco.config import Settings
from freeco.db import db
from freeco.members.models import Member
from freeco.notifications import choices
from freeco.notifications.models import OutgoingSignal, PushDevice

WAITS_MINUTES = (1, 5, 30)
MOST_TRIES = 6
TAKEN_MINUTES = 5
STALE = timedelta(hours=20)
"""After that a short message comes too late to be worth waking a phone."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Device:
    """A browser that may be woken: where to write, and the keys only it can open."""

    endpoint: str
    public_key: str
    secret: str


@dataclass(frozen=True)
class Signal:
    """A short message as a channel carries it."""

    id: int
    title: str
    """The community's name."""
    text: str
    url: str
    """A full address, or nothing."""
    phone: str = ""
    device: Device | None = None


class ChannelDown(Exception):
    """Not now: the gateway does not answer, or is busy."""


class Unreachable(Exception):
    """Never again: this device has gone."""


class Channel(Protocol):
    """Takes a signal away; raises ChannelDown or Unreachable when it cannot."""

    def carry(self, signal: Signal) -> None:
        """Carry one signal; its id lets a gateway recognise one that it has had already."""


def deliver_signals(settings: Settings, ways: Mapping[str, Channel], limit: int = 50) -> int:
    """Send the short messages that are due; return how many left. Commits each.

    ``ways`` are the channels by name. Each signal is taken in a short transaction before, as
    e-mails are: no lock is held meanwhile.
    """
    sent = 0
    for _number in range(limit):
        row = _take(list(ways))
        if row is None:
            break
        sent += _send(row, ways[row.channel], settings)
    return sent


def _take(names: list[str]) -> OutgoingSignal | None:
    row = db.session.scalar(
        select(OutgoingSignal)
        .where(
            OutgoingSignal.channel.in_(names),
            OutgoingSignal.sent_at.is_(None),
            OutgoingSignal.next_try_at <= now(),
            OutgoingSignal.created_at > now() - STALE,
            OutgoingSignal.tries < MOST_TRIES,
        )
        .order_by(OutgoingSignal.next_try_at, OutgoingSignal.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is not None:
        row.tries += 1
        row.next_try_at = now() + timedelta(minutes=TAKEN_MINUTES)
    db.session.commit()
    return row


def _send(row: OutgoingSignal, way: Channel, settings: Settings) -> bool:
    signal, row_id, device_id, tries = _signal(row, settings), row.id, row.device_id, row.tries
    db.session.rollback()
    try:
        way.carry(signal)
    except ChannelDown as error:
        wait = WAITS_MINUTES[min(tries, len(WAITS_MINUTES)) - 1]
        _note(row_id, next_try_at=now() + timedelta(minutes=wait), last_error=str(error)[:500])
        return False
    except Unreachable:
        if device_id is not None:
            choices.forget_device(device_id)
            db.session.commit()
        else:
            _note(row_id, tries=MOST_TRIES, last_error="unreachable")
        return False
    _note(row_id, sent_at=now(), last_error="")
    return True


def _signal(row: OutgoingSignal, settings: Settings) -> Signal:
    community = db.session.get_one(Member, row.member_id).community
    device = db.session.get(PushDevice, row.device_id) if row.device_id is not None else None
    return Signal(
        id=row.id,
        title=community.name,
        text=row.title,
        url=settings.base_url + row.url if row.url else "",
        phone=row.phone,
        device=Device(device.endpoint, device.public_key, device.secret) if device else None,
    )


def _note(row_id: int, **values: object) -> None:
    # A statement, not the row: its reader may have refused it meanwhile, and it is gone.
    db.session.execute(update(OutgoingSignal).where(OutgoingSignal.id == row_id).values(**values))
    db.session.commit()
