"""Forms that a session's end interrupts: what was typed is kept, and sent again on a click.

Nothing is sent by itself: the reader sees what they had written, and presses the button. Only
what a page of this site sent is kept, never a password, never a file; and only while the cookie
still names whose session ended. Signing out on purpose ends that.
"""

import json
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from freeco.db import db
from freeco.errors import BUSY, TooMany, show, wants_json
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.members import limits, proxies
from freeco.members.models import Member
from freeco.module import Text
from freeco.web import uploads
from freeco.web.form_labels import Fields, labels_for

pages = Blueprint("unfinished", __name__)
LARGEST = 100_000
"""Bytes: ten times the longest text any form takes."""
MOST_KEPT = 500
MOST_FROM_ONE_PLACE = 20
ONE_PLACE_MINUTES = 15
SECRET = "password"  # noqa: S105 - a part of the names of fields, not a secret


@dataclass(frozen=True)
class Unfinished:
    """A form that was sent, and could not be taken."""

    address: str
    """Where it was being sent: a path of this site."""
    page: str
    """The page it was written on; empty when the browser does not say."""
    fields: Fields
    person: int | None
    """Whose session ended, where it is still known: nobody else is shown it."""
    had_file: bool
    acting_for: int | None = None
    """The member in whose name it was written, if it was not one's own."""

    @classmethod
    def sent(cls) -> "Unfinished | None":
        """Return the form just sent by a page of this site; None for anybody else's."""
        if wants_json() or not _from_here() or "csrf_token" not in request.form:
            return None
        person = session.get("person")
        return cls(
            request.full_path.rstrip("?"),
            _written_on(),
            tuple(
                (name, value)
                for name, values in request.form.lists()
                for value in values
                if name != "csrf_token" and SECRET not in name
            ),
            person if isinstance(person, int) else None,
            any(each.filename for each in request.files.values()),
            _acting_for(),
        )

    def answers(self) -> list[tuple[str, str]]:
        """Return what was written, each answer after the words of its field."""
        parent = self.address.partition("?")[0].rstrip("/").rpartition("/")[0]
        found = labels_for(
            self.fields, [each for each in (self.page, self.address, parent) if each]
        )
        if found.names:
            return found.of(self.fields)
        return [("", value) for _name, value in self.fields if value.strip()]


def _from_here() -> bool:
    """Whether the browser vouches that a page of this very site sent the request."""
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said == "same-origin"
    sender = request.headers.get("Origin") or request.referrer or ""
    return urlsplit(sender).netloc == request.host


def _acting_for() -> int | None:
    served, slug = session.get("acting_for"), g.get("community_slug")
    member = db.session.get(Member, served) if isinstance(served, int) else None
    return served if member is not None and member.community.slug == slug else None


def _written_on() -> str:
    sender = urlsplit(request.referrer or "")
    if sender.netloc != request.host or not sender.path.startswith("/"):
        return ""
    return sender.path + (f"?{sender.query}" if sender.query else "")


def keep_for_later() -> str:
    """Keep a form that arrived signed out; return the page to show after signing in.

    What nobody known wrote is not kept: the next to sign in on this browser may be another.
    """
    form = Unfinished.sent()
    if form is None:
        return ""
    if not form.fields or form.person is None:
        return form.page
    content = json.dumps(asdict(form)).encode()
    home = kernel().settings.home
    if len(content) > LARGEST or len(list((home / "uploads").glob("*.json"))) >= MOST_KEPT:
        return form.page
    try:
        limits.bound(f"kept:{request.remote_addr}", MOST_FROM_ONE_PLACE, ONE_PLACE_MINUTES)
    except TooMany:
        return form.page
    finally:
        db.session.commit()
    forget_kept()
    session["unfinished"] = uploads.keep(home, "unfinished.json", content)
    return url_for("unfinished.resume")


def was_somebody() -> bool:
    """Whether the cookie still names whose session has ended."""
    return g.person is None and isinstance(session.get("person"), int)


def forget_kept() -> None:
    """Forget what this browser keeps, unsent."""
    uploads.forget(kernel().settings.home, session.pop("unfinished", ""))


def _kept() -> Unfinished | None:
    try:
        _name, content = uploads.read(kernel().settings.home, session.get("unfinished", ""))
    except uploads.UploadGone:
        return None
    found = json.loads(content)
    found["fields"] = tuple((name, value) for name, value in found["fields"])
    form = Unfinished(**found)
    return form if form.person == g.person.id and _in_the_same_name(form) else None


def _in_the_same_name(form: Unfinished) -> bool:
    """Act again for whom it was written for, as signing in ended that; whether one still may."""
    if session.get("acting_for") != form.acting_for:
        session.pop("csrf_token", None)  # as ``doors.act_for``: other tabs wrote for another name
        session.pop("acting_for", None)
    if form.acting_for is None:
        return True
    member = db.session.get(Member, form.acting_for)
    if member is None or not proxies.may_act_for(g.person, member):
        return False
    session["acting_for"], g.acting_for = member.id, member
    return True


@pages.get("/inacheve")
def resume() -> ResponseReturnValue:
    """Show what was written when the session ended, and the button that sends it."""
    form = _kept()
    if form is None:
        return render_template("unfinished/nothing.html")
    return _show(form, ended=True)


def _show(form: Unfinished, *, ended: bool = False, busy: Text | None = None) -> str:
    return render_template(
        "unfinished/resume.html", unfinished=form, answers=form.answers(), ended=ended, busy=busy
    )


def show_busy(form: Unfinished) -> str:
    """Show what was written when too many wrote at once, and the button that sends it again."""
    return _show(form, busy=BUSY)


@pages.post("/inacheve/effacer")
def forget() -> ResponseReturnValue:
    """Forget what was kept, unsent."""
    forget_kept()
    flash(str(_("Ce qui était gardé est effacé, rien n’a été envoyé.")), "good")
    return redirect(url_for("accounts.home"))


def init_unfinished(app: Flask) -> None:
    """Answer a form that was open too long with what it held, to be sent with a fresh token."""

    @app.errorhandler(CSRFError)
    def _too_old(_error: CSRFError) -> ResponseReturnValue:
        db.session.rollback()
        form = Unfinished.sent()
        if form is None:
            return show(400, _("Cette page était ouverte depuis trop longtemps. Rechargez-la."))
        return _show(form), 400
