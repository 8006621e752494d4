"""A whole list comes in at once: everybody, or nobody."""

import pytest

from freeco.clock import now
from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members import people_entry
from freeco.members.models import Community, Household, Invitation, Member
from freeco.members.people_import import PersonDraft
from freeco.plugins import Plugins
from freeco.testing import make_community, make_member, make_person


def draft(line: int, first: str, last: str, email: str | None, household: str = "") -> PersonDraft:
    return PersonDraft(
        line=line,
        first_name=first,
        last_name=last,
        email=email,
        phone="",
        address="",
        postal_code="",
        commune="",
        household=household,
    )


TWO = (
    draft(2, "Anne", "Roux", "anne@example.org", "Roux-Blanc"),
    draft(3, "Paul", "Blanc", None, "Roux-Blanc"),
)


def enter(plugins: Plugins, member: Member, *drafts: PersonDraft, signed: bool) -> tuple[int, ...]:
    done = people_entry.enter_people(plugins, member.community, drafts, member, signed=signed)
    db.session.commit()
    return done.added, done.invited, done.same


def letters() -> list[tuple[str, str]]:
    return [(mail.recipient, mail.subject) for mail in db.session.query(OutgoingMail)]


def test_who_signed_on_paper_is_a_member_and_shares_the_household_of_the_list(
    plugins: Plugins, member: Member
) -> None:
    assert enter(plugins, member, *TWO, signed=True) == (2, 0, 0)
    (household,) = db.session.query(Household).all()
    assert household.name == "Roux-Blanc"
    assert [place.member.name for place in household.people] == ["Anne Roux", "Paul Blanc"]


def test_who_was_entered_is_told_by_whom(plugins: Plugins, member: Member) -> None:
    enter(plugins, member, *TWO, signed=True)
    assert letters() == [("anne@example.org", "Vous êtes membre de «\u00a0Amis de Lavergne\u00a0»")]


def test_the_same_list_twice_changes_nothing(plugins: Plugins, member: Member) -> None:
    enter(plugins, member, *TWO, signed=True)
    assert enter(plugins, member, *TWO, signed=True) == (0, 0, 2)


def test_the_same_invitations_twice_are_sent_once(plugins: Plugins, member: Member) -> None:
    assert enter(plugins, member, TWO[0], signed=False) == (0, 1, 0)
    assert enter(plugins, member, TWO[0], signed=False) == (0, 0, 1)
    assert len(letters()) == 1


def test_who_has_an_account_is_invited_and_not_enrolled(plugins: Plugins, member: Member) -> None:
    make_person("Vrai", "Nom", "anne@example.org")
    assert enter(plugins, member, TWO[0], signed=True) == (0, 1, 0)
    assert db.session.query(Invitation).one().expires_at > now()


def test_a_long_list_is_invited_whole(plugins: Plugins, member: Member) -> None:
    many = [draft(n, "Jeanne", "Roux", f"jeanne{n}@example.org") for n in range(2, 252)]
    assert enter(plugins, member, *many, signed=False) == (0, 250, 0)


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        (draft(7, "", "Famille Durand", None), "Prénom"),
        (draft(7, "Anne", "http://evil.example", None), "Nom"),
        (draft(7, "Anne", "Roux", None, "x" * 81), "Foyer"),
    ],
)
def test_a_line_that_would_be_refused_is_named_before(wrong: PersonDraft, column: str) -> None:
    problems = people_entry.problems([TWO[0], wrong], signed=True)
    assert [(each.line, each.column) for each in problems] == [(7, column)]


def test_nobody_is_invited_without_an_address() -> None:
    problems = people_entry.problems(TWO, signed=False)
    assert [each.line for each in problems] == [3]


def test_a_list_enters_its_own_community_only(
    plugins: Plugins, member: Member, community: Community
) -> None:
    other = make_member(make_community("assiac", "Assiac"), "Jean", "Martin")
    enter(plugins, other, TWO[0], signed=True)
    members = db.session.query(Member).filter_by(community_id=community.id).all()
    assert members == [member]
