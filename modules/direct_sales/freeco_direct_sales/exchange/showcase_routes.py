"""The page anybody may read, its calendar, and where other programs find the rest."""

from datetime import UTC, datetime

from flask import Blueprint, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.agenda import icalendar_text
from freeco.doors import held_here, public
from freeco.kernel import kernel
from freeco.members import households
from freeco_direct_sales import catalogue, wording
from freeco_direct_sales.exchange import showcase
from freeco_direct_sales.growing import visits
from freeco_direct_sales.orders import sessions, shopping
from freeco_direct_sales.permissions import COORDINATE

pages = Blueprint("direct_sales_showcase", __name__, template_folder="../templates")
ANNOUNCED = datetime(2026, 1, 1, tzinfo=UTC)
"""Stamps every event: the instant of reading would make each look new each time."""


def _address() -> str:
    return url_for("direct_sales_showcase.page")


@pages.get("/vitrine")
@public
def page() -> ResponseReturnValue:
    """Show the coming distributions and the contracts one may take, to anybody."""
    found = showcase.shown(g.community)
    return render_template(
        "direct_sales/showcase.html",
        shown=found,
        visits=visits.shown_to_anybody(g.community),
        data=showcase.schema_org(g.community, found, kernel().settings.base_url + _address()),
        wording=wording,
    )


@pages.get("/distributions.ics")
@public
def calendar() -> ResponseReturnValue:
    """Give the distributions to whoever follows them in a calendar."""
    content = icalendar_text.write(
        g.community,
        showcase.calendar(g.community, _address()),
        kernel().settings.base_url,
        ANNOUNCED,
        public=True,
    )
    answer = Response(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = "inline; filename=distributions.ics"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@pages.get("/donnees")
def data() -> ResponseReturnValue:
    """Tell where other programs read all this, each in its own format."""
    producers = catalogue.producers_of(g.community)
    products = [product for each in producers for product in catalogue.products_of(each)[:1]]
    coordinates = COORDINATE.name in held_here()
    household = households.find_household(g.member)
    return render_template(
        "direct_sales/data.html",
        producers=producers,
        example=products[0] if products else None,
        sessions=shopping.taking_orders(g.community),
        ordered=[each.session for each in sessions.orders_of(household)] if household else [],
        read_orders=[
            each for each in producers if coordinates or catalogue.acts_for(each, g.member)
        ],
    )
