"""What an organisation was promised, has received and is owed, by month and by contract."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select

from freeco.db import db
from freeco.members.models import Community
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments.models import Payment, State
from freeco.payments.words import labels, purpose_words

GIVEN = (State.HELD, State.HANDED, State.SETTLED)
COMING = (State.EXPECTED, State.PENDING, State.UNKNOWN)
GIVEN_UP = (State.FAILED, State.CANCELLED)


@dataclass(frozen=True)
class Sums:
    """What was promised, received and banked; what was refunded is taken off."""

    promised: Money = Money(0)
    received: Money = Money(0)
    """Cheques given, handed over or banked, and all that came by another way."""
    banked: Money = Money(0)

    @property
    def due(self) -> Money:
        """What has not come yet."""
        return self.promised - self.received

    def with_more(self, state: str, amount: Money) -> "Sums":
        """Count one more amount."""
        return replace(
            self,
            promised=self.promised + amount,
            received=self.received + amount if state in GIVEN else self.received,
            banked=self.banked + amount if state == State.SETTLED else self.banked,
        )


@dataclass(frozen=True)
class Waiting:
    """What an organisation waits for until the end of a month."""

    due: Money = Money(0)
    """What nobody has given yet, the late included."""
    handed: Money = Money(0)
    """The cheques it was handed, that can be banked by then."""
    cheques: int = 0


@dataclass(frozen=True)
class Table:
    """The sums of an organisation in one community."""

    whole: Sums
    months: dict[date, Sums]
    """By the first day of the month in which it falls due."""
    contracts: dict[str, Sums]
    """By what it is paid for, as the module says it."""


def table_of(community: Community, organisation: Organisation) -> Table:
    """Add up, in one query, all that is paid to an organisation in a community."""
    rows = db.session.execute(
        select(
            Payment.due_on,
            Payment.purpose,
            Payment.state,
            func.sum(Payment.amount),
            func.sum(Payment.refunded),
        )
        .where(
            Payment.community_id == community.id,
            Payment.beneficiary_id == organisation.id,
            Payment.state.not_in(GIVEN_UP),
        )
        .group_by(Payment.due_on, Payment.purpose, Payment.state)
        .order_by(Payment.due_on, Payment.purpose)
    ).all()
    said = labels(row.purpose for row in rows)
    whole = Sums()
    months: dict[date, Sums] = {}
    contracts: dict[str, Sums] = {}
    for due_on, purpose, state, amount, refunded in rows:
        left = amount - refunded
        month, contract = due_on.replace(day=1), purpose_words(said[purpose])
        whole = whole.with_more(state, left)
        months[month] = months.get(month, Sums()).with_more(state, left)
        contracts[contract] = contracts.get(contract, Sums()).with_more(state, left)
    return Table(whole, months, dict(sorted(contracts.items())))


def cheques_to_bank(community: Community, organisation: Organisation) -> Iterable[Payment]:
    """Return the cheques that an organisation was handed and that nobody noted banked."""
    query = select(Payment).where(
        Payment.community_id == community.id,
        Payment.beneficiary_id == organisation.id,
        Payment.state == State.HANDED,
    )
    return db.session.scalars(query.order_by(Payment.due_on, Payment.id)).all()


def waiting_of(
    community: Community, organisations: Iterable[int], until: date
) -> dict[int, Waiting]:
    """Return, in one query, what organisations wait for until a day; those that wait for something.

    ``organisations`` are their numbers, in the order of the answer.
    """
    numbers = list(organisations)
    rows = db.session.execute(
        select(Payment.beneficiary_id, Payment.state, func.count(), func.sum(Payment.amount))
        .where(
            Payment.community_id == community.id,
            Payment.beneficiary_id.in_(numbers),
            Payment.state.in_((*COMING, State.HANDED)),
            Payment.due_on <= until,
        )
        .group_by(Payment.beneficiary_id, Payment.state)
    )
    found: dict[int, Waiting] = {}
    for beneficiary, state, many, amount in rows:
        known = found.get(beneficiary, Waiting())
        if state == State.HANDED:
            found[beneficiary] = replace(known, handed=amount, cheques=many)
        else:
            found[beneficiary] = replace(known, due=known.due + amount)
    return {each: found[each] for each in numbers if each in found}
