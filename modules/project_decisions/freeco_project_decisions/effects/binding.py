"""Naming what a vote changes, while it is prepared."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from freeco.charter import services as charter
from freeco.charter.adopting import Amended, amended
from freeco.clock import today
from freeco.db import lock
from freeco.errors import Invalid
from freeco.record.codes import as_code
from freeco.record.parameter_names import CHARTER
from freeco.settable import Rule, find, rules
from freeco_project_decisions.effects.errors import (
    BeforeTheEnd,
    MethodBindsNothing,
    NothingChanges,
    OptionsFirst,
    TooFarOff,
)
from freeco_project_decisions.polls import binds, wording
from freeco_project_decisions.polls.binding_errors import QuorumUnsaid, VotersUnsaid
from freeco_project_decisions.polls.binds import AMONG, Bound
from freeco_project_decisions.polls.marks import OF_ONE
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.polls.opening import require_draft

FARTHEST = timedelta(days=2 * 366)


def settable(poll: Poll) -> Sequence[Rule]:
    """Return the rules that a poll could name: none when its method gives no single value."""
    try:
        require_single(poll)
    except (MethodBindsNothing, OptionsFirst):
        return ()
    return rules(poll.community)


def require_single(poll: Poll) -> None:
    """Stop where no single value could come of a vote; raises as ``bind`` does."""
    method = Method(poll.method)
    if method in OF_ONE:
        return
    if method not in AMONG or poll.places != 1:
        raise MethodBindsNothing
    if not poll.options:
        raise OptionsFirst


def bind(poll: Poll, name: str, typed: Mapping[str, str]) -> None:
    """Name a rule that a poll changes, with the value it gets: ``value``.

    Where one option is chosen, each has its own: ``value_0``, ``value_1``… The value in force is
    noted beside. The same rule again is named anew. Raises ``PollFrozen``, ``NothingChanges``,
    ``MethodBindsNothing``, ``OptionsFirst``, ``NotSettable``, and Invalid for what is out of
    bounds.
    """
    lock(poll)
    require_draft(poll)
    require_single(poll)
    rule = find(poll.community, name)
    wrong: dict[str, list[str]] = {}
    values = []
    for field in fields_of(poll):
        try:
            values.append(rule.take(typed.get(field, "")))
        except Invalid as refusal:
            wrong[field] = [str(refusal)]
    if wrong:
        raise Invalid(wrong)
    in_force = rule.code
    if all(rule.words(value) == rule.words(in_force) for value in values):
        raise NothingChanges
    _put(poll, Bound(name, in_force, tuple(values)))


def fields_of(poll: Poll) -> list[str]:
    """Return the fields of the form: one, or one for each option."""
    if Method(poll.method) in OF_ONE:
        return ["value"]
    return [f"value_{option.place}" for option in poll.options]


def bind_charter(poll: Poll, amendments: Sequence[Amended]) -> None:
    """Make a poll adopt a new version of the charter.

    Raises ``PollFrozen``, ``MethodBindsNothing``, ``CharterMoved``, ``NothingAmended``.
    """
    lock(poll)
    require_draft(poll)
    if Method(poll.method) not in OF_ONE:
        raise MethodBindsNothing
    in_force = charter.reading("", poll.community)
    amended(in_force.text, amendments)
    _put(poll, Bound(CHARTER, as_code(in_force.version), (), tuple(amendments)))


def _put(poll: Poll, bound: Bound) -> None:
    poll.binds = binds.write(binds.read(poll.binds).put(bound))
    poll.ready = False


def unbind(poll: Poll, name: str) -> None:
    """Let a poll change this no more; raises ``PollFrozen``."""
    lock(poll)
    require_draft(poll)
    poll.binds = binds.write(binds.read(poll.binds).without(name))
    poll.ready = False


def state_rules(poll: Poll, quorum: str, without_quorum: str, voters: str) -> None:
    """Say by which rules a poll binds everybody: its quorum, or why there is none, and who votes.

    ``quorum`` is a name of ``wording.QUORUMS``; in an assembly, whose convocation says it, nothing
    is asked. Raises ``PollFrozen``, and Invalid for what is not said.
    """
    lock(poll)
    require_draft(poll)
    _word, part, whole = wording.QUORUMS.get(quorum, ("", 0, 1))
    wrong: dict[str, list[str]] = {}
    if not poll.room and quorum not in wording.QUORUMS:
        wrong["quorum"] = [str(QuorumUnsaid.reason)]
    elif not poll.room and not part and not without_quorum:
        wrong["without_quorum"] = [str(QuorumUnsaid.reason)]
    if binds.shares_voices(poll) and not voters:
        wrong["voters"] = [str(VotersUnsaid.reason)]
    if wrong:
        raise Invalid(wrong)
    if not poll.room:
        poll.quorum_part, poll.quorum_whole = part, whole
        if not part:  # there is nothing to wait for
            poll.extension_days = poll.extensions_left = 0
    said = replace(
        binds.read(poll.binds), without_quorum="" if part else without_quorum, voters=voters
    )
    poll.binds = binds.write(said)
    poll.ready = False


def apply_from(poll: Poll, on: date | None) -> None:
    """Say from which day a poll's changes apply; None: as soon as it is decided.

    Raises ``PollFrozen``, ``TooFarOff``, ``BeforeTheEnd``.
    """
    lock(poll)
    require_draft(poll)
    if on is not None:
        day = today(poll.community.timezone)
        if not day <= on <= day + FARTHEST:
            raise TooFarOff
        if on < poll.closes_at.astimezone(ZoneInfo(poll.community.timezone)).date():
            raise BeforeTheEnd
    poll.binds = binds.write(replace(binds.read(poll.binds), on=on))
    poll.ready = False
