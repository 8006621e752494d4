"""Parties: who owes and who is owed, as the references that books and payments keep.

A name never enters the books (erasing somebody must leave the proofs): it is looked up here,
when a page shows it.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Household, Person
from freeco.organisations.models import Organisation

PLATFORM = "core:platform:0"
"""The platform cooperative itself, in the books of others."""


def party_of(body: Household | Organisation | Person | None) -> str:
    """Return the reference of a household, an organisation, a person, or the platform (None)."""
    if body is None:
        return PLATFORM
    kind = {Household: "household", Organisation: "organisation", Person: "person"}[type(body)]
    return f"core:{kind}:{body.id}"


def names(parties: Iterable[str]) -> Mapping[str, str]:
    """Return the names behind references, in one query a kind; an unknown one has no name."""
    wanted = set(parties)
    found = {PLATFORM: "Freeco"} if PLATFORM in wanted else {}
    for kind, model in (("household", Household), ("organisation", Organisation)):
        prefix = f"core:{kind}:"
        ids = [int(each.removeprefix(prefix)) for each in wanted if each.startswith(prefix)]
        if ids:
            rows = db.session.execute(select(model.id, model.name).where(model.id.in_(ids)))
            found.update({f"{prefix}{row.id}": row.name for row in rows})
    people = [int(each.rsplit(":", 1)[1]) for each in wanted if each.startswith("core:person:")]
    if people:
        for person in db.session.scalars(select(Person).where(Person.id.in_(people))):
            found[f"core:person:{person.id}"] = person.name
    return found


def name(party: str) -> str:
    """Return the name behind one reference; empty when it is unknown."""
    return names([party]).get(party, "")
