"""What order sessions tell households: what they ordered, what is short, what it comes to."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _
from freeco.members.models import Community, Household, Member
from freeco.module import Topic
from freeco.money import total
from freeco.notifications.notices import notify
from freeco_direct_sales.local import local_day
from freeco_direct_sales.notices import LETTERS
from freeco_direct_sales.orders import sessions
from freeco_direct_sales.orders.amounts import is_estimated, order_total, quantity
from freeco_direct_sales.orders.favourite_models import FavouriteLine
from freeco_direct_sales.orders.models import (
    Order,
    OrderLine,
    OrderSession,
    SessionState,
)
from freeco_direct_sales.orders.settling_models import OrderSale
from freeco_direct_sales.solidarity import cost_lines

A_DAY = timedelta(days=1)
ORDERED = Topic(
    "direct_sales.ordered",
    _("Votre commande est notée"),
    _("Votre foyer a une commande dans cette session."),
    "at_once",
)
ORDER_CHANGED = Topic(
    "direct_sales.order_changed",
    _("Un produit commandé manque, est remplacé ou retiré"),
    _("Votre foyer a une commande dans cette session."),
    "at_once",
)
ORDER_SETTLED = Topic(
    "direct_sales.order_settled",
    _("Ce que coûte votre commande, une fois pesée"),
    _("Votre foyer a une commande dans cette session."),
    "at_once",
)
CLOSING = Topic(
    "direct_sales.closing",
    _("Les commandes ferment demain"),
    _("Votre foyer a un panier habituel et n’a pas encore commandé."),
    "at_once",
)
TOPICS = (ORDERED, ORDER_CHANGED, ORDER_SETTLED, CLOSING)


@dataclass(frozen=True)
class Said:
    """A line of a letter: what of an article comes, of how many, and in place of what."""

    name: str
    given: int
    ordered: int
    instead_of: str
    reason: str


def tell_ordered(order: Order, *, by_phone: bool = False) -> None:
    """Tell the household that its order is noted; the same form taken twice is told once."""
    _tell(
        order,
        ORDERED,
        "order_noted",
        f"{ORDERED.name}:{order.id}:{_short(order.last_key)}",
        by_phone=by_phone,
        lines=[(quantity(line), line.offer.name) for line in order.lines if quantity(line)],
        total=order_total(order),
        estimated=any(is_estimated(line) for line in order.lines),
        until=order.session.closes_at,
    )


def tell_changed(changed: Mapping[Order, Sequence[OrderLine]]) -> int:
    """Tell each household what it gets less, more or instead; return how many are told."""
    for order, lines in changed.items():
        told = words_for(lines)
        _tell(
            order,
            ORDER_CHANGED,
            "order_changed",
            f"{ORDER_CHANGED.name}:{order.id}:{now().isoformat()}:{_short(repr(told))}",
            lines=told,
            total=order_total(order),
        )
    return len(changed)


def words_for(lines: Sequence[OrderLine]) -> list[Said]:
    """Return what is said of lines that changed; of what replaces another, how many do."""
    found = []
    for line in lines:
        replaced = [
            each for each in line.order.lines if each.instead and each.instead_line_id == line.id
        ]
        found.append(
            Said(
                line.offer.name,
                sum(each.instead for each in replaced) or quantity(line),
                line.ordered,
                ", ".join(each.offer.name for each in replaced),
                line.offer.reason if line.offer.withdrawn_at else "",
            )
        )
    return found


def tell_closed(session_id: int) -> None:
    """Tell whose order the closing changed: a least not reached, a case filled or cut back."""
    session = db.session.get(OrderSession, session_id)
    if session is None:
        return
    missing: dict[Order, list[OrderLine]] = {}
    for line in sessions.lines_of(session):
        if line.allotted is not None and line.allotted != line.ordered:
            missing.setdefault(line.order, []).append(line)
    tell_changed(missing)


def tell_settled(order: Order, parts: Sequence[OrderSale]) -> None:
    """Tell the household what it owes each producer; nothing when it owes nothing."""
    if not parts:
        return
    owed = cost_lines.to_pay(parts)
    _tell(
        order,
        ORDER_SETTLED,
        "order_settled",
        f"{ORDER_SETTLED.name}:{order.id}",
        parts=[(each.producer.name, owed[each.id]) for each in parts],
        total=total(list(owed.values())),
    )


def tell_closing(community: Community) -> None:
    """Remind, a day before the closing, who has a recurring basket and has not ordered."""
    for session in db.session.scalars(
        select(OrderSession).where(
            OrderSession.community_id == community.id,
            OrderSession.state == SessionState.OPEN,
            OrderSession.opens_at <= now(),
            OrderSession.closes_at > now(),
            OrderSession.closes_at <= now() + A_DAY,
        )
    ).all():
        offered = {offer.product_id for offer in session.offers if offer.withdrawn_at is None}
        for household in _forgetful(session, offered):
            for member in _members(household):
                notify(
                    member,
                    CLOSING.name,
                    "orders_closing",
                    key=f"{CLOSING.name}:{session.id}",
                    url=f"{_home(session)}/{session.id}?panier=habituel",
                    folder=LETTERS,
                    session=session.name,
                    closes=session.closes_at,
                )


def _forgetful(session: OrderSession, offered: set[int]) -> Sequence[Household]:
    ordered = select(Order.household_id).where(
        Order.session_id == session.id, Order.cancelled_at.is_(None)
    )
    usual = select(FavouriteLine.household_id).where(FavouriteLine.product_id.in_(offered))
    return db.session.scalars(
        select(Household)
        .where(
            Household.community_id == session.community_id,
            Household.id.in_(usual),
            Household.id.not_in(ordered),
        )
        .order_by(Household.id)
    ).all()


def _tell(order: Order, topic: Topic, letter: str, key: str, **content: object) -> None:
    distribution = order.pickup.distribution
    zone = ZoneInfo(order.session.community.timezone)
    for member in _members(order.household):
        notify(
            member,
            topic.name,
            letter,
            key=key,
            url=f"{_home(order.session)}/{order.session_id}/ma-commande",
            folder=LETTERS,
            session=order.session.name,
            date=local_day(distribution),
            starts=distribution.starts_at.astimezone(zone).time(),
            ends=distribution.ends_at.astimezone(zone).time(),
            place=distribution.place,
            **content,
        )


def _members(household: Household) -> list[Member]:
    return [each.member for each in household.people]


def _home(session: OrderSession) -> str:
    return f"/{session.community.slug}/direct-sales/commandes"


def _short(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]
