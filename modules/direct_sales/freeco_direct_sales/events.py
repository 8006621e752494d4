"""What direct sales tell the others; ids and cents only."""

from dataclasses import dataclass
from typing import ClassVar

from freeco.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ContractOpened(DomainEvent):
    """Subscriptions to a season contract are open."""

    name: ClassVar[str] = "direct_sales.contract_opened"
    contract_id: int


@dataclass(frozen=True, kw_only=True)
class SubscriptionMade(DomainEvent):
    """A household has committed itself."""

    name: ClassVar[str] = "direct_sales.subscription_made"
    subscription_id: int
    contract_id: int
    total_cents: int


@dataclass(frozen=True, kw_only=True)
class SubscriptionSigned(DomainEvent):
    """Both sides have signed."""

    name: ClassVar[str] = "direct_sales.subscription_signed"
    subscription_id: int


@dataclass(frozen=True, kw_only=True)
class SubscriptionWithdrawn(DomainEvent):
    """A household has withdrawn before both had signed."""

    name: ClassVar[str] = "direct_sales.subscription_withdrawn"
    subscription_id: int


@dataclass(frozen=True, kw_only=True)
class DeliveryCancelled(DomainEvent):
    """A delivery will not come."""

    name: ClassVar[str] = "direct_sales.delivery_cancelled"
    delivery_id: int
