"""Persons without e-mail, and those who act for them."""

from sqlalchemy import select

from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.i18n import _
from freeco.members.accounts import normal_names
from freeco.members.membership import OnlyInvented, join, membership_of
from freeco.members.models import Community, Member, Person
from freeco.organisations.services import holds_role
from freeco.plugins import Plugins


class PaperNotSigned(Refusal):
    """Nobody accepts the charter for somebody else without a signed paper."""

    reason = _("Faites d’abord signer la charte sur papier, et gardez la feuille.")


class NotAProxy(Refusal):
    """The proxy must be a member, with an account, wherever the person served is one."""

    reason = _("Cette charge revient à un membre de la communauté qui a son propre compte.")


class HasAnAccount(Refusal):
    """A person with an account acts in person."""

    reason = _("Cette personne a son propre compte : personne n’agit à sa place.")


def enter_person_without_email(
    plugins: Plugins,
    community: Community,
    first_name: str,
    last_name: str,
    *,
    proxy: Person,
    charter_paper_signed: bool,
    phone: str = "",
    address: str = "",
    postal_code: str = "",
    commune: str = "",
    language: str = "",
    sha256: str = "",
) -> Member:
    """Make a member of somebody without e-mail, whom the proxy serves.

    The proxy keeps the signed paper and is recorded with the acceptance. Raises
    PaperNotSigned, NotAProxy, OnlyInvented, Invalid.
    """
    if community.rehearsal:
        raise OnlyInvented
    if not charter_paper_signed:
        raise PaperNotSigned
    first_name, last_name = normal_names(first_name, last_name)
    vouching = _check_proxy(proxy, community)
    person = Person(
        first_name=first_name,
        last_name=last_name,
        phone=phone,
        address=address,
        postal_code=postal_code,
        commune=commune,
        language=proxy.language,
        proxy_id=proxy.id,
    )
    db.session.add(person)
    db.session.flush()
    return join(plugins, community, person, proxy, language, sha256, vouched_by=vouching)


def _check_proxy(proxy: Person, community: Community) -> Member:
    member = membership_of(community, proxy)
    if member is None or proxy.email is None or proxy.erased_at is not None:
        raise NotAProxy
    return member


def people_served_by(person: Person) -> list[Person]:
    """Return the persons someone acts for, in order of name."""
    served = db.session.scalars(
        select(Person).where(Person.proxy_id == person.id, Person.erased_at.is_(None))
    )
    return sorted(served, key=lambda each: (each.sorting_name.casefold(), each.id))


def members_served_by(person: Person, community: Community) -> list[Member]:
    """Return the memberships of those someone acts for in a community, in order of name."""
    served = {each.id: number for number, each in enumerate(people_served_by(person))}
    found = db.session.scalars(
        select(Member).where(
            Member.community_id == community.id,
            Member.person_id.in_(served),
            Member.left_at.is_(None),
        )
    )
    return sorted(found, key=lambda member: served[member.person_id or 0])


def may_act_for(person: Person, member: Member) -> bool:
    """Whether the person may act as this member: oneself, somebody served, an organisation."""
    if person.erased_at is not None or member.left_at is not None:
        return False
    if member.organisation is not None:
        # Who has left the community no longer acts in it, whatever role remains.
        return holds_role(member, person.id) and bool(membership_of(member.community, person))
    return member.person_id == person.id or (
        member.person is not None and member.person.proxy_id == person.id
    )


def hand_over(served: Person, new_proxy: Person) -> None:
    """Let somebody else serve a person without e-mail. Raises NotAProxy, HasAnAccount."""
    lock(served)
    if served.email is not None or served.proxy_id is None or served is new_proxy:
        raise HasAnAccount
    communities = db.session.scalars(
        select(Community)
        .join(Member, Member.community_id == Community.id)
        .where(Member.person_id == served.id, Member.left_at.is_(None))
    )
    for community in communities:
        _check_proxy(new_proxy, community)
    served.proxy_id = new_proxy.id
