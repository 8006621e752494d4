from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from freeco.clock import held_at, now
from freeco.db import db
from freeco.errors import Absent, Invalid, TooMany
from freeco.mail.models import OutgoingMail
from freeco.members import invitations
from freeco.members.households import find_household, household_of, people_of
from freeco.members.invitations import InvitationGone, accept, find, invite, waiting
from freeco.members.membership import InvitationNeeded, join, leave
from freeco.members.models import Community, Invitation, Member, Person
from freeco.plugins import Plugins
from freeco.testing import make_community, make_member, make_person


@pytest.fixture
def plugins(app: Flask) -> Plugins:
    """Give core by itself: what modules add is theirs to test."""
    return Plugins()


@pytest.fixture
def circle(app: Flask) -> Community:
    return make_community("atelier", "L’Atelier", admission="invitation")


@pytest.fixture
def host(circle: Community, person: Person) -> Member:
    return make_member(circle, person=person)


@pytest.fixture
def jean(app: Flask) -> Person:
    return make_person("Jean", "Martin", "jean@example.org")


def last_secret() -> str:
    mail = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    assert mail is not None
    return mail.body.partition("/invitation/")[2].split()[0]


def test_an_invitation_opens_a_closed_circle(
    plugins: Plugins, circle: Community, host: Member, jean: Person
) -> None:
    invite(circle, "Jean@example.org", host)
    accept(plugins, last_secret(), jean)
    assert join(plugins, circle, jean, jean).community is circle
    with pytest.raises(InvitationGone):
        find(last_secret())


def test_the_letter_says_who_invites_and_where(circle: Community, host: Member) -> None:
    invite(circle, "jean@example.org", host)
    mail = db.session.scalars(select(OutgoingMail)).one()
    assert mail.recipient == "jean@example.org"
    assert mail.subject == "Marie Dupont vous invite dans «\u00a0L’Atelier\u00a0»"
    assert mail.body.startswith("Bonjour,")


def test_the_invited_address_itself_needs_no_link(
    plugins: Plugins, circle: Community, host: Member, jean: Person
) -> None:
    invitation = invite(circle, "jean@example.org", host)
    join(plugins, circle, jean, jean)
    assert invitation.accepted_at is not None


def test_an_unproved_address_is_not_the_invited_one(
    plugins: Plugins, circle: Community, host: Member, jean: Person
) -> None:
    invite(circle, "jean@example.org", host)
    jean.confirmed_at = None
    with pytest.raises(InvitationNeeded):
        join(plugins, circle, jean, jean)


def test_a_link_that_was_passed_on_belongs_to_who_takes_it(
    plugins: Plugins, circle: Community, host: Member, jean: Person
) -> None:
    invitation = invite(circle, "other@example.org", host)
    accept(plugins, last_secret(), jean)
    assert invitation.email == "jean@example.org"
    assert join(plugins, circle, jean, jean).person is jean


def test_an_invitation_lets_one_person_in(
    plugins: Plugins, circle: Community, host: Member, jean: Person
) -> None:
    invite(circle, "jean@example.org", host)
    accept(plugins, last_secret(), jean)
    join(plugins, circle, jean, jean)
    other = make_person("Anne", "Roux", "anne@example.org")
    with pytest.raises(InvitationGone):
        accept(plugins, last_secret(), other)
    with pytest.raises(InvitationNeeded):
        join(plugins, circle, other, other)


def test_who_left_needs_another_invitation(
    plugins: Plugins, circle: Community, host: Member, jean: Person
) -> None:
    invite(circle, "jean@example.org", host)
    member = join(plugins, circle, jean, jean)
    leave(plugins, member)
    with pytest.raises(InvitationNeeded):
        join(plugins, circle, jean, jean)


def test_an_invitation_lasts_fourteen_days(
    plugins: Plugins, circle: Community, host: Member, jean: Person
) -> None:
    invite(circle, "jean@example.org", host)
    with held_at(now() + timedelta(days=13, hours=23)):
        find(last_secret())
    with held_at(now() + timedelta(days=14, seconds=1)):
        with pytest.raises(InvitationGone):
            accept(plugins, last_secret(), jean)
        with pytest.raises(InvitationNeeded):
            join(plugins, circle, jean, jean)
        assert waiting(circle) == []


def test_inviting_again_replaces_the_first_link(circle: Community, host: Member) -> None:
    invite(circle, "jean@example.org", host)
    first = last_secret()
    again = invite(circle, "jean@example.org", host)
    with pytest.raises(InvitationGone):
        find(first)
    assert waiting(circle) == [again]


def test_an_invitation_is_withdrawn(circle: Community, host: Member) -> None:
    invitation = invite(circle, "jean@example.org", host)
    invitations.revoke(invitations.find_waiting(circle, invitation.id))
    assert waiting(circle) == []
    with pytest.raises(InvitationGone):
        find(last_secret())


def test_an_invitation_that_served_cannot_be_withdrawn(
    plugins: Plugins, circle: Community, host: Member, jean: Person
) -> None:
    invitation = invite(circle, "jean@example.org", host)
    join(plugins, circle, jean, jean)
    with pytest.raises(InvitationGone):
        invitations.revoke(invitation)
    with pytest.raises(Absent):
        invitations.find_waiting(circle, invitation.id)


def test_another_community_s_invitation_does_not_exist_here(
    circle: Community, community: Community, host: Member
) -> None:
    invitation = invite(circle, "jean@example.org", host)
    with pytest.raises(Absent):
        invitations.find_waiting(community, invitation.id)
    with pytest.raises(Absent):
        invite(community, "jean@example.org", host)


def test_a_household_invites_to_its_table(
    plugins: Plugins, community: Community, member: Member, jean: Person
) -> None:
    invite(community, "jean@example.org", member, household_of(member))
    accept(plugins, last_secret(), jean)
    newcomer = join(plugins, community, jean, jean)
    assert people_of(household_of(member)) == [member, newcomer]


def test_a_member_who_takes_it_shares_the_table_at_once(
    plugins: Plugins, community: Community, member: Member
) -> None:
    other = make_member(community, "Anne", "Roux")
    assert other.person is not None
    invite(community, "anne.roux@example.org", member, household_of(member))
    accept(plugins, last_secret(), other.person)
    assert find_household(other) is find_household(member)


def test_nobody_shares_a_table_without_opening_the_link(
    plugins: Plugins, community: Community, member: Member, jean: Person
) -> None:
    invite(community, "jean@example.org", member, household_of(member))
    assert find_household(join(plugins, community, jean, jean)) is None


def test_one_invites_to_one_s_own_table_only(community: Community, member: Member) -> None:
    other = make_member(community, "Anne", "Roux")
    with pytest.raises(Absent):
        invite(community, "jean@example.org", member, household_of(other))


def test_an_address_that_cannot_be_one_is_refused(circle: Community, host: Member) -> None:
    with pytest.raises(Invalid):
        invite(circle, "jean", host)


def test_nobody_sends_hundreds_of_letters(
    circle: Community, host: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MOST_A_DAY", 2)
    with held_at(now()):
        invite(circle, "a@example.org", host)
        invite(circle, "b@example.org", host)
        with pytest.raises(TooMany):
            invite(circle, "c@example.org", host)
    assert db.session.scalar(select(func.count(Invitation.id))) == 2
