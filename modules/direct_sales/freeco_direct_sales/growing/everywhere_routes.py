"""The page of all a farm brings, whatever the group."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from freeco.errors import Absent
from freeco_direct_sales import catalogue
from freeco_direct_sales.growing import everywhere

pages = Blueprint("direct_sales_everywhere", __name__, template_folder="../templates")


@pages.get("/producteurs/partout")
def page() -> ResponseReturnValue:
    """Show what the reader's farms bring in the days to come, to each group and in all."""
    if g.person is None or not catalogue.represented_by(g.community, g.member):
        raise Absent
    return render_template(
        "direct_sales/growing/everywhere.html",
        days=everywhere.days_of(g.person),
        groups=len(everywhere.farms_of(g.person)),
    )
