"""« Pas de courgettes, plus de blettes »: one message, told once to all it concerns."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent
from freeco.mail.models import OutgoingMail
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.notifications.models import Notice
from freeco.organisations.models import Organisation, OrganisationKind
from freeco_direct_sales import (
    catalogue,
    contracts,
    distributions,
    harvest_lists,
    privacy,
    sheets,
    subscriptions,
)
from freeco_direct_sales.models import (
    ContractState,
    Distribution,
    Producer,
    Product,
    SeasonContract,
    Subscription,
)
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.sales_models import Committed
from freeco_direct_sales.solidarity import applying, giving, sweeps
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.models import Kind, Source
from freeco_direct_sales.solidarity.rules import Bounds
from freeco_direct_sales.stories import stories
from freeco_direct_sales.telling import lists, reading, shortages
from freeco_direct_sales.telling.errors import (
    CorrectedMeanwhile,
    DatePast,
    NothingMissing,
    TakenBack,
)
from freeco_direct_sales.telling.models import HowShort, Shortage
from freeco_direct_sales.telling.shortages import Words
from freeco_direct_sales.telling.wishes import USUAL

Take = Callable[..., Subscription]
Buy = Callable[..., Order]
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
SENTENCE = "Pas de courgettes, plus de blettes."


@pytest.fixture
def words(products: Sequence[Product], thursday: Distribution) -> Words:
    """Give a small basket without its courgettes, on Thursday."""
    return Words([products[0]], [thursday], HowShort.OTHERWISE, SENTENCE, "des blettes")


@pytest.fixture
def shortage(producer: Producer, farmer: Member, words: Words) -> Shortage:
    """Give that message, sent."""
    found, many = shortages.announce(producer, farmer, words, "a-form")
    assert many == 1
    db.session.commit()
    return found


def subjects(member: Member) -> list[str]:
    found = db.session.query(Notice).filter_by(member_id=member.id).order_by(Notice.id)
    return [
        each.subject.replace("\u00a0", " ")
        for each in found
        if each.topic == "direct_sales.shortage"
    ]


def test_who_takes_it_reads_what_is_missing_and_what_comes_instead(
    shortage: Shortage, member: Member, neighbour: Member
) -> None:
    assert subjects(member) == ["Le jeu. 5 nov., GAEC des Vergnes. Ce qui change : Petit panier"]
    assert subjects(neighbour) == []
    (mail,) = db.session.query(OutgoingMail).filter_by(recipient="marie@example.org")
    for said in ("jeudi 5 novembre", "À la place", "des blettes", SENTENCE, "aucun montant"):
        assert said in mail.body


def test_the_same_form_twice_is_one_message(
    shortage: Shortage, producer: Producer, farmer: Member, words: Words, member: Member
) -> None:
    again, many = shortages.announce(producer, farmer, words, "a-form")
    assert (again, many) == (shortage, 0)
    assert len(subjects(member)) == 1


def test_who_ordered_it_in_a_session_is_told_too(
    producer: Producer,
    farmer: Member,
    shop: OrderSession,
    buy: Buy,
    member: Member,
    neighbour: Member,
    thursdays: Sequence[Distribution],
) -> None:
    buy(member, Poireaux=2)
    buy(neighbour, Pain=1)
    leeks = next(each.product for each in shop.offers if each.name == "Poireaux")
    words = Words([leeks], [thursdays[0]], HowShort.NONE, "Le gel.")
    shortage, many = shortages.announce(producer, farmer, words, "k")
    assert many == 1
    assert subjects(member) == ["Le jeu. 5 nov., GAEC des Vergnes. Il manque : Poireaux"]
    assert subjects(neighbour) == []
    assert [each.name for each in shortages.offered_in(shortage)] == ["Poireaux"]


def test_each_reads_its_own_dates_and_products_only(
    producer: Producer,
    farmer: Member,
    vegetables: SeasonContract,
    products: Sequence[Product],
    thursdays: Sequence[Distribution],
    take: Take,
    member: Member,
) -> None:
    take(vegetables, member, {"Grand panier": 1})
    words = Words(products, thursdays[:2], HowShort.LESS, "Peu de courges.")
    shortages.announce(producer, farmer, words, "k")
    (mail,) = db.session.query(OutgoingMail).filter_by(recipient="marie@example.org")
    assert "Petit panier" not in mail.body + mail.subject
    assert mail.body.count("Moins que prévu") == 2


def test_it_stands_on_the_sheet_the_list_the_basket_and_in_the_gazette(
    shortage: Shortage,
    community: Community,
    producer: Producer,
    bakery: Producer,
    thursday: Distribution,
    monday: datetime,
) -> None:
    (line,) = [each for each in sheets.sign_off_sheet(thursday).notices if SENTENCE in each]
    assert line.replace("\u00a0", " ") == (
        "GAEC des Vergnes. Ce qui change : Petit panier. À la place : des blettes."
        " « Pas de courgettes, plus de blettes. »"
    )
    assert line in harvest_lists.harvest_list(thursday, producer).notices
    assert line not in harvest_lists.harvest_list(thursday, bakery).notices
    week = stories(community, monday, monday + timedelta(days=7))
    told = " ".join(str(each.text) for each in week)
    assert "Ce qui change\u00a0: Petit panier" in told
    assert SENTENCE not in told


def test_a_household_reads_it_on_its_basket_if_it_takes_that(
    shortage: Shortage, thursday: Distribution, take: Take, member: Member, neighbour: Member
) -> None:
    mine, theirs = (
        db.session.query(Subscription).filter_by(subscribed_by_id=each.id).one().household
        for each in (member, neighbour)
    )
    assert len(reading.for_household(mine, thursday)) == 1
    assert reading.for_household(theirs, thursday) == []


def test_no_amount_moves(shortage: Shortage, member: Member, producer: Producer) -> None:
    subscription = db.session.query(Subscription).filter_by(subscribed_by_id=member.id).one()
    assert subscription.total == Money(3450)
    assert [each.amount for each in subscription.payments] == [Money(3450)]
    assert db.session.query(Committed).count() == 0


def test_a_correction_says_what_counts_now_and_only_once(
    shortage: Shortage, words: Words, products: Sequence[Product], member: Member, neighbour: Member
) -> None:
    both = replace(words, products=list(products), instead="des poireaux")
    assert shortages.correct(shortage, both, 1) == 2
    assert shortages.correct(shortage, both, 1) == 0
    assert subjects(member)[1:] == [
        "Le jeu. 5 nov., GAEC des Vergnes. Correction. Ce qui change : Petit panier"
    ]
    assert subjects(neighbour) == ["Le jeu. 5 nov., GAEC des Vergnes. Ce qui change : Grand panier"]


def test_who_no_longer_misses_anything_is_told_so(
    shortage: Shortage, words: Words, products: Sequence[Product], member: Member, neighbour: Member
) -> None:
    assert shortages.correct(shortage, replace(words, products=[products[1]]), 1) == 2
    assert subjects(member)[1:] == ["GAEC des Vergnes : tout vient comme prévu"]
    assert len(subjects(neighbour)) == 1


def test_a_correction_of_what_somebody_else_corrected_is_read_again_first(
    shortage: Shortage, words: Words
) -> None:
    shortages.correct(shortage, replace(words, words="Une autre phrase."), 1)
    with pytest.raises(CorrectedMeanwhile):
        shortages.correct(shortage, replace(words, words="Une troisième."), 1)


def test_taken_back_it_is_told_once_and_stands_nowhere(
    shortage: Shortage, words: Words, thursday: Distribution, member: Member, neighbour: Member
) -> None:
    assert shortages.take_back(shortage) == 1
    assert shortages.take_back(shortage) == 0
    assert len(subjects(member)) == 2
    assert subjects(neighbour) == []
    assert not [each for each in sheets.sign_off_sheet(thursday).notices if SENTENCE in each]
    with pytest.raises(TakenBack):
        shortages.correct(shortage, replace(words, words="Encore."), 2)


def test_a_message_needs_a_product_and_a_date_to_come(
    producer: Producer, farmer: Member, words: Words
) -> None:
    with pytest.raises(NothingMissing):
        shortages.announce(producer, farmer, replace(words, products=[]), "k")
    with held_at(words.dates[0].ends_at), pytest.raises(DatePast):
        shortages.announce(producer, farmer, words, "k")


def test_a_cancelled_delivery_is_told_by_its_own_letter(
    producer: Producer, farmer: Member, vegetables: SeasonContract, words: Words, member: Member
) -> None:
    delivery = next(
        each for each in vegetables.deliveries if each.distribution_id == words.dates[0].id
    )
    distributions.cancel_delivery(delivery, "gel")
    _found, many = shortages.announce(producer, farmer, words, "k")
    assert many == 0


def test_what_is_another_farm_s_or_community_s_is_not_announced(
    producer: Producer, bakery: Producer, farmer: Member, elsewhere: Community, words: Words
) -> None:
    bread = catalogue.add_product(bakery, "Pain", Money(500))
    with pytest.raises(Absent):
        shortages.announce(producer, farmer, replace(words, products=[bread]), "k")
    (there,) = distributions.create_distributions(
        elsewhere,
        [date(2026, 11, 6)],
        words.dates[0].starts_at.time(),
        words.dates[0].ends_at.time(),
        "Là",
    )
    with pytest.raises(Absent):
        shortages.announce(producer, farmer, replace(words, dates=[there]), "k")


def test_a_message_is_absent_from_another_community(
    shortage: Shortage, elsewhere: Community
) -> None:
    with pytest.raises(Absent):
        shortages.find_shortage(elsewhere, shortage.id)


def test_nothing_says_who_is_helped_to_pay(
    community: Community,
    producer: Producer,
    farmer: Member,
    vegetables: SeasonContract,
    thursdays: Sequence[Distribution],
    take: Take,
    member: Member,
    neighbour: Member,
) -> None:
    association = Organisation(name="Les Amis des Vergnes", kind=OrganisationKind.ASSOCIATION)
    db.session.add(Member(community=community, organisation=association))
    db.session.flush()
    pools.entrust(community, association.id, Money(0))
    giving.note(community, Source.GIFT, Money(50_000), "transfer", "gift")
    vegetables.state = ContractState.DRAFT
    applying.set_rule(vegetables, Kind.FREE, Bounds(8000, 13000))
    contracts.open_contract(vegetables)
    applying.choose(vegetables, households.household_of(member), -2000)
    for each in (member, neighbour):
        subscription = take(vegetables, each, {"Petit panier": 1})
        subscriptions.record_paper_signature(subscription)
    sweeps.grant_due(community)
    basket = vegetables.products[0].product
    words = Words([basket], [thursdays[0]], HowShort.OTHERWISE, SENTENCE)
    shortages.announce(producer, farmer, words, "k")
    lists.send_list(thursdays[0], producer, USUAL)
    helped, other = (
        db.session.query(Notice).filter_by(member_id=each.id, topic="direct_sales.shortage").one()
        for each in (member, neighbour)
    )
    assert (helped.subject, helped.body) == (other.subject, other.body)
    listed = db.session.query(Notice).filter_by(topic="direct_sales.harvest").one()
    for said in ("Dupont", "Marie", "olidar", "€", "Amis des Vergnes"):
        assert said not in listed.body + helped.body


def test_two_clicks_at_once_are_one_message(
    app: Flask, producer: Producer, farmer: Member, words: Words, member: Member
) -> None:
    ids = [each.id for each in (producer, farmer, words.products[0], words.dates[0])]
    together, failed = Barrier(2), []
    db.session.commit()
    db.session.rollback()

    def click() -> None:
        with app.app_context(), held_at(MONDAY):
            try:
                together.wait()
                product = db.session.get_one(Product, ids[2])
                evening = db.session.get_one(Distribution, ids[3])
                shortages.announce(
                    db.session.get_one(Producer, ids[0]),
                    db.session.get_one(Member, ids[1]),
                    Words([product], [evening], HowShort.NONE, SENTENCE),
                    "one-form",
                )
                db.session.commit()
            except Exception as error:
                failed.append(error)
            finally:
                db.session.remove()

    threads = [Thread(target=click) for _each in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
    assert db.session.query(Shortage).count() == 1
    assert len(subjects(member)) == 1


def test_who_leaves_takes_their_words_along(
    shortage: Shortage, farmer: Member, community: Community
) -> None:
    exported = privacy.export(farmer)
    assert exported is not None
    assert exported.content["shortages"][0]["words"] == SENTENCE
    privacy.erase(farmer)
    db.session.flush()
    assert (shortage.said_by, shortage.words) == (None, privacy.FORGOTTEN)
