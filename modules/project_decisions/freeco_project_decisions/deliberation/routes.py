"""Discussions as members meet them: asked, answered, summed up, followed."""

from dataclasses import dataclass, field

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.cells import says
from freeco.clock import now
from freeco.db import db
from freeco.doors import held_here
from freeco.i18n import _
from freeco.web.forms import Form
from freeco.web.lists import page_of
from freeco_project_decisions.deliberation import (
    discussing,
    following,
    reading,
    search,
    wording,
)
from freeco_project_decisions.deliberation.discussing import find_discussion, find_message
from freeco_project_decisions.deliberation.models import Discussion, Message, Rhythm, Summary
from freeco_project_decisions.deliberation.schemas import (
    AnsweringSchema,
    ChangedMessageSchema,
    DiscussionSchema,
    MessageSchema,
    RhythmSchema,
    evening,
    number_typed,
)
from freeco_project_decisions.permissions import PREPARE

pages = Blueprint("project_decisions_discussions", __name__)


@pages.app_context_processor
def _words() -> dict[str, object]:
    return {"deliberation_words": wording}


@pages.get("/discussions")
def home() -> ResponseReturnValue:
    """Show the open discussions, those that moved last first; then the closed ones."""
    words = request.args.get("q", "")[:80]
    closed = request.args.get("closes") == "1"
    state = "closed" if closed else "open"
    rows = db.session.scalars(reading.discussions(g.community, state)).all()
    if words:
        rows = [each for each in rows if says(words, each.title, each.text)]
    page = page_of(rows)
    return render_template(
        "project_decisions/deliberation/discussions.html",
        page=page,
        counts=reading.counts(page.rows),
        words=words,
        closed=closed,
        mine=following.rhythms_of(g.member),
    )


@pages.get("/discussions/nouvelle")
def new_page() -> ResponseReturnValue:
    """Show the form of a question."""
    return _new(Form.blank())


def _new(form: Form) -> ResponseReturnValue:
    return (
        render_template("project_decisions/deliberation/new_discussion.html", form=form),
        form.status,
    )


@pages.post("/discussions/nouvelle")
def new() -> ResponseReturnValue:
    """Open a discussion: any member may."""
    form = Form.sent()

    def act(title: str, text: str, until_on: object, extension_days: int) -> Discussion:
        return discussing.open_discussion(
            g.community,
            g.member,
            title,
            text,
            until=evening(g.community, until_on) if until_on is not None else None,  # type: ignore[arg-type]
            extension_days=extension_days,
        )

    if not form.apply(DiscussionSchema(), act):
        return _new(form)
    flash(str(_("La discussion est ouverte : tous les membres peuvent y répondre.")), "good")
    return back(form.result)


def back(discussion: Discussion, anchor: str | None = None) -> ResponseReturnValue:
    """Go to the page of a discussion."""
    return redirect(
        url_for(
            "project_decisions_discussions.discussion",
            discussion_id=discussion.id,
            _anchor=anchor,
        )
    )


@dataclass(frozen=True)
class Writing:
    """The forms of a discussion's page: what is being written, and where."""

    message: Form = field(default_factory=Form.blank)
    answers: int = 0
    """The message that is being answered; 0 for a message of its own."""


@pages.get("/discussions/<int:discussion_id>")
def discussion(discussion_id: int) -> ResponseReturnValue:
    """Show a discussion: its question, the last summary, then all that was said, in order."""
    return _page(find_discussion(g.community, discussion_id))


def _page(shown: Discussion, writing: Writing | None = None) -> ResponseReturnValue:
    writing = writing or Writing()
    follow = following.follow_of(shown, g.member)
    return (
        render_template(
            "project_decisions/deliberation/discussion.html",
            discussion=shown,
            open=discussing.is_open(shown),
            threads=reading.threads(shown),
            versions=reading.versions_of(shown),
            summaries=reading.summaries(shown),
            proposals=reading.proposals_of(shown, g.member),
            about=search.about_label(shown),
            rhythm=follow.rhythm if follow is not None else Rhythm.MUTED,
            writing=writing,
            moderates=PREPARE.name in held_here(),
            freely=now() - discussing.FREELY,
        ),
        writing.message.status,
    )


@pages.post("/discussions/<int:discussion_id>/messages")
def say(discussion_id: int) -> ResponseReturnValue:
    """Say something, or answer a message."""
    shown, form = find_discussion(g.community, discussion_id), Form.sent()

    def act(text: str, answers: int) -> Message:
        answered = find_message(shown, answers) if answers else None
        return discussing.say(shown, g.member, text, answered)

    if not form.apply(AnsweringSchema(), act):
        return _page(shown, Writing(form, number_typed(form.values.get("answers"))))
    return back(shown, f"m{form.result.id}")


@pages.get("/discussions/<int:discussion_id>/messages/<int:message_id>/modifier")
def change_page(discussion_id: int, message_id: int) -> ResponseReturnValue:
    """Show one's message to change it."""
    message = find_message(find_discussion(g.community, discussion_id), message_id)
    discussing.require_changing(message, g.member)
    return _changing(message, Form.blank(text=message.text, read=message.text))


def _changing(message: Message, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/deliberation/change_message.html",
            message=message,
            discussion=message.discussion,
            form=form,
            kept=now() >= message.written_at + discussing.FREELY,
        ),
        form.status,
    )


@pages.post("/discussions/<int:discussion_id>/messages/<int:message_id>/modifier")
def change(discussion_id: int, message_id: int) -> ResponseReturnValue:
    """Write one's message anew."""
    message = find_message(find_discussion(g.community, discussion_id), message_id)
    form = Form.sent()

    def act(text: str, read: str) -> None:
        discussing.change_message(message, g.member, text, read)

    if not form.apply(ChangedMessageSchema(), act):
        form.values["read"] = message.text
        return _changing(message, form)
    return back(message.discussion, f"m{message.id}")


@pages.post("/discussions/<int:discussion_id>/suivre")
def follow(discussion_id: int) -> ResponseReturnValue:
    """Choose how one follows a discussion."""
    shown, form = find_discussion(g.community, discussion_id), Form.sent()

    def act(rhythm: str) -> None:
        following.follow(shown, g.member, Rhythm(rhythm))

    if not form.apply(RhythmSchema(), act):
        return _page(shown, Writing(form))
    flash(str(_("C’est noté.")), "good")
    return back(shown)


@pages.get("/discussions/<int:discussion_id>/resume")
def summary_page(discussion_id: int) -> ResponseReturnValue:
    """Show the form of a summary, with the last one to begin from."""
    shown = find_discussion(g.community, discussion_id)
    last = reading.summaries(shown)
    return _summary(shown, Form.blank(text=last[0].text if last else ""))


def _summary(shown: Discussion, form: Form) -> ResponseReturnValue:
    return (
        render_template("project_decisions/deliberation/summary.html", discussion=shown, form=form),
        form.status,
    )


@pages.post("/discussions/<int:discussion_id>/resume")
def summarise(discussion_id: int) -> ResponseReturnValue:
    """Say where the discussion stands."""
    shown, form = find_discussion(g.community, discussion_id), Form.sent()

    def act(text: str) -> Summary:
        return discussing.summarise(shown, g.member, text)

    if not form.apply(MessageSchema(), act):
        return _summary(shown, form)
    return back(shown, "resume")
