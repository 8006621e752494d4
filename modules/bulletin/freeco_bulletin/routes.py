"""The bulletin as it is read: the page, its feed, one notice, its picture and its papers."""

from datetime import datetime

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from freeco.clock import now
from freeco.db import db
from freeco.doors import held_here, public
from freeco.errors import Absent
from freeco.i18n import _, sentence
from freeco.kernel import kernel
from freeco.web.downloads import pdf_answer
from freeco_bulletin import feeds, helping, local, papers, reading, wording
from freeco_bulletin.models import BulletinNotice, NoticePicture, NoticeState
from freeco_bulletin.permissions import PUBLISH

KEPT_SECONDS = 24 * 3600

pages = Blueprint("bulletin", __name__, template_folder="templates", static_folder=None)


@pages.app_template_filter("bulletin_when")
def _when(notice: BulletinNotice) -> str:
    return sentence(local.when(notice))


@pages.app_template_filter("bulletin_moment")
def _moment(at: datetime) -> str:
    return local.moment(g.community, at)


@pages.app_context_processor
def _words() -> dict[str, object]:
    return {"bulletin_words": wording}


@pages.get("/")
@public
def home() -> ResponseReturnValue:
    """Show what the community tells everyone today."""
    return render_template("bulletin/home.html", notices=reading.shown(g.community))


@pages.get("/fil.xml")
@public
def feed() -> ResponseReturnValue:
    """Give the same to feed readers, in Atom."""
    content = feeds.atom(
        g.community, reading.shown(g.community), kernel().settings.base_url, at=now()
    )
    return Response(content, content_type="application/atom+xml; charset=utf-8")


@pages.get("/<int:notice_id>")
@public
def notice(notice_id: int) -> ResponseReturnValue:
    """Show one notice, once over and once withdrawn too: its code hangs on walls."""
    shown = _readable(notice_id)
    author = g.member is not None and shown.author is g.member
    return render_template(
        "bulletin/notice.html",
        notice=shown,
        newer=reading.newer_version(shown),
        stands=reading.is_shown(shown),
        offered=g.member is not None and helping.offered(shown, g.member),
        helpers=helping.helpers_of(shown) if author and shown.asks_help else [],
        is_author=author,
    )


def _readable(notice_id: int) -> BulletinNotice:
    """Return a notice that the reader may see; drafts are for those in charge."""
    if g.member is not None and PUBLISH.name in held_here():
        return reading.find(g.community, notice_id)
    return reading.find_public(g.community, notice_id)


@pages.get("/<int:notice_id>/<any('image', 'vignette'):size>.jpg")
@public
def picture(notice_id: int, size: str) -> ResponseReturnValue:
    """Give the picture of a notice, wherever its notice may be read."""
    shown = _readable(notice_id)
    kept: NoticePicture | None = shown.picture
    if kept is None or shown.state == NoticeState.WITHDRAWN:
        raise Absent
    answer = Response(kept.full if size == "image" else kept.thumb, content_type="image/jpeg")
    answer.set_etag(f"{kept.sha256[:32]}-{size}")
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if reading.is_public(shown):
        answer.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return answer.make_conditional(request)


@pages.get("/<int:notice_id>/<any('affiche', 'tract', 'tracts'):form>.pdf")
def paper(notice_id: int, form: str) -> ResponseReturnValue:
    """Give the poster or the flyers of a notice, to any member who wants to put them up."""
    shown = _readable(notice_id)
    if shown.state == NoticeState.WITHDRAWN:
        raise Absent
    content = papers.print_notice(shown, form, kernel().settings.base_url)
    return pdf_answer(content, f"{form}-{shown.id}.pdf")


@pages.post("/<int:notice_id>/aide")
def offer_help(notice_id: int) -> ResponseReturnValue:
    """Say « Je peux aider »."""
    shown = reading.find_public(g.community, notice_id)
    helping.offer(shown, g.member)
    db.session.commit()
    flash(str(_("Merci. La personne qui a écrit l’annonce voit votre nom.")), "good")
    return redirect(url_for("bulletin.notice", notice_id=notice_id))


@pages.post("/<int:notice_id>/aide/retirer")
def take_help_back(notice_id: int) -> ResponseReturnValue:
    """Take one's offer back."""
    shown = reading.find_public(g.community, notice_id)
    helping.take_back(shown, g.member)
    db.session.commit()
    flash(str(_("C’est noté : vous n’êtes plus sur la liste.")), "good")
    return redirect(url_for("bulletin.notice", notice_id=notice_id))
