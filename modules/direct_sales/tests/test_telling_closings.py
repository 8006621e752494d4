"""Producers are told what is ordered from them, once nobody changes it any more."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from freeco.clock import held_at
from freeco.db import db
from freeco.events import deliver_events
from freeco.kernel import Kernel
from freeco.mail.delivery import deliver_mail
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.testing.mail_server import PostOffice, listening
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.orders import preparing, sessions
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.telling import calls, closing
from freeco_direct_sales.telling.models import Telling

Buy = Callable[..., Order]
NOON = datetime(2026, 11, 3, 11, tzinfo=UTC)


@pytest.fixture
def kernel(app: Flask) -> Kernel:
    """Give what delivers events."""
    found: Kernel = app.extensions["freeco"]
    return found


def letters_to(member: Member) -> list[str]:
    assert member.person is not None
    found = db.session.query(OutgoingMail).filter_by(recipient=member.person.email)
    return [
        f"{each.subject}\n{each.body}".replace("\u00a0", " ")
        for each in found.order_by(OutgoingMail.id)
        if each.topic == "direct_sales.orders_closed"
    ]


def close(shop: OrderSession, kernel: Kernel) -> None:
    sessions.close(shop)
    db.session.commit()
    deliver_events(kernel.plugins)


def test_when_a_session_closes_its_producers_read_what_is_ordered_from_them(
    shop: OrderSession,
    buy: Buy,
    kernel: Kernel,
    opened: None,
    member: Member,
    neighbour: Member,
    farmer: Member,
) -> None:
    buy(member, Poireaux=2, Pain=1)
    buy(neighbour, Poireaux=1)
    close(shop, kernel)
    (letter,) = letters_to(farmer)
    assert "Commandes closes « Marché du 5 »" in letter
    assert "À apporter le jeudi 5 novembre" in letter
    assert "Poireaux : 3 bottes" in letter
    assert "En tout : 7,50 €" in letter
    assert f"/sessions/{shop.id}/suivi/" in letter
    for somebody_s in ("Pain", "Dupont", "Martin"):
        assert somebody_s not in letter


def test_it_is_told_once(
    shop: OrderSession, buy: Buy, kernel: Kernel, opened: None, member: Member, farmer: Member
) -> None:
    buy(member, Poireaux=2)
    close(shop, kernel)
    closing.tell_closed(shop.id)
    closing.tell_closed(shop.id)
    assert len(letters_to(farmer)) == 1


def test_a_producer_who_closes_earlier_is_told_at_that_hour_and_not_again(
    community: Community,
    shop: OrderSession,
    buy: Buy,
    kernel: Kernel,
    opened: None,
    producer: Producer,
    member: Member,
    farmer: Member,
) -> None:
    buy(member, Poireaux=2)
    preparing.set_producer(shop, producer, NOON, Money(0))
    closing.tell_early(community)
    assert letters_to(farmer) == []
    for minutes in (0, 5):
        with held_at(NOON + timedelta(minutes=minutes)):
            closing.tell_early(community)
    (letter,) = letters_to(farmer)
    assert "plus personne ne commande chez vous" in letter
    assert "Une fois toutes les commandes closes" in letter
    close(shop, kernel)
    assert len(letters_to(farmer)) == 1


def test_who_closed_earlier_is_told_again_if_the_closing_changed_it(
    community: Community,
    shop: OrderSession,
    buy: Buy,
    kernel: Kernel,
    opened: None,
    producer: Producer,
    member: Member,
    farmer: Member,
) -> None:
    order = buy(member, Poireaux=2)
    preparing.set_producer(shop, producer, NOON, Money(0))
    with held_at(NOON):
        closing.tell_early(community)
        order.lines[0].ordered = 6  # as a case that the closing fills
        close(shop, kernel)
        closing.tell_closed(shop.id)
    first, second = letters_to(farmer)
    assert "Poireaux : 2 bottes" in first
    assert "Poireaux : 6 bottes" in second


def test_who_does_not_reach_the_least_reads_that_nothing_is_to_be_brought(
    community: Community,
    shop: OrderSession,
    buy: Buy,
    kernel: Kernel,
    opened: None,
    producer: Producer,
    member: Member,
    farmer: Member,
) -> None:
    buy(member, Poireaux=2)
    preparing.set_producer(shop, producer, NOON, Money(5000))
    with held_at(NOON):
        closing.tell_early(community)
        close(shop, kernel)
    (letter,) = letters_to(farmer)
    assert "n’atteignent pas votre minimum de 50,00 €" in letter
    assert "Poireaux" not in letter


def test_who_sold_nothing_is_told_so(
    shop: OrderSession, kernel: Kernel, opened: None, farmer: Member
) -> None:
    close(shop, kernel)
    (letter,) = letters_to(farmer)
    assert "Rien n’est commandé chez vous cette fois." in letter


def test_two_pickups_are_told_apart(
    shop: OrderSession,
    buy: Buy,
    kernel: Kernel,
    opened: None,
    thursdays: Sequence[Distribution],
    member: Member,
    neighbour: Member,
    farmer: Member,
) -> None:
    preparing.set_pickups(shop, {thursdays[0]: None, thursdays[1]: None})
    order = buy(member, Poireaux=2)
    buy(neighbour, Poireaux=1)
    order.pickup = next(each for each in shop.pickups if each.distribution is thursdays[1])
    close(shop, kernel)
    (letter,) = letters_to(farmer)
    first, second = letter.split("jeudi 12 novembre")
    assert "Poireaux : 1 botte" in first
    assert "Poireaux : 2 bottes" in second


def test_a_baker_without_an_account_is_to_be_called(
    community: Community,
    shop: OrderSession,
    buy: Buy,
    kernel: Kernel,
    opened: None,
    member: Member,
) -> None:
    buy(member, Pain=2)
    close(shop, kernel)
    assert [each.producer.name for each in calls.to_call(community)] == ["Le Fournil de Lise"]


def test_a_session_that_is_still_open_tells_nobody(
    shop: OrderSession, buy: Buy, member: Member
) -> None:
    buy(member, Poireaux=1)
    closing.tell_closed(shop.id)
    assert db.session.query(Telling).count() == 0


@pytest.fixture
def office() -> PostOffice:
    """Give a real mail server."""
    return PostOffice()


@pytest.fixture
def posted(kernel: Kernel, office: PostOffice) -> Iterator[Callable[[], int]]:
    """Give what carries the letters to that server."""
    with listening(office) as address:
        settings = replace(kernel.settings, mail_url=address, mail_from="freeco@example.org")
        yield lambda: deliver_mail(settings)


def test_the_letter_arrives_by_a_real_mail_server(
    shop: OrderSession,
    buy: Buy,
    kernel: Kernel,
    opened: None,
    office: PostOffice,
    posted: Callable[[], int],
    member: Member,
    farmer: Member,
) -> None:
    assert farmer.person is not None
    buy(member, Poireaux=2)
    close(shop, kernel)
    posted()
    (message,) = [each for each in office.taken if each["To"] == farmer.person.email]
    body = message.get_body(("plain",))
    assert body is not None
    assert "Poireaux\u00a0: 2\u00a0bottes" in body.get_content()
    assert message["List-Unsubscribe"] is not None
