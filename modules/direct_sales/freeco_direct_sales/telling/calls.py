"""The producers whom nothing could be written to: who coordinates telephones them."""

from collections.abc import Iterator, Sequence

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.i18n import counted, listed, said
from freeco.members.models import Community, Member
from freeco.module import Card
from freeco_direct_sales.charges import FEW
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.orders.models import Pickup, SessionState
from freeco_direct_sales.telling import shortages, showing
from freeco_direct_sales.telling.models import Telling


def to_call(community: Community) -> Sequence[Telling]:
    """Return what nobody of a farm could be written, for what is still to come; said ones too."""
    to_come = select(Distribution.id).where(
        Distribution.community_id == community.id, Distribution.ends_at > now()
    )
    return db.session.scalars(
        select(Telling)
        .join(Producer, Producer.id == Telling.producer_id)
        .where(
            Producer.community_id == community.id,
            Telling.reached.is_(False),
            or_(
                Telling.distribution_id.in_(to_come),
                Telling.session_id.in_(
                    select(Pickup.session_id).where(Pickup.distribution_id.in_(to_come))
                ),
            ),
        )
        .options(
            joinedload(Telling.producer),
            joinedload(Telling.distribution),
            joinedload(Telling.session),
        )
        .order_by(Telling.said_at.is_not(None), Telling.told_at, Telling.id)
    ).all()


def note_said(community: Community, telling_id: int, by: Member, *, said_now: bool) -> Telling:
    """Note that a producer was told by telephone, or take it back; twice is once. Raises Absent."""
    found = db.session.get(Telling, telling_id)
    if found is None or found.producer.community_id != community.id or found.reached:
        raise Absent
    lock(found)
    if said_now != (found.said_at is not None):
        found.said_at = now() if said_now else None
        found.said_by_id = by.id if said_now else None
    return found


def cards(community: Community) -> Iterator[Card]:
    """Show a coordinator which producers to telephone, and what is missing yet still offered."""
    yield from _still_offered(community)
    names = [each.producer.name for each in to_call(community) if each.said_at is None]
    names = list(dict.fromkeys(names))
    if names:
        yield Card(
            title=counted(
                "%(num)s producteur à appeler", "%(num)s producteurs à appeler", len(names)
            ),
            text=said("%(who)s : aucun message ne peut leur être écrit.", who=listed(names[:FEW])),
            url=url_for("direct_sales_telling.calls_page", community=community.slug),
            action=said("Voir quoi leur dire"),
            urgent=True,
            hat="coordinator",
        )


def _still_offered(community: Community) -> Iterator[Card]:
    """Show what a producer says is missing while households may still order it."""
    for shortage in shortages.standing(community):
        open_ones = [
            each
            for each in shortages.offered_in(shortage)
            if each.session.state == SessionState.OPEN
        ]
        if open_ones:
            yield Card(
                title=said("Encore en vente : %(what)s", what=listed(showing.names(shortage))),
                text=said(
                    "%(farm)s dit que cela manque, et « %(session)s » le propose encore.",
                    farm=shortage.producer.name,
                    session=open_ones[0].session.name,
                ),
                url=url_for(
                    "direct_sales_shortages.page",
                    community=community.slug,
                    shortage_id=shortage.id,
                ),
                action=said("Voir quoi en faire"),
                hat="coordinator",
            )
