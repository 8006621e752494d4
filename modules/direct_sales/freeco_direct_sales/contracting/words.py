"""How absences are said to people."""

from sqlalchemy import or_, select

from freeco.db import db
from freeco.i18n import day, moment, said
from freeco_direct_sales.contracting.models import (
    Absence,
    AbsenceKind,
    SharedBasket,
    SharingWay,
    Trial,
)
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Delivery, Distribution, Subscription


def _day(delivery: Delivery) -> str:
    return day(local_day(delivery.distribution))


def absence(found: Absence) -> str:
    """Say what becomes of a basket, to its household."""
    when = _day(found.delivery)
    if found.kind == AbsenceKind.CREDITED:
        return said("%(day)s : joker posé, le panier n’est pas dû.", day=when)
    if found.kind == AbsenceKind.LOST:
        return said("%(day)s : joker posé, le panier reste dû et il est donné.", day=when)
    if found.kind == AbsenceKind.MOVED and found.to_delivery is not None:
        return said(
            "%(day)s : panier pris le %(other)s, %(place)s.",
            day=when,
            other=_day(found.to_delivery),
            place=found.to_delivery.distribution.place,
        )
    name = found.to_household.name if found.to_household is not None else ""
    if found.agreed_at is None:
        return said(
            "%(day)s : panier proposé à %(name)s, qui n’a pas répondu.", day=when, name=name
        )
    if found.kind == AbsenceKind.LENT:
        return said("%(day)s : panier prêté à %(name)s.", day=when, name=name)
    return said("%(day)s : panier donné à %(name)s.", day=when, name=name)


def shared(subscription: Subscription) -> list[str]:
    """Say that a place is shared, without the name of the other household."""
    way = db.session.scalar(
        select(SharedBasket.way).where(
            SharedBasket.ended_at.is_(None),
            or_(
                SharedBasket.first_id == subscription.id,
                SharedBasket.second_id == subscription.id,
            ),
        )
    )
    if way == SharingWay.TURNS:
        return [said("Place partagée avec un autre foyer : chacun prend une livraison sur deux.")]
    if way == SharingWay.HALVES:
        return [
            said(
                "Place partagée avec un autre foyer : une moitié de panier chacun à chaque "
                "livraison ; chacun règle le panier entier une livraison sur deux."
            )
        ]
    return []


def trial(subscription: Subscription) -> list[str]:
    """Say that only a trial is agreed so far, when it is."""
    found = db.session.get(Trial, subscription.id)
    if found is None or found.confirmed_at is not None:
        return []
    if found.dropped_at is not None:
        return [said("Essai seulement : le foyer n’a pas pris la suite.")]
    return [
        said(
            "Essai : seules ces livraisons sont convenues. La suite de la saison ne l’est que si "
            "le foyer la confirme avant le %(day)s ; sans réponse, l’essai s’arrête là.",
            day=moment(found.decide_by),
        )
    ]


def late(subscription: Subscription) -> list[str]:
    """Say that a season had begun when its contract was signed, when it had."""
    passed = db.session.scalar(
        select(Delivery.id)
        .join(Distribution, Distribution.id == Delivery.distribution_id)
        .where(
            Delivery.contract_id == subscription.contract_id,
            Delivery.cancelled_at.is_(None),
            Distribution.starts_at < subscription.subscribed_at,
        )
        .limit(1)
    )
    if passed is None:
        return []
    return [
        said(
            "Contrat pris en cours de saison : seules les livraisons à venir au jour de la "
            "signature sont dues."
        )
    ]


def taken(found: Absence) -> str:
    """Say what becomes of a basket, to the household that takes it."""
    who, when = found.subscription.household.name, _day(found.delivery)
    if found.agreed_at is None:
        return said("%(name)s vous propose son panier du %(day)s.", name=who, day=when)
    return said("Vous prenez le panier de %(name)s le %(day)s.", name=who, day=when)
