"""Asking witnesses: after each new head, those of the policy file are asked to co-sign it."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from flask import current_app
from sqlalchemy import func, select

from freeco.clock import now
from freeco.db import db
from freeco.record import alarms, asking
from freeco.record.asking import Due, Outcome
from freeco.record.errors import Malformed
from freeco.record.models import RecordCheckpoint, RecordCosignature, RecordLog
from freeco.record.note import Note
from freeco.record.policy import Policy, Witness
from freeco.record.receipts import site_policy

WAITS_MINUTES = (1, 5, 30, 120)
"""Before a witness that failed us is asked again; then the last one again and again."""
ROUND_SECONDS = 20
"""After which nobody more is asked in this round: letters wait for its end."""
SILENT_AFTER = timedelta(minutes=10)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class WitnessStanding:
    """How far a witness has followed one of our logs."""

    name: str
    """As the policy file calls it."""
    size: int
    """The last head it has co-signed; nought for none."""
    at: datetime | None
    silent_since: datetime | None
    """Since when a head waits for it, more than ten minutes; none while it follows."""
    contradicts: bool
    """It has seen another history: an alarm says so."""


def policy_problem() -> str:
    """Say what is wrong with the policy file, with its line; empty when nothing is."""
    try:
        site_policy()
    except (OSError, Malformed) as error:
        return str(error)
    return ""


def ask_due() -> int:
    """Ask the witnesses that have not co-signed the head of a log; return how many did now.

    Nothing is locked while they answer. One that fails us is asked again later and later.
    """
    return sum(each.cosigned for each in ask())


def ask(*, at_once: bool = False) -> list[Outcome]:
    """Ask as ``ask_due`` does, those that failed us lately too if ``at_once``. Commits."""
    policy = _policy()
    found = _due(policy) if any(each.url for each in policy.witnesses) else []
    db.session.rollback()
    patience = _patience()
    outcomes: list[Outcome] = []
    silent: set[str] = set()
    end = monotonic() + ROUND_SECONDS
    for due in found:
        key = (due.origin, str(due.witness.key))
        if not at_once and key in patience and patience[key][1] > now():
            continue
        if outcomes and not at_once and monotonic() > end:
            break  # the others at the next tick: who failed us is left alone by then
        # Letters wait for this round: who is silent for one log is not waited for again.
        outcome = _asked(due) if key[1] not in silent else asking.failed(due, "silent", silent=True)
        outcomes.append(outcome)
        if outcome.silent:
            silent.add(key[1])
        if outcome.cosigned:
            patience.pop(key, None)
            continue
        logger.warning("the witness %s of %s: %s", outcome.witness, outcome.origin, outcome.why)
        failures = patience.get(key, (0, now()))[0]
        minutes = WAITS_MINUTES[min(failures, len(WAITS_MINUTES) - 1)]
        patience[key] = failures + 1, now() + timedelta(minutes=minutes)
    return outcomes


def _asked(due: Due) -> Outcome:
    try:
        return asking.ask(due)
    except Exception:
        db.session.rollback()
        logger.exception("the witness %s of %s", due.witness.name, due.origin)
        return asking.failed(due, "error")


def standing(log: RecordLog) -> list[WitnessStanding]:
    """Return where each witness of the policy stands with a log; none with a bad policy file."""
    policy = _policy()
    accusing = {each.found_by for each in alarms.open_alarms(log)}
    return [
        _standing(log, each, policy, accuses=each.key.name in accusing) for each in policy.witnesses
    ]


def _standing(
    log: RecordLog, witness: Witness, policy: Policy, *, accuses: bool
) -> WitnessStanding:
    size, at = _last(log.id, witness)
    waiting = select(func.min(RecordCheckpoint.signed_at)).where(
        RecordCheckpoint.log_id == log.id, RecordCheckpoint.size > size
    )
    since = db.session.scalar(waiting)
    asked = bool(witness.url) and _may_ask(log, policy) and not accuses
    silent = asked and since is not None and now() - since > SILENT_AFTER
    return WitnessStanding(witness.name, size, at, since if silent else None, accuses)


def _policy() -> Policy:
    try:
        return site_policy()
    except (OSError, Malformed):
        return _no_policy()


def _no_policy() -> Policy:
    """Go on without witnesses; what is wrong with their file is noted once."""
    problem = policy_problem()
    if current_app.extensions.get("freeco_witness_policy") != problem:
        current_app.extensions["freeco_witness_policy"] = problem
        logger.warning("the policy file of the record cannot be read: %s", problem)
    return Policy()


def _patience() -> dict[tuple[str, str], tuple[int, datetime]]:
    """Return who failed this process lately, how often, and until when they are left alone."""
    held: dict[tuple[str, str], tuple[int, datetime]] = current_app.extensions.setdefault(
        "freeco_witness_patience", {}
    )
    return held


def _may_ask(log: RecordLog, policy: Policy) -> bool:
    """Tell whether others may hear of a log: a closed circle's only if the policy names its key."""
    named = {each.name for each in policy.log_keys}
    return not log.community.is_closed or log.origin in named


def _due(policy: Policy) -> list[Due]:
    latest = (
        select(RecordCheckpoint.log_id, func.max(RecordCheckpoint.size).label("size"))
        .group_by(RecordCheckpoint.log_id)
        .subquery()
    )
    heads = select(RecordCheckpoint).join(
        latest,
        (latest.c.log_id == RecordCheckpoint.log_id) & (latest.c.size == RecordCheckpoint.size),
    )
    return [
        Due(head.log_id, head.log.origin, head.id, head.size, Note.read(head.note), old, witness)
        for head in db.session.scalars(heads.order_by(RecordCheckpoint.log_id))
        if _may_ask(head.log, policy)
        for witness in policy.witnesses
        if witness.url and (old := _last(head.log_id, witness)[0]) < head.size
    ]


def _last(log_id: int, witness: Witness) -> tuple[int, datetime | None]:
    """Return the size that a witness has last co-signed for a log, and when."""
    query = (
        select(RecordCheckpoint.size, RecordCosignature.given_at)
        .join(RecordCosignature, RecordCosignature.checkpoint_id == RecordCheckpoint.id)
        .where(RecordCheckpoint.log_id == log_id, RecordCosignature.witness == str(witness.key))
        .order_by(RecordCheckpoint.size.desc())
        .limit(1)
    )
    found = db.session.execute(query).first()
    return (found[0], found[1]) if found is not None else (0, None)
