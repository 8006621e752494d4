"""Entering many people at once: an AMAP's list, read from its spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from freeco.columns import Problem
from freeco.db import db
from freeco.errors import Refusal
from freeco.i18n import _, said
from freeco.members import households, invitations, membership, proxies
from freeco.members.models import Community, Household, Member, Person
from freeco.members.people_import import PersonDraft
from freeco.plugins import Plugins


class NobodyToVouch(Refusal):
    """Only a member with an account enters others."""

    reason = _("Il faut un membre qui a son propre compte pour inscrire d’autres personnes.")


@dataclass(frozen=True)
class Entered:
    """What an entry did: members made at once, invitations sent, people already members."""

    added: int
    invited: int
    same: int


def problems(drafts: Sequence[PersonDraft], *, signed: bool) -> list[Problem]:
    """Return the lines that cannot be entered as they are.

    Without the charter signed on paper people are invited by e-mail: those who have none
    cannot be.
    """
    if signed:
        return []
    return [
        Problem(
            draft.line,
            said("E-mail"),
            said("sans e-mail, cette personne doit avoir signé la charte sur papier"),
        )
        for draft in drafts
        if draft.email is None
    ]


def enter_people(
    plugins: Plugins,
    community: Community,
    drafts: Sequence[PersonDraft],
    entered_by: Member,
    *,
    signed: bool,
) -> Entered:
    """Enter the people of a list who signed the charter on paper, or invite them.

    Who enters them keeps the signed sheets, and serves those without e-mail. The same list
    twice changes nothing. People of one household name on the list share a household.
    """
    if entered_by.person is None:
        raise NobodyToVouch
    membership.lock_community(community)
    tables: dict[str, Household] = {}
    counts = {"added": 0, "invited": 0, "same": 0}
    for draft in drafts:
        if _already_member(community, draft):
            counts["same"] += 1
        elif signed:
            member = _enter(plugins, community, draft, entered_by)
            _seat(plugins, member, draft, tables)
            counts["added"] += 1
        else:
            invitations.invite(community, str(draft.email), entered_by)
            counts["invited"] += 1
    return Entered(**counts)


def _already_member(community: Community, draft: PersonDraft) -> bool:
    query = (
        select(Member.id)
        .join(Person, Person.id == Member.person_id)
        .where(Member.community_id == community.id, Member.left_at.is_(None))
    )
    if draft.email is not None:
        return db.session.scalar(query.where(Person.email == draft.email)) is not None
    return (
        db.session.scalar(
            query.where(
                Person.email.is_(None),
                Person.first_name == draft.first_name,
                Person.last_name == draft.last_name,
            )
        )
        is not None
    )


def _enter(
    plugins: Plugins, community: Community, draft: PersonDraft, entered_by: Member
) -> Member:
    keeper = entered_by.person
    if keeper is None:
        raise NobodyToVouch
    if draft.email is None:
        return proxies.enter_person_without_email(
            plugins,
            community,
            draft.first_name,
            draft.last_name,
            proxy=keeper,
            charter_paper_signed=True,
            phone=draft.phone,
            address=draft.address,
            postal_code=draft.postal_code,
            commune=draft.commune,
        )
    person = db.session.scalar(select(Person).where(Person.email == draft.email))
    if person is None:
        person = Person(
            first_name=draft.first_name,
            last_name=draft.last_name,
            email=draft.email,
            phone=draft.phone,
            address=draft.address,
            postal_code=draft.postal_code,
            commune=draft.commune,
        )
        db.session.add(person)
        db.session.flush()
    return membership.join(plugins, community, person, keeper, vouched_by=entered_by)


def _seat(
    plugins: Plugins, member: Member, draft: PersonDraft, tables: dict[str, Household]
) -> None:
    name = draft.household.strip()
    if not name:
        return
    key = name.casefold()
    if key not in tables:
        tables[key] = households.household_of(member)
        households.rename(tables[key], name)
    else:
        households.add_to_household(plugins, tables[key], member)
