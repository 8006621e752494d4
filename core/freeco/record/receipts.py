"""Receipts made from the database: statement, proof, checkpoint and its witnesses."""

import logging
from collections.abc import Iterable, Iterator
from http import HTTPStatus

from sqlalchemy import select

from freeco.db import db
from freeco.errors import Refusal
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.record import sequencer
from freeco.record.errors import Malformed
from freeco.record.models import (
    RecordCheckpoint,
    RecordCosignature,
    RecordEntry,
    RecordLog,
    RecordOpening,
)
from freeco.record.note import Note, Signature
from freeco.record.policy import Policy
from freeco.record.receipt import Receipt
from freeco.record.statement import Opening
from freeco.record.tiles import node_of
from freeco.record.tree import Hash, inclusion_proof

MOST_TRIED = 50
"""Checkpoints whose witnesses are looked at before going without them."""
logger = logging.getLogger(__name__)


class NotYet(Refusal):
    """The statement has no place or no checkpoint yet: the sequencer has not passed."""

    reason = _("Cette inscription n’a pas encore son sceau : son reçu sera prêt dans une minute.")
    status = HTTPStatus.CONFLICT


def site_policy() -> Policy:
    """Return which witnesses this site asks for; none without a policy file. Raises Malformed."""
    try:
        return Policy.read(kernel().settings.record_policy.read_bytes())
    except FileNotFoundError:
        return Policy()


def receipt_of(entry: RecordEntry, openings: Iterable[RecordOpening] = ()) -> Receipt:
    """Return the receipt of a statement, with these of its openings. Raises NotYet.

    Who may hold which openings is for whoever asks to know (``reading.openings_for``).
    """
    checkpoint = checkpoint_for(entry)
    index = _place(entry)
    return Receipt(
        entry.entry,
        index,
        prove(entry.log, index, checkpoint.size),
        note_with_witnesses(checkpoint),
        {each.name: Opening(each.salt, each.fields) for each in openings},
    )


def checkpoint_for(entry: RecordEntry) -> RecordCheckpoint:
    """Return the smallest checkpoint over a statement which has the witnesses that are asked.

    While none has them, the smallest over it: a receipt is better than none. Raises NotYet.
    """
    covering = (
        select(RecordCheckpoint)
        .where(RecordCheckpoint.log_id == entry.log_id, RecordCheckpoint.size > _place(entry))
        .order_by(RecordCheckpoint.size)
    )
    first = db.session.scalar(covering.limit(1))
    if first is None:
        raise NotYet
    policy = _policy()
    for each in () if policy.quorum_met(Note.read(first.note)) else _witnessed(entry, policy):
        if policy.quorum_met(note_with_witnesses(each)):
            return each
    return first


def note_with_witnesses(checkpoint: RecordCheckpoint) -> Note:
    """Return a checkpoint as it was signed, and its witnesses' signatures below."""
    lines = (
        select(RecordCosignature.line)
        .where(RecordCosignature.checkpoint_id == checkpoint.id)
        .order_by(RecordCosignature.id)
    )
    note = Note.read(checkpoint.note)
    witnesses = (Signature.read(line.removesuffix("\n")) for line in db.session.scalars(lines))
    return Note(note.text, (*note.signatures, *witnesses))


def prove(log: RecordLog, index: int, size: int) -> tuple[Hash, ...]:
    """Return the path from a leaf to the root of the first ``size``. Raises Malformed."""
    return tuple(inclusion_proof(index, size, node_of(size, sequencer.read_tile(log))))


def _policy() -> Policy:
    try:
        return site_policy()
    except Malformed:
        # Whoever asks for a receipt cannot mend the file: the audit tells those who can.
        logger.exception("the policy file of the record cannot be read")
        return Policy()


def _place(entry: RecordEntry) -> int:
    if entry.leaf_index is None:
        raise NotYet
    return entry.leaf_index


def _witnessed(entry: RecordEntry, policy: Policy) -> Iterator[RecordCheckpoint]:
    """Give the first checkpoints over a statement that any known witness has co-signed."""
    known = [str(each.key) for each in policy.witnesses]
    cosigned = select(RecordCosignature.checkpoint_id).where(RecordCosignature.witness.in_(known))
    yield from db.session.scalars(
        select(RecordCheckpoint)
        .where(
            RecordCheckpoint.log_id == entry.log_id,
            RecordCheckpoint.size > _place(entry),
            RecordCheckpoint.id.in_(cosigned),
        )
        .order_by(RecordCheckpoint.size)
        .limit(MOST_TRIED)
    )
