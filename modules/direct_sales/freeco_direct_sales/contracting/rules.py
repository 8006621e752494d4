"""What a contract foresees beside its products and dates: read, set, and said in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freeco.clock import now
from freeco.db import db, lock
from freeco.i18n import counted, money, said
from freeco.money import Money, total
from freeco_direct_sales.contracting.errors import TooLittleInAll, TooLittleThatDay
from freeco_direct_sales.contracting.models import ContractRules, SkipRule
from freeco_direct_sales.errors import ContractAlreadyOpen
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import ContractKind, ContractState, Distribution, SeasonContract


def rules_of(contract: SeasonContract) -> ContractRules:
    """Return the rules of a contract; those of one that foresees nothing when none are written."""
    found = db.session.get(ContractRules, contract.id)
    return found if found is not None else ContractRules(contract_id=contract.id)


def set_rules(contract: SeasonContract, **values: Any) -> ContractRules:
    """Write the rules of a draft: what people have signed no longer changes.

    Raises ContractAlreadyOpen.
    """
    lock(contract)
    if contract.state != ContractState.DRAFT:
        raise ContractAlreadyOpen
    rules = rules_of(contract)
    db.session.add(rules)
    for name, value in values.items():
        setattr(rules, name, value)
    db.session.flush()
    return rules


def deadline(distribution: Distribution, days: int) -> datetime:
    """Return until when one may change a delivery: the end of that day, on its own clock."""
    day = local_day(distribution) - timedelta(days=days - 1)
    return datetime.combine(day, time(0), ZoneInfo(distribution.community.timezone))


def in_time(distribution: Distribution, days: int) -> bool:
    """Whether the notice is still respected; never once the distribution has begun."""
    return now() < min(deadline(distribution, days), distribution.starts_at)


def check_least(contract: SeasonContract, chosen: Mapping[tuple[int, int], int]) -> None:
    """Check what is chosen (by delivery id and contract product id) against the minimums.

    Raises TooLittleThatDay, TooLittleInAll.
    """
    rules = rules_of(contract)
    prices = {product.id: product.price for product in contract.products}
    dates: dict[int, Money] = {}
    for (delivery_id, product_id), many in chosen.items():
        if many:
            price = prices[product_id] * many
            dates[delivery_id] = dates.get(delivery_id, Money(0)) + price
    if any(each < rules.least_per_date for each in dates.values()):
        raise TooLittleThatDay(rules.least_per_date)
    if total(list(dates.values())) < rules.least_per_season:
        raise TooLittleInAll(rules.least_per_season)


def days_words(days: int) -> str:
    """Write a number of days."""
    return counted("%(num)s jour", "%(num)s jours", days)


def sentences(contract: SeasonContract, rules: ContractRules | None = None) -> Sequence[str]:
    """Say what a contract foresees, one sentence a rule, as it is shown and printed."""
    rules = rules or rules_of(contract)
    found = []
    notice = days_words(rules.notice_days)
    if rules.most_skips:
        found.append(
            _skips(rules.most_skips, notice, credited=rules.skip_rule == SkipRule.CREDITED)
        )
    if rules.may_move:
        found.append(
            said(
                "Un panier peut être pris à une autre livraison de ce contrat, en le disant au "
                "moins %(days)s avant, s’il y a de la place.",
                days=notice,
            )
        )
    if rules.edit_days is not None and contract.kind == ContractKind.FREE:
        found.append(
            said(
                "Les quantités d’une date changent jusqu’à %(days)s avant.",
                days=days_words(rules.edit_days),
            )
        )
    if rules.least_per_date:
        found.append(
            said(
                "Une date où l’on prend quelque chose compte au moins %(least)s.",
                least=money(rules.least_per_date),
            )
        )
    if rules.least_per_season:
        found.append(
            said(
                "Ce contrat compte au moins %(least)s pour la saison.",
                least=money(rules.least_per_season),
            )
        )
    if rules.may_share:
        found.append(
            said("Deux foyers peuvent partager une place ; chacun signe et règle sa part.")
        )
    if rules.trial_deliveries:
        found.append(
            counted(
                "On peut essayer une livraison avant de s’engager pour la suite.",
                "On peut essayer %(num)s livraisons avant de s’engager pour la suite.",
                rules.trial_deliveries,
            )
        )
    return found


def _skips(many: int, notice: str, *, credited: bool) -> str:
    if credited:
        return counted(
            "Un joker par foyer, à poser au moins %(days)s avant la livraison : le panier sauté "
            "n’est pas dû.",
            "%(num)s jokers par foyer, à poser au moins %(days)s avant la livraison : le panier "
            "sauté n’est pas dû.",
            many,
            days=notice,
        )
    return counted(
        "Un joker par foyer, à poser au moins %(days)s avant la livraison : le panier sauté reste "
        "dû, et il est donné à qui en a besoin.",
        "%(num)s jokers par foyer, à poser au moins %(days)s avant la livraison : le panier sauté "
        "reste dû, et il est donné à qui en a besoin.",
        many,
        days=notice,
    )
