"""What direct sales tell the gazette: dates and places, never who takes what.

The reason of a cancelled delivery, and a producer's own sentence on what is missing, stay with
those they were written to: they may name somebody.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from freeco.i18n import listed, said, sentence
from freeco.members.models import Community
from freeco.module import Story
from freeco_direct_sales import contracts, distributions, wording
from freeco_direct_sales.local import hours
from freeco_direct_sales.models import ContractState, Delivery, Distribution, SeasonContract
from freeco_direct_sales.telling import showing


def stories(community: Community, since: datetime, until: datetime) -> list[Story]:
    """Return the distributions of a time with what they bring, then the contracts open today."""
    coming = distributions.distributions_of(community, since, until)
    return [
        *(_evening(each) for each in coming if each.starts_at >= since),
        *_offered(community),
    ]


def _evening(distribution: Distribution) -> Story:
    deliveries = distributions.deliveries_at(distribution)
    sentences = [f"{sentence(hours(distribution))}."]
    brought = _names(deliveries, cancelled=False)
    if brought:
        sentences.append(said("On y retire : %(what)s.", what=listed(brought)))
    for each in showing.shortages_at(distribution):
        what = showing.missing(each)
        sentences.append(said("%(farm)s. %(what)s.", farm=each.producer.name, what=what))
    missing = _names(deliveries, cancelled=True)
    if missing:
        sentences.append(said("Pas de livraison ce jour-là : %(what)s.", what=listed(missing)))
    return Story(
        title=said("Distribution des paniers"),
        text=" ".join(sentences),
        at=distribution.starts_at,
        place=distribution.place,
    )


def _names(deliveries: Sequence[Delivery], *, cancelled: bool) -> list[str]:
    return [
        each.contract.name for each in deliveries if (each.cancelled_at is not None) == cancelled
    ]


def _offered(community: Community) -> Iterator[Story]:
    for contract in contracts.contracts_of(community):
        left = contracts.places_left(contract)
        if contract.state == ContractState.OPEN and left != 0:
            yield _contract(contract, left)


def _contract(contract: SeasonContract, left: int | None) -> Story:
    producer = contract.producer
    who = f"{producer.name}, {producer.place}" if producer.place else producer.name
    return Story(
        title=said("On peut s’inscrire : %(name)s", name=contract.name),
        text=f"{who}. {wording.places(left)}.",
    )
