"""Votes by tokens in the module's table of contents."""

from freeco.module import Job
from freeco_project_decisions.rooms import Room
from freeco_project_decisions.tokens import (
    box_routes,
    cards,
    casting,
    counting,
    issuing,
    preparing_routes,
    privacy,
    record,
    routes,
    telling,
)
from freeco_project_decisions.tokens.commands import vote

ROOM = Room(
    blueprints=(routes.pages, preparing_routes.pages, box_routes.pages),
    commands=(vote,),
    jobs=(
        Job("end_tokens", issuing.end_due, every_minutes=1),
        Job("forget_token_order", casting.forget_order, every_minutes=15),
        Job("close_token_polls", counting.close_due, every_minutes=1),
        Job("count_token_polls", counting.count_due, every_minutes=1),
        Job("tell_tokens", telling.tell_due, every_minutes=5),
    ),
    topics=telling.TOPICS,
    letters=telling.LETTER_KINDS,
    record=record.KINDS,
    home=cards.cards,
    export=privacy.export,
)
