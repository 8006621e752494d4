"""Founding a community: its first steward comes in with it."""

import re

from sqlalchemy import select

from freeco.db import db
from freeco.errors import Refusal
from freeco.i18n import _
from freeco.members import accounts, membership
from freeco.members.models import STEWARD, Community, Person
from freeco.plugins import Plugins

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 60
TAKEN_BY_THE_SITE = frozenset(
    {"api", "charte", "connexion", "courrier", "courrier-envoye", "deconnexion", "inscription"}
    | {"invitation", "langue", "lien", "moi", "static", "design"}
)
"""First words of the site's own addresses."""


class BadSlug(Refusal):
    """The address of a community is written in plain letters, and is its own."""

    reason = _(
        "L’adresse s’écrit en minuscules sans accents, chiffres et tirets, "
        "et ne doit pas être déjà prise."
    )
    status = 422


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
    known = db.session.scalar(select(Community.id).where(Community.slug == slug))
    well_written = SLUG.fullmatch(slug) and len(slug) <= LONGEST_SLUG
    if not well_written or slug in TAKEN_BY_THE_SITE or known is not None:
        raise BadSlug
    community = Community(slug=slug, name=name, commune=commune)
    db.session.add(community)
    address = accounts.normal_email(email)
    person = db.session.scalar(select(Person).where(Person.email == address))
    if person is None:
        first_name, last_name = accounts.normal_names(first_name, last_name)
        person = Person(first_name=first_name, last_name=last_name, email=address)
        db.session.add(person)
    db.session.flush()
    member = membership.join(plugins, community, person, person)
    membership.grant(member, STEWARD)
    accounts.send_sign_in_link(address, f"/{slug}/")
    return community
