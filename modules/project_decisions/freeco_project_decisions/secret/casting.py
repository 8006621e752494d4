"""Taking a sealed ballot: checked whole, kept for good, and only then acknowledged.

Nobody is asked who they are: the code that signs the ballot is the right to vote. Nothing is
noted but the ballot: no address, no hour, no member.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gmpy2 import mpz
from sqlalchemy import func, select

from freeco.clock import now
from freeco.db import db, lock
from freeco_project_decisions.pacing import BALLOTS
from freeco_project_decisions.polls.errors import PollNotOpen, PollOver
from freeco_project_decisions.polls.models import Poll, PollState, Secrecy
from freeco_project_decisions.sealed.ballots import MOST_BALLOT_CHARACTERS, Ballot, read_ballot
from freeco_project_decisions.sealed.elections import Election, read_election
from freeco_project_decisions.sealed.errors import Malformed, OfNobody, OtherElection, Unsound
from freeco_project_decisions.sealed.writing import digest, fingerprint, read
from freeco_project_decisions.secret.codes import halves_of
from freeco_project_decisions.secret.errors import (
    BallotCopied,
    BallotForAnother,
    BallotMalformed,
    BallotOfNobody,
    BallotTooLong,
    BallotUnproved,
)
from freeco_project_decisions.secret.models import PublishedBallot, WaitingBallot
from freeco_project_decisions.secret.preparing import sealed_of
from freeco_project_decisions.secret.receipts import receipt_of

KEPT_ELECTIONS = 4
"""The powers of an election's key are a table of 16 MB, made once for many ballots."""


@dataclass(frozen=True)
class Acknowledged:
    """What the voter keeps."""

    tracker: str
    """With which the ballot is found on the board."""
    receipt: str
    """The tracker signed by the community's record: if the ballot is left out, it proves it."""
    again: bool
    """Whether the very same ballot was there already."""


def cast(poll: Poll, content: bytes) -> Acknowledged:
    """Take a ballot as it was sent; the very same again is nothing new.

    The one write that a database allows at a time is let go while the proofs are checked:
    nothing may have been written before in this transaction. The caller commits before
    answering. Raises ``PollNotOpen``, ``PollOver``, ``BallotTooLong``, ``BallotMalformed``,
    ``BallotForAnother``, ``BallotOfNobody``, ``BallotUnproved``, ``BallotCopied``, and
    ``TooOften`` of one code within the hour.
    """
    if len(content) > MOST_BALLOT_CHARACTERS:
        raise BallotTooLong
    try:
        text = content.decode()
    except UnicodeDecodeError as broken:
        raise BallotMalformed from broken
    if poll.secrecy != Secrecy.SEALED or poll.state in (PollState.DRAFT, PollState.CANCELLED):
        raise PollNotOpen
    election, credentials = _known(poll.id, sealed_of(poll).setup)
    over = _is_over(poll)
    db.session.rollback()
    if over:
        return _again_or_over(poll, text)

    def signed(credential: mpz) -> None:
        BALLOTS.count(f"{election.identifier}:{credential}")

    return keep(poll, _checked(poll, election, credentials, text, signed))


def check(poll: Poll, text: str) -> Ballot:
    """Check all of a ballot; raises as ``cast`` does."""
    return _checked(poll, *_known(poll.id, sealed_of(poll).setup), text)


def _is_over(poll: Poll) -> bool:
    return poll.state != PollState.OPEN or poll.closes_at <= now()


def _again_or_over(poll: Poll, text: str) -> Acknowledged:
    """Answer who asks again for a ballot that came in time; raises ``PollOver`` for another."""
    if not _is_there(poll, sha256=digest(text)):
        raise PollOver
    return Acknowledged(fingerprint(text), receipt_of(poll, text), again=True)


@lru_cache(maxsize=KEPT_ELECTIONS)
def _known(poll_id: int, setup: str) -> tuple[Election, frozenset[mpz]]:
    """Read the election once, and the codes that were found to be sound when it opened."""
    poll = db.session.get_one(Poll, poll_id)
    return read_election(sealed_of(poll).election), frozenset(halves_of(poll))


def _checked(
    poll: Poll,
    election: Election,
    credentials: frozenset[mpz],
    text: str,
    on_signed: Callable[[mpz], None] = lambda _credential: None,
) -> Ballot:
    try:
        return read_ballot(election, credentials, text, on_signed)
    except OtherElection as refusal:
        raise BallotForAnother from refusal
    except OfNobody as refusal:
        raise BallotOfNobody from refusal
    except Malformed as refusal:
        raise BallotMalformed from refusal
    except Unsound as refusal:
        copied = _choices_of(text)
        if copied and _is_there(poll, choices=copied):
            raise BallotCopied from refusal
        raise BallotUnproved from refusal


def _choices_of(text: str) -> str:
    """Return the digest of what is sealed in a ballot whose proofs do not hold; or nothing."""
    try:
        answers = read(text)["answers"]
        sealed = [
            f"{each['alpha']},{each['beta']}" for answer in answers for each in answer["choices"]
        ]
    except (Unsound, KeyError, TypeError):
        return ""
    return _digest_of(sealed)


def _digest_of(sealed: Sequence[str]) -> str:
    return digest("|".join(sealed))


def keep(poll: Poll, ballot: Ballot) -> Acknowledged:
    """Keep a ballot that was checked; raises ``PollOver``, ``BallotCopied``."""
    lock(poll)
    sha256 = digest(ballot.text)
    acknowledged = Acknowledged(ballot.tracker, receipt_of(poll, ballot.text), again=False)
    if _is_there(poll, sha256=sha256):
        return Acknowledged(acknowledged.tracker, acknowledged.receipt, again=True)
    if _is_over(poll):
        raise PollOver
    choices = _digest_of([str(each) for answer in ballot.answers for each in answer])
    if _is_there(poll, choices=choices):
        raise BallotCopied
    credential = digest(str(ballot.credential))
    before = select(func.max(WaitingBallot.turn)).where(
        WaitingBallot.poll_id == poll.id, WaitingBallot.credential == credential
    )
    db.session.add(
        WaitingBallot(
            poll_id=poll.id,
            sha256=sha256,
            credential=credential,
            turn=(db.session.scalar(before) or 0) + 1,
            choices=choices,
            text=ballot.text,
        )
    )
    db.session.flush()
    return acknowledged


def _is_there(poll: Poll, **columns: str) -> bool:
    found = (
        select(table.sha256).filter_by(poll_id=poll.id, **columns).limit(1)
        for table in (WaitingBallot, PublishedBallot)
    )
    return any(db.session.scalar(each) is not None for each in found)
