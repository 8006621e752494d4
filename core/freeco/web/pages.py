"""Pages of the whole site: the communities, the charter, the language."""

import email
import email.policy
from pathlib import Path
from xml.sax.saxutils import escape

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from freeco.charter import services as charter
from freeco.charter.articles import articles
from freeco.db import db
from freeco.doors import public, safe_next
from freeco.first_run.drafts import is_new_site
from freeco.i18n import LANGUAGES, language
from freeco.kernel import kernel
from freeco.members.models import Admission, Community

pages = Blueprint("site", __name__)
LATEST_MAILS = 20
PUBLIC_PAGES = ("circle.home", "circle.openings", "charter.read", "places.map_page", "record.home")
NOT_FOR_INDEXERS = ("/api/", "/connexion", "/inscription", "/courrier", "/lien/", "/moi")


@pages.get("/")
@public
def home() -> ResponseReturnValue:
    """Show the open communities; closed circles are not even named."""
    if is_new_site():
        return render_template("first_run/new_site.html")
    communities = db.session.scalars(
        select(Community).where(Community.admission == Admission.OPEN).order_by(Community.name)
    ).all()
    return render_template("site/home.html", communities=communities)


@pages.get("/charte")
@public
def charter_page() -> ResponseReturnValue:
    """Show the charter in force."""
    text = charter.reading(language())
    return render_template(
        "charter/read.html", text=text, articles=articles(text), changes=[], waiting=False
    )


@pages.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Tell indexers what is of no use to them, and where the list of public pages is."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in NOT_FOR_INDEXERS),
        f"Sitemap: {kernel().settings.base_url}/sitemap.xml",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@pages.get("/sitemap.xml")
@public
def sitemap() -> ResponseReturnValue:
    """List the public pages of the open communities; closed circles are not even named."""
    addresses = [url_for(page) for page in ("site.home", "site.charter_page", "cost_price.home")]
    for slug in db.session.scalars(
        select(Community.slug).where(Community.admission == Admission.OPEN).order_by(Community.slug)
    ):
        addresses += [url_for(page, community=slug) for page in PUBLIC_PAGES]
    site = kernel().settings.base_url
    listed = "".join(f"<url><loc>{escape(site + each)}</loc></url>\n" for each in addresses)
    return Response(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{listed}</urlset>\n",
        mimetype="application/xml",
    )


@pages.post("/langue")
@public
def choose_language() -> ResponseReturnValue:
    """Read the site in another language, remembered for the person or the session."""
    code = request.form.get("language", "")
    if code not in LANGUAGES:
        abort(400)
    session["language"] = code
    if g.person is not None:
        g.person.language = code
        db.session.commit()
    return redirect(safe_next(request.form.get("next") or "/"))


@pages.get("/courrier")
@public
def demonstration_mail() -> ResponseReturnValue:
    """Show the e-mails a demonstration wrote to its folder; absent wherever real mail is sent."""
    settings = kernel().settings
    if settings.production or not settings.mail_url.startswith("file:"):
        abort(404)
    folder = Path(settings.mail_url.removeprefix("file:"))
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
    mails = [
        email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        for file in files[:LATEST_MAILS]
    ]
    return render_template("site/mail.html", mails=mails)
