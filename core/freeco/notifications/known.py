"""What many people have chosen, read at once: a message to everybody asks a few questions only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import g
from sqlalchemy import select

from freeco.db import db
from freeco.mail.models import FailingAddress
from freeco.members.models import Member, Person
from freeco.notifications.models import ChannelChoice, PushDevice, TopicChoice


@dataclass(frozen=True)
class Known:
    """The choices of some members, and of those who read for them."""

    members: frozenset[int]
    rhythms: dict[tuple[int, str], str]
    """By member and topic."""
    channels: dict[tuple[int, str], bool]
    """By member and channel."""
    failing: dict[str, FailingAddress]
    devices: dict[int, list[PushDevice]]
    places: dict[tuple[int, int], Member]
    """The members who read for others, by community and person."""


def known(member: Member) -> Known | None:
    """Return what was read at once, if this member is among those it was read for."""
    found: Known | None = g.get("known_choices")
    return found if found is not None and member.id in found.members else None


@contextmanager
def read_at_once(members: Iterable[Member]) -> Iterator[None]:
    """Read the choices of all these members now; what they choose meanwhile is not seen."""
    before = g.get("known_choices")
    g.known_choices = _read(list(members))
    try:
        yield
    finally:
        g.known_choices = before


def _read(members: list[Member]) -> Known:
    people = _people({each.person_id for each in members if each.person_id is not None})
    proxies = {each.proxy_id for each in people if each.email is None and each.proxy_id is not None}
    people += _people(proxies)
    places = db.session.scalars(
        select(Member).where(
            Member.person_id.in_(proxies),
            Member.community_id.in_({each.community_id for each in members}),
            Member.left_at.is_(None),
        )
    ).all()
    ids = frozenset(each.id for each in (*members, *places))
    rhythms = db.session.scalars(select(TopicChoice).where(TopicChoice.member_id.in_(ids)))
    channels = db.session.scalars(select(ChannelChoice).where(ChannelChoice.member_id.in_(ids)))
    failing = db.session.scalars(
        select(FailingAddress).where(
            FailingAddress.address.in_({each.email for each in people if each.email is not None})
        )
    )
    devices: dict[int, list[PushDevice]] = defaultdict(list)
    for device in db.session.scalars(
        select(PushDevice).where(PushDevice.member_id.in_(ids)).order_by(PushDevice.id)
    ):
        devices[device.member_id].append(device)
    return Known(
        ids,
        {(each.member_id, each.topic): each.rhythm for each in rhythms},
        {(each.member_id, each.channel): each.agreed for each in channels},
        {each.address: each for each in failing},
        devices,
        {(each.community_id, each.person_id or 0): each for each in places},
    )


def _people(ids: set[int]) -> list[Person]:
    """Return persons by id; their members and proxies then ask nothing to find them."""
    return list(db.session.scalars(select(Person).where(Person.id.in_(ids))))
