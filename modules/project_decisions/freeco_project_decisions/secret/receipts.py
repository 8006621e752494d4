"""What a voter keeps: the tracker of a ballot that was taken, signed by the community's record.

Whoever holds it, and the file of the vote, proves to anybody that a ballot was left out. It is a
signed note (c2sp.org/signed-note) whose first line keeps it apart from the record's own notes.
"""

from dataclasses import dataclass

from freeco.record.errors import BadSignature, Malformed, NotSigned
from freeco.record.keys import signers
from freeco.record.note import Note, VerifierKey
from freeco.record.stating import log_of
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.sealed.writing import digest, fingerprint
from freeco_project_decisions.secret.preparing import sealed_of

FIRST = "freeco/ballot/v1"


def receipt_of(poll: Poll, text: str) -> str:
    """Sign that a ballot was taken; nothing in a rehearsal, which has no record.

    The same ballot has the same receipt: no hour stands in it. Raises KeyMissing.
    """
    if poll.community.rehearsal:
        return ""
    sealed = sealed_of(poll)
    log = log_of(poll.community)
    lines = (FIRST, log.origin, sealed.identifier, digest(sealed.election), fingerprint(text))
    note = Note("\n".join(lines) + "\n")
    for key in signers(log):
        note = note.signed_by(key)
    return str(note)


@dataclass(frozen=True)
class Received:
    """What a receipt says."""

    origin: str
    """The record whose key signs it."""
    election: str
    """The election's identifier."""
    election_sha256: str
    tracker: str


def read_receipt(receipt: str, key: VerifierKey) -> Received:
    """Read a receipt with the public key of a record; raises ValueError when it does not hold."""
    try:
        note = Note.read(receipt.strip() + "\n")
        note.check(key)
        first, origin, election, election_sha256, tracker = note.text.rstrip("\n").split("\n")
    except (Malformed, NotSigned, BadSignature, ValueError) as broken:
        raise ValueError("this receipt is not signed by that record") from broken
    if first != FIRST or origin != key.name:
        raise ValueError("this is no receipt of a ballot of that record")
    return Received(origin, election, election_sha256, tracker)
