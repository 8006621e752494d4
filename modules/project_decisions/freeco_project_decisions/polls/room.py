"""Polls in the module's table of contents."""

from freeco.i18n import _
from freeco.module import Job, NavItem
from freeco_project_decisions import record
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls import (
    arranging_routes,
    cards,
    closing,
    letter_kinds,
    opening,
    preparing_routes,
    privacy,
    result_routes,
    routes,
    search,
    telling,
)
from freeco_project_decisions.polls.events import (
    PollCancelled,
    PollDecided,
    PollExtended,
    PollOpened,
)
from freeco_project_decisions.rooms import Room

ROOM = Room(
    blueprints=(routes.pages, preparing_routes.pages, result_routes.pages, arranging_routes.pages),
    navigation=(NavItem(_("Votes"), "project_decisions.home", group="decisions"),),
    permissions=(PREPARE,),
    jobs=(
        Job("open_polls", opening.open_due, every_minutes=1),
        Job("close_polls", closing.close_due, every_minutes=1),
        Job("tell_polls", telling.tell_due, every_minutes=5),
        Job("tell_waiting_polls", telling.tell_waiting, every_minutes=60),
    ),
    topics=letter_kinds.TOPICS,
    letters=letter_kinds.KINDS,
    record=record.KINDS,
    publishes=(PollOpened.name, PollExtended.name, PollDecided.name, PollCancelled.name),
    home=cards.cards,
    agenda=lambda community, _member, since, until: cards.agenda(community, since, until),
    find=lambda community, _member, words: search.find(community, words),
    stories=cards.stories,
    label=search.label,
    leaving=privacy.leaving,
    export=privacy.export,
    erase=privacy.erase,
)
