"""How the demonstration plays a season: contracts offered, and taken by households."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from freeco.charter import services as charter
from freeco.members import households
from freeco.members.models import Member
from freeco.payments.models import Method
from freeco_direct_sales import catalogue, contracts, subscriptions
from freeco_direct_sales.contracting.demonstration import foresee
from freeco_direct_sales.demonstration_farms import Farm
from freeco_direct_sales.models import (
    ContractKind,
    Distribution,
    Producer,
    SeasonContract,
    Subscription,
)


def offer(
    farm: Farm, producer: Producer, name: str, dates: Sequence[Distribution], first: date
) -> SeasonContract:
    """Open a contract of a farm for a season of distributions."""
    season = dates[:: farm.every]
    contract = contracts.create_contract(
        producer,
        name,
        farm.kind,
        first,
        first + timedelta(weeks=len(dates)),
        capacity=farm.capacity,
        terms="Les paniers non retirés sont remis à l’épicerie solidaire de Lavergne.",
    )
    contracts.set_products(contract, catalogue.products_of(producer))
    contracts.set_deliveries(contract, season)
    foresee(contract)
    contracts.open_contract(contract)
    return contract


def take(
    contract: SeasonContract, member: Member, chance: Random, method: Method = Method.CHEQUE
) -> Subscription | None:
    """Let a household take a contract, if a place is left; most producers sign at once."""
    household = households.household_of(member)
    if contracts.places_left(contract) == 0:
        return None
    accepted = charter.acceptances(member)
    subscription = subscriptions.subscribe(
        contract,
        household,
        member,
        _basket(contract, chance),
        chance.choice((1, 3, 3, 6)),
        charter_text_id=accepted[-1].text_id if accepted else None,
        signed_by=member.name,
        method=method,
    )
    if chance.random() < 0.92:
        subscriptions.record_paper_signature(subscription)
    return subscription


def _basket(contract: SeasonContract, chance: Random) -> Mapping[tuple[int, int], int]:
    if contract.kind == ContractKind.FIXED:
        chosen = chance.choice(contract.products)
        return subscriptions.same_basket(contract, {chosen.id: 1})
    usual = {product.id: chance.choice((0, 1, 1, 2)) for product in contract.products}
    if not any(usual.values()):
        usual[contract.products[0].id] = 1
    return {
        (delivery.id, product): many
        for delivery in contracts.coming_deliveries(contract)
        for product, many in usual.items()
        if chance.random() < 0.9
    } or subscriptions.same_basket(contract, usual)
