"""A beneficiary that can be paid by card, and the stand-in that plays everybody else."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, g

from freeco.accounting import audit, ledger, recording
from freeco.accounting.models import Book
from freeco.clock import held_at, now, today
from freeco.db import db
from freeco.kernel import kernel
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation, OrganisationRole, Role
from freeco.payments import parties, steps
from freeco.payments.card import (
    accounts,
    inbox,
    intents,
    reconciliation,
    stripe_client,
)
from freeco.payments.card.asking import StripeSource
from freeco.payments.card.models import (
    ProviderAccount,
    ProviderInbox,
    ProviderIntent,
    ProviderMovement,
)
from freeco.payments.card.signatures import HEADER
from freeco.payments.card.stripe_provider import CardProvider
from freeco.payments.models import Method, Payment
from freeco.testing import Visitor, make_member

from .stripe_stand_in import Delivery, StandIn

SESSIONS = "/v1/checkout/sessions"
MAKE = ("POST", SESSIONS)
HEARING = "/paiements/carte/evenements"
BASKETS = Money(2400)
FEE = Money(61)
"""Of 24 €: 1.5 % and 0.25 €."""


@dataclass
class Till:
    """A beneficiary that can be paid by card, and the stand-in that plays everybody else."""

    app: Flask
    stand_in: StandIn
    community: Community
    member: Member
    body: Organisation
    browser: Visitor
    provider: CardProvider

    @property
    def source(self) -> StripeSource:
        return self.provider.source

    @property
    def account(self) -> ProviderAccount:
        found = accounts.of(self.body)
        assert found is not None
        return found

    @property
    def book(self) -> Book:
        return recording.book_of(self.body, self.community)

    def expects(self, amount: Money = BASKETS) -> Payment:
        payment = steps.expect(
            self.community,
            self.body,
            parties.party_of(households.household_of(self.member)),
            "direct_sales:subscription:1",
            amount,
            today(),
            Method.CARD,
        )
        db.session.commit()
        return payment

    def starts(self, payment: Payment, *, manual: bool = False) -> ProviderIntent:
        with self.app.test_request_context():
            g.community = self.community
            start = self.provider.authorise if manual else self.provider.start
            start(payment, "http://localhost/back")
        return self.intent(payment)

    def intent(self, payment: Payment) -> ProviderIntent:
        found = intents.latest(payment)
        assert found is not None
        return found

    def paid(self, amount: Money = BASKETS, card: str = "pm_card_visa") -> Payment:
        payment = self.expects(amount)
        intent = self.starts(payment)
        assert intent.session_ref is not None
        self.stand_in.pay_session(intent.session_ref, card)
        self.hears()
        return payment

    def hears(self) -> None:
        """Bring every message that was not brought yet, and act upon them all."""
        self.stand_in.deliver()
        for _round in range(12):
            inbox.handle(self.source)
            if not self.waiting():
                return
            with held_at(now() + timedelta(days=1)):
                inbox.handle(self.source)

    def waiting(self) -> int:
        return db.session.query(ProviderInbox).filter_by(handled_at=None).count()

    def made(self, kind: str) -> list[Any]:
        return list(self.stand_in.state.of_kind(self.account.ref or "", kind))

    def stands(self, account: str) -> Money:
        return ledger.balance(self.book, account)

    def is_sound(self) -> None:
        """Check that the books hold, and account for every movement that there is."""
        assert audit.check(self.book).faults == ()
        for each in self.made("balance_transaction"):
            mirror = db.session.get(ProviderMovement, each["id"])
            assert mirror is not None, each
            assert mirror.entry_id is not None, each
        assert reconciliation.unexplained(self.account) == []


@pytest.fixture
def till(
    app: Flask,
    community: Community,
    client: Visitor,
    stand_in: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> Till:
    monkeypatch.setattr(stripe_client, "RETRIES", 0)
    stripe_client.new_client.cache_clear()
    secret = stand_in.listen(f"http://localhost{HEARING}")
    settings = replace(
        kernel().settings,
        stripe_key="sk_test_freeco",
        stripe_url=stand_in.url,
        stripe_webhook_secret=f"whsec_the_next_one, {secret}",
    )
    monkeypatch.setitem(app.extensions, "freeco", replace(kernel(), settings=settings))

    def post(delivery: Delivery) -> int:
        headers = {HEADER: delivery.signature}
        return app.test_client().post(HEARING, data=delivery.body, headers=headers).status_code

    stand_in.sender.post = post
    member = make_member(community)
    body = Organisation(kind="company", name="GAEC des Vergnes")
    db.session.add_all([body, Member(community=community, organisation=body)])
    db.session.flush()
    db.session.add(
        OrganisationRole(organisation=body, person_id=member.person_id or 0, role=Role.PRODUCER)
    )
    account = ProviderAccount(
        organisation=body, community=community, ref=stand_in.connected(), ready=True
    )
    db.session.add(account)
    db.session.commit()
    return Till(app, stand_in, community, member, body, client, CardProvider())
