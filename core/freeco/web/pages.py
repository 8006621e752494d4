"""Pages of the whole site: the communities, the charter, the language."""

import email
import email.policy
from pathlib import Path

from flask import Blueprint, abort, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from freeco.charter import services as charter
from freeco.db import db
from freeco.doors import public, safe_next
from freeco.i18n import LANGUAGES, language
from freeco.kernel import kernel
from freeco.members.models import Admission, Community

pages = Blueprint("site", __name__)
LATEST_MAILS = 20


@pages.get("/")
@public
def home() -> ResponseReturnValue:
    """Show the open communities; closed circles are not even named."""
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
        "charter/read.html", text=text, articles=charter.articles(text), changes=[], waiting=False
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
