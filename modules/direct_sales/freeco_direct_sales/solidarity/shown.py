"""Prices as a household chooses them: each in words, before and after."""

from dataclasses import dataclass

from freeco.i18n import listed, money, percent, said
from freeco.members.models import Household
from freeco.money import Money
from freeco_direct_sales.models import ContractProduct, SeasonContract
from freeco_direct_sales.solidarity import adjusting, applying, declaring, following
from freeco_direct_sales.solidarity.models import ContractRule, Kind
from freeco_direct_sales.solidarity.rules import WHOLE, contribution
from freeco_direct_sales.subscriptions import subscriptions_of

STEP = 1000
"""Choices stand every ten per cent."""
FEW = 3


@dataclass(frozen=True)
class OwnPrice:
    """What a household pays of a contract it has signed."""

    contract: SeasonContract
    base: Money
    price: Money
    waits: bool
    """Whether a discount waits for the pool."""


def offers(contract: SeasonContract, rule: ContractRule) -> list[tuple[str, str, str]]:
    """Return the choices of a free price, from the least to the most, with examples."""
    points = {0, rule.least - WHOLE, rule.most - WHOLE}
    points |= set(range(-WHOLE, rule.most - WHOLE + 1, STEP))
    within = sorted(each for each in points if each >= rule.least - WHOLE)
    return [(str(each), _named(each), _examples(contract, each)) for each in within]


def _named(points: int) -> str:
    if points == 0:
        return said("Le prix de base")
    if points < 0:
        return said("%(part)s de moins", part=percent(-points))
    return said("%(part)s de plus", part=percent(points))


def _examples(contract: SeasonContract, points: int) -> str:
    found = [_example(each, points) for each in contract.products[:FEW]]
    return said("%(prices)s par livraison", prices=listed(found)) if found else ""


def _example(product: ContractProduct, points: int) -> str:
    price = product.price + contribution(product.price, points)
    return said("%(product)s : %(price)s", product=product.name, price=money(price))


def before_evening(contract: SeasonContract, household: Household) -> list[tuple[str, str]]:
    """Return what the rule of three gives for each product, before everybody's sum is evened."""
    rule, declaration = applying.rule_of(contract), declaring.find(household)
    said_so = declaring.opened(declaration) if declaration else None
    if rule is None or rule.kind != Kind.MEANS or said_so is None:
        return []
    share = applying.bounds_of(rule).share(said_so.per_part)
    return [(each.name, money(Money(int(each.price.cents * share)))) for each in contract.products]


def own_prices(household: Household) -> list[OwnPrice]:
    """Return what a household pays of its standing contracts whose price is shared."""
    found = list(subscriptions_of(household))
    added = adjusting.adjusted(each.id for each in found)
    stands = following.standings(found)
    return [
        OwnPrice(
            each.contract,
            stands[each.id].owed,
            stands[each.id].owed + added[each.id],
            stands[each.id].due < Money(0),
        )
        for each in found
        if added[each.id] or applying.rule_of(each.contract) is not None
    ]
