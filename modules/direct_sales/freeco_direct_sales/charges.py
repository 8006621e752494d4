"""The day's work of who prepares the season, as cards."""

from collections.abc import Iterator
from datetime import timedelta

from flask import url_for
from sqlalchemy import func, select

from freeco.clock import now, today
from freeco.db import db
from freeco.i18n import counted, day_and_month, listed, said
from freeco.members.models import Community
from freeco.module import Card
from freeco_direct_sales import contracts, distributions
from freeco_direct_sales.local import hours, local_day
from freeco_direct_sales.models import (
    Change,
    ContractState,
    Delivery,
    Distribution,
    Print,
    SeasonContract,
    Subscription,
    SubscriptionLine,
)

SOON = timedelta(days=7)
FEW = 3
"""Names written out on a card."""


# Whoever prepares the season


def of_coordinator(community: Community) -> Iterator[Card]:
    """Give the sheet of the week, what changed since, what waits for a signature, the drafts."""
    following = distributions.next_distribution(community)
    if following is not None and following.starts_at < now() + SOON:
        yield _sheet(community, following)
        yield from _to_tell(community, following)
    yield from _to_countersign(community)
    yield from _drafts(community)


def _sheet(community: Community, distribution: Distribution) -> Card:
    is_today = local_day(distribution) == today(community.timezone)
    many = _households_at(distribution)
    return Card(
        title=said("La feuille de ce soir")
        if is_today
        else said("La feuille du %(day)s", day=day_and_month(local_day(distribution))),
        text=said(
            "%(households)s, %(place)s, %(hours)s.",
            households=counted("%(num)s foyer attendu", "%(num)s foyers attendus", many),
            place=distribution.place,
            hours=hours(distribution),
        ),
        url=url_for(
            "direct_sales_distributions.sheet",
            community=community.slug,
            distribution_id=distribution.id,
        ),
        action=said("Ouvrir la feuille"),
        urgent=True,
        hat="coordinator",
    )


def _households_at(distribution: Distribution) -> int:
    return (
        db.session.scalar(
            select(func.count(Subscription.household_id.distinct()))
            .join(SubscriptionLine, SubscriptionLine.subscription_id == Subscription.id)
            .join(Delivery, Delivery.id == SubscriptionLine.delivery_id)
            .where(
                Delivery.distribution_id == distribution.id,
                Delivery.cancelled_at.is_(None),
                SubscriptionLine.quantity > 0,
                Subscription.withdrawn_at.is_(None),
            )
        )
        or 0
    )


def _to_tell(community: Community, distribution: Distribution) -> Iterator[Card]:
    """Show what changed since the sheet was printed: nobody at the table would know."""
    printed = db.session.scalar(
        select(func.max(Print.printed_at)).where(
            Print.distribution_id == distribution.id, Print.producer_id.is_(None)
        )
    )
    if printed is None:
        return
    many = db.session.scalar(
        select(func.count(Change.id))
        .join(Delivery, Delivery.id == Change.delivery_id)
        .where(Delivery.distribution_id == distribution.id, Change.changed_at > printed)
    )
    if many:
        yield Card(
            title=counted(
                "%(num)s changement depuis l’impression",
                "%(num)s changements depuis l’impression",
                many,
            ),
            text=said("À dire aux producteurs et à ceux qui tiennent la table, ou à réimprimer."),
            url=url_for(
                "direct_sales_distributions.page",
                community=community.slug,
                distribution_id=distribution.id,
            ),
            action=said("Voir et réimprimer"),
            urgent=True,
            hat="coordinator",
        )


def _to_countersign(community: Community) -> Iterator[Card]:
    waiting = db.session.execute(
        select(SeasonContract.id, SeasonContract.name, func.count(Subscription.id))
        .join(Subscription, Subscription.contract_id == SeasonContract.id)
        .where(
            SeasonContract.community_id == community.id,
            Subscription.withdrawn_at.is_(None),
            Subscription.producer_signed_at.is_(None),
        )
        .group_by(SeasonContract.id, SeasonContract.name)
        .order_by(func.count(Subscription.id).desc(), SeasonContract.id)
    ).all()
    if waiting:
        many = sum(each[2] for each in waiting)
        yield Card(
            title=counted(
                "%(num)s contrat à faire contresigner",
                "%(num)s contrats à faire contresigner",
                many,
            ),
            text=listed([each[1] for each in waiting[:FEW]]),
            url=url_for(
                "direct_sales_contracts.manage",
                community=community.slug,
                contract_id=waiting[0][0],
            ),
            action=said("Voir qui attend"),
            hat="coordinator",
        )


def _drafts(community: Community) -> Iterator[Card]:
    found = [
        each
        for each in contracts.contracts_of(community, drafts=True)
        if each.state == ContractState.DRAFT
    ]
    if found:
        yield Card(
            title=counted(
                "%(num)s contrat en préparation", "%(num)s contrats en préparation", len(found)
            ),
            text=listed([each.name for each in found[:FEW]]),
            url=url_for(
                "direct_sales_contracts.manage",
                community=community.slug,
                contract_id=found[0].id,
            ),
            action=said("Finir de le préparer"),
            hat="coordinator",
        )
