"""What surrounds every page: who reads, where, the tabs, and the headers that protect them."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request, url_for

from freeco.doors import READING, door_of, held_here
from freeco.i18n import LANGUAGE_NAMES, LANGUAGES, _, language
from freeco.kernel import kernel
from freeco.members.hats import NAMES, hat_worn, hats_here
from freeco.module import Text
from freeco.web.module_files import folder_of
from freeco.web.navigation import entries

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'"
)
HTMX = "npm/htmx.min.js"
VERSIONED = (".css", ".js")
"""Files whose address says what is in them: a browser that kept the former one asks again."""


def init_shell(app: Flask) -> None:
    """Give every template who reads, where, and what may be opened."""
    static = Path(str(app.static_folder))
    has_htmx = (static / HTMX).exists()

    @app.url_defaults
    def _name_version(endpoint: str, values: dict[str, Any]) -> None:
        name = str(values.get("filename", ""))
        if not name.endswith(VERSIONED):
            return
        folder = static if endpoint == "static" else folder_of(str(values.get("module", "")))
        if folder is not None and (folder / name).is_file():
            values["v"] = _version(folder / name, (folder / name).stat().st_mtime_ns)

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
            "navigation": entries(),
            "hats": [(each, NAMES[each]) for each in hats_here()],
            "hat_worn": hat_worn(),
            "canonical": canonical(),
            "footer": _footer(),
            "htmx": has_htmx,
            "may": may,
        }


def may(permission: str) -> bool:
    """Whether the reader holds a permission here; only to hide a button, the guard decides."""
    member = g.get("member")
    return member is not None and permission in held_here()


def canonical() -> str | None:
    """Return the one address under which a public page is indexed and shared, query apart."""
    if request.endpoint is None or request.method not in READING:
        return None
    if not door_of(current_app, request.endpoint).public:
        return None
    return kernel().settings.base_url + request.path


def _footer() -> list[tuple[Text, str]]:
    links: list[tuple[Text, str]] = [(_("Les communautés"), url_for("site.home"))]
    if g.get("community") is not None:
        links.append((_("La charte"), url_for("charter.read")))
        links.append((_("Le registre"), url_for("record.home")))
    else:
        links.append((_("La charte"), url_for("site.charter_page")))
    links.append((_("Le prix coûtant"), url_for("cost_price.home")))
    links.append((_("Les comptes de la coopérative"), url_for("books.page")))
    if not kernel().settings.production and kernel().settings.mail_url.startswith("file:"):
        links.append((_("Courrier de démonstration"), url_for("site.demonstration_mail")))
    return links


@cache
def _version(file: Path, _changed: int) -> str:
    return sha256(file.read_bytes()).hexdigest()[:10]


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
