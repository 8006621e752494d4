"""The stand-in itself, and what in life the buyer, the bank or Stripe does."""

from typing import Any

import stripe

from . import accounts, balance, checkout, disputes, events, paying, refunds
from .faults import Fault
from .routing import Call
from .service import Noted, Service
from .state import DAY, PLATFORM, Object, State
from .webhooks import Sender, post_over_http

KEY = "sk_test_freeco"
RETURNED_WITHIN = 397 * DAY


class StandIn:
    """Stripe for tests. What begins with an id takes the id that the SDK gave."""

    def __init__(self) -> None:
        self.state = State()
        self.service = Service(self.state)
        self.sender = Sender(self.state)

    @property
    def url(self) -> str:
        """The address, for ``base_addresses={"api": …}``."""
        return self.state.address

    def client(self, **options: Any) -> stripe.StripeClient:
        """Return the real SDK, pointed here; without retries of its own."""
        options = {"max_network_retries": 0, **options}
        return stripe.StripeClient(KEY, base_addresses={"api": self.url}, **options)

    def reset(self) -> None:
        """Forget everything: objects, events, endpoints, keys, faults, clock, how it posts."""
        with self.state.lock:
            self.state.reset()
            self.service.reset()
            self.sender.post = post_over_http

    @property
    def calls(self) -> list[Noted]:
        """Every call since the last reset."""
        return self.service.calls

    @property
    def refused_parameters(self) -> list[str]:
        """The parameters that the SDK's types do not know; a test should leave none."""
        return self.service.refused_parameters

    @property
    def accidents(self) -> list[str]:
        """What broke in the stand-in itself; always a fault of ours."""
        return self.service.accidents

    # What goes wrong

    def fail_next(
        self, fault: Fault, method: str, path: str, *, times: int = 1, seconds: float = 0.0
    ) -> None:
        """Have the next calls of a path (a regular expression) go wrong."""
        self.service.faults.plan(fault, method, path, times, seconds)

    def search_lags(self, seconds: int) -> None:
        """Have searches find only what is older, as Stripe's may (up to a minute)."""
        self.state.search_lag = seconds

    def move_clock(self, *, days: float = 0, seconds: int = 0) -> None:
        """Let time pass by the stand-in's own clock."""
        self.state.move_clock(int(days * 24 * 60 * 60) + seconds)

    # Accounts

    def connected(self, **params: Any) -> str:
        """Make a connected account whose onboarding is complete; return its id."""
        account = self.client().v1.accounts.create(
            {"type": "standard", "country": "FR", **params}  # type: ignore[arg-type]
        )
        self.complete_onboarding(account.id)
        return account.id

    def complete_onboarding(self, account: str) -> None:
        """Have somebody give all that Stripe asks of an account."""
        with self.state.lock:
            accounts.complete_onboarding(self.state, self._named(account)[1])

    def restrict(self, account: str, due: str = "person.verification.document") -> None:
        """Have Stripe ask for something more."""
        with self.state.lock:
            accounts.restrict(self.state, self._named(account)[1], due)

    def deauthorise(self, account: str) -> None:
        """Have somebody cut their account off from the platform."""
        with self.state.lock:
            application = {"id": "ca_3Freeco", "object": "application", "name": "Freeco"}
            self.state.emit(account, "account.application.deauthorized", application)
            self.state.accounts.discard(account)

    # Buyers and banks

    def authenticate(self, intent: str, *, succeeds: bool = True) -> None:
        """Have the buyer pass, or fail, the bank's check (3-D Secure)."""
        with self.state.lock:
            account, found = self._named(intent)
            if found["status"] != "requires_action":
                raise paying.unexpected(found, "authenticate")
            if succeeds:
                paying.attempt(self.state, account, found)
            else:
                paying.authentication_fails(self.state, account, found)

    def pay_session(self, session: str, method: str = "pm_card_visa") -> None:
        """Have the buyer pay on Stripe's page; raises ``Refused`` when the card is."""
        with self.state.lock:
            account, found = self._named(session)
            checkout.pay(self.state, account, found, method)

    def bank_says(self, name: str, *, fails: str | None = None) -> None:
        """Have the bank say now what became of a debit (``pi_…``) or of a refund."""
        with self.state.lock:
            account, found = self._named(name)
            if found["object"] == "refund":
                refunds.the_bank_says(self.state, account, found, "failed" if fails else None)
            else:
                paying.the_bank_says(self.state, account, found, fails)

    def dispute(self, name: str, reason: str = "fraudulent", amount: int | None = None) -> str:
        """Have the buyer dispute a charge or an intent; return the dispute's id."""
        with self.state.lock:
            account, charge = self._charge_of(name)
            return str(disputes.open_dispute(self.state, account, charge, reason, amount)["id"])

    def return_debit(self, name: str, reason: str = "debit_not_authorized") -> str:
        """Have the payer's bank take a debit back, up to thirteen months later: a lost dispute."""
        with self.state.lock:
            if self.state.now() - self._charge_of(name)[1]["created"] > RETURNED_WITHIN:
                raise ValueError("no bank takes a debit back after thirteen months")
        return self.dispute(name, reason)

    def close_dispute(self, dispute: str, status: str) -> None:
        """Have the bank decide: ``won`` or ``lost``."""
        with self.state.lock:
            account, found = self._named(dispute)
            disputes.close_dispute(self.state, account, found, status)

    def pay_out(self, account: str) -> str:
        """Send what is available to the account's bank; return the payout's id."""
        with self.state.lock:
            return str(balance.pay_out(self.state, account)["id"])

    def fail_payout(self, payout: str) -> None:
        """Have the bank send a payout back."""
        with self.state.lock:
            balance.fail_payout(self.state, *self._named(payout))

    # Webhooks

    def listen(self, url: str, *, connect: bool = True, types: tuple[str, ...] = ("*",)) -> str:
        """Declare an endpoint for connected accounts (or the platform's own); return its secret."""
        with self.state.lock:
            params = {"url": url, "enabled_events": list(types), "connect": connect}
            made = events.create_endpoint(Call(self.state, PLATFORM, {}, params))
            return str(made["secret"])

    def deliver(self) -> list[int]:
        """Send to the endpoints what nobody has taken yet."""
        return self.sender.deliver()

    def _named(self, name: str) -> tuple[str, Object]:
        return self.state.everywhere(name)

    def _charge_of(self, name: str) -> tuple[str, Object]:
        account, found = self._named(name)
        if found["object"] == "payment_intent":
            found = self.state.find(account, "charge", found["latest_charge"])
        return account, found
