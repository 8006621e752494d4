"""The lists of a producer's stock: what is counted, and why it changed."""

from collections.abc import Sequence

from freeco.i18n import _, day, said
from freeco.listings import Listing
from freeco_direct_sales import wording
from freeco_direct_sales.exchange.listings import file_name, local
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders.counting import Shown
from freeco_direct_sales.orders.counting_schemas import BY_ITSELF, REASONS
from freeco_direct_sales.orders.models import Stock
from freeco_direct_sales.orders.stock_models import StockMovement, Why


def stock(producer: Producer, articles: Sequence[Shown]) -> Listing:
    """List how many there are of each article, how many are ordered, and what is left."""
    return Listing(
        file_name(said("stock"), producer.name),
        producer.name,
        (
            _("Produit"),
            _("Unité"),
            _("Pour quand"),
            _("Il y en a"),
            _("Commandé"),
            _("Reste"),
        ),
        [
            (
                each.product.name,
                wording.unit(each.product.unit),
                _scope(row),
                row.on_hand if row else said("sans limite"),
                row.reserved if row else None,
                row.on_hand - row.reserved if row else None,
            )
            for each in articles
            for row in each.rows
        ],
    )


def _scope(row: Stock | None) -> str:
    if row is not None and row.distribution is not None:
        return f"{local_day(row.distribution).isoformat()}, {row.distribution.place}"
    if row is not None and row.first_day is not None and row.last_day is not None:
        return said("du %(first)s au %(last)s", first=day(row.first_day), last=day(row.last_day))
    return said("en tout") if row is None or row.session_id is None else said("dans une session")


def stock_movements(producer: Producer, found: Sequence[StockMovement]) -> Listing:
    """List why a producer's numbers changed."""
    words = REASONS | BY_ITSELF
    return Listing(
        file_name(said("mouvements de stock"), producer.name),
        producer.name,
        (
            _("Date"),
            _("Produit"),
            _("Pour quand"),
            _("Changement"),
            _("Il y en avait alors"),
            _("Pourquoi"),
            _("En quelques mots"),
            _("Qui"),
        ),
        [
            (
                local(producer.community, each.at),
                each.stock.product.name,
                _scope(each.stock),
                each.change,
                each.on_hand,
                str(words[Why(each.why)]),
                each.words,
                each.by.name if each.by else "",
            )
            for each in found
        ],
    )
