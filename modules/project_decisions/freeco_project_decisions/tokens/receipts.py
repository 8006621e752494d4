"""What a voter keeps: that the box took a ballot, signed by the community's record.

It names the ballot's tracker and how the board ended just then. Whoever holds it, and the file of
the vote, proves to anybody that the ballot was left out, or that another board was shown. It says
nothing of who voted: the box does not know it.
"""

from dataclasses import dataclass

from freeco.record.note import VerifierKey
from freeco_project_decisions.sealed.writing import digest
from freeco_project_decisions.signed_lines import read_lines, sign_lines
from freeco_project_decisions.tokens.lines import end
from freeco_project_decisions.tokens.models import TokenPoll

FIRST = "freeco/token-ballot/v1"


def receipt_of(votes: TokenPoll, tracker: str) -> str:
    """Sign that a ballot is in the box; nothing in a rehearsal, which has no record.

    The poll is locked by who calls, so that the board stays as it is. Raises ``KeyMissing``.
    """
    place, head = end(votes)
    lines = (votes.identifier, digest(votes.setup), tracker, str(place), head)
    return sign_lines(votes.poll.community, FIRST, lines)


@dataclass(frozen=True)
class Received:
    """What a receipt says."""

    vote: str
    """The identifier of the vote."""
    setup_sha256: str
    tracker: str
    lines: int
    """How many lines the board had when the box signed."""
    head: str
    """The digest of the last of them."""


def read_receipt(receipt: str, key: VerifierKey) -> Received:
    """Read a receipt with the public key of a record; raises ValueError when it does not hold."""
    vote, setup_sha256, tracker, lines, head = read_lines(receipt, FIRST, key)
    return Received(vote, setup_sha256, tracker, int(lines), head)
