"""From what the trustees opened to the decision, once our own verifier has read the whole file.

Reading it takes a hundredth of a second a ballot: the database is let go meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from sqlalchemy import select

from freeco.db import db, leave_no_trace, lock
from freeco.members.models import Community
from freeco.record.stating import state
from freeco.sweeping import one_by_one
from freeco_project_decisions.polls import closing, paper, tallying
from freeco_project_decisions.polls.models import Method, Poll, PollState, Secrecy
from freeco_project_decisions.polls.tallying import Cast
from freeco_project_decisions.sealed.archives import Archive, Step
from freeco_project_decisions.sealed.elections import read_election
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.proofs import Form
from freeco_project_decisions.sealed.tallying import Tally, read_opening, result_of, write_result
from freeco_project_decisions.sealed.trustees import read_trustees
from freeco_project_decisions.sealed.verifying import require_result, verify
from freeco_project_decisions.sealed.writing import compact, digest, read
from freeco_project_decisions.secret import beside, filing
from freeco_project_decisions.secret.models import TrusteeGroup
from freeco_project_decisions.secret.preparing import sealed_of
from freeco_project_decisions.secret.rounds import sums_of
from freeco_project_decisions.secret.trustees import group_of

Rows = Sequence[Sequence[int]]
"""For each question, how many chose each answer, blank first where one may."""


@dataclass(frozen=True)
class Counted:
    """A file with its result, as it was verified."""

    after: str
    """The last event it was made after: nothing came in between."""
    piece: Archive
    sha256: str
    ballots: int
    rows: Rows


def count_due(community: Community) -> None:
    """Count the secret polls whose trustees are enough; for a job, as it commits."""
    closed = select(Poll.id).where(
        Poll.community_id == community.id,
        Poll.secrecy == Secrecy.SEALED,
        Poll.state == PollState.CLOSED,
    )
    if one_by_one("a secret poll", db.session.scalars(closed).all(), _count):
        leave_no_trace()


def _count(poll_id: int) -> bool:
    return count(db.session.get_one(Poll, poll_id))


def count(poll: Poll) -> bool:
    """Count a secret poll; say whether something came of it.

    Nothing may have been written before in this transaction: it is let go while the file is
    read. A file that our verifier refuses is kept as an alarm, and nothing is decided.
    """
    sealed = sealed_of(poll)
    if sealed.alarm or paper.awaited(poll) or not enough(poll):
        return False
    if closing.needs_seed(poll) and not _seed(poll):
        return False
    try:
        made = opened(poll)
        db.session.rollback()
        counted = verified(made)
    except Unsound as refusal:
        why = str(refusal)
        lock(poll)
        sealed_of(poll).alarm = why
        return True
    return enter(poll, counted)


def enough(poll: Poll) -> bool:
    """Say whether so many trustees opened their part that the sum opens."""
    group = group_of(poll)
    return bool(group.text) and read_trustees(group.text).enough(_owners(group))


def _owners(group: TrusteeGroup) -> list[int]:
    return [each.place for each in group.trustees if each.opening]


def _seed(poll: Poll) -> str:
    return poll.seed or closing.seed_of(poll)


@dataclass(frozen=True)
class Made:
    """A file whose end is written, and not read by our verifier yet."""

    before: bytes
    after: str
    """The last event of what stands already."""
    piece: Archive


def opened(poll: Poll) -> Made:
    """Write the end of the file: each trustee's part, and the result; raises ``Unsound``."""
    group, sealed = group_of(poll), sealed_of(poll)
    trustees, election = read_trustees(group.text), read_election(sealed.election)
    tally = Tally(sums_of(sealed), sealed.ballots or 0)
    keys = trustees.keys
    archive = filing.going_on(sealed)
    openings = {}
    for each in group.trustees:
        if not each.opening:
            continue
        openings[each.place] = read_opening(
            each.opening, election, tally.sums, keys[each.place - 1], Form.BELENIOS
        )
        archive.hold(each.opening)
        archive.happen(
            Step.OPENING, compact({"owner": each.place, "payload": digest(each.opening)})
        )
    archive.happen(Step.RESULT, write_result(result_of(tally, trustees, openings)))
    return Made(filing.archive_of(poll), sealed.last_event, archive)


def verified(made: Made) -> Counted:
    """Read the whole file as a stranger would; raises ``Unsound``."""
    content = made.before + bytes(made.piece.content)
    found = verify(content)
    rows = require_result(found)
    return Counted(made.after, made.piece, sha256(content).hexdigest(), found.counted or 0, rows)


def enter(poll: Poll, counted: Counted) -> bool:
    """Add the end to the file and enter the decision; False when something came in between.

    What two tellers counted of papers is added to what was opened; the file has none of it.
    """
    lock(poll)
    sealed = sealed_of(poll)
    lock(sealed)
    if poll.state != PollState.CLOSED or sealed.last_event != counted.after:
        return False
    if paper.awaited(poll):
        return False
    filing.add(sealed, counted.piece)
    sealed.result, sealed.archive_sha256 = write_result(counted.rows), counted.sha256
    if closing.needs_seed(poll):
        poll.seed = _seed(poll)
    state(
        poll.community,
        "poll.counted",
        f"poll_counted:{poll.id}",
        about={"poll": poll.id, "ballots": counted.ballots, "archive": counted.sha256},
    )
    cast = [*like_ballots(poll, counted.rows, counted.ballots), *paper.ballots(poll)]
    outcome = tallying.count(poll, cast, tallying.enrolled_by_college(poll))
    told = {
        **outcome.derivation,
        "archive": counted.sha256,
        **beside.told(poll, counted.rows, counted.ballots),
    }
    closing.enter(poll, replace(outcome, derivation=told))
    return True


def like_ballots(poll: Poll, rows: Rows, ballots: int) -> Cast:
    """Return ballots that add up to the sums, for the engine that counts open ones.

    They are nobody's: the methods that are sealed count nothing but sums.
    """
    method = Method(poll.method)
    if method is Method.JUDGMENT:
        columns = [
            [grade for grade, many in enumerate(row) for _each in range(many)] for row in rows
        ]
        return [(None, bytes(column[each] for column in columns)) for each in range(ballots)]
    if method is Method.APPROVAL:
        return [(None, bytes(int(each < many) for many in rows[0])) for each in range(ballots)]
    blank, yes, no = rows[0]
    marks = [0] * yes + [1] * no + [2] * blank
    return [(None, bytes([mark])) for mark in marks]


def rows_of(poll: Poll) -> Rows | None:
    """Return what the sums opened to; none before."""
    result = sealed_of(poll).result
    return read(result)["result"] if result else None
