"""What a voter keeps: the tracker of a ballot that was taken, signed by the community's record.

Whoever holds it, and the file of the vote, proves to anybody that a ballot was left out. It is a
signed note (c2sp.org/signed-note) whose first line keeps it apart from the record's own notes.
"""

from dataclasses import dataclass

from freeco.record.note import VerifierKey
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.sealed.writing import digest, fingerprint
from freeco_project_decisions.secret.preparing import sealed_of
from freeco_project_decisions.signed_lines import read_lines, sign_lines

FIRST = "freeco/ballot/v1"


def receipt_of(poll: Poll, text: str) -> str:
    """Sign that a ballot was taken; nothing in a rehearsal, which has no record.

    The same ballot has the same receipt: no hour stands in it. Raises KeyMissing.
    """
    sealed = sealed_of(poll)
    lines = (sealed.identifier, digest(sealed.election), fingerprint(text))
    return sign_lines(poll.community, FIRST, lines)


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
    election, election_sha256, tracker = read_lines(receipt, FIRST, key)
    return Received(key.name, election, election_sha256, tracker)
