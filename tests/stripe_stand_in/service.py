"""A request becomes an answer: key, account, parameters, idempotency, faults, then the endpoint."""

import json
import secrets
import time
from dataclasses import dataclass, field
from traceback import format_exc
from typing import Any
from urllib.parse import urlsplit

from . import (  # noqa: F401 - importing them lays their routes
    accounts,
    balance,
    charges,
    checkout,
    disputes,
    events,
    payment_intents,
    payment_methods,
    refunds,
)
from .errors import Refused, RefusedUnheard
from .faults import Fault, Faults
from .forms import parsed
from .idempotency import Keys, Reply
from .listing import expanded
from .routing import Call, Route, routed
from .state import API_VERSION, PLATFORM, State
from .typed import checked

BEFORE: dict[Fault, tuple[int, str]] = {
    Fault.RATE_LIMIT: (429, "rate_limit"),
    Fault.UNAVAILABLE: (503, "unavailable"),
}


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    target: str
    headers: Any
    body: str

    @property
    def path(self) -> str:
        """The path alone."""
        return urlsplit(self.target).path

    @property
    def key(self) -> str | None:
        """The idempotency key; a GET has none."""
        return None if self.method == "GET" else self.headers.get("Idempotency-Key")

    @property
    def encoded(self) -> str:
        """The parameters, still encoded."""
        return urlsplit(self.target).query if self.method == "GET" else self.body


@dataclass
class Noted:
    """A call as tests read it back."""

    method: str
    path: str
    account: str
    key: str | None
    params: dict[str, Any] = field(default_factory=dict)
    status: int | None = None
    """None when no answer was given."""
    replayed: bool = False


class Service:
    """Stripe's API over a state."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.keys = Keys(state)
        self.faults = Faults()
        self.reset()

    def reset(self) -> None:
        """Forget the calls, the keys and the faults."""
        self.keys.reset()
        self.faults.reset()
        self.calls: list[Noted] = []
        self.refused_parameters: list[str] = []
        self.accidents: list[str] = []

    def answer(self, asked: Asked) -> tuple[Reply | None, dict[str, str]]:
        """Return the answer and its headers; no answer when the line breaks."""
        account = asked.headers.get("Stripe-Account") or PLATFORM
        noted = Noted(asked.method, asked.path, account, asked.key)
        self.calls.append(noted)
        fault, seconds = self.faults.of(asked.method, asked.path)
        if fault is Fault.DROP:
            return None, {}
        try:
            reply = self._answer(asked, noted, fault, seconds)
        except RefusedUnheard as refusal:
            reply = _reply(refusal.status, refusal.body)
        except Exception:
            self.accidents.append(format_exc())
            reply = _reply(500, _error())
        if fault is Fault.TIMEOUT_AFTER:
            time.sleep(seconds)
            return None, {}
        noted.status = reply.status
        headers = {"Request-Id": reply.request_id, "Stripe-Version": API_VERSION}
        if asked.key:
            headers |= {"Idempotency-Key": asked.key, "Original-Request": reply.request_id}
        if noted.replayed:
            headers["Idempotent-Replayed"] = "true"
        return reply, headers

    def _answer(self, asked: Asked, noted: Noted, fault: Fault | None, seconds: float) -> Reply:
        self._authorise(asked, noted.account)
        if fault in BEFORE:
            status, code = BEFORE[fault]
            raise RefusedUnheard("Later, please.", status=status, code=code, type="api_error")
        noted.params = _parsed(asked.encoded)
        found, ids = routed(asked.method, asked.path)
        params = self._checked(asked, noted.params, found)
        if asked.key is None:
            return self._act(found, Call(self.state, noted.account, ids, params), fault, seconds)
        before = self.keys.begin(noted.account, asked.key, (asked.method, asked.path, noted.params))
        if before is not None:
            noted.replayed = True
            return before
        reply = None
        try:
            reply = self._act(
                found, Call(self.state, noted.account, ids, params), fault, seconds, asked.key
            )
        finally:
            self.keys.end(noted.account, asked.key, reply)
        return reply

    def _authorise(self, asked: Asked, account: str) -> None:
        scheme, _, key = asked.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not key.startswith("sk_test_"):
            raise RefusedUnheard("Invalid API Key provided.", status=401)
        if account not in self.state.accounts:
            raise RefusedUnheard(
                f"The provided key does not have access to account '{account}' (or that account "
                "does not exist). Application access may have been revoked.",
                status=403,
                code="account_invalid",
            )

    def _checked(self, asked: Asked, params: dict[str, Any], found: Route) -> dict[str, Any]:
        try:
            return checked(params, found.params)
        except RefusedUnheard as refusal:
            said = refusal.body["error"]["message"]
            self.refused_parameters.append(f"{asked.method} {asked.path}: {said}")
            raise

    def _act(
        self, found: Route, call: Call, fault: Fault | None, seconds: float, key: str | None = None
    ) -> Reply:
        if fault is Fault.SLOW:
            time.sleep(seconds)
        if fault is Fault.ERROR:
            return _reply(500, _error())
        with self.state.lock:
            self.state.request = {"id": f"req_{secrets.token_hex(7)}", "idempotency_key": key}
            try:
                shown = self.state.shown(found.answer(call))
                shown["data"] = _shown_list(self.state, shown.get("data"))
                reply = _reply(200, expanded(call, _without_nothing(shown)))
            except RefusedUnheard:
                raise
            except Refused as refusal:
                reply = _reply(refusal.status, refusal.body)
            finally:
                self.state.request = {"id": None, "idempotency_key": None}
        return _reply(500, _error()) if fault is Fault.ERROR_AFTER else reply


def _parsed(encoded: str) -> dict[str, Any]:
    try:
        return parsed(encoded)
    except ValueError as error:
        raise RefusedUnheard(f"Invalid form: {error}") from None


def _shown_list(state: State, data: Any) -> Any:
    return [state.shown(each) for each in data] if isinstance(data, list) else data


def _without_nothing(shown: dict[str, Any]) -> dict[str, Any]:
    if shown["data"] is None:
        del shown["data"]
    return shown


def _error() -> dict[str, Any]:
    return {"error": {"type": "api_error", "message": "Something went wrong at the stand-in."}}


def _reply(status: int, body: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(body).encode(), f"req_{secrets.token_hex(7)}")
