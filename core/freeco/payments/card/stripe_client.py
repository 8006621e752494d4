"""Speaking with Stripe: our timeouts, our keys, our two words for what can go wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from freeco.config import Settings
from freeco.payments.card.truth import Declined, Unanswered

if TYPE_CHECKING:
    from stripe import RequestOptions, StripeClient

TIMEOUTS = (4, 15)
"""Seconds to be connected, then to be answered: somebody may be waiting before a page."""
RETRIES = 2
"""Within one call, with our own key: after a crash only that key makes twice once."""


def client(settings: Settings) -> "StripeClient":
    """Return a client of our account."""
    return new_client(settings.stripe_key, settings.stripe_url)


@cache
def new_client(key: str, url: str) -> "StripeClient":
    """Return a client by its key, one a process."""
    # Here and not above: it is large, and most of our processes never speak with it.
    import stripe

    stripe.enable_telemetry = False
    return stripe.StripeClient(
        key,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUTS),
        base_addresses={"api": url} if url else {},
    )


def options(account: str | None, key: str = "") -> "RequestOptions":
    """Say on whose account, and by which key twice is once."""
    found: RequestOptions = {}
    if account:
        found["stripe_account"] = account
    if key:
        found["idempotency_key"] = key
    return found


@contextmanager
def answered() -> Iterator[None]:
    """Turn the SDK's errors into Declined (nothing was done) or Unanswered (nobody knows)."""
    import stripe

    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.IdempotencyError) as error:
        raise Unanswered(type(error).__name__) from error
    except stripe.StripeError as error:
        code = str(error.code or type(error).__name__)
        # 409: another request with the same key is under way, and may succeed.
        if error.http_status is None or error.http_status >= 500 or error.http_status == 409:
            raise Unanswered(code) from error
        raise Declined(code) from error


def as_dict(found: Any) -> dict[str, Any]:
    """Return an answer of the SDK as plain data."""
    plain: dict[str, Any] = found.to_dict()
    return plain
