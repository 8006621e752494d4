"""Scottish STV: several seats, filled so that each large enough group has its part of them.

The Scottish Local Government Elections Order 2007 (S.S.I. 2007/42), schedule 1, rules 45 to 52:
the quota is votes ÷ (seats + 1), rounded down, plus one (rule 46); the whole pile of who is
elected goes on at a lower value (rule 48), cut after five decimals; the largest surplus goes
first (rule 49); when there is none, who has least is excluded (rule 50). Who is level is told
apart by the last stage at which they were not (rules 49 and 51), then by lot: so a lot is always
needed. When as many are left as seats, they have them (rule 52).
"""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from freeco_project_decisions.counting.errors import Uncountable
from freeco_project_decisions.counting.lots import Lot
from freeco_project_decisions.counting.outcomes import Json, Outcome, told
from freeco_project_decisions.counting.profiles import MOST_OPTIONS, Profile

HUNDRED_THOUSANDTHS = 100_000
"""What a vote is worth in the law's units: five decimals, any remainder ignored (rule 48 (3))."""

Value = int | Fraction
"""Hundred-thousandths of a vote, or votes as exact fractions."""


def scottish_stv(profile: Profile, seats: int, lot: Lot, exact: bool = False) -> Outcome:
    """Fill the seats. Each mark is the rank of an option, from 1; 0 when it is not ranked.

    A paper counts as far as it is clear: it stops at a rank that is given twice or skipped.
    ``exact`` keeps values as fractions instead of cutting them after five decimals. Raises
    ``Uncountable`` when there are no seats, or fewer options than seats.
    """
    profile.require(highest=MOST_OPTIONS)
    if not 1 <= seats <= profile.options:
        raise Uncountable(f"{seats} seats for {profile.options} options")
    papers: Counter[bytes] = Counter()
    for ballot, many in profile.grouped():
        papers[clear_preferences(ballot)] += many
    blank = papers.pop(b"", 0)
    count = _Count(
        piles=[Counter() for _each in range(profile.options)],
        seats=seats,
        quota=_quota(profile.ballots - blank, seats, exact),
        lot=lot,
    )
    count.open(papers, Fraction(1) if exact else HUNDRED_THOUSANDTHS)
    count.run()
    return Outcome(
        method="scottish_stv/fractions" if exact else "scottish_stv/five_decimals",
        chosen=tuple(count.elected),
        derivation={
            "ballots": profile.ballots,
            "blank": blank,
            "seats": seats,
            "quota": _votes(count.quota),
            "stages": count.stages,
            "ties": count.drawn,
        },
    )


def clear_preferences(ballot: bytes) -> bytes:
    """Return the options in order of preference, as far as each next rank stands once."""
    order = bytearray()
    for rank in range(1, len(ballot) + 1):
        option = ballot.find(rank)
        if option < 0 or ballot.find(rank, option + 1) >= 0:
            break
        order.append(option)
    return bytes(order)


def _quota(papers: int, seats: int, exact: bool) -> Value:
    votes = papers // (seats + 1) + 1
    return Fraction(votes) if exact else votes * HUNDRED_THOUSANDTHS


def _votes(value: Value) -> str:
    """Write a value in votes: with five decimals as the law does, or as a fraction."""
    if isinstance(value, Fraction):
        return str(value)
    return f"{value // HUNDRED_THOUSANDTHS}.{value % HUNDRED_THOUSANDTHS:05}"


@dataclass
class _Count:
    """One count, stage by stage."""

    piles: list[Counter[tuple[bytes, Value]]]
    """The papers of each option: the preferences still to read and the value, how many times."""
    seats: int
    quota: Value
    lot: Lot
    elected: list[int] = field(default_factory=list)
    excluded: set[int] = field(default_factory=set)
    surpluses: set[int] = field(default_factory=set)
    """Elected with more than the quota, which has not gone on yet."""
    lost: Value = 0
    """What could go to nobody, with what was cut off."""
    totals: list[list[Value]] = field(default_factory=list)
    """What each option had at the end of each stage."""
    stages: list[Json] = field(default_factory=list)
    drawn: list[Json] = field(default_factory=list)

    def open(self, papers: Counter[bytes], value: Value) -> None:
        """Give each paper to its first preference (rule 45)."""
        for preferences, many in papers.items():
            self.piles[preferences[0]][preferences[1:], value] += many
        self.totals.append([self._worth(pile) for pile in self.piles])

    def run(self) -> None:
        """Transfer and exclude until every seat is filled."""
        self._elect_at_quota("first", None)
        while len(self.elected) < self.seats:
            hopeful = self._hopeful()
            if len(hopeful) <= self.seats - len(self.elected):
                self._elect(hopeful)
                self._write("last", None, hopeful)
            elif self.surpluses:
                self._transfer_surplus(self._choose(self.surpluses, most=True))
            else:
                self._exclude(self._choose(hopeful, most=False))

    def _hopeful(self) -> list[int]:
        return [
            option
            for option in range(len(self.piles))
            if option not in self.excluded and option not in self.elected
        ]

    def _transfer_surplus(self, option: int) -> None:
        """Send the whole pile on, each paper at its part of the surplus (rule 48)."""
        self.surpluses.discard(option)
        total = self.totals[-1][option]
        surplus = total - self.quota
        pile = self.piles[option]
        self.piles[option] = Counter()
        now = list(self.totals[-1])
        now[option] = self.quota
        gone = 0 * surplus
        worth: dict[Value, Value] = {}
        for _preferences, value in pile:
            if value not in worth:
                part = value * surplus
                worth[value] = part / total if isinstance(part, Fraction) else part // total
        for (preferences, value), many in pile.items():
            gone += self._pass_on(preferences, worth[value], many, now)
        self.lost += surplus - gone
        self.totals.append(now)
        self._elect_at_quota("surplus", option)

    def _exclude(self, option: int) -> None:
        """Send the papers of who has least to their next preferences, at their value (rule 50)."""
        self.excluded.add(option)
        pile = self.piles[option]
        self.piles[option] = Counter()
        now = list(self.totals[-1])
        gone = 0 * self.quota
        for (preferences, value), many in pile.items():
            gone += self._pass_on(preferences, value, many, now)
        self.lost += now[option] - gone
        now[option] = 0 * self.quota
        self.totals.append(now)
        self._elect_at_quota("exclusion", option)

    def _pass_on(self, preferences: bytes, value: Value, many: int, now: list[Value]) -> Value:
        """Give papers to their next preference that is still hopeful; return what they carry."""
        for place, option in enumerate(preferences):
            if option not in self.excluded and option not in self.elected:
                self.piles[option][preferences[place + 1 :], value] += many
                now[option] += value * many
                return value * many
        return 0 * value

    def _elect_at_quota(self, stage: str, about: int | None) -> None:
        reached = [each for each in self._hopeful() if self.totals[-1][each] >= self.quota]
        self._elect(reached)
        self.surpluses.update(each for each in reached if self.totals[-1][each] > self.quota)
        self._write(stage, about, reached)

    def _elect(self, options: list[int]) -> None:
        """Elect options that have reached the quota, or the last ones; who has most is first."""
        self.elected.extend(sorted(self.lot.sort(options), key=lambda each: -self.totals[-1][each]))

    def _choose(self, options: list[int] | set[int], most: bool) -> int:
        """Find who has most, or least: now, else at the last stage that tells, else by lot."""
        level = list(options)
        for totals in reversed(self.totals):
            end = max(totals[each] for each in level) if most else min(totals[e] for e in level)
            level = [each for each in level if totals[each] == end]
            if len(level) == 1:
                return level[0]
        sorted_by_lot = self.lot.sort(level)
        taken = sorted_by_lot[0] if most else sorted_by_lot[-1]
        self.drawn.append(told(level, [taken], self.lot))
        return taken

    def _worth(self, pile: Counter[tuple[bytes, Value]]) -> Value:
        nothing = 0 * self.quota  # in the same writing as the rest
        return sum((value * many for (_preferences, value), many in pile.items()), nothing)

    def _write(self, stage: str, about: int | None, elected: list[int]) -> None:
        self.stages.append(
            {
                "stage": stage,
                "about": about,
                "votes": [_votes(each) for each in self.totals[-1]],
                "lost": _votes(self.lost + 0 * self.quota),
                "elected": list(elected),
            }
        )
