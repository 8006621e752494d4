"""Project decisions as Freeco sees them: the module's table of contents, room by room."""

from datetime import datetime

from freeco.hookspecs import hookimpl
from freeco.i18n import _
from freeco.members.models import Community, Member
from freeco.module import (
    AgendaItem,
    Asked,
    Card,
    Event,
    Exported,
    Found,
    Module,
    NavItem,
    Question,
    Ref,
    RefLabel,
    Story,
    Tie,
)
from freeco_project_decisions.assembly import room as assembly
from freeco_project_decisions.deliberation import room as deliberation
from freeco_project_decisions.effects import room as effects
from freeco_project_decisions.polls import asking, demonstration
from freeco_project_decisions.polls import room as polls
from freeco_project_decisions.projects import room as projects
from freeco_project_decisions.secret import preparing as secret_preparing
from freeco_project_decisions.secret import room as secret
from freeco_project_decisions.secret.models import Way
from freeco_project_decisions.tokens import room as tokens

ROOMS = tuple(
    each.ROOM for each in (polls, secret, tokens, deliberation, projects, assembly, effects)
)
"""In the order in which their tabs, cards and answers stand."""


@hookimpl
def freeco_module() -> Module:
    """Introduce project decisions."""
    return Module(
        name="project_decisions",
        title=_("Projets et décisions"),
        summary=_(
            "Les projets, de l’idée à ce qui est fait, et les votes que personne ne peut falsifier."
        ),
        opens_at=24,
        opens_at_in={"cooperative": 6, "amap": 12, "circle": 6, "commune": 12},
        colour="teal",
        blueprints=tuple(each for room in ROOMS for each in room.blueprints),
        navigation=(
            *(each for room in ROOMS for each in room.navigation),
            NavItem(_("Relevé des décisions"), "project_decisions.register", group="decisions"),
        ),
        permissions=tuple(each for room in ROOMS for each in room.permissions),
        commands=tuple(each for room in ROOMS for each in room.commands),
        jobs=tuple(each for room in ROOMS for each in room.jobs),
        demonstration=demonstration.stage,
        topics=tuple(each for room in ROOMS for each in room.topics),
        letters=tuple(each for room in ROOMS for each in room.letters),
        record=tuple(each for room in ROOMS for each in room.record),
        take_answer=deliberation.take_answer,
        publishes=tuple(each for room in ROOMS for each in room.publishes),
    )


@hookimpl
def freeco_event(event: Event) -> None:
    """Hear what votes decided, for what asked for them."""
    for room in ROOMS:
        room.hear(event)


@hookimpl
def freeco_home(community: Community, member: Member) -> list[Card]:
    """Show what waits for a vote, an answer or a hand."""
    return [card for room in ROOMS for card in room.home(community, member)]


@hookimpl
def freeco_agenda(
    community: Community, member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    """Show when votes end, tasks are due, and people meet."""
    return [each for room in ROOMS for each in room.agenda(community, member, since, until)]


@hookimpl
def freeco_search(community: Community, member: Member, words: str) -> list[Found]:
    """Find votes, decisions, discussions, projects and assemblies."""
    return [each for room in ROOMS for each in room.find(community, member, words)]


@hookimpl
def freeco_stories(community: Community, since: datetime, until: datetime) -> list[Story]:
    """Tell what is discussed, was decided and is done."""
    return [each for room in ROOMS for each in room.stories(community, since, until)]


@hookimpl
def freeco_ask(question: Question) -> Asked | None:
    """Open the vote that another module asks for."""
    return asking.ask(question, lambda poll: secret_preparing.make_secret(poll, Way.SITE))


@hookimpl
def freeco_ref(ref: Ref) -> RefLabel | None:
    """Name one of our polls, decisions, proposals, projects or assemblies."""
    return next((found for room in ROOMS if (found := room.label(ref)) is not None), None)


@hookimpl
def freeco_leaving(member: Member) -> list[Tie]:
    """Say what waits for a member who would leave."""
    return [each for room in ROOMS for each in room.leaving(member)]


@hookimpl
def freeco_export(member: Member) -> Exported | None:
    """Give what every room knows about a member."""
    content = {name: kept for room in ROOMS for name, kept in room.export(member).items()}
    return Exported("project_decisions", content) if content else None


@hookimpl
def freeco_erase(member: Member) -> None:
    """Forget a name; the votes stay."""
    for room in ROOMS:
        room.erase(member)
