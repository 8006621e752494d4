"""The harvest list leaves at the hour each producer chooses, then once what has changed."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask

from freeco.clock import held_at
from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco.organisations.models import Organisation, OrganisationKind, OrganisationRole, Role
from freeco.testing.people import make_member
from freeco_direct_sales import changing, contracts, distributions, harvest_lists
from freeco_direct_sales.models import Distribution, Producer, SeasonContract, Subscription
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.telling import calls, lists, wishes
from freeco_direct_sales.telling.errors import ChangesBeforeList
from freeco_direct_sales.telling.models import Telling
from freeco_direct_sales.telling.wishes import USUAL, When, Wish

Take = Callable[..., Subscription]
TUESDAY_EVENING = datetime(2026, 11, 3, 17, tzinfo=UTC)
"""Two days before the distribution, six in the evening in Paris."""
EVE = datetime(2026, 11, 4, 17, tzinfo=UTC)


def sweep(community: Community, at: datetime) -> None:
    with held_at(at):
        lists.send_due(community)
        db.session.commit()


def letters_to(member: Member) -> list[str]:
    assert member.person is not None
    found = db.session.query(OutgoingMail).filter_by(recipient=member.person.email)
    return [f"{each.subject}\n{each.body}" for each in found.order_by(OutgoingMail.id)]


def change_first(subscription: Subscription, many: int) -> None:
    (delivery, *_rest) = contracts.deliveries_of(subscription.contract)
    small = subscription.contract.products[0]
    changing.change_delivery(subscription, delivery, {small.id: many})
    db.session.commit()


def test_the_list_leaves_two_days_before_at_six_and_not_a_minute_earlier(
    community: Community, thursday: Distribution, farmer: Member
) -> None:
    sweep(community, TUESDAY_EVENING - timedelta(minutes=1))
    assert letters_to(farmer) == []
    sweep(community, TUESDAY_EVENING)
    (letter,) = letters_to(farmer)
    assert "À apporter le jeu. 5 nov. : GAEC des Vergnes" in letter.replace("\u00a0", " ")
    assert "Petit panier : 1 panier, 4,2 kg" in letter.replace("\u00a0", " ")
    assert "Grand panier : 2 paniers, 14 kg" in letter.replace("\u00a0", " ")
    assert f"/distributions/{thursday.id}/recolte/" in letter


def test_the_list_is_sent_once_however_often_the_hour_is_looked_at(
    community: Community, thursday: Distribution, farmer: Member
) -> None:
    for minutes in (0, 15, 30):
        sweep(community, TUESDAY_EVENING + timedelta(minutes=minutes))
    assert len(letters_to(farmer)) == 1


def test_the_list_names_no_household(
    community: Community, thursday: Distribution, farmer: Member
) -> None:
    sweep(community, TUESDAY_EVENING)
    (letter,) = letters_to(farmer)
    assert "Dupont" not in letter
    assert "Martin" not in letter


def test_two_workers_at_once_send_one_list(
    app: Flask, community: Community, thursday: Distribution, farmer: Member
) -> None:
    together, failed = Barrier(2), []

    def work(community_id: int) -> None:
        with app.app_context(), held_at(TUESDAY_EVENING):
            try:
                together.wait()
                lists.send_due(db.session.get_one(Community, community_id))
                db.session.commit()
            except Exception as error:
                failed.append(error)
            finally:
                db.session.remove()

    threads = [Thread(target=work, args=(community.id,)) for _each in range(2)]
    db.session.rollback()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
    assert len(letters_to(farmer)) == 1
    assert db.session.query(Telling).count() == 1


def test_what_was_sent_counts_as_told(
    community: Community, thursday: Distribution, producer: Producer, member: Member
) -> None:
    sweep(community, TUESDAY_EVENING)
    subscription = db.session.query(Subscription).filter_by(subscribed_by_id=member.id).one()
    change_first(subscription, 3)
    harvest = harvest_lists.harvest_list(thursday, producer)
    assert [line.before for line in harvest.lines] == ["1\u00a0panier", ""]


def test_what_changes_is_gathered_in_one_letter_on_the_eve(
    community: Community, thursday: Distribution, farmer: Member, member: Member
) -> None:
    sweep(community, TUESDAY_EVENING)
    subscription = db.session.query(Subscription).filter_by(subscribed_by_id=member.id).one()
    for many in (4, 2, 3):
        change_first(subscription, many)
        sweep(community, TUESDAY_EVENING + timedelta(hours=many))
    assert len(letters_to(farmer)) == 1
    sweep(community, EVE)
    change_first(subscription, 1)
    sweep(community, EVE + timedelta(hours=1))
    _first, second = letters_to(farmer)
    assert "Petit panier : 3 paniers (avant : 1 panier)" in second.replace("\u00a0", " ")
    assert "Grand panier" not in second


def test_a_sheet_printed_meanwhile_hides_no_change_from_the_farm(
    community: Community, thursday: Distribution, producer: Producer, farmer: Member, member: Member
) -> None:
    sweep(community, TUESDAY_EVENING)
    subscription = db.session.query(Subscription).filter_by(subscribed_by_id=member.id).one()
    change_first(subscription, 3)
    harvest_lists.note_print(thursday, producer)
    sweep(community, EVE)
    assert len(letters_to(farmer)) == 2


def test_without_a_change_there_is_no_second_letter(
    community: Community, thursday: Distribution, farmer: Member
) -> None:
    sweep(community, TUESDAY_EVENING)
    sweep(community, EVE)
    assert len(letters_to(farmer)) == 1


def test_who_has_nothing_to_bring_is_told_so_in_one_line(
    community: Community, vegetables: SeasonContract, farmer: Member
) -> None:
    sweep(community, TUESDAY_EVENING)
    (letter,) = letters_to(farmer)
    assert "Rien à apporter le jeu. 5 nov." in letter.replace("\u00a0", " ")


def test_who_takes_no_part_in_a_distribution_hears_nothing(
    community: Community, thursdays: Sequence[Distribution], producer: Producer, farmer: Member
) -> None:
    sweep(community, TUESDAY_EVENING)
    assert letters_to(farmer) == []


def test_what_is_ordered_in_a_session_is_on_the_list(
    community: Community,
    shop: OrderSession,
    buy: Callable[..., Order],
    member: Member,
    farmer: Member,
) -> None:
    buy(member, Poireaux=3)
    sweep(community, TUESDAY_EVENING)
    (letter,) = letters_to(farmer)
    assert "Poireaux : 3 bottes" in letter.replace("\u00a0", " ")


def test_a_producer_chooses_another_hour(
    community: Community, thursday: Distribution, producer: Producer, farmer: Member
) -> None:
    wishes.choose(producer, Wish(When(1, 7), When(0, 6)))
    sweep(community, datetime(2026, 11, 4, 5, 59, tzinfo=UTC))
    assert letters_to(farmer) == []
    sweep(community, datetime(2026, 11, 4, 6, 0, tzinfo=UTC))
    assert len(letters_to(farmer)) == 1


def test_a_producer_may_want_no_list(
    community: Community, thursday: Distribution, producer: Producer, farmer: Member
) -> None:
    wishes.choose(producer, Wish(USUAL.listed, USUAL.changes, wanted=False))
    sweep(community, EVE)
    assert letters_to(farmer) == []


def test_changes_are_not_told_before_the_list(producer: Producer) -> None:
    with pytest.raises(ChangesBeforeList):
        wishes.choose(producer, Wish(When(1, 18), When(2, 18)))
    with pytest.raises(ChangesBeforeList):
        wishes.choose(producer, Wish(When(1, 18), When(1, 18)))


@pytest.mark.parametrize(
    ("day", "when", "instant"),
    [
        (date(2027, 3, 29), When(2, 18), datetime(2027, 3, 27, 17, tzinfo=UTC)),
        (date(2027, 3, 29), When(1, 18), datetime(2027, 3, 28, 16, tzinfo=UTC)),
        (date(2027, 3, 29), When(1, 2), datetime(2027, 3, 28, 1, tzinfo=UTC)),
        (date(2026, 10, 26), When(2, 18), datetime(2026, 10, 24, 16, tzinfo=UTC)),
        (date(2026, 10, 26), When(1, 2), datetime(2026, 10, 25, 0, tzinfo=UTC)),
    ],
    ids=["before spring", "after spring", "the hour skipped", "before autumn", "the hour twice"],
)
def test_the_hour_is_the_clock_s_over_a_change_of_clocks(
    community: Community, day: date, when: When, instant: datetime
) -> None:
    with held_at(datetime(2026, 10, 1, tzinfo=UTC)):
        (monday,) = distributions.create_distributions(
            community, [day], time(18, 30), time(19, 30), "Salle"
        )
    assert when.of(monday) == instant


def test_an_hour_after_the_distribution_began_is_an_hour_before_it(
    thursday: Distribution,
) -> None:
    assert When(0, 23).of(thursday) == thursday.starts_at - timedelta(hours=1)


def test_who_has_nothing_to_bring_reads_why(
    community: Community, thursday: Distribution, vegetables: SeasonContract, farmer: Member
) -> None:
    distributions.cancel_delivery(contracts.deliveries_of(vegetables)[0], "gel de la serre")
    sweep(community, TUESDAY_EVENING)
    (letter,) = letters_to(farmer)
    assert "Rien à apporter" in letter
    assert "gel de la serre" in letter
    assert "Pour 0" not in letter


def test_each_who_holds_a_role_in_the_farm_s_organisation_is_told(
    community: Community, thursday: Distribution, producer: Producer
) -> None:
    gaec = Organisation(name="GAEC des Vergnes", kind=OrganisationKind.COMPANY)
    itself = Member(community=community, organisation=gaec)
    both = [make_member(community, name, "Vergne") for name in ("Anne", "Luc")]
    stranger = make_member(community, "Zoé", "Vergne")
    db.session.add(itself)
    for each in both:
        assert each.person is not None
        role = OrganisationRole(organisation=gaec, person_id=each.person.id, role=Role.PRODUCER)
        db.session.add(role)
    producer.member = itself
    db.session.commit()
    sweep(community, TUESDAY_EVENING)
    assert [len(letters_to(each)) for each in (*both, stranger)] == [1, 1, 0]


def test_a_producer_without_an_account_is_on_the_coordinators_list_to_telephone(
    community: Community, bread: SeasonContract, member: Member, coordinator: Member, take: Take
) -> None:
    take(bread, member, {"Brioche": 2})
    sweep(community, TUESDAY_EVENING)
    with held_at(TUESDAY_EVENING):
        (call,) = calls.to_call(community)
        assert call.producer.name == "Le Fournil de Lise"
        for _twice in range(2):
            calls.note_said(community, call.id, coordinator, said_now=True)
        assert [each.said_by_id for each in calls.to_call(community)] == [coordinator.id]
        calls.note_said(community, call.id, coordinator, said_now=False)
        assert calls.to_call(community)[0].said_at is None


def test_nobody_is_telephoned_to_hear_that_there_is_nothing_to_bring(
    community: Community, bread: SeasonContract
) -> None:
    sweep(community, TUESDAY_EVENING)
    with held_at(TUESDAY_EVENING):
        assert calls.to_call(community) == []


def test_a_farmer_without_an_address_is_told_by_telephone_as_other_notices_are(
    community: Community, thursday: Distribution, farmer: Member
) -> None:
    assert farmer.person is not None
    farmer.person.email = None
    db.session.commit()
    sweep(community, TUESDAY_EVENING)
    assert db.session.query(Notice).filter_by(member_id=farmer.id).count() == 1
    with held_at(TUESDAY_EVENING):
        assert [each.producer.name for each in calls.to_call(community)] == ["GAEC des Vergnes"]


def test_another_community_s_lists_stay_there(
    community: Community, elsewhere: Community, thursday: Distribution, farmer: Member
) -> None:
    sweep(elsewhere, TUESDAY_EVENING)
    assert letters_to(farmer) == []
    sweep(community, TUESDAY_EVENING)
    with held_at(TUESDAY_EVENING):
        assert calls.to_call(elsewhere) == []
