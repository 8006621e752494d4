"""What a farm is told to bring: the harvest list, and what was printed of it before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import counted, day, listed, moment, said
from freeco_direct_sales import wording
from freeco_direct_sales.distributions import deliveries_at
from freeco_direct_sales.growing import rendering
from freeco_direct_sales.local import hours, local_day
from freeco_direct_sales.models import (
    ContractProduct,
    Distribution,
    Print,
    PrintTotal,
    Producer,
)
from freeco_direct_sales.orders import on_the_table
from freeco_direct_sales.orders.models import Offer
from freeco_direct_sales.papers import (
    HarvestLine,
    HarvestList,
)
from freeco_direct_sales.sheets import Taken, cancelled_words, code, lines_taken, note_words


def note_print(
    distribution: Distribution, producer: Producer | None = None, at: datetime | None = None
) -> Print:
    """Remember that a sheet was printed: what changes from now on is marked on the next."""
    totals = {} if producer is None else _quantities(distribution, producer)
    printed = Print(
        distribution_id=distribution.id,
        producer_id=producer.id if producer else None,
        totals=[_total(key, many) for key, many in totals.items()],
        printed_at=at or now(),
    )
    db.session.add(printed)
    return printed


def _total(key: int, many: int) -> PrintTotal:
    if key < 0:
        return PrintTotal(offer_id=-key, quantity=many)
    return PrintTotal(contract_product_id=key, quantity=many)


def _quantities(distribution: Distribution, producer: Producer) -> dict[int, int]:
    totals: dict[int, int] = {}
    for line in rendering.parted(lines_taken(_delivery_ids(distribution, producer)))[0]:
        key = line.contract_product_id
        totals[key] = totals.get(key, 0) + line.quantity
    ordered = on_the_table.ordered_at(distribution, producer=producer)
    return totals | {_of_offer(each): many for each, many in on_the_table.needed(ordered).items()}


def _of_offer(offer_id: int) -> int:
    """Return the number of an offer among the contract products of a list: below nought."""
    return -offer_id


def _delivery_ids(distribution: Distribution, producer: Producer) -> list[int]:
    return [
        each.id
        for each in deliveries_at(distribution)
        if each.contract.producer_id == producer.id and each.cancelled_at is None
    ]


@dataclass
class Needed:
    """What is needed of one product, over all the households."""

    name: str
    unit: str
    grams: int | None
    many: int = 0
    cases: dict[int, int] = field(default_factory=dict)
    """How many of them come by cases, by the size of a case."""


def harvest_list(
    distribution: Distribution, producer: Producer, since: Print | None = None
) -> HarvestList:
    """Gather what one producer brings, in the units of the contract, with its weight.

    What has changed is marked: since the last list told, or since one that is named.
    """
    mine = [
        each for each in deliveries_at(distribution) if each.contract.producer_id == producer.id
    ]
    taken, work = rendering.parted(
        lines_taken(each.id for each in mine if each.cancelled_at is None)
    )
    told = _totals(since or _last_told(distribution, producer))
    ordered = on_the_table.ordered_at(distribution, producer=producer)
    needed = _needed(taken, ordered)
    for product_id in sorted(set(told or ()) - set(needed)):
        product: ContractProduct | Offer | None = (
            db.session.get(ContractProduct, product_id)
            if product_id > 0
            else db.session.get(Offer, -product_id)
        )
        if product is not None:
            needed[product_id] = Needed(product.name, product.unit, product.grams)
    households = len(
        {line.household_id for line in taken} | {each.household_id for each in ordered}
    )
    return HarvestList(
        title=said("%(day)s – à apporter", day=day(local_day(distribution)).capitalize()),
        producer=producer.name,
        community=distribution.community.name,
        day_text=hours(distribution),
        place=distribution.place,
        sizes=(),
        lines=tuple(_line(row, before) for row, before in _together(needed, told)),
        notices=(
            counted("Pour %(num)s foyer", "Pour %(num)s foyers", households),
            *_to_give(taken),
            *rendering.words(distribution, producer, work),
            *(cancelled_words(each) for each in mine if each.cancelled_at is not None),
            *on_the_table.still_open(on_the_table.markets(ordered)),
            *note_words(distribution, producer),
        ),
        printed_at_text=moment(now()),
        code=code(distribution),
    )


def needed_at(distribution: Distribution, producer: Producer) -> list[Needed]:
    """Gather what one producer brings, as numbers: to be added up over several distributions."""
    taken, _work = rendering.parted(lines_taken(_delivery_ids(distribution, producer)))
    ordered = on_the_table.ordered_at(distribution, producer=producer)
    return [row for row, _before in _together(_needed(taken, ordered), None)]


def _needed(taken: Sequence[Taken], ordered: Sequence[on_the_table.Ordered]) -> dict[int, Needed]:
    needed: dict[int, Needed] = {}
    for line in taken:
        row = needed.setdefault(line.contract_product_id, Needed(line.name, line.unit, line.grams))
        row.many += line.quantity
    for each in ordered:
        key = _of_offer(each.offer_id)
        row = needed.setdefault(key, Needed(each.name, each.unit, each.grams))
        row.many += each.quantity
        if each.case_size:
            row.cases[each.case_size] = row.many
    return needed


def _together(
    needed: dict[int, Needed], told: dict[int, int] | None
) -> Iterator[tuple[Needed, int | None]]:
    """Give one row to what a contract and an order name the same, with what was told of both."""
    rows: dict[tuple[str, str, int | None], tuple[Needed, list[int]]] = {}
    for key, each in needed.items():
        same = (each.name, each.unit, each.grams)
        row, keys = rows.setdefault(same, (Needed(*same), []))
        row.many += each.many
        for size, many in each.cases.items():
            row.cases[size] = row.cases.get(size, 0) + many
        keys.append(key)
    for row, keys in rows.values():
        yield row, None if told is None else sum(told.get(key, 0) for key in keys)


def _to_give(taken: Sequence[Taken]) -> list[str]:
    """Say how many households skip a basket that is paid: it comes, and is given."""
    away = len({line.owner_id for line in taken if line.nobody})
    if not away:
        return []
    return [
        counted(
            "Dont le panier d’un foyer absent, à donner",
            "Dont les paniers de %(num)s foyers absents, à donner",
            away,
        )
    ]


def _line(row: Needed, before: int | None) -> HarvestLine:
    changed = before is not None and before != row.many
    return HarvestLine(
        product=row.name,
        quantity=_quantity(row),
        weight=wording.weight(row.grams * row.many) if row.grams and row.many else "",
        before=wording.quantity(before or 0, row.unit) if changed else "",
    )


def _quantity(row: Needed) -> str:
    """Write how many to bring, and how many cases that makes where they come by cases."""
    many = wording.quantity(row.many, row.unit)
    full = {size: by_case // size for size, by_case in row.cases.items() if by_case >= size}
    if not full:
        return many
    words = [
        counted("%(num)s carton de %(size)s", "%(num)s cartons de %(size)s", number, size=size)
        for size, number in sorted(full.items(), reverse=True)
    ]
    rest = row.many - sum(size * number for size, number in full.items())
    if rest:
        words.append(wording.quantity(rest, row.unit))
    return said("%(quantity)s, soit %(cases)s", quantity=many, cases=listed(words))


def _last_told(distribution: Distribution, producer: Producer) -> Print | None:
    found: Print | None = db.session.scalar(
        select(Print)
        .where(Print.distribution_id == distribution.id, Print.producer_id == producer.id)
        .order_by(Print.id.desc())
        .limit(1)
    )
    return found


def _totals(found: Print | None) -> dict[int, int] | None:
    """Return the quantities that were told, none before the first list."""
    if found is None:
        return None
    return {
        each.contract_product_id or _of_offer(each.offer_id or 0): each.quantity
        for each in found.totals
    }
