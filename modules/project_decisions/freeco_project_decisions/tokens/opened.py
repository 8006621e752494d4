"""From ballots and what trustees made of them to what was decided: pure, the same for who verifies.

The count is the one of every poll; nothing here knows the database.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gmpy2 import mpz

from freeco.members.models import Community
from freeco.money import Money
from freeco_project_decisions.counting.outcomes import Outcome
from freeco_project_decisions.polls import tallying
from freeco_project_decisions.polls.closing import written
from freeco_project_decisions.polls.errors import SpoiltBallot
from freeco_project_decisions.polls.marks import require
from freeco_project_decisions.polls.models import Option, Poll
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.proofs import Sealed
from freeco_project_decisions.sealed.tallying import Opening, Sums
from freeco_project_decisions.tokens.ballots import Ballot, opened
from freeco_project_decisions.tokens.setups import Setup

CLOSED = "closed"
"""What is inside does not open: it was not locked for this vote, or not as ballots are."""
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


def count(
    setup: Setup, poll: Poll, ballots: Sequence[Ballot], openings: Mapping[int, Opening]
) -> Counted:
    """Open the ballots that count, and count them by the rules of the poll.

    ``openings`` are checked already. Raises ``Unsound`` when trustees are missing.
    """
    kept: list[bytes] = []
    refused: list[tuple[str, str]] = []
    for place, ballot in enumerate(ballots):
        factors = {owner: each.factors[0][place] for owner, each in openings.items()}
        shared = setup.trustees.combine(factors)
        try:
            kept.append(require(poll, opened(ballot, setup.public_key, shared)))
        except Unsound:
            refused.append((ballot.tracker, CLOSED))
        except SpoiltBallot:
            refused.append((ballot.tracker, SPOILT))
    enrolled: Counter[int | None] = Counter({None: setup.electors})
    outcome = tallying.count(poll, [(None, each) for each in kept], enrolled)
    return Counted(tuple(kept), tuple(refused), outcome, poll.seed)


def poll_of(setup: Setup, seed: str = "") -> Poll:
    """Make the poll again from the text it was opened with; it is kept nowhere.

    Raises ``Unsound`` for a text that is no poll's.
    """
    try:
        return _poll(json.loads(setup.question), seed)
    except (KeyError, TypeError, ValueError) as broken:
        raise Unsound("the question cannot be read") from broken


def _poll(content: dict[str, Any], seed: str) -> Poll:
    closes = datetime.fromisoformat(content["closes_at"])
    share, quorum = (
        tuple(map(int, content["majority"][name].split("/"))) for name in ("share", "quorum")
    )
    poll = Poll(
        community=Community(slug="x", name="x"),
        author=None,
        title=content["title"],
        text=content["text"],
        method=content["method"],
        opens_at=closes,
        closes_at=closes,
        places=content["places"],
        share_part=share[0],
        share_whole=share[1],
        more_than=content["majority"]["more_than"],
        base=content["majority"]["base"],
        quorum_part=quorum[0],
        quorum_whole=quorum[1],
        tie=content["tie"],
        budget=_money(content["budget"]),
        seed=seed,
    )
    for place, each in enumerate(content["options"]):
        Option(poll=poll, place=place, text=each["text"], cost=_money(each["cost"]))
    return poll


def _money(cents: int | None) -> Money | None:
    return Money(cents) if cents is not None else None
