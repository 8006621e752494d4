"""The dated things of direct sales: baskets to fetch, and goods to bring."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for
from sqlalchemy import func, select

from freeco.db import db
from freeco.i18n import said
from freeco.members import households
from freeco.members.models import Community, Household, Member
from freeco.module import AgendaItem
from freeco_direct_sales import catalogue
from freeco_direct_sales.contracting.taking import taken_by, with_takers
from freeco_direct_sales.models import (
    Change,
    ContractProduct,
    Delivery,
    Distribution,
    SeasonContract,
    Subscription,
    SubscriptionLine,
)
from freeco_direct_sales.orders import on_the_table
from freeco_direct_sales.shifts import cards as shift_cards

Changes = Mapping[int, tuple[int, datetime]]
"""By distribution: how many changes were made, and when the last one was."""


@dataclass
class Dated:
    """What one distribution is about, for somebody."""

    distribution: Distribution
    names: list[str] = field(default_factory=list)


def items(
    community: Community, member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    """Return where this member fetches a basket, delivers for a farm, or is on duty."""
    return [
        *_to_fetch(community, member, since, until),
        *_to_bring(community, member, since, until),
        *shift_cards.agenda(community, member, since, until),
    ]


def baskets_between(household: Household, since: datetime, until: datetime) -> list[Dated]:
    """Return what a household fetches at each distribution, the soonest first; two queries."""
    query = with_takers(
        select(Distribution, ContractProduct.name)
        .join(Delivery, Delivery.distribution_id == Distribution.id)
        .join(SubscriptionLine, SubscriptionLine.delivery_id == Delivery.id)
        .join(Subscription, Subscription.id == SubscriptionLine.subscription_id)
        .join(ContractProduct, ContractProduct.id == SubscriptionLine.contract_product_id)
        .where(
            Subscription.withdrawn_at.is_(None),
            SubscriptionLine.quantity > 0,
            Delivery.cancelled_at.is_(None),
            Distribution.ends_at >= since,
            Distribution.starts_at < until,
        )
        .order_by(Distribution.starts_at, Distribution.id, ContractProduct.id)
    )
    found: dict[int, Dated] = {}
    for distribution, name in (
        *db.session.execute(query.where(taken_by(household.id))),
        *on_the_table.to_fetch(household, since, until),
    ):
        found.setdefault(distribution.id, Dated(distribution)).names.append(name)
    return sorted(found.values(), key=lambda each: each.distribution.starts_at)


def _to_fetch(
    community: Community, member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    household = households.find_household(member)
    if household is None:
        return []
    coming = baskets_between(household, since, until)
    changes = _changes((each.distribution.id for each in coming), household)
    return [
        _item(
            said("Distribution : %(what)s", what=", ".join(dict.fromkeys(each.names))),
            each.distribution,
            url_for(
                "direct_sales_subscriptions.my_basket",
                community=community.slug,
                distribution_id=each.distribution.id,
            ),
            f"direct_sales.basket:{each.distribution.id}",
            changes,
        )
        for each in coming
    ]


def _to_bring(
    community: Community, member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    mine = {each.id for each in catalogue.represented_by(community, member)}
    if not mine:
        return []
    rows = db.session.execute(
        select(Distribution, SeasonContract)
        .join(Delivery, Delivery.distribution_id == Distribution.id)
        .join(SeasonContract, SeasonContract.id == Delivery.contract_id)
        .where(
            SeasonContract.producer_id.in_(mine),
            Delivery.cancelled_at.is_(None),
            Distribution.ends_at >= since,
            Distribution.starts_at < until,
        )
        .order_by(Distribution.starts_at, SeasonContract.id)
    ).all()
    changes = _changes({distribution.id for distribution, _contract in rows}, None)
    return [
        _item(
            said("À apporter : %(what)s", what=contract.name),
            distribution,
            url_for(
                "direct_sales_distributions.harvest",
                community=community.slug,
                distribution_id=distribution.id,
                producer_id=contract.producer_id,
            ),
            f"direct_sales.delivery:{distribution.id}:{contract.id}",
            changes,
        )
        for distribution, contract in rows
    ] + [
        _item(
            said("À apporter : %(what)s", what=session.name),
            distribution,
            url_for(
                "direct_sales_following.producer_page",
                community=community.slug,
                session_id=session.id,
                producer_id=producer_id,
            ),
            f"direct_sales.order:{distribution.id}:{session.id}:{producer_id}",
            {},
        )
        for distribution, session, producer_id in on_the_table.to_bring(list(mine), since, until)
    ]


def _changes(distributions: Iterable[int], household: Household | None) -> Changes:
    """Count what changed for everybody, and for one household if it is given."""
    everybody = Change.household_id.is_(None)
    concerned = (
        everybody if household is None else everybody | (Change.household_id == household.id)
    )
    return {
        distribution_id: (many, latest)
        for distribution_id, many, latest in db.session.execute(
            select(Delivery.distribution_id, func.count(Change.id), func.max(Change.changed_at))
            .join(Change, Change.delivery_id == Delivery.id)
            .where(Delivery.distribution_id.in_(list(distributions)), concerned)
            .group_by(Delivery.distribution_id)
        )
    }


def _item(
    title: str, distribution: Distribution, url: str, key: str, changes: Changes
) -> AgendaItem:
    many, latest = changes.get(distribution.id, (0, None))
    return AgendaItem(
        title=title,
        starts_at=distribution.starts_at,
        ends_at=distribution.ends_at,
        place=distribution.place,
        url=url,
        key=key,
        changes=many,
        changed_at=latest,
    )
