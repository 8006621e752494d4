"""Sellers: the legal entity behind a producer, in whose book its sales are written."""

from sqlalchemy import String, cast, func, literal, select

from freeco.accounting.models import Book
from freeco.accounting.recording import book_of
from freeco.db import db, lock
from freeco.kernel import kernel
from freeco.members.models import Member
from freeco.money import Money
from freeco.organisations import services as organisations
from freeco.organisations.being_paid import MONEY_ROLES
from freeco.organisations.models import Organisation, OrganisationKind, OrganisationRole, Role
from freeco.payments.models import OPEN, Method, Payment
from freeco.payments.providers import ready_for
from freeco_direct_sales.models import Producer, SeasonContract, Subscription
from freeco_direct_sales.orders.settling_models import PURPOSE, OrderSale
from freeco_direct_sales.sales_models import Committed, Delivered


def seller(producer: Producer) -> Organisation:
    """Return the organisation that sells what a producer brings; register it the first time.

    The one that signs, if the producer's member is an organisation, once what another one has
    promised is delivered and paid; the one where the person who signs keeps the money, if it
    bears the farm's name or number; else a new one. With nobody who signs, it stands without
    members: the treasurer alone sees to its payments.
    """
    lock(producer)
    producer.organisation = _sold_by(producer)
    if producer.organisation is None:
        producer.organisation = _the_same(producer) or _registered(producer)
        db.session.flush()
    return _joined(producer, producer.organisation)


def _sold_by(producer: Producer) -> Organisation | None:
    member, before = producer.member, producer.organisation
    signs = member.organisation if member is not None else None
    if signs is None or (before is not None and before is not signs and _under_way(producer)):
        return before
    return signs


def _under_way(producer: Producer) -> bool:
    """Whether something that was promised is not delivered, or not paid: it stays in its book."""
    theirs = (
        select(Subscription.id)
        .join(SeasonContract, SeasonContract.id == Subscription.contract_id)
        .where(SeasonContract.producer_id == producer.id)
    )
    promised, delivered = (
        db.session.scalar(select(func.sum(model.amount)).where(model.subscription_id.in_(theirs)))
        or Money(0)
        for model in (Committed, Delivered)
    )
    waiting = (
        select(Payment.id)
        .join(Subscription, Subscription.purpose == Payment.purpose)
        .where(Subscription.id.in_(theirs), Payment.state.in_(OPEN))
    )
    ordered = (
        select(Payment.id)
        .join(OrderSale, Payment.purpose == literal(PURPOSE) + cast(OrderSale.id, String))
        .where(OrderSale.producer_id == producer.id, Payment.state.in_(OPEN))
    )
    return promised != delivered or any(
        db.session.scalar(each.limit(1)) is not None for each in (waiting, ordered)
    )


def _joined(producer: Producer, organisation: Organisation) -> Organisation:
    """Let who signs see to the money, when nobody could so far: none was there to register it."""
    member = producer.member
    if member is None or member.person_id is None or member.left_at is not None:
        return organisation
    known = select(Member.id).where(Member.organisation_id == organisation.id)
    if db.session.scalar(known.limit(1)) is None:
        organisations.join(
            kernel().plugins,
            producer.community,
            organisation,
            member,
            Role.PRODUCER,
            by_somebody_else=True,
        )
    return organisation


def ways_to_pay(producer: Producer) -> list[Method]:
    """Return the means by which a producer can be paid today: a cheque always, others if ready."""
    sold_by = _sold_by(producer)
    return ready_for(sold_by) if sold_by is not None else [Method.CHEQUE]


def book(producer: Producer) -> Book:
    """Return the book of a producer's seller, as its community sees it."""
    return book_of(seller(producer), producer.community)


def _the_same(producer: Producer) -> Organisation | None:
    if producer.member is None:
        return None
    found = db.session.scalars(
        select(Organisation)
        .join(OrganisationRole, OrganisationRole.organisation_id == Organisation.id)
        .join(Member, Member.organisation_id == Organisation.id)
        .where(
            OrganisationRole.person_id == producer.member.person_id,
            OrganisationRole.role.in_(MONEY_ROLES),
            Member.community_id == producer.community_id,
            Member.left_at.is_(None),
        )
        .order_by(Organisation.id)
        .distinct()
    ).all()
    name, siret = producer.name.casefold(), producer.siret
    by_number = (each for each in found if siret and each.siret == siret)
    by_name = (each for each in found if each.name.casefold() == name)
    return next(by_number, None) or next(by_name, None)


def _registered(producer: Producer) -> Organisation:
    siret = producer.siret
    if producer.member is not None and producer.member.left_at is None:
        member = organisations.register(
            kernel().plugins,
            producer.community,
            OrganisationKind.INDEPENDENT,
            producer.name,
            founder=producer.member,
            role=Role.PRODUCER,
            siret=siret,
            by_somebody_else=True,
        )
        assert member.organisation is not None  # noqa: S101 - it has just been registered
        return member.organisation
    organisation = Organisation(
        kind=OrganisationKind.INDEPENDENT, name=producer.name, siren=siret[:9], siret=siret
    )
    db.session.add(organisation)
    return organisation
