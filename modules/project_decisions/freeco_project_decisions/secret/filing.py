"""The file of a secret poll, kept as the pieces it grew by; nothing in it is written anew."""

from sqlalchemy import func, select

from freeco.db import db
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.sealed.archives import Archive
from freeco_project_decisions.secret.models import ArchivePiece, SealedPoll


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
    pieces = db.session.scalars(
        select(ArchivePiece.content)
        .where(ArchivePiece.poll_id == poll.id)
        .order_by(ArchivePiece.place)
    )
    return b"".join(pieces)


def archive_name(sealed: SealedPoll) -> str:
    """Return what the file is called: as Belenios's tool expects it."""
    return f"{sealed.identifier}.bel"
