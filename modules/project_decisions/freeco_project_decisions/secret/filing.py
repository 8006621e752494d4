"""The file of a secret poll, kept as the pieces it grew by; nothing in it is written anew.

Anybody takes it away, again and again while a vote runs: it is put together once for all of them,
on the disk, and again only when ballots were added. The copy holds what is public, and no more.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkstemp

from sqlalchemy import func, select

from freeco.db import db
from freeco.kernel import kernel
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.sealed.archives import Archive
from freeco_project_decisions.sealed.writing import digest
from freeco_project_decisions.secret.models import ArchivePiece, SealedPoll

MOST_FILES = 32
"""So many votes are asked for at a time; the oldest copy beyond is written again when asked for."""


def add(sealed: SealedPoll, archive: Archive) -> None:
    """Keep what an archive was made longer by."""
    last = select(func.max(ArchivePiece.place)).where(ArchivePiece.poll_id == sealed.poll_id)
    place = db.session.scalar(last)
    db.session.add(
        ArchivePiece(
            poll_id=sealed.poll_id,
            place=0 if place is None else place + 1,
            content=bytes(archive.content),
        )
    )
    sealed.last_event = archive.last
    db.session.flush()


def going_on(sealed: SealedPoll) -> Archive:
    """Return what the next piece is written with."""
    return Archive.going_on(sealed.began, sealed.last_event)


def archive_of(poll: Poll) -> bytes:
    """Return the whole file as it stands: empty before the poll opens."""
    return b"".join(_pieces(poll.id))


def _pieces(poll_id: int) -> Iterator[bytes]:
    return db.session.scalars(
        select(ArchivePiece.content)
        .where(ArchivePiece.poll_id == poll_id)
        .order_by(ArchivePiece.place)
        .execution_options(yield_per=1)
    )


def archive_name(sealed: SealedPoll) -> str:
    """Return what the file is called: as Belenios's tool expects it."""
    return f"{sealed.identifier}.bel"


def stands_at(sealed: SealedPoll) -> str:
    """Return the digest of the last event, chained to all before: the file's, in one word."""
    return digest(sealed.last_event)


def file_of(sealed: SealedPoll) -> Path:
    """Return where the whole file lies on the disk, written now if ballots were added since.

    Raises ``OSError`` where the disk takes nothing, and whoever opens it does when another process
    has just put a newer one in its place.
    """
    folder = kernel().settings.home.absolute() / "archives"
    while True:
        name = f"{sealed.identifier}-{stands_at(sealed)}.bel"
        if (path := folder / name).is_file():
            return path
        folder.mkdir(parents=True, exist_ok=True)
        part = _written(folder, sealed)
        # What was read may be newer than what it would be called: then it is read once more.
        db.session.refresh(sealed, ["last_event"])
        if stands_at(sealed) in name:
            part.replace(path)
            _clear(folder, sealed, path)
        else:
            part.unlink(missing_ok=True)


def _written(folder: Path, sealed: SealedPoll) -> Path:
    descriptor, name = mkstemp(suffix=".part", dir=folder)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(_pieces(sealed.poll_id))
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _clear(folder: Path, sealed: SealedPoll, kept: Path) -> None:
    """Delete what the file was before, and the oldest of the others when they are many."""
    for old in folder.glob(f"{sealed.identifier}-*.bel"):
        if old != kept:
            old.unlink(missing_ok=True)
    files = sorted(folder.iterdir(), key=_age)
    for old in files[:-MOST_FILES]:
        old.unlink(missing_ok=True)


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
