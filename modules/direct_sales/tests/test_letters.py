from collections.abc import Callable

import pytest

from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members import proxies
from freeco.members.models import Community, Member, Person
from freeco.notifications.models import Notice
from freeco_direct_sales import contracts, distributions, notices, subscriptions
from freeco_direct_sales.models import Delivery, SeasonContract, Subscription

Take = Callable[..., Subscription]
SMALL = {"Petit panier": 1}


@pytest.fixture
def delivery(vegetables: SeasonContract) -> Delivery:
    """Give the vegetables of Thursday the 5th."""
    return contracts.deliveries_of(vegetables)[0]


def letters() -> list[tuple[str, str]]:
    db.session.flush()
    found = db.session.query(OutgoingMail).order_by(OutgoingMail.id)
    return [(mail.recipient, mail.body) for mail in found]


def test_the_letter_says_what_will_not_come_and_why(
    vegetables: SeasonContract, delivery: Delivery, member: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    people = distributions.cancel_delivery(delivery, "gel de la serre")
    assert notices.tell_cancelled(delivery, people) == 1
    ((recipient, text),) = letters()
    assert recipient == "marie@example.org"
    assert "gel de la serre" in text
    assert "Légumes d’hiver" in text
    assert "jeudi 5 novembre" in text


def test_who_has_no_address_is_told_through_the_proxy(
    community: Community,
    vegetables: SeasonContract,
    delivery: Delivery,
    person: Person,
    member: Member,
    take: Take,
) -> None:
    ines = Person(first_name="Inès", last_name="Roy")
    db.session.add(ines)
    old = Member(community=community, person=ines)
    db.session.add(old)
    db.session.flush()
    ines.proxy = person
    take(vegetables, old, SMALL)
    people = distributions.cancel_delivery(delivery, "gel")
    assert proxies.people_served_by(person) == [ines]
    assert notices.tell_cancelled(delivery, people) == 1
    ((recipient, text),) = letters()
    assert recipient == "marie@example.org"
    assert "Inès Roy" in text


def test_the_household_learns_that_the_farmer_has_signed(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL, 2)
    subscriptions.sign_for_producer(done, farmer)
    assert notices.tell_signed(done) == 1
    ((recipient, text),) = letters()
    assert recipient == "marie@example.org"
    assert done.code in text
    assert "34,50" in text


def test_a_delivery_that_comes_back_is_told_too(
    vegetables: SeasonContract, delivery: Delivery, member: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    distributions.cancel_delivery(delivery, "gel")
    people = distributions.restore_delivery(delivery)
    assert notices.tell_restored(delivery, people) == 1
    ((_recipient, text),) = letters()
    assert "jeudi 5 novembre" in text
    assert "gel" not in text


def test_what_is_cancelled_restored_and_cancelled_again_is_told_each_time(
    vegetables: SeasonContract, delivery: Delivery, member: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    for _time in range(2):
        notices.tell_cancelled(delivery, distributions.cancel_delivery(delivery, "gel"))
        notices.tell_restored(delivery, distributions.restore_delivery(delivery))
    assert len(letters()) == 4


def test_a_letter_speaks_the_language_of_its_reader(
    vegetables: SeasonContract, delivery: Delivery, member: Member, person: Person, take: Take
) -> None:
    person.language = "en"
    take(vegetables, member, SMALL)
    notices.tell_cancelled(delivery, distributions.cancel_delivery(delivery, "gel"))
    ((_recipient, text),) = letters()
    assert "Thursday" in text
    assert "18:30" in text


def test_an_opening_is_told_to_each_member_and_waits_for_the_weekly_letter(
    vegetables: SeasonContract, member: Member
) -> None:
    notices.tell_opened(vegetables.id)
    notices.tell_opened(vegetables.id)
    assert letters() == []
    told = db.session.query(Notice).filter_by(member_id=member.id)
    assert [notice.subject for notice in told] == [
        "Le contrat «\u00a0Légumes d’hiver\u00a0» est ouvert"
    ]


def test_a_contract_that_was_closed_meanwhile_is_not_told(
    vegetables: SeasonContract, member: Member
) -> None:
    contracts.close_contract(vegetables)
    notices.tell_opened(vegetables.id)
    assert db.session.query(Notice).count() == 0
