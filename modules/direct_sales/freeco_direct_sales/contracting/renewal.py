"""A new season prepared from the last: its products at today's prices, its households invited."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Household
from freeco_direct_sales import contracts, distributions, subscriptions
from freeco_direct_sales.contracting import rules
from freeco_direct_sales.contracting.models import ContractRules
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import (
    ContractKind,
    ContractProduct,
    SeasonContract,
    SubscriptionLine,
)
from freeco_direct_sales.solidarity import applying

KEPT = (
    "most_skips",
    "notice_days",
    "skip_rule",
    "may_move",
    "most_per_delivery",
    "may_share",
    "edit_days",
    "least_per_date",
    "least_per_season",
    "trial_deliveries",
    "reserve_days",
)
"""The rules that a new season takes over; a draft changes them still."""


def renew(contract: SeasonContract, name: str, first: date, last: date) -> SeasonContract:
    """Draft the next season of a contract: same products at today's prices, same rules.

    The way its price is shared is taken over too, to be confirmed: it is voted each season.
    Its dates are those already written for that season at the places it delivers to.
    """
    draft = contracts.create_contract(
        contract.producer,
        name,
        ContractKind(contract.kind),
        first,
        last,
        capacity=contract.capacity,
        most_cheques=contract.most_cheques,
        terms=contract.terms,
    )
    before = rules.rules_of(contract)
    kept = {each: getattr(before, each) for each in KEPT}
    rules.set_rules(draft, **kept, renews_id=contract.id)
    applying.propose_rule(contract, draft)
    contracts.set_products(
        draft, [each.product for each in contract.products if each.product.available]
    )
    places = {each.distribution.place for each in contracts.deliveries_of(contract)}
    contracts.set_deliveries(
        draft,
        [
            each
            for each in distributions.distributions_of(contract.community)
            if first <= local_day(each) <= last and each.place in places
        ],
    )
    return draft


def before(contract: SeasonContract) -> SeasonContract | None:
    """Return the contract of the season before, if this one carries it on."""
    found = rules.rules_of(contract).renews_id
    return db.session.get(SeasonContract, found) if found is not None else None


def invited(contract: SeasonContract) -> Sequence[Household]:
    """Return the households of the season before."""
    last = before(contract)
    return [] if last is None else [each.household for each in subscriptions.subscriptions_to(last)]


def same_again(contract: SeasonContract, household: Household) -> dict[int, int]:
    """Return the basket of the season before, by product of this contract.

    Of free quantities, what it took most often at a date where it took something. Empty when it
    took nothing, or nothing of it is still offered.
    """
    last = before(contract)
    held = subscriptions.standing_subscription(last, household) if last is not None else None
    if held is None:
        return {}
    products = {each.product_id: each.id for each in contract.products}
    taken: dict[int, Counter[int]] = {}
    for product_id, many in db.session.execute(
        select(ContractProduct.product_id, SubscriptionLine.quantity)
        .join(ContractProduct, ContractProduct.id == SubscriptionLine.contract_product_id)
        .where(SubscriptionLine.subscription_id == held.id, SubscriptionLine.quantity > 0)
    ):
        taken.setdefault(product_id, Counter())[many] += 1
    return {
        products[product_id]: counts.most_common(1)[0][0]
        for product_id, counts in taken.items()
        if product_id in products
    }


def renewed_by(contract: SeasonContract) -> Sequence[SeasonContract]:
    """Return the contracts that carry this one on."""
    return db.session.scalars(
        select(SeasonContract)
        .join(ContractRules, ContractRules.contract_id == SeasonContract.id)
        .where(ContractRules.renews_id == contract.id)
        .order_by(SeasonContract.id)
    ).all()
