"""Alarms: a log was caught showing two histories, or a shorter one; who is told, and until when.

An alarm is never deleted. It stands open until whoever found it has co-signed the log again:
that is only possible once the history they had seen is back.
"""

import logging
from collections.abc import Iterable, Sequence
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from freeco.clock import now
from freeco.db import db
from freeco.members.membership import stewards
from freeco.members.models import Community
from freeco.notifications.notices import notify
from freeco.notifications.topics import RECORD
from freeco.record import keys
from freeco.record.errors import KeyMissing
from freeco.record.models import (
    RecordAlarm,
    RecordCheckpoint,
    RecordCosignature,
    RecordLog,
    WatchedLog,
)
from freeco.record.note import VerifierKey

SPLIT, SHRUNKEN, REWRITTEN = "split", "shrunken", "rewritten"
"""Two contents of one length; shorter than it was; longer, and not beginning as it did."""
logger = logging.getLogger(__name__)


def raise_alarm(origin: str, kind: str, found_by: str, evidence: Sequence[str]) -> RecordAlarm:
    """Keep the proof that a log contradicts itself, and tell whom it concerns, once.

    ``found_by`` is the name of the witness's key; ``evidence`` holds the signed notes that
    contradict each other, and what else shows it. While an alarm of this kind by this witness
    stands open, or for the same evidence, that one is returned. Nothing is committed.
    """
    together = "\n".join(evidence)
    alarm = RecordAlarm(
        origin=origin,
        kind=kind,
        found_by=found_by,
        digest=sha256(together.encode()).hexdigest(),
        evidence=together,
    )
    standing = _standing(alarm)
    if standing is not None:
        return standing
    try:
        with db.session.begin_nested():
            db.session.add(alarm)
            db.session.flush()
    except IntegrityError:
        same = _same(alarm)
        if same is None:
            raise
        return same
    logger.error("the record %s is contradicted (%s) by %s", origin, kind, found_by)
    _tell(alarm)
    return alarm


def open_alarms(log: RecordLog) -> list[RecordAlarm]:
    """Return what contradicts one of our logs today, the latest first."""
    return [each for each in alarms_of(log.origin) if is_open(each)]


def alarms_of(origin: str) -> list[RecordAlarm]:
    """Return every alarm that was ever raised about a log, the latest first."""
    query = select(RecordAlarm).where(RecordAlarm.origin == origin)
    return list(db.session.scalars(query.order_by(RecordAlarm.id.desc())))


def is_open(alarm: RecordAlarm) -> bool:
    """Tell whether the one who found it has not co-signed the log since."""
    watched = select(WatchedLog.id).where(
        WatchedLog.origin == alarm.origin, WatchedLog.seen_at > alarm.found_at
    )
    if db.session.scalar(watched) is not None and alarm.found_by == _own_name():
        return False
    query = (
        select(RecordCosignature.witness)
        .join(RecordCheckpoint, RecordCheckpoint.id == RecordCosignature.checkpoint_id)
        .join(RecordLog, RecordLog.id == RecordCheckpoint.log_id)
        .where(RecordLog.origin == alarm.origin, RecordCosignature.given_at > alarm.found_at)
        .distinct()
    )
    since = {VerifierKey.read(each).name for each in db.session.scalars(query)}
    return alarm.found_by not in since


def _own_name() -> str:
    try:
        return keys.witness_key().name
    except KeyMissing:
        return ""


def _standing(alarm: RecordAlarm) -> RecordAlarm | None:
    for each in alarms_of(alarm.origin):
        if (each.kind, each.found_by) == (alarm.kind, alarm.found_by) and is_open(each):
            return each
    return _same(alarm)


def _same(alarm: RecordAlarm) -> RecordAlarm | None:
    return db.session.scalar(
        select(RecordAlarm).where(
            RecordAlarm.origin == alarm.origin,
            RecordAlarm.kind == alarm.kind,
            RecordAlarm.digest == alarm.digest,
        )
    )


def _tell(alarm: RecordAlarm) -> None:
    """Tell the stewards of the community whose log it is; of all, for a log we only watch."""
    log = db.session.scalar(select(RecordLog).where(RecordLog.origin == alarm.origin))
    own = log is not None
    told: set[int | None] = set()
    for community in [log.community] if log is not None else _communities():
        for steward in stewards(community):
            if steward.person_id in told:
                continue
            told.add(steward.person_id)
            notify(
                steward,
                RECORD.name,
                "record_alarm",
                key=f"{RECORD.name}:{alarm.id}",
                url=f"/{community.slug}/registre" if own else "/temoin",
                own=own,
                community=community.name,
                kind=alarm.kind,
                witness=alarm.found_by,
                origin=alarm.origin,
            )
    alarm.told_at = now()
    db.session.flush()


def _communities() -> Iterable[Community]:
    """Return the communities that keep a record here: they know what a witness is for."""
    query = select(Community).join(RecordLog, RecordLog.community_id == Community.id)
    return db.session.scalars(query.order_by(Community.id)).all()
