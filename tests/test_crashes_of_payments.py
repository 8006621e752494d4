"""Payments through a storm: events twice and shuffled, workers killed, and every cent once."""

import json
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from freeco.accounting import audit, ledger, recording
from freeco.accounting.models import Entry
from freeco.clock import now, today
from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Member, Person
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import parties, steps
from freeco.payments.card.models import (
    IntentState,
    ProviderAccount,
    ProviderInbox,
    ProviderIntent,
    ProviderMovement,
)
from freeco.payments.models import Method, Payment, State
from freeco.testing import make_community

RACERS = Path(__file__).parent / "racers"
ROOT = Path(__file__).parent.parent
SEED = 20261122
EVENTS, KILLS = 1000, 60
NAIVE_EVENTS, NAIVE_KILLS = 120, 8
"""Enough for a handler that is not ours to show what it is worth."""
DELIVERED = 2.1
"""How often an event comes, on the average."""
BENEFICIARIES = 3
SECRET = "whsec_of_the_storm"


@dataclass
class Told:
    """An event of the plan: what it is about, and how much has happened by then."""

    payment: int
    type: str
    shows: int


def prepare(dice: random.Random, events: int) -> tuple[dict[str, Any], Community]:
    """Have payments under way on three organisations' accounts, and plan what becomes of them."""
    community = make_community("lavergne", "Lavergne")
    person = Person(first_name="Jeanne", last_name="N°")
    member = Member(community=community, person=person)
    db.session.add(member)
    db.session.flush()
    payer = parties.party_of(households.household_of(member))
    accounts = [_account(community, number) for number in range(BENEFICIARIES)]
    payments, told = [], []
    while len(told) < events:
        number = len(payments)
        intent = _intent(community, accounts[number % BENEFICIARIES], payer, number, dice)
        movements = _movements(number, intent.amount.cents, dice)
        payments.append(
            {
                "key": intent.key,
                "session": intent.session_ref,
                "ref": f"pi_{number}",
                "account": intent.account.ref,
                "amount": intent.amount.cents,
                "movements": movements,
            }
        )
        types = {"charge": "payment_intent.succeeded", "refund": "charge.refunded"}
        told += [
            Told(number, types.get(each["kind"], "charge.dispute.updated"), shows)
            for shows, each in enumerate(movements, start=1)
        ][: events - len(told)]
    db.session.commit()
    plan = {
        "payments": payments,
        "events": [_event(i, each, payments) for i, each in enumerate(told)],
    }
    # What no event tells any more has not happened.
    for number, payment in enumerate(payments):
        shown = max((each.shows for each in told if each.payment == number), default=0)
        payment["movements"] = payment["movements"][:shown]
    bag = list(range(events)) + [
        dice.randrange(events) for _more in range(int(events * DELIVERED) - events)
    ]
    dice.shuffle(bag)
    plan["deliveries"] = bag
    return plan, community


def _account(community: Community, number: int) -> ProviderAccount:
    organisation = Organisation(kind="company", name=f"GAEC n° {number}")
    db.session.add(Member(community=community, organisation=organisation))
    account = ProviderAccount(
        organisation=organisation, community=community, ref=f"acct_{number}", ready=True
    )
    db.session.add(account)
    db.session.flush()
    recording.book_of(organisation, community)
    return account


def _intent(
    community: Community, account: ProviderAccount, payer: str, number: int, dice: random.Random
) -> ProviderIntent:
    amount = Money(dice.randint(100, 20_000))
    payment = steps.expect(
        community,
        account.organisation,
        payer,
        f"direct_sales:subscription:{number}",
        amount,
        today(),
        Method.CARD,
    )
    steps.begin(payment, Method.CARD)
    intent = ProviderIntent(
        payment=payment,
        account=account,
        attempt=1,
        key=f"freeco-payment-{payment.id}-1",
        amount=amount,
        back="http://localhost/",
        state=IntentState.ASKED,
        session_ref=f"cs_{number}",
        expires_at=now() + timedelta(hours=1),
    )
    db.session.add(intent)
    return intent


def _movements(number: int, amount: int, dice: random.Random) -> list[dict[str, Any]]:
    """Have it charged; then, for some, refunded in part, disputed, won back."""
    rows = [("charge", amount, amount * 15 // 1000 + 25)]
    if dice.random() < 0.35:
        rows += [("refund", -part, 0) for part in (amount // 4, amount // 3)[: dice.randint(1, 2)]]
    if dice.random() < 0.25:
        rows.append(("dispute", -amount, 2000))
        if dice.random() < 0.5:
            rows.append(("dispute_won", amount, 0))
    begun = int(now().timestamp())
    return [
        {
            "id": f"txn_{number}_{step}",
            "kind": kind,
            "source": f"{kind}_{number}_{step}",
            "gross": gross,
            "fee": fee,
            "at": begun + step,
        }
        for step, (kind, gross, fee) in enumerate(rows)
    ]


def _event(index: int, told: Told, payments: list[dict[str, Any]]) -> dict[str, Any]:
    payment = payments[told.payment]
    about = {"id": payment["ref"], "metadata": {"freeco": payment["key"]}}
    body = {
        "id": f"evt_{index}",
        "object": "event",
        "type": told.type,
        "account": payment["account"],
        "data": {"object": about},
    }
    return {"payment": told.payment, "shows": told.shows, "body": body}


def storm(
    environment: str, tmp_path: Path, plan: dict[str, Any], how: str, kills: int
) -> dict[str, Any]:
    """Run the storm in a process of its own, which forks the workers."""
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan), "utf-8")
    settings = {**json.loads(environment), "FREECO_STRIPE_WEBHOOK_SECRET": SECRET}
    db.session.rollback()
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.racers.hear",
            json.dumps(settings),
            str(file),
            how,
            str(kills),
            str(SEED),
        ],
        capture_output=True,
        text=True,
        timeout=500,
        cwd=ROOT,
    )
    assert ended.returncode == 0, f"seed {SEED}: {ended.stdout} {ended.stderr}"
    said: dict[str, Any] = json.loads(ended.stdout)
    return said


def test_a_thousand_events_and_sixty_power_cuts_move_every_cent_once(
    shared_app: Flask, environment: str, tmp_path: Path
) -> None:
    plan, community = prepare(random.Random(SEED), EVENTS)
    said = storm(environment, tmp_path, plan, "whole", KILLS)
    assert said["kills"] >= 50
    assert said["acknowledged"] >= 2000
    handled = db.session.execute(
        select(ProviderInbox.outcome, func.count()).group_by(ProviderInbox.outcome)
    ).all()
    assert [tuple(each) for each in handled] == [("applied", EVENTS)]
    _every_movement_has_one_entry(plan)
    _every_book_is_exact(plan, community)
    _every_payment_is_where_it_should_be(plan)


def _every_movement_has_one_entry(plan: dict[str, Any]) -> None:
    expected = {row["id"] for each in plan["payments"] for row in each["movements"]}
    mirrored = {each.id: each.entry_id for each in db.session.query(ProviderMovement)}
    assert set(mirrored) == expected
    assert None not in mirrored.values()
    assert db.session.query(Entry).count() == len(expected)


def _every_book_is_exact(plan: dict[str, Any], community: Community) -> None:
    held, fees = Counter(), Counter()
    for each in plan["payments"]:
        held[each["account"]] += sum(row["gross"] - row["fee"] for row in each["movements"])
        fees[each["account"]] += sum(row["fee"] for row in each["movements"])
    for account in db.session.query(ProviderAccount):
        assert account.ref is not None
        book = recording.book_of(account.organisation, community)
        assert audit.check(book).faults == ()
        assert ledger.balance(book, "5115") == Money(held[account.ref])
        assert ledger.balance(book, "6271") == Money(fees[account.ref])


def _every_payment_is_where_it_should_be(plan: dict[str, Any]) -> None:
    for each in plan["payments"]:
        kinds = [row["kind"] for row in each["movements"]]
        intent = db.session.query(ProviderIntent).filter_by(key=each["key"]).one()
        payment, refunds = (
            intent.payment,
            [row for row in each["movements"] if row["kind"] == "refund"],
        )
        if not kinds:
            continue
        assert payment.refunded == Money(-sum(row["gross"] for row in refunds))
        assert payment.state == (State.FAILED if "dispute" in kinds else State.SETTLED)
        again = db.session.query(Payment).filter_by(replaces_id=payment.id).one_or_none()
        assert (again is not None) == ("dispute" in kinds)
        if again is not None:
            assert again.state == (State.SETTLED if "dispute_won" in kinds else State.EXPECTED)


def test_the_same_storm_shows_what_a_naive_handler_does(
    shared_app: Flask, environment: str, tmp_path: Path
) -> None:
    """Shows that the storm would notice: it is the inbox that holds, not luck."""
    plan, _community = prepare(random.Random(SEED), NAIVE_EVENTS)
    storm(environment, tmp_path, plan, "naive", NAIVE_KILLS)
    paid = sum(bool(each["movements"]) for each in plan["payments"])
    written = db.session.query(Entry).count()
    assert written != paid, "nothing lost, nothing doubled: the storm sees nothing"
