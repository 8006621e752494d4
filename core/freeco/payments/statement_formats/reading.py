"""What is read of a bank's file, whatever its format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from freeco.columns import Notice, Problem
from freeco.money import Money


@dataclass(frozen=True)
class ReadLine:
    """A movement as the file says it."""

    number: int
    """The line of the table, or the number of the entry, as the person can find it."""
    day: date
    """The day the bank booked it."""
    amount: Money
    """Positive when money came in."""
    label: str
    bank_reference: str = ""
    """The bank's own number for it, where the format has one."""
    return_code: str = ""
    """Why a debit came back, where the format says it."""


@dataclass(frozen=True)
class Reading:
    """Lines that can be taken, and what prevents taking the file."""

    kind: str
    """``table`` or the name of the message: ``camt.053.001.08``."""
    lines: Sequence[ReadLine]
    problems: Sequence[Problem] = ()
    notices: Sequence[Notice] = ()
    account: str = ""
    """The IBAN that the file names, without spaces; or empty."""
    headings: Sequence[str] = ()
    """The columns of a table, to say what each is; empty for a camt.053."""
    mapping: Mapping[str, int] = field(default_factory=dict)

    @property
    def first_day(self) -> date:
        """The first day of its lines."""
        return min(line.day for line in self.lines)

    @property
    def last_day(self) -> date:
        """The last day of its lines."""
        return max(line.day for line in self.lines)
