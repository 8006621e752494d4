"""The lists of order sessions: by session, by household, by product."""

from collections import defaultdict
from collections.abc import Sequence

from freeco.cells import plain
from freeco.i18n import _, said
from freeco.listings import Cell, Listing
from freeco.members.models import Community
from freeco.money import total
from freeco_direct_sales import wording
from freeco_direct_sales.exchange.listings import file_name, local
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders.amounts import amount, quantity
from freeco_direct_sales.orders.models import OrderLine, OrderSession, SessionState
from freeco_direct_sales.orders.sessions import lines_of

STATES = {
    SessionState.DRAFT: _("brouillon"),
    SessionState.OPEN: _("ouverte"),
    SessionState.CLOSED: _("fermée"),
    SessionState.ALLOTTED: _("répartie"),
    SessionState.SETTLED: _("réglée"),
}


def order_sessions(community: Community, found: Sequence[OrderSession]) -> Listing:
    """List the order sessions, their hours and what was ordered in each."""
    rows: list[tuple[Cell, ...]] = []
    for each in found:
        lines = [line for line in lines_of(each) if quantity(line)]
        rows.append(
            (
                each.name,
                str(STATES[SessionState(each.state)]),
                local(community, each.opens_at),
                local(community, each.closes_at),
                len({line.order_id for line in lines}),
                total([amount(line) for line in lines]),
            )
        )
    return Listing(
        file_name(said("sessions de commande")),
        _("Sessions de commande"),
        (_("Session"), _("État"), _("Ouvre le"), _("Ferme le"), _("Commandes"), _("Montant")),
        rows,
    )


def by_household(session: OrderSession) -> Listing:
    """List what each household ordered in a session and gets, line by line."""
    return Listing(
        file_name(said("commandes par foyer"), session.name),
        session.name,
        (
            _("Foyer"),
            _("Producteur"),
            _("Produit"),
            _("Unité"),
            _("Commandé"),
            _("Obtenu"),
            _("Prix"),
            _("Montant"),
            _("Pesé, en grammes"),
            _("Retrait"),
        ),
        [
            (
                line.order.household.name,
                line.offer.product.producer.name,
                line.offer.name,
                wording.unit(line.offer.unit),
                line.ordered,
                quantity(line),
                line.unit_price,
                amount(line),
                line.weighed_grams,
                _pickup(line),
            )
            for line in sorted(lines_of(session), key=lambda each: plain(each.order.household.name))
            if line.ordered or line.asked
        ],
    )


def _pickup(line: OrderLine) -> str:
    taken_at = line.order.pickup.distribution
    return f"{local_day(taken_at).isoformat()}, {taken_at.place}"


def by_product(session: OrderSession, producer: Producer | None = None) -> Listing:
    """List how many of each product were ordered in a session, of one producer or of all."""
    found: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines_of(session):
        found[line.offer_id].append(line)
    return Listing(
        file_name(said("commandes par produit"), session.name),
        session.name,
        (
            _("Producteur"),
            _("Produit"),
            _("Unité"),
            _("Prix"),
            _("Foyers"),
            _("Commandé"),
            _("Attribué"),
            _("Montant"),
        ),
        [
            (
                offer.product.producer.name,
                offer.name,
                wording.unit(offer.unit),
                offer.price,
                len({line.order_id for line in found[offer.id] if line.ordered}),
                sum(line.ordered for line in found[offer.id]),
                sum(quantity(line) for line in found[offer.id]),
                total([amount(line) for line in found[offer.id]]),
            )
            for offer in session.offers
            if producer is None or offer.product.producer_id == producer.id
        ],
    )
