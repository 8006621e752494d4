"""Decisions that execute, for the demonstration: one applied, one that waits, one to look at."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from freeco import settable
from freeco.clock import held_at, now
from freeco.db import db, lock
from freeco.module import Demonstration
from freeco_project_decisions.deliberation import objecting, proposing
from freeco_project_decisions.effects import applying, binding, charter_drafts
from freeco_project_decisions.polls import closing, opening, preparing, voting
from freeco_project_decisions.polls.binds import QUORUM_PART, QUORUM_WHOLE
from freeco_project_decisions.polls.models import Decision, Method, Poll
from freeco_project_decisions.polls.preparing import Written

ALARM = "direct_sales.pool_alarm"
"""A rule that another module declares, where it is open."""
LASTS = timedelta(days=6)
VOTERS = 29
"""More than the quarter that each of these votes announces as its quorum."""


def stage(staging: Demonstration) -> Sequence[str]:
    """Decide what changed a rule, what waits for its day, and what moved meanwhile."""
    _proposal(staging)
    try:
        settable.find(staging.community, ALARM)
    except settable.NotSettable:
        _charter(staging)
        return ()
    _alarm(staging, 10, "150", "Être prévenus quand la caisse de solidarité passe sous 150 €")
    held = _alarm(staging, 9, "120", "Être prévenus sous 120 € plutôt que 150 €", moved="100,00")
    _charter(staging)
    _draft(staging)
    return (
        f"Une décision a changé un réglage, une autre attend qu’on la regarde "
        f"(n° {held.number}) : /{staging.community.slug}/project-decisions/decisions/effets",
    )


def _alarm(
    staging: Demonstration, days_ago: int, value: str, title: str, *, moved: str = ""
) -> Decision:
    began = _evening(now() - timedelta(days=days_ago))
    with held_at(began):
        poll = _poll(staging, title, _REASONS, began)
        binding.bind(poll, ALARM, {"value": value})
    decision = _decide(staging, poll)
    if moved:
        code = settable.find(staging.community, ALARM).take(moved)
        reason = "Essai pour l’été, en attendant le vote."
        settable.put(staging.community, ALARM, code, member=staging.treasurer, reason=reason)
    with held_at(poll.closes_at + timedelta(minutes=1)):
        applying.plan(decision.id)
        applying.apply(decision.id)
    return decision


_REASONS = (
    "En dessous, ceux qui lisent la caisse reçoivent une lettre et appellent aux dons. Le montant "
    "s’applique tout seul si le vote l’adopte."
)


def _charter(staging: Demonstration) -> None:
    """Adopt an article more, from the first of a month to come."""
    began = _evening(now() - timedelta(days=8))
    article = (
        "Les distributions",
        "Chaque foyer tient une distribution par saison. Qui ne peut pas porter accueille, et qui "
        "ne peut pas venir trouve quelqu’un.",
    )
    with held_at(began):
        found = charter_drafts.amendments(staging.community, {charter_drafts.NEW: article})
        (poll,) = charter_drafts.put_to_vote(
            staging.community, staging.coordinator, found, began + LASTS, whole=True
        )
        binding.apply_from(poll, _first_of_month(now().date() + timedelta(days=62)))
    decision = _decide(staging, poll)
    with held_at(poll.closes_at + timedelta(minutes=1)):
        applying.plan(decision.id)


def _proposal(staging: Demonstration) -> None:
    """Leave a proposal for the charter that waits for its vote."""
    began = _evening(now() - timedelta(days=20))
    with held_at(began):
        proposal = charter_drafts.propose(staging.community, staging.coordinator)
        proposal.title = "Dire mieux ce que nous promettons aux producteurs"
        proposing.publish_proposal(proposal, staging.coordinator, began + timedelta(days=10))
        objecting.raise_objection(
            proposal, staging.treasurer, "Un prix promis pour l’année nous lie, même sans récolte."
        )
    with held_at(began + timedelta(days=11)):
        proposing.settle_due(staging.community)
    db.session.flush()


def _draft(staging: Demonstration) -> None:
    """Leave a draft among values."""
    began = _evening(now())
    poll = preparing.draft(
        staging.community,
        staging.coordinator,
        Method.JUDGMENT,
        Written(
            title="À partir de quel montant prévenir, pour la caisse de solidarité ?",
            text="Trois montants sont proposés ; celui qui est retenu s’applique tout seul.",
            opens_at=began,
            closes_at=began + LASTS,
            quorum_part=QUORUM_PART,
            quorum_whole=QUORUM_WHOLE,
        ),
        [preparing.Choice("Prudent"), preparing.Choice("Moyen"), preparing.Choice("Serré")],
    )
    binding.bind(poll, ALARM, {"value_0": "200", "value_1": "110", "value_2": "60"})


def _poll(staging: Demonstration, title: str, text: str, began: datetime) -> Poll:
    return preparing.draft(
        staging.community,
        staging.coordinator,
        Method.ASSENT,
        Written(
            title=title,
            text=text,
            opens_at=began,
            closes_at=began + LASTS,
            quorum_part=QUORUM_PART,
            quorum_whole=QUORUM_WHOLE,
        ),
    )


def _decide(staging: Demonstration, poll: Poll) -> Decision:
    persons = [each for each in staging.members if each.person_id is not None][:VOTERS]
    with held_at(poll.closes_at - LASTS):
        opening.open_poll(poll)
        for place, voter in enumerate(persons):
            voting.vote(poll, voter, [1 if place == VOTERS - 1 else 0])
    with held_at(poll.closes_at):
        lock(poll)
        closing.close(poll)
        closing.decide(poll)
    return db.session.scalars(select(Decision).where(Decision.poll_id == poll.id)).one()


def _evening(at: datetime) -> datetime:
    return at.replace(hour=18, minute=0, second=0, microsecond=0) - timedelta(days=1)


def _first_of_month(day: date) -> date:
    return day.replace(day=1)
