"""Voices in a room, under one rule: each counts once, and the first of the two ways stands."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Member
from freeco_project_decisions.polls import room_counts
from freeco_project_decisions.polls.ballot_models import OpenBallot
from freeco_project_decisions.polls.errors import (
    BundleAgreed,
    CountBegun,
    NotCountedInRoom,
    PollFinished,
    RemoteVoteRuns,
    TooManyBallots,
    TwoTellers,
    VotedOnPage,
)
from freeco_project_decisions.polls.models import (
    College,
    Elector,
    Poll,
    PollState,
    Room,
    Secrecy,
)
from freeco_project_decisions.polls.paper_models import Bundle, RoomVoter, TellerEntry
from freeco_project_decisions.polls.room_counts import Counts

COUNTED = (Room.HANDS, Room.URN)


def counts_in_room(poll: Poll) -> bool:
    """Whether hands or papers without a name are counted."""
    return poll.room in COUNTED


def require_countable(poll: Poll) -> None:
    """Stop a count before the poll opens or once it is decided; raises ``NotCountedInRoom``."""
    if not counts_in_room(poll):
        raise NotCountedInRoom
    if poll.state not in (PollState.OPEN, PollState.CLOSED):
        raise PollFinished


def mark(poll: Poll, electors: Iterable[Elector]) -> int:
    """Note who votes in the room; who has voted on their page is left out. Return how many.

    ``poll`` is locked by the caller.
    """
    elsewhere = _ids(select(OpenBallot.elector_id).join(OpenBallot.elector), poll)
    already = _ids(select(RoomVoter.elector_id).join(RoomVoter.elector), poll)
    taken = elsewhere | already
    found = {each.id: each for each in electors if each.id not in taken}
    db.session.add_all([RoomVoter(elector=each) for each in found.values()])
    db.session.flush()
    return len(found)


def _ids(query: object, poll: Poll) -> set[int]:
    return set(db.session.scalars(query.where(Elector.poll_id == poll.id)))  # type: ignore[attr-defined]


def mark_one(poll: Poll, elector: Elector) -> None:
    """Note that somebody votes in the room; raises ``VotedOnPage``. Twice is once.

    Raises ``NotCountedInRoom`` for a secret poll: its list was fixed before it opened.
    """
    lock(poll)
    require_countable(poll)
    _require_named(poll)
    if elector.id in _ids(select(OpenBallot.elector_id).join(OpenBallot.elector), poll):
        raise VotedOnPage
    mark(poll, [elector])


def unmark(poll: Poll, elector: Elector) -> None:
    """Let somebody vote on their page rather; raises ``CountBegun`` once something is counted.

    Raises ``NotCountedInRoom`` for a secret poll, as ``mark_one`` does.
    """
    lock(poll)
    require_countable(poll)
    _require_named(poll)
    begun = select(TellerEntry.id).join(TellerEntry.bundle).where(Bundle.poll_id == poll.id)
    if db.session.scalar(begun.limit(1)) is not None:
        raise CountBegun
    db.session.execute(delete(RoomVoter).where(RoomVoter.elector_id == elector.id))


def _require_named(poll: Poll) -> None:
    """Stop who would move a secret elector: whether they have voted, nobody knows."""
    if poll.secrecy != Secrecy.OPEN:
        raise NotCountedInRoom


def forget(poll: Poll, elector: Elector | None = None) -> None:
    """Forget that an elector of a draft votes in the room; all of them without one."""
    mine = select(Elector.id).where(Elector.poll_id == poll.id)
    if elector is not None:
        mine = mine.where(Elector.id == elector.id)
    db.session.execute(delete(RoomVoter).where(RoomVoter.elector_id.in_(mine)))


def voters(poll: Poll) -> Counter[int | None]:
    """Count who votes in the room or is represented there, in each college."""
    return Counter(
        db.session.scalars(
            select(Elector.college_id)
            .join(RoomVoter, RoomVoter.elector_id == Elector.id)
            .where(Elector.poll_id == poll.id)
        )
    )


def voter_ids(poll: Poll) -> set[int]:
    """Return the electors who vote in the room."""
    return _ids(select(RoomVoter.elector_id).join(RoomVoter.elector), poll)


def in_room(elector: Elector) -> bool:
    """Whether somebody votes in the room, or is represented there."""
    found = select(RoomVoter.id).where(RoomVoter.elector_id == elector.id)
    return db.session.scalar(found) is not None


def bundles(poll: Poll) -> Sequence[Bundle]:
    """Return what is counted, in order."""
    return db.session.scalars(
        select(Bundle).where(Bundle.poll_id == poll.id).order_by(Bundle.number)
    ).all()


def find_bundle(poll: Poll, number: int) -> Bundle:
    """Return a bundle by its number; raises Absent."""
    found = db.session.scalar(
        select(Bundle).where(Bundle.poll_id == poll.id, Bundle.number == number)
    )
    if found is None:
        raise Absent
    return found


def add_bundle(poll: Poll, college: College | None = None) -> Bundle:
    """Part what is counted once more; raises ``NotCountedInRoom``, ``PollFinished``."""
    lock(poll)
    require_countable(poll)
    last = db.session.scalar(select(func.max(Bundle.number)).where(Bundle.poll_id == poll.id))
    bundle = Bundle(poll=poll, number=(last or 0) + 1, college=college)
    db.session.add(bundle)
    db.session.flush()
    return bundle


def drop_bundle(bundle: Bundle) -> None:
    """Take away a bundle that nobody has counted; raises ``CountBegun``."""
    lock(bundle.poll)
    require_countable(bundle.poll)
    if bundle.entries:
        raise CountBegun
    db.session.delete(bundle)
    db.session.flush()


def enter(bundle: Bundle, teller: Member, counts: Counts, most: int | None = None) -> bool:
    """Note what one teller found; again corrects it. Return whether both have found the same.

    Neither sees the other's numbers before typing their own. ``most`` is how many ballots there
    can be, when that is not all who vote in the room. Raises ``BundleAgreed``, ``TwoTellers``,
    ``TooManyBallots``, ``Miscounted``, ``NotCountedInRoom``, ``PollFinished``, and
    ``RemoteVoteRuns`` for papers beside a secret vote that goes on.
    """
    poll = bundle.poll
    lock(poll)
    require_countable(poll)
    if poll.secrecy != Secrecy.OPEN and poll.state == PollState.OPEN:
        raise RemoteVoteRuns
    db.session.refresh(bundle)
    text = json.dumps(dict(counts), sort_keys=True, separators=(",", ":"))
    if bundle.agreed_at is not None:
        if bundle.counts == text:
            return True
        raise BundleAgreed
    _require_room(bundle, room_counts.many(poll, counts), most)
    mine = next((each for each in bundle.entries if each.teller_id == teller.id), None)
    if mine is None:
        if len(bundle.entries) == 2:
            raise TwoTellers
        place = 2 if any(each.place == 1 for each in bundle.entries) else 1
        mine = TellerEntry(bundle=bundle, teller=teller, place=place, counts=text)
        db.session.add(mine)
    mine.counts, mine.entered_at = text, now()
    db.session.flush()
    db.session.refresh(bundle, ["entries"])
    if len(bundle.entries) == 2 and len({each.counts for each in bundle.entries}) == 1:
        bundle.counts, bundle.agreed_at = text, now()
        db.session.flush()
    return bundle.agreed_at is not None


def _require_room(bundle: Bundle, ballots: int, most: int | None) -> None:
    """Refuse more ballots than voices in the room, with what was agreed in the other bundles."""
    agreed = sum(
        room_counts.many(bundle.poll, counts_of(each))
        for each in bundles(bundle.poll)
        if each.agreed_at is not None and each.college_id == bundle.college_id
    )
    most = voters(bundle.poll)[bundle.college_id] if most is None else most
    if agreed + ballots > most:
        raise TooManyBallots(agreed + ballots, most)


def start_again(bundle: Bundle) -> None:
    """Forget what was counted in a bundle, for two others to count it; not once it is decided."""
    lock(bundle.poll)
    require_countable(bundle.poll)
    db.session.execute(delete(TellerEntry).where(TellerEntry.bundle_id == bundle.id))
    db.session.expire(bundle, ["entries"])
    bundle.counts, bundle.agreed_at = "", None
    db.session.flush()


def counts_of(kept: Bundle | TellerEntry) -> dict[str, int]:
    """Return what was counted."""
    found: dict[str, int] = json.loads(kept.counts) if kept.counts else {}
    return found


@dataclass(frozen=True)
class Difference:
    """A line that two tellers do not see alike."""

    key: str
    label: str
    counts: tuple[int, int]
    """What the first and the second found."""


def differences(bundle: Bundle) -> Sequence[Difference]:
    """Return where two counts part; nothing as long as one is missing."""
    if len(bundle.entries) < 2:
        return []
    first, second = sorted(bundle.entries, key=lambda each: each.place)
    one, other = counts_of(first), counts_of(second)
    order = [line.key for line in room_counts.lines(bundle.poll)] or sorted({*one, *other})
    return [
        Difference(key, room_counts.label(bundle.poll, key), (one.get(key, 0), other.get(key, 0)))
        for key in order
        if one.get(key, 0) != other.get(key, 0)
    ]


def awaited(poll: Poll) -> bool:
    """Whether somebody votes in the room and two tellers have not agreed on everything yet."""
    if not counts_in_room(poll) or not voters(poll).total():
        return False
    found = bundles(poll)
    return not found or any(each.agreed_at is None for each in found)


def ballots(poll: Poll) -> list[tuple[int | None, bytes]]:
    """Return the ballots of the room that were agreed on: a college and marks."""
    if not counts_in_room(poll):
        return []
    return [
        (bundle.college_id, marks)
        for bundle in bundles(poll)
        if bundle.agreed_at is not None
        for marks in room_counts.ballots(poll, counts_of(bundle))
    ]


def sources(poll: Poll) -> dict[str, int]:
    """Count where the ballots of a poll come from, by way; those of the room under its name."""
    rows = db.session.scalars(
        select(OpenBallot.way).join(OpenBallot.elector).where(Elector.poll_id == poll.id)
    )
    found = Counter(rows)
    if counts_in_room(poll):
        found[poll.room] = len(ballots(poll))
    return dict(sorted(found.items()))
