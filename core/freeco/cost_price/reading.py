"""Reading a year: what it cost, what was taken for it, what became of the prices.

Everything comes from what was billed, so that the platform's book tells the same.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from freeco.clock import today
from freeco.cost_price.keys import key_in_force
from freeco.cost_price.models import AllocationKey, CostItem, CostRate, HoursGiven, Pool
from freeco.cost_price.price import PriceParts
from freeco.cost_price.share_models import CostBill, CostShare, Settlement, TrueUp
from freeco.cost_price.true_up import bills_of, items_of
from freeco.db import db
from freeco.money import Money, total

FEWEST_SELLERS = 3
"""With fewer, the volume of all would tell that of one."""
TEN_EUROS = Money(1000)
INCUMBENT = 25
"""Percent of a sale that platforms take, payment included (promise F80)."""
CUTS = ((1, 0), (3, 1), (1, 1))
"""How the difference may be shared between producer and buyer (promises F82, F83)."""


@dataclass(frozen=True)
class PoolCost:
    """What a pool cost in a year, and how it is shared now."""

    pool: Pool
    cost: Money
    minutes: int
    """Given by volunteers."""
    key: AllocationKey | None


@dataclass(frozen=True)
class Cut:
    """One way of sharing the difference with a platform at 25 %."""

    producer: Money
    producer_basis_points: int
    """Of what the producer kept there: 75 % of the price."""
    buyer: Money
    buyer_basis_points: int
    """Of the price."""


@dataclass(frozen=True)
class Comparison:
    """The same sales on a platform at 25 %."""

    there: Money
    here: Money
    """The platform's part and the payment's."""
    cuts: tuple[Cut, ...]

    @property
    def difference(self) -> Money:
        """What stayed with producers and buyers."""
        return self.there - self.here


@dataclass(frozen=True)
class Year:
    """The figures of a year."""

    year: int
    pools: tuple[PoolCost, ...]
    rates: tuple[CostRate, ...]
    sellers: int
    """How many organisations were billed."""
    volume: Money
    collected: Money
    """Without VAT, before what is given back."""
    settled: TrueUp | None
    given_back: Money
    carried: Money
    """What the cooperative carries, below zero."""
    parts: PriceParts | None
    """Of all prices together, once what is given back has gone back to the producers."""

    @property
    def real(self) -> Money:
        """What it cost."""
        return total([each.cost for each in self.pools])

    @property
    def told(self) -> tuple[PoolCost, ...]:
        """The pools that cost something, or that somebody gave hours to."""
        return tuple(each for each in self.pools if each.cost or each.minutes)

    @property
    def telling(self) -> bool:
        """Whether enough sold for the volume to be shown."""
        return self.sellers >= FEWEST_SELLERS and self.volume > Money(0)

    @property
    def real_basis_points(self) -> int | None:
        """The real rate, to the nearest hundredth of a percent; none when it is not shown."""
        return basis_points(self.real, self.volume) if self.telling else None

    @property
    def collected_basis_points(self) -> int | None:
        """What was taken, to the same."""
        return basis_points(self.collected, self.volume) if self.telling else None

    @property
    def ten_euros(self) -> PriceParts | None:
        """What became of ten euros, all prices together."""
        if self.parts is None or not self.telling:
            return None
        return PriceParts(*TEN_EUROS.split([each.cents for each in self.parts.all]))

    @property
    def comparison(self) -> Comparison | None:
        """The same sales at 25 %."""
        if self.parts is None or not self.telling:
            return None
        volume = self.parts.amount
        there = Money(volume.cents * INCUMBENT // 100)
        here = self.parts.platform + self.parts.payment_fee
        if there <= here:
            return None
        kept = volume - there
        cuts = []
        for weights in CUTS:
            producer, buyer = (there - here).split(weights)
            cuts.append(
                Cut(producer, basis_points(producer, kept), buyer, basis_points(buyer, volume))
            )
        return Comparison(there, here, tuple(cuts))

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say of it."""
        return not (self.real or self.rates or self.collected)


def basis_points(part: Money, whole: Money) -> int:
    """Return a part of a whole in hundredths of a percent, half upwards."""
    return (2 * part.cents * 10_000 + whole.cents) // (2 * whole.cents)


def read_year(year: int) -> Year:
    """Return the figures of a year."""
    bills = bills_of(year)
    settled = db.session.get(TrueUp, year)
    back = _given_back(year)
    sellers = {each.organisation_id for each in bills}
    return Year(
        year=year,
        pools=_pools(year),
        rates=tuple(
            db.session.scalars(
                select(CostRate).where(CostRate.year == year).order_by(CostRate.version)
            )
        ),
        sellers=len(sellers),
        volume=total([each.volume for each in bills]),
        collected=total([each.net for each in bills]),
        settled=settled,
        given_back=settled.given_back if settled else Money(0),
        carried=_carried(year),
        parts=_parts(year, back) if bills else None,
    )


def _pools(year: int) -> tuple[PoolCost, ...]:
    costs: dict[str, Money] = {}
    for item in items_of(year):
        costs[item.pool] = costs.get(item.pool, Money(0)) + item.cost
    given = {
        pool: int(minutes)
        for pool, minutes in db.session.execute(
            select(HoursGiven.pool, func.sum(HoursGiven.minutes))
            .where(HoursGiven.day.between(date(year, 1, 1), date(year, 12, 31)))
            .group_by(HoursGiven.pool)
        )
    }
    day = min(today(), date(year, 12, 31))
    return tuple(
        PoolCost(pool, costs.get(pool, Money(0)), given.get(pool, 0), key_in_force(pool, day))
        for pool in Pool
    )


def _carried(year: int) -> Money:
    found = db.session.scalars(select(Settlement.carried).where(Settlement.year == year))
    return total(list(found))


def _given_back(year: int) -> Money:
    """Return what was given back of a year, VAT included."""
    rows = db.session.scalars(select(Settlement).where(Settlement.year == year))
    return total([each.credit + each.credit_vat for each in rows])


def _parts(year: int, back: Money) -> PriceParts | None:
    sold, undone = _sums(year, CostShare.bill_id), _sums(year, CostShare.back_bill_id)
    producer, transport, solidarity, platform, fee = (
        max(plus - minus, Money(0)) for plus, minus in zip(sold, undone, strict=True)
    )
    back = min(back, platform)
    try:
        return PriceParts(producer + back, transport, solidarity, platform - back, fee)
    except ValueError:
        # A month of credit notes alone may leave a sum that no price has.
        return None


def _sums(year: int, bill: InstrumentedAttribute[int | None]) -> list[Money]:
    columns = (
        CostShare.producer,
        CostShare.transport,
        CostShare.solidarity,
        CostShare.platform,
        CostShare.payment_fee,
    )
    row = db.session.execute(
        select(*(func.sum(each) for each in columns))
        .join(CostBill, CostBill.id == bill)
        .where(CostBill.month.between(date(year, 1, 1), date(year, 12, 31)))
    ).one()
    return [each or Money(0) for each in row]


def years() -> list[int]:
    """Return the years that have something to say, the latest first."""
    found = {each.year for each in db.session.scalars(select(CostItem.day).distinct())}
    found |= {each.year for each in db.session.scalars(select(CostBill.month).distinct())}
    found |= set(db.session.scalars(select(CostRate.year).distinct()))
    return sorted(found, reverse=True)


def keys_published() -> list[AllocationKey]:
    """Return every key, pool by pool, the latest first."""
    found = db.session.scalars(
        select(AllocationKey).order_by(AllocationKey.in_force_from.desc(), AllocationKey.id)
    )
    order = list(Pool)
    return sorted(found, key=lambda each: order.index(Pool(each.pool)))


def rates_published() -> list[CostRate]:
    """Return every rate, the latest first."""
    return list(db.session.scalars(select(CostRate).order_by(CostRate.in_force_from.desc())))
