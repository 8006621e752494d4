"""The weekly letter and the reminder of the day before: once, whatever the worker does."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask

from freeco.clock import held_at
from freeco.db import db
from freeco.mail.html_part import html_of
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community, Member, Person
from freeco.module import AgendaItem, Module
from freeco.notifications import choices, digests, reminders
from freeco.notifications.models import Notice
from freeco.notifications.notices import notify
from freeco.notifications.sweeps import Prepare, forget_old, go_round
from freeco.plugins import Plugins
from freeco.record.heads import head_of
from freeco.testing import Visitor, make_member, make_person
from freeco.testing.modules import module_object, plugins_with
from freeco.testing.people import open_module, sign_in_as
from freeco.testing.record import seal_some

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 29, 17, 0, tzinfo=UTC)
"""18:00 in Paris."""
EVENING = datetime(2026, 12, 3, 17, 30, tzinfo=UTC)


@dataclass
class Gathering:
    """The garden's one date, which a test may move."""

    item: AgendaItem


@pytest.fixture
def gathering() -> Gathering:
    return Gathering(
        AgendaItem("Récolte", EVENING, EVENING + timedelta(hours=1), "Le pré", "/lavergne/garden/")
    )


@pytest.fixture
def garden(gathering: Gathering) -> Plugins:
    """Give the plugins of a garden with one date in its agenda."""

    def dates(
        community: Community, member: Member, since: datetime, until: datetime
    ) -> list[AgendaItem]:
        return [gathering.item] if since <= gathering.item.starts_at < until else []

    module = Module("garden", "Jardin", "", opens_at=1)
    return plugins_with(module_object(module, freeco_agenda=dates))


@pytest.fixture
def early(community: Community, person: Person) -> Member:
    """Give a member who joined before the week began."""
    with held_at(WEDNESDAY - timedelta(days=30)):
        return make_member(community, person=person)


def tell(member: Member, key: str = "once", at: datetime = WEDNESDAY) -> None:
    with held_at(at):
        notify(
            member,
            "core.opening",
            "module_opened",
            key=key,
            url="/lavergne/",
            community="Lavergne",
            module="Jardin",
            member_count=3,
        )
        db.session.commit()


def digest(plugins: Plugins, at: datetime = SUNDAY) -> list[OutgoingMail]:
    return sweep(plugins, at, digests.due, "core.digest")


def remind(plugins: Plugins, at: datetime) -> list[OutgoingMail]:
    return sweep(plugins, at, reminders.due, "core.reminder")


def sweep(plugins: Plugins, at: datetime, due: Prepare, topic: str) -> list[OutgoingMail]:
    with held_at(at):
        go_round(plugins, (due,))
    return list(db.session.query(OutgoingMail).filter_by(topic=topic).order_by(OutgoingMail.id))


def test_the_letter_says_what_waits_and_what_comes(
    early: Member, community: Community, garden: Plugins
) -> None:
    open_module(community, "garden")
    tell(early)
    (mail,) = digest(garden)
    assert mail.subject == "Votre semaine\u00a0: Amis de Lavergne"
    assert "- jeudi 3 décembre 2026, 18\u00a0h\u00a030, Le pré – Récolte" in mail.body
    assert "Nous sommes maintenant 3 membres dans «\u00a0Lavergne\u00a0»." in mail.body
    assert mail.body.count("Bonjour") == 1
    assert "{site}/desabonnement/" in mail.body


def test_the_seal_of_the_record_stands_at_the_foot(early: Member, community: Community) -> None:
    with held_at(WEDNESDAY):
        seal_some(community, 3)
    tell(early)
    (mail,) = digest(Plugins())
    head = head_of(community)
    assert head is not None
    seal = (
        f"Sceau du registre, le mercredi 25 novembre 2026\u00a0: {head.size} inscriptions, "
        f"empreinte {head.root}."
    )
    assert mail.body.partition("\n-- \n")[2].startswith(seal)
    assert seal in html_of(mail.body, "fr", mail.subject, "{site}")


def test_before_its_first_seal_the_letter_has_none(early: Member, community: Community) -> None:
    tell(early)
    (mail,) = digest(Plugins())
    assert head_of(community) is None
    assert "registre" not in mail.body


def test_nothing_to_say_nothing_sent(early: Member) -> None:
    assert digest(Plugins()) == []


def test_a_letter_leaves_once_however_often_it_is_due(early: Member) -> None:
    tell(early)
    digest(Plugins())
    assert len(digest(Plugins())) == 1
    assert len(digest(Plugins(), SUNDAY + timedelta(hours=5))) == 1


def test_three_workers_together_write_one_letter(app: Flask, early: Member) -> None:
    tell(early)
    db.session.remove()
    start = Barrier(3)

    def work(_number: int) -> None:
        with app.app_context():
            start.wait()
            go_round(Plugins(), (digests.due,))

    with held_at(SUNDAY), ThreadPoolExecutor(3) as workers:
        list(workers.map(work, range(3)))
    assert db.session.query(OutgoingMail).count() == 1


def test_what_was_told_is_not_in_the_next_letter(early: Member) -> None:
    tell(early)
    digest(Plugins())
    assert len(digest(Plugins(), SUNDAY + timedelta(days=7))) == 1


def test_it_does_not_leave_before_its_hour(early: Member) -> None:
    tell(early)
    assert digest(Plugins(), SUNDAY - timedelta(minutes=1)) == []


def test_a_late_letter_still_leaves(early: Member) -> None:
    tell(early)
    assert len(digest(Plugins(), SUNDAY + timedelta(days=2))) == 1


def test_what_happens_after_its_hour_waits_for_the_next_one(early: Member) -> None:
    tell(early, at=SUNDAY + timedelta(hours=1))
    assert digest(Plugins(), SUNDAY + timedelta(days=2)) == []
    assert len(digest(Plugins(), SUNDAY + timedelta(days=7))) == 1


def test_who_joins_during_the_week_waits_for_sunday(community: Community) -> None:
    with held_at(SUNDAY + timedelta(days=1)):
        member = make_member(community)
    tell(member, at=SUNDAY + timedelta(days=1))
    assert digest(Plugins(), SUNDAY + timedelta(days=2)) == []


def test_who_refused_the_letter_does_not_get_it(early: Member) -> None:
    tell(early)
    choices.refuse(early, "core.digest")
    db.session.commit()
    assert digest(Plugins()) == []


def test_what_was_refused_meanwhile_is_left_out(early: Member) -> None:
    tell(early)
    choices.refuse(early, "core.opening")
    db.session.commit()
    assert digest(Plugins()) == []


def test_what_left_at_once_is_not_told_again(early: Member) -> None:
    choices.choose(early, {"core.opening": "at_once"}, {})
    tell(early)
    assert digest(Plugins()) == []


def test_a_community_chooses_its_day_and_hour(early: Member, community: Community) -> None:
    with held_at(WEDNESDAY):
        digests.choose_digest_time(community, 4, 7)  # Friday at 7:00
        db.session.commit()
    tell(early)
    friday = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
    assert digest(Plugins(), friday - timedelta(minutes=1)) == []
    assert len(digest(Plugins(), friday)) == 1


def test_a_new_day_does_not_send_the_letter_of_a_day_gone_by(
    early: Member, community: Community
) -> None:
    tell(early)
    thursday = WEDNESDAY + timedelta(days=1)
    with held_at(thursday):
        digests.choose_digest_time(community, 2, 18)
        db.session.commit()
    assert digest(Plugins(), thursday + timedelta(hours=1)) == []


def test_the_hour_is_that_of_the_community_s_zone(early: Member, community: Community) -> None:
    community.timezone = "Indian/Reunion"
    tell(early)
    assert digest(Plugins(), datetime(2026, 11, 29, 13, 59, tzinfo=UTC)) == []
    assert len(digest(Plugins(), datetime(2026, 11, 29, 14, 0, tzinfo=UTC))) == 1


def test_whom_one_serves_is_in_the_same_letter(
    early: Member, community: Community, person: Person
) -> None:
    ines = make_person("Inès", "Roy")
    ines.proxy_id = person.id
    with held_at(WEDNESDAY - timedelta(days=30)):
        served = make_member(community, person=ines)
    tell(served)
    (mail,) = digest(Plugins())
    assert mail.recipient == "marie@example.org"
    assert "Pour Inès Roy" in mail.body


def test_the_reminder_comes_on_the_eve_and_once(
    early: Member, community: Community, garden: Plugins
) -> None:
    open_module(community, "garden")
    eve = EVENING - timedelta(days=1)
    (mail,) = remind(garden, eve)
    assert mail.subject == "Demain\u00a0: Récolte"
    assert "Le jeudi 3 décembre 2026, de 18\u00a0h\u00a030 à 19\u00a0h\u00a030." in mail.body
    assert len(remind(garden, eve + timedelta(hours=1))) == 1


def test_the_reminder_does_not_come_in_the_morning_nor_two_days_before(
    early: Member, community: Community, garden: Plugins
) -> None:
    open_module(community, "garden")
    assert remind(garden, datetime(2026, 12, 2, 10, 59, tzinfo=UTC)) == []
    assert remind(garden, EVENING - timedelta(days=2)) == []


def test_a_reminder_is_for_the_local_day(
    early: Member, community: Community, garden: Plugins, gathering: Gathering
) -> None:
    """On the 3rd at 0:30 in Paris it is still the 2nd in UTC."""
    open_module(community, "garden")
    starts = datetime(2026, 12, 2, 23, 30, tzinfo=UTC)
    gathering.item = AgendaItem("Nuit", starts, starts, "", "/lavergne/garden/")
    (mail,) = remind(garden, datetime(2026, 12, 2, 15, 0, tzinfo=UTC))
    assert "Le jeudi 3 décembre 2026 à 0\u00a0h\u00a030." in mail.body


def test_who_refused_reminders_gets_none(
    early: Member, community: Community, garden: Plugins
) -> None:
    open_module(community, "garden")
    choices.refuse(early, "core.reminder")
    db.session.commit()
    assert remind(garden, EVENING - timedelta(days=1)) == []


def test_what_was_told_long_ago_is_forgotten(app: Flask, early: Member) -> None:
    tell(early)
    with held_at(WEDNESDAY + timedelta(days=89)):
        forget_old(early.community)
        assert db.session.query(Notice).count() == 1
    with held_at(WEDNESDAY + timedelta(days=91)):
        forget_old(early.community)
        assert db.session.query(Notice).count() == 0


def test_a_steward_chooses_the_day_on_a_page(
    client: Visitor, community: Community, person: Person
) -> None:
    make_member(community, person=person, permissions=("core.steward",))
    page = sign_in_as(client, person)
    assert page.get("/lavergne/avis/courrier").status_code == 200
    answer = page.post("/lavergne/avis/courrier/jour", data={"weekday": "2", "hour": "19"})
    assert answer.status_code == 302
    assert digests.digest_time(community) == (2, 19)
    wrong = page.post("/lavergne/avis/courrier/jour", data={"weekday": "7", "hour": "19"})
    assert wrong.status_code == 422


def test_the_mail_of_a_community_is_for_its_stewards(
    client: Visitor, member: Member, person: Person
) -> None:
    page = sign_in_as(client, person)
    assert page.get("/lavergne/avis/courrier").status_code == 403
    assert page.post("/lavergne/avis/courrier/reessayer").status_code == 403
