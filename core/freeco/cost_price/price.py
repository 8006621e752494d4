"""The anatomy of a price: who gets what of it. Pure sums of whole cents."""

from dataclasses import dataclass

from freeco.money import Money, total

TWENTIETH = 20
NOTHING = Money(0)


@dataclass(frozen=True)
class PriceParts:
    """A price and where it goes; the parts add up to it exactly."""

    producer: Money
    transport: Money
    solidarity: Money
    platform: Money
    """At most 5 % of the price, rounded down."""
    payment_fee: Money
    """What the payment provider kept, exactly."""

    def __post_init__(self) -> None:
        if any(each < NOTHING for each in self.all):
            raise ValueError("a part of a price is not below zero")
        if self.platform * TWENTIETH > self.amount:
            raise ValueError("the platform's part is above 5 %")

    @property
    def all(self) -> tuple[Money, ...]:
        """The parts, in the order they are read."""
        return (self.producer, self.transport, self.solidarity, self.platform, self.payment_fee)

    @property
    def amount(self) -> Money:
        """The price."""
        return total(self.all)


def part_of_platform(amount: Money, basis_points: int, per_gift: Money, *, gift: bool) -> Money:
    """Return the platform's part of a price: never above a twentieth, always rounded down.

    A gift bears a fixed part and no percentage: the charter of Don en Confiance forbids any pay
    linked to the sums collected.
    """
    most = amount // TWENTIETH
    asked = per_gift if gift else Money(amount.cents * basis_points // 10_000)
    return min(asked, most)


def split_price(
    amount: Money, platform: Money, *, transport: Money, solidarity: Money, payment_fee: Money
) -> PriceParts:
    """Give the producer what the others leave. Raises ValueError when that is below zero."""
    producer = amount - transport - solidarity - platform - payment_fee
    return PriceParts(producer, transport, solidarity, platform, payment_fee)
