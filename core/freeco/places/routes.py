"""Pages of the map."""

from dataclasses import replace
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from freeco.doors import door_of, held_here, open_here, public, requires
from freeco.errors import NotAllowed, problem
from freeco.i18n import _, number, said
from freeco.kernel import kernel
from freeco.members.models import STEWARD, Community
from freeco.organisations import services as organisations
from freeco.organisations.models import Organisation, Role
from freeco.places import positions
from freeco.places.bounds import Bounds
from freeco.places.drawing import Mark, draw, marks_of
from freeco.places.looking import ALONE, Shown, home_of, look, read_bounds
from freeco.places.projection import FARTHEST, NEAREST, View, framed
from freeco.places.spots import Spot, collect, kinds_of
from freeco.web.forms import Form
from freeco.web.shell import POLICY

pages = Blueprint("places", __name__)
LISTED = 20


@pages.get("/carte")
@public
def map_page() -> ResponseReturnValue:
    """Draw the map around the community, and list what is on it."""
    shown = look(g.community, request.args, _collected)
    home = home_of(g.community)
    page_count = max(1, -(-len(shown.spots) // LISTED))
    page = min(page_count, max(1, request.args.get("page", 1, type=int)))
    settings = kernel().settings
    answer = make_response(
        render_template(
            "places/map.html",
            drawing=draw(
                shown.view,
                shown.spots,
                shown.legend,
                home,
                settings.tiles_url,
                g.community.commune,
            ),
            shown=shown,
            spots=shown.spots[(page - 1) * LISTED : page * LISTED],
            page_number=page,
            page_count=page_count,
            address=_address,
            opens=_opens,
            nearer=lambda mark: _nearer(shown, mark),
            shape_of={each.slug: each.shape for each in shown.legend},
            moved=request.args.get("zoom") is not None,
            widest=FARTHEST,
            nearest=NEAREST,
            steward=STEWARD in held_here(),
            tiles_attribution=settings.tiles_attribution,
        )
    )
    if settings.tiles_source:
        answer.headers["Content-Security-Policy"] = POLICY.replace(
            "img-src 'self' data:", f"img-src 'self' data: {settings.tiles_source}"
        )
    return answer


@pages.get("/carte.json")
@public
def map_data() -> ResponseReturnValue:
    """Give the marks inside a rectangle, grouped, for a map of another make."""
    bounds = read_bounds(request.args.get("bounds", ""))
    if bounds is None:
        return problem(
            400,
            said("Rectangle illisible"),
            said(
                "« bounds » donne quatre nombres en degrés : sud, ouest, nord, est, le sud sous "
                "le nord et l’ouest avant l’est."
            ),
        )
    spots = _collected(bounds)
    legend = kinds_of(spots)
    kind = request.args.get("kind", "")
    kept = [spot for spot in spots if kind in {"", spot.kind_slug}]
    frame = framed(bounds)
    return jsonify(
        total=len(kept),
        marks=[
            {
                "latitude": round(point[0], 6),
                "longitude": round(point[1], 6),
                "title": mark.title,
                "count": mark.count,
                "shape": mark.shape,
                "colour": mark.colour,
                "url": _opens(mark.spot) if mark.spot else "",
            }
            for mark in marks_of(frame, kept, legend)
            for point in [frame.at(mark.x, mark.y)]
        ],
    )


def _collected(bounds: Bounds) -> list[Spot]:
    return collect(kernel().plugins, open_here(), g.community, bounds)


def _address(view: View | None = None, kind: str = "", page: int = 1) -> str:
    """Return the address of a view of the map; without a view, of the first one."""
    return url_for(
        "places.map_page",
        zoom=view.zoom if view else None,
        lat=f"{view.latitude:.5f}" if view else None,
        lon=f"{view.longitude:.5f}" if view else None,
        kind=kind or None,
        page=page if page > 1 else None,
    )


def _nearer(shown: Shown, mark: Mark) -> str:
    """Return the address of a nearer view of a group; at the nearest, of the list below."""
    latitude, longitude = shown.view.at(mark.x, mark.y)
    if shown.view.zoom == NEAREST:
        return "#liste"
    return _address(
        replace(shown.view.zoomed(2), latitude=latitude, longitude=longitude), shown.kind
    )


@pages.app_template_filter("distance")
def _distance(kilometres: float) -> str:
    """Write a distance: 9 km, 1,2 km, less than a kilometre."""
    if kilometres < 0.95:
        return said("moins d’un km")
    shown = round(kilometres) if kilometres >= 9.5 else round(kilometres, 1)
    return said("%(number)s km", number=number(shown))


def _opens(spot: Spot) -> str:
    """Return where a place leads; nothing for a stranger whom its page would send away."""
    if g.member is not None:
        return spot.url
    parts = urlsplit(spot.url)
    if parts.netloc:
        return spot.url if parts.scheme in {"http", "https"} else ""
    try:
        endpoint, _values = current_app.url_map.bind("").match(parts.path)
    except HTTPException:
        return ""
    return spot.url if door_of(current_app, endpoint).public else ""


@pages.get("/carte/position")
@requires(STEWARD)
def position_page() -> ResponseReturnValue:
    """Ask where the community's centre is."""
    return _ask_position(g.community, Form.blank(position=_written(g.community)))


@pages.post("/carte/position")
@requires(STEWARD)
def set_position() -> ResponseReturnValue:
    """Move the community's centre."""
    return _move(g.community)


@pages.get("/carte/organisations/<int:member_id>")
def organisation_page(member_id: int) -> ResponseReturnValue:
    """Ask where an organisation is."""
    organisation = _managed(member_id)
    return _ask_position(organisation, Form.blank(position=_written(organisation)))


@pages.post("/carte/organisations/<int:member_id>")
def set_organisation(member_id: int) -> ResponseReturnValue:
    """Move an organisation."""
    return _move(_managed(member_id))


def _managed(member_id: int) -> Organisation:
    """Return an organisation I coordinate, or any for a steward. Raises Absent, NotAllowed."""
    member = organisations.find_organisation(g.community, member_id)
    coordinates = organisations.holds_role(
        member, g.member.person_id, Role.COORDINATOR, Role.PRODUCER
    )
    if member.organisation is None or not (coordinates or STEWARD in held_here()):
        raise NotAllowed
    return member.organisation


def _written(thing: Community | Organisation) -> str:
    return positions.written_position(thing.latitude, thing.longitude)


def _move(thing: Community | Organisation) -> ResponseReturnValue:
    form = Form.sent()

    def act(position: str) -> None:
        positions.place(thing, positions.read_position(position))

    if not form.apply(positions.PositionSchema(), act):
        return _ask_position(thing, form)
    home = home_of(thing)
    if home is None:
        flash(str(_("La position est retirée.")), "calm")
        return redirect(_address())
    flash(str(_("La position est enregistrée.")), "good")
    return redirect(_address(View(*home, ALONE)))


def _ask_position(thing: Community | Organisation, form: Form) -> ResponseReturnValue:
    return (
        render_template("places/position.html", name=thing.name, commune=thing.commune, form=form),
        form.status,
    )
