"""Being a witness: co-signing the logs of others, and only what prolongs what was seen of them.

c2sp.org/tlog-witness. Anybody may ask: what counts is the log's own signature. So whatever is
kept as an alarm must follow from what the log has signed, never from what the asker adds.
"""

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.i18n import _
from freeco.record import alarms
from freeco.record.checkpoint import SIZE, Checkpoint, cosign
from freeco.record.errors import BadSignature, Malformed, NotConsistent, NotSigned, RecordRefusal
from freeco.record.models import RecordAlarm, WatchedLog
from freeco.record.note import ED25519, Note, SignerKey, VerifierKey, read_base64
from freeco.record.tree import EMPTY, Hash, proven_roots, verify_consistency

LARGEST_BODY = 64 * 1024
"""Bytes: a full proof, and a checkpoint with a dozen signatures of the longest kind."""
MOST_HASHES = 63
LARGEST_SIZE = 2**63 - 1


class UnknownLog(RecordRefusal):
    """Nobody asked us to watch this log."""

    reason = _("Ce site n’est pas témoin de ce registre.")
    status = HTTPStatus.NOT_FOUND


class NotItsKey(RecordRefusal):
    """The checkpoint is not signed by the log that it names."""

    reason = _("Ce sceau n’est pas signé par la clé que nous connaissons à ce registre.")
    status = HTTPStatus.FORBIDDEN


class OldIsLarger(RecordRefusal):
    """The older size is larger than the newer."""

    reason = _("L’ancienne taille est plus grande que la nouvelle.")
    status = HTTPStatus.BAD_REQUEST


class OldDiffers(RecordRefusal):
    """The asker starts from another size than the one we have co-signed last."""

    reason = _("Le dernier sceau que nous avons contresigné a une autre taille.")
    status = HTTPStatus.CONFLICT

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class OtherRoot(RecordRefusal):
    """The log has signed two contents of one size."""

    reason = _("Nous avons contresigné un autre contenu, de la même taille.")
    status = HTTPStatus.CONFLICT


@dataclass(frozen=True)
class Asked:
    """What the body of an add-checkpoint request holds; nothing of it is believed yet."""

    old: int
    proof: tuple[Hash, ...]
    note: Note
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Watching:
    """A log that we witness, and what was found against it."""

    log: WatchedLog
    contradicted: list[RecordAlarm]
    """Since we last co-signed it."""
    past: list[RecordAlarm]

    @property
    def address(self) -> str:
        """The digest under which its last seal is served."""
        return digest_of(self.log.origin)


def add_checkpoint(body: bytes, key: SignerKey) -> str:
    """Co-sign a checkpoint that prolongs the last one; return the signature line.

    What we now know of the log is written, and is to be committed before the line is given away.
    A refusal may have written an alarm: that too is to be committed. Raises Malformed,
    UnknownLog, NotItsKey, OldIsLarger, OldDiffers, OtherRoot, NotConsistent.
    """
    asked = read_request(body)
    watched = find(asked.checkpoint.origin)
    verifier = VerifierKey.read(watched.verifier)
    try:
        asked.note.check(verifier)
    except (NotSigned, BadSignature) as error:
        raise NotItsKey from error
    if asked.old > asked.checkpoint.size:
        raise OldIsLarger
    # Two may ask at once: the one who comes second is measured by what the first has left.
    lock(watched)
    signature = asked.note.of(verifier)
    signed = Note(asked.note.text, (signature,) if signature else ())
    _refuse(watched, asked, signed, key.name)
    at = now()
    watched.size, watched.root = asked.checkpoint.size, asked.checkpoint.root
    watched.note, watched.seen_at = str(signed), at
    db.session.flush()
    return str(cosign(signed.text, key, at))


def read_request(body: bytes) -> Asked:
    """Read the body of a request, refusing what the format does not allow. Raises Malformed."""
    if len(body) > LARGEST_BODY:
        raise Malformed("body")
    head, blank, encoded = body.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Malformed("old") from error
    word, _space, size = lines.pop(0).partition(" ")
    if not blank or word != "old" or SIZE.fullmatch(size) is None or len(lines) > MOST_HASHES:
        raise Malformed("old")
    proof = tuple(read_base64(line) for line in lines)
    if any(len(each) != len(EMPTY) for each in proof):
        raise Malformed("proof")
    note = Note.read(encoded)
    checkpoint = Checkpoint.read(note.text)
    if checkpoint.size > LARGEST_SIZE:
        raise Malformed("checkpoint")
    return Asked(int(size), proof, note, checkpoint)


def _refuse(watched: WatchedLog, asked: Asked, signed: Note, witness: str) -> None:
    size, root = watched.size, watched.root or EMPTY
    new = asked.checkpoint
    if watched.note and new.size == size and new.root != root:
        notes = [watched.note, str(signed)]
        alarms.raise_alarm(watched.origin, alarms.SPLIT, witness, notes)
        if asked.old == size:
            raise OtherRoot
    if asked.old != size:
        raise OldDiffers(size)
    try:
        verify_consistency(size, new.size, root, new.root, asked.proof)
    except NotConsistent:
        if size and _shows_another_beginning(size, root, new, asked.proof):
            notes = [watched.note, str(signed), *map(bytes.hex, asked.proof)]
            alarms.raise_alarm(watched.origin, alarms.REWRITTEN, witness, notes)
        raise


def _shows_another_beginning(
    size: int, root: Hash, new: Checkpoint, proof: tuple[Hash, ...]
) -> bool:
    """Tell whether a proof that we refuse proves the fault of the log, not that of the asker.

    It does when it leads to the root that the log has signed from another root than ours: anybody
    can send a proof that leads nowhere, and nobody one that leads there. (Where the older size is
    a power of two a proof leaves that root out: nothing is shown to us then, and it is the log's
    own worker that raises the alarm, there.)
    """
    try:
        before, after = proven_roots(size, new.size, root, proof)
    except NotConsistent:
        return False
    return after == new.root and before != root


def find(origin: str) -> WatchedLog:
    """Return a log that we witness. Raises UnknownLog."""
    found = db.session.scalar(select(WatchedLog).where(WatchedLog.origin == origin))
    if found is None:
        raise UnknownLog
    return found


def find_by_digest(digest: str) -> WatchedLog:
    """Return a log by the digest of its name, once we have seen it. Raises UnknownLog."""
    for each in db.session.scalars(select(WatchedLog).where(WatchedLog.note != "")):
        if digest_of(each.origin) == digest:
            return each
    raise UnknownLog


def digest_of(origin: str) -> str:
    """Return the SHA-256 of a log's name, as an address can hold it."""
    return sha256(origin.encode()).hexdigest()


def watch(encoded: str) -> WatchedLog:
    """Witness a log from now on; its key again after it has changed. Raises Malformed."""
    key = VerifierKey.read(encoded)
    if key.kind != ED25519:
        raise Malformed("vkey")
    known = db.session.scalar(select(WatchedLog).where(WatchedLog.origin == key.name))
    if known is None:
        known = WatchedLog(origin=key.name, verifier=encoded)
        db.session.add(known)
    known.verifier = encoded
    db.session.flush()
    return known


def unwatch(origin: str) -> None:
    """Witness a log no more, and forget how long it was; alarms stay. Raises UnknownLog."""
    db.session.delete(find(origin))
    db.session.flush()


def watching() -> list[Watching]:
    """Return every log that we witness, with what contradicts it."""
    found = []
    for each in db.session.scalars(select(WatchedLog).order_by(WatchedLog.origin)):
        raised = alarms.alarms_of(each.origin)
        standing = [alarm for alarm in raised if alarms.is_open(alarm)]
        found.append(Watching(each, standing, [one for one in raised if one not in standing]))
    return found
