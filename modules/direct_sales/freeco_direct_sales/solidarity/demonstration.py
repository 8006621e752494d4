"""A shared price for the demonstration: a pool, one free price, one by income, baskets given."""

from collections.abc import Sequence

from freeco.clock import today
from freeco.db import db
from freeco.kernel import kernel
from freeco.members import households, membership
from freeco.members.models import Community, Member
from freeco.module import Demonstration
from freeco.money import Money
from freeco.organisations import services as organisations
from freeco.organisations.models import OrganisationKind, Role
from freeco_direct_sales import catalogue, contracts, subscriptions
from freeco_direct_sales.models import ContractKind, Distribution, Producer, SeasonContract
from freeco_direct_sales.orders import shopping
from freeco_direct_sales.orders.models import Pricing
from freeco_direct_sales.permissions import SOLIDARITY_READER
from freeco_direct_sales.solidarity import admitting, applying, cost_lines, declaring, giving
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.declaring import Said
from freeco_direct_sales.solidarity.models import Kind, Source
from freeco_direct_sales.solidarity.rules import Bounds

DATES = 8
CHOICES = (1500, 1000, 0, -1500, -1000, 500)
"""What the first households choose, in basis points; the others are asked."""
AT_COST = 2
"""Which household orders at cost price: the one that has no contract yet."""
INCOMES = ((9600, 1, 2), (18000, 2, 1), (26400, 2, 0), (42000, 2, 2))
"""Euros a year, adults, children."""


def stage(
    staging: Demonstration,
    producers: Sequence[Producer],
    tables: Sequence[Member],
    dates: Sequence[Distribution],
) -> None:
    """Let an association hold the pool, and households pay what they can."""
    community, treasurer = staging.community, staging.treasurer
    membership.grant(treasurer, SOLIDARITY_READER.name)
    association = organisations.register(
        kernel().plugins,
        community,
        OrganisationKind.ASSOCIATION,
        "Les Amis de la caisse solidaire",
        founder=treasurer,
        role=Role.TREASURER,
        by_somebody_else=True,
    )
    assert association.organisation_id is not None  # noqa: S101 - it has just been registered
    pools.entrust(community, association.organisation_id, Money(8000))
    giving.note(community, Source.SUBSIDY, Money(12000), "transfer", "demonstration")
    around = Bounds(8000, 13000)
    free = _open(producers[0], "Légumes à prix libre", dates, Kind.FREE, around)
    for member, points in zip(tables[4:], CHOICES, strict=False):
        applying.choose(free, households.household_of(member), points)
        _sign(free, member)
    by_income = Bounds(7500, 22000, Money(600_000), Money(2_000_000))
    means = _open(producers[1], "Pain selon le revenu", dates, Kind.MEANS, by_income)
    declared = zip(tables[10:], INCOMES, strict=False)
    for member, (income, adults, children) in declared:
        household = households.household_of(member)
        declaring.declare(household, member, Said(Money(income * 100), adults, children))
        _sign(means, member)
    offered = giving.offer(households.household_of(tables[5]), Money(1200))
    giving.receive(community, offered, "cheque")
    giving.offer(households.household_of(tables[6]), Money(1200))
    giving.ask(households.household_of(tables[-1]))
    giving.draw(community)
    _at_cost(community, treasurer, tables)
    db.session.flush()


def _at_cost(community: Community, reader: Member, tables: Sequence[Member]) -> None:
    """Offer an article of the open session at cost price, to a household and with some codes."""
    (session,) = shopping.taking_orders(community)
    dearest = max(
        (each for each in session.offers if each.pricing == Pricing.UNIT and each.stock is None),
        key=lambda each: (each.price.cents, each.id),
    )
    cost_lines.set_price(dearest, Money(dearest.price.cents * 6 // 10), 2)
    declaring.swear(reader)
    household = households.household_of(tables[AT_COST])
    declaring.declare(household, tables[AT_COST], Said(Money(1_050_000), 1, 1))
    admitting.admit(reader, household)
    admitting.make_codes(community, reader, "Mme Bonnet, CCAS de Lavergne", 6, "demonstration")


def _open(
    producer: Producer, name: str, dates: Sequence[Distribution], kind: Kind, voted: Bounds
) -> SeasonContract:
    coming = list(dates[1 : 1 + DATES])
    contract = contracts.create_contract(
        producer,
        name,
        ContractKind.FIXED,
        today(producer.community.timezone),
        coming[-1].starts_at.date(),
    )
    contracts.set_products(contract, catalogue.products_of(producer)[:2])
    contracts.set_deliveries(contract, coming)
    applying.set_rule(contract, kind, voted)
    contracts.open_contract(contract)
    return contract


def _sign(contract: SeasonContract, member: Member) -> None:
    found = subscriptions.subscribe(
        contract,
        households.household_of(member),
        member,
        subscriptions.same_basket(contract, {contract.products[0].id: 1}),
        2,
        charter_text_id=None,
        signed_by=member.name,
    )
    subscriptions.record_paper_signature(found)
