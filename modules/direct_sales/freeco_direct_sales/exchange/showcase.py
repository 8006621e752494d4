"""What anybody may know of direct sales: the dates, and the contracts one may still take.

The gazette tells the same. Nothing here says who takes what, nor how to reach anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from freeco.clock import now
from freeco.i18n import said
from freeco.listings import decimal
from freeco.members.models import Community
from freeco.module import AgendaItem
from freeco_direct_sales import contracts, distributions
from freeco_direct_sales.models import (
    ContractProduct,
    ContractState,
    Distribution,
    Producer,
    SeasonContract,
)

AHEAD = timedelta(days=92)
BEHIND = timedelta(days=31)
"""Kept in the calendars that follow the feed."""
Thing = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """What is on the public page."""

    evenings: Sequence[Distribution]
    offered: Sequence[tuple[SeasonContract, int | None]]
    """The open contracts and how many places are left, none without limit."""


def shown(community: Community) -> Shown:
    """Return what anybody may read today."""
    found = [each for each in contracts.contracts_of(community) if each.state == ContractState.OPEN]
    return Shown(
        distributions.distributions_of(community, now(), now() + AHEAD),
        [(each, contracts.places_left(each)) for each in found],
    )


def calendar(community: Community, address: str) -> list[AgendaItem]:
    """Return the distributions for a calendar anybody may follow."""
    return [
        AgendaItem(
            title=said("Distribution des paniers"),
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            place=each.place,
            url=address,
            key=f"direct_sales.distribution:{each.id}",
        )
        for each in distributions.distributions_of(community, now() - BEHIND, now() + 4 * AHEAD)
    ]


def schema_org(community: Community, on_page: Shown, address: str) -> Thing:
    """Return the page as schema.org says it, for search engines."""
    producers = {each.producer_id: each.producer for each, _left in on_page.offered}
    return {
        "@context": "https://schema.org",
        "@graph": [
            *(_business(each, address) for each in producers.values()),
            *(
                _product(held, left, address)
                for each, left in on_page.offered
                for held in each.products
            ),
            *(_event(community, each, address) for each in on_page.evenings),
        ],
    }


def _business(producer: Producer, address: str) -> Thing:
    found: Thing = {
        "@type": "LocalBusiness",
        "@id": f"{address}#producteur-{producer.id}",
        "name": producer.name,
    }
    if producer.presentation:
        found["description"] = producer.presentation
    if producer.place:
        found["address"] = {"@type": "PostalAddress", "addressLocality": producer.place}
    return found


def _product(held: ContractProduct, left: int | None, address: str) -> Thing:
    producer = held.contract.producer
    return {
        "@type": "Product",
        "@id": f"{address}#produit-{held.id}",
        "name": held.name,
        "brand": {"@type": "Brand", "name": producer.name},
        "offers": {
            "@type": "Offer",
            "price": decimal(held.price.cents, "."),
            "priceCurrency": held.price.currency,
            "availability": f"https://schema.org/{'SoldOut' if left == 0 else 'InStock'}",
            "validThrough": held.contract.season_end.isoformat(),
            "seller": {"@id": f"{address}#producteur-{producer.id}"},
            "url": address,
        },
    }


def _event(community: Community, each: Distribution, address: str) -> Thing:
    return {
        "@type": "Event",
        "@id": f"{address}#distribution-{each.id}",
        "name": said("Distribution des paniers"),
        "startDate": each.starts_at.isoformat(),
        "endDate": each.ends_at.isoformat(),
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "eventStatus": "https://schema.org/EventScheduled",
        "location": {"@type": "Place", "name": each.place, "address": each.place},
        "organizer": {"@type": "Organization", "name": community.name},
    }
