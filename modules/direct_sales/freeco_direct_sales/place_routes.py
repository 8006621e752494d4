"""Pages that place producers and halls on the map."""

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.doors import requires
from freeco.i18n import _
from freeco.places.positions import PositionSchema, read_position, written_position
from freeco.web.forms import Form
from freeco_direct_sales import catalogue, places
from freeco_direct_sales.permissions import COORDINATE

pages = Blueprint("direct_sales_places", __name__, template_folder="templates")


@pages.get("/carte")
@requires(COORDINATE.name)
def index() -> ResponseReturnValue:
    """List what may stand on the map, and whether it does."""
    known = places.positions(g.community)
    return render_template(
        "direct_sales/positions.html",
        producers=[
            (each, places.point_of(each, known.get(each.id)), each.id in known)
            for each in catalogue.producers_of(g.community)
        ],
        halls=[
            (each, places.point_of_hall(each, known.get(each.name)), each.name in known)
            for each in places.halls(g.community)
        ],
    )


@pages.get("/carte/producteurs/<int:producer_id>")
@requires(COORDINATE.name)
def producer_page(producer_id: int) -> ResponseReturnValue:
    """Ask where a producer is."""
    producer = catalogue.find_producer(g.community, producer_id)
    said = places.positions(g.community).get(producer.id)
    return _ask(producer.name, Form.blank(position=written_position(*(said or (None, None)))))


@pages.post("/carte/producteurs/<int:producer_id>")
@requires(COORDINATE.name)
def set_producer(producer_id: int) -> ResponseReturnValue:
    """Place a producer."""
    producer = catalogue.find_producer(g.community, producer_id)
    return _set(producer.name, lambda point: places.place_producer(producer, point))


@pages.get("/carte/lieu")
@requires(COORDINATE.name)
def hall_page() -> ResponseReturnValue:
    """Ask where baskets are handed out."""
    hall = places.find_hall(g.community, request.args.get("nom", ""))
    said = places.positions(g.community).get(hall.name)
    return _ask(hall.name, Form.blank(position=written_position(*(said or (None, None)))))


@pages.post("/carte/lieu")
@requires(COORDINATE.name)
def set_hall() -> ResponseReturnValue:
    """Place a hall."""
    hall = places.find_hall(g.community, request.args.get("nom", ""))
    return _set(hall.name, lambda point: places.place_hall(g.community, hall.name, point))


def _set(name: str, place: Callable[[tuple[float, float] | None], None]) -> ResponseReturnValue:
    form = Form.sent()
    if not form.apply(PositionSchema(), lambda position: place(read_position(position))):
        return _ask(name, form)
    flash(str(_("La position est enregistrée.")), "good")
    return redirect(url_for("direct_sales_places.index"))


def _ask(name: str, form: Form) -> ResponseReturnValue:
    back = url_for("direct_sales_places.index")
    return render_template("places/position.html", name=name, form=form, back=back), form.status
