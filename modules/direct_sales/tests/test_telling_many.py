"""A message to sixty households asks the database no more than a message to five."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community, Member
from freeco.notifications.models import ChannelChoice, Notice, TopicChoice
from freeco.testing.people import make_member
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.telling import shortages
from freeco_direct_sales.telling.concerned import concerned
from freeco_direct_sales.telling.models import HowShort
from freeco_direct_sales.telling.reach import Reach, reach
from freeco_direct_sales.telling.shortages import Words

Buy = Callable[..., Order]
FEW, MANY = 5, 60


@contextmanager
def counted() -> Iterator[list[str]]:
    """Note what is asked of the database; SQLite writes its rows one by one."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("INSERT"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def come(community: Community, buy: Buy) -> Callable[[int, int], list[Member]]:
    """Give what lets members come, each with a household and bread ordered."""

    def let_in(first: int, last: int) -> list[Member]:
        found = [make_member(community, "Ana", f"Numero{each}") for each in range(first, last)]
        for member in found:
            buy(member, Pain=1)
        return found

    return let_in


def tell(
    app: Flask, bakery_id: int, by: int, session_id: int
) -> tuple[list[str], list[str], int, Reach]:
    """Preview a message and send it, as a page does; what was asked, who is told. Nothing stays."""
    db.session.commit()
    with app.app_context():
        bakery, member = db.session.get_one(Producer, bakery_id), db.session.get_one(Member, by)
        session = db.session.get_one(OrderSession, session_id)
        bread = next(each.product for each in session.offers if each.name == "Pain")
        words = Words([bread], [session.pickups[0].distribution], HowShort.NONE)
        with counted() as previewed:
            found = reach(concerned(bakery, words.products, words.dates))
        with counted() as sent:
            shortage, _told = shortages.announce(bakery, member, words, "a-form")
            db.session.flush()
        key = f"direct_sales.shortage:{shortage.id}:1"
        told = db.session.query(Notice).filter(Notice.key == key).count()
        db.session.rollback()
    return previewed, sent, told, found


def test_a_message_to_many_asks_as_little_as_a_message_to_few(
    app: Flask,
    bakery: Producer,
    coordinator: Member,
    shop: OrderSession,
    come: Callable[[int, int], list[Member]],
) -> None:
    come(0, FEW)
    few = tell(app, bakery.id, coordinator.id, shop.id)
    come(FEW, MANY)
    many = tell(app, bakery.id, coordinator.id, shop.id)
    assert (few[2], many[2]) == (FEW, MANY)
    assert len(many[0]) == len(few[0]), many[0]
    assert len(many[1]) == len(few[1]), many[1]
    assert (many[3].households, many[3].people, many[3].mail) == (MANY, MANY, MANY)


def test_each_of_many_is_told_as_they_chose(
    bakery: Producer,
    coordinator: Member,
    shop: OrderSession,
    come: Callable[[int, int], list[Member]],
) -> None:
    usual, weekly, silent, served, alone = come(0, 5)
    assert served.person is not None
    assert alone.person is not None
    assert usual.person is not None
    db.session.add_all(
        [
            TopicChoice(member_id=weekly.id, topic="direct_sales.shortage", rhythm="weekly"),
            ChannelChoice(member_id=silent.id, channel="email", agreed=False),
        ]
    )
    served.person.email, served.person.proxy = None, usual.person
    alone.person.email = None
    db.session.commit()
    bread = next(each.product for each in shop.offers if each.name == "Pain")
    words = Words([bread], [shop.pickups[0].distribution], HowShort.NONE)
    found = reach(concerned(bakery, words.products, words.dates))
    assert (found.mail, found.later, found.paper) == (2, 2, 1)
    before = db.session.query(OutgoingMail).count()
    shortages.announce(bakery, coordinator, words, "k")
    db.session.commit()
    mails = db.session.query(OutgoingMail).order_by(OutgoingMail.id)[before:]
    mails = [each for each in mails if each.topic == "direct_sales.shortage"]
    addresses = [each.recipient for each in mails]
    assert addresses == [str(usual.person.email)] * 2
    assert mails[1].subject.startswith(f"Pour {served.name}")
    told = db.session.query(Notice).filter(Notice.topic == "direct_sales.shortage")
    assert {each.member_id for each in told} == {
        each.id for each in (usual, weekly, silent, served, alone)
    }
    assert all(
        (each.told_at is not None) == (each.member_id in {usual.id, served.id}) for each in told
    )
