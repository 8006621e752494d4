"""Who writes in the same books, pool and waiting lists never waits for another in a circle."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask

from freeco.clock import held_at
from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Household, Member
from freeco.money import Money
from freeco.testing import make_community
from freeco.testing.payments import organisation
from freeco.testing.people import make_member
from freeco_direct_sales import catalogue, contracts, distributions, subscriptions
from freeco_direct_sales.contracting import waiting
from freeco_direct_sales.models import ContractKind, Distribution, Producer, SeasonContract
from freeco_direct_sales.orders import placing, preparing, sessions
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.solidarity import applying, cost_lines, giving
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.cost_models import Admission
from freeco_direct_sales.solidarity.models import Kind, Source
from freeco_direct_sales.solidarity.rules import Bounds

from .racing import Nursery

BEFORE = datetime(2026, 11, 2, 9, tzinfo=UTC)
AFTER = datetime(2026, 12, 5, 9, tzinfo=UTC)
HOUSEHOLDS = 6
SECONDS = 2.5


def _contract(
    producer: Producer,
    name: str,
    dates: list[Distribution],
    *,
    capacity: int | None = None,
    rule: Kind | None = None,
) -> SeasonContract:
    found = contracts.create_contract(
        producer, name, ContractKind.FIXED, date(2026, 11, 1), date(2027, 1, 31), capacity=capacity
    )
    contracts.set_products(found, catalogue.products_of(producer))
    contracts.set_deliveries(found, dates)
    if rule is not None:
        applying.set_rule(found, rule, Bounds(5000, 15000))
    contracts.open_contract(found)
    return found


def _take(contract: SeasonContract, member: Member, *, signed: bool = True) -> None:
    basket = subscriptions.same_basket(contract, {contract.products[0].id: 1})
    found = subscriptions.subscribe(
        contract,
        households.household_of(member),
        member,
        basket,
        2,
        charter_text_id=None,
        signed_by=member.name,
    )
    if signed:
        subscriptions.record_paper_signature(found)


def prepare() -> int:
    """Lay two farms, a pool, orders at both farms, and two full contracts that all wait for."""
    community = make_community("lavergne", "Lavergne")
    people = [make_member(community, f"Voisin{each}", "Rue") for each in range(HOUSEHOLDS)]
    farms = [catalogue.add_producer(community, name) for name in ("Vergnes", "Fournil")]
    for each in farms:
        catalogue.add_product(each, "Panier", Money(1150))
    pools.entrust(community, organisation(community, "Les Amis").id, Money(0))
    giving.note(community, Source.GIFT, Money(2000), "transfer", "first")
    days = [date(2026, 11, 5), date(2026, 11, 12), date(2026, 12, 17), date(2026, 12, 24)]
    dates = distributions.create_distributions(community, days, time(18), time(19), "Halle")
    shared = [_contract(each, each.name, dates, rule=Kind.FREE) for each in farms]
    for number, member in enumerate(people):
        for contract in shared[:: 1 if number % 2 else -1]:
            points = 1000 if number % 3 else -3000
            applying.choose(contract, households.household_of(member), points)
            _take(contract, member)
    _order(community, farms, people, dates[0])
    for farm in farms:
        full = _contract(farm, f"{farm.name}, une place", dates, capacity=1)
        _take(full, people[0], signed=False)
        for member in people[1:]:
            waiting.wait(full, households.household_of(member), member)
    community_id = community.id
    db.session.commit()
    db.session.rollback()
    return community_id


def _order(
    community: Community, farms: list[Producer], people: list[Member], pickup: Distribution
) -> None:
    session = preparing.create(
        community, "Marché", BEFORE - timedelta(days=1), datetime(2026, 11, 3, tzinfo=UTC)
    )
    for farm in farms:
        offered = preparing.offer(session, catalogue.products_of(farm)[0], Terms(Money(1150)))
        cost_lines.set_price(offered, Money(1100))
    preparing.set_pickups(session, {pickup: None})
    sessions.publish_session(session)
    for number, member in enumerate(people):
        household: Household = households.household_of(member)
        if number % 2:
            db.session.add(Admission(household=household, sealed="", until=AFTER.date()))
        wants = {each.id: Want(1) for each in session.offers}
        placing.place(
            session, household, member, wants, session.pickups[0].id, key=f"form-{number}"
        )
    sessions.close(session)


def race(
    nursery: Nursery, environment: str, tmp_path: Path, locking: str, *works: str
) -> dict[str, tuple[int, int]]:
    """Let processes work side by side; return how often each did, and waited in a circle."""
    with held_at(BEFORE):
        community_id = prepare()
    start = tmp_path / "start"
    instant = AFTER.isoformat()
    arguments = (str(community_id), locking, instant, str(SECONDS), str(start))
    racers = [(each, nursery.start("write", environment, each, *arguments)) for each in works]
    for _work, racer in racers:
        assert racer.hear() == "ready"
    start.touch()
    told: dict[str, tuple[int, int]] = {}
    for work, racer in racers:
        done, circles = json.loads(racer.finish(60))
        before = told.get(work, (0, 0))
        told[work] = before[0] + done, before[1] + circles
    return told


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_sales_orders_discounts_cancellations_and_lists_never_wait_in_a_circle(
    shared_app: Flask, nursery: Nursery, environment: str, tmp_path: Path
) -> None:
    works = ("sell", "settle", "grant", "cancel", "queue", "queue")
    told = race(nursery, environment, tmp_path, "ordered", *works)
    assert {work: circles for work, (_done, circles) in told.items() if circles} == {}
    assert all(done for done, _circles in told.values())


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_without_the_order_of_locks_they_do(
    shared_app: Flask, nursery: Nursery, environment: str, tmp_path: Path
) -> None:
    """Shows that the race above would notice."""
    told = race(nursery, environment, tmp_path, "naive", "sell", "settle")
    assert sum(circles for _done, circles in told.values()) > 0
