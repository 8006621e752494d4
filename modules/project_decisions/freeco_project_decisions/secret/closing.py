"""The end of a secret poll: nobody votes any more, and the ballots are added up unopened."""

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, leave_no_trace, lock
from freeco.events import publish
from freeco.members.models import Community
from freeco.sweeping import one_by_one
from freeco_project_decisions.polls import closing as polls_closing
from freeco_project_decisions.polls import electorate, paper, tallying
from freeco_project_decisions.polls.events import PollExtended
from freeco_project_decisions.polls.models import Poll, PollState, Secrecy
from freeco_project_decisions.sealed.archives import Step, read_archive
from freeco_project_decisions.sealed.ballots import read_kept
from freeco_project_decisions.sealed.elections import read_election
from freeco_project_decisions.sealed.tallying import Tally, add_up
from freeco_project_decisions.secret import beside, board, filing
from freeco_project_decisions.secret.models import SealedPoll
from freeco_project_decisions.secret.preparing import sealed_of


def close_due(community: Community) -> None:
    """Close or extend each secret poll whose hour has come; late or twice is harmless.

    For a job, as it commits.
    """
    due = select(Poll.id).where(
        Poll.community_id == community.id,
        Poll.secrecy == Secrecy.SEALED,
        Poll.state == PollState.OPEN,
        Poll.closes_at <= now(),
    )
    if one_by_one("the end of a secret poll", db.session.scalars(due).all(), _close):
        leave_no_trace()


def _close(poll_id: int) -> bool:
    close(db.session.get_one(Poll, poll_id))
    return True


def close(poll: Poll) -> None:
    """Close a secret poll whose hour has come, or let it go on when that was announced.

    With papers beside it, it ends at its hour: how many there are is known only then.
    """
    lock(poll)
    if poll.state != PollState.OPEN or poll.closes_at > now():
        return
    met = tallying.quorum_met(poll, board.many_voted(poll), electorate.count_electors(poll))
    if not met and poll.extensions_left and not paper.voters(poll):
        poll.extensions_left -= 1
        poll.closes_at = polls_closing.later(
            poll.closes_at, poll.extension_days, poll.community.timezone
        )
        publish(PollExtended(community_id=poll.community_id, poll_id=poll.id))
        return
    board.publish_batch(poll)
    sealed = sealed_of(poll)
    tally = _added_up(poll, sealed)
    archive = filing.going_on(sealed)
    archive.happen(Step.END)
    archive.hold(tally.text)
    archive.happen(Step.TALLY, tally.sized_text)
    filing.add(sealed, archive)
    sealed.tally, sealed.ballots = tally.text, tally.ballots
    poll.state = PollState.CLOSED
    poll.closed_at = now()
    if not paper.awaited(poll):
        beside.state_closed(poll)


def _added_up(poll: Poll, sealed: SealedPoll) -> Tally:
    published = read_archive(filing.archive_of(poll))
    texts = (
        published.files[event.payload]
        for event in published.events
        if event.step is Step.BALLOT and event.payload is not None
    )
    return add_up(read_election(sealed.election), map(read_kept, texts))
