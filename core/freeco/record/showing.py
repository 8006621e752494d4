"""What the record's pages share: the seal in words, its witnesses, its keys, files to keep."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, url_for
from sqlalchemy import select

from freeco.db import db
from freeco.i18n import moment, number, said
from freeco.kernel import kernel
from freeco.members.models import Community
from freeco.record import alarms, keys, reading, receipts, witnessing
from freeco.record.checkpoint import Checkpoint
from freeco.record.models import (
    RecordCheckpoint,
    RecordCosignature,
    RecordEntry,
    RecordKey,
    RecordLog,
    RecordOpening,
)
from freeco.record.note import VerifierKey

PROOF = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Cosigned:
    """A witness under a seal."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Seal:
    """A head of the log as people read it."""

    checkpoint: RecordCheckpoint
    witnesses: Sequence[Cosigned]

    @property
    def head(self) -> str:
        """The third line of the signed file: what one compares."""
        row = self.checkpoint
        return Checkpoint(row.log.origin, row.size, row.root).text.split("\n")[2]

    @property
    def key(self) -> str:
        """The public key that its signature is checked with."""
        return str(keys.verifiers_at(self.checkpoint.log, self.checkpoint.size)[-1])


def seal_of(log: RecordLog) -> Seal | None:
    """Return the latest seal of a log; none before its first."""
    head = reading.latest_checkpoint(log)
    return _seal(head) if head is not None else None


def seal_over(entry: RecordEntry) -> Seal | None:
    """Return the seal that an entry's proof leads to; none while it waits for its place."""
    if entry.leaf_index is None:
        return None
    return _seal(receipts.checkpoint_for(entry))


def alarms_of(log: RecordLog) -> list[tuple[str, datetime]]:
    """Say what contradicts a log today, and since when it is known."""
    return [
        (_contradiction(each.kind, each.found_by), each.found_at)
        for each in alarms.open_alarms(log)
    ]


def _contradiction(kind: str, witness: str) -> str:
    if kind == alarms.SPLIT:
        return said("%(name)s a vu deux contenus différents de la même longueur.", name=witness)
    if kind == alarms.SHRUNKEN:
        return said("%(name)s l’a vu plus court qu’il ne l’avait été.", name=witness)
    return said("%(name)s l’a vu changer ce qui était déjà inscrit.", name=witness)


def witnesses_of(log: RecordLog) -> list[tuple[str, str, bool]]:
    """Say of each witness that is asked how far it has followed, and whether all is well."""
    return [
        (each.name, _followed(each), not each.contradicts and each.silent_since is None)
        for each in witnessing.standing(log)
    ]


def _followed(witness: witnessing.WitnessStanding) -> str:
    if witness.contradicts:
        return said("dit avoir vu une autre histoire de ce registre.")
    if witness.silent_since is not None:
        return said("ne répond plus depuis le %(moment)s.", moment=moment(witness.silent_since))
    if witness.at is None:
        return said("n’a encore rien contresigné.")
    return said(
        "a contresigné jusqu’à la ligne %(size)s, le %(moment)s.",
        size=number(witness.size),
        moment=moment(witness.at),
    )


def keys_of(log: RecordLog) -> list[RecordKey]:
    """Return the public keys of a log, that in force first."""
    query = select(RecordKey).where(RecordKey.log_id == log.id)
    return list(db.session.scalars(query.order_by(RecordKey.id.desc())))


def address_of(community: Community) -> str:
    """Return the whole address under which mirrors find a log's files."""
    return public_address(url_for("record.home", community=community.slug))


def public_address(path: str) -> str:
    """Return a page of this site as somebody elsewhere writes it."""
    return kernel().settings.base_url + path


def file_name(entry: RecordEntry, name: str) -> str:
    """Name a proof by its kind and day, in plain letters."""
    return f"{name}-{entry.kind.replace('.', '-')}-{entry.day.isoformat()}.tlog-proof"


def proof_answer(entry: RecordEntry, openings: Iterable[RecordOpening], name: str) -> Response:
    """Answer with a ``.tlog-proof`` file. Raises NotYet."""
    answer = Response(str(receipts.receipt_of(entry, openings)), content_type=PROOF)
    named = f'attachment; filename="{file_name(entry, name)}"'
    answer.headers["Content-Disposition"] = named
    return answer


def _seal(checkpoint: RecordCheckpoint) -> Seal:
    query = select(RecordCosignature).where(RecordCosignature.checkpoint_id == checkpoint.id)
    rows = db.session.scalars(query.order_by(RecordCosignature.id))
    return Seal(
        checkpoint, [Cosigned(VerifierKey.read(each.witness).name, each.given_at) for each in rows]
    )
