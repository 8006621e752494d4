"""The true-up: a year's provisional shares brought to its real cost.

Not a share of profit but a price agreed beforehand to be the cost (loi 47-1775 art. 1): what was
collected above it comes back by a credit note of the same financial year; what is missing is
carried, never charged above 5 % of a price.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from freeco.accounting.recording import platform_book
from freeco.clock import today
from freeco.cost_price.allocation import Outcome, allocate
from freeco.cost_price.billing import bill, owing
from freeco.cost_price.errors import CannotGiveBack, NoKey, NotSettled, YearBefore, YearNotOver
from freeco.cost_price.invoicing import credit_shares
from freeco.cost_price.keys import key_in_force
from freeco.cost_price.measures import sellers, weigh
from freeco.cost_price.models import CostItem
from freeco.cost_price.sellers import as_drawn
from freeco.cost_price.share_models import Allocation, CostBill, Settlement, TrueUp
from freeco.db import db, lock
from freeco.money import Money, total
from freeco.organisations.models import Organisation

Pot = tuple[str, str]
"""A pool and the basis it is shared by."""
LABEL = "Régularisation au prix coûtant de {year}"


@dataclass(frozen=True)
class Proposal:
    """What a true-up would come to, before anything is written."""

    costs: dict[Pot, Money]
    weights: dict[Pot, dict[int, int]]
    shared: dict[int, dict[Pot, Money]]
    outcomes: dict[int, Outcome]


def propose(year: int) -> Proposal:
    """Work a year out from its invoices, its keys and its bills. Raises NoKey."""
    costs = _costs(year)
    bearers = sellers(year)
    weights = {pot: weigh(pot[1], year, bearers) for pot in costs}
    shared = allocate(costs, weights)
    collected = _collected(year)
    carried = _carried(year - 1)
    outcomes = {
        each: Outcome(
            collected.get(each, Money(0)),
            carried.get(each, Money(0)),
            total(list(shared.get(each, {}).values())),
        )
        for each in sorted({*bearers, *collected, *carried})
    }
    return Proposal(costs, weights, shared, outcomes)


def _costs(year: int) -> dict[Pot, Money]:
    found: dict[Pot, Money] = {}
    for item in items_of(year):
        key = key_in_force(item.pool, item.day)
        if key is None:
            raise NoKey
        pot = (item.pool, key.basis)
        found[pot] = found.get(pot, Money(0)) + item.cost
    return found


def items_of(year: int) -> list[CostItem]:
    """Return the invoices of a year that stand, by day."""
    within = CostItem.day.between(date(year, 1, 1), date(year, 12, 31))
    query = select(CostItem).where(within, CostItem.taken_back_on.is_(None))
    return list(db.session.scalars(query.order_by(CostItem.day, CostItem.id)))


def _collected(year: int) -> dict[int, Money]:
    found: dict[int, Money] = {}
    for each in bills_of(year):
        found[each.organisation_id] = found.get(each.organisation_id, Money(0)) + each.net
    return found


def bills_of(year: int) -> list[CostBill]:
    """Return the bills of a year's months."""
    within = CostBill.month.between(date(year, 1, 1), date(year, 12, 31))
    return list(db.session.scalars(select(CostBill).where(within).order_by(CostBill.id)))


def _carried(year: int) -> dict[int, Money]:
    rows = db.session.execute(
        select(Settlement.organisation_id, Settlement.carried).where(
            Settlement.year == year, Settlement.carried < Money(0)
        )
    )
    return {row.organisation_id: row.carried for row in rows}


def true_up(year: int) -> TrueUp:
    """Settle a year: bill what is left of it, share its real cost, give back what is above.

    Once for a year; again returns what it came to. Raises YearNotOver, YearBefore, NoKey,
    PeriodClosed when the platform's book is closed already.
    """
    if today() < date(year + 1, 1, 1):
        raise YearNotOver
    book = platform_book()
    lock(book)
    found = db.session.get(TrueUp, year)
    if found is not None:
        return found
    if _bills_before(year):
        raise YearBefore
    for organisation in owing(date(year, 12, 1)):
        bill(organisation, date(year, 12, 1))
    proposal = propose(year)
    done = TrueUp(
        year=year,
        real=total(list(proposal.costs.values())),
        collected=total([each.collected for each in proposal.outcomes.values()]),
        given_back=total([each.credit for each in proposal.outcomes.values()]),
        unshared=Money(0) if proposal.outcomes else total(list(proposal.costs.values())),
    )
    db.session.add(done)
    db.session.flush()
    for organisation_id in as_drawn(proposal.outcomes):
        _settle(year, organisation_id, proposal.outcomes[organisation_id], proposal)
    return done


def refuse_unsettled(year: int) -> None:
    """Refuse to close a year of the platform's that has costs or bills, and no true-up yet.

    Its credit notes belong to the same year. Raises NotSettled.
    """
    if db.session.get(TrueUp, year) is None and (items_of(year) or bills_of(year)):
        raise NotSettled


def _bills_before(year: int) -> bool:
    before = select(CostBill.id).where(CostBill.month < date(year, 1, 1))
    settled = select(func.max(TrueUp.year))
    last = db.session.scalar(settled)
    if last is not None:
        before = before.where(CostBill.month > date(last, 12, 31))
    return db.session.scalar(before.limit(1)) is not None


def _settle(year: int, organisation_id: int, outcome: Outcome, proposal: Proposal) -> None:
    organisation = db.session.get_one(Organisation, organisation_id)
    vat = Money(0)
    if outcome.credit:
        vat = _credit(organisation, year, outcome.credit)
    settlement = Settlement(
        year=year,
        organisation=organisation,
        collected=outcome.collected,
        carried_in=outcome.carried_in,
        real=outcome.real,
        credit=outcome.credit,
        carried=outcome.carried,
        credit_vat=vat,
    )
    db.session.add(settlement)
    db.session.flush()
    db.session.add_all(
        Allocation(
            settlement=settlement,
            pool=pot[0],
            basis=pot[1],
            weight=proposal.weights[pot].get(organisation_id, 0),
            amount=amount,
        )
        for pot, amount in proposal.shared.get(organisation_id, {}).items()
    )


def _credit(organisation: Organisation, year: int, net: Money) -> Money:
    """Give back by credit notes of the last day of the year; return their VAT."""
    said = f"cost_true_up:{{}}:{year}"
    label = LABEL.format(year=year)
    day = date(year, 12, 31)
    done = credit_shares(organisation, net, day, said, label, adjusts_price=True)
    if done.net != net:
        raise CannotGiveBack
    return done.vat
