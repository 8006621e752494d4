"""What keeps a member from leaving today."""

from sqlalchemy import select
from sqlalchemy.orm import aliased

from freeco.db import db
from freeco.errors import Refusal
from freeco.i18n import _, said
from freeco.members.models import Member, Person
from freeco.module import Tie
from freeco.organisations.models import Organisation, OrganisationRole
from freeco.plugins import Plugins


class HasTies(Refusal):
    """Something is still under way; ``ties`` lists what, and where to settle it."""

    reason = _("Il reste quelque chose à régler avant de partir.")

    def __init__(self, ties: list[Tie]) -> None:
        super().__init__()
        self.ties = ties
        self.reason = said(
            "Avant de partir, il reste à régler : %(ties)s",
            ties=" ; ".join(str(tie.reason) for tie in ties),
        )


def ties_of(plugins: Plugins, member: Member) -> list[Tie]:
    """Collect what the modules know, and who or what would be left without anybody."""
    ties = plugins.leaving(member)
    if member.person_id is None:
        return ties
    return ties + _people_left_alone(member) + _organisations_left_alone(member)


def _people_left_alone(member: Member) -> list[Tie]:
    served = db.session.scalars(
        select(Person)
        .join(Member, Member.person_id == Person.id)
        .where(
            Person.proxy_id == member.person_id,
            Member.community_id == member.community_id,
            Member.left_at.is_(None),
        )
        .order_by(Person.id)
    )
    return [
        Tie(
            said(
                "vous agissez pour %(name)s : confiez cette charge à quelqu’un d’autre",
                name=person.name,
            ),
            "/moi",
        )
        for person in served
    ]


def _organisations_left_alone(member: Member) -> list[Tie]:
    role, other = aliased(OrganisationRole), aliased(Member)
    somebody_else_acts = (
        select(role.id)
        .join(other, other.person_id == role.person_id)
        .where(
            role.organisation_id == Organisation.id,
            role.person_id != member.person_id,
            other.community_id == member.community_id,
            other.left_at.is_(None),
        )
        .exists()
    )
    alone = db.session.execute(
        select(Member.id, Organisation.name)
        .join(Organisation, Organisation.id == Member.organisation_id)
        .join(OrganisationRole, OrganisationRole.organisation_id == Organisation.id)
        .where(
            Member.community_id == member.community_id,
            Member.left_at.is_(None),
            OrganisationRole.person_id == member.person_id,
            ~somebody_else_acts,
        )
        .distinct()
        .order_by(Member.id)
    )
    return [
        Tie(
            said(
                "vous seul ou seule agissez pour %(name)s : donnez-y un rôle à quelqu’un,"
                " ou faites-la partir d’abord",
                name=name,
            ),
            f"/{member.community.slug}/organisations/{organisation_member_id}",
        )
        for organisation_member_id, name in alone
    ]
