"""The rehearsal of a community: a false season among invented people, to be wiped afterwards.

No real person is a member of it. A steward of the community that rehearses comes in on the
place of an invented one, so that whatever is written is written to nobody.
"""

from random import Random

from sqlalchemy import select, update

from freeco import demonstration
from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.i18n import _, said
from freeco.kernel import kernel
from freeco.mail.models import OutgoingMail
from freeco.mail.wording import services as wording
from freeco.members import membership
from freeco.members.founding import plain_words, slug_problem
from freeco.members.models import STEWARD, Admission, Community, Member, Person
from freeco.plugins import Plugins

MEMBERS = 16
SEED = 2026
ENDING = "repetition"
LONGEST_LABEL = 63 - len(ENDING) - 4
"""The address is also the name of a mail domain, whose parts have 63 characters at most."""


class RehearsesAlready(Refusal):
    """A rehearsal is not rehearsed."""

    reason = _("Vous êtes déjà dans une répétition.")


def rehearsal_of(community: Community) -> Community | None:
    """Return the rehearsal of a community, if there is one."""
    return db.session.scalar(select(Community).where(Community.rehearsal_of_id == community.id))


def rehearse(plugins: Plugins, community: Community, language: str) -> Community:
    """Return the community's rehearsal, made now if there is none. Raises RehearsesAlready."""
    if community.rehearsal:
        raise RehearsesAlready
    lock(community)
    known = rehearsal_of(community)
    return known if known is not None else _stage(plugins, community, language)


def _stage(plugins: Plugins, community: Community, language: str) -> Community:
    slug = _free_slug(community)
    copy = Community(
        slug=slug,
        name=said("Répétition : %(name)s", name=community.name),
        commune=community.commune,
        commune_insee=community.commune_insee,
        latitude=community.latitude,
        longitude=community.longitude,
        presentation=community.presentation,
        timezone=community.timezone,
        admission=Admission.INVITATION,
        # From the first: nothing that is written here is stated, sent or booked as if it were true.
        rehearsal_of_id=community.id,
    )
    db.session.add(copy)
    db.session.flush()
    casting = demonstration.Casting(
        plugins,
        copy,
        Random(SEED),  # noqa: S311 - a believable village, not a secret
        domain=f"{slug}.{demonstration.DOMAIN}",
        language=language,
    )
    staging = demonstration.settle(casting, MEMBERS, lambda _count: None)
    demonstration.fill(plugins, staging)
    _keep_letters(copy, casting.domain)
    wording.copy(community, copy)
    db.session.flush()
    return copy


def _keep_letters(rehearsal: Community, domain: str) -> None:
    """Mark the letters of the season as the rehearsal's own: they are read there, never sent."""
    db.session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.recipient.endswith(f"@{domain}", autoescape=True))
        .values(community_id=rehearsal.id)
    )


def letters_of(rehearsal: Community, most: int) -> list[OutgoingMail]:
    """Return what would have left, the latest first."""
    return list(
        db.session.scalars(
            select(OutgoingMail)
            .where(OutgoingMail.community_id == rehearsal.id)
            .order_by(OutgoingMail.id.desc())
            .limit(most)
        )
    )


def _free_slug(community: Community) -> str:
    plain = plain_words(community.slug)[:LONGEST_LABEL].strip("-")
    slug, number = f"{plain}-{ENDING}", 1
    while slug_problem(slug) is not None:
        number += 1
        slug = f"{plain}-{ENDING}-{number}"
    return slug


def may_rehearse(person: Person, rehearsal: Community) -> bool:
    """Whether a person may come into a rehearsal: with a charge in the community that rehearses."""
    source = db.session.get(Community, rehearsal.rehearsal_of_id or 0)
    member = membership.membership_of(source, person) if source is not None else None
    return bool(membership.permissions_of(member) & rehearsing())


def rehearsing() -> frozenset[str]:
    """Return the permissions whose holders may rehearse: stewards, and who runs a season."""
    modules = kernel().plugins.modules.values()
    found = {each.name for module in modules for each in module.permissions if each.rehearses}
    return frozenset({STEWARD, *found})


def invented(member: Member) -> bool:
    """Whether a member of a rehearsal is nobody: an account with which no one has ever come."""
    return member.person is not None and member.person.confirmed_at is None


def places(rehearsal: Community) -> list[Member]:
    """Return the invented members whose place can be taken, in order of name."""
    return [member for member in membership.members_of(rehearsal) if invented(member)]


def place_of(rehearsal: Community, person: Person, chosen: object) -> Member | None:
    """Return the member on whose place a steward stands: the one chosen, else the coordinator."""
    if not rehearsal.rehearsal or not may_rehearse(person, rehearsal):
        return None
    if isinstance(chosen, int):
        member = db.session.get(Member, chosen)
        here = member is not None and member.community_id == rehearsal.id
        if member is not None and here and member.left_at is None and invented(member):
            return member
    coordinators = [each for each in membership.stewards(rehearsal) if invented(each)]
    return next(iter([*coordinators, *places(rehearsal)]), None)
