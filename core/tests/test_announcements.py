"""Members are told of an opening, and of a new charter, once."""

from datetime import timedelta

from freeco.announcements import announce
from freeco.charter.models import CharterAcceptance
from freeco.clock import held_at, now
from freeco.config import Settings
from freeco.db import db
from freeco.kernel import Kernel
from freeco.members.models import Community, Member
from freeco.notifications.models import OutgoingMail
from freeco.plugins import Plugins
from freeco.testing import make_member
from freeco.testing.people import open_module
from freeco.worker import run_sweeps


def told() -> list[tuple[str, str]]:
    db.session.rollback()
    return [(mail.recipient, mail.subject) for mail in db.session.query(OutgoingMail)]


def test_every_member_with_an_address_is_told_of_an_opening(
    community: Community, member: Member, garden_plugins: Plugins
) -> None:
    make_member(community, "Jean", "Martin")
    open_module(community, "garden")
    announce(garden_plugins)
    assert sorted(address for address, _subject in told()) == [
        "jean.martin@example.org",
        "marie@example.org",
    ]
    assert "Jardin" in told()[0][1]


def test_an_opening_is_told_once(
    community: Community, member: Member, garden_plugins: Plugins
) -> None:
    open_module(community, "garden")
    announce(garden_plugins)
    announce(garden_plugins)
    assert len(told()) == 1


def test_the_mark_of_what_was_told_outlives_the_cleaning(
    community: Community, member: Member, garden_plugins: Plugins
) -> None:
    open_module(community, "garden")
    announce(garden_plugins)
    with held_at(now() + timedelta(days=90)):
        run_sweeps(Kernel(Settings.from_environment({}), garden_plugins))
        announce(garden_plugins)
    assert len(told()) == 1


def test_a_closed_module_is_not_told(member: Member, garden_plugins: Plugins) -> None:
    announce(garden_plugins)
    assert told() == []


def test_who_has_not_accepted_the_charter_in_force_is_asked_once(
    community: Community, member: Member
) -> None:
    make_member(community, "Jean", "Martin")
    db.session.query(CharterAcceptance).filter_by(member_id=member.id).delete()
    db.session.commit()
    announce(Plugins())
    announce(Plugins())
    assert [address for address, _subject in told()] == ["marie@example.org"]
