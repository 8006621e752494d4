"""Entering many people at once: an AMAP's list, read from its spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from freeco.clock import now
from freeco.columns import Problem
from freeco.db import db
from freeco.errors import Invalid, Refusal
from freeco.i18n import _, counted, listed, said
from freeco.mail.wording.applying import send_in_words_of
from freeco.members import accounts, households, invitations, membership, proxies
from freeco.members.models import Community, Household, Invitation, Member, Person
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

    def __str__(self) -> str:
        return listed(
            [
                counted("%(num)s membre inscrit", "%(num)s membres inscrits", self.added),
                counted("%(num)s invitation envoyée", "%(num)s invitations envoyées", self.invited),
                counted("%(num)s déjà connu", "%(num)s déjà connus", self.same),
            ]
        )


def problems(drafts: Sequence[PersonDraft], *, signed: bool) -> list[Problem]:
    """Return the lines that cannot be entered as they are.

    Without the charter signed on paper people are invited by e-mail: those who have none
    cannot be.
    """
    found = []
    for draft in drafts:
        found += _name_problems(draft) if signed else []
        if draft.email is None and not signed:
            reason = said("sans e-mail, cette personne doit avoir signé la charte sur papier")
            found.append(Problem(draft.line, said("E-mail"), reason))
        if len(draft.household) > households.LONGEST_NAME:
            reason = said("un nom de foyer tient en 80 caractères")
            found.append(Problem(draft.line, said("Foyer"), reason))
    return found


def _name_problems(draft: PersonDraft) -> list[Problem]:
    """Say what is wrong with a name now, line by line, rather than of the whole list later."""
    labels = {"first_name": said("Prénom"), "last_name": said("Nom")}
    try:
        accounts.normal_names(draft.first_name, draft.last_name)
    except Invalid as refusal:
        return [
            Problem(draft.line, labels.get(name, name), " ".join(reasons))
            for name, reasons in refusal.fields.items()
        ]
    return []


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
    twice changes nothing. People of one household name on the list share a household. Raises
    NobodyToVouch, and OnlyInvented in a rehearsal.
    """
    if community.rehearsal:
        raise membership.OnlyInvented
    if entered_by.person is None:
        raise NobodyToVouch
    membership.lock_community(community)
    tables: dict[str, Household] = {}
    counts = {"added": 0, "invited": 0, "same": 0}
    for draft in drafts:
        if _already_member(community, draft) or _already_invited(community, draft):
            counts["same"] += 1
        elif signed and not _has_an_account(draft):
            member = _enter(plugins, community, draft, entered_by)
            _seat(plugins, member, draft, tables)
            counts["added"] += 1
        else:
            # Who has an account answers for oneself, even with a sheet signed in one's name.
            invitations.invite(community, str(draft.email), entered_by, counted=False)
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


def _already_invited(community: Community, draft: PersonDraft) -> bool:
    return (
        db.session.scalar(
            select(Invitation.id).where(
                Invitation.community_id == community.id,
                Invitation.email == draft.email,
                Invitation.accepted_at.is_(None),
                Invitation.expires_at > now(),
            )
        )
        is not None
    )


def _has_an_account(draft: PersonDraft) -> bool:
    return (
        draft.email is not None
        and db.session.scalar(select(Person.id).where(Person.email == draft.email)) is not None
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
    send_in_words_of(
        community,
        draft.email,
        "entered",
        person.language,
        first_name=draft.first_name,
        community=community.name,
        keeper=keeper.name,
    )
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
