"""A season under way for the demonstration: four farms, their contracts, fifty households."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from freeco.clock import held_at, now, today
from freeco.members import households, membership
from freeco.members.models import TREASURER, Member
from freeco.module import Demonstration
from freeco.money import Money
from freeco.payments import steps
from freeco.payments.models import Method, Payment
from freeco_direct_sales import (
    catalogue,
    changing,
    contracts,
    demonstration_year,
    distributions,
    harvest_lists,
    places,
    sales,
    sheets,
    subscriptions,
)
from freeco_direct_sales.contracting import demonstration as contracting
from freeco_direct_sales.demonstration_billing import give_numbers
from freeco_direct_sales.demonstration_farms import FARMS, Farm
from freeco_direct_sales.demonstration_year import BANK_FEE, METHODS
from freeco_direct_sales.growing import demonstration as growing
from freeco_direct_sales.handover import demonstration as handover
from freeco_direct_sales.models import (
    Distribution,
    Producer,
    SeasonContract,
    Subscription,
)
from freeco_direct_sales.orders import demonstration as orders
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.playing import offer, take
from freeco_direct_sales.shifts import demonstration as shifts
from freeco_direct_sales.solidarity import demonstration as solidarity
from freeco_direct_sales.telling import demonstration as telling

PLACE = "Salle des fêtes, Lavergne-sur-Célé"
WEEKS_BEFORE = 7
WEEKS_AFTER = 17
THURSDAY = 3
STILL_TO_CHOOSE = 2
"""Which household, of all, has no contract for the season yet."""
BEFORE_SEASON = timedelta(days=6)
"""When contracts open; books are written in order, and the year before ends ten days before."""
A_MONTH = timedelta(days=30)
STILL_TO_GIVE = 0.2
"""How many households are late with their cheques."""


def stage(staging: Demonstration) -> Sequence[str]:
    """Fill the demonstration community; return what to try first."""
    membership.grant(staging.coordinator, COORDINATE.name)
    membership.grant(staging.treasurer, TREASURER)
    community = staging.community
    tables = _tables(staging.members)
    thursday = _thursday(today(community.timezone))
    first = thursday - timedelta(weeks=WEEKS_BEFORE)
    begun = datetime.combine(first, time(8), now().tzinfo) - BEFORE_SEASON
    with held_at(begun):
        dates = distributions.create_distributions(
            community,
            [first + timedelta(weeks=week) for week in range(WEEKS_BEFORE + WEEKS_AFTER)],
            time(18, 30),
            time(19, 30),
            PLACE,
        )
        producers = [
            _producer(farm, member) for farm, member in zip(FARMS, staging.producers, strict=True)
        ]
    if staging.year:
        demonstration_year.stage(staging, FARMS, producers, tables, first - timedelta(weeks=1))
    with held_at(begun):
        held = [
            offer(farm, producer, farm.contract, dates, first)
            for farm, producer in zip(FARMS, producers, strict=True)
        ]
        for farm, contract in zip(FARMS, held, strict=True):
            for table in tables[:STILL_TO_CHOOSE] + tables[STILL_TO_CHOOSE + 1 :]:
                if staging.random.randrange(100) < farm.taken_by:
                    take(contract, table, staging.random, staging.random.choice(METHODS))
    _pay(held, staging, begun + timedelta(days=2))
    sales.sell_due(community)
    if community.latitude is not None and community.longitude is not None:
        places.place_hall(community, PLACE, (community.latitude + 0.002, community.longitude))
    coming = dates[WEEKS_BEFORE]
    _change_at_the_last_minute(held, coming)
    orders.stage(producers, tables, dates[WEEKS_BEFORE:], staging.random)
    contracting.stage(held, tables, staging.coordinator)
    shifts.stage(dates, WEEKS_BEFORE, tables, staging.random)
    shifts.stage_evening(dates[WEEKS_BEFORE - 1], producers[0], tables[1], staging.coordinator)
    for weeks, settled in ((2, True), (1, False)):
        evening = dates[WEEKS_BEFORE - weeks]
        orders.stage_past(producers, tables, evening, staging.random, settled=settled)
    solidarity.stage(staging, producers, tables, dates[WEEKS_BEFORE:])
    growing.stage(producers, tables, dates[WEEKS_BEFORE:])
    telling.stage(producers, coming)
    # Last: in a rehearsal, what comes after is done by whoever tries.
    handover.stage(staging, producers[1], dates[WEEKS_BEFORE:])
    return (
        f"La prochaine distribution porte le code {sheets.code(coming)} ; sa feuille :",
        f"  freeco sheet {coming.id} --output feuille.pdf",
    )


def _thursday(day: date) -> date:
    return day + timedelta(days=(THURSDAY - day.weekday()) % 7)


def _tables(members: Sequence[Member]) -> list[Member]:
    """Return one member for each household."""
    seen: set[int] = set()
    found = []
    for member in members:
        household = households.household_of(member)
        if household.id not in seen:
            seen.add(household.id)
            found.append(member)
    return found


def _producer(farm: Farm, member: Member) -> Producer:
    producer = catalogue.add_producer(
        member.community,
        farm.name,
        place=farm.place,
        presentation=farm.presentation,
        address=farm.place.partition(",")[0],
        member=member,
    )
    for name, cents, unit, grams in farm.goods:
        catalogue.add_product(producer, name, Money(cents), unit=unit, grams=grams)
    give_numbers(producer, FARMS.index(farm) + 1)
    return producer


def _pay(held: Sequence[SeasonContract], staging: Demonstration, evening: datetime) -> None:
    """Let most households give their cheques one evening, and pay otherwise when it falls due.

    What was due is banked, but this month's; the last farm took its own home. One cheque came
    back, and the coordinator still has a transfer to make.
    """
    mine = households.household_of(staging.coordinator)
    later = subscriptions.standing_subscription(held[0], mine)
    if later is not None:
        steps.change_method(later.payments[-1], Method.TRANSFER)
    long_ago = today(staging.community.timezone) - A_MONTH
    for contract in held:
        given = [
            payment
            for each in subscriptions.subscriptions_to(contract)
            if each.household == mine or staging.random.random() >= STILL_TO_GIVE
            for payment in each.payments
        ]
        with held_at(evening):
            for payment in given:
                if payment.method == Method.CHEQUE:
                    steps.receive(payment, staging.treasurer)
        for day in sorted({each.due_on for each in given if each.due_on < long_ago}):
            with held_at(datetime.combine(day, time(10), evening.tzinfo)):
                due = [each for each in given if each.due_on == day]
                _bring(due, day, staging.treasurer, home=contract is held[-1])
    _bounce(held[0])


def _bounce(contract: SeasonContract) -> None:
    """Let the last cheque that was banked for a contract come back."""
    banked = [
        payment
        for each in subscriptions.subscriptions_to(contract)
        for payment in each.payments
        if payment.slip_id is not None
    ]
    if banked:
        steps.fail(banked[-1], now(), "no_funds", fee=BANK_FEE)


def _bring(due: Sequence[Payment], day: date, by: Member, *, home: bool) -> None:
    """Bring cheques to the bank or hand them to the farm; note what came otherwise."""
    cheques = [each for each in due if each.method == Method.CHEQUE]
    for each in due:
        if each.method != Method.CHEQUE:
            steps.receive(each, by)
        elif home:
            steps.hand_over(each, by)
    if cheques and not home:
        steps.bank(cheques, day, by)


def _change_at_the_last_minute(held: Sequence[SeasonContract], coming: Distribution) -> None:
    """Print the sheet, then let one household be away and one delivery fall through."""
    harvest_lists.note_print(coming)
    contract = held[0]
    for subscription in subscriptions.subscriptions_to(contract)[:1]:
        _take_nothing(subscription, coming)


def _take_nothing(subscription: Subscription, coming: Distribution) -> None:
    for delivery in contracts.deliveries_of(subscription.contract):
        if delivery.distribution_id == coming.id:
            basket = {each.id: 0 for each in subscription.contract.products}
            changing.change_delivery(subscription, delivery, basket)
