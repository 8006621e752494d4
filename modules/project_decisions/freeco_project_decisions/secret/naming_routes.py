"""Naming who keeps the keys, on the page where a secret vote is prepared: one for both kinds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, update_wrapper

from flask import Blueprint, g
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent
from freeco.i18n import _
from freeco.members.membership import find_member
from freeco.web.forms import Form
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.polls.opening import find_poll
from freeco_project_decisions.secret import trustees
from freeco_project_decisions.secret.models import Trustee
from freeco_project_decisions.secret.schemas import OutsiderSchema, ThresholdSchema, TrusteeSchema

Show = Callable[[Poll, dict[str, Form]], ResponseReturnValue]
"""Shows the page again, with the forms that were wrong, by name."""
Done = Callable[[Poll, object, str], ResponseReturnValue]
"""Says what was done and leads back, to an anchor."""


@dataclass(frozen=True)
class Page:
    """The page on which trustees are named: how it is shown again, and how one comes back."""

    show: Show
    done: Done


def add_naming(pages: Blueprint, folder: str, page: Page) -> None:
    """Add to a blueprint the four addresses by which trustees are named, below ``folder``."""
    for end, name, view in (
        ("seuil", "threshold", _threshold),
        ("depositaires", "name_member", _name_member),
        ("depositaires/ailleurs", "name_outsider", _name_outsider),
        ("depositaires/<int:trustee_id>/retirer", "remove_trustee", _remove_trustee),
    ):
        act = requires(PREPARE.name)(update_wrapper(partial(view, page), view))
        pages.add_url_rule(f"/votes/<int:poll_id>/{folder}/{end}", name, act, methods=["POST"])


def _threshold(page: Page, poll_id: int) -> ResponseReturnValue:
    """Say how many keys are enough to open the result."""
    poll, form = find_poll(g.community, poll_id), Form.sent()

    def act(threshold: int) -> None:
        trustees.set_threshold(trustees.group_of(poll), threshold)

    if not form.apply(ThresholdSchema(), act):
        return page.show(poll, {"threshold": form})
    return page.done(poll, _("C’est noté. Chaque dépositaire refait sa clé."), "cles")


def _name_member(page: Page, poll_id: int) -> ResponseReturnValue:
    """Entrust a key to a member."""
    poll, form = find_poll(g.community, poll_id), Form.sent()

    def act(member: int) -> None:
        trustees.name_member(trustees.group_of(poll), find_member(g.community, member))

    if not form.apply(TrusteeSchema(), act):
        return page.show(poll, {"member": form})
    return page.done(poll, _("C’est noté : un courrier lui dit quoi faire."), "cles")


def _name_outsider(page: Page, poll_id: int) -> ResponseReturnValue:
    """Entrust a key to another organisation, by a link that is sent to it."""
    poll, form = find_poll(g.community, poll_id), Form.sent()

    def act(name: str, email: str) -> None:
        trustees.name_outsider(trustees.group_of(poll), name, email)

    if not form.apply(OutsiderSchema(), act):
        return page.show(poll, {"outsider": form})
    return page.done(poll, _("C’est noté : un courrier lui dit quoi faire."), "cles")


def _remove_trustee(page: Page, poll_id: int, trustee_id: int) -> ResponseReturnValue:
    """Take a key back from a trustee who is late or gave up."""
    poll, form = find_poll(g.community, poll_id), Form()
    trustee = db.session.get(Trustee, trustee_id)
    if trustee is None or trustee.group_id != poll.id:
        raise Absent
    if not form.apply(Schema(), lambda: trustees.remove(trustee)):
        return page.show(poll, {"whole": form})
    return page.done(poll, _("C’est noté : les autres refont leur clé."), "cles")
