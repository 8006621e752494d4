"""What producers of the demonstration have said: an hour of their own, and something missing."""

from collections.abc import Sequence

from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.telling import shortages, wishes
from freeco_direct_sales.telling.concerned import products_at
from freeco_direct_sales.telling.models import HowShort
from freeco_direct_sales.telling.shortages import Words
from freeco_direct_sales.telling.wishes import When, Wish

FARM, BAKERY = 0, 1


def stage(producers: Sequence[Producer], coming: Distribution) -> None:
    """Let the bakery choose its hour, and the farm say that there are no leeks this week."""
    wishes.choose(producers[BAKERY], Wish(When(1, 12), When(1, 20)))
    farm = producers[FARM]
    baskets = [each for each in products_at(farm, [coming]) if each.unit == "basket"]
    if farm.member is not None and baskets:
        words = Words(
            baskets,
            [coming],
            HowShort.OTHERWISE,
            "Pas de poireaux cette semaine, plus de blettes.",
        )
        shortages.announce(farm, farm.member, words, "demonstration")
