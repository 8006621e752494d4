"""Projects in the module's table of contents."""

from freeco.i18n import _
from freeco.module import Event, Job, NavItem
from freeco_project_decisions.polls.events import PollDecided
from freeco_project_decisions.projects import (
    cards,
    copy_routes,
    letter_kinds,
    life_routes,
    meeting_routes,
    money_routes,
    people_routes,
    privacy,
    routes,
    search,
    starting,
    task_routes,
    telling,
)
from freeco_project_decisions.projects.events import ProjectClosed, ProjectOpened
from freeco_project_decisions.projects.pages import pages
from freeco_project_decisions.rooms import Room

ROUTES = (
    routes,
    people_routes,
    life_routes,
    copy_routes,
    task_routes,
    meeting_routes,
    money_routes,
)
"""Each fills the blueprint as it is imported."""


def _hear(event: Event) -> None:
    """Open the projects that a vote keeps."""
    if event.name == PollDecided.name:
        starting.hear_decision(event.payload)


ROOM = Room(
    blueprints=(pages,),
    navigation=(NavItem(_("Projets"), "project_decisions_projects.home", group="decisions"),),
    jobs=(Job("tell_projects", telling.tell_due, every_minutes=1),),
    topics=letter_kinds.TOPICS,
    letters=letter_kinds.KINDS,
    publishes=(ProjectOpened.name, ProjectClosed.name),
    home=cards.cards,
    agenda=cards.agenda,
    find=lambda community, _member, words: search.find(community, words),
    stories=cards.stories,
    label=search.label,
    leaving=privacy.leaving,
    export=privacy.export,
    erase=privacy.erase,
    hear=_hear,
)
