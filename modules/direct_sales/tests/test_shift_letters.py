"""Letters about shifts: a stand-in sought, a reminder, a gap on the eve."""

from datetime import UTC, date, datetime

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco.testing.people import make_member
from freeco_direct_sales.shifts import planning, signing, standing_in, sweeps
from freeco_direct_sales.shifts.models import Shift


@pytest.fixture
def door(shifts: list[Shift]) -> Shift:
    """Give the one place at the door of Thursday the 5th."""
    return next(each for each in shifts if each.role.name == "Accueil")


def subjects(member: Member) -> list[str]:
    found = db.session.query(Notice).filter_by(member_id=member.id).order_by(Notice.id)
    return [each.subject.replace("\u00a0", " ") for each in found]


def test_who_still_owes_shifts_and_is_not_there_is_asked_to_stand_in(
    community: Community, shifts: list[Shift], door: Shift, member: Member, neighbour: Member
) -> None:
    planning.set_season(community, date(2026, 11, 1), date(2027, 3, 31), 1)
    there, did_theirs, owes = (
        neighbour,
        make_member(community, "Noé", "Faure"),
        make_member(community, "Line", "Costes"),
    )
    signing.sign_up(shifts[0], there)
    signing.sign_up(shifts[-1], did_theirs)
    signup = signing.sign_up(door, member).signup
    signing.withdraw(signup)
    assert standing_in.seek(signup.id) == 1
    assert "Quelqu’un pour « Accueil » le jeu. 5 nov. ?" in subjects(owes)
    assert subjects(there) == subjects(did_theirs) == subjects(member) == []
    assert owes.person is not None
    (mail,) = db.session.query(OutgoingMail).filter_by(recipient=owes.person.email)
    assert f"/permanences/{door.id}" in mail.body


def test_nobody_is_asked_for_a_place_that_was_taken_meanwhile(
    door: Shift, member: Member, neighbour: Member
) -> None:
    signup = signing.sign_up(door, member).signup
    signing.withdraw(signup)
    signing.sign_up(door, neighbour)
    assert standing_in.seek(signup.id) == 0


def test_three_days_before_one_is_reminded_once(
    community: Community, shifts: list[Shift], member: Member, neighbour: Member
) -> None:
    late = shifts[-1]
    with held_at(datetime(2026, 11, 10, 9, tzinfo=UTC)):
        signing.sign_up(late, member)
    with held_at(datetime(2026, 11, 15, 10, tzinfo=UTC)):
        sweeps.remind_due(community)
    assert subjects(member) == []
    with held_at(datetime(2026, 11, 16, 7, tzinfo=UTC)):
        sweeps.remind_due(community)
    assert subjects(member) == []
    with held_at(datetime(2026, 11, 16, 8, tzinfo=UTC)):
        sweeps.remind_due(community)
        sweeps.remind_due(community)
    assert subjects(member) == ["Votre permanence du jeu. 19 nov. (Accueil)"]


def test_the_coordinator_hears_of_gaps_from_six_on_the_eve_and_of_each_late_one(
    community: Community, shifts: list[Shift], door: Shift, member: Member, coordinator: Member
) -> None:
    signup = signing.sign_up(door, member).signup
    with held_at(datetime(2026, 11, 4, 16, 59, tzinfo=UTC)):
        sweeps.gaps_due(community)
    assert subjects(coordinator) == []
    with held_at(datetime(2026, 11, 4, 17, 0, tzinfo=UTC)):
        sweeps.gaps_due(community)
        sweeps.gaps_due(community)
    told = "Il manque du monde à la distribution du jeu. 5 nov."
    assert subjects(coordinator) == [told]
    with held_at(datetime(2026, 11, 5, 9, tzinfo=UTC)):
        signing.withdraw(signup)
        standing_in.seek(signup.id)
        sweeps.gaps_due(community)
    assert subjects(coordinator).count(told) == 2
