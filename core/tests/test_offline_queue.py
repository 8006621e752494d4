"""The queue's own rules, on a garden whose helpers note without network what they watered."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from freeco.clock import held_at, now
from freeco.db import db
from freeco.errors import Absent, Refusal
from freeco.i18n import said
from freeco.kernel_models import Intention
from freeco.members.models import Community, Member
from freeco.members.privacy import export
from freeco.module import Module, OfflineAction, RefLabel
from freeco.offline import privacy, queue
from freeco.offline.models import QueuedAction
from freeco.offline.queue import Answer, Typed
from freeco.offline.refusals import EnoughToday
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_community, make_member, sign_in_as
from freeco.testing.forms import fill_in
from freeco.testing.modules import module_object, plugins_with
from freeco.testing.people import open_module

EVENING = datetime(2026, 11, 5, 18, 30, tzinfo=UTC)
PHONE, TABLET = str(uuid4()), str(uuid4())
NO_ERROR = timedelta()


class Frozen(Refusal):
    """Nobody waters ice."""

    reason = "La terre est gelée."


def water(member: Member, values: Mapping[str, Any], recorded_at: datetime) -> str | None:
    """Note a bed as watered, in the order of the calls; some beds have their difficulties."""
    db.session.add(Intention(member=member, module=values["bed"], since=recorded_at))
    db.session.flush()
    if values["bed"] == "ice":
        raise Frozen
    if values["bed"] == "stone":
        raise RuntimeError("a mistake in the module")
    if values["bed"] == "away":
        raise OperationalError("the database", None, Exception("is away"))
    return said("Déjà arrosé ailleurs.") if values["bed"] == "pond" else None


@pytest.fixture
def plugins(app: Flask) -> Plugins:
    action = OfflineAction(
        "garden.watered",
        water,
        lambda reader, values: RefLabel(f"{values['bed']}, arrosé", "/beds"),
        ("garden.dig",),
    )
    garden = Module(name="garden", title="Jardin", summary="Un jardin.", opens_at=3)
    return plugins_with(
        module_object(Module(**{**vars(garden), "offline": (action,)})),
    )


@pytest.fixture(autouse=True)
def opened(community: Community) -> None:
    open_module(community, "garden")


def typed(
    bed: str, position: int = 1, at: datetime = EVENING, key: str = "", kind: str = "garden.watered"
) -> Typed:
    return Typed(key or str(uuid4()), kind, {"bed": bed}, at, position)


def hand_in(
    plugins: Plugins,
    member: Member,
    *actions: Typed,
    device: str = PHONE,
    clock_error: timedelta = NO_ERROR,
    received: datetime = EVENING + timedelta(hours=2),
) -> list[Answer]:
    with held_at(received):
        answers = queue.hand_in(plugins, member, device, clock_error, actions)
        db.session.commit()
    return answers


def watered() -> list[tuple[str, datetime]]:
    rows = db.session.execute(
        select(Intention.module, Intention.since).order_by(Intention.id)
    ).all()
    return [(bed, since) for bed, since in rows]


def test_what_was_typed_is_done_once_in_the_order_of_typing(
    plugins: Plugins, member: Member
) -> None:
    leeks, beans = typed("leeks", 1), typed("beans", 2, EVENING + timedelta(minutes=1))
    answers = hand_in(plugins, member, beans, leeks)
    assert [(each.key, each.outcome) for each in answers] == [
        (leeks.key, "applied"),
        (beans.key, "applied"),
    ]
    assert watered() == [("leeks", EVENING), ("beans", EVENING + timedelta(minutes=1))]


def test_a_key_handed_in_again_is_answered_as_the_first_time(
    plugins: Plugins, member: Member
) -> None:
    actions = [typed("leeks", 1), typed("ice", 2), typed("pond", 3)]
    first = hand_in(plugins, member, *actions)
    again = hand_in(plugins, member, *actions, received=EVENING + timedelta(days=3))
    assert again == first
    assert [each.outcome for each in first] == ["applied", "refused", "conflict"]
    assert len(watered()) == 2


def test_the_same_key_twice_in_one_delivery_is_done_once(plugins: Plugins, member: Member) -> None:
    leeks = typed("leeks")
    answers = hand_in(plugins, member, leeks, leeks)
    assert [each.outcome for each in answers] == ["applied", "applied"]
    assert len(watered()) == 1


def test_a_refused_action_loses_no_other_and_leaves_nothing_behind(
    plugins: Plugins, member: Member
) -> None:
    answers = hand_in(
        plugins, member, typed("leeks", 1), typed("ice", 2), typed("stone", 3), typed("beans", 4)
    )
    assert [each.outcome for each in answers] == ["applied", "refused", "refused", "applied"]
    assert answers[1].sentence == "La terre est gelée."
    assert "à refaire" in answers[2].sentence
    assert [bed for bed, _since in watered()] == ["leeks", "beans"]
    refused = queue.to_check(plugins, member, frozenset())
    assert [row.values["bed"] for row in refused] == ["ice", "stone"]


def test_what_the_database_itself_refuses_loses_no_other(plugins: Plugins, member: Member) -> None:
    answers = hand_in(plugins, member, typed("leeks", 1), typed("leeks", 2), typed("beans", 3))
    assert [each.outcome for each in answers] == ["applied", "refused", "applied"]


def test_when_the_database_is_away_the_whole_delivery_comes_again(
    plugins: Plugins, member: Member
) -> None:
    with pytest.raises(OperationalError):
        hand_in(plugins, member, typed("leeks", 1), typed("away", 2))
    db.session.rollback()
    assert watered() == []
    assert db.session.scalars(select(QueuedAction)).all() == []


def test_a_phone_that_is_an_hour_slow_is_corrected(plugins: Plugins, member: Member) -> None:
    slow = typed("leeks", at=EVENING - timedelta(hours=1))
    hand_in(plugins, member, slow, clock_error=timedelta(hours=1))
    assert watered() == [("leeks", EVENING)]


def test_a_clock_set_back_in_between_does_not_turn_the_order_of_one_phone(
    plugins: Plugins, member: Member
) -> None:
    set_back = EVENING - timedelta(minutes=20)
    hand_in(plugins, member, typed("leeks", 1), typed("beans", 2, set_back))
    hand_in(plugins, member, typed("peas", 3, set_back))
    assert watered() == [("leeks", EVENING), ("beans", EVENING), ("peas", EVENING)]


def test_a_time_that_cannot_be_true_is_refused_and_does_not_hold_the_next(
    plugins: Plugins, member: Member
) -> None:
    received = EVENING + timedelta(hours=2)
    answers = hand_in(
        plugins,
        member,
        typed("leeks", 1, received + timedelta(minutes=4)),
        typed("beans", 2, received + timedelta(minutes=6)),
        typed("peas", 3, received),
        typed("old", 0, received - timedelta(days=31)),
    )
    assert [each.outcome for each in answers] == ["refused", "applied", "refused", "applied"]
    assert "trente jours" in answers[0].sentence
    assert "n’est pas possible" in answers[2].sentence
    # A few minutes ahead is the clock's drift, and stands as the moment of the delivery.
    assert watered() == [("leeks", received), ("peas", received)]


def test_an_unknown_kind_or_a_closed_module_is_refused(plugins: Plugins, member: Member) -> None:
    answers = hand_in(plugins, member, typed("leeks", kind="garden.burnt"))
    assert answers[0].outcome == "refused"
    elsewhere = make_member(make_community("ailleurs", "Ailleurs"))
    assert hand_in(plugins, elsewhere, typed("leeks"))[0].outcome == "refused"
    assert watered() == []


def test_nobody_hands_in_again_what_another_typed(
    plugins: Plugins, community: Community, member: Member
) -> None:
    leeks = typed("leeks")
    hand_in(plugins, member, leeks)
    other = make_member(community)
    answer = hand_in(plugins, other, leeks)[0]
    assert answer.outcome == "refused"
    assert "quelqu’un d’autre" in answer.sentence
    assert len(watered()) == 1


def test_two_devices_may_use_the_same_key(plugins: Plugins, member: Member) -> None:
    leeks = typed("leeks")
    hand_in(plugins, member, leeks)
    answer = hand_in(plugins, member, typed("beans", key=leeks.key), device=TABLET)[0]
    assert answer.outcome == "applied"
    assert [bed for bed, _since in watered()] == ["leeks", "beans"]


def test_one_sees_one_s_own_and_who_holds_the_charge_sees_all(
    plugins: Plugins, community: Community, member: Member
) -> None:
    other = make_member(community)
    elsewhere = make_member(make_community("ailleurs", "Ailleurs"), "Ana", "Ruiz")
    hand_in(plugins, member, typed("pond"))
    entry = queue.to_check(plugins, member, frozenset())[0]
    assert queue.told(plugins, member, entry).label == "pond, arrosé"
    assert queue.to_check(plugins, other, frozenset()) == []
    assert queue.to_check(plugins, other, frozenset({"garden.dig"})) == [entry]
    assert queue.to_check(plugins, elsewhere, frozenset({"garden.dig"})) == []
    with pytest.raises(Absent):
        queue.find_entry(plugins, other, frozenset(), entry.id)
    with pytest.raises(Absent):
        queue.find_entry(plugins, elsewhere, frozenset({"garden.dig"}), entry.id)


def test_a_contradiction_stays_listed_until_a_person_has_looked(
    plugins: Plugins, member: Member
) -> None:
    hand_in(plugins, member, typed("pond", 1), typed("leeks", 2))
    (entry,) = queue.to_check(plugins, member, frozenset())
    queue.settle(entry, member)
    db.session.commit()
    assert queue.to_check(plugins, member, frozenset()) == []
    settled = {row.id: row for row in queue.latest(plugins, member, frozenset())}
    assert settled[entry.id].settled_by is member
    queue.reopen(entry)
    db.session.commit()
    assert queue.to_check(plugins, member, frozenset()) == [entry]


def test_what_is_settled_is_forgotten_after_three_months_and_the_rest_stays(
    plugins: Plugins, member: Member
) -> None:
    hand_in(plugins, member, typed("leeks", 1), typed("pond", 2))
    late = EVENING + timedelta(days=100)
    hand_in(plugins, member, typed("peas", 3, late), received=late)
    beds = db.session.scalars(select(QueuedAction.values).order_by(QueuedAction.id)).all()
    assert beds == [{"bed": "pond"}, {"bed": "peas"}]


def test_a_member_takes_away_what_they_typed_and_is_forgotten(
    plugins: Plugins, community: Community, member: Member
) -> None:
    other = make_member(community)
    hand_in(plugins, member, typed("leeks"))
    hand_in(plugins, other, typed("pond"), device=TABLET)
    entry = queue.to_check(plugins, other, frozenset())[0]
    queue.settle(entry, member)
    db.session.commit()
    assert member.person is not None
    known = export(plugins, member.person)["memberships"][0]["offline"]
    assert [row["values"] for row in known] == [{"bed": "leeks"}]
    privacy.forget(member)
    db.session.commit()
    assert privacy.export(member) == []
    assert entry.settled_by is None
    assert entry.settled_at is not None


def test_ten_deliveries_of_the_same_keys_at_once_do_each_thing_once(
    app: Flask, plugins: Plugins, member: Member
) -> None:
    at = now() - timedelta(minutes=1)
    actions = [typed(f"bed-{number}", number, at) for number in range(5)]
    start = threading.Barrier(10)
    member_id, told = member.id, []

    def deliver() -> None:
        with app.app_context():
            found = db.session.get_one(Member, member_id)
            db.session.rollback()
            start.wait()
            told.append(queue.hand_in(plugins, found, PHONE, NO_ERROR, actions))
            db.session.commit()

    db.session.rollback()
    threads = [threading.Thread(target=deliver) for _each in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(told) == 10
    assert all(answers == told[0] for answers in told)
    assert [bed for bed, _since in watered()] == [f"bed-{number}" for number in range(5)]
    assert len(db.session.scalars(select(QueuedAction)).all()) == 5


def test_what_one_person_hands_in_is_bounded_and_the_rest_waits_on_the_device(
    plugins: Plugins, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_A_DAY", 3)
    lines = [typed("ice", number) for number in range(5)]
    answers = hand_in(plugins, member, *lines)
    assert [each.key for each in answers] == [each.key for each in lines[:3]]
    with pytest.raises(EnoughToday):
        hand_in(plugins, member, *lines[3:])
    db.session.rollback()
    assert hand_in(plugins, member, *lines) == answers
    assert hand_in(plugins, make_member(member.community), typed("leeks")) != []
    later = hand_in(plugins, member, *lines, received=EVENING + timedelta(hours=27))
    assert len(later) == 5


def test_a_device_is_told_that_it_handed_in_enough_for_a_day(
    app: Flask, client: Visitor, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_A_DAY", 0)
    assert member.person is not None
    action = {"key": str(uuid4()), "kind": "x.y", "values": {}, "at": now().isoformat()}
    told = sign_in_as(client, member.person).post(
        f"/{member.community.slug}/hors-ligne",
        json={
            "device": PHONE,
            "member": member.id,
            "now": now().isoformat(),
            "actions": [action | {"position": 1}],
        },
        headers={"Accept": "application/json"},
    )
    assert told.status_code == 429
    assert "restent sur cet appareil" in told.get_json()["detail"]
    assert db.session.scalars(select(QueuedAction)).all() == []


def test_what_is_to_be_looked_at_is_listed_by_fifty(
    plugins: Plugins, client: Visitor, member: Member
) -> None:
    hand_in(plugins, member, *(typed("ice", number) for number in range(52)))
    assert member.person is not None
    address = f"/{member.community.slug}/hors-ligne"
    first = sign_in_as(client, member.person).get(address)
    assert first.text.count("La terre est gelée.") == 50
    assert "À vérifier\u00a0: 52" in first.text
    second = client.get(f"{address}?page=2")
    assert second.text.count("La terre est gelée.") == 2
    last = queue.to_check(plugins, member, frozenset())[-1]
    seen = fill_in(client, second, f"{address}/{last.id}/verifie")
    assert seen.location == f"{address}?page=2"
    assert client.get(seen.location).text.count("La terre est gelée.") == 1
