"""Writing a notice: its text, its picture, its preview on every channel, its publication."""

from datetime import timedelta

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import now, today
from freeco.db import db
from freeco.doors import requires
from freeco.i18n import _, language
from freeco.kernel import kernel
from freeco.web.forms import Form
from freeco_bulletin import channels, notices, papers, reach, reading, wording
from freeco_bulletin.local import LAST_MINUTE, MIDNIGHT, local
from freeco_bulletin.models import BulletinNotice, Level, NoticeState
from freeco_bulletin.permissions import PUBLISH
from freeco_bulletin.schemas import NoticeSchema, PictureSchema, ReasonSchema, written

pages = Blueprint("bulletin_editing", __name__, static_folder=None)
USUAL_DAYS = 14


@pages.get("/redaction")
@requires(PUBLISH.name)
def index() -> ResponseReturnValue:
    """List the drafts, what stands, and what stood."""
    found = reading.written(g.community)
    return render_template(
        "bulletin/index.html",
        drafts=[each for each in found if each.state == NoticeState.DRAFT],
        standing=[each for each in found if _stands_or_will(each)],
        over=[
            each for each in found if each.state != NoticeState.DRAFT and not _stands_or_will(each)
        ],
    )


def _stands_or_will(notice: BulletinNotice) -> bool:
    return notice.state == NoticeState.PUBLISHED and notice.visible_until > now()


@pages.get("/redaction/nouvelle")
@requires(PUBLISH.name)
def new_page() -> ResponseReturnValue:
    """Show the form of a new notice."""
    until = today(g.community.timezone) + timedelta(days=USUAL_DAYS)
    return _form(Form.blank(level=Level.ORDINARY, visible_until=until.isoformat()), None)


def _form(form: Form, notice: BulletinNotice | None) -> ResponseReturnValue:
    chosen = {each.organisation_id: each.name for each in notices.speakers(g.member)}
    if notice is not None and notice.organisation is not None:
        chosen.setdefault(notice.organisation_id, notice.organisation.name)
    return (
        render_template(
            "bulletin/form.html",
            form=form,
            notice=notice,
            organisations=[("", g.community.name), *chosen.items()],
            levels=[
                (name, label, wording.LEVEL_HINTS[name]) for name, label in wording.LEVELS.items()
            ],
        ),
        form.status,
    )


@pages.post("/redaction/nouvelle")
@requires(PUBLISH.name)
def new() -> ResponseReturnValue:
    """Keep a draft."""
    form = Form.sent()

    def act(organisation: int | None, **taken: object) -> BulletinNotice:
        return notices.draft(g.member, written(g.community, taken), organisation)

    if not form.apply(NoticeSchema(), act):
        return _form(form, None)
    return redirect(url_for("bulletin_editing.preview", notice_id=form.result.id))


@pages.get("/redaction/<int:notice_id>/modifier")
@requires(PUBLISH.name)
def change_page(notice_id: int) -> ResponseReturnValue:
    """Show the form of a draft as it was typed."""
    notice = reading.find(g.community, notice_id)
    return _form(_typed(notice), notice)


def _typed(notice: BulletinNotice) -> Form:
    here = notice.community
    begins = local(here, notice.happens_at) if notice.happens_at is not None else None
    ends = local(here, notice.ends_at) if notice.ends_at is not None else None
    shown = local(here, notice.visible_from) if notice.visible_from is not None else None
    several = begins is not None and ends is not None and ends.date() != begins.date()
    return Form.blank(
        title=notice.title,
        text=notice.text,
        level=notice.level,
        organisation=notice.organisation_id,
        happens_on=begins.date().isoformat() if begins is not None else None,
        starts=f"{begins:%H:%M}" if begins is not None and begins.time() != MIDNIGHT else None,
        last_on=ends.date().isoformat() if ends is not None and several else None,
        ends=f"{ends:%H:%M}" if ends is not None and ends.time() != LAST_MINUTE else None,
        place=notice.place,
        visible_from=shown.date().isoformat() if shown is not None else None,
        visible_until=local(here, notice.visible_until).date().isoformat(),
        asks_help="1" if notice.asks_help else "",
    )


@pages.post("/redaction/<int:notice_id>/modifier")
@requires(PUBLISH.name)
def change(notice_id: int) -> ResponseReturnValue:
    """Keep what was typed in a draft."""
    notice = reading.find(g.community, notice_id)
    form = Form.sent()

    def act(organisation: int | None, **taken: object) -> None:
        notices.change(notice, g.member, written(g.community, taken), organisation)

    if not form.apply(NoticeSchema(), act):
        return _form(form, notice)
    return redirect(url_for("bulletin_editing.preview", notice_id=notice_id))


@pages.get("/redaction/<int:notice_id>")
@requires(PUBLISH.name)
def preview(notice_id: int) -> ResponseReturnValue:
    """Show every channel on one page, and whom they reach."""
    return _preview(reading.find(g.community, notice_id))


def _preview(
    notice: BulletinNotice, picture: Form | None = None, reason: Form | None = None
) -> ResponseReturnValue:
    kept = notice.picture
    picture = picture or Form.blank(alternative=kept.alternative if kept is not None else "")
    reason = reason or Form.blank()
    return (
        render_template(
            "bulletin/preview.html",
            notice=notice,
            preview=channels.preview(notice, kernel().settings.base_url, language()),
            reach=reach.estimate(notice),
            picture=picture,
            reason=reason,
            stands=reading.is_shown(notice),
            weight_in_words=channels.parts_in_words,
        ),
        max(picture.status, reason.status),
    )


@pages.get("/redaction/<int:notice_id>/<any('affiche', 'tract'):form>.png")
@requires(PUBLISH.name)
def paper_picture(notice_id: int, form: str) -> ResponseReturnValue:
    """Show the poster or the flyer in small."""
    notice = reading.find(g.community, notice_id)
    drawn = papers.draw_notice(notice, form, kernel().settings.base_url)
    return Response(drawn, content_type="image/png")


@pages.post("/redaction/<int:notice_id>/image")
@requires(PUBLISH.name)
def set_picture(notice_id: int) -> ResponseReturnValue:
    """Give a draft its picture; its text is kept already, whatever becomes of the file."""
    notice = reading.find(g.community, notice_id)
    form = Form.sent()
    file = request.files.get("picture")
    content = file.read() if file is not None else b""

    def act(alternative: str) -> None:
        notices.set_picture(notice, content, alternative)

    if not form.apply(PictureSchema(), act):
        return _preview(notice, picture=form)
    flash(str(_("L’image est prête.")), "good")
    return _back(notice, "image")


@pages.post("/redaction/<int:notice_id>/image/retirer")
@requires(PUBLISH.name)
def remove_picture(notice_id: int) -> ResponseReturnValue:
    """Take the picture of a draft away."""
    notice = reading.find(g.community, notice_id)
    notices.remove_picture(notice)
    db.session.commit()
    flash(str(_("L’image est enlevée.")), "good")
    return _back(notice, "image")


def _back(notice: BulletinNotice, anchor: str | None = None) -> ResponseReturnValue:
    url = url_for("bulletin_editing.preview", notice_id=notice.id, _anchor=anchor)
    return redirect(url)


@pages.post("/redaction/<int:notice_id>/publier")
@requires(PUBLISH.name)
def publish(notice_id: int) -> ResponseReturnValue:
    """Publish; a second click changes nothing and tells nobody twice."""
    notice = reading.find(g.community, notice_id)
    first = notices.publish(notice)
    db.session.commit()
    if not first:
        flash(str(_("Cette annonce est déjà publiée ; personne n’est prévenu deux fois.")), "calm")
    elif reading.is_shown(notice):
        flash(str(_("L’annonce est publiée et les membres sont prévenus.")), "good")
    else:
        flash(str(_("L’annonce est prête : elle paraîtra le jour choisi.")), "good")
    return _back(notice)


@pages.post("/redaction/<int:notice_id>/retirer")
@requires(PUBLISH.name)
def withdraw(notice_id: int) -> ResponseReturnValue:
    """Take a notice off every channel, saying why."""
    notice = reading.find(g.community, notice_id)
    form = Form.sent()

    def act(reason: str) -> None:
        notices.withdraw(notice, reason)

    if not form.apply(ReasonSchema(), act):
        return _preview(notice, reason=form)
    flash(str(_("L’annonce est retirée. Sa page dit pourquoi.")), "good")
    return _back(notice)


@pages.post("/redaction/<int:notice_id>/corriger")
@requires(PUBLISH.name)
def correct(notice_id: int) -> ResponseReturnValue:
    """Begin a correction of what everyone has read."""
    newer = notices.correct(reading.find(g.community, notice_id), g.member)
    db.session.commit()
    return redirect(url_for("bulletin_editing.change_page", notice_id=newer.id))


@pages.post("/redaction/<int:notice_id>/supprimer")
@requires(PUBLISH.name)
def delete(notice_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    notices.delete_draft(reading.find(g.community, notice_id))
    db.session.commit()
    flash(str(_("Le brouillon est supprimé.")), "good")
    return redirect(url_for("bulletin_editing.index"))
