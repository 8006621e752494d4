"""A stand-in for Stripe: a real HTTP server with a memory, for tests. See README.md."""

from .server import standing_in
from .stand_in import StandIn
from .webhooks import Delivery, Sender

__all__ = ["Delivery", "Sender", "StandIn", "standing_in"]
