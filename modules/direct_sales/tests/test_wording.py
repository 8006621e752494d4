"""Goods as they are named on a list."""

import pytest

from freeco.money import Money
from freeco_direct_sales import wording
from freeco_direct_sales.models import Producer, Product


@pytest.mark.parametrize(
    ("name", "unit", "said"),
    [
        ("Grand panier", "basket", True),
        ("Miel de causse 500 g", "jar", False),
        ("Tomme, 250 g", "piece", False),
        ("Pain de campagne 1 kg", "piece", False),
        ("Carottes", "kg", False),
        ("Fromage 3 laits", "piece", True),
    ],
)
def test_a_weight_is_said_once(name: str, unit: str, said: bool, producer: Producer) -> None:
    product = Product(producer=producer, name=name, unit=unit, price=Money(350), grams=500)
    assert wording.weight_to_say(product) is said


def test_a_measure_stays_on_one_line() -> None:
    assert wording.unbroken("Pain de campagne 1 kg") == "Pain de campagne 1\u00a0kg"
    assert wording.unbroken("Grand panier") == "Grand panier"
