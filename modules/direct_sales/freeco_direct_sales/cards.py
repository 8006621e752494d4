"""The cards of direct sales: what waits for a member, and the day's work of each charge.

Under each hat only who may do the work finds it: a card gives the right to wear the hat, and the
page behind it asks for the permission, or the role, again.
"""

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import counted, day_and_month, deadline, listed, said, sentence
from freeco.members import households, membership
from freeco.members.models import Community, Household, Member
from freeco.module import Card
from freeco_direct_sales import (
    agenda,
    catalogue,
    charges,
    contracts,
    harvest_lists,
    subscriptions,
)
from freeco_direct_sales.charges import FEW, SOON
from freeco_direct_sales.growing import cards as growing_cards
from freeco_direct_sales.handover import cards as handover_cards
from freeco_direct_sales.local import hours, local_day
from freeco_direct_sales.models import (
    ContractState,
    Delivery,
    Distribution,
    SeasonContract,
)
from freeco_direct_sales.orders import favourites, on_the_table, placing, shopping
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.shifts import cards as shift_cards
from freeco_direct_sales.solidarity import cards as solidarity_cards
from freeco_direct_sales.telling import calls, reading


def cards(community: Community, member: Member) -> list[Card]:
    """Return a member's cards, those of the charges held included."""
    held = membership.permissions_of(member)
    found = [*_of_producer(community, member), *_of_member(community, member)]
    found += shift_cards.cards(community, member)
    found += growing_cards.cards(community, member)
    if COORDINATE.name in held:
        found += handover_cards.of_rehearsal(community)
        found += charges.of_coordinator(community)
        found += solidarity_cards.of_keepers(community)
        found += calls.cards(community)
    return found


# Whoever eats


def _of_member(community: Community, member: Member) -> Iterator[Card]:
    household = households.find_household(member)
    taken = subscriptions.subscriptions_of(household) if household is not None else []
    if household is not None:
        yield from _to_fetch(community, household)
    yield from _to_order(community, household)
    taken_contracts = {each.contract_id for each in taken}
    offered = [
        each
        for each in contracts.contracts_of(community)
        if each.state == ContractState.OPEN and each.id not in taken_contracts
    ]
    if offered:
        yield Card(
            title=counted("%(num)s contrat ouvert", "%(num)s contrats ouverts", len(offered)),
            text=listed([each.name for each in offered[:FEW]]),
            url=url_for("direct_sales_contracts.index", community=community.slug),
            action=said("Choisir mes paniers"),
        )


def _to_order(community: Community, household: Household | None) -> Iterator[Card]:
    """Give the order session that closes first, to a household that has not ordered in it."""
    for each in shopping.taking_orders(community)[:1]:
        if household is not None and placing.standing_order(each, household) is not None:
            continue
        usual = household is not None and bool(favourites.favourite_of(household))
        yield Card(
            title=each.name,
            text=said(
                "Les commandes ferment le %(moment)s.",
                moment=deadline(each.closes_at),
            ),
            url=url_for(
                "direct_sales_orders.shop",
                community=community.slug,
                session_id=each.id,
                panier="habituel" if usual else None,
            ),
            action=said("Commander mon panier habituel") if usual else said("Commander"),
        )


def _to_fetch(community: Community, household: Household) -> Iterator[Card]:
    coming = agenda.baskets_between(household, now(), now() + SOON)
    if not coming:
        return
    distribution, names = coming[0].distribution, list(dict.fromkeys(coming[0].names))
    where = said(
        "%(what)s. %(place)s, %(hours)s.",
        what=listed(names),
        place=distribution.place,
        hours=hours(distribution),
    )
    yield Card(
        title=said("%(day)s : votre panier", day=sentence(day_and_month(local_day(distribution)))),
        text=" ".join([where, *reading.for_household(household, distribution)]),
        url=url_for(
            "direct_sales_subscriptions.my_basket",
            community=community.slug,
            distribution_id=distribution.id,
        ),
        action=said("Voir mon panier"),
        urgent=True,
    )


# Whoever grows, bakes or brings


def _of_producer(community: Community, member: Member) -> Iterator[Card]:
    mine = {each.id: each for each in catalogue.represented_by(community, member)}
    if not mine:
        return
    waiting = subscriptions.awaiting_producer(community, member)
    if waiting:
        yield Card(
            title=counted("%(num)s contrat à signer", "%(num)s contrats à signer", len(waiting)),
            text=said("Des foyers se sont engagés ; votre signature conclut le contrat."),
            url=url_for("direct_sales.home", community=community.slug),
            action=said("Lire et signer"),
            urgent=True,
            hat="producer",
        )
    for producer_id, distribution in _next_to_bring(list(mine)).items():
        harvest = harvest_lists.harvest_list(distribution, mine[producer_id])
        lines = [f"{line.product} ({line.quantity})" for line in harvest.lines]
        yield Card(
            title=said("À apporter le %(day)s", day=day_and_month(local_day(distribution))),
            text=said(
                "%(farm)s. %(what)s",
                farm=mine[producer_id].name,
                what=", ".join(lines[:FEW]) if lines else said("Rien n’est commandé à ce jour."),
            ),
            url=url_for(
                "direct_sales_distributions.harvest",
                community=community.slug,
                distribution_id=distribution.id,
                producer_id=producer_id,
            ),
            action=said("Voir ma liste de récolte"),
            urgent=distribution.starts_at < now() + SOON,
            hat="producer",
        )


def _next_to_bring(producers: list[int]) -> dict[int, Distribution]:
    """Return the next distribution of each of these producers."""
    found: dict[int, Distribution] = {}
    for producer_id, distribution in db.session.execute(
        select(SeasonContract.producer_id, Distribution)
        .join(Delivery, Delivery.contract_id == SeasonContract.id)
        .join(Distribution, Distribution.id == Delivery.distribution_id)
        .where(
            SeasonContract.producer_id.in_(producers),
            SeasonContract.state != ContractState.DRAFT,
            Delivery.cancelled_at.is_(None),
            Distribution.ends_at >= now(),
            Distribution.starts_at < now() + 4 * SOON,
        )
        .order_by(Distribution.starts_at)
    ):
        found.setdefault(producer_id, distribution)
    for distribution, _session, producer_id in on_the_table.to_bring(
        producers, now(), now() + 4 * SOON
    ):
        earlier = found.setdefault(producer_id, distribution)
        if distribution.starts_at < earlier.starts_at:
            found[producer_id] = distribution
    return found
