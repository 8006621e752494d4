"""The dated things of direct sales: baskets to fetch, and goods to bring."""

from collections.abc import Sequence
from datetime import datetime

from flask import url_for

from freeco.i18n import said
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.module import AgendaItem
from freeco_direct_sales import baskets, catalogue, distributions
from freeco_direct_sales.models import Distribution


def items(
    community: Community, member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    """Return the distributions where this member fetches a basket or delivers for a farm."""
    coming = distributions.distributions_of(community, since, until)
    return [*_to_fetch(community, member, coming), *_to_bring(community, member, coming)]


def _to_fetch(
    community: Community, member: Member, coming: Sequence[Distribution]
) -> list[AgendaItem]:
    household = households.find_household(member)
    if household is None:
        return []
    found = []
    for each in coming:
        lines = [line for line in baskets.basket_of(household, each) if not line.cancelled]
        if lines:
            names = ", ".join(dict.fromkeys(line.product for line in lines))
            url = url_for(
                "direct_sales_subscriptions.my_basket",
                community=community.slug,
                distribution_id=each.id,
            )
            found.append(_item(said("Distribution : %(what)s", what=names), each, url))
    return found


def _to_bring(
    community: Community, member: Member, coming: Sequence[Distribution]
) -> list[AgendaItem]:
    mine = {
        each.id for each in catalogue.producers_of(community) if catalogue.acts_for(each, member)
    }
    if not mine:
        return []
    found = []
    for each in coming:
        for delivery in distributions.deliveries_at(each):
            producer = delivery.contract.producer
            if producer.id in mine and delivery.cancelled_at is None:
                url = url_for(
                    "direct_sales_distributions.harvest",
                    community=community.slug,
                    distribution_id=each.id,
                    producer_id=producer.id,
                )
                title = said("À apporter : %(what)s", what=delivery.contract.name)
                found.append(_item(title, each, url))
    return found


def _item(title: str, distribution: Distribution, url: str) -> AgendaItem:
    return AgendaItem(
        title=title,
        starts_at=distribution.starts_at,
        ends_at=distribution.ends_at,
        place=distribution.place,
        url=url,
    )
