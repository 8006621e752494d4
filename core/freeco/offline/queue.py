"""The queue of what was typed without network: merged once, in order, nothing thrown away.

Every device numbers what is typed on it and gives it a key. It hands in what it holds whenever
it finds the network, as often as it likes: a key that is known is answered as the first time.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, func, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from freeco.activation import open_modules
from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent, Refusal
from freeco.i18n import said
from freeco.members.models import Community, Member
from freeco.module import OfflineAction, RefLabel
from freeco.offline.models import Outcome, QueuedAction
from freeco.offline.refusals import EnoughToday, SomebodyElse, TooOld, UnknownKind, WrongClock
from freeco.plugins import Plugins

MOST_AT_ONCE = 100
MOST_A_DAY = 1000
"""New lines of one member: three times a large distribution, ticked and corrected on one phone."""
DAY = timedelta(days=1)
FURTHEST_AHEAD = timedelta(minutes=5)
"""What a clock may gain between typing and handing in, once its error is corrected."""
OLDEST = timedelta(days=30)
"""A session lasts as long: what is older is no longer of any evening still being settled."""
KEPT = timedelta(days=90)
"""Three times as long as a device may repeat itself; then what was typed is forgotten."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Typed:
    """One action as a device hands it in."""

    key: str
    kind: str
    values: Mapping[str, str]
    at: datetime
    """By the device's own clock."""
    position: int


@dataclass(frozen=True)
class Answer:
    """What a device is told of one key."""

    key: str
    outcome: str
    sentence: str = ""


def kinds(plugins: Plugins, community: Community) -> dict[str, OfflineAction]:
    """Return what may be typed without network here, by kind."""
    opened = open_modules(community)
    return {
        action.kind: action
        for name, module in plugins.modules.items()
        if name in opened
        for action in module.offline
    }


def hand_in(
    plugins: Plugins,
    member: Member,
    device: str,
    clock_error: timedelta,
    typed: Sequence[Typed],
) -> list[Answer]:
    """Merge what a device holds; one answer for each key, in the order of typing.

    ``clock_error`` is the server's time less the device's, measured at this delivery. A device's
    own order is that of its numbers, even where its clock was set back in between. One delivery
    at a time in a community: two of the same keys wait for each other. Each action stands in a
    savepoint of its own, so that one refused loses no other. New lines beyond ``MOST_A_DAY`` get
    no answer, so that the device keeps them. Raises EnoughToday when none was answered.
    """
    lock(member.community)
    _forget_old(member.community)
    known = _known(member.community, device, [each.key for each in typed])
    taken = kinds(plugins, member.community)
    floor = _latest(member.community, device)
    room = MOST_A_DAY - _received_today(member)
    answers = []
    for each in sorted(typed, key=lambda action: (action.position, action.key)):
        row = known.get(each.key)
        if row is None and room <= 0:
            continue
        if row is None:
            room -= 1
            instant = max(each.at + clock_error, floor) if floor else each.at + clock_error
            row = _merge(member, device, each, taken.get(each.kind), instant)
            known[each.key] = row
            if row.outcome != Outcome.REFUSED:
                floor = row.recorded_at
        elif row.member_id != member.id:
            answers.append(Answer(each.key, Outcome.REFUSED, str(SomebodyElse.reason)))
            continue
        answers.append(Answer(row.key, row.outcome, row.sentence))
    if typed and not answers:
        raise EnoughToday
    return answers


def _received_today(member: Member) -> int:
    query = select(func.count(QueuedAction.id)).where(
        QueuedAction.member_id == member.id, QueuedAction.received_at > now() - DAY
    )
    return db.session.scalar(query) or 0


def _known(community: Community, device: str, keys: Iterable[str]) -> dict[str, QueuedAction]:
    found = db.session.scalars(
        select(QueuedAction).where(
            QueuedAction.community_id == community.id,
            QueuedAction.device == device,
            QueuedAction.key.in_(list(keys)),
        )
    )
    return {row.key: row for row in found}


def _latest(community: Community, device: str) -> datetime | None:
    """Return the time of what the device last had merged."""
    return db.session.scalar(
        select(func.max(QueuedAction.recorded_at)).where(
            QueuedAction.community_id == community.id,
            QueuedAction.device == device,
            QueuedAction.outcome != Outcome.REFUSED,
        )
    )


def _merge(
    member: Member, device: str, typed: Typed, action: OfflineAction | None, instant: datetime
) -> QueuedAction:
    received_at = now()
    outcome, sentence = _apply(member, device, typed, action, instant, received_at)
    row = QueuedAction(
        community=member.community,
        member=member,
        device=device,
        key=typed.key,
        position=typed.position,
        kind=typed.kind,
        values=dict(typed.values),
        recorded_at=min(instant, received_at),
        outcome=outcome,
        sentence=sentence,
        received_at=received_at,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _apply(
    member: Member,
    device: str,
    typed: Typed,
    action: OfflineAction | None,
    instant: datetime,
    received_at: datetime,
) -> tuple[Outcome, str]:
    try:
        if action is None:
            raise UnknownKind
        if instant > received_at + FURTHEST_AHEAD:
            raise WrongClock
        if instant < received_at - OLDEST:
            raise TooOld
        with db.session.begin_nested():
            values = {**typed.values, "device": device}
            other = action.apply(member, values, min(instant, received_at))
    except Refusal as refusal:
        return Outcome.REFUSED, str(refusal)
    except OperationalError:
        raise  # the database is away or busy: the whole delivery comes again
    except Exception:
        log.exception("offline action %s of kind %s", typed.key, typed.kind)
        return Outcome.REFUSED, said("Cette ligne n’a pas pu être enregistrée, elle est à refaire.")
    return (Outcome.APPLIED, "") if other is None else (Outcome.CONFLICT, str(other))


def _forget_old(community: Community) -> None:
    db.session.execute(
        delete(QueuedAction).where(
            QueuedAction.community_id == community.id,
            QueuedAction.received_at < now() - KEPT,
            or_(QueuedAction.outcome == Outcome.APPLIED, QueuedAction.settled_at.is_not(None)),
        )
    )


def _to_check() -> ColumnElement[bool]:
    return (QueuedAction.outcome != Outcome.APPLIED) & QueuedAction.settled_at.is_(None)


def _shown_to(plugins: Plugins, member: Member, held: frozenset[str]) -> ColumnElement[bool]:
    """Restrict to what a member typed, and to what their charges let them look after."""
    charged = [
        kind
        for kind, action in kinds(plugins, member.community).items()
        if held & frozenset(action.permissions)
    ]
    return (QueuedAction.community_id == member.community_id) & or_(
        QueuedAction.member_id == member.id, QueuedAction.kind.in_(charged)
    )


def waiting(plugins: Plugins, member: Member, held: frozenset[str]) -> Select[QueuedAction]:
    """Select what a person still has to look at, in the order in which it was typed."""
    return (
        select(QueuedAction)
        .where(_shown_to(plugins, member, held), _to_check())
        .order_by(
            QueuedAction.recorded_at, QueuedAction.device, QueuedAction.position, QueuedAction.id
        )
        .options(joinedload(QueuedAction.member))
    )


def to_check(plugins: Plugins, member: Member, held: frozenset[str]) -> Sequence[QueuedAction]:
    """Return all of what is ``waiting``."""
    return db.session.scalars(waiting(plugins, member, held)).all()


def latest(
    plugins: Plugins, member: Member, held: frozenset[str], most: int = 50
) -> Sequence[QueuedAction]:
    """Return what was merged or settled, the latest first."""
    return db.session.scalars(
        select(QueuedAction)
        .where(_shown_to(plugins, member, held), ~_to_check())
        .order_by(
            QueuedAction.recorded_at.desc(), QueuedAction.device, QueuedAction.position.desc()
        )
        .limit(most)
        .options(joinedload(QueuedAction.member), joinedload(QueuedAction.settled_by))
    ).all()


def find_entry(
    plugins: Plugins, member: Member, held: frozenset[str], entry_id: int
) -> QueuedAction:
    """Return an entry this member may look at; raise Absent for any other."""
    entry = db.session.scalar(
        select(QueuedAction).where(
            _shown_to(plugins, member, held),
            QueuedAction.id == entry_id,
            QueuedAction.outcome != Outcome.APPLIED,
        )
    )
    if entry is None:
        raise Absent
    return entry


def settle(entry: QueuedAction, by: Member) -> None:
    """Note that somebody has looked at it; the first one stands."""
    lock(entry)
    if entry.settled_at is None:
        entry.settled_at, entry.settled_by = now(), by


def reopen(entry: QueuedAction) -> None:
    """Put it back among what is to be looked at."""
    lock(entry)
    entry.settled_at = entry.settled_by = None


def told(plugins: Plugins, reader: Member, entry: QueuedAction) -> RefLabel:
    """Say what an entry means, and where to look; bare when its module is gone or knows no more."""
    action = kinds(plugins, reader.community).get(entry.kind)
    label = action.told(reader, entry.values) if action and action.told else None
    return label or RefLabel(said("Une ligne notée sur un téléphone"), "")
