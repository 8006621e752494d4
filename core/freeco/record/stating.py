"""Stating: the one way into the public record, for core and for modules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from freeco.clock import today
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.record.kinds import kinds
from freeco.record.models import RecordEntry, RecordLog, RecordOpening
from freeco.record.statement import Fields, Opening, Statement, new_reference
from freeco.record.tiles import LONGEST_ENTRY

LONGEST_KEY = 200


@dataclass(frozen=True)
class Sealed:
    """Fields that only those whom they concern can read; the record keeps a salted digest."""

    fields: Fields
    """Words, numbers, yes and no: names may stand here."""
    member: Member | None = None
    """Whom it concerns, and who takes it along when they are forgotten; none: all parties."""


def state(
    community: Community,
    kind: str,
    key: str,
    *,
    about: Fields | None = None,
    sealed: Mapping[str, Sealed] | None = None,
    day: date | None = None,
) -> RecordEntry | None:
    """State a fact in the community's record, in the present transaction; nothing is committed.

    ``kind`` is one that core or a module declares, ``about`` and ``sealed`` hold what that kind
    names and nothing else. ``key`` says for ever which fact it is, such as
    ``charter_acceptance:12``: the same again returns the entry there is. ``day`` is the local
    day, today's by default. Returns None in a rehearsal, which leaves no trace. Its place in the
    log comes within a minute (``freeco.record.sequencer``).

    Raises ValueError for an undeclared kind or field, and for a public value that is not a code.
    """
    if community.rehearsal:
        return None
    public, closed = dict(about or {}), dict(sealed or {})
    _check_declared(kind, key, public, closed)
    log = log_of(community)
    found = _stated(log, key)
    if found is not None:
        return found
    openings = {name: Opening.of(each.fields) for name, each in closed.items()}
    statement = Statement(
        kind,
        day or today(community.timezone),
        new_reference(),
        public,
        {name: opening.sealed for name, opening in openings.items()},
    )
    statement.check()
    if len(statement.entry) > LONGEST_ENTRY:
        raise ValueError(f"{kind}: a statement of {len(statement.entry)} bytes is too long")
    entry = RecordEntry(
        log=log,
        reference=statement.reference,
        key=key,
        kind=kind,
        day=statement.day,
        entry=statement.entry,
        leaf=statement.leaf,
    )
    try:
        with db.session.begin_nested():
            db.session.add(entry)
            db.session.flush()
    except IntegrityError:
        # Somebody stated the same at the same instant: theirs stands.
        theirs = _stated(log, key)
        if theirs is None:
            raise
        return theirs
    _keep_openings(entry, openings, closed)
    return entry


def _check_declared(kind: str, key: str, public: Fields, closed: Mapping[str, Sealed]) -> None:
    declared = kinds().get(kind)
    if declared is None or not key or len(key) > LONGEST_KEY:
        raise ValueError(f"{kind} ({key}) is not declared, or has no key")
    if stray := {*public} - {*declared.about} | {*closed} - {*declared.sealed}:
        raise ValueError(f"{kind} does not declare {', '.join(sorted(stray))}")


def _keep_openings(
    entry: RecordEntry, openings: Mapping[str, Opening], closed: Mapping[str, Sealed]
) -> None:
    for name, opening in openings.items():
        db.session.add(
            RecordOpening(
                entry=entry,
                name=name,
                salt=opening.salt,
                fields=dict(opening.fields),
                member=closed[name].member,
            )
        )
    db.session.flush()


def log_of(community: Community) -> RecordLog:
    """Return the community's log, opened at its first use. Not for rehearsals."""
    found = db.session.scalar(select(RecordLog).where(RecordLog.community_id == community.id))
    if found is not None:
        return found
    if community.rehearsal:
        raise ValueError("a rehearsal has no record")
    opened = RecordLog(community=community, origin=_origin(community))
    try:
        with db.session.begin_nested():
            db.session.add(opened)
            db.session.flush()
    except IntegrityError:
        theirs = select(RecordLog).where(RecordLog.community_id == community.id)
        return db.session.scalars(theirs).one()
    return opened


def _origin(community: Community) -> str:
    """Name a log as the format recommends: its address without the scheme."""
    site = urlsplit(kernel().settings.base_url)
    return f"{site.netloc}{site.path.rstrip('/')}/{community.slug}/registre"


def _stated(log: RecordLog, key: str) -> RecordEntry | None:
    return db.session.scalar(
        select(RecordEntry).where(RecordEntry.log_id == log.id, RecordEntry.key == key)
    )
