"""Shifts: signing up, not coming, standing in, counting."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent, Refusal
from freeco.members import households
from freeco.members.models import Community, Household, Member
from freeco.testing.people import make_member
from freeco_direct_sales import agenda, sheets
from freeco_direct_sales.models import Distribution, Subscription
from freeco_direct_sales.shifts import counting, planning, privacy, signing
from freeco_direct_sales.shifts.errors import (
    AlreadyOnDuty,
    OfferGone,
    PlacesTaken,
    SeasonsOverlap,
    ShiftFull,
    ShiftPast,
    ShiftToCome,
)
from freeco_direct_sales.shifts.models import Shift, ShiftRole, ShiftSignup
from freeco_direct_sales.shifts.planning import Need

Take = Callable[..., Subscription]
EVENING = datetime(2026, 11, 5, 17, 30, tzinfo=UTC)
"""When Thursday's shifts begin: half past six in Paris."""


@pytest.fixture
def door(shifts: list[Shift]) -> Shift:
    """Give the one place at the door of Thursday the 5th."""
    return next(each for each in shifts if each.role.name == "Accueil")


@pytest.fixture
def welcome(door: Shift) -> ShiftRole:
    return door.role


def test_a_shift_has_hours_of_its_own_on_the_clock_of_the_place(shifts: list[Shift]) -> None:
    first = shifts[0]
    assert first.role.name == "Pesée"
    assert first.starts_at == datetime(2026, 11, 5, 15, tzinfo=UTC)
    assert first.distribution.starts_at == EVENING


def test_a_member_signs_up_once_however_often_the_button_is_pressed(
    door: Shift, member: Member
) -> None:
    first = signing.sign_up(door, member)
    again = signing.sign_up(door, member)
    assert (first.new, again.new) == (True, False)
    assert first.signup is again.signup
    assert door.free == 0


def test_the_last_place_goes_to_one_and_the_other_is_told(
    door: Shift, member: Member, neighbour: Member
) -> None:
    signing.sign_up(door, member)
    with pytest.raises(ShiftFull, match="vient d’être prise"):
        signing.sign_up(door, neighbour)


def test_of_eight_who_press_at_once_one_has_the_last_place(
    app: Flask, community: Community, door: Shift
) -> None:
    people = [make_member(community, "Zoé", f"N° {each}").id for each in range(8)]
    db.session.commit()
    shift_id = door.id
    db.session.rollback()
    together, told = Barrier(len(people)), []

    def press(member_id: int) -> None:
        with app.app_context(), held_at(datetime(2026, 11, 2, 9, tzinfo=UTC)):
            together.wait()
            member = db.session.get_one(Member, member_id)
            try:
                signing.sign_up(db.session.get_one(Shift, shift_id), member)
                db.session.commit()
                told.append("yes")
            except Refusal as refusal:
                db.session.rollback()
                told.append(type(refusal).__name__)
            db.session.remove()

    threads = [Thread(target=press, args=(each,)) for each in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(told) == ["ShiftFull"] * 7 + ["yes"]
    assert db.session.query(ShiftSignup).filter_by(shift_id=shift_id).count() == 1


def test_nobody_is_in_two_places_at_the_same_hour(
    community: Community, thursdays: Sequence[Distribution], door: Shift, member: Member
) -> None:
    cleaning = planning.add_role(community, "Ménage")
    planning.set_shifts(thursdays[0], {cleaning: Need(1, time(19), time(20))})
    broom = next(each for each in planning.shifts_of(thursdays[0]) if each.role is cleaning)
    signing.sign_up(door, member)
    with pytest.raises(AlreadyOnDuty):
        signing.sign_up(broom, member)


def test_one_may_give_the_place_back_until_the_minute_it_begins(
    door: Shift, member: Member, neighbour: Member
) -> None:
    signup = signing.sign_up(door, member).signup
    with held_at(EVENING - timedelta(minutes=1)):
        assert signing.withdraw(signup)
        assert not signing.withdraw(signup)
        assert signing.sign_up(door, neighbour).freed_by is member
    with held_at(EVENING), pytest.raises(ShiftPast):
        signing.withdraw(signing.standing(door, neighbour) or signup)


def test_a_shift_is_handed_to_somebody_who_agrees(
    door: Shift, member: Member, neighbour: Member, coordinator: Member
) -> None:
    signup = signing.sign_up(door, member).signup
    signing.offer(signup, neighbour)
    assert [each.member for each in door.on_duty] == [member]
    assert signing.offered_to(neighbour) == [signup]
    with pytest.raises(OfferGone):
        signing.accept(signup, coordinator)
    taken = signing.accept(signup, neighbour)
    assert taken.freed_by is member
    db.session.expire(door)
    assert [each.member for each in door.on_duty] == [neighbour]
    assert signing.offered_to(neighbour) == []


def test_who_asked_still_comes_when_the_other_says_no(
    door: Shift, member: Member, neighbour: Member
) -> None:
    signup = signing.sign_up(door, member).signup
    signing.offer(signup, neighbour)
    signing.decline(signup, neighbour)
    with pytest.raises(OfferGone):
        signing.accept(signup, neighbour)
    assert signing.standing(door, member) is signup


def test_a_household_sees_what_is_left_to_do_this_season(
    community: Community,
    shifts: list[Shift],
    door: Shift,
    member: Member,
    neighbour: Member,
    household: Household,
) -> None:
    season = planning.set_season(community, date(2026, 11, 1), date(2027, 3, 31), 3)
    mine = signing.sign_up(door, member).signup
    signing.sign_up(shifts[-1], member)
    before = counting.tally_of(household, season)
    assert before is not None
    assert (before.done, before.planned, before.left) == (0, 2, 1)
    with held_at(EVENING + timedelta(hours=2)):
        signing.note_missed(mine, missed=True)
        after = counting.tally_of(household, season)
        assert after is not None
        assert (after.done, after.planned, after.missed, after.left) == (0, 1, 1, 2)
        signing.note_missed(mine, missed=False)
        households.household_of(neighbour)
        rows = {each.household: each.tally for each in counting.table(season)}
        assert (rows["Marie Dupont"].done, rows["Jean Martin"].left) == (1, 3)


def test_nobody_is_missing_before_the_hour(door: Shift, member: Member) -> None:
    signup = signing.sign_up(door, member).signup
    with pytest.raises(ShiftToCome):
        signing.note_missed(signup, missed=True)


def test_a_season_is_corrected_by_its_days_and_never_crosses_another(community: Community) -> None:
    first = planning.set_season(community, date(2026, 9, 1), date(2027, 1, 31), 2)
    assert planning.set_season(community, date(2026, 9, 1), date(2027, 2, 28), 3) is first
    assert (first.quota, first.ends_on) == (3, date(2027, 2, 28))
    with pytest.raises(SeasonsOverlap):
        planning.set_season(community, date(2027, 2, 1), date(2027, 8, 31), 2)
    planning.set_season(community, date(2027, 3, 1), date(2027, 8, 31), 2)
    with pytest.raises(SeasonsOverlap):
        planning.set_season(community, date(2026, 9, 1), date(2027, 6, 30), 3)


def test_places_are_not_taken_away_under_somebody_and_moved_hours_are_noted(
    door: Shift, welcome: ShiftRole, member: Member
) -> None:
    signing.sign_up(door, member)
    with pytest.raises(PlacesTaken):
        planning.set_shifts(door.distribution, {welcome: Need(0, time(18), time(19))})
    moved = planning.set_shifts(door.distribution, {welcome: Need(1, time(18), time(19))})
    assert moved == [door]
    assert door.changes == 1


def test_the_shift_stands_on_the_calendar_under_a_key_that_never_changes(
    app: Flask, community: Community, door: Shift, member: Member, welcome: ShiftRole
) -> None:
    signing.sign_up(door, member)
    span = (EVENING - timedelta(days=1), EVENING + timedelta(days=1))
    with app.test_request_context(f"/{community.slug}/"):
        (item,) = agenda.items(community, member, *span)
        assert (item.title, item.changes) == ("Permanence\u00a0: Accueil", 0)
        planning.set_shifts(door.distribution, {welcome: Need(1, time(18), time(19))})
        (moved,) = agenda.items(community, member, *span)
    assert moved.key == item.key == f"direct_sales.shift:{door.id}"
    assert moved.changes == 1
    assert moved.starts_at < item.starts_at


def test_the_printed_sheet_names_those_on_duty(
    thursday: Distribution, shifts: list[Shift], door: Shift, member: Member
) -> None:
    signing.sign_up(door, member)
    (line,) = [each for each in sheets.sign_off_sheet(thursday).notices if "permanence" in each]
    assert "Accueil\u00a0: Marie Dupont" in line
    assert "Pesée\u00a0: 2 places libres" in line


def test_another_community_s_shift_does_not_exist(elsewhere: Community, door: Shift) -> None:
    with pytest.raises(Absent):
        planning.find_shift(elsewhere, door.id)


def test_one_sees_one_s_shifts_and_is_forgotten_with_the_place_freed(
    door: Shift, member: Member
) -> None:
    signing.sign_up(door, member)
    (told,) = privacy.export(member)["shifts"]
    assert (told["role"], told["withdrawn"]) == ("Accueil", False)
    assert len(privacy.ties(member, "/")) == 1
    privacy.erase(member, None, "—")
    db.session.flush()
    assert privacy.ties(member, "/") == []
    assert door.free == 1
