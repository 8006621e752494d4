"""Discussions and proposals in the module's table of contents."""

from freeco.i18n import _
from freeco.members.models import Community
from freeco.module import Job, NavItem
from freeco_project_decisions.deliberation import (
    amendment_routes,
    cards,
    discussing,
    hearing,
    letter_kinds,
    moderation_routes,
    objection_routes,
    privacy,
    proposal_routes,
    proposing,
    replying,
    routes,
    search,
    telling,
)
from freeco_project_decisions.deliberation.events import DiscussionOpened, ProposalPublished
from freeco_project_decisions.rooms import Room

WRITTEN_ON = (moderation_routes, amendment_routes, objection_routes)
"""More pages of the two blueprints, in files of their own."""
take_answer = replying.take


def _end_stages(community: Community) -> None:
    discussing.close_due(community)
    proposing.settle_due(community)
    hearing.free_abandoned(community)


ROOM = Room(
    blueprints=(routes.pages, proposal_routes.pages),
    navigation=(
        NavItem(_("Discussions"), "project_decisions_discussions.home", group="decisions"),
        NavItem(_("Propositions"), "project_decisions_proposals.home", group="decisions"),
    ),
    jobs=(
        Job("end_stages", _end_stages, every_minutes=1),
        Job("tell_discussions", telling.tell_due, every_minutes=2),
    ),
    topics=letter_kinds.TOPICS,
    letters=letter_kinds.KINDS,
    publishes=(DiscussionOpened.name, ProposalPublished.name),
    home=cards.cards,
    agenda=cards.agenda,
    find=search.find,
    stories=cards.stories,
    label=search.label,
    leaving=privacy.leaving,
    export=privacy.export,
    erase=privacy.erase,
    hear=hearing.hear,
)
