from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from flask import Flask

from freeco.members.models import Community, Member
from freeco.module import Story
from freeco_direct_sales import contracts, distributions, plugin
from freeco_direct_sales.models import Distribution, SeasonContract, Subscription

Take = Callable[..., Subscription]


@pytest.fixture
def november(app: Flask, community: Community) -> Callable[[], list[Story]]:
    """Give what direct sales tell of November."""

    def told() -> list[Story]:
        since, until = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
        return plugin.freeco_stories(community, since, until)

    return told


def test_each_distribution_is_told_with_its_place_and_what_it_brings(
    november: Callable[[], list[Story]], vegetables: SeasonContract, bread: SeasonContract
) -> None:
    first = november()[0]
    assert (first.title, first.place) == ("Distribution des paniers", "Salle des fêtes")
    assert first.at == datetime(2026, 11, 5, 17, 30, tzinfo=UTC)
    assert first.text == (
        "De 18\u00a0h\u00a030 à 19\u00a0h\u00a030. "
        "On y retire\u00a0: Légumes d’hiver et Pain au levain."
    )


def test_a_cancelled_delivery_is_told_without_its_reason(
    november: Callable[[], list[Story]],
    vegetables: SeasonContract,
    thursdays: Sequence[Distribution],
) -> None:
    (delivery,) = distributions.deliveries_at(thursdays[0])
    distributions.cancel_delivery(delivery, "Denis est à l’hôpital")
    first = november()[0]
    assert "Pas de livraison ce jour-là\u00a0: Légumes d’hiver." in str(first.text)
    assert "Denis" not in f"{first.title} {first.text}"


def test_the_contracts_one_may_still_take_are_told(
    november: Callable[[], list[Story]],
    vegetables: SeasonContract,
    bread: SeasonContract,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    offered = [each for each in november() if each.at is None]
    assert [(each.title, each.text) for each in offered] == [
        ("On peut s’inscrire\u00a0: Légumes d’hiver", "GAEC des Vergnes, Assiac. 2 places libres."),
        (
            "On peut s’inscrire\u00a0: Pain au levain",
            "Le Fournil de Lise, Lavergne. Sans limite de places.",
        ),
    ]
    take(vegetables, member, {"Petit panier": 1})
    take(vegetables, neighbour, {"Petit panier": 1})
    contracts.close_contract(bread)
    assert [each for each in november() if each.at is None] == []


def test_no_member_s_name_is_told(
    november: Callable[[], list[Story]], vegetables: SeasonContract, member: Member, take: Take
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    told = " ".join(f"{each.title} {each.text} {each.place}" for each in november())
    assert "Dupont" not in told
    assert "Couderc" not in told


def test_another_month_tells_its_own_dates(
    app: Flask, community: Community, thursdays: Sequence[Distribution]
) -> None:
    since, until = datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 15, tzinfo=UTC)
    assert len(plugin.freeco_stories(community, since, until)) == 1
