"""Orders taken at the telephone: for those who have no computer, typed by a coordinator."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.cells import says
from freeco.db import db, only_read
from freeco.doors import requires
from freeco.errors import Absent, Refusal
from freeco.web.forms import Form
from freeco.web.lists import page_of
from freeco_direct_sales import present
from freeco_direct_sales.orders import following, placing, sessions
from freeco_direct_sales.orders.schemas import order_schema
from freeco_direct_sales.orders.shop_routes import (
    form_of,
    note_wrong,
    say,
    show_shop,
    take_order,
)
from freeco_direct_sales.permissions import COORDINATE

pages = Blueprint("direct_sales_phone", __name__, template_folder="../templates")


@pages.get("/sessions/<int:session_id>/telephone")
@requires(COORDINATE.name)
def index(session_id: int) -> ResponseReturnValue:
    """Choose the household that is at the telephone; ``?q=`` finds by name."""
    session = sessions.find_session(g.community, session_id)
    words = request.args.get("q", "").strip()[:80]
    found = [
        each
        for each in present.households_of(g.community)
        if not words or says(words, each.name, *(one.member.name for one in each.people))
    ]
    return render_template(
        "direct_sales/orders/phone.html",
        session=session,
        open=sessions.takes_orders(session),
        shown=page_of(found),
        words=words,
        orders={each.household_id: each for each in following.orders_in(session)},
    )


@pages.get("/sessions/<int:session_id>/telephone/<int:household_id>")
@requires(COORDINATE.name)
def shop(session_id: int, household_id: int) -> ResponseReturnValue:
    """Show the shop, with what that household has ordered so far."""
    session = sessions.find_session(g.community, session_id)
    household = present.find_household(g.community, household_id)
    order = placing.standing_order(session, household)
    return show_shop(session, form_of(order), order, household)


@pages.post("/sessions/<int:session_id>/telephone/<int:household_id>")
@requires(COORDINATE.name)
def take(session_id: int, household_id: int) -> ResponseReturnValue:
    """Take the order for that household, who is told."""
    session = sessions.find_session(g.community, session_id)
    household = present.find_household(g.community, household_id)
    form = Form.sent()
    taken = form.take(order_schema(session.offers))
    if taken is None:
        return show_shop(session, form, None, household)
    try:
        placed = take_order(session, household, taken, by_phone=True)
    except Absent:
        raise
    except Refusal as refused:
        only_read()
        note_wrong(form, refused)
        session = sessions.find_session(g.community, session_id)
        return show_shop(session, form, None, present.find_household(g.community, household_id))
    db.session.commit()
    say(placed)
    return redirect(
        url_for("direct_sales_following.order", session_id=session_id, order_id=placed.order.id)
    )
