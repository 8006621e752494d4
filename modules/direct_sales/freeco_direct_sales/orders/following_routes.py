"""Following a session after its closing: what comes, who gets less, orders, and what is owed."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent, Refusal
from freeco.i18n import _, counted
from freeco.members import households, membership
from freeco.members.models import TREASURER
from freeco.money import total
from freeco.payments.words import MEANS
from freeco.web.forms import Form
from freeco.web.lists import page_of
from freeco_direct_sales import catalogue, wording
from freeco_direct_sales.growing import services
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders import (
    following,
    order_notices,
    preparing,
    sessions,
    settling,
    shopping,
)
from freeco_direct_sales.orders.amounts import (
    amount,
    by_producer,
    is_estimated,
    order_total,
    quantity,
)
from freeco_direct_sales.orders.following_schemas import (
    coming_field,
    coming_schema,
    fate,
    fate_field,
    fates,
    withdrawing_schema,
)
from freeco_direct_sales.orders.models import CaseRule, Offer, Order, OrderSession, SessionState
from freeco_direct_sales.permissions import COORDINATE

pages = Blueprint("direct_sales_following", __name__, template_folder="../templates")


def _coordinates() -> bool:
    return COORDINATE.name in membership.permissions_of(g.member)


@pages.get("/sessions/<int:session_id>/suivi")
@requires(COORDINATE.name)
def index(session_id: int) -> ResponseReturnValue:
    """Show what each producer has to bring, who gets less, and what is left to do."""
    session = sessions.find_session(g.community, session_id)
    orders = following.orders_in(session)
    return render_template(
        "direct_sales/orders/following.html",
        session=session,
        open=sessions.takes_orders(session),
        followed=following.follow(session),
        orders=orders,
        ready=settling.ready(session),
        waiting=settling.to_settle(session),
        distributions=_distributions(session),
        settled=settling.sum_of(session),
        form=Form.blank(),
        field=coming_field,
        cases=shopping.cases(session, session.offers),
        wording=wording,
    )


def _distributions(session: OrderSession) -> list[Any]:
    return sorted((each.distribution for each in session.pickups), key=lambda each: each.starts_at)


@pages.get("/sessions/<int:session_id>/suivi/<int:producer_id>")
def producer_page(session_id: int, producer_id: int) -> ResponseReturnValue:
    """Show a producer what to bring to each pickup; theirs only, coordinators see all."""
    session, producer = part_of(session_id, producer_id)
    return _show_part(session, producer, Form.blank())


def part_of(session_id: int, producer_id: int) -> tuple[OrderSession, Producer]:
    """Return a session and one of its producers, for who may read their part. Raises Absent."""
    session = sessions.find_session(g.community, session_id)
    producer = catalogue.find_producer(g.community, producer_id)
    if session.state == SessionState.DRAFT and not _coordinates():
        raise Absent
    if not _coordinates() and not catalogue.acts_for(producer, g.member):
        raise Absent
    return session, producer


def _show_part(session: OrderSession, producer: Producer, form: Form) -> ResponseReturnValue:
    found = following.follow(session, producer)
    if not found:
        raise Absent
    return (
        render_template(
            "direct_sales/orders/part.html",
            session=session,
            open=sessions.takes_orders(session),
            part=found[0],
            coordinates=_coordinates(),
            pickups=sorted(session.pickups, key=lambda each: each.distribution.starts_at),
            form=form,
            field=coming_field,
            wording=wording,
        ),
        form.status,
    )


@pages.post("/sessions/<int:session_id>/suivi/<int:producer_id>")
def say_coming(session_id: int, producer_id: int) -> ResponseReturnValue:
    """Take the word of a producer for all their articles at once; households are told."""
    session, producer = part_of(session_id, producer_id)
    offers = [each for each in session.offers if each.product.producer_id == producer.id]
    form = Form.sent()

    def act(**typed: int | None) -> int:
        changed = following.say_all(session, {each: typed[coming_field(each)] for each in offers})
        return order_notices.tell_changed(changed)

    if not form.apply(coming_schema(offers), act):
        return _show_part(session, producer, form)
    flash(
        counted(
            "C’est noté. %(num)s foyer a moins que prévu, ou autre chose ; il est prévenu.",
            "C’est noté. %(num)s foyers ont moins que prévu, ou autre chose ; ils sont prévenus.",
            form.result,
        )
        if form.result
        else str(_("C’est noté.")),
        "good",
    )
    return redirect(
        url_for(
            "direct_sales_following.producer_page",
            session_id=session_id,
            producer_id=producer_id,
        )
    )


@pages.get("/sessions/<int:session_id>/offres/<int:offer_id>/retirer")
@requires(COORDINATE.name)
def withdraw_page(session_id: int, offer_id: int) -> ResponseReturnValue:
    """Ask why a product is withdrawn, and what becomes of each order of it."""
    session = sessions.find_session(g.community, session_id)
    return _withdraw(session, preparing.find_offer(session, offer_id), Form.blank())


def _others(session: OrderSession, offer: Offer) -> list[Offer]:
    return [each for each in session.offers if each is not offer and each.withdrawn_at is None]


def _withdraw(session: OrderSession, offer: Offer, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/orders/withdraw.html",
            session=session,
            offer=offer,
            lines=following.lines_that_ordered(offer),
            others=_others(session, offer),
            form=form,
            field=fate_field,
            quantity=quantity,
        ),
        form.status,
    )


@pages.post("/sessions/<int:session_id>/offres/<int:offer_id>/retirer")
@requires(COORDINATE.name)
def withdraw(session_id: int, offer_id: int) -> ResponseReturnValue:
    """Withdraw a product, with what becomes of each order; households are told."""
    session = sessions.find_session(g.community, session_id)
    offer = preparing.find_offer(session, offer_id)
    lines = following.lines_that_ordered(offer)
    form = Form.sent()

    def act(**typed: str) -> int:
        changed = following.withdraw(
            offer, typed["reason"], fates(lines, typed), fate(typed["fate"])
        )
        return order_notices.tell_changed(changed)

    if not form.apply(withdrawing_schema(lines, _others(session, offer)), act):
        return _withdraw(session, offer, form)
    flash(
        counted(
            "Le produit est retiré ; %(num)s foyer prévenu.",
            "Le produit est retiré ; %(num)s foyers prévenus.",
            form.result,
        ),
        "good",
    )
    return redirect(url_for("direct_sales_following.index", session_id=session_id))


@pages.post("/sessions/<int:session_id>/offres/<int:offer_id>/cartons")
@requires(COORDINATE.name)
def choose_rule(session_id: int, offer_id: int) -> ResponseReturnValue:
    """Bring the last case although it is not full, or not after all; households are told."""
    session = sessions.find_session(g.community, session_id)
    offer = preparing.find_offer(session, offer_id)
    rule = CaseRule.BRING if request.form.get("apporter") else CaseRule.CUT
    order_notices.tell_changed(following.choose_rule(offer, rule))
    db.session.commit()
    flash(
        str(
            _("Le carton entamé viendra quand même.")
            if rule == CaseRule.BRING
            else _("Seuls les cartons complets viendront.")
        ),
        "good",
    )
    return redirect(url_for("direct_sales_following.index", session_id=session_id))


@pages.get("/sessions/<int:session_id>/commandes")
@requires(COORDINATE.name)
def orders(session_id: int) -> ResponseReturnValue:
    """List the orders: household, pickup, total."""
    session = sessions.find_session(g.community, session_id)
    found = following.orders_in(session)
    return render_template(
        "direct_sales/orders/orders.html",
        session=session,
        open=sessions.takes_orders(session),
        shown=page_of(found),
        order_total=order_total,
        estimated=lambda order: any(is_estimated(line) for line in order.lines),
    )


@pages.get("/sessions/<int:session_id>/commandes/<int:order_id>")
def order(session_id: int, order_id: int) -> ResponseReturnValue:
    """Show one order to who follows it, and to the treasurer; a household has its own page."""
    session = sessions.find_session(g.community, session_id)
    found = db.session.get(Order, order_id)
    if found is None or found.session_id != session.id or found.cancelled_at is not None:
        raise Absent
    mine = households.find_household(g.member)
    if mine is not None and mine.id == found.household_id:
        return redirect(url_for("direct_sales_orders.mine", session_id=session_id))
    if not membership.permissions_of(g.member) & {COORDINATE.name, TREASURER}:
        raise Absent
    lines = [line for line in found.lines if line.ordered or line.asked]
    later = services.waiting(lines)
    return render_template(
        "direct_sales/orders/one_order.html",
        session=session,
        order=found,
        lines=lines,
        sums=by_producer(line for line in lines if line not in later),
        later=total([amount(line) for line in later]),
        total=order_total(found),
        amount=amount,
        estimated=any(is_estimated(line) for line in lines),
        open=sessions.takes_orders(session),
        begun=settling.handed_out(found),
        cases={},
        at_most=None,
        coordinates=_coordinates(),
        means=MEANS,
        wording=wording,
    )


@pages.post("/sessions/<int:session_id>/regler")
@requires(COORDINATE.name)
def settle(session_id: int) -> ResponseReturnValue:
    """Fix what is owed of every order that was handed out and weighed; one transaction each."""
    session = sessions.find_session(g.community, session_id)
    many, refused = 0, None
    for each in settling.ready(session):
        try:
            order_notices.tell_settled(each, settling.settle_order(each))
            db.session.commit()
            many += 1
        except Refusal as refusal:  # what one book refuses holds up nobody else's order
            db.session.rollback()
            refused = refusal
    if refused is not None:
        flash(str(refused), "bad")
    if not many:
        settling.close_empty(session)
        db.session.commit()
    if many or refused is None:
        flash(
            counted(
                "Les montants d’%(num)s commande sont fixés.",
                "Les montants de %(num)s commandes sont fixés.",
                many,
            )
            if many
            else str(_("Aucune commande n’est prête : il faut qu’elle soit remise et pesée.")),
            "good" if many else "calm",
        )
    return redirect(url_for("direct_sales_following.index", session_id=session_id))
