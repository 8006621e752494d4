"""The shop of an order session: everything on one page, then what was ordered."""

import secrets
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import now
from freeco.db import db, only_read
from freeco.errors import Absent, Refusal
from freeco.i18n import _, said, sentence
from freeco.members import households, membership
from freeco.members.models import Household
from freeco.money import total
from freeco.payments.words import MEANS
from freeco.web.forms import Form
from freeco.web.lists import page_of
from freeco_direct_sales import sellers, wording
from freeco_direct_sales.growing import services
from freeco_direct_sales.orders import (
    favourites,
    following,
    order_notices,
    placing,
    sessions,
    settling,
    shopping,
)
from freeco_direct_sales.orders.amounts import (
    amount,
    by_producer,
    is_estimated,
    order_total,
    tolerated,
)
from freeco_direct_sales.orders.errors import PickupFull, WrongQuantities
from freeco_direct_sales.orders.models import Order, OrderSession, SessionState, Wish
from freeco_direct_sales.orders.placing import Placed
from freeco_direct_sales.orders.schemas import (
    order_schema,
    quantity_field,
    tolerance_field,
    wants,
)
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.solidarity import cost_lines
from freeco_direct_sales.telling import showing

pages = Blueprint("direct_sales_orders", __name__, template_folder="../templates")


@pages.get("/commandes")
def index() -> ResponseReturnValue:
    """List where one may order, what comes next, and what my household has ordered."""
    household = households.find_household(g.member)
    return render_template(
        "direct_sales/orders/index.html",
        taking=shopping.taking_orders(g.community),
        coming=shopping.opening_later(g.community),
        mine=page_of(sessions.orders_of(household) if household else []),
        favourite=favourites.favourite_of(household) if household else [],
        bringing=following.bringing(g.community, g.member),
        order_total=order_total,
        wording=wording,
    )


def _session(session_id: int) -> OrderSession:
    """Return a session the reader may see: a draft is for those who prepare it."""
    found = sessions.find_session(g.community, session_id)
    prepares = COORDINATE.name in membership.permissions_of(g.member)
    if found.state == SessionState.DRAFT and not prepares:
        raise Absent
    return found


def _order(session: OrderSession) -> Order:
    household = households.find_household(g.member)
    found = placing.standing_order(session, household) if household else None
    if found is None:
        raise Absent
    return found


@pages.get("/commandes/<int:session_id>")
def shop(session_id: int) -> ResponseReturnValue:
    """Show everything that is offered, with what my household has ordered so far."""
    session = _session(session_id)
    household = households.find_household(g.member)
    order = placing.standing_order(session, household) if household else None
    form = form_of(order)
    if order is None and household is not None and request.args.get("panier") == "habituel":
        usual = favourites.wants_in(session, household)
        form.values |= {quantity_field(each): want.quantity for each, want in usual.items()}
        form.values |= {tolerance_field(each): want.tolerance for each, want in usual.items()}
    return show_shop(session, form, order)


def form_of(order: Order | None) -> Form:
    """Return the shop's form as an order would have it typed."""
    form = Form.blank(key=secrets.token_urlsafe(12), wish=Wish.LESS.value)
    if order is not None:
        form.values |= {
            "pickup": order.pickup_id,
            "method": order.method,
            "note": order.note,
            **{quantity_field(line.offer_id): line.ordered for line in order.lines},
            **{tolerance_field(line.offer_id): line.tolerance for line in order.lines},
        }
    return form


def show_shop(
    session: OrderSession, form: Form, order: Order | None, by_phone: Household | None = None
) -> ResponseReturnValue:
    """Show the shop with its form, perhaps typed for a household at the telephone."""
    stalls = shopping.stalls(session, order)
    # Whoever types an order for somebody else sees everybody's prices.
    household = households.find_household(g.member) if by_phone is None else None
    return (
        render_template(
            "direct_sales/orders/shop.html",
            session=session,
            form=form,
            order=order,
            by_phone=by_phone,
            stalls=stalls,
            costs=cost_lines.for_shop(session, household),
            missing=showing.for_shop(session),
            pickups=shopping.pickups(session, order),
            ways=_ways(session),
            open=sessions.takes_orders(session),
            present=now(),
            field=quantity_field,
            tolerance=tolerance_field,
            wording=wording,
        ),
        form.status,
    )


def _ways(session: OrderSession) -> list[tuple[str, str]]:
    """Return the means that every producer of the session can be paid by."""
    common = None
    for producer in {offer.product.producer for offer in session.offers}:
        ready = list(sellers.ways_to_pay(producer))
        common = ready if common is None else [each for each in common if each in ready]
    return [(each.value, sentence(MEANS[each])) for each in common or []]


@pages.post("/commandes/<int:session_id>")
def order(session_id: int) -> ResponseReturnValue:
    """Take the order; what ran out is said, and never refuses the rest."""
    session = _session(session_id)
    form = Form.sent()
    taken = form.take(order_schema(session.offers))
    if taken is None:
        return show_shop(session, form, None)
    household = households.household_of(g.member)
    try:
        placed = take_order(session, household, taken)
    except Absent:
        raise
    except Refusal as refused:
        only_read()
        session = _session(session_id)
        note_wrong(form, refused)
        return show_shop(session, form, None)
    say(placed)
    _commit()
    return redirect(url_for("direct_sales_orders.mine", session_id=session_id))


def _commit() -> None:
    """Commit an order, and hold up nobody else's while its answer is written."""
    db.session.commit()
    only_read()


def note_wrong(form: Form, refused: Refusal) -> None:
    """Say why the order is not taken, beside its field; all that was typed stays there."""
    form.refuse(refused)
    if isinstance(refused, WrongQuantities):
        form.errors = {quantity_field(int(each)): why for each, why in refused.fields.items()}
    elif isinstance(refused, PickupFull):
        form.errors = {"pickup": [str(refused)]}


def take_order(
    session: OrderSession, household: Household, taken: dict[str, Any], *, by_phone: bool = False
) -> Placed:
    """Place an order as the shop's form says, and write its letter."""
    placed = placing.place(
        session,
        household,
        g.member,
        wants(session.offers, taken),
        taken["pickup"],
        key=taken["key"],
        method=taken["method"],
        note=taken["note"],
        by_phone=by_phone,
    )
    if not placed.again:
        order_notices.tell_ordered(placed.order, by_phone=by_phone)
    return placed


def say(placed: Placed) -> None:
    """Say at the top of the next page that the order is taken, and what was short."""
    if placed.shortages:
        missing = ", ".join(
            said(
                "%(product)s (%(given)s au lieu de %(asked)s)",
                product=each.offer.name,
                given=each.given,
                asked=each.asked,
            )
            for each in placed.shortages
        )
        flash(
            said(
                "Il n’y avait pas assez de : %(missing)s. Le reste de votre commande est "
                "enregistré.",
                missing=missing,
            ),
            "calm",
        )
        return
    flash(str(_("Votre commande est enregistrée.")), "good")


@pages.get("/commandes/<int:session_id>/ma-commande")
def mine(session_id: int) -> ResponseReturnValue:
    """Show what my household has ordered, what it costs, where and when it is taken."""
    session = _session(session_id)
    found = _order(session)
    lines = [line for line in found.lines if line.ordered or line.asked]
    later = services.waiting(lines)
    return render_template(
        "direct_sales/orders/order.html",
        session=session,
        order=found,
        lines=lines,
        sums=by_producer(line for line in lines if line not in later),
        later=total([amount(line) for line in later]),
        total=order_total(found),
        share=cost_lines.share_of(found, settling.sold(found)),
        amount=amount,
        estimated=any(is_estimated(line) for line in lines),
        open=sessions.takes_orders(session),
        begun=found.pickup.distribution.starts_at <= now(),
        cases=shopping.cases(session, [line.offer for line in lines]),
        at_most=total([tolerated(line) for line in lines]),
        means=MEANS,
        wording=wording,
    )


@pages.post("/commandes/<int:session_id>/annuler")
def cancel(session_id: int) -> ResponseReturnValue:
    """Give my household's order back."""
    session = _session(session_id)
    placing.cancel(_order(session))
    db.session.commit()
    flash(str(_("Votre commande est annulée ; rien n’est dû.")), "good")
    return redirect(url_for("direct_sales_orders.index"))


@pages.post("/commandes/<int:session_id>/habituel")
def order_usual(session_id: int) -> ResponseReturnValue:
    """Order the recurring basket in one click; clicked twice, it is one order."""
    session = _session(session_id)
    household = households.household_of(g.member)
    if placing.standing_order(session, household) is not None:
        return redirect(url_for("direct_sales_orders.mine", session_id=session_id))
    try:
        placed = placing.place(
            session,
            household,
            g.member,
            favourites.wants_in(session, household),
            shopping.usual_pickup(session, household),
            key=f"usual-{household.id}",
            method=shopping.usual_method(household, [each for each, _words in _ways(session)]),
        )
    except Absent:
        raise
    except Refusal as refused:
        only_read()
        flash(str(refused), "calm")
        return redirect(
            url_for("direct_sales_orders.shop", session_id=session_id, panier="habituel")
        )
    order_notices.tell_ordered(placed.order)
    say(placed)
    _commit()
    return redirect(url_for("direct_sales_orders.mine", session_id=session_id))


@pages.post("/commandes/<int:session_id>/garder")
def keep_usual(session_id: int) -> ResponseReturnValue:
    """Keep this order as my household's recurring basket."""
    favourites.keep(_order(_session(session_id)))
    db.session.commit()
    flash(
        str(_("C’est votre panier habituel : vous le commanderez la prochaine fois en un geste.")),
        "good",
    )
    return redirect(url_for("direct_sales_orders.mine", session_id=session_id))
