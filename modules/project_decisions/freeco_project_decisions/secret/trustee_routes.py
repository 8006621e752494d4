"""What holds a key of a secret poll: one page that always says the one thing to do now.

A trustee of this community comes signed in; one of another organisation by the link that was
sent to them. Either way the key stays in a file of theirs: this site sees public parts alone.
"""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.doors import by_link
from freeco.errors import Absent
from freeco.i18n import _
from freeco.members.models import Community
from freeco.web.forms import Form
from freeco_project_decisions.polls.opening import find_poll
from freeco_project_decisions.secret import rounds, script_words, showing, trustees
from freeco_project_decisions.secret.errors import TrusteeUnsound
from freeco_project_decisions.secret.models import SealedPoll, Trustee
from freeco_project_decisions.secret.rounds import Step

pages = Blueprint("project_decisions_trustees", __name__)

MADE = (Step.KEY, Step.COMMIT)
"""The steps at which a trustee makes the file they keep."""


def _holds(community: Community, values: Mapping[str, Any]) -> bool:
    """Whether a link was sent to a trustee of a poll of this community."""
    return _invited(community, str(values.get("token", ""))) is not None


def _invited(community: Community, token: str) -> Trustee | None:
    try:
        found = trustees.trustee_with(token)
    except Absent:
        return None
    return found if found.group.poll.community_id == community.id else None


def _outsider(token: str) -> Trustee:
    found = _invited(g.community, token)
    if found is None:
        raise Absent
    return found


def _member(poll_id: int) -> Trustee:
    return trustees.trustee_of(find_poll(g.community, poll_id), g.member)


@pages.get("/votes/<int:poll_id>/cle")
def key_page(poll_id: int) -> ResponseReturnValue:
    """Show a trustee of this community what to do now."""
    return _page(_member(poll_id), Form.blank(), _own(poll_id))


@pages.post("/votes/<int:poll_id>/cle")
def post_key(poll_id: int) -> ResponseReturnValue:
    """Take what a trustee of this community hands over."""
    return _post(_member(poll_id), _own(poll_id))


@pages.post("/votes/<int:poll_id>/cle/refuser")
def refuse(poll_id: int) -> ResponseReturnValue:
    """Begin the rounds again: a part that a trustee of this community received is false."""
    return _refuse(_member(poll_id), _own(poll_id))


@pages.get("/votes/<int:poll_id>/cle/tache.json")
def key_task(poll_id: int) -> ResponseReturnValue:
    """Give a trustee of this community what the command reads."""
    return _task(_member(poll_id))


@pages.get("/votes/secret/cle/<token>")
@by_link(_holds)
def outsider_page(token: str) -> ResponseReturnValue:
    """Show a trustee of another organisation what to do now."""
    return _page(_outsider(token), Form.blank(), _theirs(token))


@pages.post("/votes/secret/cle/<token>")
@by_link(_holds)
def outsider_post(token: str) -> ResponseReturnValue:
    """Take what a trustee of another organisation hands over."""
    return _post(_outsider(token), _theirs(token))


@pages.post("/votes/secret/cle/<token>/refuser")
@by_link(_holds)
def outsider_refuse(token: str) -> ResponseReturnValue:
    """Begin the rounds again: a part that a trustee from elsewhere received is false."""
    return _refuse(_outsider(token), _theirs(token))


@pages.get("/votes/secret/cle/<token>/tache.json")
@by_link(_holds)
def outsider_task(token: str) -> ResponseReturnValue:
    """Give a trustee of another organisation what the command reads."""
    return _task(_outsider(token))


Addresses = tuple[str, str, str]
"""Of the page, of the task as a file, and of what refuses a part."""


def _own(poll_id: int) -> Addresses:
    names = ("key_page", "key_task", "refuse")
    page, task, no = (url_for(f"{pages.name}.{each}", poll_id=poll_id) for each in names)
    return page, task, no


def _theirs(token: str) -> Addresses:
    names = ("outsider_page", "outsider_task", "outsider_refuse")
    page, task, no = (url_for(f"{pages.name}.{each}", token=token) for each in names)
    return page, task, no


def _page(trustee: Trustee, form: Form, addresses: Addresses) -> ResponseReturnValue:
    group, step = trustee.group, rounds.step_of(trustee)
    poll = group.poll
    return (
        render_template(
            "project_decisions/secret/key.html",
            poll=poll,
            group=group,
            trustee=trustee,
            step=step,
            makes=step in MADE,
            alone=trustees.alone(group),
            awaited=[each.label for each in rounds.waited_for(group) if each is not trustee],
            task=json.dumps(rounds.task_of(trustee), ensure_ascii=False),
            sealed=_sealed(trustee),
            form=form,
            words=script_words.trustee_words(),
            addresses=addresses,
        ),
        form.status,
    )


def _sealed(trustee: Trustee) -> SealedPoll | None:
    found = showing.sealed_or_none(trustee.group.poll)
    return found if found is not None and found.election else None


def _post(trustee: Trustee, addresses: Addresses) -> ResponseReturnValue:
    form = Form()
    if not form.apply(Schema(), lambda: rounds.post(trustee, _answer())):
        return _page(trustee, form, addresses)
    flash(str(_("C’est enregistré, merci.")), "good")
    return redirect(addresses[0])


def _refuse(trustee: Trustee, addresses: Addresses) -> ResponseReturnValue:
    form = Form()
    if not form.apply(Schema(), lambda: rounds.complain(trustee)):
        return _page(trustee, form, addresses)
    flash(str(_("Le tour recommence : chacun refait sa clé.")), "good")
    return redirect(addresses[0])


def _answer() -> dict[str, Any]:
    """Read what the page's script wrote, or the file that the command wrote."""
    file = request.files.get("file")
    text = file.read() if file is not None and file.filename else request.form.get("answer", "")
    try:
        answer = json.loads(text)
        json.dumps(answer, ensure_ascii=False).encode()  # no half of a letter is kept
    except (ValueError, RecursionError) as broken:
        raise TrusteeUnsound(_("ce n’est pas une réponse")) from broken
    if not isinstance(answer, dict):
        raise TrusteeUnsound(_("ce n’est pas une réponse"))
    return answer


def _task(trustee: Trustee) -> Response:
    answer = Response(
        json.dumps(rounds.task_of(trustee), ensure_ascii=False), content_type="application/json"
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="tache.json"'
    return answer
