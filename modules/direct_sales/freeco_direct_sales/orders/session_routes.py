"""Preparing order sessions: for coordinators."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import requires
from freeco.i18n import _
from freeco.money import Money
from freeco.web.forms import Form
from freeco.web.lists import page_of_query
from freeco_direct_sales import catalogue, distributions, wording
from freeco_direct_sales.orders import (
    picking,
    preparing,
    repeating,
    sessions,
    shopping,
    stocks,
    tiers,
)
from freeco_direct_sales.orders.models import Counted, Offer, OrderSession, Pricing
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.orders.schemas import (
    ChosenSchema,
    SessionSchema,
    TakingPartSchema,
    offer_schema,
    taken_tiers,
)
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.solidarity import cost_lines
from freeco_direct_sales.solidarity import pool as pools

pages = Blueprint("direct_sales_sessions", __name__, template_folder="../templates")
WEEK = 7
LABELS = {
    "name": _("Nom"),
    "opens": _("Jour d’ouverture"),
    "opens_at": _("Heure d’ouverture"),
    "closes": _("Jour de fermeture"),
    "closes_at": _("Heure de fermeture"),
    "note": _("Mot pour tous"),
    "chosen": _("Choix"),
    "price": _("Prix"),
    "pricing": _("Vendu"),
    "grams": _("Poids d’une pièce"),
    "step": _("Par multiples de"),
    "least": _("Au moins"),
    "most": _("Au plus"),
    "counted": _("Combien il y en a"),
    "on_hand": _("Un nombre pour cette session seulement"),
    "case_size": _("Livré par cartons de"),
    "case_rule": _("Si le dernier carton n’est pas complet"),
    "cost_price": _("Prix coûtant"),
    "cost_most": _("Au plus, à prix coûtant"),
    "least_total": _("Vient à partir de"),
    **{tiers.from_field(place): _("Palier : à partir de") for place in range(1, tiers.MOST + 1)},
    **{tiers.price_field(place): _("Palier : prix") for place in range(1, tiers.MOST + 1)},
}


@pages.get("/sessions")
@requires(COORDINATE.name)
def index() -> ResponseReturnValue:
    """List the order sessions, the latest first."""
    return render_template(
        "direct_sales/orders/sessions.html",
        shown=page_of_query(sessions.sessions_query(g.community)),
        takes_orders=sessions.takes_orders,
    )


@pages.get("/sessions/nouvelle")
@requires(COORDINATE.name)
def new_page() -> ResponseReturnValue:
    """Show the form of a new session."""
    return _form(Form.blank(opens_at="08:00", closes_at="20:00"), None)


def _form(form: Form, session: OrderSession | None) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/orders/session_form.html", form=form, session=session, labels=LABELS
        ),
        form.status,
    )


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(g.community.timezone))


@pages.post("/sessions/nouvelle")
@requires(COORDINATE.name)
def create() -> ResponseReturnValue:
    """Create a session as a draft."""
    form = Form.sent()

    def act(
        name: str, opens: date, opens_at: time, closes: date, closes_at: time, note: str
    ) -> OrderSession:
        return preparing.create(
            g.community, name, _at(opens, opens_at), _at(closes, closes_at), note
        )

    if not form.apply(SessionSchema(), act):
        return _form(form, None)
    flash(str(_("La session est un brouillon : seuls les coordinateurs la voient.")), "good")
    return redirect(url_for("direct_sales_sessions.manage", session_id=form.result.id))


@pages.get("/sessions/<int:session_id>/horaires")
@requires(COORDINATE.name)
def change_page(session_id: int) -> ResponseReturnValue:
    """Show the form of a session's hours and words."""
    session = sessions.find_session(g.community, session_id)
    zone = ZoneInfo(g.community.timezone)
    opens, closes = session.opens_at.astimezone(zone), session.closes_at.astimezone(zone)
    form = Form.blank(
        name=session.name,
        note=session.note,
        opens=opens.date().isoformat(),
        opens_at=f"{opens:%H:%M}",
        closes=closes.date().isoformat(),
        closes_at=f"{closes:%H:%M}",
    )
    return _form(form, session)


@pages.post("/sessions/<int:session_id>/horaires")
@requires(COORDINATE.name)
def change(session_id: int) -> ResponseReturnValue:
    """Change a session's hours and words."""
    session = sessions.find_session(g.community, session_id)
    form = Form.sent()

    def act(
        name: str, opens: date, opens_at: time, closes: date, closes_at: time, note: str
    ) -> None:
        preparing.change(session, name, _at(opens, opens_at), _at(closes, closes_at), note)

    if not form.apply(SessionSchema(), act):
        return _form(form, session)
    flash(str(_("Les horaires sont enregistrés.")), "good")
    return _back(session_id)


def _back(session_id: int) -> ResponseReturnValue:
    return redirect(url_for("direct_sales_sessions.manage", session_id=session_id))


@pages.get("/sessions/<int:session_id>")
@requires(COORDINATE.name)
def manage(session_id: int) -> ResponseReturnValue:
    """Show what is offered and where it is taken, to prepare the session."""
    return _manage(sessions.find_session(g.community, session_id), Form.blank())


def _manage(session: OrderSession, form: Form) -> ResponseReturnValue:
    offered = {offer.product_id for offer in session.offers}
    return (
        render_template(
            "direct_sales/orders/session.html",
            session=session,
            form=form,
            labels=LABELS,
            stalls=shopping.stalls(session, None),
            products=preparing.products_to_offer(session, offered),
            distributions=distributions.distributions_of(g.community, since=session.opens_at),
            chosen={each.distribution_id: each for each in session.pickups},
            prepared=session.state in preparing.PREPARED,
            open=sessions.takes_orders(session),
            local=lambda at: at.astimezone(ZoneInfo(g.community.timezone)),
            wording=wording,
        ),
        form.status,
    )


@pages.post("/sessions/<int:session_id>/produits")
@requires(COORDINATE.name)
def add_products(session_id: int) -> ResponseReturnValue:
    """Offer the products that were ticked, at their producers' prices, without limit."""
    session = sessions.find_session(g.community, session_id)
    form = Form.sent()

    def act(chosen: list[int]) -> None:
        known = {each.id: each for each in preparing.products_to_offer(session, ())}
        for each in chosen:
            if each in known:
                preparing.offer(session, known[each], Terms(known[each].price))

    if not form.apply(ChosenSchema(), act):
        return _manage(session, form)
    flash(str(_("Les produits sont proposés. Leurs quantités se disent un par un.")), "good")
    return _back(session_id)


@pages.post("/sessions/<int:session_id>/retraits")
@requires(COORDINATE.name)
def set_pickups(session_id: int) -> ResponseReturnValue:
    """Say at which distributions orders can be taken."""
    session = sessions.find_session(g.community, session_id)
    form = Form.sent()
    capacities = {each.distribution_id: each.capacity for each in session.pickups}

    def act(chosen: list[int]) -> None:
        places = [distributions.find_distribution(g.community, each) for each in chosen]
        preparing.set_pickups(session, {each: capacities.get(each.id) for each in places})

    if not form.apply(ChosenSchema(), act):
        return _manage(session, form)
    flash(str(_("Les points de retrait sont enregistrés.")), "good")
    return _back(session_id)


@pages.get("/sessions/<int:session_id>/offres/<int:offer_id>")
@requires(COORDINATE.name)
def offer_page(session_id: int, offer_id: int) -> ResponseReturnValue:
    """Show how a product is offered, to change it."""
    session = sessions.find_session(g.community, session_id)
    found = preparing.find_offer(session, offer_id)
    form = Form.blank(
        price=f"{found.price.cents // 100},{found.price.cents % 100:02}",
        pricing=found.pricing,
        grams=found.grams,
        step=found.step,
        least=found.least,
        most=found.most,
        counted=Counted.NONE if found.counted == Counted.NONE else Counted.STOCK,
        on_hand=_own_number(found),
        shown=_own_number(found),
        case_size=found.case_size,
        case_rule=found.case_rule,
        **_typed_tiers(found),
        **_typed_cost(found),
    )
    return _offer(session, found, form)


def _typed_tiers(found: Offer) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for place, tier in enumerate(tiers.of([found]).get(found.id, ()), 1):
        typed[tiers.from_field(place)] = tier.from_many
        typed[tiers.price_field(place)] = f"{tier.price.cents // 100},{tier.price.cents % 100:02}"
    return typed


def _typed_cost(found: Offer) -> dict[str, Any]:
    cost = cost_lines.prices([found.id]).get(found.id)
    if cost is None:
        return {"cost_most": cost_lines.MOST}
    price = f"{cost.price.cents // 100},{cost.price.cents % 100:02}"
    return {"cost_price": price, "cost_most": cost.most}


def _own_number(found: Offer) -> int | None:
    """Return the session's own number; of a session before, what is left of it."""
    if found.counted != Counted.OWN or found.stock is None:
        return None
    own = found.stock.session_id == found.session_id
    return found.stock.on_hand if own else stocks.remaining(found.stock)


def _offer(session: OrderSession, found: Offer, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/orders/offer.html",
            session=session,
            offer=found,
            form=form,
            labels=LABELS,
            prepared=session.state in preparing.PREPARED,
            stock=picking.pick(session, found.product),
            places=range(1, tiers.MOST + 1),
            tiers=tiers,
            shares=pools.is_held(g.community) and not found.product.is_service,
            wording=wording,
        ),
        form.status,
    )


@pages.post("/sessions/<int:session_id>/offres/<int:offer_id>")
@requires(COORDINATE.name)
def set_offer(session_id: int, offer_id: int) -> ResponseReturnValue:
    """Change how a product is offered."""
    session = sessions.find_session(g.community, session_id)
    found = preparing.find_offer(session, offer_id)
    form = Form.sent()

    def act(price: int, pricing: str, counted: str, **typed: Any) -> None:
        shown, on_hand = typed.pop("shown"), typed.pop("on_hand")
        if on_hand is not None:
            counted = Counted.OWN
            on_hand = None if on_hand == shown else on_hand  # what was not typed is not said anew
        cost, cost_most = typed.pop("cost_price"), typed.pop("cost_most")
        fallen = taken_tiers(typed)
        terms = Terms(
            Money(price),
            Pricing(pricing),
            on_hand=on_hand,
            counted=counted,
            tiers=fallen,
            **typed,
        )
        preparing.offer(session, found.product, terms)
        cost_lines.set_price(found, None if cost is None else Money(cost), cost_most)

    if not form.apply(offer_schema(), act):
        return _offer(session, found, form)
    flash(str(_("L’offre est enregistrée.")), "good")
    return _back(session_id)


@pages.post("/sessions/<int:session_id>/offres/<int:offer_id>/oter")
@requires(COORDINATE.name)
def take_off(session_id: int, offer_id: int) -> ResponseReturnValue:
    """Take off an offer that nobody has ordered."""
    session = sessions.find_session(g.community, session_id)
    preparing.take_off(preparing.find_offer(session, offer_id))
    db.session.commit()
    flash(str(_("Le produit n’est plus proposé.")), "good")
    return _back(session_id)


@pages.post("/sessions/<int:session_id>/producteurs/<int:producer_id>")
@requires(COORDINATE.name)
def set_producer(session_id: int, producer_id: int) -> ResponseReturnValue:
    """Say that a producer closes earlier, or comes from a sum on only."""
    session = sessions.find_session(g.community, session_id)
    producer = catalogue.find_producer(g.community, producer_id)
    form = Form.sent()

    def act(closes: date | None, closes_at: time | None, least_total: int) -> None:
        at = _at(closes, closes_at) if closes is not None and closes_at is not None else None
        preparing.set_producer(session, producer, at, Money(least_total))

    if not form.apply(TakingPartSchema(), act):
        return _manage(session, form)
    flash(str(_("C’est enregistré.")), "good")
    return _back(session_id)


@pages.post("/sessions/<int:session_id>/ouvrir")
@requires(COORDINATE.name)
def publish(session_id: int) -> ResponseReturnValue:
    """Announce the session: households order from its opening hour on."""
    sessions.publish_session(sessions.find_session(g.community, session_id))
    db.session.commit()
    flash(str(_("La session est annoncée.")), "good")
    return _back(session_id)


@pages.post("/sessions/<int:session_id>/fermer")
@requires(COORDINATE.name)
def close(session_id: int) -> ResponseReturnValue:
    """Close the orders before their hour."""
    sessions.close(sessions.find_session(g.community, session_id))
    db.session.commit()
    flash(str(_("Les commandes sont fermées.")), "good")
    return _back(session_id)


@pages.post("/sessions/<int:session_id>/reprendre")
@requires(COORDINATE.name)
def repeat(session_id: int) -> ResponseReturnValue:
    """Prepare the same session a week later."""
    copy = repeating.repeat(sessions.find_session(g.community, session_id), WEEK)
    db.session.commit()
    flash(
        str(
            _(
                "La session est reprise une semaine plus tard, aux prix d’aujourd’hui. Les "
                "quantités sont ce qui reste : dites-en d’autres si la récolte est nouvelle."
            )
        ),
        "good",
    )
    return _back(copy.id)
