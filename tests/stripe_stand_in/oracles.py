"""The servers of Stripe's API that the same test can ask: the stand-in, localstripe, a sandbox.

localstripe is GPL-3: a program of its own that tests start, never imported by us.
"""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import pytest
import stripe
from tests.browser.site import free_port

from .ear import Ear
from .stand_in import StandIn

ALONE = """
import sys
from aiohttp import web
from localstripe import server
server.store.dump_to_disk = lambda: None  # it would write the same file of /tmp for everybody
web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""
SECRET = "whsec_of_the_tests"
ALLOWED = {"allowed_payment_method_types": ["card"]}
T = TypeVar("T")


def _tell(url: str, body: bytes | None = None, method: str | None = None) -> None:
    """Ask localstripe something that is not Stripe's."""
    asked = urllib.request.Request(url, body, method=method)  # noqa: S310
    urllib.request.urlopen(asked).close()  # noqa: S310


SANDBOX = ["sandbox"] if os.environ.get("FREECO_STRIPE_SANDBOX_KEY") else []
"""Asked only when a person gives a key: see docs/stripe_contract.md. Never in the gate."""


@dataclass
class Oracle:
    """A server of Stripe's API, and the little in which they differ."""

    v1: stripe.V1Services
    cards_only: dict[str, Any]
    """How an intent says that it wants a card, and no redirect."""
    stand_in: StandIn | None = None
    config: str = ""
    """Where localstripe is told what is not Stripe's."""

    @classmethod
    def at_stand_in(cls, stand_in: StandIn) -> Self:
        """Ask the stand-in, on the platform's own account."""
        return cls(stand_in.client().v1, ALLOWED, stand_in)

    @classmethod
    def at_localstripe(cls, url: str) -> Self:
        """Ask localstripe, emptied."""
        _tell(f"{url}/_config/data", method="DELETE")
        client = stripe.StripeClient("sk_test_freeco", base_addresses={"api": url})
        return cls(client.v1, {}, config=f"{url}/_config")

    @classmethod
    def at_sandbox(cls) -> Self:
        """Ask Stripe itself, in a sandbox."""
        return cls(sandbox().v1, ALLOWED)

    def asks(self, amount: int, card: str = "pm_card_visa", **more: Any) -> stripe.PaymentIntent:
        """Make an intent."""
        params: Any = {
            "amount": amount,
            "currency": "eur",
            "payment_method": card,
            **self.cards_only,
            **more,
        }
        return self.v1.payment_intents.create(params)

    def card_that_asks(self) -> str:
        """Return a card whose bank asks the buyer; localstripe knows it by its number alone."""
        if not self.config:
            return "pm_card_authenticationRequired"
        card: Any = {"number": "4000002500003155", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        return self.v1.payment_methods.create({"type": "card", "card": card}).id

    def event(self, type: str, about: str) -> stripe.Event:
        """Return the event that tells of an object."""

        def found() -> stripe.Event | None:
            events = self.v1.events.list({"type": type}).data
            return next((each for each in events if each.data.object["id"] == about), None)

        return eventually(found)

    def listen(self, url: str) -> str:
        """Have webhooks sent to an address; return the secret they are signed with."""
        if self.stand_in is not None:
            return self.stand_in.listen(url, connect=False)
        if not self.config:
            pytest.skip("a sandbox does not reach this machine")
        form = urllib.parse.urlencode({"url": url, "secret": SECRET}).encode()
        _tell(f"{self.config}/webhooks/ours", form)
        return SECRET

    def deliver(self, ear: Ear, type: str, about: str) -> tuple[bytes, str]:
        """Return the delivery of an event; localstripe sends a second later, by itself."""
        if self.stand_in is not None:
            self.stand_in.sender.deliver()

        def heard() -> tuple[bytes, str] | None:
            words = (f'"type": "{type}"'.encode(), about.encode())
            told = (each for each in list(ear.heard) if all(word in each[0] for word in words))
            return next(told, None)

        return eventually(heard)


def sandbox() -> stripe.StripeClient:
    """Return the SDK pointed at a sandbox of Stripe; a live key is refused."""
    key = os.environ["FREECO_STRIPE_SANDBOX_KEY"]
    if not key.startswith(("sk_test_", "rk_test_")):
        pytest.fail("FREECO_STRIPE_SANDBOX_KEY is not a test key")
    return stripe.StripeClient(key)


def eventually(find: Callable[[], T | None], seconds: float = 60) -> T:
    """Return what is found, at the latest after a while."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = find()
        if found is not None:
            return found
        time.sleep(0.1)
    raise AssertionError("it never came")


@contextmanager
def localstripe(home: Path) -> Iterator[str]:
    """Start localstripe on this machine only; it forgets all when it ends."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with (
        (home / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-c", ALONE, str(port)], stdout=log, stderr=log, cwd=home
        ) as process,
    ):
        try:
            _wait_for(url, process, home / "log")
            yield url
        finally:
            process.terminate()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            _tell(f"{url}/js.stripe.com/v3/")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text("utf-8"))
