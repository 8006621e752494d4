"""The platform's own year, for ``freeco demo``: invented invoices, keys, rates, what is settled."""

from datetime import date

from freeco.clock import today
from freeco.cost_price import billing, items, keys, true_up
from freeco.cost_price.models import Basis, Pool
from freeco.money import Money

KEYS = {
    Pool.DEVELOPMENT: Basis.EURO,
    Pool.SERVERS: Basis.MEMBER,
    Pool.GEOLOCATION: Basis.MEMBER,
    Pool.POST: Basis.MEMBER,
    Pool.MAINTENANCE: Basis.EURO,
    Pool.INSURANCE: Basis.ORGANISATION,
    Pool.AUDIT: Basis.DOCUMENT,
}
EACH_MONTH = (
    (Pool.DEVELOPMENT, "Atelier du code libre", 4_800),
    (Pool.SERVERS, "Hébergeur coopératif du Lot", 2_490),
    (Pool.GEOLOCATION, "Fond de carte ouvert", 500),
    (Pool.POST, "Postier électronique", 830),
    (Pool.MAINTENANCE, "Atelier du code libre", 1_200),
)
EACH_YEAR = (
    (Pool.INSURANCE, "Mutuelle des associations", 12_000),
    (Pool.AUDIT, "Cabinet Lafon, expertise comptable", 24_000),
)
"""Pool, supplier, cents."""
SERVED = 300
"""For how many members such invoices are."""
DECEMBER = 12
BASIS_POINTS = (160, 140, 120)
"""The provisional rate of each year: it falls as there are more of us."""


def publish(since: date, members: int) -> None:
    """Publish keys and rates from the year of a day on, and note each invoice up to today.

    The cooperative serves more people than the demonstration holds: these bear their part only.
    """
    present = today()
    years = range(since.year, present.year + 1)
    for pool, basis in KEYS.items():
        keys.publish_key(pool, basis, date(since.year, 1, 1))
    for year, rate in zip(years, BASIS_POINTS, strict=False):
        keys.publish_rate(rate, date(year, 1, 1), Money(10))
        for pool, supplier, cents in EACH_YEAR:
            if date(year, 1, 20) >= since:
                _invoice(pool, supplier, date(year, 1, 20), cents * members // SERVED)
    for month in _months(since):
        for pool, supplier, cents in EACH_MONTH:
            _invoice(pool, supplier, month.replace(day=5), cents * members // SERVED)


def _invoice(pool: Pool, supplier: str, day: date, cents: int) -> None:
    if day <= today():
        reference = f"{pool.value[:3].upper()}-{day:%Y-%m}"
        items.add_item(pool, supplier, reference, day, Money(cents))


def _months(since: date) -> list[date]:
    first, last = since.year * 12 + since.month - 1, today().year * 12 + today().month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1)]


def settle(since: date) -> None:
    """Bill every month that is over, and true up every year that is, in order."""
    for month in _months(since)[:-1]:
        billing.bill_all(month)
        if month.month == DECEMBER:
            true_up.true_up(month.year)
