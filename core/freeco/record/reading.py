"""Reading the record: what is stated in it, who may open what, and where its files come from."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Select, select

from freeco.db import db
from freeco.errors import Absent
from freeco.members.models import Community, Member
from freeco.organisations.services import acting_for
from freeco.record import sequencer
from freeco.record.errors import Malformed
from freeco.record.models import RecordCheckpoint, RecordEntry, RecordLog, RecordOpening
from freeco.record.statement import REFERENCE
from freeco.record.tiles import HEIGHT, WIDTH, bundle, read_path, width_at

LONGEST_PATH = 100
"""Letters of a tile's address: no log is as long as one with more digits."""


def log_if_any(community: Community) -> RecordLog | None:
    """Return a community's log; none before its first statement, nor in a rehearsal."""
    return db.session.scalar(select(RecordLog).where(RecordLog.community_id == community.id))


def latest_checkpoint(log: RecordLog) -> RecordCheckpoint | None:
    """Return the head of a log as it was last signed; none before its first."""
    return db.session.scalar(
        select(RecordCheckpoint)
        .where(RecordCheckpoint.log_id == log.id)
        .order_by(RecordCheckpoint.size.desc())
        .limit(1)
    )


def entries(
    log: RecordLog, *, kind: str = "", since: date | None = None, until: date | None = None
) -> Select[RecordEntry]:
    """Return what finds the statements of a log, the newest first, those without place before.

    ``kind`` is a name such as ``charter.accepted``; ``until`` is the last day, included.
    """
    query = _newest().where(RecordEntry.log_id == log.id)
    if kind:
        query = query.where(RecordEntry.kind == kind)
    if since is not None:
        query = query.where(RecordEntry.day >= since)
    if until is not None:
        query = query.where(RecordEntry.day <= until)
    return query


def kinds_in(log: RecordLog) -> set[str]:
    """Return the names of the kinds that were ever stated in a log."""
    query = select(RecordEntry.kind).where(RecordEntry.log_id == log.id).distinct()
    return set(db.session.scalars(query))


def history(member: Member) -> Select[RecordEntry]:
    """Return what finds the statements that concern a member, the newest first."""
    own = select(RecordOpening.entry_id).where(RecordOpening.member_id == member.id)
    return _newest().where(RecordEntry.id.in_(own))


def entry_named(log: RecordLog, reference: str) -> RecordEntry:
    """Return the statement of a log that bears a reference. Raises Absent."""
    if REFERENCE.fullmatch(reference) is None:
        raise Absent
    found = db.session.scalar(
        select(RecordEntry).where(RecordEntry.log_id == log.id, RecordEntry.reference == reference)
    )
    if found is None:
        raise Absent
    return found


def keyed(community: Community, keys: Iterable[str]) -> list[RecordEntry]:
    """Return the statements that a community made under these keys (see ``stating.state``)."""
    query = select(RecordEntry).join(RecordLog, RecordLog.id == RecordEntry.log_id)
    return list(
        db.session.scalars(
            query.where(RecordLog.community_id == community.id, RecordEntry.key.in_(list(keys)))
        )
    )


def speaking_for(member: Member) -> list[Member]:
    """Return the member, then the organisations for which they act."""
    return [member, *acting_for(member)]


def openings_for(member: Member, entry: RecordEntry) -> list[RecordOpening]:
    """Return what a member may open of a statement, by name; nothing for whom it is not.

    Whoever it concerns, or acts for an organisation that it concerns, opens all that has not
    been erased of it, the other party's too: they agreed with each other.
    """
    return openings_among(member, [entry]).get(entry.id, [])


def openings_among(member: Member, among: Iterable[RecordEntry]) -> dict[int, list[RecordOpening]]:
    """Return what a member may open of several statements, by the id of each; see above."""
    wanted = [entry.id for entry in among]
    if not wanted:
        return {}
    speaks_for = {each.id for each in speaking_for(member)}
    found: dict[int, list[RecordOpening]] = {}
    for opening in db.session.scalars(
        select(RecordOpening)
        .where(RecordOpening.entry_id.in_(wanted))
        .order_by(RecordOpening.entry_id, RecordOpening.name)
    ):
        found.setdefault(opening.entry_id, []).append(opening)
    return {
        entry_id: held
        for entry_id, held in found.items()
        if any(opening.member_id in speaks_for for opening in held)
    }


def tile(log: RecordLog, path: str) -> bytes:
    """Return a tile, or a bundle of entries, of a tree that was signed. Raises Absent.

    ``path`` is as the format writes it: ``tile/0/x001/234.p/17``.
    """
    if len(path) > LONGEST_PATH:
        raise Absent
    try:
        level, number, width = read_path(path)
    except Malformed as error:
        raise Absent from error
    height = level or 0
    if width_at(height, number, log.size) < width or not _was_signed(log, height, number, width):
        raise Absent
    if level is not None:
        return sequencer.read_tile(log)(level, number, width)
    first = number * WIDTH
    return bundle(
        db.session.scalars(
            select(RecordEntry.entry)
            .where(
                RecordEntry.log_id == log.id,
                RecordEntry.leaf_index >= first,
                RecordEntry.leaf_index < first + width,
            )
            .order_by(RecordEntry.leaf_index)
        )
    )


def _was_signed(log: RecordLog, level: int, number: int, width: int) -> bool:
    """Tell whether a tile of this width was the last of its level under some checkpoint."""
    if width == WIDTH:
        return True
    least = number * WIDTH + width << HEIGHT * level
    query = select(RecordCheckpoint.id).where(
        RecordCheckpoint.log_id == log.id,
        RecordCheckpoint.size >= least,
        RecordCheckpoint.size < least + (1 << HEIGHT * level),
    )
    return db.session.scalar(query.limit(1)) is not None


def _newest() -> Select[RecordEntry]:
    return select(RecordEntry).order_by(
        RecordEntry.day.desc(), RecordEntry.leaf_index.desc().nulls_first(), RecordEntry.id.desc()
    )
