"""Assemblies in the module's table of contents."""

from freeco.db import db
from freeco.i18n import _
from freeco.members.models import Community
from freeco.module import Event, Job, NavItem
from freeco_project_decisions.assembly import (
    agenda_routes,
    cards,
    counting_routes,
    holding,
    letter_kinds,
    minutes,
    minutes_routes,
    preparing_routes,
    privacy,
    room_routes,
    routes,
    telling,
    voters_routes,
)
from freeco_project_decisions.assembly.events import (
    AssemblyCalled,
    AssemblyCancelled,
    AssemblyClosed,
)
from freeco_project_decisions.permissions import ASSEMBLY
from freeco_project_decisions.polls.events import PollDecided
from freeco_project_decisions.rooms import Room

PARTS = (
    preparing_routes,
    agenda_routes,
    room_routes,
    counting_routes,
    voters_routes,
    minutes_routes,
)
"""Each adds its pages to the blueprint as it is imported."""


def _hear(event: Event) -> None:
    """Adopt the minutes that a vote of a later assembly was about."""
    if event.name == PollDecided.name:
        community = db.session.get(Community, event.community_id)
        if community is not None:
            minutes.decided(
                community, int(event.payload["poll_id"]), adopted=bool(event.payload["adopted"])
            )


ROOM = Room(
    blueprints=(routes.pages,),
    navigation=(NavItem(_("Assemblées"), "project_decisions_assembly.home", group="decisions"),),
    permissions=(ASSEMBLY,),
    jobs=(
        Job("close_assembly_polls", holding.close_due, every_minutes=1),
        Job("tell_assemblies", telling.tell_due, every_minutes=5),
    ),
    topics=letter_kinds.TOPICS,
    letters=letter_kinds.KINDS,
    publishes=(AssemblyCalled.name, AssemblyCancelled.name, AssemblyClosed.name),
    home=cards.cards,
    agenda=lambda community, _member, since, until: cards.agenda(community, since, until),
    find=lambda community, _member, words: cards.find(community, words),
    label=cards.label,
    export=privacy.export,
    erase=privacy.erase,
    hear=_hear,
)
