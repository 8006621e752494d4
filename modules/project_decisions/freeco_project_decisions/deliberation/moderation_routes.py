"""Moderating a discussion: closed, or a message hidden, with a reason that everybody reads."""

from flask import g, render_template
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import requires
from freeco.web.forms import Form
from freeco_project_decisions.deliberation import concerning, discussing
from freeco_project_decisions.deliberation.discussing import find_discussion, find_message
from freeco_project_decisions.deliberation.models import Discussion, Message
from freeco_project_decisions.deliberation.routes import back, pages
from freeco_project_decisions.deliberation.schemas import ReasonSchema
from freeco_project_decisions.permissions import PREPARE


@pages.get("/discussions/<int:discussion_id>/clore")
@requires(PREPARE.name)
def close_page(discussion_id: int) -> ResponseReturnValue:
    """Ask why a discussion is closed."""
    return _reason(find_discussion(g.community, discussion_id), None, Form.blank())


@pages.get("/discussions/<int:discussion_id>/messages/<int:message_id>/masquer")
@requires(PREPARE.name)
def hide_page(discussion_id: int, message_id: int) -> ResponseReturnValue:
    """Ask why a message is hidden."""
    shown = find_discussion(g.community, discussion_id)
    return _reason(shown, find_message(shown, message_id), Form.blank())


def _reason(shown: Discussion, message: Message | None, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/deliberation/reason.html",
            discussion=shown,
            message=message,
            form=form,
        ),
        form.status,
    )


@pages.post("/discussions/<int:discussion_id>/clore")
@requires(PREPARE.name)
def close(discussion_id: int) -> ResponseReturnValue:
    """Close a discussion, with a reason that stands on it."""
    shown, form = find_discussion(g.community, discussion_id), Form.sent()

    def act(reason: str) -> None:
        discussing.close(shown, g.member, reason)

    if not form.apply(ReasonSchema(), act):
        return _reason(shown, None, form)
    return back(shown)


@pages.post("/discussions/<int:discussion_id>/rouvrir")
@requires(PREPARE.name)
def reopen(discussion_id: int) -> ResponseReturnValue:
    """Open a closed discussion again."""
    shown = find_discussion(g.community, discussion_id)
    discussing.reopen(shown)
    db.session.commit()
    return back(shown)


@pages.post("/discussions/<int:discussion_id>/messages/<int:message_id>/masquer")
@requires(PREPARE.name)
def hide(discussion_id: int, message_id: int) -> ResponseReturnValue:
    """Hide a message, with a reason that everybody reads; its author is told."""
    shown, form = find_discussion(g.community, discussion_id), Form.sent()
    message = find_message(shown, message_id)

    def act(reason: str) -> None:
        if discussing.hide(message, g.member, reason):
            concerning.tell_hidden(message)

    if not form.apply(ReasonSchema(), act):
        return _reason(shown, message, form)
    return back(shown, f"m{message.id}")


@pages.post("/discussions/<int:discussion_id>/messages/<int:message_id>/montrer")
@requires(PREPARE.name)
def show_again(discussion_id: int, message_id: int) -> ResponseReturnValue:
    """Show a hidden message again."""
    message = find_message(find_discussion(g.community, discussion_id), message_id)
    discussing.show_again(message)
    db.session.commit()
    return back(message.discussion, f"m{message.id}")
