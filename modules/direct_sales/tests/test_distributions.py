from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent
from freeco.kernel_models import PublishedEvent
from freeco.members import households
from freeco.members.models import Community, Household, Member
from freeco.plugins import Plugins
from freeco_direct_sales import baskets, changing, contracts, distributions, subscriptions
from freeco_direct_sales.errors import DeliveryPast, ReasonMissing, SameDistribution
from freeco_direct_sales.local import hours, local_day
from freeco_direct_sales.models import (
    Change,
    Delivery,
    Distribution,
    SeasonContract,
    Subscription,
)

Take = Callable[..., Subscription]
SMALL = {"Petit panier": 1}
FRIDAY = datetime(2026, 11, 6, 9, 0, tzinfo=UTC)


@pytest.fixture
def delivery(vegetables: SeasonContract) -> Delivery:
    """Give the vegetables of Thursday the 5th."""
    return contracts.deliveries_of(vegetables)[0]


def test_a_season_is_planned_without_its_exceptions() -> None:
    days = distributions.plan_dates(
        date(2026, 12, 17), date(2027, 1, 8), 1, [date(2026, 12, 24), date(2026, 12, 31)]
    )
    assert days == [date(2026, 12, 17), date(2027, 1, 7)]


def test_a_distribution_may_come_every_two_weeks() -> None:
    assert distributions.plan_dates(date(2026, 11, 5), date(2026, 12, 3), 2) == [
        date(2026, 11, 5),
        date(2026, 11, 19),
        date(2026, 12, 3),
    ]


def test_the_hour_stays_on_the_wall_clock_when_summer_ends(community: Community) -> None:
    summer, winter = distributions.create_distributions(
        community,
        [date(2026, 10, 22), date(2026, 10, 29)],
        time(18, 30),
        time(19, 30),
        "Halle",
    )
    assert summer.starts_at == datetime(2026, 10, 22, 16, 30, tzinfo=UTC)
    assert winter.starts_at == datetime(2026, 10, 29, 17, 30, tzinfo=UTC)
    assert hours(summer) == hours(winter) == "de 18\u00a0h\u00a030 à 19\u00a0h\u00a030"


def test_the_day_of_a_distribution_is_that_of_its_place(community: Community) -> None:
    (early,) = distributions.create_distributions(
        community, [date(2026, 11, 7)], time(0, 30), time(2, 0), "Halle"
    )
    db.session.expire(early)
    assert local_day(early) == date(2026, 11, 7)


def test_two_distributions_do_not_share_a_time_and_a_place(
    community: Community, thursdays: Sequence[Distribution]
) -> None:
    with pytest.raises(SameDistribution):
        distributions.create_distributions(
            community, [date(2026, 11, 5)], time(18, 30), time(20, 0), "Salle des fêtes"
        )


def test_two_places_may_distribute_at_once(
    community: Community, thursdays: Sequence[Distribution]
) -> None:
    distributions.create_distributions(
        community, [date(2026, 11, 5)], time(18, 30), time(20, 0), "École"
    )
    assert len(distributions.distributions_of(community)) == 4


def test_the_next_distribution_is_the_one_under_way(
    community: Community, thursdays: Sequence[Distribution]
) -> None:
    with held_at(datetime(2026, 11, 5, 18, 0, tzinfo=UTC)):
        assert distributions.next_distribution(community) is thursdays[0]
    with held_at(FRIDAY):
        assert distributions.next_distribution(community) is thursdays[1]


def test_distributions_and_deliveries_are_absent_elsewhere(
    thursdays: Sequence[Distribution], delivery: Delivery, elsewhere: Community
) -> None:
    with pytest.raises(Absent):
        distributions.find_distribution(elsewhere, thursdays[0].id)
    with pytest.raises(Absent):
        distributions.find_delivery(thursdays[1], delivery.id)


def test_a_distribution_brings_several_producers_by_name(
    vegetables: SeasonContract, bread: SeasonContract, thursdays: Sequence[Distribution]
) -> None:
    names = [each.contract.producer.name for each in distributions.deliveries_at(thursdays[0])]
    assert names == ["GAEC des Vergnes", "Le Fournil de Lise"]


def test_a_basket_gathers_what_several_contracts_bring(
    vegetables: SeasonContract,
    bread: SeasonContract,
    thursdays: Sequence[Distribution],
    household: Household,
    member: Member,
    take: Take,
) -> None:
    take(vegetables, member, SMALL)
    take(bread, member, {"Brioche": 2})
    found = baskets.basket_of(household, thursdays[0])
    assert [(line.producer, line.product, line.quantity) for line in found] == [
        ("GAEC des Vergnes", "Petit panier", 1),
        ("Le Fournil de Lise", "Brioche", 2),
    ]


def test_a_basket_holds_nothing_of_a_place_given_back(
    vegetables: SeasonContract,
    thursdays: Sequence[Distribution],
    household: Household,
    member: Member,
    take: Take,
) -> None:
    subscriptions.withdraw(take(vegetables, member, SMALL))
    assert baskets.basket_of(household, thursdays[0]) == []


def test_a_basket_says_why_something_will_not_come(
    vegetables: SeasonContract,
    delivery: Delivery,
    thursdays: Sequence[Distribution],
    household: Household,
    member: Member,
    take: Take,
) -> None:
    take(vegetables, member, SMALL)
    distributions.cancel_delivery(delivery, "gel de la serre")
    (line,) = baskets.basket_of(household, thursdays[0])
    assert line.cancelled == "gel de la serre"


def test_a_delivery_is_not_cancelled_without_a_reason(delivery: Delivery) -> None:
    with pytest.raises(ReasonMissing):
        distributions.cancel_delivery(delivery, "  ")
    assert delivery.cancelled_at is None


def test_a_cancelled_delivery_keeps_its_reason_and_is_marked(
    delivery: Delivery, monday: datetime
) -> None:
    distributions.cancel_delivery(delivery, " gel ")
    change = db.session.query(Change).one()
    assert (delivery.cancelled_at, delivery.reason) == (monday, "gel")
    assert change.words == "Légumes d’hiver\u00a0: livraison annulée (gel)"


def test_a_cancelled_delivery_is_told_to_the_other_modules(delivery: Delivery) -> None:
    distributions.cancel_delivery(delivery, "gel")
    names = [event.name for event in db.session.query(PublishedEvent)]
    assert "direct_sales.delivery_cancelled" in names


def test_cancelling_twice_tells_people_once(
    vegetables: SeasonContract, delivery: Delivery, member: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    assert distributions.cancel_delivery(delivery, "gel") == [member.person]
    assert distributions.cancel_delivery(delivery, "grêle") == []
    assert delivery.reason == "gel"


def test_a_delivery_comes_back_and_it_is_marked(
    vegetables: SeasonContract, delivery: Delivery, member: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    distributions.cancel_delivery(delivery, "gel")
    assert distributions.restore_delivery(delivery) == [member.person]
    assert (delivery.cancelled_at, delivery.reason) == (None, "")
    assert distributions.restore_delivery(delivery) == []
    assert db.session.query(Change).count() == 2


def test_what_has_been_delivered_is_neither_cancelled_nor_restored(delivery: Delivery) -> None:
    with held_at(FRIDAY):
        with pytest.raises(DeliveryPast):
            distributions.cancel_delivery(delivery, "gel")
        with pytest.raises(DeliveryPast):
            distributions.restore_delivery(delivery)


def test_everybody_at_a_table_is_told_and_nobody_else(
    plugins: Plugins,
    vegetables: SeasonContract,
    delivery: Delivery,
    household: Household,
    member: Member,
    neighbour: Member,
    coordinator: Member,
    take: Take,
) -> None:
    households.add_to_household(plugins, household, neighbour)
    take(vegetables, member, SMALL)
    assert distributions.people_served(delivery) == [member.person, neighbour.person]


def test_who_gave_the_place_back_is_not_told(
    vegetables: SeasonContract, delivery: Delivery, member: Member, take: Take
) -> None:
    subscriptions.withdraw(take(vegetables, member, SMALL))
    assert distributions.people_served(delivery) == []


def test_who_takes_nothing_that_day_is_not_told(
    vegetables: SeasonContract, delivery: Delivery, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    basket = {each.id: 0 for each in vegetables.products}
    changing.change_delivery(done, delivery, basket)
    assert distributions.people_served(delivery) == []
