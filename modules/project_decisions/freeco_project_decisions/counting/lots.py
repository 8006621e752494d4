"""A lot that anybody can draw again with ``sha256sum``.

Each name gets a ticket: the SHA-256 of « seed,name ». The smallest ticket comes first. The seed
is not known when the names are fixed: see ``polls.seeds``, and ``tokens.opened``. Consistent
sampling, Ronald L. Rivest (2018), as risk-limiting audits of elections draw their ballots.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from freeco_project_decisions.counting.errors import Uncountable

DRAWN = "drawn"
ANNOUNCED = "announced"


@dataclass(frozen=True)
class Lot:
    """An order of all options, fixed apart from the votes, that settles ties."""

    order: tuple[int, ...]
    rule: str
    """Where the order comes from: drawn from a seed, or announced when the vote opened."""
    seed: str = ""

    def sort(self, options: Iterable[int]) -> list[int]:
        """Put tied options in the lot's order: the first is luckiest."""
        return sorted(options, key=self.order.index)


def ticket(seed: str, name: str) -> str:
    """Return the ticket of a name: 64 hexadecimal figures, ``printf %s seed,name | sha256sum``."""
    return sha256(f"{seed},{name}".encode()).hexdigest()


def draw(names: Sequence[str], seed: str) -> list[str]:
    """Put names in the order of their tickets; the first ones are drawn.

    Raises ``Uncountable`` when a name stands twice: it would have two chances of being seen and
    one ticket.
    """
    if len(set(names)) != len(names):
        raise Uncountable("a name stands twice")
    return sorted(names, key=lambda name: ticket(seed, name))


def drawn_lot(names: Sequence[str], seed: str) -> Lot:
    """Make a lot of the options by drawing their names."""
    order = draw(names, seed)
    return Lot(tuple(names.index(name) for name in order), DRAWN, seed)


def announced_lot(options: int) -> Lot:
    """Make a lot of the order in which the options were announced."""
    return Lot(tuple(range(options)), ANNOUNCED)
