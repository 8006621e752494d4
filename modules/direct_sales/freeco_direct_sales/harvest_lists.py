"""What a farm is told to bring: the harvest list, and what was printed of it before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import counted, day, moment, said
from freeco_direct_sales import wording
from freeco_direct_sales.distributions import deliveries_at
from freeco_direct_sales.local import hours, local_day
from freeco_direct_sales.models import (
    ContractProduct,
    Distribution,
    Print,
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
) -> None:
    """Remember that a sheet was printed: what changes from now on is marked on the next."""
    totals = {} if producer is None else _quantities(distribution, producer)
    db.session.add(
        Print(
            distribution_id=distribution.id,
            producer_id=producer.id if producer else None,
            totals={str(key): many for key, many in totals.items()},
            printed_at=at or now(),
        )
    )


def _quantities(distribution: Distribution, producer: Producer) -> dict[int, int]:
    totals: dict[int, int] = {}
    for line in lines_taken(_delivery_ids(distribution, producer)):
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
class _Needed:
    """What is needed of one product, over all the households."""

    name: str
    unit: str
    grams: int | None
    many: int = 0


def harvest_list(distribution: Distribution, producer: Producer) -> HarvestList:
    """Gather what one producer brings, in the units of the contract, with its weight."""
    mine = [
        each for each in deliveries_at(distribution) if each.contract.producer_id == producer.id
    ]
    taken = lines_taken(each.id for each in mine if each.cancelled_at is None)
    told = _last_told(distribution, producer)
    needed: dict[int, _Needed] = {}
    for line in taken:
        row = needed.setdefault(line.contract_product_id, _Needed(line.name, line.unit, line.grams))
        row.many += line.quantity
    ordered = on_the_table.ordered_at(distribution, producer=producer)
    for each in ordered:
        key = _of_offer(each.offer_id)
        needed.setdefault(key, _Needed(each.name, each.unit, each.grams)).many += each.quantity
    for product_id in sorted(set(told or ()) - set(needed)):
        product: ContractProduct | Offer | None = (
            db.session.get(ContractProduct, product_id)
            if product_id > 0
            else db.session.get(Offer, -product_id)
        )
        if product is not None:
            needed[product_id] = _Needed(product.name, product.unit, product.grams)
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
        lines=tuple(
            _line(row, None if told is None else told.get(key, 0)) for key, row in needed.items()
        ),
        notices=(
            counted("Pour %(num)s foyer", "Pour %(num)s foyers", households),
            *_to_give(taken),
            *(cancelled_words(each) for each in mine if each.cancelled_at is not None),
            *note_words(distribution),
        ),
        printed_at_text=moment(now()),
        code=code(distribution),
    )


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


def _line(row: _Needed, before: int | None) -> HarvestLine:
    changed = before is not None and before != row.many
    return HarvestLine(
        product=row.name,
        quantity=wording.quantity(row.many, row.unit),
        weight=wording.weight(row.grams * row.many) if row.grams and row.many else "",
        before=wording.quantity(before or 0, row.unit) if changed else "",
    )


def _last_told(distribution: Distribution, producer: Producer) -> dict[int, int] | None:
    """Return the quantities of the last list told to the producer, none before the first."""
    totals = db.session.scalar(
        select(Print.totals)
        .where(Print.distribution_id == distribution.id, Print.producer_id == producer.id)
        .order_by(Print.id.desc())
        .limit(1)
    )
    return None if totals is None else {int(key): int(many) for key, many in totals.items()}
