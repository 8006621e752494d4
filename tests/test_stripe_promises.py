"""The stand-in keeps Stripe's other promises: idempotency, parameters, faults, webhooks."""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

import pytest
import stripe

from .stripe_stand_in import Delivery, StandIn
from .stripe_stand_in.ear import Ear
from .stripe_stand_in.errors import RefusedUnheard
from .stripe_stand_in.faults import Fault
from .stripe_stand_in.routing import ROUTES
from .stripe_stand_in.shop import Shop
from .stripe_stand_in.typed import checked

INTENTS = "/v1/payment_intents"


def test_the_same_key_answers_the_same(shop: Shop) -> None:
    first, again = shop.asks(key="pi:1"), shop.asks(key="pi:1")
    assert first.id == again.id
    assert first.last_response is not None
    assert again.last_response is not None
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert shop.movements() == [("charge", 2000, 55)]


def test_the_same_key_for_something_else_is_refused(shop: Shop) -> None:
    shop.asks(key="pi:1")
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        shop.asks(2001, key="pi:1")
    assert len(shop.movements()) == 1


def test_keys_are_an_account_s_own(shop: Shop, stand_in: StandIn) -> None:
    assert shop.asks(key="pi:1").id != Shop.at(stand_in).asks(key="pi:1").id


def test_a_key_is_forgotten_after_a_day(shop: Shop, stand_in: StandIn) -> None:
    first = shop.asks(key="pi:1")
    stand_in.move_clock(days=1)
    assert shop.asks(key="pi:1").id != first.id


def test_a_declined_card_is_declined_again_by_its_key(shop: Shop) -> None:
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            shop.asks(card="pm_card_chargeDeclined", key="pi:1")
    assert shop.events().count("charge.failed") == 1


def test_a_bad_parameter_leaves_the_key_fresh(shop: Shop, stand_in: StandIn) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.asks(amont=3, key="pi:1")
    stand_in.refused_parameters.clear()
    assert shop.asks(key="pi:1").status == "succeeded"


def test_a_key_in_use_is_locked(shop: Shop, stand_in: StandIn) -> None:
    stand_in.fail_next(Fault.SLOW, "POST", INTENTS, seconds=0.3)
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(shop.asks, key="pi:1")
        time.sleep(0.1)
        with pytest.raises(stripe.APIError) as refusal:
            shop.asks(key="pi:1")
        assert refusal.value.http_status == 409
        assert slow.result().id == shop.asks(key="pi:1").id


def test_a_call_may_be_done_and_not_answered(shop: Shop, stand_in: StandIn) -> None:
    stand_in.fail_next(Fault.TIMEOUT_AFTER, "POST", INTENTS)
    with pytest.raises(stripe.APIConnectionError):
        shop.asks(key="pi:1")
    assert shop.asks(key="pi:1").status == "succeeded"
    assert shop.movements() == [("charge", 2000, 55)]


def test_a_call_may_be_done_and_answered_500_for_a_day(shop: Shop, stand_in: StandIn) -> None:
    stand_in.fail_next(Fault.ERROR_AFTER, "POST", INTENTS)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as refusal:
            shop.asks(key="pi:1", metadata={"ours": "1"})
        assert refusal.value.http_status == 500
    assert [call.replayed for call in stand_in.calls][-2:] == [False, True]
    query = {"query": "metadata['ours']:'1'"}
    assert len(shop.v1.payment_intents.search(query, shop.ours()).data) == 1


@pytest.mark.parametrize("fault", [Fault.DROP, Fault.RATE_LIMIT, Fault.UNAVAILABLE])
def test_a_call_may_not_be_heard(shop: Shop, stand_in: StandIn, fault: Fault) -> None:
    stand_in.fail_next(fault, "POST", INTENTS)
    with pytest.raises(stripe.StripeError):
        shop.asks(key="pi:1")
    assert shop.movements() == []
    assert shop.asks(key="pi:1").status == "succeeded"


def test_an_error_before_anything_is_done_is_kept_too(shop: Shop, stand_in: StandIn) -> None:
    stand_in.fail_next(Fault.ERROR, "POST", INTENTS)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            shop.asks(key="pi:1")
    assert shop.movements() == []
    assert shop.asks(key="pi:2").status == "succeeded"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"descripton": "x"}, "Did you mean description"),
        ({"payment_method_types": ["card"]}, "unknown parameter: payment_method_types"),
        ({"amount": "douze"}, "Invalid integer: douze"),
        ({"amount": "12.50"}, "Invalid integer: 12.50"),
        ({"amount": 49}, "at least"),
        ({"capture_method": "manuel"}, "Invalid capture_method"),
        ({"currency": "EURO"}, "Invalid currency"),
        ({"payment_method_options": {"card": {"unheard_of": "1"}}}, r"\[card\]\[unheard_of\]"),
        ({"stripe_version": "2019-01-01"}, "unknown parameter"),
    ],
)
def test_what_the_sdk_s_types_do_not_know_is_refused_and_told(
    shop: Shop, stand_in: StandIn, wrong: dict[str, Any], said: str
) -> None:
    right = {"amount": 2000, "currency": "eur"}
    with pytest.raises(stripe.InvalidRequestError, match=said):
        shop.v1.payment_intents.create({**right, **wrong}, {"stripe_account": shop.account})
    told = bool(stand_in.refused_parameters)
    assert told == (said not in {"at least", "Invalid currency"})
    stand_in.refused_parameters.clear()
    with pytest.raises(stripe.InvalidRequestError, match="Missing required param: amount"):
        shop.v1.payment_intents.create({"currency": "eur"}, shop.ours())
    stand_in.refused_parameters.clear()
    assert shop.v1.payment_intents.list(None, shop.ours()).data == []


def test_a_stranger_s_key_opens_nothing(stand_in: StandIn) -> None:
    stranger = stripe.StripeClient("pk_live_x", base_addresses={"api": stand_in.url})
    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.balance.retrieve()


def opened(delivery: Delivery, secret: str) -> stripe.Event:
    return stripe.Webhook.construct_event(delivery.body, delivery.signature, secret)


def test_what_happened_is_told_signed_until_it_is_taken(
    shop: Shop, stand_in: StandIn, ear: Ear
) -> None:
    secret = stand_in.listen(ear.url, types=("payment_intent.succeeded",))
    ear.status = 503
    paid = shop.asks()
    assert stand_in.sender.deliver() == [503]
    ear.status = 200
    assert stand_in.sender.deliver() == [200]
    assert stand_in.sender.deliver() == []
    body, signature = ear.heard[-1]
    event = stripe.Webhook.construct_event(body, signature, secret)
    assert (event.type, event.account, event.data.object["id"]) == (
        "payment_intent.succeeded",
        shop.account,
        paid.id,
    )


def test_the_platform_s_own_endpoint_hears_of_the_platform_alone(
    shop: Shop, stand_in: StandIn, ear: Ear
) -> None:
    made = shop.v1.webhook_endpoints.create({"url": ear.url, "enabled_events": ["*"]})
    shop.asks(application_fee_amount=10)
    stand_in.sender.deliver()
    assert made.secret is not None
    [(body, signature)] = ear.heard
    event = stripe.Webhook.construct_event(body, signature, made.secret)
    assert event.type == "application_fee.created"
    assert "account" not in event


def test_a_hostile_sender_forges_tampers_and_lies_about_the_time(
    shop: Shop, stand_in: StandIn
) -> None:
    secret = stand_in.listen("http://127.0.0.1:9/")
    shop.asks()
    sender = stand_in.sender
    events = sender.events("payment_intent.succeeded")
    [true] = sender.deliveries(events)
    assert opened(true, secret).type == "payment_intent.succeeded"
    [old] = sender.deliveries(events, at=time.time() - 3600)
    for false in (sender.forged(true), sender.tampered(true), old):
        with pytest.raises(stripe.SignatureVerificationError):
            opened(false, secret)
    [future] = sender.deliveries(events, at=time.time() + 3600)
    assert opened(future, secret), "the SDK takes what comes from the future: we must not"
    changed = {"type": "unheard.of", "account": "acct_nobody", "api_version": "2019-01-01"}
    [strange] = sender.deliveries(events, **changed)
    told = opened(strange, secret)
    assert {key: told[key] for key in changed} == changed


def test_a_storm_repeats_shuffles_and_loses(shop: Shop, stand_in: StandIn, ear: Ear) -> None:
    stand_in.listen(ear.url, types=("payment_intent.succeeded",))
    for _ in range(20):
        shop.asks()
    sender = stand_in.sender
    events = sender.events("payment_intent.succeeded")
    sent = sender.storm(events, seed=3, most=3, lost=0.4, threads=4)
    assert len(sent) == len(ear.heard)
    heard = [json.loads(body)["id"] for body, _ in ear.heard]
    times = Counter(heard)
    assert max(times.values()) > 1
    assert list(times) != [event["id"] for event in events if event["id"] in times]
    lost = {event["id"] for event in events} - set(heard)
    assert lost
    sender.deliver(events)
    assert lost <= {json.loads(body)["id"] for body, _ in ear.heard}
    assert [each for each in sender.undelivered() if each in events] == []


def test_people_pay_open_an_account_and_answer_their_bank_on_pages(
    shop: Shop, stand_in: StandIn
) -> None:
    made = shop.v1.accounts.create({"type": "express"})
    link = shop.v1.account_links.create(
        {
            "account": made.id,
            "type": "account_onboarding",
            "return_url": f"{stand_in.url}/back",
            "refresh_url": f"{stand_in.url}/again",
        }
    )
    assert chosen(link.url, "all") == f"{stand_in.url}/back"
    assert shop.v1.accounts.retrieve(made.id).charges_enabled
    session = shop.checkout(success_url=f"{stand_in.url}/paid?session={{CHECKOUT_SESSION_ID}}")
    assert session.url is not None
    assert chosen(session.url, "pm_card_chargeDeclined") is None
    assert chosen(session.url, "pm_card_visa") == f"{stand_in.url}/paid?session={session.id}"
    back = f"{stand_in.url}/back"
    asked = shop.asks(card="pm_card_authenticationRequired", return_url=back)
    assert asked.next_action is not None
    assert asked.next_action.redirect_to_url is not None
    assert chosen(str(asked.next_action.redirect_to_url.url), "yes") == back
    assert shop.intent(asked).status == "succeeded"


def chosen(page: str, choice: str) -> str | None:
    """Push the button of a page; return where it leads, if it leads elsewhere."""
    where = urlsplit(page)
    assert f'value="{choice}"' in told(where, "GET", "")[0]
    return told(where, "POST", f"choice={choice}")[1]


def told(where: SplitResult, method: str, body: str) -> tuple[str, str | None]:
    """Return what a page says and where it sends the browser."""
    with closing(HTTPConnection(where.netloc)) as line:
        line.request(method, where.path, body)
        answer = line.getresponse()
        return answer.read().decode(), answer.getheader("Location")


def test_another_process_may_hold_the_controls(stand_in: StandIn) -> None:
    before = stand_in.state.now()
    told(urlsplit(f"{stand_in.url}/_control/move_clock"), "POST", json.dumps({"days": 2}))
    assert stand_in.state.now() - before >= 2 * 24 * 60 * 60


def test_every_call_is_judged_by_the_sdk_s_own_types() -> None:
    for route in ROUTES:
        with pytest.raises(RefusedUnheard, match="unknown parameter"):
            checked({"no_such_parameter": "1"}, route.params)
