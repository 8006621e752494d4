"""Founding a community: its first steward comes in with it."""

import re
from dataclasses import dataclass
from itertools import count

from flask import current_app
from sqlalchemy import select

from freeco.activation import set_threshold
from freeco.cells import unaccented
from freeco.db import db
from freeco.errors import Refusal
from freeco.i18n import _
from freeco.members import accounts, membership
from freeco.members.models import STEWARD, Admission, Community, Member, Person, Territory
from freeco.module import Hat, Kind, Text
from freeco.organisations import services as organisations
from freeco.organisations.models import OrganisationKind
from freeco.plugins import Plugins

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 60
FIRST_WORD = re.compile(r"/([^/<]+)")
RESERVED = frozenset({"api", "static"})
"""Taken even where no installed module has an API, and where a proxy serves the files."""


class BadSlug(Refusal):
    """The address of a community is written in plain letters, and is its own."""

    reason = _(
        "L’adresse s’écrit en minuscules sans accents, chiffres et tirets, "
        "et ne doit pas être déjà prise."
    )
    status = 422


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A community as it will be founded."""

    slug: str
    name: str
    commune: str = ""
    postal_code: str = ""
    presentation: str = ""
    timezone: str = "Europe/Paris"
    territory: str = ""
    """The name of the group of communities it joins, or begins; or empty."""
    admission: Admission = Admission.OPEN
    kind: Kind | None = None
    """Modules open sooner in some kinds of community."""
    """By module; those that are not installed are passed over."""
    organisation: OrganisationKind | None = None
    """What kind of body founds it."""
    organisation_name: str = ""
    hats: frozenset[Hat] = frozenset()
    """The founder holds the permissions worn with these."""


def found(
    plugins: Plugins,
    slug: str,
    name: str,
    commune: str,
    email: str,
    first_name: str,
    last_name: str,
) -> Community:
    """Found an open community with its first steward, who has accepted the charter.

    The steward gets a link to sign in. Raises BadSlug, and Invalid for the name or address.
    """
    if slug_problem(slug):
        raise BadSlug
    address = accounts.normal_email(email)
    person = db.session.scalar(select(Person).where(Person.email == address))
    if person is None:
        first_name, last_name = accounts.normal_names(first_name, last_name)
        person = Person(first_name=first_name, last_name=last_name, email=address)
        db.session.add(person)
    community = found_as_planned(plugins, Plan(slug=slug, name=name, commune=commune), person)
    accounts.send_sign_in_link(address, f"/{slug}/")
    return community


def found_as_planned(
    plugins: Plugins, plan: Plan, founder: Person, language: str = "", sha256: str = ""
) -> Community:
    """Found a community whose first member is the founder, who accepts the charter that was read.

    Raises BadSlug, CharterChanged, Invalid.
    """
    if slug_problem(plan.slug):
        raise BadSlug
    territory = _territory(plan.territory)
    # Open until the founder is in: nobody is there yet to invite the first one.
    community = Community(
        slug=plan.slug,
        name=plan.name,
        commune=plan.commune,
        presentation=plan.presentation,
        timezone=plan.timezone,
        territory_id=territory.id if territory is not None else None,
    )
    db.session.add_all([community, founder])
    db.session.flush()
    for module in plugins.modules.values():
        sooner = module.opens_at_in.get(plan.kind) if plan.kind else None
        if sooner is not None:
            set_threshold(plugins, community, module, sooner)
    member = membership.join(plugins, community, founder, founder, language, sha256)
    membership.grant(member, STEWARD)
    for permission in _worn_with(plugins, plan.hats):
        membership.grant(member, permission)
    if plan.organisation is not None:
        _found_organisation(plugins, plan, member, language, sha256)
    community.admission = plan.admission
    db.session.flush()
    return community


def _worn_with(plugins: Plugins, hats: frozenset[Hat]) -> list[str]:
    return [
        permission.name
        for module in plugins.modules.values()
        for permission in module.permissions
        if permission.hat in hats
    ]


def _found_organisation(
    plugins: Plugins, plan: Plan, founder: Member, language: str, sha256: str
) -> None:
    organisations.register(
        plugins,
        founder.community,
        plan.organisation or OrganisationKind.OTHER,
        plan.organisation_name or plan.name,
        founder=founder,
        postal_code=plan.postal_code,
        commune=plan.commune,
        language=language,
        sha256=sha256,
    )


def slug_problem(slug: str) -> Text | None:
    """Say why a community cannot have this address; None when it can."""
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        return _(
            "Écrivez l’adresse en minuscules sans accents, avec des chiffres et des tirets : "
            "amap-de-lavergne. Soixante caractères au plus."
        )
    if slug in taken_by_the_site():
        return _("Cette adresse sert au site lui-même : choisissez-en une autre.")
    if _exists(slug):
        return _("Cette adresse est déjà prise : choisissez-en une autre.")
    return None


def propose_slug(name: str) -> str:
    """Return a free address drawn from a name: « AMAP d’Assiac » is amap-d-assiac."""
    plain = plain_words(name) or "communaute"
    for number in count(2):
        if slug_problem(plain) is None:
            break
        plain = f"{plain_words(name) or 'communaute'}-{number}"
    return plain


def plain_words(name: str) -> str:
    """Return a name in plain letters and hyphens, short enough to be numbered after."""
    words = "-".join(re.findall("[a-z0-9]+", unaccented(name)))
    return words[: LONGEST_SLUG - 5].strip("-")


def taken_by_the_site() -> frozenset[str]:
    """Return the first words of the site's own addresses, as its pages declare them."""
    rules = (rule.rule for rule in current_app.url_map.iter_rules())
    return RESERVED | {found[1] for rule in rules if (found := FIRST_WORD.match(rule))}


def _exists(slug: str) -> bool:
    return db.session.scalar(select(Community.id).where(Community.slug == slug)) is not None


def territory_names() -> list[str]:
    """Return the names of the groups of communities, in order."""
    return sorted(db.session.scalars(select(Territory.name)), key=str.casefold)


def _territory(name: str) -> Territory | None:
    name = " ".join(name.split())
    if not name:
        return None
    known = {each.name.casefold(): each for each in db.session.scalars(select(Territory))}
    if name.casefold() in known:
        return known[name.casefold()]
    taken = {each.slug for each in known.values()}
    plain = plain_words(name) or "territoire"
    slugs = (plain if number == 1 else f"{plain}-{number}" for number in count(1))
    territory = Territory(slug=next(slug for slug in slugs if slug not in taken), name=name)
    db.session.add(territory)
    db.session.flush()
    return territory
