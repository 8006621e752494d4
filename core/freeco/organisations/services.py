"""Organisations: how they become members, and who acts for them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from freeco.activation import open_due
from freeco.charter import services as charter
from freeco.db import db
from freeco.errors import Absent, Invalid, NotAllowed, Refusal
from freeco.events import MemberJoined, publish
from freeco.i18n import _, said
from freeco.members.membership import find_member, holds, leave, lock_community, members_of
from freeco.members.models import STEWARD, Community, Member
from freeco.organisations.models import Organisation, OrganisationKind, OrganisationRole, Role
from freeco.organisations.numbers import normal_rna, normal_siren, normal_siret
from freeco.plugins import Plugins

LONGEST_LINE = 200


class AlreadyRegistered(Refusal):
    """The establishment is a member already."""

    reason = _("Cette organisation est déjà membre ici. Demandez-y un rôle à ceux qui y agissent.")


class NotAMember(Refusal):
    """Only a member of the community can act for one of its organisations."""

    reason = _("Cette personne n’est pas membre de la communauté.")


class LastRole(Refusal):
    """An organisation acts through somebody."""

    reason = _("Il faut au moins une personne pour agir au nom de l’organisation.")


@dataclass(frozen=True)
class Holder:
    """A member who acts for an organisation."""

    member: Member
    role: str
    since: datetime


def register(
    plugins: Plugins,
    community: Community,
    kind: str,
    name: str,
    *,
    founder: Member,
    role: str = Role.COORDINATOR,
    siren: str = "",
    siret: str = "",
    rna: str = "",
    address: str = "",
    postal_code: str = "",
    commune: str = "",
    language: str = "",
    sha256: str = "",
    by_somebody_else: bool = False,
) -> Member:
    """Make an organisation a member, through a person who has the right to commit it.

    The founder holds the first role and accepts the charter for it (``language`` and
    ``sha256`` of the one that was read); ``by_somebody_else`` as in ``join``. Raises Invalid
    field by field, AlreadyRegistered, NotAMember, CharterChanged.
    """
    lines = {"name": name, "address": address, "postal_code": postal_code, "commune": commune}
    _check_role(role)
    organisation = _described(kind, lines, siren, siret, rna)
    lock_community(community)
    if _is_here(community, organisation.siret):
        raise AlreadyRegistered
    return join(
        plugins,
        community,
        organisation,
        founder,
        role,
        language=language,
        sha256=sha256,
        by_somebody_else=by_somebody_else,
    )


def join(
    plugins: Plugins,
    community: Community,
    organisation: Organisation,
    founder: Member,
    role: str,
    *,
    language: str = "",
    sha256: str = "",
    by_somebody_else: bool = False,
) -> Member:
    """Make an organisation that is known already a member. Raises NotAMember, CharterChanged.

    ``by_somebody_else``: it is not the founder's own act (a coordinator opens the contract of a
    farm that is its farmer: Code de commerce art. L526-22). Then the charter is accepted for it
    only if the founder has accepted the one in force; nobody accepts for another what was not
    read.
    """
    lock_community(community)
    person = founder.person
    if person is None or founder.left_at is not None or founder.community_id != community.id:
        raise NotAMember
    member = Member(community=community, organisation=organisation)
    db.session.add(member)
    db.session.flush()
    db.session.add(OrganisationRole(organisation=organisation, person_id=person.id, role=role))
    if not by_somebody_else or charter.has_accepted_current(founder):
        text = charter.shown_text(language or person.language, sha256, community)
        charter.accept(member, text, person)
    publish(MemberJoined(community_id=community.id, member_id=member.id))
    open_due(plugins, community)
    return member


def _described(kind: str, lines: dict[str, str], siren: str, siret: str, rna: str) -> Organisation:
    lines = {field: " ".join(line.split()) for field, line in lines.items()}
    wrong = {
        field: [said("Une ligne de %(number)s caractères au plus.", number=LONGEST_LINE)]
        for field, line in lines.items()
        if len(line) > LONGEST_LINE or not line.isprintable()
    }
    if not lines["name"]:
        wrong["name"] = [said("Ce champ est à remplir.")]
    if kind not in set(OrganisationKind):
        wrong["kind"] = [said("Ce choix n’existe pas.")]
    numbers = {}
    for field, number, normal in (
        ("siren", siren, normal_siren),
        ("siret", siret, normal_siret),
        ("rna", rna, normal_rna),
    ):
        try:
            numbers[field] = normal(number)
        except Invalid as refusal:
            wrong |= refusal.fields
    if not wrong and numbers["siret"]:
        if numbers["siren"] not in {"", numbers["siret"][:9]}:
            wrong["siren"] = [said("Ce SIREN n’est pas celui du SIRET.")]
        numbers["siren"] = numbers["siret"][:9]
    if wrong:
        raise Invalid(wrong)
    return Organisation(
        kind=kind,
        name=lines["name"],
        address=lines["address"],
        postal_code=lines["postal_code"],
        commune=lines["commune"],
        siren=numbers["siren"],
        siret=numbers["siret"],
        rna=numbers["rna"],
    )


def _is_here(community: Community, siret: str) -> bool:
    if not siret:
        return False
    return (
        db.session.scalar(
            select(Member.id)
            .join(Organisation, Organisation.id == Member.organisation_id)
            .where(
                Member.community_id == community.id,
                Member.left_at.is_(None),
                Organisation.siret == siret,
            )
        )
        is not None
    )


def find_organisation(community: Community, member_id: int) -> Member:
    """Return an organisation that is a member of this community. Raises Absent."""
    member = find_member(community, member_id)
    if member.organisation is None:
        raise Absent
    return member


def organisations_of(community: Community) -> list[Member]:
    """Return the organisations that are members, in order of name."""
    return [member for member in members_of(community) if member.organisation_id is not None]


def give_role(organisation: Member, member: Member, role: str, by: Member) -> None:
    """Let a member act for an organisation of the community; giving it again changes nothing.

    Raises NotAllowed unless ``by`` coordinates it or is a steward, NotAMember, Invalid.
    """
    _check_role(role)
    _lock(organisation)
    if not _may_manage(organisation, by):
        raise NotAllowed
    if (
        member.person_id is None
        or member.left_at is not None
        or member.community_id != organisation.community_id
    ):
        raise NotAMember
    if organisation.organisation is not None and not holds_role(
        organisation, member.person_id, role
    ):
        db.session.add(
            OrganisationRole(
                organisation=organisation.organisation, person_id=member.person_id, role=role
            )
        )
        db.session.flush()


def end_role(organisation: Member, member: Member, role: str, by: Member) -> None:
    """End a role, one's own or, for who coordinates or a steward, anybody's.

    Raises NotAllowed, Absent when there is none, LastRole when nobody would be left to act.
    """
    _lock(organisation)
    if by is not member and not _may_manage(organisation, by):
        raise NotAllowed
    held = list(
        db.session.scalars(
            select(OrganisationRole).where(
                OrganisationRole.organisation_id == organisation.organisation_id
            )
        )
    )
    ending = [each for each in held if each.person_id == member.person_id and each.role == role]
    if not ending:
        raise Absent
    if len(held) == 1:
        raise LastRole
    db.session.delete(ending[0])
    db.session.flush()


def _check_role(role: str) -> None:
    if role not in set(Role):
        raise Invalid({"role": [said("Ce choix n’existe pas.")]})


def _may_manage(organisation: Member, by: Member) -> bool:
    if by.community_id != organisation.community_id or by.left_at is not None:
        return False
    return holds_role(organisation, by.person_id, Role.COORDINATOR) or holds(by, STEWARD)


def _lock(organisation: Member) -> None:
    if organisation.organisation is None:
        raise Absent
    db.session.refresh(organisation.organisation, with_for_update={"key_share": True})


def take_out(plugins: Plugins, organisation: Member, by: Member) -> None:
    """End an organisation's membership here, at the word of who acts for it or of a steward.

    Its books and papers stay. Raises NotAllowed, HasTies.
    """
    acts = holds_role(organisation, by.person_id)
    if not acts and not holds(by, STEWARD):
        raise NotAllowed
    leave(plugins, organisation)


def holds_role(organisation: Member, person_id: int | None, *roles: str) -> bool:
    """Whether a person holds one of the roles in an organisation, or any when none is named."""
    query = select(OrganisationRole.id).where(
        OrganisationRole.organisation_id == organisation.organisation_id,
        OrganisationRole.person_id == person_id,
    )
    if roles:
        query = query.where(OrganisationRole.role.in_(roles))
    return db.session.scalar(query.limit(1)) is not None


def holders(organisation: Member) -> list[Holder]:
    """Return who does what for an organisation in its community, the first ones first."""
    rows = db.session.execute(
        select(Member, OrganisationRole)
        .join(OrganisationRole, OrganisationRole.person_id == Member.person_id)
        .where(
            OrganisationRole.organisation_id == organisation.organisation_id,
            Member.community_id == organisation.community_id,
            Member.left_at.is_(None),
        )
        .order_by(OrganisationRole.id)
    )
    return [Holder(member, role.role, role.since) for member, role in rows]


def members_with_role(organisation: Member, *roles: str) -> list[Member]:
    """Return the members who hold one of the roles, or any; each once."""
    return list(
        dict.fromkeys(
            each.member for each in holders(organisation) if not roles or each.role in roles
        )
    )


def acting_for(member: Member) -> list[Member]:
    """Return the organisations of the community for which a member acts, each once."""
    query = (
        select(Member)
        .join(OrganisationRole, OrganisationRole.organisation_id == Member.organisation_id)
        .where(
            OrganisationRole.person_id == member.person_id,
            Member.community_id == member.community_id,
            Member.left_at.is_(None),
        )
        .order_by(OrganisationRole.id)
    )
    return list(dict.fromkeys(db.session.scalars(query)))
