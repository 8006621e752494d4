from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from freeco.clock import held_at, now
from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.testing.forms import fill_in
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import contracts, privacy, subscriptions
from freeco_direct_sales.contracting import notices, waiting
from freeco_direct_sales.contracting.errors import AlreadyWaiting, NotFull
from freeco_direct_sales.contracting.models import WaitingWish
from freeco_direct_sales.errors import ContractFull
from freeco_direct_sales.models import SeasonContract, Subscription

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
SMALL = {"Petit panier": 1}


@pytest.fixture
def full(
    vegetables: SeasonContract, community: Community, take: Take
) -> tuple[SeasonContract, Subscription]:
    """Give the farm's contract with both places taken, and one of those who took them."""
    take(vegetables, make_member(community, "Zoé", "Lac"), SMALL)
    return vegetables, take(vegetables, make_member(community, "Luc", "Pré"), SMALL)


def wait(contract: SeasonContract, member: Member) -> WaitingWish:
    found = waiting.wait(contract, households.household_of(member), member)
    db.session.commit()
    return found


def test_one_waits_only_where_there_is_no_place(vegetables: SeasonContract, member: Member) -> None:
    with pytest.raises(NotFull):
        wait(vegetables, member)


def test_a_freed_place_is_kept_for_the_first_who_waits(
    full: tuple[SeasonContract, Subscription], member: Member, neighbour: Member, take: Take
) -> None:
    contract, taken = full
    first, second = wait(contract, member), wait(contract, neighbour)
    subscriptions.withdraw(taken)
    assert first.reserved_until == now() + timedelta(days=3)
    assert second.reserved_until is None
    assert contracts.places_left(contract) == 0
    with pytest.raises(ContractFull):
        take(contract, neighbour, SMALL)
    take(contract, member, SMALL)
    assert (first.outcome, second.ended_at) == ("taken", None)


def test_who_does_not_come_in_time_gives_way_to_the_next(
    full: tuple[SeasonContract, Subscription],
    community: Community,
    member: Member,
    neighbour: Member,
) -> None:
    contract, taken = full
    first, second = wait(contract, member), wait(contract, neighbour)
    subscriptions.withdraw(taken)
    db.session.commit()
    with held_at(now() + timedelta(days=3)):
        for _twice in range(2):
            waiting.pass_on_due(community)
            db.session.commit()
        assert first.outcome == "passed"
        assert second.reserved_until == now() + timedelta(days=3)


def test_nobody_overtakes_the_list_before_a_place_that_ran_out_is_passed_on(
    full: tuple[SeasonContract, Subscription],
    community: Community,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    contract, taken = full
    first, second = wait(contract, member), wait(contract, neighbour)
    subscriptions.withdraw(taken)
    db.session.commit()
    newcomer = make_member(community, "Léo", "Neuf")
    with held_at(now() + timedelta(days=3)):  # no sweep has passed yet
        assert contracts.places_left(contract) == 0
        assert contracts.places_left(contract, second.household) == 1
        with pytest.raises(ContractFull):
            take(contract, newcomer, SMALL)
        db.session.rollback()
        take(contract, neighbour, SMALL)
        assert (first.outcome, second.outcome) == ("passed", "taken")


def test_a_place_that_nobody_else_waits_for_is_still_taken_by_who_came_late(
    full: tuple[SeasonContract, Subscription], member: Member, take: Take
) -> None:
    contract, taken = full
    wait(contract, member)
    subscriptions.withdraw(taken)
    db.session.commit()
    with held_at(now() + timedelta(days=3)):
        take(contract, member, SMALL)
    assert contracts.taken_places(contract) == 2


def test_more_places_go_to_the_list_first(
    full: tuple[SeasonContract, Subscription], member: Member
) -> None:
    contract, _taken = full
    wish = wait(contract, member)
    contracts.change_capacity(contract, 4)
    assert wish.reserved_until is not None
    assert contracts.places_left(contract) == 1
    assert contracts.places_left(contract, wish.household) == 2


def test_taking_what_one_wants_most_ends_the_lesser_wishes(
    full: tuple[SeasonContract, Subscription],
    bread: SeasonContract,
    community: Community,
    member: Member,
    take: Take,
) -> None:
    contract, taken = full
    bread.capacity = 1
    take(bread, make_member(community, "Ana", "Bel"), {"Brioche": 1})
    loaves, greens = wait(bread, member), wait(contract, member)
    assert (loaves.rank, greens.rank) == (1, 2)
    waiting.prefer(greens)
    assert [each.contract.name for each in waiting.wishes_of(greens.household)] == [
        "Légumes d’hiver",
        "Pain au levain",
    ]
    subscriptions.withdraw(taken)
    take(contract, member, SMALL)
    assert (greens.outcome, loaves.outcome) == ("taken", "left")


def test_one_waits_once(full: tuple[SeasonContract, Subscription], member: Member) -> None:
    contract, _taken = full
    wait(contract, member)
    with pytest.raises(AlreadyWaiting):
        wait(contract, member)


def test_two_households_want_the_freed_place_at_once_and_one_has_it(
    app: Flask,
    full: tuple[SeasonContract, Subscription],
    member: Member,
    neighbour: Member,
) -> None:
    contract, taken = full
    contract_id, taken_id = contract.id, taken.id
    wait(contract, member)
    ids = [member.id, neighbour.id]
    db.session.commit()
    together = Barrier(3)

    def free(_number: int) -> str:
        with app.app_context():
            together.wait(30)
            subscriptions.withdraw(db.session.get_one(Subscription, taken_id))
            db.session.commit()
        return "freed"

    def hurry(member_id: int) -> str:
        with app.app_context():
            together.wait(30)
            who = db.session.get_one(Member, member_id)
            held = db.session.get_one(SeasonContract, contract_id)
            for _again in range(200):
                basket = subscriptions.same_basket(held, {held.products[0].id: 1})
                try:
                    subscriptions.subscribe(
                        held,
                        households.household_of(who),
                        who,
                        basket,
                        1,
                        charter_text_id=None,
                        signed_by=who.name,
                    )
                    db.session.commit()
                except ContractFull:
                    db.session.rollback()
                    continue
                return f"taken by {who.name}"
        return "refused"

    with ThreadPoolExecutor(3) as pool:
        freed = pool.submit(free, 0)
        tried = [pool.submit(hurry, each) for each in ids]
        assert freed.result(60) == "freed"
        assert sorted(each.result(60) for each in tried) == ["refused", "taken by Marie Dupont"]
    db.session.rollback()
    assert contracts.taken_places(contract) == 2


def test_the_letter_says_until_when_and_that_nothing_is_concluded(
    full: tuple[SeasonContract, Subscription], member: Member
) -> None:
    contract, taken = full
    wish = wait(contract, member)
    subscriptions.withdraw(taken)
    for _twice in range(2):
        notices.tell_reserved(wish.id)
    (letter,) = db.session.query(OutgoingMail).filter(OutgoingMail.subject.contains("réservée"))
    assert "5 novembre" in letter.body
    assert "Rien n’est conclu" in letter.body
    assert f"/contrats/{contract.id}" in letter.body


def test_one_waits_and_leaves_on_the_site(
    full: tuple[SeasonContract, Subscription],
    member: Member,
    coordinator: Member,
    visiting: Visit,
) -> None:
    contract, _taken = full
    client = visiting(member)
    page = client.get(f"{HERE}/contrats/{contract.id}")
    waited = fill_in(client, page, "/attendre", {})
    assert waited.status_code == 302
    mine = client.get(waited.location)
    assert "premier de la liste" in mine.text
    listed = visiting(coordinator).get(f"{HERE}/contrats/{contract.id}/liste-attente")
    assert "Marie Dupont" in listed.text
    client = visiting(member)
    mine = client.get(f"{HERE}/liste-attente")
    assert fill_in(client, mine, "/quitter", {}).status_code == 302
    assert waiting.waiting_for(contract) == []


def test_the_list_is_for_those_who_coordinate(
    full: tuple[SeasonContract, Subscription], member: Member, visiting: Visit
) -> None:
    contract, _taken = full
    client = visiting(member)
    assert client.get(f"{HERE}/contrats/{contract.id}/liste-attente").status_code == 403


def test_who_leaves_the_site_waits_no_more_and_takes_the_list_along(
    full: tuple[SeasonContract, Subscription], member: Member
) -> None:
    contract, _taken = full
    wish = wait(contract, member)
    exported = privacy.export(member)
    assert exported is not None
    assert [each["rank"] for each in exported.content["waiting"]] == [1]
    privacy.erase(member)
    assert wish.outcome == "left"
