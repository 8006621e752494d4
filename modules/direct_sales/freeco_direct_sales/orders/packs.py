"""Cases at the closing: filled with what households agreed to, or cut back."""

from collections.abc import Iterable, Sequence

from freeco.clock import now
from freeco_direct_sales.orders import stocks, substituting
from freeco_direct_sales.orders.amounts import quantity
from freeco_direct_sales.orders.filling import Part, fill_cases
from freeco_direct_sales.orders.models import CaseRule, Offer, OrderLine, Wish
from freeco_direct_sales.orders.placing import MOST


def fill_all(lines: Iterable[OrderLine]) -> None:
    """Fill the cases of every offer that comes by cases, or cut them back; stocks are locked.

    ``lines`` in the order in which households asked.
    """
    by_offer: dict[Offer, list[OrderLine]] = {}
    for line in lines:
        if line.offer.case_size and line.offer.withdrawn_at is None and line.ordered:
            by_offer.setdefault(line.offer, []).append(line)
    for offer, theirs in by_offer.items():
        fill(offer, theirs)


def fill(offer: Offer, lines: Sequence[OrderLine]) -> None:
    """Say what each household gets of an offer that comes by cases, and hold as many."""
    most = MOST if offer.most is None else offer.most
    got = fill_cases(
        offer.case_size or 1,
        [
            Part(
                line.ordered,
                max(0, min(line.tolerance, most - line.ordered)),
                line.wish == Wish.NOTHING,
            )
            for line in lines
        ],
        offer.step,
        more=_more(offer, lines),
        cut=offer.case_rule == CaseRule.CUT,
    )
    for line, many in zip(lines, got, strict=True):
        if many != quantity(line):
            line.order.changed_at = now()
        line.packed = line.allotted = None if many == line.ordered else many
        stocks.hold(line, offer.stock)


def _more(offer: Offer, lines: Sequence[OrderLine]) -> int | None:
    if offer.stock is None:
        return None
    held = sum(line.held for line in lines)
    return offer.stock.on_hand - offer.stock.reserved + held - sum(line.ordered for line in lines)


def replace_cut(lines: Iterable[OrderLine]) -> None:
    """Meet the wishes for another article where a case was cut back, but from another case."""
    for line in lines:
        other = line.substitute
        if line.packed is None or line.packed >= line.ordered or other is None:
            continue
        if other.case_size is None or other.case_rule == CaseRule.BRING:
            substituting.meet(line, line.ordered - line.packed)
