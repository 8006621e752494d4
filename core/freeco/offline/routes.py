"""What the installable application asks of the whole site: manifest, worker, shell.

A device keeps two things. The shell (styles, scripts, fonts, the page that says there is no
network) belongs to nobody, and is replaced whole when one of its files changes: the new worker
takes over at once, because it shares nothing with pages already open but the queue, whose form
does not change. The pages marked ``@kept_offline`` belong to one reader: every answer names its
reader by a sign that says nothing else, and the worker forgets them when the sign changes.
"""

from pathlib import Path

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from freeco.doors import public
from freeco.errors import Absent
from freeco.offline import shell
from freeco.signing import drawn

pages = Blueprint("offline", __name__)
PAPER, PAPER_AT_NIGHT = "#f4f6f3", "#10171d"
"""The ground of freeco.css, by day and by night."""
NOBODY = "-"
SERVER_ERROR = 500
HOUR = 3600


def _static() -> Path:
    return Path(str(current_app.static_folder))


def _icon(size: int) -> str:
    return url_for("offline.icon", size=size)


@pages.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """Describe the application to a phone that installs it."""
    icons = [
        {"src": _icon(size), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    drawing = {"src": url_for("static", filename="icon.svg"), "sizes": "any"}
    answer = jsonify(
        id="/",
        name="Freeco",
        short_name="Freeco",
        lang="fr",
        dir="ltr",
        start_url=url_for("accounts.sign_in_page"),
        scope="/",
        display="standalone",
        theme_color=PAPER,
        background_color=PAPER,
        icons=[{**drawing, "type": "image/svg+xml", "purpose": "any"}, *icons],
    )
    answer.content_type = "application/manifest+json"
    return answer


@pages.get("/icone-<int:size>.png")
@public
def icon(size: int) -> ResponseReturnValue:
    """Draw the icon at one of the sizes that phones ask for."""
    if size not in shell.ICON_SIZES:
        raise Absent
    answer = Response(shell.icon(_static() / "icon.svg", size), mimetype="image/png")
    answer.headers["Cache-Control"] = f"public, max-age={24 * HOUR}"
    return answer


@pages.get("/offline-worker.js")
@public
def worker() -> ResponseReturnValue:
    """Give the service worker, from the root so that it serves the whole site."""
    files = [url_for("static", filename=name) for name in shell.shell_files(_static())]
    template = Path(str(current_app.root_path)) / "web/templates/offline/shell.html"
    script = shell.worker(_static(), template, files, url_for("offline.page"), _icon(192))
    answer = Response(script, content_type="text/javascript; charset=utf-8")
    answer.add_etag()
    return answer.make_conditional(request)


@pages.get("/hors-ligne")
@public
def page() -> ResponseReturnValue:
    """Show what a device shows without network for a page it has not kept; nobody's own."""
    answer = make_response(render_template("offline/shell.html"))
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _kept() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "freeco_kept_offline", False)


@pages.app_context_processor
def _surround() -> dict[str, object]:
    return {"kept_offline": _kept(), "paper": PAPER, "paper_at_night": PAPER_AT_NIGHT}


@pages.after_app_request
def _sign(answer: Response) -> Response:
    """Tell the worker who reads, and whether the page may be kept; errors never are."""
    if answer.mimetype != "text/html" or answer.status_code >= SERVER_ERROR:
        return answer
    answer.headers["X-Freeco-Reader"] = _reader()
    if _kept() and answer.status_code == 200 and g.get("person") is not None:
        answer.headers["X-Freeco-Keep"] = "1"
    return answer


def _reader() -> str:
    """Return a sign of who reads and in whose name, worth nothing to anybody else."""
    person = g.get("person")
    if person is None:
        return NOBODY
    acting_for = str(session.get("acting_for", ""))
    return drawn("reader", person.id, person.session_number, acting_for, length=24)
