"""Sealed polls in the module's table of contents."""

from freeco.module import Job
from freeco_project_decisions.rooms import Room
from freeco_project_decisions.secret import (
    board,
    cards,
    closing,
    code_telling,
    counting,
    opening,
    preparing_routes,
    privacy,
    routes,
    telling,
    trustee_routes,
)
from freeco_project_decisions.secret.commands import vote

ROOM = Room(
    blueprints=(routes.pages, preparing_routes.pages, trustee_routes.pages),
    commands=(vote,),
    jobs=(
        Job("open_secret_polls", opening.open_due, every_minutes=1),
        Job("publish_ballots", board.publish_due, every_minutes=10),
        Job("close_secret_polls", closing.close_due, every_minutes=1),
        Job("count_secret_polls", counting.count_due, every_minutes=1),
        Job("tell_trustees", telling.tell_due, every_minutes=5),
        Job("tell_codes", code_telling.tell_codes_due, every_minutes=5),
    ),
    topics=telling.TOPICS + code_telling.TOPICS,
    letters=telling.KINDS + code_telling.KINDS,
    home=cards.cards,
    leaving=privacy.leaving,
    export=privacy.export,
    erase=privacy.erase,
)
