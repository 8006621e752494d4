"""An autumn Monday in Lavergne: a farm, a bakery, three Thursdays and the people who come."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Household, Member
from freeco.money import Money
from freeco.testing.people import make_community, make_member, open_module, sign_in_as
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue, contracts, distributions, subscriptions
from freeco_direct_sales.models import (
    ContractKind,
    Distribution,
    Producer,
    Product,
    SeasonContract,
    Subscription,
)
from freeco_direct_sales.orders import placing, preparing, sessions
from freeco_direct_sales.orders.models import Order, OrderSession, Pricing
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.shifts import leftovers, planning
from freeco_direct_sales.shifts.leftover_models import Partner
from freeco_direct_sales.shifts.models import Shift
from freeco_direct_sales.shifts.planning import Need
from freeco_direct_sales.solidarity import declaring

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]


@pytest.fixture(autouse=True)
def monday() -> Iterator[datetime]:
    """Hold the clock: Monday the 2nd of November 2026, ten in the morning in Paris."""
    instant = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    with held_at(instant):
        yield instant


@pytest.fixture
def opened(community: Community) -> None:
    """Open direct sales in the community: what its pages need."""
    open_module(community, "direct_sales")


@pytest.fixture
def elsewhere(app: object) -> Community:
    """Give another community of the same site, its direct sales open too."""
    other = make_community("ailleurs", "Amis d’Ailleurs")
    open_module(other, "direct_sales")
    return other


@pytest.fixture
def farmer(community: Community) -> Member:
    """Give the member who signs for the farm; he can be telephoned once both have signed."""
    denis = make_member(community, "Denis", "Couderc")
    assert denis.person is not None
    denis.person.phone = "05 65 00 00 01"
    db.session.commit()
    return denis


@pytest.fixture
def producer(community: Community, farmer: Member) -> Producer:
    """Give the farm."""
    farm = catalogue.add_producer(
        community,
        "GAEC des Vergnes",
        place="Assiac",
        address="Les Vergnes\n46100 Assiac",
        member=farmer,
    )
    db.session.commit()
    return farm


@pytest.fixture
def products(producer: Producer) -> Sequence[Product]:
    """Give the farm's two baskets, at 11,50 € and 18 €."""
    baskets = [
        catalogue.add_product(producer, "Petit panier", Money(1150), unit="basket", grams=4200),
        catalogue.add_product(producer, "Grand panier", Money(1800), unit="basket", grams=7000),
    ]
    db.session.commit()
    return baskets


@pytest.fixture
def thursdays(community: Community) -> Sequence[Distribution]:
    """Give the distributions of the three coming Thursdays, the 5th, 12th and 19th."""
    found = distributions.create_distributions(
        community,
        distributions.plan_dates(date(2026, 11, 5), date(2026, 11, 19), 1),
        time(18, 30),
        time(19, 30),
        "Salle des fêtes",
    )
    db.session.commit()
    return found


@pytest.fixture
def vegetables(
    producer: Producer, products: Sequence[Product], thursdays: Sequence[Distribution]
) -> SeasonContract:
    """Give the farm's contract: the same basket each Thursday, for two households."""
    contract = contracts.create_contract(
        producer,
        "Légumes d’hiver",
        ContractKind.FIXED,
        date(2026, 11, 1),
        date(2027, 3, 31),
        capacity=2,
    )
    contracts.set_products(contract, products)
    contracts.set_deliveries(contract, thursdays)
    contracts.open_contract(contract)
    db.session.commit()
    return contract


@pytest.fixture
def bakery(community: Community) -> Producer:
    """Give a baker who has no account here."""
    baker = catalogue.add_producer(community, "Le Fournil de Lise", place="Lavergne")
    db.session.commit()
    return baker


@pytest.fixture
def bread(bakery: Producer, thursdays: Sequence[Distribution]) -> SeasonContract:
    """Give the baker's contract: free quantities each Thursday, for as many as will."""
    loaves = [
        catalogue.add_product(bakery, "Pain de campagne", Money(520), grams=1000),
        catalogue.add_product(bakery, "Brioche", Money(480), grams=400),
    ]
    contract = contracts.create_contract(
        bakery, "Pain au levain", ContractKind.FREE, date(2026, 11, 1), date(2027, 3, 31)
    )
    contracts.set_products(contract, loaves)
    contracts.set_deliveries(contract, thursdays)
    contracts.open_contract(contract)
    db.session.commit()
    return contract


@pytest.fixture
def household(member: Member) -> Household:
    """Give the household of Marie Dupont."""
    found = households.household_of(member)
    db.session.commit()
    return found


@pytest.fixture
def neighbour(community: Community) -> Member:
    """Give a member of another household."""
    return make_member(community, "Jean", "Martin")


@pytest.fixture
def coordinator(community: Community) -> Member:
    """Give the member who prepares contracts and distributions."""
    return make_member(community, "Awa", "Diallo", permissions=("direct_sales.coordinate",))


@pytest.fixture
def treasurer(community: Community) -> Member:
    """Give the member who keeps the cheques."""
    return make_member(community, "Paul", "Roux", permissions=("core.treasurer",))


@pytest.fixture
def take(app: object) -> Take:
    """Give what takes a basket, by product name, at every coming delivery of a contract."""

    def subscribe(
        contract: SeasonContract, member: Member, basket: Mapping[str, int], cheques: int = 1
    ) -> Subscription:
        ids = {product.name: product.id for product in contract.products}
        done = subscriptions.subscribe(
            contract,
            households.household_of(member),
            member,
            subscriptions.same_basket(contract, {ids[name]: many for name, many in basket.items()}),
            cheques,
            charter_text_id=None,
            signed_by=member.name,
        )
        db.session.commit()
        return done

    return subscribe


@pytest.fixture
def visiting(client: Visitor, opened: None) -> Visit:
    """Give what opens the site for a member, in a browser without JavaScript."""

    def visit(member: Member) -> Visitor:
        assert member.person is not None
        db.session.commit()
        return sign_in_as(client, member.person)

    return visit


@pytest.fixture
def thursday(
    thursdays: Sequence[Distribution],
    vegetables: SeasonContract,
    take: Take,
    member: Member,
    neighbour: Member,
) -> Distribution:
    """Give Thursday's distribution, to which two households come."""
    take(vegetables, member, {"Petit panier": 1})
    take(vegetables, neighbour, {"Grand panier": 2})
    return thursdays[0]


@pytest.fixture
def volunteer(community: Community) -> Member:
    """Give somebody who holds the table and has no other charge."""
    return make_member(community, "Rose", "Lavaur", permissions=("direct_sales.hand_out",))


@pytest.fixture
def shop(
    community: Community,
    producer: Producer,
    bakery: Producer,
    thursdays: Sequence[Distribution],
) -> OrderSession:
    """Give an open order session: leeks, a chicken by weight and bread, on the first Thursday."""
    session = preparing.create(
        community,
        "Marché du 5",
        datetime(2026, 11, 1, 18, tzinfo=UTC),
        datetime(2026, 11, 3, 20, tzinfo=UTC),
    )
    for seller, name, cents, unit, terms in (
        (producer, "Poireaux", 250, "bunch", Terms(Money(250), on_hand=10)),
        (producer, "Poulet", 1290, "piece", Terms(Money(1290), Pricing.WEIGHT, grams=1800)),
        (bakery, "Pain", 520, "piece", Terms(Money(520))),
    ):
        product = catalogue.add_product(seller, name, Money(cents), unit=unit)
        preparing.offer(session, product, terms)
    preparing.set_pickups(session, {thursdays[0]: None})
    sessions.publish_session(session)
    db.session.commit()
    return session


@pytest.fixture
def buy(shop: OrderSession) -> Callable[..., Order]:
    """Give what orders in that session for a member's household, by article's name."""
    forms = iter(range(1000))

    def order(member: Member, **wants: int | Want) -> Order:
        offers = {each.name: each.id for each in shop.offers}
        placed = placing.place(
            shop,
            households.household_of(member),
            member,
            {
                offers[name]: want if isinstance(want, Want) else Want(want)
                for name, want in wants.items()
            },
            shop.pickups[0].id,
            key=f"form-{next(forms)}",
        )
        db.session.commit()
        return placed.order

    return order


@pytest.fixture
def shifts(community: Community, thursdays: Sequence[Distribution]) -> list[Shift]:
    """Give one at the door and two to weigh, some hours earlier, each Thursday."""
    needs = {
        planning.add_role(community, "Accueil"): Need(1, time(18, 30), time(19, 30)),
        planning.add_role(community, "Pesée"): Need(2, time(16), time(18)),
    }
    for each in thursdays:
        planning.set_shifts(each, needs)
    db.session.commit()
    return [shift for each in thursdays for shift in planning.shifts_of(each)]


@pytest.fixture
def partner(community: Community) -> Partner:
    """Give the grocery."""
    found = leftovers.keep_partner(
        community, "Épicerie", "Léa", "epicerie@example.org", "06", "3 rue du Four"
    )
    db.session.commit()
    return found


@pytest.fixture
def reader(community: Community) -> Member:
    """Give somebody who swore to keep what they read of incomes and codes."""
    found = make_member(community, "Inès", "Vidal", permissions=("direct_sales.solidarity_reader",))
    declaring.swear(found)
    return found
