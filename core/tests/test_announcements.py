"""Members are told of an opening, and of a new charter, once."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from freeco.announcements import AT_ONCE, announce
from freeco.charter.models import CharterAcceptance
from freeco.clock import held_at, now
from freeco.config import Settings
from freeco.db import db
from freeco.kernel import Kernel
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco.plugins import Plugins
from freeco.testing import make_member
from freeco.testing.people import open_module
from freeco.worker import run_sweeps


def told() -> list[tuple[str, str]]:
    db.session.rollback()
    return [(notice.member.name, notice.subject) for notice in db.session.query(Notice)]


def test_every_member_is_told_of_an_opening(
    community: Community, member: Member, garden_plugins: Plugins
) -> None:
    make_member(community, "Jean", "Martin")
    open_module(community, "garden")
    announce(garden_plugins)
    assert sorted(name for name, _subject in told()) == ["Jean Martin", "Marie Dupont"]
    assert "Jardin" in told()[0][1]


def test_an_opening_waits_for_the_weekly_letter(
    community: Community, member: Member, garden_plugins: Plugins
) -> None:
    open_module(community, "garden")
    announce(garden_plugins)
    assert db.session.query(OutgoingMail).count() == 0


def test_an_opening_is_told_once(
    community: Community, member: Member, garden_plugins: Plugins
) -> None:
    open_module(community, "garden")
    announce(garden_plugins)
    announce(garden_plugins)
    assert len(told()) == 1


def test_a_breakdown_halfway_neither_forgets_anybody_nor_tells_anybody_twice(
    community: Community, member: Member, garden_plugins: Plugins
) -> None:
    last = [make_member(community, f"N° {each}", "Martin") for each in range(AT_ONCE + 2)][-1].id
    open_module(community, "garden")

    def break_down(_mapper: object, _connection: object, notice: Notice) -> None:
        if notice.member_id == last:
            raise RuntimeError

    event.listen(Notice, "before_insert", break_down)
    with pytest.raises(RuntimeError):
        announce(garden_plugins)
    event.remove(Notice, "before_insert", break_down)
    assert len(told()) == AT_ONCE
    announce(garden_plugins)
    assert len({name for name, _subject in told()}) == len(told()) == AT_ONCE + 3


def test_the_mark_of_what_was_told_outlives_the_cleaning(
    community: Community, member: Member, garden_plugins: Plugins
) -> None:
    open_module(community, "garden")
    announce(garden_plugins)
    with held_at(now() + timedelta(days=120)):
        run_sweeps(Kernel(Settings.from_environment({}), garden_plugins))
        announce(garden_plugins)
        assert told() == []


def test_a_closed_module_is_not_told(member: Member, garden_plugins: Plugins) -> None:
    announce(garden_plugins)
    assert told() == []


def test_who_has_not_accepted_the_charter_in_force_is_asked_at_once_and_once(
    community: Community, member: Member
) -> None:
    make_member(community, "Jean", "Martin")
    db.session.query(CharterAcceptance).filter_by(member_id=member.id).delete()
    db.session.commit()
    announce(Plugins())
    announce(Plugins())
    db.session.rollback()
    (mail,) = db.session.query(OutgoingMail)
    assert mail.recipient == "marie@example.org"
    assert "{site}/lavergne/charte" in mail.body
