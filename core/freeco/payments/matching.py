"""Which line of a bank statement is which payment: proposals, one line to one thing at most.

Pure: it reads no database and changes nothing. Only an exact reference with the exact amount is
certain; an amount with a name near a day is a proposal with its reason, for somebody to accept.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from freeco.cells import plain
from freeco.money import Money

Key = TypeVar("Key")
Item = TypeVar("Item")
NEAR_DAYS = 60
"""How far from its day a payment is still proposed by amount and name."""
SLIP_DAYS = 21
COLLECTION_DAYS = 7
_REFERENCE = re.compile(r"RF[0-9]{2}")
_LONGEST_REFERENCE = 25
_SHORTEST_REFERENCE = 5
_DEPOSIT = frozenset({"remise", "cheque", "cheques", "chq", "chqs", "bordereau"})
_DEBITED = frozenset({"prelevement", "prelevements", "prlv", "sdd", "remise", "lastschrift"})


class Why(StrEnum):
    """What makes a line and a payment one."""

    REFERENCE = "reference"
    NAME = "name"
    SLIP = "slip"
    COLLECTION = "collection"
    RETURN = "return"


@dataclass(frozen=True)
class Seen:
    """A line that waits."""

    line: int
    day: date
    amount: Money
    label: str


@dataclass(frozen=True)
class Wanted:
    """Something that a line may be; a target is ``payment:12``, ``slip:3``, ``collection:2``."""

    target: str
    day: date
    amount: Money
    """Signed as the line would be: a return is negative."""
    why: Why = Why.NAME
    """What it is recognised by when its reference is not there."""
    reference: str = ""
    names: frozenset[str] = frozenset()
    """Words of which one at least must be in the label."""
    hints: frozenset[str] = frozenset()
    """Words that make it likelier: first names, the number of a slip."""
    certain: bool = True
    """Whether its exact reference is enough: not when it is awaited by another means."""


@dataclass(frozen=True)
class Proposal:
    """A line and what it seems to be."""

    line: int
    target: str
    why: Why
    certain: bool
    words: tuple[str, ...] = ()
    """The words of the name that the label holds."""
    days: int = 0
    """From the expected day to the line's."""


@dataclass(frozen=True)
class Conflict:
    """Lines and targets that fit each other equally well: somebody chooses."""

    lines: tuple[int, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True)
class OtherAmount:
    """A line that bears a reference, with another amount than the one expected."""

    line: int
    target: str


@dataclass(frozen=True)
class Proposals:
    """All that can be said of the lines that wait; no line and no target is in two of them."""

    proposals: Sequence[Proposal]
    conflicts: Sequence[Conflict] = ()
    other_amounts: Sequence[OtherAmount] = ()


@dataclass(frozen=True)
class _Fit:
    """How well a line fits a target."""

    line: int
    target: str
    score: int
    why: Why
    certain: bool
    words: tuple[str, ...]
    days: int


def references_in(label: str, known: Collection[str]) -> list[str]:
    """Return the known references in a label, whatever the spaces, signs and case around them."""
    squeezed = re.sub(r"[^A-Z0-9]", "", label.upper())
    found: dict[str, None] = {}
    for start in (match.start() for match in _REFERENCE.finditer(squeezed)):
        for length in range(_LONGEST_REFERENCE, _SHORTEST_REFERENCE - 1, -1):
            if squeezed[start : start + length] in known:
                found[squeezed[start : start + length]] = None
                break
    return list(found)


def propose(
    lines: Sequence[Seen],
    wanted: Sequence[Wanted],
    refused: Collection[tuple[int, str]] = (),
) -> Proposals:
    """Match lines with what is expected, one to one; the best fits first."""
    by_reference = _by_reference(lines, wanted, refused)
    busy_lines = {each.line for each in by_reference.proposals}
    busy_targets = {each.target for each in by_reference.proposals}
    for conflict in by_reference.conflicts:
        busy_lines.update(conflict.lines)
        busy_targets.update(conflict.targets)
    for other in by_reference.other_amounts:
        busy_lines.add(other.line)
        busy_targets.add(other.target)
    fits = _likely(
        [each for each in lines if each.line not in busy_lines],
        [each for each in wanted if each.target not in busy_targets],
        refused,
    )
    proposals, conflicts = _assigned(fits)
    return Proposals(
        [*by_reference.proposals, *proposals],
        [*by_reference.conflicts, *conflicts],
        by_reference.other_amounts,
    )


def _by_reference(
    lines: Sequence[Seen], wanted: Sequence[Wanted], refused: Collection[tuple[int, str]]
) -> Proposals:
    known: Mapping[str, Sequence[Wanted]] = _grouped(
        (each.reference, each) for each in wanted if each.reference
    )
    fits: list[_Fit] = []
    others: list[OtherAmount] = []
    for seen in lines:
        bearing = [
            each
            for reference in references_in(seen.label, known)
            for each in known[reference]
            if (seen.line, each.target) not in refused
            and (each.amount < Money(0)) == (seen.amount < Money(0))
        ]
        exact = [each for each in bearing if each.amount == seen.amount]
        fits += [_fit(seen, each, 1, Why.REFERENCE, certain=each.certain) for each in exact]
        if len(bearing) == 1 and not exact:
            others.append(OtherAmount(seen.line, bearing[0].target))
    proposals, conflicts = _assigned(fits)
    taken = {each.target for each in fits}
    said: set[str] = set()
    kept = []
    for other in others:
        if other.target not in taken | said:
            kept.append(other)
            said.add(other.target)
    return Proposals(proposals, conflicts, kept)


def _likely(
    lines: Sequence[Seen], wanted: Sequence[Wanted], refused: Collection[tuple[int, str]]
) -> list[_Fit]:
    by_amount = _grouped((each.amount.cents, each) for each in wanted)
    fits = []
    for seen in lines:
        words = frozenset(plain(seen.label).split())
        for each in by_amount.get(seen.amount.cents, ()):
            score = _score(seen, words, each)
            if score and (seen.line, each.target) not in refused:
                fits.append(_fit(seen, each, score, each.why, tuple(sorted(each.names & words))))
    return fits


def _score(seen: Seen, words: frozenset[str], wanted: Wanted) -> int:
    """Return how well an amount that is equal fits besides; 0 when nothing else speaks for it."""
    away = (seen.day - wanted.day).days
    close = NEAR_DAYS + 1 - abs(away)
    if wanted.why in (Why.SLIP, Why.COLLECTION):
        spoken = _DEPOSIT if wanted.why == Why.SLIP else _DEBITED
        latest = SLIP_DAYS if wanted.why == Why.SLIP else COLLECTION_DAYS
        if not words & spoken or not 0 <= away <= latest:
            return 0
        return 1000 + 500 * len(wanted.hints & words) + close
    if not wanted.names & words or close <= 0:
        return 0
    return 1000 * len(wanted.names & words) + 200 * len(wanted.hints & words) + close


def _fit(
    seen: Seen,
    wanted: Wanted,
    score: int,
    why: Why,
    words: tuple[str, ...] = (),
    *,
    certain: bool = False,
) -> _Fit:
    days = (seen.day - wanted.day).days
    return _Fit(seen.line, wanted.target, score, why, certain, words, days)


def _assigned(fits: Sequence[_Fit]) -> tuple[list[Proposal], list[Conflict]]:
    """Take the best fits in turn, each line and each target once; equals that compete conflict."""
    waiting = sorted(fits, key=lambda fit: (-fit.score, fit.line, fit.target))
    proposals: list[Proposal] = []
    conflicts: list[Conflict] = []
    while waiting:
        best = waiting[0]
        lines, targets = _rivals(best, [fit for fit in waiting if fit.score == best.score])
        if len(lines) == len(targets) == 1:
            proposals.append(
                Proposal(best.line, best.target, best.why, best.certain, best.words, best.days)
            )
        else:
            conflicts.append(Conflict(tuple(sorted(lines)), tuple(sorted(targets))))
        waiting = [fit for fit in waiting if fit.line not in lines and fit.target not in targets]
    return proposals, conflicts


def _rivals(first: _Fit, equals: Sequence[_Fit]) -> tuple[set[int], set[str]]:
    """Return the lines and targets that hang together with a fit among its equals."""
    lines, targets = {first.line}, {first.target}
    while True:
        joined = [fit for fit in equals if (fit.line in lines) != (fit.target in targets)]
        if not joined:
            return lines, targets
        lines.update(fit.line for fit in joined)
        targets.update(fit.target for fit in joined)


def _grouped(pairs: Iterable[tuple[Key, Item]]) -> Mapping[Key, list[Item]]:
    found: defaultdict[Key, list[Item]] = defaultdict(list)
    for key, item in pairs:
        found[key].append(item)
    return found
