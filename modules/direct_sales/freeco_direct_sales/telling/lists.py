"""Sends each producer the harvest list at their hour, then, once, what has changed since.

Late or twice is harmless: a row for each list says that it was told, and only one can be written.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Community
from freeco.sweeping import one_by_one
from freeco_direct_sales import distributions, harvest_lists
from freeco_direct_sales.models import (
    ContractState,
    Delivery,
    Distribution,
    Producer,
    Product,
    SeasonContract,
)
from freeco_direct_sales.orders.models import Offer, OrderSession, Pickup, SessionState
from freeco_direct_sales.telling import notices, wishes
from freeco_direct_sales.telling.models import Telling, TellingKind
from freeco_direct_sales.telling.wishes import USUAL, Wish

AHEAD = timedelta(days=wishes.MOST_DAYS + 1)


def send_due(community: Community) -> None:
    """Send the lists, and the changes, whose hour has come and whose distribution has not begun.

    Each is committed by itself: one farm's list holds up nobody else's.
    """
    one_by_one("harvest list", _due(community), _send)


Due = tuple[int, int, TellingKind]
"""Of which distribution, to which producer, by id, and what."""


def _due(community: Community) -> list[Due]:
    coming = [
        each
        for each in distributions.distributions_of(community, since=now(), until=now() + AHEAD)
        if each.starts_at > now()
    ]
    told = _told_at(coming)
    expected = [(each, producer) for each in coming for producer in producers_expected(each)]
    chosen = wishes.wishes_of({producer.id for _at, producer in expected})
    found: list[Due] = []
    for distribution, producer in expected:
        wish = chosen.get(producer.id, USUAL)
        if not wish.wanted:
            continue
        here = (distribution.id, producer.id)
        if (*here, TellingKind.LIST) not in told:
            if wish.listed.of(distribution) <= now():
                found.append((*here, TellingKind.LIST))
        elif (
            wish.changes_wanted
            and wish.changes.of(distribution) <= now()
            and (*here, TellingKind.CHANGES) not in told
        ):
            found.append((*here, TellingKind.CHANGES))
    return found


def _send(due: Due) -> bool:
    distribution = db.session.get_one(Distribution, due[0])
    producer = db.session.get_one(Producer, due[1])
    if due[2] == TellingKind.LIST:
        return send_list(distribution, producer, wishes.wish_of(producer))
    listed = db.session.scalars(
        select(Telling).where(
            Telling.distribution_id == distribution.id,
            Telling.producer_id == producer.id,
            Telling.kind == TellingKind.LIST,
        )
    ).one()
    return send_changes(distribution, producer, listed)


def _told_at(coming: Iterable[Distribution]) -> set[tuple[int, int, str]]:
    rows = db.session.scalars(
        select(Telling).where(Telling.distribution_id.in_([each.id for each in coming]))
    )
    return {(row.distribution_id or 0, row.producer_id, row.kind) for row in rows}


def producers_expected(distribution: Distribution) -> Sequence[Producer]:
    """Return who is expected at a distribution, by id: under contract, or offering in a session."""
    by_contract = (
        select(SeasonContract.producer_id)
        .join(Delivery, Delivery.contract_id == SeasonContract.id)
        .where(
            Delivery.distribution_id == distribution.id,
            SeasonContract.state != ContractState.DRAFT,
        )
    )
    by_offer = (
        select(Product.producer_id)
        .join(Offer, Offer.product_id == Product.id)
        .join(OrderSession, OrderSession.id == Offer.session_id)
        .join(Pickup, Pickup.session_id == OrderSession.id)
        .where(Pickup.distribution_id == distribution.id, OrderSession.state != SessionState.DRAFT)
    )
    return db.session.scalars(
        select(Producer)
        .where(Producer.id.in_(by_contract) | Producer.id.in_(by_offer))
        .order_by(Producer.id)
    ).all()


def send_list(distribution: Distribution, producer: Producer, wish: Wish) -> bool:
    """Send one list; false when it was told already. What is sent counts as told.

    Who is expected and has nothing to bring is told that, in one line: silence would be read as a
    letter that was lost.
    """
    telling = claim(Telling(kind=TellingKind.LIST, producer=producer, distribution=distribution))
    if telling is None:
        return False
    notices.tell_list(distribution, producer, wish)
    _note(telling, distribution, producer)
    return True


def send_changes(distribution: Distribution, producer: Producer, listed: Telling) -> bool:
    """Tell what has changed since a list, in one letter; false when nothing is to be told.

    Told or not, the hour is past: what changes later stands on the page alone.
    """
    telling = claim(Telling(kind=TellingKind.CHANGES, producer=producer, distribution=distribution))
    if telling is None:
        return False
    harvest = harvest_lists.harvest_list(distribution, producer, listed.told)
    if not any(line.before for line in harvest.lines):
        telling.reached = True
        return False
    notices.tell_changes(distribution, producer, listed.told)
    _note(telling, distribution, producer)
    return True


def claim(telling: Telling) -> Telling | None:
    """Write that something is told; None when it is already, by another worker too."""
    try:
        with db.session.begin_nested():
            db.session.add(telling)
    except IntegrityError:
        return None
    return telling


def _note(telling: Telling, distribution: Distribution, producer: Producer) -> None:
    telling.told = harvest_lists.note_print(distribution, producer)
    # Nobody is telephoned to hear that there is nothing to bring.
    telling.reached = notices.is_reached(producer) or not telling.told.totals
    db.session.flush()


def last_told(distribution: Distribution, producer: Producer) -> Telling | None:
    """Return the last list, or letter of changes, that a producer was told; none before."""
    found: Telling | None = db.session.scalar(
        select(Telling)
        .where(
            Telling.distribution_id == distribution.id,
            Telling.producer_id == producer.id,
            Telling.print_id.is_not(None),
        )
        .order_by(Telling.id.desc())
        .limit(1)
    )
    return found
