"""From ballots and what trustees made of them to what was decided: pure, the same for who verifies.

The count is the one of every poll; nothing here knows the database.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from gmpy2 import mpz

from freeco_project_decisions.counting.outcomes import Outcome
from freeco_project_decisions.polls import tallying
from freeco_project_decisions.polls.closing import written
from freeco_project_decisions.polls.errors import SpoiltBallot
from freeco_project_decisions.polls.marks import require
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.polls.seeds import needs_seed
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.proofs import Sealed
from freeco_project_decisions.sealed.tallying import Opening, Sums
from freeco_project_decisions.tokens.ballots import Ballot, opened
from freeco_project_decisions.tokens.setups import Setup

CLOSED = "closed"
"""What is inside does not open: it was not locked for this vote, or not as ballots are."""
SEED = "freeco/lot/v2"
SPOILT = "spoilt"
"""What is inside is no answer to the question."""


@dataclass(frozen=True)
class Counted:
    """What came of the ballots."""

    marks: tuple[bytes, ...]
    refused: tuple[tuple[str, str], ...]
    """The tracker of each ballot that was not counted, and why."""
    outcome: Outcome
    seed: str

    @property
    def body(self) -> dict[str, Any]:
        """How it stands on the board."""
        return {
            "counted": len(self.marks),
            "refused": [{"tracker": tracker, "why": why} for tracker, why in self.refused],
            "seed": self.seed,
            "outcome": json.loads(written(self.outcome)),
        }


def sums_of(ballots: Sequence[Ballot]) -> Sums:
    """Return what the trustees open: one row, with the locked half of each ballot's key."""
    return (tuple(Sealed(each.box.alpha, mpz(1)) for each in ballots),)


def lot_seed(identifier: str, shared: Iterable[mpz]) -> str:
    """Return what a lot is drawn from: the secret halves of the boxes, in no order of theirs.

    Each is fixed by its ballot and by the key that the trustees share, and only they find it,
    whoever of them are enough; of a ballot, its voter knows it too. So nobody knows the seed
    before they open, and nobody has a second try: another order of the board or other trustees
    give the same, and no trustee can have another half proven (``Form.BOUND``).
    """
    halves = sorted(map(str, shared))
    return sha256("\n".join((SEED, identifier, *halves)).encode()).hexdigest()


def count(
    setup: Setup, poll: Poll, ballots: Sequence[Ballot], openings: Mapping[int, Opening]
) -> Counted:
    """Open the ballots that count, and count them by the rules of the poll, which gets its seed.

    ``openings`` are checked already. Raises ``Unsound`` when trustees are missing.
    """
    shared = [
        setup.trustees.combine({owner: each.factors[0][place] for owner, each in openings.items()})
        for place in range(len(ballots))
    ]
    if needs_seed(poll):
        poll.seed = lot_seed(setup.identifier, shared)
    kept: list[bytes] = []
    refused: list[tuple[str, str]] = []
    for ballot, half in zip(ballots, shared, strict=True):
        try:
            kept.append(require(poll, opened(ballot, setup.public_key, half)))
        except Unsound:
            refused.append((ballot.tracker, CLOSED))
        except SpoiltBallot:
            refused.append((ballot.tracker, SPOILT))
    enrolled: Counter[int | None] = Counter({None: setup.electors})
    outcome = tallying.count(poll, [(None, each) for each in kept], enrolled)
    return Counted(tuple(kept), tuple(refused), outcome, poll.seed)
