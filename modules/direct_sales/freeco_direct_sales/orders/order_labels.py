"""How payments name the orders they are for."""

from flask import url_for

from freeco.db import db
from freeco.i18n import said
from freeco.module import Ref, RefLabel
from freeco_direct_sales.orders.settling_models import OrderSale


def label(ref: Ref) -> RefLabel | None:
    """Name the part of an order that a payment is for; its page is the household's."""
    part = db.session.get(OrderSale, ref.id)
    if part is None:
        return None
    session = part.order.session
    return RefLabel(
        said("Commande « %(name)s »", name=session.name),
        url_for(
            "direct_sales_following.order",
            community=session.community.slug,
            session_id=session.id,
            order_id=part.order_id,
        ),
    )
