"""The sign-off typed without network: how a line of the queue becomes one of the table."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import url_for
from marshmallow import ValidationError

from freeco.errors import Absent, Invalid, NotAllowed
from freeco.i18n import said
from freeco.members import membership
from freeco.members.models import Member
from freeco.module import OfflineAction, RefLabel
from freeco_direct_sales import distributions
from freeco_direct_sales.collection import expected_household, mark
from freeco_direct_sales.errors import NotOnTheList
from freeco_direct_sales.permissions import AT_THE_TABLE
from freeco_direct_sales.schemas import CollectionSchema


def merge(member: Member, values: Mapping[str, Any], recorded_at: datetime) -> str | None:
    """Write down what a phone noted; return the sentence of a contradiction.

    Raises NotAllowed, NotOnTheList, Invalid.
    """
    if not membership.permissions_of(member) & frozenset(AT_THE_TABLE):
        raise NotAllowed
    typed = dict(values)
    device = str(typed.pop("device"))
    try:
        taken: dict[str, Any] = CollectionSchema().load(typed)
    except ValidationError as error:
        raise Invalid({}) from error
    try:
        distribution = distributions.find_distribution(member.community, taken.pop("distribution"))
    except Absent as error:
        raise NotOnTheList from error
    household_id = taken.pop("household")
    return mark(distribution, household_id, member, at=recorded_at, device=device, **taken)


def told(reader: Member, values: Mapping[str, Any]) -> RefLabel | None:
    """Say whom a line is about and what it says, and lead to the table."""
    try:
        typed = CollectionSchema().load(values)
        distribution = distributions.find_distribution(reader.community, typed["distribution"])
        household = expected_household(distribution, typed["household"])
    except (ValidationError, Absent, NotOnTheList):
        return None
    if not typed["taken"]:
        what = said("pas pris")
    elif typed["taken_by"]:
        what = said("pris par %(name)s", name=typed["taken_by"])
    else:
        what = said("pris")
    url = url_for(
        "direct_sales_collection.page",
        community=reader.community.slug,
        distribution_id=distribution.id,
        _anchor=f"foyer-{household.id}",
    )
    return RefLabel(said("%(who)s : %(what)s", who=household.name, what=what), url)


COLLECTED = OfflineAction("direct_sales.collected", merge, told, AT_THE_TABLE)
