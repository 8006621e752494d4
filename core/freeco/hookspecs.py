"""Every hook on one page: what a module may answer."""
# mypy: disable-error-code="empty-body"
# pyright: reportReturnType=false

from datetime import date, datetime

import pluggy

from freeco.members.models import Community, Member
from freeco.module import (
    AgendaItem,
    Asked,
    Card,
    Event,
    Exported,
    Found,
    Load,
    Module,
    Place,
    Question,
    Ref,
    RefLabel,
    Story,
    Tie,
)
from freeco.places.bounds import Bounds

hookspec = pluggy.HookspecMarker("freeco")
hookimpl = pluggy.HookimplMarker("freeco")


@hookspec
def freeco_module() -> Module:
    """Introduce the module: who I am and what I bring."""


@hookspec
def freeco_event(event: Event) -> None:
    """Hear that something has happened, here or in another module."""


@hookspec
def freeco_home(community: Community, member: Member) -> list[Card]:
    """Give the cards of the member's home page."""


@hookspec
def freeco_agenda(
    community: Community, member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    """Give the dated things between two aware instants."""


@hookspec
def freeco_places(community: Community, bounds: Bounds) -> list[Place]:
    """Give the points of the one map inside the bounds."""


@hookspec
def freeco_search(community: Community, member: Member, words: str) -> list[Found]:
    """Give what the module knows about these words, and the member may see."""


@hookspec
def freeco_stories(community: Community, since: datetime, until: datetime) -> list[Story]:
    """Give what the paper gazette may tell of the time between two aware instants."""


@hookspec
def freeco_loads(community: Community, day: date) -> list[Load]:
    """Give what must be carried that day, from where to where."""


@hookspec(firstresult=True)
def freeco_ask(question: Question) -> Asked | None:
    """Put a question to the members; the answer comes back as an event."""


@hookspec(firstresult=True)
def freeco_ref(ref: Ref) -> RefLabel | None:
    """Give the label and link of one of the module's objects."""


@hookspec
def freeco_linkable(community: Community, member: Member) -> list[Ref]:
    """Give what the member may link to among the module's objects, the likeliest first."""


@hookspec
def freeco_leaving(member: Member) -> list[Tie]:
    """Say what keeps this member from leaving today."""


@hookspec
def freeco_export(member: Member) -> Exported | None:
    """Give all the module knows about this member."""


@hookspec
def freeco_erase(member: Member) -> None:
    """Forget this member, keeping amounts and proofs without a name."""
