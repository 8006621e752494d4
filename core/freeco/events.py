"""What has happened: written in the causing transaction, delivered by the worker."""

import logging
from dataclasses import asdict, dataclass
from typing import ClassVar

from sqlalchemy import select

from freeco.db import db
from freeco.kernel_models import Activation, EventDelivery, PublishedEvent
from freeco.module import Event
from freeco.plugins import Plugins

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Base of a module's own events: frozen, past tense, ids and amounts only."""

    name: ClassVar[str]
    """Namespaced, such as ``direct_sales.subscription_signed``."""
    community_id: int


@dataclass(frozen=True, kw_only=True)
class ModuleOpened(DomainEvent):
    """A module opened: the membership has reached its threshold."""

    name: ClassVar[str] = "core.module_opened"
    module: str
    member_count: int


@dataclass(frozen=True, kw_only=True)
class MemberJoined(DomainEvent):
    """A person or an organisation became a member."""

    name: ClassVar[str] = "core.member_joined"
    member_id: int


@dataclass(frozen=True, kw_only=True)
class MemberLeft(DomainEvent):
    """A member left."""

    name: ClassVar[str] = "core.member_left"
    member_id: int


def publish(event: DomainEvent) -> None:
    """Write an event in the present transaction; it is delivered if and only if that commits."""
    db.session.add(
        PublishedEvent(community_id=event.community_id, name=event.name, payload=asdict(event))
    )


def deliver_events(plugins: Plugins, limit: int = 200) -> int:
    """Deliver what waits, oldest first, each module in a transaction of its own.

    A module hears the events of communities where it is open, or was opened later: those
    from before its opening are delivered too. One that raises is tried again at the next
    tick and holds up nobody else. Returns how many deliveries were made.
    """
    delivered = 0
    for name in [name for name in plugins.modules if plugins.listens(name)]:
        waiting = db.session.scalars(
            select(PublishedEvent.id)
            .join(Activation, Activation.community_id == PublishedEvent.community_id)
            .where(
                Activation.module == name,
                Activation.paused_at.is_(None),
                ~select(EventDelivery.id)
                .where(EventDelivery.event_id == PublishedEvent.id, EventDelivery.module == name)
                .exists(),
            )
            .order_by(PublishedEvent.id)
            .limit(limit)
        ).all()
        db.session.rollback()
        for event_id in waiting:
            delivered += _deliver(plugins, name, event_id)
    return delivered


def _deliver(plugins: Plugins, name: str, event_id: int) -> int:
    row = db.session.get_one(PublishedEvent, event_id)
    event = Event(
        id=row.id, name=row.name, community_id=row.community_id, at=row.at, payload=row.payload
    )
    try:
        db.session.add(EventDelivery(event_id=event_id, module=name))
        db.session.flush()
        plugins.event(name, event)
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("module %s: event %s (%s) will be tried again", name, event.id, event.name)
        return 0
    return 1
