"""Exercises for a rehearsal, ticked by what was really done there since it was made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import ColumnElement, and_, exists, or_, select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _
from freeco.kernel_models import PublishedEvent
from freeco.members.models import Community
from freeco.module import Text
from freeco.payments.models import Payment, PaymentStep, State
from freeco_direct_sales.events import ContractOpened
from freeco_direct_sales.handover.models import HandoverNote, RehearsedSeason
from freeco_direct_sales.models import (
    ContractState,
    Delivery,
    Distribution,
    Print,
    Producer,
    SeasonContract,
    Subscription,
)
from freeco_direct_sales.shifts.models import Shift, ShiftSignup
from freeco_direct_sales.telling.models import Shortage

Fact = Callable[[Community, datetime], ColumnElement[bool]]


@dataclass(frozen=True)
class Exercise:
    """Something to try: what, how, where, and whether it was done."""

    title: Text
    how: Text
    url: str
    done: bool


def ready_at(community: Community) -> datetime | None:
    """Return since when a false season stands here; none where there is none to rehearse."""
    found = db.session.get(RehearsedSeason, community.id)
    return found.ready_at if found is not None else None


def note_ready(community: Community) -> None:
    """Note that the false season is there: all that follows is somebody's own doing."""
    db.session.add(RehearsedSeason(community=community))


def exercises(community: Community) -> list[Exercise]:
    """Return the exercises with those already done; two queries. None outside of a rehearsal."""
    since = ready_at(community)
    if since is None:
        return []
    done = db.session.execute(select(*(fact(community, since) for _t, _h, fact in ALL))).one()
    urls = _urls(community)
    return [
        Exercise(title, how, url, bool(was))
        for (title, how, _fact), url, was in zip(ALL, urls, done, strict=True)
    ]


def _urls(community: Community) -> list[str]:
    """Return where each exercise begins, in the order of ALL."""
    draft = db.session.scalar(
        select(SeasonContract.id)
        .where(
            SeasonContract.community_id == community.id,
            SeasonContract.state == ContractState.DRAFT,
        )
        .order_by(SeasonContract.id)
        .limit(1)
    )
    coming = db.session.scalar(
        select(Distribution.id)
        .where(Distribution.community_id == community.id, Distribution.ends_at > now())
        .order_by(Distribution.starts_at)
        .limit(1)
    )
    contracts = url_for("direct_sales_contracts.index")
    evening = (
        url_for("direct_sales_distributions.page", distribution_id=coming)
        if coming is not None
        else url_for("direct_sales_distributions.index")
    )
    return [
        url_for("direct_sales_contracts.manage", contract_id=draft) if draft else contracts,
        url_for("rehearsal.places"),
        evening,
        url_for("direct_sales_shifts.index"),
        url_for("direct_sales_shifts.index"),
        evening,
        url_for("rehearsal.places"),
        url_for("direct_sales_handover.notes_page"),
    ]


def _opened(community: Community, since: datetime) -> ColumnElement[bool]:
    return exists().where(
        PublishedEvent.community_id == community.id,
        PublishedEvent.name == ContractOpened.name,
        PublishedEvent.at > since,
    )


def _subscribed(community: Community, since: datetime) -> ColumnElement[bool]:
    return exists().where(
        Subscription.contract_id == SeasonContract.id,
        SeasonContract.community_id == community.id,
        Subscription.subscribed_at > since,
    )


def _printed(community: Community, since: datetime) -> ColumnElement[bool]:
    return exists().where(
        Print.distribution_id == Distribution.id,
        Distribution.community_id == community.id,
        Print.printed_at > since,
    )


def _withdrawn(community: Community, since: datetime) -> ColumnElement[bool]:
    return exists().where(
        ShiftSignup.shift_id == Shift.id,
        Shift.distribution_id == Distribution.id,
        Distribution.community_id == community.id,
        ShiftSignup.withdrawn_at > since,
    )


def _replaced(community: Community, since: datetime) -> ColumnElement[bool]:
    return exists().where(
        ShiftSignup.shift_id == Shift.id,
        Shift.distribution_id == Distribution.id,
        Distribution.community_id == community.id,
        ShiftSignup.signed_at > since,
    )


def _missing(community: Community, since: datetime) -> ColumnElement[bool]:
    cancelled = exists().where(
        Delivery.distribution_id == Distribution.id,
        Distribution.community_id == community.id,
        Delivery.cancelled_at > since,
    )
    told = exists().where(
        Shortage.producer_id == Producer.id,
        Producer.community_id == community.id,
        Shortage.said_at > since,
    )
    return or_(cancelled, told)


def _bounced(community: Community, since: datetime) -> ColumnElement[bool]:
    return exists().where(
        and_(
            PaymentStep.payment_id == Payment.id,
            Payment.community_id == community.id,
            PaymentStep.after == State.FAILED,
            PaymentStep.at > since,
        )
    )


def _noted(community: Community, since: datetime) -> ColumnElement[bool]:
    return exists().where(
        HandoverNote.community_id == community.id, HandoverNote.written_at > since
    )


ALL: tuple[tuple[Text, Text, Fact], ...] = (
    (
        _("Ouvrir un contrat"),
        _(
            "Un contrat de la saison prochaine est en préparation : relisez ses prix et ses "
            "dates, puis ouvrez-le."
        ),
        _opened,
    ),
    (
        _("Choisir un panier comme un membre"),
        _("Prenez la place d’un membre, ouvrez un contrat et signez-le jusqu’au bout."),
        _subscribed,
    ),
    (
        _("Imprimer la feuille de jeudi"),
        _("La feuille a été imprimée, puis quelque chose a changé : imprimez-la de nouveau."),
        _printed,
    ),
    (
        _("Dire qu’on ne peut pas venir"),
        _(
            "Ouvrez une permanence à venir et libérez-la : les foyers qui en doivent encore "
            "sont prévenus. Le courrier de la répétition montre les lettres."
        ),
        _withdrawn,
    ),
    (
        _("Remplacer quelqu’un jeudi"),
        _("Prenez une autre place, et inscrivez-vous à une permanence libre."),
        _replaced,
    ),
    (
        _("Une récolte manque"),
        _(
            "Sur la page de la distribution, annulez une livraison avec sa raison : chaque "
            "foyer est prévenu."
        ),
        _missing,
    ),
    (
        _("Un chèque revient"),
        _(
            "Prenez la place de qui tient les paiements. Dans les paiements, ouvrez un chèque "
            "encaissé et notez qu’il est revenu : il est dû de nouveau."
        ),
        _bounced,
    ),
    (
        _("Écrire une note de passage"),
        _("Écrivez ce que la personne suivante doit savoir et qu’aucune page ne dit."),
        _noted,
    ),
)
