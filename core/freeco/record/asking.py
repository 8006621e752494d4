"""One conversation with a witness: it co-signs, or names what it has seen, or fails us.

c2sp.org/tlog-witness. What it refuses because it has seen another history of ours is an alarm on
our own log.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from freeco.clock import now
from freeco.db import db
from freeco.outgoing import Answer, Line, Silent
from freeco.record import alarms, keys, sequencer
from freeco.record.checkpoint import SIZE, check_cosignature, open_checkpoint
from freeco.record.errors import RecordRefusal
from freeco.record.models import RecordCheckpoint, RecordCosignature, RecordLog
from freeco.record.note import DASH, Note, Signature
from freeco.record.policy import Witness
from freeco.record.tiles import node_of
from freeco.record.tree import consistency_proof

LARGEST_ANSWER = 64 * 1024
PATIENCE_SECONDS = 10
AHEAD = timedelta(minutes=5)
"""How far its clock may be before ours: an alarm is over once its witness has signed *since*."""
TURNS = 3
"""Questions in one conversation: the second starts from the size that the witness has named."""


class Outcome(NamedTuple):
    """What came of asking a witness."""

    origin: str
    witness: str
    cosigned: bool
    why: str
    """In a program's words; empty once it has co-signed."""
    silent: bool = False
    """It did not answer at all: neither will it for another log."""


@dataclass(frozen=True)
class Due:
    """A head that a witness has not co-signed."""

    log_id: int
    origin: str
    checkpoint_id: int
    size: int
    note: Note
    old: int
    """What this witness has last co-signed for us."""
    witness: Witness


def ask(due: Due) -> Outcome:
    """Ask one witness to co-sign one head, and keep what it gives. Commits."""
    old = due.old
    try:
        with Line(due.witness.url, PATIENCE_SECONDS) as line:
            for _turn in range(TURNS):
                answer = line.post("add-checkpoint", _body(due, old), LARGEST_ANSWER)
                if answer.status == HTTPStatus.OK:
                    return _keep(due, answer.body)
                theirs = _size_in(answer)
                if theirs is None or theirs == old:
                    return _refused(due, old, answer, line)
                if theirs > due.size:
                    return _longer(due, theirs, line)
                old = theirs
    except (Silent, ValueError) as error:
        return failed(due, str(error), silent=True)
    return failed(due, "it names another size each time")


def _body(due: Due, old: int) -> bytes:
    log = db.session.get_one(RecordLog, due.log_id)
    proof = consistency_proof(old, due.size, node_of(due.size, sequencer.read_tile(log)))
    db.session.rollback()
    lines = "".join(f"{b64encode(each).decode()}\n" for each in proof)
    return f"old {old}\n{lines}\n{due.note}".encode()


def _size_in(answer: Answer) -> int | None:
    """Return the size that a witness names when it refuses ours."""
    text = answer.body[:32].decode("ascii", "replace").removesuffix("\n")
    named = answer.status == HTTPStatus.CONFLICT and answer.kind == "text/x.tlog.size"
    return int(text) if named and SIZE.fullmatch(text) else None


def _keep(due: Due, body: bytes) -> Outcome:
    """Keep the co-signature among the lines of an answer, once it is verified."""
    for line in body.decode(errors="replace").split("\n"):
        if not line.startswith(DASH):
            continue
        try:
            signature = Signature.read(line)
            given_at = check_cosignature(Note(due.note.text, (signature,)), due.witness.key)
        except RecordRefusal:
            continue
        if given_at > now() + AHEAD:
            return failed(due, "its clock is ahead of ours")
        db.session.add(
            RecordCosignature(
                checkpoint=db.session.get_one(RecordCheckpoint, due.checkpoint_id),
                witness=str(due.witness.key),
                line=str(signature),
                given_at=given_at,
            )
        )
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()  # another worker has asked meanwhile
        return Outcome(due.origin, due.witness.name, cosigned=True, why="")
    return failed(due, "no signature of its key in its answer")


def _refused(due: Due, old: int, answer: Answer, line: Line) -> Outcome:
    """Say why a witness refuses; where it has seen another history, raise the alarm.

    From size nought nothing can be contradicted: such an answer is not a witness's.
    """
    if answer.status == HTTPStatus.CONFLICT and old == due.size:
        return _contradicted(due, alarms.SPLIT, old, line)
    if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY and old > 0:
        return _contradicted(due, alarms.REWRITTEN, old, line)
    return failed(due, f"HTTP {answer.status}")


def _longer(due: Due, theirs: int, line: Line) -> Outcome:
    """Say whether a log that is longer for a witness has shrunk here, or has just grown."""
    query = select(func.max(RecordCheckpoint.size)).where(RecordCheckpoint.log_id == due.log_id)
    longest = db.session.scalar(query) or 0
    db.session.rollback()
    if longest >= theirs:
        return failed(due, "another process was quicker")
    return _contradicted(due, alarms.SHRUNKEN, theirs, line)


def _contradicted(due: Due, kind: str, theirs: int, line: Line) -> Outcome:
    seen = _their_seal(due, line)
    said = f"{due.witness.key.name} {kind} {theirs}\n"
    alarms.raise_alarm(due.origin, kind, due.witness.key.name, [*seen, str(due.note), said])
    db.session.commit()
    return failed(due, f"it has seen another history ({kind}, {theirs})")


def _their_seal(due: Due, line: Line) -> Sequence[str]:
    """Return the seal of ours that a witness holds, if it shows it and we have signed it."""
    known = keys.verifiers(db.session.get_one(RecordLog, due.log_id))
    db.session.rollback()
    path = f"{sha256(due.origin.encode()).hexdigest()}/checkpoint"
    try:
        shown = line.get(path, LARGEST_ANSWER).body
    except Silent:
        return []
    for key in known:
        try:
            open_checkpoint(shown, key)
        except RecordRefusal:
            continue
        return [shown.decode()]
    return []


def failed(due: Due, why: str, *, silent: bool = False) -> Outcome:
    """Return that a witness has not co-signed."""
    return Outcome(due.origin, due.witness.name, cosigned=False, why=why, silent=silent)
