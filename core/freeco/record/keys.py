"""The keys that sign: secrets in files of their own, never in the database nor in its backups.

Each log has one, numbered from 1 as it changes, in ``FREECO_RECORD_KEYS``; a witness has one for
the whole site. A file appears whole or not at all, and is never written over: a process killed at
any moment leaves a key that nobody knows yet, which is taken up the next time.
"""

import os
import secrets
from hashlib import sha256
from math import inf
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select

from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.record.errors import KeyMissing, Malformed
from freeco.record.models import RecordCheckpoint, RecordEntry, RecordKey, RecordLog
from freeco.record.note import COSIGNATURE, ED25519, Kind, SignerKey, VerifierKey
from freeco.record.stating import state

FOLDER_MODE = 0o700
FILE_MODE = 0o600
LONGEST = 4096
"""Bytes read of a file that should hold a key."""


class KeyChanging(Refusal):
    """The last change of key has no checkpoint yet."""

    reason = _("Le dernier changement de clé n’a pas encore son sceau : attendez une minute.")


class KeyNotLost(Refusal):
    """The old key is said to be lost, and is in its place."""

    reason = _("L’ancienne clé est à sa place : changez-la sans dire qu’elle est perdue.")


def signers(log: RecordLog) -> tuple[SignerKey, ...]:
    """Return the keys that sign the next checkpoint: two for the one that covers a change.

    The key is made at the first need, and the opening of the log is stated with it. Nothing is
    committed. Raises KeyMissing when a key in force is not in its file; a new one is never made
    in its stead (``rotate`` with ``lost`` is how to go on).
    """
    held = _in_force(log)
    if not held:
        lock(log)
        held = _in_force(log) or [_open(log)]
    return tuple(_secret(log, each) for each in held)


def verifiers(log: RecordLog) -> tuple[VerifierKey, ...]:
    """Return every public key that the log has had, the first one first."""
    return tuple(VerifierKey.read(each.verifier) for each in rows_of(log))


def verifiers_at(log: RecordLog, size: int) -> tuple[VerifierKey, ...]:
    """Return the public keys whose signatures a checkpoint of this size bears."""
    return tuple(key for key, first, last in ranges(log) if first <= size <= last)


def ranges(log: RecordLog) -> list[tuple[VerifierKey, int, float]]:
    """Return each public key with the smallest and the largest size that it signs."""
    found: list[tuple[VerifierKey, int, float]] = []
    for each in rows_of(log):
        last = _last_of(log, each)
        found.append(
            (VerifierKey.read(each.verifier), each.from_size, inf if last is None else last)
        )
    return found


def witness_key() -> SignerKey:
    """Return the key with which this site co-signs the logs of others, made at the first need.

    Its name is kept when the address of the site changes: others know it by that name. Raises
    KeyMissing when its file holds something else.
    """
    site = urlsplit(kernel().settings.base_url)
    name = f"{site.netloc}{site.path.rstrip('/')}/temoin"
    file = _folder() / "witness.key"
    key = _take_or_make(file, name, COSIGNATURE)
    if key.kind != COSIGNATURE:
        raise KeyMissing(str(file))
    return key


def rotate(log: RecordLog, *, lost: bool = False) -> SignerKey:
    """Change the key of a log, and state it; nothing is committed.

    The checkpoint that covers the statement is signed by both keys, later ones by the new key
    alone. ``lost`` says that the old secret is gone: the new key signs alone at once, and those
    who know the old one must compare the new one with what is printed. Raises KeyChanging,
    KeyNotLost, KeyMissing.
    """
    lock(log)
    held = _in_force(log) or [_open(log)]
    if lost:
        if all(_is_kept(log, each) for each in held):
            raise KeyNotLost
        for each in held:
            each.to_size = log.size
    elif len(held) > 1:
        raise KeyChanging
    else:
        _secret(log, held[0])
    before = held[-1].verifier
    key = _take_or_make(_place(log, len(rows_of(log)) + 1), log.origin)
    after = RecordKey(log=log, verifier=str(key.verifier), from_size=log.size + 1)
    db.session.add(after)
    db.session.flush()
    state(
        log.community,
        "key.changed",
        _changing(after),
        about={"before": before, "after": after.verifier, "lost": lost},
    )
    return key


def file_of(log: RecordLog, key: VerifierKey) -> Path:
    """Return where the secret of one of the log's keys is kept, or was."""
    return _place(log, verifiers(log).index(key) + 1)


def rows_of(log: RecordLog) -> list[RecordKey]:
    """Return the rows of a log's keys, the first one first."""
    query = select(RecordKey).where(RecordKey.log_id == log.id).order_by(RecordKey.id)
    return list(db.session.scalars(query))


def _in_force(log: RecordLog) -> list[RecordKey]:
    """Return the keys that sign the next checkpoint, once those that are over are closed."""
    rows = rows_of(log)
    for each in rows[:-1]:
        each.to_size = _last_of(log, each)
    db.session.flush()
    return [each for each in rows if each.to_size is None]


def _open(log: RecordLog) -> RecordKey:
    key = _take_or_make(_place(log, 1), log.origin)
    row = RecordKey(log=log, verifier=str(key.verifier))
    db.session.add(row)
    db.session.flush()
    state(
        log.community,
        "log.opened",
        f"record_log:{log.id}",
        about={"origin": log.origin, "key": row.verifier},
    )
    return row


def _changing(after: RecordKey) -> str:
    return f"record_key:{after.id}"


def _last_of(log: RecordLog, row: RecordKey) -> int | None:
    """Return the size of the last checkpoint that a key signs: the first over its change."""
    if row.to_size is not None:
        return row.to_size
    following = (
        select(RecordKey)
        .where(RecordKey.log_id == log.id, RecordKey.id > row.id)
        .order_by(RecordKey.id)
        .limit(1)
    )
    after = db.session.scalar(following)
    if after is None:
        return None
    place = (
        select(RecordEntry.leaf_index)
        .where(RecordEntry.log_id == log.id, RecordEntry.key == _changing(after))
        .scalar_subquery()
    )
    covering = select(func.min(RecordCheckpoint.size)).where(
        RecordCheckpoint.log_id == log.id, RecordCheckpoint.size > place
    )
    return db.session.scalar(covering)


def _secret(log: RecordLog, row: RecordKey) -> SignerKey:
    file = file_of(log, VerifierKey.read(row.verifier))
    key = _read(file)
    if str(key.verifier) != row.verifier:
        raise KeyMissing(str(file))
    return key


def _is_kept(log: RecordLog, row: RecordKey) -> bool:
    try:
        _secret(log, row)
    except KeyMissing:
        return False
    return True


def _place(log: RecordLog, number: int) -> Path:
    # The slug is for people; the digest keeps apart two logs that had the same one.
    slug = log.origin.split("/")[-2]
    digest = sha256(log.origin.encode()).hexdigest()[:8]
    return _folder() / f"{slug}-{digest}-{number}.key"


def _folder() -> Path:
    return kernel().settings.record_keys


def _take_or_make(file: Path, name: str, kind: Kind = ED25519) -> SignerKey:
    """Return the key in a file, drawn now if there is none; two who draw get the same.

    Raises KeyMissing.
    """
    if not file.exists():
        file.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        _write(file, SignerKey.generate(name, kind).encoded() + "\n")
    key = _read(file)
    if kind == ED25519 and (key.name, key.kind) != (name, kind):
        raise KeyMissing(str(file))
    return key


def _write(file: Path, text: str) -> None:
    """Put a whole new file in its place, on disk for good; leave the one that is there."""
    partial = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE)
    try:
        with os.fdopen(descriptor, "w") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        try:
            file.hardlink_to(partial)
        except FileExistsError:
            return
    finally:
        partial.unlink()
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(file: Path) -> SignerKey:
    try:
        with file.open("rb") as opened:
            text = opened.read(LONGEST).decode()
        return SignerKey.read(text.removesuffix("\n"))
    except (OSError, UnicodeDecodeError, Malformed) as error:
        raise KeyMissing(str(file)) from error
