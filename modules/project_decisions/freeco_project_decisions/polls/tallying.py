"""Counting a poll: from its ballots and its rules to an outcome."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from sqlalchemy import select

from freeco.db import db
from freeco_project_decisions.counting import assent as yes_or_no
from freeco_project_decisions.counting.approval import approval
from freeco_project_decisions.counting.assent import Base, College, Majority
from freeco_project_decisions.counting.equal_shares import equal_shares
from freeco_project_decisions.counting.greedy_budget import greedy_budget
from freeco_project_decisions.counting.lots import Lot, announced_lot, draw, drawn_lot
from freeco_project_decisions.counting.majority_judgment import majority_judgment
from freeco_project_decisions.counting.outcomes import Json, Outcome
from freeco_project_decisions.counting.profiles import Profile, gather
from freeco_project_decisions.counting.schulze import schulze
from freeco_project_decisions.counting.scottish_stv import scottish_stv
from freeco_project_decisions.polls import paper
from freeco_project_decisions.polls.ballot_models import OpenBallot
from freeco_project_decisions.polls.marks import AGREE, ASIDE, BLANK, GRADES, NO, OBJECT, YES
from freeco_project_decisions.polls.models import Elector, Method, Poll, Tie

STEP = 100
"""Equal shares grow by one euro a voter."""
NOTHING_CHANGES = Lot((yes_or_no.NO, yes_or_no.YES), "announced")
"""As many yes as no: nothing changes."""

Cast = Sequence[tuple[int | None, bytes]]
"""The ballots that count: the college of each, and its marks."""


def ballots_of(poll: Poll) -> Cast:
    """Return the open ballots of a poll, and those of the room that two tellers agree on."""
    rows = db.session.execute(
        select(Elector.college_id, OpenBallot.marks)
        .join(OpenBallot, OpenBallot.elector_id == Elector.id)
        .where(Elector.poll_id == poll.id)
        .order_by(Elector.id)
    )
    return [(college, marks) for college, marks in rows] + paper.ballots(poll)


def enrolled_by_college(poll: Poll) -> Counter[int | None]:
    """Count who may vote in each college."""
    rows = db.session.scalars(select(Elector.college_id).where(Elector.poll_id == poll.id))
    return Counter(rows)


def with_sources(poll: Poll, outcome: Outcome) -> Outcome:
    """Add to a derivation how many ballots came from where, for a poll of an assembly."""
    if not poll.room:
        return outcome
    told: dict[str, Json] = dict(paper.sources(poll))
    told |= {"room": poll.room, "voices_in_room": paper.voters(poll).total()}
    return replace(outcome, derivation={**outcome.derivation, "came_from": told})


def lot_of(poll: Poll) -> Lot | None:
    """Return what settles a tie, as it was announced; nothing when it is discussed again."""
    if poll.tie == Tie.AGAIN:
        return None
    if Method(poll.method) in (Method.HANDS, Method.ASSENT):
        return NOTHING_CHANGES
    if poll.tie == Tie.ANNOUNCED:
        return announced_lot(len(poll.options))
    return drawn_lot([_name(place) for place in range(len(poll.options))], poll.seed)


def _name(place: int) -> str:
    """Return what an option is drawn by: its place, which stands in the text that was opened."""
    return str(place)


def count(poll: Poll, cast: Cast, enrolled: Counter[int | None]) -> Outcome:
    """Count the ballots of a poll by its own rules."""
    method = Method(poll.method)
    if method in (Method.HANDS, Method.ASSENT):
        return _assent(poll, cast, enrolled)
    if method is Method.CONSENT:
        return _consent(poll, cast, enrolled)
    electors = sum(enrolled.values())
    if poll.quorum_part and not quorum_met(poll, len(cast), electors):
        return _too_few(poll, len(cast), electors)
    if method is Method.DRAW:
        return _drawn(poll)
    if not cast:
        return Outcome(method=method.value, chosen=(), derivation={"ballots": 0})
    profile = gather((marks for _college, marks in cast), len(poll.options))
    return _chosen(poll, method, profile)


def _chosen(poll: Poll, method: Method, profile: Profile) -> Outcome:
    lot = lot_of(poll)
    if method is Method.APPROVAL:
        return approval(profile, poll.places, lot)
    if method is Method.JUDGMENT:
        return majority_judgment(profile, GRADES, poll.places, lot)
    if method is Method.SCHULZE:
        return schulze(profile, poll.places, lot)
    return _with_a_lot(poll, method, profile, lot or announced_lot(len(poll.options)))


def _too_few(poll: Poll, ballots: int, electors: int) -> Outcome:
    """Choose nothing: fewer came than were announced to be needed."""
    return Outcome(
        method=poll.method,
        chosen=(),
        derivation={
            "ballots": ballots,
            "enrolled": electors,
            "quorum": f"{poll.quorum_part}/{poll.quorum_whole}",
            "quorum_met": False,
        },
    )


def _with_a_lot(poll: Poll, method: Method, profile: Profile, lot: Lot) -> Outcome:
    """Count by a method whose every step needs a lot for those who are level."""
    if method is Method.SEATS:
        return scottish_stv(profile, poll.places, lot)
    costs = [option.cost.cents if option.cost is not None else 0 for option in poll.options]
    budget = poll.budget.cents if poll.budget is not None else 0
    if method is Method.SHARES:
        return equal_shares(profile, costs, budget, STEP, lot)
    return greedy_budget(profile, costs, budget, lot)


def _assent(poll: Poll, cast: Cast, enrolled: Counter[int | None]) -> Outcome:
    weights = {each.id: Fraction(each.weight, 10_000) for each in poll.colleges}
    colleges = []
    for college, many in sorted(enrolled.items(), key=lambda each: each[0] or 0):
        said = Counter(marks[0] for mine, marks in cast if mine == college)
        weight = weights.get(college or 0, Fraction(1))
        there = max(poll.present, said.total()) if poll.present is not None else None
        present = there if not poll.colleges else None
        colleges.append(
            College(said[YES], said[NO], said[BLANK], enrolled=many, present=present, weight=weight)
        )
    return yes_or_no.assent(colleges, _majority(poll), lot_of(poll))


def _majority(poll: Poll) -> Majority:
    return Majority(
        share=Fraction(poll.share_part, poll.share_whole),
        base=Base(poll.base),
        more_than=poll.more_than,
        quorum=Fraction(poll.quorum_part, poll.quorum_whole),
    )


def quorum_met(poll: Poll, ballots: int, electors: int) -> bool:
    """Whether enough electors voted for something to be decided."""
    return ballots >= Fraction(poll.quorum_part, poll.quorum_whole) * electors and ballots > 0


def _consent(poll: Poll, cast: Cast, enrolled: Counter[int | None]) -> Outcome:
    """Adopt what nobody objects to, when enough have said so."""
    said = Counter(marks[0] for _college, marks in cast)
    met = quorum_met(poll, len(cast), sum(enrolled.values()))
    adopted = met and not said[OBJECT]
    return Outcome(
        method="consent",
        chosen=(yes_or_no.YES,) if adopted else (yes_or_no.NO,) if met else (),
        derivation={
            "ballots": len(cast),
            "enrolled": sum(enrolled.values()),
            "agreed": said[AGREE],
            "objections": said[OBJECT],
            "aside": said[ASIDE],
            "quorum_met": met,
        },
    )


def _drawn(poll: Poll) -> Outcome:
    """Draw among those who volunteered, by their numbers as electors of this poll."""
    volunteers = db.session.scalars(
        select(Elector.id)
        .join(OpenBallot, OpenBallot.elector_id == Elector.id)
        .where(Elector.poll_id == poll.id)
        .order_by(Elector.id)
    ).all()
    drawn = [int(each) for each in draw([str(each) for each in volunteers], poll.seed)]
    return Outcome(
        method="draw",
        chosen=tuple(drawn[: poll.places]),
        derivation={"volunteers": list(volunteers), "order": drawn, "seed": poll.seed},
    )
