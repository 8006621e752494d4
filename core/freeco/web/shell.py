"""What surrounds every page: who reads, where, the tabs, and the headers that protect them."""

from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, current_app, g, request, url_for

from freeco.doors import held_here, open_here
from freeco.i18n import LANGUAGE_NAMES, LANGUAGES, _, language
from freeco.kernel import kernel
from freeco.members.models import STEWARD
from freeco.module import Text

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)
HTMX = "npm/htmx.min.js"


@dataclass(frozen=True)
class Tab:
    """One tab of the row."""

    title: Text
    url: str
    colour: str
    current: bool


def init_shell(app: Flask) -> None:
    """Give every template who reads, where, and what may be opened."""
    has_htmx = (Path(str(app.static_folder)) / HTMX).exists()

    @app.context_processor
    def _surround() -> dict[str, object]:
        return {
            "language": language(),
            "languages": [(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
            "language_url": url_for("site.choose_language"),
            "person": g.get("person"),
            "community": g.get("community"),
            "member": g.get("member"),
            "acting_for": g.acting_for.name if g.get("acting_for") else None,
            "stop_acting_url": url_for("accounts.act_for_myself"),
            "account_url": url_for("accounts.home"),
            "sign_in_url": url_for("accounts.sign_in_page"),
            "sign_out_url": url_for("accounts.sign_out"),
            "home_url": url_for("circle.home") if g.get("community") else url_for("site.home"),
            "navigation": tabs(),
            "footer": _footer(),
            "htmx": has_htmx,
            "may": may,
        }


def may(permission: str) -> bool:
    """Whether the reader holds a permission here; only to hide a button, the guard decides."""
    member = g.get("member")
    return member is not None and permission in held_here()


def tabs() -> list[Tab]:
    """Return the row of tabs: home, the open modules, what opens next, management."""
    community, member = g.get("community"), g.get("member")
    if community is None:
        return []
    row = [_tab(_("Accueil"), "circle.home", "ink")]
    if member is not None:
        for module in kernel().plugins.titled(open_here()):
            row += [_tab(item.title, item.endpoint, module.colour) for item in module.navigation]
        row.append(_tab(_("Membres"), "circle.directory", "ink"))
    row.append(_tab(_("Ce qui ouvre"), "circle.openings", "ink"))
    if may(STEWARD):
        row.append(_tab(_("Gérer"), "stewards.home", "ink"))
    return row


def _tab(title: Text, endpoint: str, colour: str) -> Tab:
    url = url_for(endpoint)
    here, there = (request.endpoint or "").split(".")[0], endpoint.split(".")[0]
    owned = here == there or here.startswith(f"{there}_")
    if there == "circle":
        owned = False
    return Tab(title, url, colour, owned or request.path == url)


def _footer() -> list[tuple[Text, str]]:
    links: list[tuple[Text, str]] = [(_("Les communautés"), url_for("site.home"))]
    if g.get("community") is not None:
        links.append((_("La charte"), url_for("charter.read")))
    else:
        links.append((_("La charte"), url_for("site.charter_page")))
    if not kernel().settings.production and kernel().settings.mail_url.startswith("file:"):
        links.append((_("Courrier de démonstration"), url_for("site.demonstration_mail")))
    return links


def init_headers(app: Flask) -> None:
    """Protect every answer: nothing inline, nothing framed, nothing kept by a shared cache."""

    @app.after_request
    def _protect(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", POLICY)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "same-origin"
        if request.endpoint != "static":
            answer.headers.setdefault("Cache-Control", "private, no-cache")
        if current_app.config["SESSION_COOKIE_SECURE"]:
            answer.headers["Strict-Transport-Security"] = "max-age=31536000"
        return answer
