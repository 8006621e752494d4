"""Billing the shares: a month of an organisation, in its book and in the platform's, at once."""

import calendar
import logging
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from freeco.accounting.facts import Part
from freeco.accounting.recording import platform_book
from freeco.clock import today
from freeco.cost_price.errors import MonthNotOver, YearSettled
from freeco.cost_price.invoicing import credit_shares, invoice_share, share_label, vat_rate
from freeco.cost_price.sellers import as_drawn
from freeco.cost_price.share_models import CostBill, CostShare, TrueUp
from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.members.models import Community
from freeco.money import Money, total
from freeco.organisations.models import Organisation

log = logging.getLogger(__name__)


def end_of(month: date) -> date:
    """Return the last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def bill(organisation: Organisation, month: date) -> CostBill | None:
    """Bill an organisation's shares up to the end of a month; twice is once.

    None when nothing is owed; shares that come late are on the next bill. Raises MonthNotOver,
    YearSettled, and what issuing an invoice raises.
    """
    month = month.replace(day=1)
    last = end_of(month)
    if last >= today():
        raise MonthNotOver
    lock(platform_book())
    found = db.session.scalars(
        select(CostBill).where(CostBill.organisation_id == organisation.id, CostBill.month == month)
    ).one_or_none()
    if found is not None:
        return found
    shares, backs = _to_bill(organisation, last)
    amount = total([each.platform for each in shares]) - total([each.platform for each in backs])
    if not amount:
        return None
    if db.session.get(TrueUp, month.year) is not None:
        raise YearSettled
    volume = total([each.base for each in shares]) - total([each.base for each in backs])
    made = _write(organisation, month, amount, volume)
    if made is not None:
        _mark(made, shares, backs)
    return made


def _new(last: date) -> ColumnElement[bool]:
    """Not billed yet, and standing at the end of the month."""
    standing = or_(CostShare.given_back_on.is_(None), CostShare.given_back_on > last)
    return and_(CostShare.bill_id.is_(None), CostShare.day <= last, standing)


def _back(last: date) -> ColumnElement[bool]:
    """Billed before, and given back since."""
    return and_(
        CostShare.bill_id.is_not(None),
        CostShare.back_bill_id.is_(None),
        CostShare.given_back_on <= last,
    )


def _to_bill(organisation: Organisation, last: date) -> tuple[list[CostShare], list[CostShare]]:
    """Return the shares to bill, and those to take off."""
    mine = (
        select(CostShare).where(CostShare.organisation_id == organisation.id).order_by(CostShare.id)
    )
    return (
        list(db.session.scalars(mine.where(_new(last)))),
        list(db.session.scalars(mine.where(_back(last)))),
    )


def _write(
    organisation: Organisation, month: date, amount: Money, volume: Money
) -> CostBill | None:
    day = end_of(month)
    document_id = None
    if amount > Money(0):
        document = invoice_share(organisation, amount, day, (month, day), euros(volume))
        document_id, vat = document.id, document.vat
    else:
        net = -amount - Part(-amount, vat_rate(platform_book())).vat
        said = f"cost_bill:{{}}:{month:%Y-%m}"
        reason = share_label(month)
        credited = credit_shares(organisation, net, day, said, reason, volume=euros(volume))
        amount, vat = -credited.gross, -credited.vat
        if not amount:
            return None
    made = CostBill(
        organisation=organisation,
        month=month,
        amount=amount,
        vat=vat,
        volume=volume,
        document_id=document_id,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _mark(made: CostBill, shares: list[CostShare], backs: list[CostShare]) -> None:
    for rows, column in ((shares, "bill_id"), (backs, "back_bill_id")):
        chosen = CostShare.id.in_([each.id for each in rows])
        db.session.execute(update(CostShare).where(chosen).values({column: made.id}))


def euros(amount: Money) -> str:
    """Write an amount for programs: 1234.50."""
    sign = "-" if amount.cents < 0 else ""
    return f"{sign}{abs(amount.cents) // 100}.{abs(amount.cents) % 100:02}"


def owing(month: date) -> list[Organisation]:
    """Return the organisations that have shares to bill up to the end of a month.

    In the order of their drawn numbers: see ``sellers``.
    """
    last = end_of(month.replace(day=1))
    waiting = select(CostShare.organisation_id).where(or_(_new(last), _back(last)))
    ids = as_drawn(db.session.scalars(waiting.distinct()))
    return [db.session.get_one(Organisation, each) for each in ids]


def bill_all(month: date) -> list[CostBill]:
    """Bill every organisation's shares of a month. Raises what ``bill`` raises."""
    made = [bill(each, month) for each in owing(month)]
    return [each for each in made if each is not None]


def bill_due(_community: Community) -> None:
    """Bill last month, as a sweep does each day: what one refuses does not hold up the others."""
    month = (today().replace(day=1) - timedelta(days=1)).replace(day=1)
    for organisation in owing(month):
        try:
            with db.session.begin_nested():
                bill(organisation, month)
        except Refusal:
            log.exception("the shares of organisation %s wait", organisation.id)
