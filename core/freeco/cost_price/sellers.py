"""Sellers in the platform's book, which everybody reads: each is a drawn number."""

import secrets
from collections.abc import Iterable

from sqlalchemy import select

from freeco.accounting.recording import platform_book
from freeco.cost_price.share_models import CostSeller
from freeco.db import db, lock
from freeco.organisations.models import Organisation

SMALLEST, LARGEST = 10_000_000, 99_999_999
"""Eight digits: no number tells which seller came first."""


def number_of(organisation: Organisation) -> int:
    """Return the number of a seller in the platform's book, drawn once and kept apart."""
    return _number(organisation.id)


def party_in_book(organisation: Organisation) -> str:
    """Return a seller as the platform's book names it."""
    return f"core:seller:{number_of(organisation)}"


def as_drawn(organisation_ids: Iterable[int]) -> list[int]:
    """Return organisations in the order of their drawn numbers.

    What is written one after another, organisation by organisation, would tell by its order what
    the numbers keep to themselves.
    """
    return sorted(organisation_ids, key=_number)


def _number(organisation_id: int) -> int:
    found = db.session.get(CostSeller, organisation_id)
    if found is None:
        lock(platform_book())
        found = db.session.get(CostSeller, organisation_id, populate_existing=True)
    if found is None:
        found = CostSeller(organisation_id=organisation_id, number=_drawn())
        db.session.add(found)
        db.session.flush()
    return found.number


def _drawn() -> int:
    taken = set(db.session.scalars(select(CostSeller.number)))
    while (number := SMALLEST + secrets.randbelow(LARGEST - SMALLEST + 1)) in taken:
        pass
    return number
