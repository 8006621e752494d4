"""Our own verifier of a vote by tokens: whoever holds the file recounts it, without any site."""

import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from gmpy2 import mpz

from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.sealed.elections import read_election
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.proofs import Form
from freeco_project_decisions.sealed.tallying import Opening, Sums, read_opening
from freeco_project_decisions.sealed.writing import compact, fields
from freeco_project_decisions.tokens.ballots import Ballot, ballot_in, last_of_each
from freeco_project_decisions.tokens.boards import Kind, Line, only, read_lines
from freeco_project_decisions.tokens.opened import Counted, count, sums_of
from freeco_project_decisions.tokens.questions import poll_of
from freeco_project_decisions.tokens.setups import Setup, read_setup

AT_ONCE = 500
"""Ballots that one process checks before it takes more."""
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class VerifiedTokens:
    """A board that holds, and what stands on it."""

    setup: Setup
    issued: tuple[int, ...]
    """How many tokens each signer signed."""
    ballots: tuple[Ballot, ...]
    tokens: int
    """How many tokens voted."""
    closed: bool
    counted: Counted | None
    """None while there is no result."""
    digests: tuple[str, ...]
    """The digest of each line."""

    @property
    def head(self) -> str:
        """The digest of the last line: what the public record states."""
        return self.digests[-1]


def is_board(content: bytes) -> bool:
    """Whether a file is a board of tokens rather than a Belenios archive."""
    return content.startswith(b'{"parent":"","kind":"setup"')


def verify_board(content: bytes, executor: Executor | None = None) -> VerifiedTokens:
    """Check every line, token, ballot, opening, and count again.

    Raises ``Unsound`` saying what does not hold.
    """
    try:
        texts = content.decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError as broken:
        raise Unsound("a board is text") from broken
    lines = read_lines(texts)
    setup = read_setup(lines[0].body)
    poll = poll_of(setup)
    issued = _issued(setup, only(lines, Kind.ISSUED))
    ballots = _ballots(setup, lines, executor)
    kept = last_of_each(ballots)
    _require_apart(ballots)
    if kept and len(kept) > min(issued, default=0):
        raise Unsound("more tokens voted than a signer signed")
    _require_closed(lines, ballots, kept)
    counted = _recount(setup, poll, lines, kept, executor)
    closed = only(lines, Kind.CLOSED) is not None
    # Each line names the one before, which was checked.
    digests = (*(line.parent for line in lines[1:]), lines[-1].digest)
    return VerifiedTokens(setup, issued, tuple(ballots), len(kept), closed, counted, digests)


def _issued(setup: Setup, line: Line | None) -> tuple[int, ...]:
    if line is None:
        return ()
    if not isinstance(line.body, list) or len(line.body) != len(setup.signers):
        raise Unsound("each signer says what was signed")
    many = []
    for place, each in enumerate(line.body, start=1):
        signer, digests = fields(each, "signer", "digests")
        if type(signer) is not int or signer != place:
            raise Unsound("each signer has their number")
        _require_digests(digests)
        if len(digests) > setup.electors:
            raise Unsound(f"{setup.signers[place - 1].name} signed more tokens than electors")
        many.append(len(digests))
    return tuple(many)


def _require_digests(digests: object) -> None:
    if not isinstance(digests, list) or not all(map(_is_digest, digests)):
        raise Unsound("what a signer signed is a list of digests")
    if digests != sorted(set(digests)):
        raise Unsound("digests are sorted, and each stands once")


def _is_digest(content: object) -> bool:
    return isinstance(content, str) and _DIGEST.fullmatch(content) is not None


def _ballots(setup: Setup, lines: Sequence[Line], executor: Executor | None) -> list[Ballot]:
    bodies = [line.body for line in lines if line.kind is Kind.BALLOT]
    if executor is None:
        return _checked(setup.text, bodies)
    found: list[Ballot] = []
    for some in executor.map(partial(_checked, setup.text), _some(bodies)):
        found += some
    return found


def _some(bodies: Iterable[Any]) -> Iterable[list[Any]]:
    left = iter(bodies)
    while taken := list(islice(left, AT_ONCE)):
        yield taken


def _checked(setup_text: str, bodies: Sequence[Any]) -> list[Ballot]:
    setup = read_setup(setup_text)
    ballots = []
    for body in bodies:
        ballot = ballot_in(setup, body)
        ballot.check(setup)
        ballots.append(ballot)
    return ballots


def _require_apart(ballots: Sequence[Ballot]) -> None:
    if len({(each.number, each.serial) for each in ballots}) != len(ballots):
        raise Unsound("two ballots have the same token and the same number")


def _require_closed(
    lines: Sequence[Line], ballots: Sequence[Ballot], kept: Sequence[Ballot]
) -> None:
    line = only(lines, Kind.CLOSED)
    if line is None:
        if only(lines, Kind.OPENING) or only(lines, Kind.RESULT):
            raise Unsound("a vote is closed before it is opened")
        return
    # As text: 3.0 and true are equal to numbers.
    if compact(line.body) != compact({"ballots": len(ballots), "counted": len(kept)}):
        raise Unsound("the number of ballots is not the one announced")


def _recount(
    setup: Setup,
    poll: Poll,
    lines: Sequence[Line],
    kept: Sequence[Ballot],
    executor: Executor | None,
) -> Counted | None:
    openings = _openings(setup, lines, kept, executor)
    line = only(lines, Kind.RESULT)
    if line is None:
        return None
    if kept and not setup.trustees.enough(list(openings)):
        raise Unsound("trustees are missing to open the ballots")
    counted = _counted(setup, poll, kept, openings)
    if compact(counted.body) != compact(line.body):
        raise Unsound("the result is not what the ballots give")
    return counted


def _counted(
    setup: Setup, poll: Poll, kept: Sequence[Ballot], openings: Mapping[int, Opening]
) -> Counted:
    """Count by the rules of the setup, which are nobody's before they are read."""
    try:
        return count(setup, poll, kept, openings)
    except Unsound:
        raise
    except (ValueError, TypeError, KeyError, ArithmeticError) as broken:
        raise Unsound("the question asks for what no count gives") from broken


def _openings(
    setup: Setup, lines: Sequence[Line], kept: Sequence[Ballot], executor: Executor | None
) -> dict[int, Opening]:
    keys = setup.trustees.keys
    payloads: dict[int, str] = {}
    for line in lines:
        if line.kind is not Kind.OPENING:
            continue
        owner, payload = fields(line.body, "owner", "payload")
        if type(owner) is not int or not 1 <= owner <= len(keys) or owner in payloads:
            raise Unsound("an opening has the number of its trustee, once")
        payloads[owner] = compact(payload)
    read_one = partial(_opening, setup.election.text, sums_of(kept))
    publics = [keys[owner - 1] for owner in payloads]
    each_one = executor.map if executor is not None else map
    return dict(zip(payloads, each_one(read_one, payloads.values(), publics), strict=True))


def _opening(election: str, sums: Sums, text: str, public: mpz) -> Opening:
    return read_opening(text, read_election(election), sums, public, Form.BOUND)
