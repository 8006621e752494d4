"""A producer's season in money: promised, handed out, paid; the cents are those of its book.

What a household pays above or below the price goes through the pool and not through here: a
line's promise is the producer's own price, and what is left of it is promise less what came.
Nobody is named. As many queries for sixty households as for five.
"""

from collections.abc import Iterable

from freeco.money import total
from freeco_direct_sales.growing import season_rows
from freeco_direct_sales.growing.season_table import NOTHING, Account, Season
from freeco_direct_sales.models import Producer


def season_of(producer: Producer, year: int | None = None) -> Season:
    """Gather a producer's table, of all its years or of what began in one.

    A contract is of the year in which its season begins, a session of that in which it closes.
    """
    found = {
        each.key: each
        for each in (*season_rows.contracts(producer), *season_rows.sessions(producer))
    }
    years = sorted({each.year for each in found.values()}, reverse=True)
    kept = {key: each for key, each in found.items() if year is None or each.year == year}
    evenings = [
        each
        for each in (*season_rows.deliveries(producer, found), *season_rows.markets(producer))
        if each.source in kept
    ]
    for each in evenings:
        account = kept[each.source]
        account.promised += each.counted
        account.delivered += each.delivered
        account.cancelled += each.promised - each.counted
        account.estimated += each.counted if each.is_estimated else NOTHING
    season_rows.pay(producer, kept)
    evenings = [each for each in evenings if each.promised or each.cancelled]
    evenings.sort(key=lambda each: (each.distribution.starts_at, each.name))
    return Season(producer, year, years, list(kept.values()), evenings, _sum(kept.values()))


def _sum(accounts: Iterable[Account]) -> Account:
    each = list(accounts)
    return Account(
        "",
        "",
        0,
        promised=total([one.promised for one in each]),
        delivered=total([one.delivered for one in each]),
        cancelled=total([one.cancelled for one in each]),
        unsigned=total([one.unsigned for one in each]),
        ahead=total([one.ahead for one in each]),
        estimated=total([one.estimated for one in each]),
        received=total([one.received for one in each]),
        overdue=total([one.overdue for one in each]),
    )
