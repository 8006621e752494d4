"""Checkpoints: how long the log is and what its root is, signed by it and by its witnesses.

c2sp.org/tlog-checkpoint and c2sp.org/tlog-cosignature.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from freeco.record.errors import BadSignature, Malformed, NotSigned, OtherOrigin, Shrunken
from freeco.record.note import (
    COSIGNATURE,
    Note,
    Signature,
    SignerKey,
    VerifierKey,
    read_base64,
)
from freeco.record.tree import HASH, LARGEST, Hash, verify_consistency

SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
LINES = 3
TIME = 8
"""Bytes of the time before a co-signature."""


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log: what is signed of it."""

    origin: str
    size: int
    """How many statements it holds."""
    root: Hash

    @property
    def text(self) -> str:
        """Write it as the text of a note."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def read(cls, text: str) -> "Checkpoint":
        """Read the text of a note; lines after the third are left to whoever wrote them.

        Raises Malformed.
        """
        lines = text.split("\n")
        if len(lines) <= LINES or lines.pop() != "" or "" in lines:
            raise Malformed("checkpoint")
        origin, size, encoded = lines[:LINES]
        if SIZE.fullmatch(size) is None or int(size) > LARGEST:
            raise Malformed("checkpoint")
        root = read_base64(encoded)
        if len(root) != HASH:
            raise Malformed("checkpoint")
        return cls(origin, int(size), root)

    def signed_by(self, *keys: SignerKey) -> Note:
        """Return the checkpoint as a note; two keys sign the one that changes them."""
        note = Note(self.text)
        for key in keys:
            note = note.signed_by(key)
        return note


def open_checkpoint(encoded: str | bytes | Note, key: VerifierKey) -> Checkpoint:
    """Read a checkpoint of the log whose key this is, its signature checked.

    The key's name is the log's origin. Raises Malformed, NotSigned, BadSignature, OtherOrigin.
    """
    note = encoded if isinstance(encoded, Note) else Note.read(encoded)
    checkpoint = Checkpoint.read(note.text)
    if checkpoint.origin != key.name:
        raise OtherOrigin
    note.check(key)
    return checkpoint


def check_follows(older: Checkpoint, newer: Checkpoint, proof: Sequence[Hash]) -> None:
    """Check that a log has only grown from one checkpoint to the other; no signature is checked.

    Raises OtherOrigin, Shrunken, NotConsistent.
    """
    if older.origin != newer.origin:
        raise OtherOrigin
    if newer.size < older.size:
        raise Shrunken
    verify_consistency(older.size, newer.size, older.root, newer.root, proof)


def cosign(text: str, key: SignerKey, at: datetime) -> Signature:
    """Return a witness's signature on a checkpoint's text, with the time it was given."""
    if key.kind != COSIGNATURE:
        raise ValueError("this key signs logs, it does not witness them")
    seconds = int(at.timestamp())
    signature = key.sign(_cosigned(text, seconds))
    return Signature(key.name, key.verifier.id, seconds.to_bytes(TIME, "big") + signature)


def check_cosignature(note: Note, key: VerifierKey) -> datetime:
    """Check a witness's signature on a checkpoint; return when it was given (aware UTC).

    Raises NotSigned, BadSignature.
    """
    found = note.of(key)
    if found is None or key.kind != COSIGNATURE:
        raise NotSigned
    seconds = int.from_bytes(found.signature[:TIME], "big")
    key.check(_cosigned(note.text, seconds), found.signature[TIME:])
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise BadSignature from error


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
