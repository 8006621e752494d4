"""Opening night: many hands on the last places, from several processes."""

import json
from collections import Counter
from datetime import time, timedelta
from pathlib import Path

import pytest
from flask import Flask

from freeco.clock import today
from freeco.db import db
from freeco.kernel import kernel
from freeco.kernel_models import Activation, PublishedEvent
from freeco.members import households
from freeco.members.models import Community, Member, Person
from freeco.money import Money
from freeco.testing import make_community
from freeco_direct_sales import catalogue, contracts, distributions
from freeco_direct_sales.models import ContractKind, SeasonContract, Subscription

from .racing import Nursery

RACED = "direct_sales"
PLACES = 100
HOUSEHOLDS = 400
PROCESSES = 8


def prepare() -> tuple[SeasonContract, list[int]]:
    """Open a contract of a hundred places to four hundred households."""
    community = make_community("lavergne", "Lavergne")
    day = today() + timedelta(days=7)
    dates = distributions.create_distributions(community, [day], time(18), time(19), "Halle")
    producer = catalogue.add_producer(community, "GAEC des Vergnes")
    basket = catalogue.add_product(producer, "Panier", Money(1150))
    contract = contracts.create_contract(
        producer, "Légumes", ContractKind.FIXED, day, day, capacity=PLACES
    )
    contracts.set_products(contract, [basket])
    contracts.set_deliveries(contract, dates)
    contracts.open_contract(contract)
    found = []
    for number in range(HOUSEHOLDS):
        person = Person(first_name="Jeanne", last_name=f"N° {number}")
        member = Member(community=community, person=person)
        db.session.add(member)
        db.session.flush()
        found.append(households.household_of(member).id)
    db.session.commit()
    return contract, found


def race(
    nursery: Nursery, environment: str, tmp_path: Path, locking: str
) -> tuple[int, Counter[str]]:
    """Run the race; return how many places were sold, and what the households were told."""
    contract, everyone = prepare()
    contract_id = contract.id
    db.session.rollback()
    start = tmp_path / "start"
    racers = [
        nursery.start(
            "subscribe",
            environment,
            json.dumps(everyone[index::PROCESSES]),
            str(contract_id),
            locking,
            str(start),
        )
        for index in range(PROCESSES)
    ]
    start.touch()
    told: Counter[str] = Counter()
    for racer in racers:
        told += Counter(json.loads(racer.finish()))
    sold = db.session.query(Subscription).filter_by(contract_id=contract_id).count()
    return sold, told


def test_a_hundred_places_feed_exactly_a_hundred_households(
    shared_app: Flask, nursery: Nursery, environment: str, tmp_path: Path
) -> None:
    sold, told = race(nursery, environment, tmp_path, "locked")
    assert sold == PLACES
    assert told == {"taken": PLACES, "full": HOUSEHOLDS - PLACES}


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_without_the_lock_the_same_race_sells_too_many(
    shared_app: Flask, nursery: Nursery, environment: str, tmp_path: Path
) -> None:
    """Shows that the race above would notice: it is the lock that holds, not luck."""
    sold, _told = race(nursery, environment, tmp_path, "unlocked")
    assert sold > PLACES


def nearly_enough(slug: str) -> tuple[Community, list[int]]:
    """Make a community that lacks one member to open direct sales, and two who want in."""
    community = make_community(slug, slug.title())
    threshold = kernel().plugins.modules[RACED].opens_at
    for number in range(threshold - 1):
        person = Person(first_name="Jeanne", last_name=f"{slug} {number}")
        db.session.add(Member(community=community, person=person))
    last = [Person(first_name=name, last_name=slug) for name in ("Anne", "Paul")]
    db.session.add_all(last)
    db.session.commit()
    return community, [person.id for person in last]


def join_at_once(
    nursery: Nursery, environment: str, community: Community, people: list[int], start: Path
) -> None:
    """Let these people join at the same instant, each from a process of their own."""
    arguments = [environment, str(community.id)]
    db.session.rollback()
    racers = [nursery.start("join", *arguments, str(person), str(start)) for person in people]
    for racer in racers:
        assert racer.hear() == "ready"
    start.touch()
    for racer in racers:
        racer.finish(60)


def test_ten_pairs_of_last_members_miss_no_opening(
    shared_app: Flask, nursery: Nursery, environment: str, tmp_path: Path
) -> None:
    for number in range(10):
        community, last = nearly_enough(f"village-{number}")
        join_at_once(nursery, environment, community, last, tmp_path / f"start-{number}")
        opened = db.session.query(Activation).filter_by(community_id=community.id)
        assert opened.filter_by(module=RACED).count() == 1
    told = db.session.query(PublishedEvent).filter_by(name="core.module_opened")
    assert sum(event.payload["module"] == RACED for event in told) == 10


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_the_member_who_reaches_the_threshold_opens_the_module_in_every_process(
    shared_app: Flask, nursery: Nursery, environment: str, tmp_path: Path
) -> None:
    community, last = nearly_enough("lavergne")
    lookers = [nursery.start("look", environment, str(community.id)) for _number in range(3)]

    def seen() -> list[bool]:
        answers = []
        for looker in lookers:
            looker.tell("?")
            answers.append(RACED in json.loads(looker.hear()))
        return answers

    assert seen() == [False] * 3
    join_at_once(nursery, environment, community, last[:1], tmp_path / "start")
    assert seen() == [True] * 3
    for looker in lookers:
        looker.finish(30)
