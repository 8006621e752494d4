"""What a farm brings to all the groups it serves, day by day.

A farm is written down in each community, by each community. Who acts for it in several of them
reads here, on one page, what each expects and what that makes in all: a van is loaded once.
Nothing of one community is shown to another: it is the reader's own farm everywhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from freeco.activation import is_open
from freeco.clock import now
from freeco.members.membership import memberships_of
from freeco.members.models import Community, Person
from freeco_direct_sales import catalogue, wording
from freeco_direct_sales.distributions import distributions_of
from freeco_direct_sales.harvest_lists import Needed, needed_at
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Distribution, Producer

DAYS = 14
"""How far one looks ahead."""


@dataclass(frozen=True)
class Stop:
    """One distribution to which a farm brings something."""

    distribution: Distribution
    producer: Producer
    needed: tuple[Needed, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """What it takes, in the units of the farm."""
        return tuple(map(words, self.needed))


@dataclass(frozen=True)
class Day:
    """A day's stops, in the order in which they begin."""

    day: date
    stops: tuple[Stop, ...]

    @property
    def together(self) -> tuple[str, ...]:
        """What the day takes in all, when there is more than one stop."""
        if len(self.stops) < 2:
            return ()
        rows: dict[tuple[str, str, str], Needed] = {}
        for stop in self.stops:
            for each in stop.needed:
                same = (stop.producer.name, each.name, each.unit)
                row = rows.setdefault(same, Needed(each.name, each.unit, each.grams))
                row.many += each.many
        return tuple(map(words, rows.values()))


def words(needed: Needed) -> str:
    """Write what is needed of a product: « 25 paniers, Grand panier »."""
    return f"{wording.quantity(needed.many, needed.unit)}, {needed.name}"


def days_of(person: Person) -> list[Day]:
    """Gather the days to come on which a person's farms bring something somewhere."""
    stops = sorted(_stops(person), key=lambda each: each.distribution.starts_at)
    return [
        Day(day, tuple(some))
        for day, some in groupby(stops, key=lambda each: local_day(each.distribution))
    ]


def _stops(person: Person) -> Iterator[Stop]:
    until = now() + timedelta(days=DAYS)
    for community, producers in farms_of(person).items():
        for distribution in distributions_of(community, since=now(), until=until):
            for producer in producers:
                needed = tuple(each for each in needed_at(distribution, producer) if each.many)
                if needed:
                    yield Stop(distribution, producer, needed)


def farms_of(person: Person) -> dict[Community, Sequence[Producer]]:
    """Return the farms for which a person acts, by community, where direct sales are open.

    A rehearsal brings nothing to anybody.
    """
    found = {
        member.community: catalogue.represented_by(member.community, member)
        for member in memberships_of(person)
        if not member.community.rehearsal and is_open(member.community, "direct_sales")
    }
    return {community: farms for community, farms in found.items() if farms}
