"""What a farm tells of its season: when things come, what is planned, what went wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select

from freeco.clock import now, today
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.web.pictures import read_picture
from freeco_direct_sales import catalogue
from freeco_direct_sales.growing.models import (
    FarmPicture,
    Mishap,
    PlannedCrop,
    ProductMonth,
    SeasonNotice,
)
from freeco_direct_sales.models import Producer, Product

MONTHS = range(1, 13)


@dataclass(frozen=True)
class Comes:
    """A product and the months in which it comes."""

    product: Product
    months: frozenset[int]


def calendar(producer: Producer) -> list[Comes]:
    """Return when each product comes, those whose months are known; two queries."""
    months = months_of(producer)
    return [
        Comes(each, frozenset(months[each.id]))
        for each in catalogue.products_of(producer)
        if each.id in months
    ]


def months_of(producer: Producer) -> Mapping[int, set[int]]:
    """Return the months of a producer's products, by product id."""
    found: dict[int, set[int]] = {}
    for product_id, month in db.session.execute(
        select(ProductMonth.product_id, ProductMonth.month)
        .join(Product, Product.id == ProductMonth.product_id)
        .where(Product.producer_id == producer.id)
    ):
        found.setdefault(product_id, set()).add(month)
    return found


def set_months(producer: Producer, months: Mapping[int, Iterable[int]]) -> None:
    """Write when products come, by product id; twice is once. What is not named stays.

    Raises Absent for another's product.
    """
    lock(producer)
    known = {each.id for each in catalogue.products_of(producer)}
    if not set(months) <= known:
        raise Absent
    db.session.execute(delete(ProductMonth).where(ProductMonth.product_id.in_(list(months))))
    for product_id, chosen in months.items():
        for month in sorted(set(chosen)):
            db.session.add(ProductMonth(product_id=product_id, month=month))
    db.session.flush()


def spans(months: Iterable[int]) -> list[tuple[int, int]]:
    """Return months as runs, first and last, over the turn of the year: 11, 12, 1 is one run."""
    wanted = set(months)
    if not wanted:
        return []
    if wanted == set(MONTHS):
        return [(1, 12)]
    starts = [month for month in sorted(wanted) if _before(month) not in wanted]
    found = []
    for first in starts:
        last = first
        while last % 12 + 1 in wanted:
            last = last % 12 + 1
        found.append((first, last))
    return found


def _before(month: int) -> int:
    return (month - 2) % 12 + 1


# The crop plan


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def crops_of(producer: Producer, *, past: bool = False) -> Sequence[PlannedCrop]:
    """Return what is planned, in the order it comes; what is over for a season only if asked."""
    query = select(PlannedCrop).where(PlannedCrop.producer_id == producer.id)
    if not past:
        query = query.where(PlannedCrop.last_on >= today(producer.community.timezone) - YEAR)
    return db.session.scalars(query.order_by(PlannedCrop.first_on, PlannedCrop.id)).all()


YEAR = timedelta(days=180)
"""How long a crop that is over stays in the plan that members read."""


def find_crop(producer: Producer, crop_id: int) -> PlannedCrop:
    """Return a planned crop of this producer; raise Absent for another's."""
    found = db.session.get(PlannedCrop, crop_id)
    if found is None or found.producer_id != producer.id:
        raise Absent
    return found


def plan_crop(
    producer: Producer,
    *,
    name: str,
    first_on: date,
    last_on: date,
    sown_on: date | None = None,
    plot: str = "",
    quantity: int | None = None,
    unit: str = "kg",
    note: str = "",
    crop: PlannedCrop | None = None,
) -> PlannedCrop:
    """Write a crop of the plan, or correct one; the same again is the same one."""
    lock(producer)
    first, last = monday(first_on), monday(last_on)
    if crop is None:
        same = (each for each in crops_of(producer, past=True) if each.name == name)
        crop = next((each for each in same if (each.first_on, each.last_on) == (first, last)), None)
    if crop is None:
        crop = PlannedCrop(producer=producer, name=name, first_on=first, last_on=last)
        db.session.add(crop)
    crop.name, crop.first_on, crop.last_on = name, first, last
    crop.sown_on = monday(sown_on) if sown_on is not None else None
    crop.plot, crop.quantity, crop.unit, crop.note = plot, quantity, unit, note
    db.session.flush()
    return crop


def drop_crop(crop: PlannedCrop) -> None:
    """Take a crop out of the plan."""
    db.session.delete(crop)
    db.session.flush()


# A bad season


def notices_of(producer: Producer) -> Sequence[SeasonNotice]:
    """Return what has befallen the farm, the latest first."""
    return db.session.scalars(
        select(SeasonNotice)
        .where(SeasonNotice.producer_id == producer.id)
        .order_by(SeasonNotice.happened_on.desc(), SeasonNotice.id.desc())
    ).all()


def find_notice(producer: Producer, notice_id: int) -> SeasonNotice:
    """Return a notice of this producer; raise Absent for another's."""
    found = db.session.get(SeasonNotice, notice_id)
    if found is None or found.producer_id != producer.id:
        raise Absent
    return found


def note_mishap(
    producer: Producer, kind: str, happened_on: date, words: str, consequence: str
) -> SeasonNotice:
    """Tell what befell the farm and what it changes; the same once more is the same."""
    lock(producer)
    for each in notices_of(producer):
        if (each.kind, each.happened_on, each.words) == (kind, happened_on, words):
            each.consequence = consequence
            return each
    made = SeasonNotice(
        producer=producer,
        kind=Mishap(kind).value,
        happened_on=happened_on,
        words=words,
        consequence=consequence,
    )
    db.session.add(made)
    db.session.flush()
    return made


def end_mishap(notice: SeasonNotice) -> None:
    """Say that it changes nothing more; twice is once."""
    notice.over_at = notice.over_at or now()


# Its picture


def picture_of(producer: Producer) -> FarmPicture | None:
    """Return the farm's picture, its content left in the database."""
    return db.session.scalar(select(FarmPicture).where(FarmPicture.producer_id == producer.id))


def set_picture(producer: Producer, content: bytes, words: str) -> FarmPicture:
    """Keep a picture of the farm instead of the one there is. Raises what ``read_picture`` does."""
    read = read_picture(content)
    lock(producer)
    drop_picture(producer)
    made = FarmPicture(
        producer=producer,
        content=read.full,
        width=read.width,
        height=read.height,
        sha256=read.sha256,
        words=words,
    )
    db.session.add(made)
    db.session.flush()
    return made


def drop_picture(producer: Producer) -> None:
    """Take the picture away, if there is one."""
    db.session.execute(delete(FarmPicture).where(FarmPicture.producer_id == producer.id))
