"""Season contracts: what a producer offers, on which dates, to how many households."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.events import publish
from freeco.members.models import Community, Household
from freeco_direct_sales import sellers
from freeco_direct_sales.contracting import room, waiting
from freeco_direct_sales.errors import (
    ContractAlreadyOpen,
    ContractNotReady,
    TooFewPlaces,
    UnknownChoice,
)
from freeco_direct_sales.events import ContractOpened
from freeco_direct_sales.models import (
    ContractKind,
    ContractProduct,
    ContractState,
    Delivery,
    Distribution,
    Producer,
    Product,
    SeasonContract,
)
from freeco_direct_sales.solidarity import applying


def create_contract(
    producer: Producer,
    name: str,
    kind: ContractKind,
    season_start: date,
    season_end: date,
    *,
    capacity: int | None = None,
    most_cheques: int = 6,
    terms: str = "",
) -> SeasonContract:
    """Draft a contract for a season; it opens once it has products and dates."""
    contract = SeasonContract(
        community=producer.community,
        producer=producer,
        name=name,
        kind=kind,
        season_start=season_start,
        season_end=season_end,
        capacity=capacity,
        most_cheques=most_cheques,
        terms=terms,
    )
    db.session.add(contract)
    db.session.flush()
    return contract


def contracts_of(community: Community, *, drafts: bool = False) -> Sequence[SeasonContract]:
    """Return the contracts of a community, the open ones first, then the latest season."""
    query = (
        select(SeasonContract)
        .where(SeasonContract.community_id == community.id)
        .options(joinedload(SeasonContract.producer))
    )
    if not drafts:
        query = query.where(SeasonContract.state != ContractState.DRAFT)
    order = {ContractState.OPEN: 0, ContractState.DRAFT: 1, ContractState.CLOSED: 2}
    return sorted(
        db.session.scalars(query),
        key=lambda each: (
            order[ContractState(each.state)],
            -each.season_start.toordinal(),
            each.id,
        ),
    )


def find_contract(community: Community, contract_id: int) -> SeasonContract:
    """Return a contract of this community with its products; raise Absent for another's."""
    contract = db.session.get(
        SeasonContract, contract_id, options=[selectinload(SeasonContract.products)]
    )
    if contract is None or contract.community_id != community.id:
        raise Absent
    return contract


def deliveries_of(contract: SeasonContract) -> Sequence[Delivery]:
    """Return the deliveries of a contract in order of date, the cancelled ones too."""
    return db.session.scalars(
        select(Delivery)
        .join(Distribution)
        .where(Delivery.contract_id == contract.id)
        .options(joinedload(Delivery.distribution))
        .order_by(Distribution.starts_at)
    ).all()


def coming_deliveries(contract: SeasonContract, after: datetime | None = None) -> list[Delivery]:
    """Return the deliveries still to come that are not cancelled."""
    since = after or now()
    return [
        delivery
        for delivery in deliveries_of(contract)
        if delivery.cancelled_at is None and delivery.distribution.starts_at > since
    ]


def set_products(contract: SeasonContract, products: Iterable[Product]) -> None:
    """Choose the products of a draft, at today's price: it no longer moves once open.

    Raises ContractAlreadyOpen, or UnknownChoice for another producer's product.
    """
    lock(contract)
    if contract.state != ContractState.DRAFT:
        raise ContractAlreadyOpen
    wanted = {product.id: product for product in products}
    if any(product.producer_id != contract.producer_id for product in wanted.values()):
        raise UnknownChoice
    for row in list(contract.products):
        if row.product_id not in wanted:
            contract.products.remove(row)
            db.session.delete(row)
    held = {row.product_id: row for row in contract.products}
    for product in wanted.values():
        if product.id in held:
            _freeze(held[product.id], product)
            continue
        db.session.add(
            ContractProduct(
                contract=contract,
                product=product,
                name=product.name,
                unit=product.unit,
                price=product.price,
                vat_basis_points=product.vat_basis_points,
                grams=product.grams,
            )
        )
    db.session.flush()


def _freeze(row: ContractProduct, product: Product) -> None:
    row.name, row.unit, row.price = product.name, product.unit, product.price
    row.vat_basis_points, row.grams = product.vat_basis_points, product.grams


def set_deliveries(contract: SeasonContract, distributions: Iterable[Distribution]) -> None:
    """Choose the dates of a draft among the distributions of its community.

    Raises ContractAlreadyOpen, or UnknownChoice for another community's distribution.
    """
    lock(contract)
    if contract.state != ContractState.DRAFT:
        raise ContractAlreadyOpen
    wanted = {each.id: each for each in distributions}
    if any(each.community_id != contract.community_id for each in wanted.values()):
        raise UnknownChoice
    for delivery in deliveries_of(contract):
        if delivery.distribution_id not in wanted:
            db.session.delete(delivery)
        wanted.pop(delivery.distribution_id, None)
    for distribution in wanted.values():
        db.session.add(Delivery(contract=contract, distribution=distribution))
    db.session.flush()


def open_contract(contract: SeasonContract) -> None:
    """Take subscriptions from now on. Raises ContractNotReady, RuleToConfirm."""
    lock(contract)
    if contract.state == ContractState.OPEN:
        return
    if not contract.products or not deliveries_of(contract):
        raise ContractNotReady
    applying.check_confirmed(contract)
    contract.state = ContractState.OPEN
    waiting.pass_on(contract)
    sellers.seller(contract.producer)
    publish(ContractOpened(community_id=contract.community_id, contract_id=contract.id))


def close_contract(contract: SeasonContract) -> None:
    """Take no more subscriptions; those made stand."""
    lock(contract)
    if contract.state == ContractState.OPEN:
        contract.state = ContractState.CLOSED


def change_capacity(contract: SeasonContract, capacity: int | None) -> None:
    """Change how many households it can feed. Raises TooFewPlaces when more have subscribed."""
    lock(contract)
    if capacity is not None and taken_places(contract) > capacity:
        raise TooFewPlaces
    contract.capacity = capacity
    waiting.pass_on(contract)


def taken_places(contract: SeasonContract) -> int:
    """Count the places that standing subscriptions take."""
    return room.taken(contract)


def places_left(contract: SeasonContract, household: Household | None = None) -> int | None:
    """Count the places left to a household, or to anybody; None when there is no limit."""
    return room.left(contract, household)
