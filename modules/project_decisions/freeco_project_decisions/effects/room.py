"""Votes that execute, in the module's table of contents."""

from freeco.module import Job
from freeco_project_decisions.effects import applying, charter_routes, privacy, routes, telling
from freeco_project_decisions.rooms import Room

ROOM = Room(
    blueprints=(routes.pages, charter_routes.pages),
    jobs=(Job("apply_effects", applying.apply_due, every_minutes=1),),
    topics=telling.TOPICS,
    letters=telling.KINDS,
    export=privacy.export,
    erase=privacy.erase,
)
