"""A season under way for the demonstration: four farms, their contracts, fifty households."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from freeco.charter import services as charter
from freeco.clock import held_at, now, today
from freeco.members import households, membership
from freeco.members.models import Member
from freeco.module import Demonstration
from freeco.money import Money
from freeco_direct_sales import (
    catalogue,
    cheques,
    contracts,
    distributions,
    places,
    sheets,
    subscriptions,
)
from freeco_direct_sales.models import (
    ContractKind,
    Distribution,
    Producer,
    SeasonContract,
    Subscription,
)
from freeco_direct_sales.permissions import COORDINATE, TREASURE

PLACE = "Salle des fêtes, Lavergne-sur-Célé"
WEEKS_BEFORE = 7
WEEKS_AFTER = 17
THURSDAY = 3


@dataclass(frozen=True)
class Farm:
    """What a producer of the demonstration offers."""

    name: str
    place: str
    presentation: str
    contract: str
    kind: ContractKind
    every: int
    """A delivery every so many weeks."""
    capacity: int | None
    taken_by: int
    """Percentage of the households that subscribe."""
    goods: tuple[tuple[str, int, str, int | None], ...]
    """Name, price in cents, unit, grams."""


FARMS = (
    Farm(
        "GAEC des Vergnes",
        "Assiac, 9 km",
        "Légumes de saison en agriculture biologique sur trois hectares, Denis et Marion Couderc.",
        "Légumes d’hiver",
        ContractKind.FIXED,
        1,
        56,
        82,
        (("Petit panier", 1150, "basket", 4200), ("Grand panier", 1800, "basket", 7000)),
    ),
    Farm(
        "Le Fournil de Lise",
        "Lavergne-sur-Célé, 2 km",
        "Pains au levain, blés de pays moulus sur meule, cuisson au feu de bois le jeudi matin.",
        "Pain au levain",
        ContractKind.FREE,
        1,
        None,
        55,
        (
            ("Pain de campagne 1 kg", 520, "piece", 1000),
            ("Pain de seigle 500 g", 340, "piece", 500),
            ("Brioche", 480, "piece", 400),
        ),
    ),
    Farm(
        "Chèvrerie du Causse",
        "Le Mas-du-Causse, 17 km",
        "Quarante chèvres alpines, fromages au lait cru ; pas de traite de Noël à fin janvier.",
        "Fromages de chèvre",
        ContractKind.FREE,
        2,
        40,
        45,
        (
            ("Cabécou frais", 190, "piece", 60),
            ("Cabécou affiné", 210, "piece", 50),
            ("Tomme, 250 g", 650, "piece", 250),
        ),
    ),
    Farm(
        "Les Ruchers du Célé",
        "Saint-Loup-le-Pont, 6 km",
        "Miels de châtaignier, de causse et de printemps, récoltés et mis en pot à la ferme.",
        "Miel et pain d’épices",
        ContractKind.FREE,
        4,
        30,
        25,
        (
            ("Miel de châtaignier 500 g", 780, "jar", 500),
            ("Miel de causse 500 g", 820, "jar", 500),
            ("Pain d’épices", 600, "piece", 350),
        ),
    ),
)


def stage(staging: Demonstration) -> Sequence[str]:
    """Fill the demonstration community; return what to try first."""
    membership.grant(staging.coordinator, COORDINATE.name)
    membership.grant(staging.treasurer, TREASURE.name)
    community = staging.community
    tables = _tables(staging.members)
    thursday = _thursday(today(community.timezone))
    first = thursday - timedelta(weeks=WEEKS_BEFORE)
    begun = datetime.combine(first, time(8), now().tzinfo) - timedelta(days=20)
    with held_at(begun):
        dates = distributions.create_distributions(
            community,
            [first + timedelta(weeks=week) for week in range(WEEKS_BEFORE + WEEKS_AFTER)],
            time(18, 30),
            time(19, 30),
            PLACE,
        )
        held = [
            _contract(farm, member, dates, first)
            for farm, member in zip(FARMS, staging.producers, strict=True)
        ]
        for farm, contract in zip(FARMS, held, strict=True):
            for table in tables:
                if staging.random.randrange(100) < farm.taken_by:
                    _subscribe(contract, table, staging.random)
    _give_cheques(held, staging.random)
    if community.latitude is not None and community.longitude is not None:
        places.place_hall(community, PLACE, (community.latitude + 0.002, community.longitude))
    coming = dates[WEEKS_BEFORE]
    _change_at_the_last_minute(held, coming)
    return (
        f"La prochaine distribution porte le code {sheets.code(coming)} ; sa feuille :",
        f"  freeco sheet {coming.id} --output feuille.pdf",
    )


def _thursday(day: date) -> date:
    return day + timedelta(days=(THURSDAY - day.weekday()) % 7)


def _tables(members: Sequence[Member]) -> list[Member]:
    """Return one member for each household; the last to come still has to choose."""
    seen: set[int] = set()
    found = []
    for member in members:
        household = households.household_of(member)
        if household.id not in seen:
            seen.add(household.id)
            found.append(member)
    return [each for index, each in enumerate(found) if index != 2]


def _contract(
    farm: Farm, member: Member, dates: Sequence[Distribution], first: date
) -> SeasonContract:
    producer: Producer = catalogue.add_producer(
        member.community,
        farm.name,
        place=farm.place,
        presentation=farm.presentation,
        address=farm.place.partition(",")[0],
        member=member,
    )
    goods = [
        catalogue.add_product(producer, name, Money(cents), unit=unit, grams=grams)
        for name, cents, unit, grams in farm.goods
    ]
    season = dates[:: farm.every]
    contract = contracts.create_contract(
        producer,
        farm.contract,
        farm.kind,
        first,
        first + timedelta(weeks=len(dates)),
        capacity=farm.capacity,
        terms="Les paniers non retirés sont remis à l’épicerie solidaire de Lavergne.",
    )
    contracts.set_products(contract, goods)
    contracts.set_deliveries(contract, season)
    contracts.open_contract(contract)
    return contract


def _subscribe(contract: SeasonContract, member: Member, chance: Random) -> None:
    household = households.household_of(member)
    if contracts.places_left(contract) == 0:
        return
    accepted = charter.acceptances(member)
    subscription = subscriptions.subscribe(
        contract,
        household,
        member,
        _basket(contract, chance),
        chance.choice((1, 3, 3, 6)),
        charter_text_id=accepted[-1].text_id if accepted else None,
        signed_by=member.name,
    )
    if chance.random() < 0.92:
        subscriptions.record_paper_signature(subscription)


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


def _give_cheques(held: Sequence[SeasonContract], chance: Random) -> None:
    for contract in held:
        for subscription in subscriptions.subscriptions_to(contract):
            if chance.random() < 0.12:
                continue
            for cheque in subscription.cheques:
                cheques.hand_over(cheque)
                if cheque.due_on < today(contract.community.timezone):
                    cheques.bank(cheque)


def _change_at_the_last_minute(held: Sequence[SeasonContract], coming: Distribution) -> None:
    """Print the sheet, then let one household be away and one delivery fall through."""
    sheets.note_print(coming)
    contract = held[0]
    for subscription in subscriptions.subscriptions_to(contract)[:1]:
        _take_nothing(subscription, coming)


def _take_nothing(subscription: Subscription, coming: Distribution) -> None:
    for delivery in contracts.deliveries_of(subscription.contract):
        if delivery.distribution_id == coming.id:
            basket = {each.id: 0 for each in subscription.contract.products}
            subscriptions.change_delivery(subscription, delivery, basket)
