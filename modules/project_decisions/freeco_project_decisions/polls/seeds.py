"""What a lot is drawn from, in votes that nobody has to open: a seal that came after the end.

The first checkpoint of the public record that holds the poll's closing, and under it the
signatures of the witnesses that the site asks for (``FREECO_RECORD_POLICY``). Who keeps the site
could try one root after the other before showing any; a witness's signature is not to be guessed,
and a witness sees each checkpoint that it is asked to sign. Without witnesses the lot rests on who
keeps the site, and the result says so.

A vote by tokens takes its seed from what its trustees opened (``tokens.opened``): nobody chooses.
"""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.record.errors import Malformed
from freeco.record.models import RecordCheckpoint, RecordEntry, RecordLog
from freeco.record.note import DASH, Note, Signature
from freeco.record.policy import Policy
from freeco.record.receipts import NotYet, checkpoint_for, note_with_witnesses, site_policy
from freeco_project_decisions.counting.outcomes import Outcome
from freeco_project_decisions.polls.models import Method, Poll, Secrecy, Tie

AWAITED = timedelta(hours=1)
"""How long the witnesses are waited for: beyond, the lot is drawn without them, and says so."""


def needs_seed(poll: Poll) -> bool:
    """Whether something is drawn by lot."""
    return poll.method == Method.DRAW or poll.tie == Tie.DRAWN


def seed_of(poll: Poll) -> str:
    """Return the SHA-256 of the poll's seal, in hexadecimal; empty while there is none.

    In a rehearsal, which has no record, that of the poll's own text.
    """
    if poll.community.rehearsal:
        return poll.frozen_sha256
    seal = seal_of(poll)
    return seed_from(seal) if seal else ""


def seed_from(seal: str) -> str:
    """Return the seed of a seal, as ``sha256sum`` gives it."""
    return sha256(seal.encode()).hexdigest()


def is_witnessed(seal: str) -> bool:
    """Whether a witness signed a seal."""
    return f"\n{DASH}" in seal


def with_seal(poll: Poll, outcome: Outcome) -> Outcome:
    """Add to a derivation the seal that its lot was drawn from, to the letter."""
    if not poll.seed or poll.secrecy == Secrecy.TOKENS:
        return outcome
    seal = seal_of(poll)
    if seed_from(seal) != poll.seed:
        return outcome
    return replace(outcome, derivation={**outcome.derivation, "seal": seal})


def seal_of(poll: Poll) -> str:
    """Return the seal that a poll's lot is drawn from: a note without its log's own signature.

    That one could be made again and again. Of the witnesses, those who signed first, as many as
    the site asks for. Empty while the closing has no checkpoint, or its witnesses are waited for.
    """
    closed = db.session.scalar(
        select(RecordEntry)
        .join(RecordEntry.log)
        .where(
            RecordLog.community_id == poll.community_id,
            RecordEntry.key == f"poll_closed:{poll.id}",
        )
    )
    if closed is None:
        return ""
    try:
        checkpoint = checkpoint_for(closed)
    except NotYet:
        return ""
    policy = _policy()
    seal = _seal(checkpoint, policy)
    late = now() - checkpoint.signed_at > AWAITED
    if policy.quorum_met(seal) or late or not _are_asked(closed.log, policy):
        return str(seal)
    return ""


def _seal(checkpoint: RecordCheckpoint, policy: Policy) -> Note:
    """Keep the witnesses that are needed, and no other: who signs freely could sign again."""
    note = note_with_witnesses(checkpoint)
    seal = Note(note.text)
    for each in note.signatures:
        if not policy.quorum_met(seal) and _is_a_witness(note, each, policy):
            seal = Note(note.text, (*seal.signatures, each))
    for each in seal.signatures:
        fewer = Note(note.text, tuple(other for other in seal.signatures if other != each))
        if policy.quorum_met(fewer):
            seal = fewer
    return seal


def _is_a_witness(note: Note, signature: Signature, policy: Policy) -> bool:
    return bool(policy.witnessed_by(Note(note.text, (signature,))))


def _policy() -> Policy:
    try:
        return site_policy()
    except (OSError, Malformed):
        # The audit tells those who can mend the file.
        return Policy()


def _are_asked(log: RecordLog, policy: Policy) -> bool:
    """Whether witnesses hear of a log: of a closed circle's only if the policy names its key."""
    named = {each.name for each in policy.log_keys}
    return any(each.url for each in policy.witnesses) and (
        not log.community.is_closed or log.origin in named
    )
