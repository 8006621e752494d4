"""Papers beside a secret vote: who votes on paper has no code, and the two counts are added.

Nobody knows which code is whose: who votes on paper is therefore taken off the list before codes
are made for it, and no more once it is open. Two tellers count the papers after the remote vote
ended and before any trustee opens the sum, so that neither count is made knowing the other. The
file of sealed ballots holds nothing of it, and is verified as any other.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256

from freeco.db import db, lock
from freeco.errors import Absent
from freeco.record.stating import state
from freeco_project_decisions.counting.outcomes import Json
from freeco_project_decisions.polls import paper, room_counts
from freeco_project_decisions.polls.errors import NotCountedInRoom, PollFrozen
from freeco_project_decisions.polls.marks import BLANK, GRADES, NO, YES
from freeco_project_decisions.polls.models import Elector, Method, Poll, PollState, Room, Secrecy
from freeco_project_decisions.polls.opening import require_draft
from freeco_project_decisions.sealed.writing import compact
from freeco_project_decisions.secret import codes
from freeco_project_decisions.secret.beside_errors import (
    HasCode,
    ListFixed,
    PapersWithoutUrn,
    SumOpening,
)
from freeco_project_decisions.secret.errors import NotAnnounced
from freeco_project_decisions.secret.filing import stands_at
from freeco_project_decisions.secret.models import SealedPoll, Way
from freeco_project_decisions.secret.preparing import electors_in_order, sealed_of
from freeco_project_decisions.secret.trustees import group_of

Rows = Sequence[Sequence[int]]
"""As ``counting`` has them: for each question, how many chose each answer."""
Lines = Mapping[str, int]
"""A number for each line that tellers count, by its key."""


def vote_on_paper(poll: Poll, elector: Elector) -> None:
    """Take somebody off the list that codes are made for: they vote in the urn. Twice is once.

    Raises ``PollFrozen`` once it is open, ``NotAnnounced``, ``NotCountedInRoom`` where no urn was
    announced, ``ListFixed`` when the file of codes is there, ``HasCode`` for who made their own.
    """
    sealed = _changing(poll)
    if sealed.way == Way.SITE and codes.has_registered(poll, elector):
        raise HasCode
    paper.mark(poll, [elector])


def vote_with_code(poll: Poll, elector: Elector) -> None:
    """Put somebody back on the list of codes; raises as ``vote_on_paper`` does."""
    _changing(poll)
    paper.forget(poll, elector)


def _changing(poll: Poll) -> SealedPoll:
    lock(poll)
    return _require_changing(poll)


def _require_changing(poll: Poll) -> SealedPoll:
    require_draft(poll)
    sealed = sealed_of(poll)
    if sealed.announced_at is None:
        raise NotAnnounced
    if poll.room != Room.URN:
        raise NotCountedInRoom
    if sealed.way != Way.SITE and codes.many_codes(poll):
        raise ListFixed
    return sealed


def has_list(poll: Poll) -> bool:
    """Whether a secret vote with an urn beside it has its list of electors."""
    sealed = db.session.get(SealedPoll, poll.id)
    return poll.room == Room.URN and sealed is not None and sealed.announced_at is not None


def may_change(poll: Poll) -> bool:
    """Whether who votes on paper may still be noted: the list is there, the codes are not."""
    try:
        _require_changing(poll)
    except (Absent, PollFrozen, NotAnnounced, NotCountedInRoom, ListFixed):
        return False
    return True


def with_code(poll: Poll) -> set[int]:
    """Return the electors who have made a code here, and can no longer vote on paper."""
    return set(electors_in_order(poll)) - set(codes.without_code(poll)) - paper.voter_ids(poll)


def require_papers(poll: Poll) -> None:
    """Stop the opening of a vote whose papers would say who voted what, or stay uncounted.

    Raises ``TooFewPapers`` under eight, ``PapersWithoutUrn`` when no assembly counts them.
    """
    if paper.voters(poll) and poll.room != Room.URN:
        raise PapersWithoutUrn
    codes.require_papers_enough(poll)


def lay_out(poll: Poll) -> None:
    """Give the tellers a bundle, where somebody votes on paper; once the poll is open."""
    if paper.voters(poll).total() and not paper.bundles(poll):
        paper.add_bundle(poll)


def require_unopened(poll: Poll) -> None:
    """Stop a count that would be made anew by who may know the other; raises ``SumOpening``."""
    if poll.secrecy != Secrecy.SEALED:
        return
    lock(poll)
    if any(each.opening for each in group_of(poll).trustees):
        raise SumOpening


def settle(poll: Poll) -> None:
    """State in the public record that two tellers have counted the same; again is nothing.

    That closes the vote for the record: the seed of a lot comes after. ``poll`` is locked by the
    caller.
    """
    found = paper.bundles(poll) if poll.state == PollState.CLOSED else []
    if not found or paper.awaited(poll):
        return
    tally = tally_of(poll)
    agreed = max(int(each.agreed_at.timestamp()) for each in found if each.agreed_at is not None)
    state(
        poll.community,
        "poll.paper",
        f"poll_paper:{poll.id}:{agreed}:{digest_of(poll)}",
        about={
            "poll": poll.id,
            "ballots": room_counts.many(poll, tally),
            "digest": digest_of(poll),
        },
    )
    state_closed(poll)


def state_closed(poll: Poll) -> None:
    """State how many ballots there are, sealed and on paper, once nothing is awaited; once."""
    state(
        poll.community,
        "poll.closed",
        f"poll_closed:{poll.id}",
        about={
            "poll": poll.id,
            "ballots": (sealed_of(poll).ballots or 0) + len(paper.ballots(poll)),
            # The sum and all that is in it: what trustees compare before they open.
            "digest": stands_at(sealed_of(poll)),
        },
    )


def tally_of(poll: Poll) -> Lines:
    """Add up the bundles that were agreed on, line by line."""
    found: Counter[str] = Counter({line.key: 0 for line in room_counts.lines(poll)})
    for bundle in paper.bundles(poll):
        if bundle.agreed_at is not None:
            found.update(paper.counts_of(bundle))
    return dict(found)


def digest_of(poll: Poll) -> str:
    """Return the SHA-256 that the record states of the papers: ``printf '%s' 'text' | sha256sum``.

    The text is that of ``"papers"`` in the derivation, without a space and its keys in order.
    """
    return sha256(compact(dict(sorted(tally_of(poll).items()))).encode()).hexdigest()


def remote_tally(poll: Poll, rows: Rows, ballots: int) -> Lines:
    """Write what the sums opened to as tellers write what they count."""
    method = Method(poll.method)
    if method is Method.JUDGMENT:
        return {
            f"grade_{option.place}_{grade}": row[grade]
            for option, row in zip(poll.options, rows, strict=True)
            for grade in range(GRADES)
        }
    if method is Method.APPROVAL:
        ticks = zip(poll.options, rows[0], strict=True)
        return {room_counts.BALLOTS: ballots, **{f"tick_{o.place}": many for o, many in ticks}}
    blank, yes, no = rows[0]
    return {f"answer_{YES}": yes, f"answer_{NO}": no, f"answer_{BLANK}": blank}


def told(poll: Poll, rows: Rows, ballots: int) -> dict[str, Json]:
    """Return what a derivation says of both counts and of their sum; nothing without papers."""
    on_paper = paper.voters(poll).total()
    if not on_paper:
        return {}
    remote, papers = remote_tally(poll, rows, ballots), tally_of(poll)
    counted = room_counts.many(poll, papers)
    return {
        "came_from": {
            "sealed": ballots,
            Room.URN.value: counted,
            "room": poll.room,
            "voices_in_room": on_paper,
        },
        "sealed": dict(remote),
        "papers": dict(papers),
        "papers_sha256": digest_of(poll),
        "together": {key: many + papers[key] for key, many in remote.items()},
    }
