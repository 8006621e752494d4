"""Applying what was decided: at its day, once, all of a decision's changes together or none."""

import json
from collections.abc import Sequence
from datetime import datetime, time
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import select

from freeco import settable
from freeco.charter.adopting import adopt
from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.members.models import Community, Member
from freeco.record.models import RecordEntry, RecordLog
from freeco.record.parameter_names import CHARTER
from freeco.record.stating import state
from freeco.sweeping import one_by_one
from freeco_project_decisions.effects import telling
from freeco_project_decisions.effects.errors import Altered, NotHeld, ValueMoved
from freeco_project_decisions.effects.models import Effect, EffectState
from freeco_project_decisions.polls import binds
from freeco_project_decisions.polls.binds import Binds, Bound
from freeco_project_decisions.polls.marks import OF_ONE
from freeco_project_decisions.polls.models import Decision, Method, Poll

BINDING = '"binds":{"changes"'
"""Stands in what was opened when it changes something; a quotation mark in a text is escaped."""


def apply_due(community: Community) -> None:
    """Note what new decisions change, and apply what is due. Late or twice is harmless."""
    one_by_one("effects noted", _unplanned(community), plan)
    one_by_one("effects applied", _due(community), apply)


def _unplanned(community: Community) -> Sequence[int]:
    known = select(Effect.id).where(Effect.decision_id == Decision.id).exists()
    return db.session.scalars(
        select(Decision.id)
        .join(Decision.poll)
        .where(
            Decision.community_id == community.id,
            Decision.adopted.is_(True),
            Poll.frozen_text.contains(BINDING, autoescape=True),
            ~known,
        )
        .order_by(Decision.number)
    ).all()


def _due(community: Community) -> Sequence[int]:
    return db.session.scalars(
        select(Effect.decision_id)
        .distinct()
        .join(Effect.decision)
        .where(
            Decision.community_id == community.id,
            Effect.state == EffectState.WAITING,
            Effect.applies_at <= now(),
        )
        .order_by(Effect.decision_id)
    ).all()


def plan(decision_id: int) -> bool:
    """Note what a decision changes, and when; once, and nothing of one that adopts nothing."""
    decision = db.session.get_one(Decision, decision_id)
    lock(decision)
    if not decision.adopted or effects_of(decision):
        return False
    found = _frozen(decision.poll)
    at = _when(decision, found)
    for place, (bound, code) in enumerate(_voted(decision, found)):
        db.session.add(
            Effect(
                poll=decision.poll,
                decision=decision,
                place=place,
                name=bound.name,
                before=bound.before,
                after=code,
                applies_at=at,
            )
        )
    db.session.flush()
    return True


def _when(decision: Decision, found: Binds) -> datetime:
    """Return the first instant of the day that was voted, or that of the decision if later."""
    if found.on is None:
        return decision.decided_at
    midnight = datetime.combine(found.on, time(), ZoneInfo(decision.community.timezone))
    return max(midnight, decision.decided_at)


def _voted(decision: Decision, found: Binds) -> list[tuple[Bound, str]]:
    """Return each rule with the code that the vote gave it; nothing for the charter."""
    place = 0
    if Method(decision.poll.method) not in OF_ONE:
        place = int(json.loads(decision.outcome)["chosen"][0])
    return [(each, each.values[place] if each.values else "") for each in found.changes]


def effects_of(decision: Decision) -> Sequence[Effect]:
    """Return what a decision changes, in order."""
    return db.session.scalars(
        select(Effect).where(Effect.decision_id == decision.id).order_by(Effect.place)
    ).all()


def apply(decision_id: int) -> bool:
    """Apply what a decision changes today; hold all of it when one part cannot be.

    In the transaction of the caller. What is applied already, or waits for its day, stays.
    """
    decision = db.session.get_one(Decision, decision_id)
    lock(decision)
    waiting = [
        each
        for each in effects_of(decision)
        if each.state == EffectState.WAITING and each.applies_at <= now()
    ]
    if not waiting:
        return False
    try:
        with db.session.begin_nested():
            _put(decision, waiting)
    except Refusal as refusal:
        for each in waiting:
            each.state, each.reason = EffectState.HELD, str(refusal)
        telling.tell_held(decision, str(refusal))
    return True


def _put(decision: Decision, effects: Sequence[Effect], *, moved: bool = False) -> None:
    """Apply effects as they were opened; ``moved`` whatever the values are meanwhile."""
    opened = _opened(decision)
    voted = {bound.name: (bound, code) for bound, code in _voted(decision, opened)}
    for effect in effects:
        bound, code = voted.get(effect.name, (None, ""))
        if bound is None or (bound.before, code) != (effect.before, effect.after):
            raise Altered
        _set(decision, bound, code, moved)
        effect.state, effect.reason, effect.settled_at = EffectState.APPLIED, "", now()
    db.session.flush()


def _set(decision: Decision, bound: Bound, code: str, moved: bool) -> None:
    community, decided = decision.community, f"project_decisions:decision:{decision.id}"
    if bound.name == CHARTER:
        adopt(community, bound.amendments, decided)
        return
    lock(community)
    in_force = settable.find(community, bound.name).code
    if in_force not in (bound.before, code) and not moved:
        raise ValueMoved
    settable.put(community, bound.name, code, decided=decided)


def _opened(decision: Decision) -> Binds:
    """Return what was opened, once it is shown to be what the voters read. Raises Altered."""
    poll = decision.poll
    digest = sha256(poll.frozen_text.encode()).hexdigest()
    stated = _stated(poll)
    outcome = sha256(decision.outcome.encode()).hexdigest()
    if digest != poll.frozen_sha256 or stated not in ("", digest) or outcome != decision.sha256:
        raise Altered
    opened = _frozen(poll)
    if opened != binds.read(poll.binds):
        raise Altered
    return opened


def _frozen(poll: Poll) -> Binds:
    return binds.of_content(json.loads(poll.frozen_text).get("binds"))


def _stated(poll: Poll) -> str:
    """Return the digest that the record states; empty in a rehearsal, which has no record."""
    entry = db.session.scalar(
        select(RecordEntry)
        .join(RecordEntry.log)
        .where(
            RecordLog.community_id == poll.community_id,
            RecordEntry.key == f"poll_opened:{poll.id}",
        )
    )
    return str(json.loads(entry.entry)["about"]["text"]) if entry is not None else ""


def apply_anyway(decision: Decision, member: Member) -> None:
    """Apply what was held, though a value moved meanwhile: the members decided so.

    Raises ``NotHeld``, and again what cannot be mended by saying so.
    """
    _put(decision, _held(decision), moved=True)
    for each in effects_of(decision):
        each.settled_by = member
    db.session.flush()


def drop(decision: Decision, member: Member, reason: str) -> None:
    """Say that what was held applies no more, and why: all read it, and the record says so.

    Raises ``NotHeld``.
    """
    for each in _held(decision):
        each.state, each.reason = EffectState.DROPPED, reason
        each.settled_at, each.settled_by = now(), member
    state(
        decision.community,
        "decision.dropped",
        f"decision_dropped:{decision.id}",
        about={"number": decision.number},
    )
    db.session.flush()


def _held(decision: Decision) -> list[Effect]:
    lock(decision)
    held = [each for each in effects_of(decision) if each.state == EffectState.HELD]
    if not held:
        raise NotHeld
    return held
