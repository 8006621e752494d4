"""Cost items: the platform's real invoices, written in its book; and hours given to it."""

from datetime import date
from urllib.parse import quote

from sqlalchemy import select

from freeco.accounting.facts import HoursGiven as HoursWorth
from freeco.accounting.facts import Purchase
from freeco.accounting.models import Entry
from freeco.accounting.recording import platform_book, record, take_back
from freeco.clock import today
from freeco.cost_price.errors import ItemDiffers, NoSuchItem, YearSettled
from freeco.cost_price.models import CostItem, HoursGiven, Pool, Supplier
from freeco.cost_price.price import NOTHING
from freeco.cost_price.share_models import TrueUp
from freeco.cost_price.words import LABELS
from freeco.db import db, lock
from freeco.money import Money

ACCOUNTS: dict[Pool, str] = {
    Pool.DEVELOPMENT: "604",
    Pool.SERVERS: "613",
    Pool.GEOLOCATION: "611",
    Pool.POST: "626",
    Pool.MAINTENANCE: "615",
    Pool.INSURANCE: "616",
    Pool.AUDIT: "622",
}
"""Where a pool's invoices are booked (ANC 2014-03)."""


def add_item(
    pool: Pool, supplier: str, reference: str, day: date, amount: Money, vat: Money = NOTHING
) -> CostItem:
    """Note a supplier's invoice and write it in the platform's book; its reference twice is once.

    ``amount`` is VAT included, ``vat`` what the platform deducts of it.

    Raises ItemDiffers, YearSettled, PeriodClosed.
    """
    book = platform_book()
    lock(book)
    seller = _supplier(supplier)
    found = db.session.scalars(
        select(CostItem).where(CostItem.supplier_id == seller.id, CostItem.reference == reference)
    ).one_or_none()
    if found is not None:
        same = (found.pool, found.day, found.amount, found.vat) == (pool, day, amount, vat)
        if not same or found.taken_back_on:
            raise ItemDiffers
        return found
    _refuse_settled(day.year)
    fact = Purchase(
        f"core:supplier:{seller.id}", ACCOUNTS[pool], amount, vat=vat, label=LABELS[pool]
    )
    plain = _plain(reference)
    entry = record(book, fact, day, f"cost_item:{seller.id}:{plain}", piece=plain, piece_day=day)
    item = CostItem(
        pool=pool,
        supplier=seller,
        reference=reference,
        day=day,
        amount=amount,
        entry_id=entry.id,
        vat=vat,
    )
    db.session.add(item)
    db.session.flush()
    return item


def _plain(reference: str) -> str:
    """Write a supplier's reference as an entry takes it: neither space nor @."""
    return quote(reference, safe="/:#+")


def _supplier(name: str) -> Supplier:
    found = db.session.scalars(select(Supplier).where(Supplier.name == name)).one_or_none()
    if found is None:
        found = Supplier(name=name)
        db.session.add(found)
        db.session.flush()
    return found


def _refuse_settled(year: int) -> None:
    if db.session.get(TrueUp, year) is not None:
        raise YearSettled


def take_item_back(item_id: int) -> CostItem:
    """Take an invoice noted by mistake back, within its year; twice is once.

    Raises NoSuchItem, YearSettled, PeriodClosed.
    """
    item = db.session.get(CostItem, item_id)
    if item is None:
        raise NoSuchItem
    lock(platform_book())
    lock(item)
    if item.taken_back_on is None:
        _refuse_settled(item.day.year)
        day = min(max(today(), item.day), date(item.day.year, 12, 31))
        mirror = take_back(db.session.get_one(Entry, item.entry_id), day)
        item.taken_back_on = day
        item.taken_back_entry_id = mirror.id
        db.session.flush()
    return item


def note_hours(
    pool: Pool, reference: str, day: date, minutes: int, worth: Money | None = None
) -> HoursGiven:
    """Note hours that volunteers gave; never charged. The same reference twice is once.

    Raises ItemDiffers, PeriodClosed.
    """
    worth = worth or Money(0)
    book = platform_book()
    lock(book)
    found = db.session.scalars(
        select(HoursGiven).where(HoursGiven.reference == reference)
    ).one_or_none()
    if found is not None:
        if (found.pool, found.day, found.minutes, found.worth) != (pool, day, minutes, worth):
            raise ItemDiffers
        return found
    entry_id = None
    if worth:
        key = f"cost_hours:{_plain(reference)}"
        entry_id = record(book, HoursWorth(worth), day, key).id
    hours = HoursGiven(
        reference=reference, pool=pool, day=day, minutes=minutes, worth=worth, entry_id=entry_id
    )
    db.session.add(hours)
    db.session.flush()
    return hours
