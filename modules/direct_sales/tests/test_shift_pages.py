"""Shifts as pages without JavaScript: one button to come, one not to."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from werkzeug.test import TestResponse

from freeco.clock import held_at
from freeco.db import db
from freeco.kernel_models import PublishedEvent
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco.testing.forms import Typed, fill_in, forms_of
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.shifts import planning, signing
from freeco_direct_sales.shifts.models import Shift, ShiftSignup
from freeco_direct_sales.shifts.planning import Need

Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
AFTER = datetime(2026, 11, 5, 20, tzinfo=UTC)


def send(client: Visitor, page: TestResponse, ending: str, typed: Typed) -> TestResponse:
    """Send a form of a page and follow to the page it leads to."""
    answer = fill_in(client, page, ending, typed)
    return client.get(answer.location) if answer.status_code == 302 else answer


def words(answer: TestResponse) -> str:
    """Return the page with plain spaces."""
    return " ".join(answer.text.replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.fixture
def door(community: Community, thursdays: Sequence[Distribution]) -> Shift:
    """Give the one place at the door of Thursday the 5th, in a season of two each."""
    planning.set_season(community, date(2026, 11, 1), date(2027, 3, 31), 2)
    role = planning.add_role(community, "Accueil")
    planning.set_shifts(thursdays[0], {role: Need(1, time(18, 30), time(19, 30))})
    db.session.commit()
    return planning.shifts_of(thursdays[0])[0]


def test_a_season_is_prepared_in_one_form_and_each_date_may_differ(
    visiting: Visit, coordinator: Member, thursdays: Sequence[Distribution]
) -> None:
    awa = visiting(coordinator)
    page = awa.get(f"{HERE}/permanences/reglages")
    page = send(awa, page, "/permanences/roles", {"name": "Pesée"})
    season = {"starts_on": "2026-11-01", "ends_on": "2027-03-31", "quota": "3"}
    page = send(awa, page, "/permanences/saison", season)
    assert "3 permanences par foyer" in words(page)
    role = page.text.partition("/permanences/roles/")[2].partition("/")[0]
    form = awa.get(f"{HERE}/permanences/preparer")
    typed = {f"n-{role}": "2", f"d-{role}": "17h30", f"f-{role}": "19:00"}
    done = send(awa, form, "/permanences/preparer", typed)
    assert "Les permanences de 3 distributions sont prêtes." in words(done)
    assert words(done).count("de 17 h 30 à 19 h") == 3
    one = awa.get(f"{HERE}/permanences/preparer?distribution={thursdays[1].id}")
    send(awa, one, "/permanences/preparer", {f"n-{role}": "4"})
    assert [planning.prepared_among([each.id])[each.id] for each in thursdays] == [2, 4, 2]


def test_wrong_hours_and_no_date_are_said_and_nothing_typed_is_lost(
    visiting: Visit, coordinator: Member, door: Shift
) -> None:
    awa = visiting(coordinator)
    form = awa.get(f"{HERE}/permanences/preparer")
    number = f"{door.role_id}"
    typed: Typed = {f"d-{number}": "20h", f"f-{number}": "19h", f"n-{number}": "7"}
    page = send(awa, form, "/permanences/preparer", typed)
    assert page.status_code == 422
    assert "La fin vient avant le début." in words(page)
    assert 'value="7"' in page.text
    page = send(awa, form, "/permanences/preparer", {"chosen": []})
    assert "Cochez au moins une date." in words(page)


def test_one_button_to_come_and_one_not_to_and_a_stand_in_is_sought(
    visiting: Visit, door: Shift, member: Member
) -> None:
    marie = visiting(member)
    page = marie.get(f"{HERE}/permanences")
    assert "Il reste 2 permanences à faire à votre foyer" in words(page)
    page = send(marie, page, f"/permanences/{door.id}/venir", {})
    assert "Il reste 1 permanence à faire à votre foyer" in words(page)
    page = send(marie, page, f"/permanences/{door.id}/ne-pas-venir", {})
    assert "Merci de l’avoir dit" in words(page)
    (event,) = db.session.query(PublishedEvent).filter_by(name="direct_sales.shift_freed")
    assert event.payload["signup_id"] == db.session.query(ShiftSignup).one().id


def test_of_two_who_have_the_page_open_the_second_is_told(
    visiting: Visit, door: Shift, member: Member, neighbour: Member
) -> None:
    marie = visiting(member)
    page = marie.get(f"{HERE}/permanences/{door.id}")
    signing.sign_up(door, neighbour)
    db.session.commit()
    late = send(marie, page, f"/permanences/{door.id}/venir", {})
    assert late.status_code == 409
    assert "Cette place vient d’être prise" in words(late)
    assert [each.action for each in forms_of(late) if each.action.endswith("/venir")] == []


def test_reading_the_page_of_a_letter_changes_nothing(
    visiting: Visit, door: Shift, member: Member
) -> None:
    marie = visiting(member)
    for _time in range(3):
        assert marie.get(f"{HERE}/permanences/{door.id}").status_code == 200
    assert marie.get(f"{HERE}/permanences/{door.id}/venir").status_code == 405
    assert db.session.query(ShiftSignup).count() == 0


def test_a_shift_is_handed_over_by_name_on_two_pages(
    visiting: Visit, door: Shift, member: Member, neighbour: Member
) -> None:
    signing.sign_up(door, member)
    marie = visiting(member)
    page = marie.get(f"{HERE}/permanences/{door.id}")
    page = send(marie, page, "/demander", {"member": str(neighbour.id)})
    assert "Vous avez demandé à" in words(page)
    jean = visiting(neighbour)
    page = jean.get(f"{HERE}/permanences/{door.id}")
    assert "vous demande de venir à sa place" in words(page)
    page = send(jean, page, "/oui", {})
    assert "Vous êtes de permanence." in words(page)
    told = [each.subject for each in db.session.query(Notice).filter_by(member_id=member.id)]
    assert told == ["Jean Martin vient à votre place le jeu. 5 nov."]


def test_an_absence_is_a_fact_that_only_the_member_and_the_coordinator_see(
    visiting: Visit, door: Shift, member: Member, neighbour: Member, coordinator: Member
) -> None:
    signing.sign_up(door, member)
    with held_at(AFTER):
        awa = visiting(coordinator)
        page = awa.get(f"{HERE}/distributions/{door.distribution_id}/permanences")
        page = send(awa, page, "/absence", {})
        assert "absence notée" in words(page)
        assert "absence notée" in words(visiting(member).get(f"{HERE}/permanences"))
        jean = visiting(neighbour)
        for path in ("permanences", f"distributions/{door.distribution_id}"):
            assert "absence" not in words(jean.get(f"{HERE}/{path}"))
        assert jean.get(f"{HERE}/permanences/bilan").status_code == 403


def test_the_coordinator_s_table_tells_who_has_done_how_many(
    visiting: Visit, door: Shift, member: Member, coordinator: Member
) -> None:
    signing.sign_up(door, member)
    db.session.commit()
    with held_at(AFTER):
        page = visiting(coordinator).get(f"{HERE}/permanences/bilan")
    assert "2 permanences par foyer" in words(page)
    assert "Marie Dupont" in page.text
    assert "data-print" in page.text


def test_the_home_page_says_who_is_on_duty_and_who_is_missing(
    visiting: Visit, door: Shift, member: Member, neighbour: Member, coordinator: Member
) -> None:
    home = words(visiting(member).get("/lavergne/"))
    assert "Un coup de main le jeudi 5 novembre" in home
    signing.sign_up(door, member)
    assert "Jeudi 5 novembre : vous êtes de permanence" in words(visiting(member).get("/lavergne/"))
    assert "Un coup de main" not in words(visiting(neighbour).get("/lavergne/"))


def test_who_left_or_is_elsewhere_cannot_be_asked(
    visiting: Visit, door: Shift, member: Member, elsewhere: Community
) -> None:
    signing.sign_up(door, member)
    other = make_member(elsewhere, "Ana", "Sol")
    db.session.commit()
    marie = visiting(member)
    page = marie.get(f"{HERE}/permanences/{door.id}")
    assert f'value="{other.id}"' not in page.text
    data = {"member": str(other.id)}
    answer = marie.post(f"{HERE}/permanences/{door.id}/demander", data=data)
    assert answer.status_code == 404


def test_a_past_shift_has_no_button(visiting: Visit, door: Shift, member: Member) -> None:
    with held_at(AFTER + timedelta(days=1)):
        marie = visiting(member)
        page = marie.get(f"{HERE}/permanences/{door.id}")
        assert not [each for each in forms_of(page) if "/permanences/" in each.action]
        late = marie.post(f"{HERE}/permanences/{door.id}/venir")
        assert late.status_code == 409


def test_a_coordinator_asks_by_name_for_a_free_place_once(
    visiting: Visit, door: Shift, member: Member, neighbour: Member, coordinator: Member
) -> None:
    awa = visiting(coordinator)
    there = f"{HERE}/distributions/{door.distribution_id}/permanences"
    page = send(awa, awa.get(there), f"/permanences/{door.id}/demander/{neighbour.id}", {})
    assert "Jean Martin reçoit votre demande, avec la page où répondre." in words(page)
    assert words(page).count("déjà demandé") == 1
    assert [form for form in forms_of(page) if form.action.endswith(f"/{neighbour.id}")] == []
    awa.post(f"{HERE}/permanences/{door.id}/demander/{neighbour.id}")
    told = db.session.query(Notice).one()
    assert (told.member_id, told.url) == (neighbour.id, f"{HERE}/permanences/{door.id}")
    assert "Une place est libre" in told.body
    jean = visiting(neighbour)
    send(jean, jean.get(told.url), "/venir", {})
    assert [each.member for each in door.on_duty] == [neighbour]


def test_nobody_is_asked_who_comes_already_or_is_of_elsewhere(
    visiting: Visit, door: Shift, member: Member, elsewhere: Community, coordinator: Member
) -> None:
    stranger = make_member(elsewhere, "Zoé Ailleurs")
    two = Need(2, time(18, 30), time(19, 30))
    planning.set_shifts(door.distribution, {door.role: two})
    signing.sign_up(door, member)
    db.session.commit()
    awa = visiting(coordinator)
    assert awa.post(f"{HERE}/permanences/{door.id}/demander/{member.id}").status_code == 409
    assert awa.post(f"{HERE}/permanences/{door.id}/demander/{stranger.id}").status_code == 404
    assert db.session.query(Notice).count() == 0
