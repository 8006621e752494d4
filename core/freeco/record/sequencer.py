"""The sequencer: gives each statement its place in the log, and seals the new head.

Statements are committed first, each with what caused it; their places come afterwards, under
the lock of the log's row, so that nobody who states anything waits for anybody. Two sequencers
at once are harmless: the second finds nothing left to do.
"""

import logging

from sqlalchemy import exists, select, update

from freeco.db import db, lock
from freeco.record import keys
from freeco.record.checkpoint import Checkpoint
from freeco.record.errors import Malformed
from freeco.record.models import RecordCheckpoint, RecordEntry, RecordLog, RecordTile
from freeco.record.tiles import Growth, ReadTile, edge, node_of
from freeco.record.tree import HASH, root

BATCH = 5000
"""As many statements as one transaction places."""
logger = logging.getLogger(__name__)


def sequence(log: RecordLog) -> RecordCheckpoint | None:
    """Place what waits in a log, oldest first, at most a batch; return the checkpoint over it.

    None, and nothing is signed, when nothing waits. Nothing is committed: places, tiles and
    checkpoint come true together or not at all. Raises KeyMissing.
    """
    lock(log)
    waiting = (RecordEntry.log_id == log.id, RecordEntry.leaf_index.is_(None))
    if not db.session.scalar(select(exists().where(*waiting))):
        return None
    signers = keys.signers(log)  # it may state something itself: that of its key
    query = select(RecordEntry.id, RecordEntry.leaf)
    rows = db.session.execute(query.where(*waiting).order_by(RecordEntry.id).limit(BATCH)).all()
    places = [{"id": row.id, "leaf_index": at} for at, row in enumerate(rows, start=log.size)]
    # One by one, in this order, as the guards want them: each is the next.
    db.session.execute(update(RecordEntry), places)
    found = _grow(log, [row.leaf for row in rows])
    log.size = found.size
    db.session.flush()
    db.session.add(
        checkpoint := RecordCheckpoint(
            log=log,
            size=found.size,
            root=found.root,
            note=str(found.signed_by(*signers)),
        )
    )
    db.session.flush()
    # Whoever holds an entry reads its place.
    db.session.expire_all()
    return checkpoint


def sequence_due() -> int:
    """Place what waits in each log, each in a transaction; return how many were sealed.

    A log that fails, for want of its key, say, holds up no other: the next tick tries again.
    """
    due = select(RecordEntry.log_id).where(RecordEntry.leaf_index.is_(None)).distinct()
    logs = sorted(db.session.scalars(due))
    db.session.rollback()
    return sum(map(_seal, logs))


def read_tile(log: RecordLog) -> ReadTile:
    """Return how to read the tiles of a log, in any width that its tree has had.

    Raises Malformed for what it has not.
    """
    log_id = log.id

    def read(level: int, number: int, width: int) -> bytes:
        query = select(RecordTile.hashes).where(
            RecordTile.log_id == log_id, RecordTile.level == level, RecordTile.number == number
        )
        found = db.session.scalar(query) or b""
        if len(found) < width * HASH:
            raise Malformed(f"tile {level}/{number}")
        return found[: width * HASH]

    return read


def _seal(log_id: int) -> bool:
    try:
        sealed = sequence(db.session.get_one(RecordLog, log_id)) is not None
        db.session.commit()
    except Exception:
        db.session.rollback()
        logger.exception("the record %s will be sequenced again", log_id)
        return False
    return sealed


def _grow(log: RecordLog, leaves: list[bytes]) -> Checkpoint:
    """Append leaves to a log's tiles, reading the growing ones only; return the new head."""
    held = {(level, number): _growing(log, level, number) for level, number, _ in edge(log.size)}
    read = read_tile(log)
    growth = Growth(log.size, read)
    growth.append(leaves)
    for (level, number), hashes in growth.finish().items():
        growing = held.get((level, number))
        if growing is None:
            tile = RecordTile(log_id=log.id, level=level, number=number, hashes=hashes)
            db.session.add(tile)
        else:
            growing.hashes = hashes
    db.session.flush()
    return Checkpoint(log.origin, growth.size, root(growth.size, node_of(growth.size, read)))


def _growing(log: RecordLog, level: int, number: int) -> RecordTile | None:
    return db.session.get(RecordTile, (log.id, level, number), populate_existing=True)
