"""What the card provider tells us: signed, in time, once; asked again before it is believed."""

import hmac
import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from stripe.params import _webhook_endpoint_create_params as every_type

from freeco.accounting.models import Entry
from freeco.clock import held_at, now, today
from freeco.config import BadConfiguration, Settings
from freeco.db import db
from freeco.kernel import kernel
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import parties, steps
from freeco.payments.card import inbox, reconciliation
from freeco.payments.card.event_types import HANDLED, is_ignored
from freeco.payments.card.models import (
    IntentState,
    ProviderAccount,
    ProviderInbox,
    ProviderIntent,
    ProviderMovement,
)
from freeco.payments.card.signatures import HEADER, LARGEST_BODY
from freeco.payments.card.truth import (
    AccountTruth,
    Kind,
    Moved,
    PayoutTruth,
    Question,
    RefundTruth,
    Truth,
    Unanswered,
)
from freeco.payments.models import Method, Payment, State
from freeco.testing import Visitor

OLD, NEW = "whsec_old", "whsec_new"
HERE = "/paiements/carte/evenements"
OWED = Money(2000)


@dataclass
class Told:
    """A provider that says what the test has it say."""

    truth: Truth | None = None
    asked: list[str] = field(default_factory=list)

    def of_intent(self, question: Question) -> Truth | None:
        self.asked.append(question.key)
        if self.truth is None:
            raise Unanswered("timeout")
        return self.truth

    def of_refund(self, question: Question, payment: str) -> RefundTruth | None:
        raise Unanswered(payment)

    def of_account(self, question: Question) -> AccountTruth | None:
        return AccountTruth(question.account, ready=True)

    def of_payout(self, account: str, ref: str) -> PayoutTruth:
        raise Unanswered(ref)

    def movements(self, account: str, since: datetime) -> Iterator[Moved]:
        return iter(())


@pytest.fixture
def browser(app: Flask, client: Visitor, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    settings = replace(kernel().settings, stripe_webhook_secret=f"{OLD}, {NEW}")
    monkeypatch.setitem(app.extensions, "freeco", replace(kernel(), settings=settings))
    return client


@pytest.fixture
def intent(community: Community, member: Member) -> ProviderIntent:
    body = Organisation(kind="company", name="GAEC des Vergnes")
    db.session.add(Member(community=community, organisation=body))
    account = ProviderAccount(organisation=body, community=community, ref="acct_1", ready=True)
    payer = parties.party_of(households.household_of(member))
    payment = steps.expect(community, body, payer, "core:thing:1", OWED, today(), Method.CARD)
    steps.begin(payment, Method.CARD)
    intent = ProviderIntent(
        payment=payment,
        account=account,
        attempt=1,
        key="freeco-payment-1-1",
        amount=OWED,
        back="/",
        state=IntentState.ASKED,
        session_ref="cs_1",
    )
    db.session.add(intent)
    db.session.commit()
    return intent


def event(name: str = "payment_intent.succeeded", **more: Any) -> dict[str, Any]:
    about = {"id": "pi_1", "object": "payment_intent", "metadata": {"freeco": "freeco-payment-1-1"}}
    return {"id": "evt_1", "type": name, "account": "acct_1", "data": {"object": about}, **more}


def signed(body: bytes, secret: str = NEW, after: float = 0) -> str:
    at = int(now().timestamp() + after)
    return f"t={at},v1={hmac.new(secret.encode(), b'%d.%s' % (at, body), 'sha256').hexdigest()}"


def tell(browser: Visitor, told: dict[str, Any] | bytes, header: str | None = None) -> int:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    headers = {HEADER: signed(body) if header is None else header}
    return browser.post(HERE, data=body, headers=headers).status_code


def kept() -> list[ProviderInbox]:
    return list(db.session.query(ProviderInbox).order_by(ProviderInbox.event_id))


def charged(gross: Money = OWED, fee: Money = Money(55), number: int = 1) -> Moved:
    at = now()
    return Moved(f"txn_{number}", Kind.CHARGE, "ch_1", gross, fee, gross - fee, at, at)


def refunded(cents: int) -> Moved:
    at, gross = now(), Money(-cents)
    return Moved("txn_9", Kind.REFUND, "re_1", gross, Money(0), gross, at, at)


def paid(*movements: Moved, amount: Money = OWED) -> Truth:
    return Truth(IntentState.SUCCEEDED, amount, "cs_1", "pi_1", movements=movements)


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_a_message_signed_with_any_secret_in_use_is_kept(browser: Visitor, secret: str) -> None:
    body = json.dumps(event()).encode()
    assert tell(browser, body, signed(body, secret)) == 200
    assert [each.event_id for each in kept()] == ["evt_1"]


BODY = json.dumps(event()).encode()
FORGED = [
    pytest.param(lambda: "", id="no signature"),
    pytest.param(lambda: signed(BODY, "whsec_theirs"), id="another secret"),
    pytest.param(lambda: signed(b"{}"), id="another body"),
    pytest.param(lambda: signed(BODY, after=-301), id="old"),
    pytest.param(lambda: signed(BODY, after=301), id="future"),
    pytest.param(lambda: signed(BODY).replace("v1=", "v0="), id="another scheme"),
    pytest.param(lambda: signed(BODY) + ",t=1", id="two times"),
    pytest.param(lambda: "t=٣,v1=é", id="not ascii"),
    pytest.param(lambda: "t=-1,v1=0", id="before time"),
    pytest.param(lambda: f"t={'9' * 400},v1=0", id="after time"),
]


@pytest.mark.parametrize("header", FORGED)
def test_a_message_that_is_not_the_provider_s_is_refused(browser: Visitor, header: Any) -> None:
    assert tell(browser, BODY, header().encode().decode("latin-1")) == 400
    assert kept() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 9000, b'{"id": 1, "type": 2}'])
def test_a_signed_message_that_is_no_event_is_refused(browser: Visitor, body: bytes) -> None:
    assert tell(browser, body) == 400
    assert kept() == []


def test_a_message_without_end_is_refused_unread(browser: Visitor) -> None:
    assert tell(browser, b" " * (LARGEST_BODY + 1)) == 413


def test_without_a_secret_there_is_nobody_to_tell(client: Visitor, app: Flask) -> None:
    assert tell(client, event()) == 404


def test_a_message_leaves_no_cookie_and_keeps_nothing_of_people(browser: Visitor) -> None:
    told = event()
    told["data"]["object"]["billing_details"] = {"name": "Jeanne Doe", "email": "j@example.org"}
    body = json.dumps(told).encode()
    answer = browser.post(HERE, data=body, headers={HEADER: signed(body)})
    assert "Set-Cookie" not in answer.headers
    assert "Jeanne" not in json.dumps(kept()[0].body)


def test_told_twice_is_kept_once(browser: Visitor) -> None:
    assert [tell(browser, event()), tell(browser, event())] == [200, 200]
    assert len(kept()) == 1


def test_what_is_told_is_asked_before_it_is_believed(
    browser: Visitor, intent: ProviderIntent
) -> None:
    tell(browser, event(status="failed"))
    provider = Told(paid(charged()))
    assert inbox.handle(provider) == 1
    assert provider.asked == [intent.key]
    assert (intent.payment.state, intent.payment.fee) == (State.SETTLED, Money(55))
    assert [each.outcome for each in kept()] == ["applied"]
    assert inbox.handle(provider) == 0


def test_messages_in_any_order_come_to_the_same(browser: Visitor, intent: ProviderIntent) -> None:
    for number, name in enumerate(["charge.refunded", "charge.succeeded", "charge.refunded"]):
        tell(browser, event(name, id=f"evt_{number}"))
    assert inbox.handle(Told(paid(charged(), refunded(500)))) == 3
    assert db.session.query(Entry).count() == 2
    assert intent.payment.refunded == Money(500)


def test_while_the_provider_is_silent_nothing_is_lost(
    browser: Visitor, intent: ProviderIntent
) -> None:
    tell(browser, event())
    assert inbox.handle(Told()) == 0
    assert inbox.handle(Told(paid(charged()))) == 0, "not before its time"
    with held_at(now() + timedelta(hours=1)):
        assert inbox.handle(Told(paid(charged()))) == 1
    assert intent.payment.state == State.SETTLED


WRONG = [
    pytest.param(paid(charged(), amount=Money(2000, "USD")), id="another currency"),
    pytest.param(paid(charged(), amount=Money(1999)), id="another amount"),
    pytest.param(paid(charged(Money(1500))), id="charged otherwise"),
    pytest.param(paid(charged(), refunded(2001)), id="a refund beyond the payment"),
    pytest.param(replace(paid(charged()), session_ref="cs_2"), id="another page"),
]


@pytest.mark.parametrize("truth", WRONG)
def test_what_does_not_fit_is_refused_said_and_not_lost(
    browser: Visitor, intent: ProviderIntent, truth: Truth
) -> None:
    tell(browser, event())
    inbox.handle(Told(truth))
    [row] = kept()
    assert row.outcome.startswith("refused: ")
    assert (db.session.query(Entry).count(), db.session.query(ProviderMovement).count()) == (0, 0)
    assert intent.payment.state == State.PENDING
    assert [each.ref for each in reconciliation.unexplained(intent.account)] == ["evt_1"]


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        (event("unheard.of"), "ignored: unknown type"),
        (event("customer.created"), "ignored: of no use here"),
        (event(account="acct_nobody"), "ignored: unknown account"),
        (event(account=""), "ignored: unknown account"),
        (event(data={"object": {"id": "pi_other"}}), "ignored: no payment of ours"),
        (event(data=None), "ignored: no payment of ours"),
    ],
)
def test_what_is_not_ours_is_kept_and_marked(
    browser: Visitor, intent: ProviderIntent, told: dict[str, Any], outcome: str
) -> None:
    tell(browser, told)
    for hours in range(10):
        with held_at(now() + timedelta(hours=13 * hours)):
            inbox.handle(Told(paid(charged())))
    assert [each.outcome for each in kept()] == [outcome]
    assert db.session.query(Entry).count() == 0


def test_every_type_that_the_provider_has_is_handled_or_ignored_by_name() -> None:
    source = inspect.getsource(every_type)
    types = set(re.findall(r'"([a-z][a-z_0-9]*(?:\.[a-z_0-9]+)+)"', source))
    assert len(types) > 200
    assert [each for each in sorted(types) if (each in HANDLED) == is_ignored(each)] == []


def test_a_payment_made_good_by_cheque_meanwhile_still_books_the_card(
    browser: Visitor, intent: ProviderIntent
) -> None:
    payment = intent.payment
    steps.leave(payment, "expired")
    steps.change_method(payment, Method.CHEQUE)
    steps.receive(payment, None)
    db.session.commit()
    tell(browser, event())
    assert inbox.handle(Told(paid(charged()))) == 1
    assert (payment.state, intent.reason) == (State.HELD, "paid_twice")
    assert db.session.query(Entry).count() == 2
    assert db.session.query(Payment).count() == 1


def test_a_key_without_a_secret_does_not_start() -> None:
    with pytest.raises(BadConfiguration, match="FREECO_STRIPE_WEBHOOK_SECRET"):
        Settings.from_environment({"FREECO_STRIPE_KEY": "sk_test_1"})


def test_another_address_than_the_provider_s_is_not_for_production() -> None:
    with pytest.raises(BadConfiguration, match="FREECO_STRIPE_URL"):
        Settings.from_environment(
            {
                "FREECO_STRIPE_URL": "http://127.0.0.1:1",
                "FREECO_ENVIRONMENT": "production",
                "FREECO_SECRET_KEY": "s" * 40,
            }
        )
