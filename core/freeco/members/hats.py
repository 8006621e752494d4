"""Hats: in what quality a member reads a community's pages.

A hat changes what the home shows first and never what one may do: the guard reads permissions
and roles, not hats. Four places give the right to wear one: being a member, a permission held, a
role in a member organisation, and a card that a module shows under it.
"""

from collections.abc import Iterable
from typing import get_args

from flask import g, session
from sqlalchemy import select

from freeco.db import db
from freeco.doors import held_here
from freeco.errors import Absent
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.members.models import Member
from freeco.members.permissions import OWN_PERMISSIONS
from freeco.module import Card, Hat, Text
from freeco.organisations.models import OrganisationRole, Role
from freeco.plugins import Plugins

HATS: tuple[Hat, ...] = get_args(Hat)
"""In the order in which they hang in the header."""
NAMES: dict[Hat, Text] = {
    "member": _("membre"),
    "coordinator": _("coordination"),
    "treasurer": _("trésorerie"),
    "producer": _("production"),
}
TASKS: dict[Hat, Text] = {
    "member": _("Ce qui m’attend"),
    "coordinator": _("Le travail de la coordination"),
    "treasurer": _("Le travail de la trésorerie"),
    "producer": _("Le travail de la production"),
}
OF_ROLES: dict[str, Hat] = {
    Role.COORDINATOR: "coordinator",
    Role.SECRETARY: "coordinator",
    Role.TREASURER: "treasurer",
    Role.PRODUCER: "producer",
}


def hats_of(plugins: Plugins, member: Member, held: Iterable[str]) -> frozenset[Hat]:
    """Return the hats that core knows this member may wear, the permissions held being given."""
    by_permission: dict[str, Hat] = {
        permission.name: permission.hat
        for module in plugins.modules.values()
        for permission in module.permissions
    }
    by_permission.update({each.name: each.hat for each in OWN_PERMISSIONS})
    hats: set[Hat] = {"member"}
    hats.update(by_permission[name] for name in held if name in by_permission)
    hats.update(OF_ROLES[role] for role in _roles(member) if role in OF_ROLES)
    return frozenset(hats)


def _roles(member: Member) -> Iterable[str]:
    """Return the roles held in organisations that are members of the same community today."""
    if member.person_id is None:
        return ()
    return db.session.scalars(
        select(OrganisationRole.role)
        .join(Member, Member.organisation_id == OrganisationRole.organisation_id)
        .where(
            OrganisationRole.person_id == member.person_id,
            Member.community_id == member.community_id,
            Member.left_at.is_(None),
        )
        .distinct()
    )


def in_order(hats: Iterable[Hat]) -> list[Hat]:
    """Return hats in the order of the header."""
    owned = set(hats)
    return [each for each in HATS if each in owned]


def hats_here() -> list[Hat]:
    """Return the hats of the reader in the community in view, asked once a request.

    Those that only a module's cards give are remembered from the last time the home was read.
    """
    if "hats" not in g:
        member = g.get("member")
        if member is None:
            g.hats = []
        else:
            core = hats_of(kernel().plugins, member, held_here())
            noticed = _remembered(member).get("noticed")
            known = noticed if isinstance(noticed, list) else []
            g.hats = in_order(core | {each for each in HATS if each in known})
    found: list[Hat] = g.hats
    return found


def hat_worn() -> Hat:
    """Return the hat the reader wears here: the one chosen, as long as it may be worn."""
    member = g.get("member")
    if member is None:
        return "member"
    chosen = _remembered(member).get("worn")
    return next((each for each in hats_here() if each == chosen), "member")


def notice(member: Member, cards: Iterable[Card]) -> None:
    """Remember the hats that a member's cards stand under, for the header of the other pages."""
    given = in_order({card.hat for card in cards} - {"member"})
    remembered = _remembered(member)
    if remembered.get("noticed", []) != given:
        _remember(member, {**remembered, "noticed": given})
        g.pop("hats", None)


def wear(member: Member, hat: str) -> None:
    """Put on a hat. Raises Absent for one this member may not wear, as for one nobody knows."""
    if hat not in hats_here():
        raise Absent
    _remember(member, {**_remembered(member), "worn": hat})


def _remembered(member: Member) -> dict[str, object]:
    kept = session.get("hats")
    found = kept.get(str(member.id)) if isinstance(kept, dict) else None
    return found if isinstance(found, dict) else {}


def _remember(member: Member, what: dict[str, object]) -> None:
    kept = session.get("hats")
    session["hats"] = {**(kept if isinstance(kept, dict) else {}), str(member.id): what}
