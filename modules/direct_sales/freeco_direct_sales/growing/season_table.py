"""What a producer's season table holds: evenings, accounts, and their sums."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from freeco.clock import now
from freeco.money import Money
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Distribution, Producer

NOTHING = Money(0)


@dataclass(frozen=True)
class Evening:
    """What one contract or one session brings to one distribution."""

    source: str
    """The key of its account."""
    name: str
    distribution: Distribution
    promised: Money
    """What was to come, VAT included; nought of a cancelled one is counted."""
    cancelled: bool = False
    reason: str = ""
    is_estimated: bool = False
    """Whether the scales, or the settling, may still change it."""
    is_service: bool = False
    """Whether it is rendered at a date agreed: it is over once both say that it was done."""

    @property
    def counted(self) -> Money:
        """What is owed of it: nothing of what was cancelled."""
        return NOTHING if self.cancelled else self.promised

    @property
    def is_over(self) -> bool:
        """Whether it is past: what was to come was handed out, unless cancelled."""
        if self.is_service:
            return not self.is_estimated
        return self.distribution.ends_at <= now()

    @property
    def delivered(self) -> Money:
        """What was handed out."""
        return self.counted if self.is_over else NOTHING

    @property
    def day(self) -> date:
        """The day where it takes place."""
        return local_day(self.distribution)


@dataclass
class Account:
    """What a contract or a session comes to for the producer."""

    key: str
    name: str
    year: int
    contract_id: int | None = None
    session_id: int | None = None
    promised: Money = NOTHING
    """Signed on both sides, or ordered and closed; what was cancelled is out of it."""
    delivered: Money = NOTHING
    cancelled: Money = NOTHING
    """What would have come and does not; not owed."""
    unsigned: Money = NOTHING
    """What waits for a signature: nobody has promised it yet, it is in no sum."""
    estimated: Money = NOTHING
    """The part of the promise that is not settled yet."""
    ahead: Money = NOTHING
    """What came of that all the same: nobody owes it back, nor does it pay what others owe."""
    received: Money = NOTHING
    overdue: Money = NOTHING

    @property
    def coming(self) -> Money:
        """What is left to come of the promise, beside what is late; below nought: to give back."""
        return self.promised - self.received - self.overdue


@dataclass(frozen=True)
class Season:
    """A producer's table."""

    producer: Producer
    year: int | None
    """None for all its years."""
    years: Sequence[int]
    accounts: Sequence[Account]
    evenings: Sequence[Evening] = field(repr=False)
    whole: Account
