"""The sender of webhooks: honest when asked to deliver, hostile when a test wants it."""

import hmac
import json
import time
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any
from urllib.error import HTTPError, URLError

from .state import PLATFORM, Object, State


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one address."""

    event: str
    url: str
    body: bytes
    signature: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers that Stripe sends."""
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": self.signature,
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }


Post = Callable[[Delivery], int]
"""Brings a delivery; returns the status of the answer, 0 when nobody answers."""


def post_over_http(delivery: Delivery) -> int:
    """Bring a delivery over HTTP, and wait as little as Stripe does."""
    asked = urllib.request.Request(delivery.url, delivery.body, delivery.headers)  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code
    except (URLError, OSError):
        return 0


def signed(body: bytes, secret: str, at: float | None = None) -> str:
    """Return the ``Stripe-Signature`` of a body, by default of this moment."""
    second = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), b"%d.%s" % (second, body), sha256).hexdigest()
    return f"t={second},v1={digest}"


class Sender:
    """Sends what happened to the endpoints that listen."""

    def __init__(self, state: State, post: Post = post_over_http) -> None:
        self._state = state
        self.post = post

    def events(self, *types: str) -> list[Object]:
        """Return what happened, the oldest first; of these types, if any are named."""
        with self._state.lock:
            return [
                each for _, each in self._state.happened() if not types or each["type"] in types
            ]

    def undelivered(self) -> list[Object]:
        """Return what no endpoint has taken yet."""
        return [each for each in self.events() if each["pending_webhooks"]]

    def deliveries(
        self, events: Iterable[Object], at: float | None = None, **instead: Any
    ) -> list[Delivery]:
        """Return what goes to each endpoint for these events.

        ``at`` signs at another time; ``instead`` changes the events themselves before they are
        signed (``type="unheard.of"``, ``account="acct_nobody"``, ``api_version="2019-01-01"``).
        """
        wanted = {event["id"] for event in events}
        found = []
        with self._state.lock:
            endpoints = list(self._state.of_kind(PLATFORM, "webhook_endpoint"))
            for owner, event in self._state.happened():
                if event["id"] in wanted:
                    told = {**_told(event, owner), **instead}
                    found += [
                        self._delivery(told, endpoint, at)
                        for endpoint in endpoints
                        if self._listens(endpoint, owner, event["type"])
                    ]
        return found

    def _listens(self, endpoint: Object, owner: str, type: str) -> bool:
        connect = self._state.hidden[endpoint["id"]]["connect"]
        enabled = endpoint["enabled_events"]
        return connect == (owner != PLATFORM) and ("*" in enabled or type in enabled)

    def _delivery(self, event: Object, endpoint: Object, at: float | None) -> Delivery:
        body = json.dumps(event, indent=2).encode()
        secret = self._state.hidden[endpoint["id"]]["secret"]
        return Delivery(event["id"], endpoint["url"], body, signed(body, secret, at))

    def deliver(self, events: Iterable[Object] | None = None) -> list[int]:
        """Deliver once, in order, what nobody has taken; what is answered 2xx is taken."""
        wanted = self.undelivered() if events is None else list(events)
        return [self._bring(delivery) for delivery in self.deliveries(wanted)]

    def _bring(self, delivery: Delivery) -> int:
        status = self.post(delivery)
        if 200 <= status < 300:
            with self._state.lock:
                self._state.everywhere(delivery.event)[1]["pending_webhooks"] = 0
        return status

    def storm(
        self,
        events: Iterable[Object],
        *,
        seed: int,
        most: int = 4,
        lost: float = 0.0,
        threads: int = 8,
    ) -> list[int]:
        """Deliver each event one to ``most`` times, shuffled, from several threads at once.

        A share ``lost`` of the deliveries never leaves; every event that was lost altogether
        stays in ``undelivered`` for a later ``deliver``.
        """
        random = Random(seed)
        bag = [
            each for each in self.deliveries(list(events)) for _ in range(random.randint(1, most))
        ]
        random.shuffle(bag)
        sent = [each for each in bag if random.random() >= lost]
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(self._bring, sent))

    def forged(self, delivery: Delivery) -> Delivery:
        """Return the delivery with a signature by a secret that is not ours."""
        return Delivery(
            delivery.event, delivery.url, delivery.body, signed(delivery.body, "whsec_not_ours")
        )

    def tampered(self, delivery: Delivery) -> Delivery:
        """Return the delivery with its body changed after it was signed."""
        body = delivery.body.replace(b'"livemode": false', b'"livemode": true ', 1)
        return Delivery(delivery.event, delivery.url, body, delivery.signature)


def _told(event: Object, owner: str) -> Object:
    return event if owner == PLATFORM else {**event, "account": owner}
