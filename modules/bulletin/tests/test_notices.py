from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from freeco.clock import held_at, now
from freeco.db import db
from freeco.errors import Absent, Refusal
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco.organisations.models import Organisation, OrganisationRole
from freeco.testing.people import make_member
from freeco_bulletin import errors, helping, notices, reading, telling
from freeco_bulletin.models import BulletinNotice, Level

Write = Callable[..., BulletinNotice]
DAY = timedelta(days=1)


def told(topic: str) -> int:
    return db.session.scalar(select(func.count(Notice.id)).where(Notice.topic == topic)) or 0


def test_publishing_twice_tells_each_member_once(write: Write, member: Member) -> None:
    notice = write(level=Level.IMPORTANT)
    assert notices.publish(notice)
    assert not notices.publish(notice)
    assert told("bulletin.important") == 2  # the clerk and Marie
    subjects = db.session.scalars(select(OutgoingMail.subject)).all()
    assert subjects == ["Foire aux plants", "Foire aux plants"]


def test_an_ordinary_notice_waits_for_the_weekly_letter(write: Write, member: Member) -> None:
    notices.publish(write())
    assert told("bulletin.notice") == 2
    assert db.session.scalar(select(func.count(OutgoingMail.id))) == 0


def test_a_draft_is_nowhere(write: Write, community: Community) -> None:
    notice = write()
    assert not reading.shown(community)
    with pytest.raises(Absent):
        reading.find_public(community, notice.id)


def test_another_community_s_notice_does_not_exist(show: Write, elsewhere: Community) -> None:
    with pytest.raises(Absent):
        reading.find(elsewhere, show().id)


def test_what_is_shown_later_is_told_on_its_first_day(
    write: Write, member: Member, community: Community
) -> None:
    notice = write(level=Level.URGENT, visible_from=now() + 3 * DAY)
    notices.publish(notice)
    notices.tell_due(community)
    assert not reading.shown(community)
    assert told("bulletin.urgent") == 0
    with held_at(now() + 3 * DAY):
        notices.tell_due(community)
        notices.tell_due(community)
        assert reading.shown(community) == [notice]
    assert told("bulletin.urgent") == 2


def test_a_large_community_is_told_in_several_turns(
    write: Write, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        make_member(community, f"Jean{number}")
    monkeypatch.setattr(telling, "AT_ONCE", 2)
    notice = write()
    notices.publish(notice)
    assert (told("bulletin.notice"), notice.told_at) == (2, None)
    for _turn in range(3):
        notices.tell_due(community)
    assert told("bulletin.notice") == 5
    assert notice.told_at is not None


def test_a_notice_leaves_the_page_after_its_last_day(show: Write, community: Community) -> None:
    notice = show()
    assert reading.shown(community) == [notice]
    with held_at(notice.visible_until):
        assert not reading.shown(community)
        assert reading.find_public(community, notice.id) is notice


def test_the_pressing_notices_come_first(show: Write, community: Community) -> None:
    show("Ordinaire")
    show("Urgent", level=Level.URGENT)
    show("Important", level=Level.IMPORTANT)
    assert [each.title for each in reading.shown(community)] == ["Urgent", "Important", "Ordinaire"]


def test_a_published_text_is_not_changed_behind_its_readers(show: Write, clerk: Member) -> None:
    notice = show()
    words = notices.Written(title="Autre", text="Autre", visible_until=notice.visible_until)
    for act in (
        lambda: notices.change(notice, clerk, words),
        lambda: notices.set_picture(notice, b"", "x"),
        lambda: notices.delete_draft(notice),
    ):
        with pytest.raises(errors.AlreadyPublished):
            act()


def test_a_correction_replaces_what_it_corrects(
    show: Write, clerk: Member, community: Community, member: Member
) -> None:
    notice = show(level=Level.IMPORTANT)
    newer = notices.correct(notice, clerk)
    assert notices.correct(notice, clerk) is newer
    assert reading.shown(community) == [notice]
    notices.publish(newer)
    assert reading.shown(community) == [newer]
    assert reading.newer_version(notice) is newer
    told_last = db.session.scalars(select(Notice.subject).order_by(Notice.id.desc()).limit(1)).one()
    assert told_last == "Correction\u00a0: Foire aux plants"


def test_a_notice_is_withdrawn_with_a_reason(show: Write, community: Community) -> None:
    notice = show()
    with pytest.raises(errors.ReasonMissing):
        notices.withdraw(notice, "")
    notices.withdraw(notice, "Le vent se lève")
    notices.withdraw(notice, "Autre raison")
    assert not reading.shown(community)
    assert notice.withdrawn_reason == "Le vent se lève"
    with pytest.raises(errors.NotPublished):
        notices.publish(notice)


def test_what_was_never_published_is_neither_withdrawn_nor_corrected(
    write: Write, clerk: Member
) -> None:
    notice = write()
    with pytest.raises(errors.NotPublished):
        notices.withdraw(notice, "Trop tard")
    with pytest.raises(errors.NotPublished):
        notices.correct(notice, clerk)


def test_a_notice_whose_last_day_has_passed_is_not_published(write: Write) -> None:
    notice = write()
    with held_at(notice.visible_until + DAY), pytest.raises(errors.OverBeforeShown):
        notices.publish(notice)


@pytest.fixture
def commune(community: Community, clerk: Member) -> Member:
    """Give the commune, in which the clerk is the secretary."""
    organisation = Organisation(kind="commune", name="Commune de Lavergne")
    commune = Member(community=community, organisation=organisation)
    db.session.add(commune)
    db.session.flush()
    assert clerk.person_id is not None
    db.session.add(
        OrganisationRole(organisation=organisation, person_id=clerk.person_id, role="secretary")
    )
    db.session.commit()
    return commune


def test_one_speaks_for_an_organisation_in_which_one_holds_a_role(
    commune: Member, clerk: Member, community: Community
) -> None:
    words = notices.Written(title="x", text="y", visible_until=now() + DAY)
    notice = notices.draft(clerk, words, commune.organisation_id)
    assert notice.speaker == "Commune de Lavergne"
    other = make_member(community, "Paul", "Roux")
    with pytest.raises(errors.NotYourOrganisation):
        notices.draft(other, words, commune.organisation_id)
    notices.change(notice, other, words, commune.organisation_id)
    assert notice.speaker == "Commune de Lavergne"
    notices.change(notice, other, words)
    assert notice.speaker == "Amis de Lavergne"


def test_a_picture_needs_words_and_goes_along_with_a_correction(
    write: Write, clerk: Member, photograph: bytes
) -> None:
    notice = write()
    with pytest.raises(errors.AlternativeMissing):
        notices.set_picture(notice, photograph, "")
    with pytest.raises(Refusal):
        notices.set_picture(notice, b"<svg/>", "Une halle")
    notices.set_picture(notice, photograph, "Une halle")
    notices.set_picture(notice, b"", "La halle")
    assert notice.picture is not None
    assert (notice.picture.alternative, notice.picture.width) == ("La halle", 1600)
    notices.publish(notice)
    newer = notices.correct(notice, clerk)
    db.session.commit()
    assert newer.picture is not None
    assert newer.picture.full == notice.picture.full
    notices.delete_draft(newer)
    assert notice.picture.full


def test_help_is_offered_once_and_taken_back(show: Write, member: Member, clerk: Member) -> None:
    notice = show(asks_help=True)
    helping.offer(notice, member)
    helping.offer(notice, member)
    assert [each.member for each in helping.helpers_of(notice)] == [member]
    assert told("bulletin.help") == 1
    helping.take_back(notice, member)
    assert not helping.offered(notice, member)
    with pytest.raises(errors.OwnNotice):
        helping.offer(notice, clerk)


def test_help_is_offered_only_where_it_is_asked(show: Write, write: Write, member: Member) -> None:
    with pytest.raises(errors.NoHelpAsked):
        helping.offer(show(), member)
    with pytest.raises(errors.NoHelpAsked):
        helping.offer(write(asks_help=True), member)
    over = show(asks_help=True)
    with held_at(datetime(2027, 1, 1, tzinfo=UTC)), pytest.raises(errors.NoHelpAsked):
        helping.offer(over, member)
