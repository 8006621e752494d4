"""What direct sales know about some words: producers, products, and codes read on paper."""

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.cells import says
from freeco.db import db
from freeco.i18n import day, said
from freeco.members.models import Community, Member
from freeco.module import Found, Ref, RefLabel
from freeco_direct_sales import catalogue, contracts, distributions, subscriptions
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Producer, Product, Subscription

MOST_FOUND = 20


def find(community: Community, member: Member, words: str) -> list[Found]:
    """Return the producers, contracts and products these words name, and the paper of a code."""
    found = _by_code(community, member, words.strip().upper())
    found += _producers(community, words)
    found += _contracts(community, words)
    found += _products(community, words)
    return found[:MOST_FOUND]


def _producers(community: Community, words: str) -> list[Found]:
    return [
        Found(each.name, each.place, _producer_url(community, each.id))
        for each in catalogue.producers_of(community)
        if says(words, each.name, each.place)
    ]


def _contracts(community: Community, words: str) -> list[Found]:
    return [
        Found(
            each.name,
            said("Contrat"),
            url_for("direct_sales_contracts.page", community=community.slug, contract_id=each.id),
        )
        for each in contracts.contracts_of(community)
        if says(words, each.name)
    ]


def _products(community: Community, words: str) -> list[Found]:
    products = db.session.scalars(
        select(Product)
        .join(Producer)
        .where(Producer.community_id == community.id, Product.available)
        .options(joinedload(Product.producer))
        .order_by(Product.name)
    )
    return [
        Found(each.name, each.producer.name, _producer_url(community, each.producer_id))
        for each in products
        if says(words, each.name)
    ]


def _producer_url(community: Community, producer_id: int) -> str:
    return url_for("direct_sales.producer", community=community.slug, producer_id=producer_id)


def _by_code(community: Community, member: Member, code: str) -> list[Found]:
    digits = code[1:]
    if code[:1] == "D" and digits.isascii() and digits.isdigit() and len(digits) < 9:
        for each in distributions.distributions_of(community):
            if each.id == int(digits):
                url = url_for(
                    "direct_sales_distributions.page",
                    community=community.slug,
                    distribution_id=each.id,
                )
                return [Found(said("Distribution"), day(local_day(each)), url)]
    subscription = db.session.scalar(select(Subscription).where(Subscription.code == code))
    if subscription is None or subscription.contract.community_id != community.id:
        return []
    if not subscriptions.is_of_household(subscription, member) and not catalogue.acts_for(
        subscription.contract.producer, member
    ):
        return []
    url = url_for(
        "direct_sales_subscriptions.page",
        community=community.slug,
        subscription_id=subscription.id,
    )
    return [Found(subscription.contract.name, subscription.code, url)]


def label(ref: Ref) -> RefLabel | None:
    """Name a subscription that a link points to."""
    subscription = db.session.get(Subscription, ref.id)
    if subscription is None:
        return None
    community = subscription.contract.community
    return RefLabel(
        subscription.contract.name,
        url_for(
            "direct_sales_subscriptions.page",
            community=community.slug,
            subscription_id=subscription.id,
        ),
    )
