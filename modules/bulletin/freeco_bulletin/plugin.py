"""The bulletin as Freeco sees it: the module's table of contents."""

from datetime import datetime

from freeco.hookspecs import hookimpl
from freeco.i18n import _
from freeco.members.models import Community, Member
from freeco.module import (
    AgendaItem,
    Card,
    Exported,
    Found,
    Job,
    Module,
    NavItem,
    Ref,
    RefLabel,
    Story,
)
from freeco_bulletin import (
    cards,
    demonstration,
    editing_routes,
    events,
    gazette,
    gazette_routes,
    letter_kinds,
    notices,
    privacy,
    routes,
    search,
    wording,
)
from freeco_bulletin.permissions import PUBLISH


@hookimpl
def freeco_module() -> Module:
    """Introduce the bulletin."""
    return Module(
        name="bulletin",
        title=_("Bulletin"),
        summary=_(
            "Les annonces pour tous : un seul texte pour la page, l’e-mail, le SMS, l’affiche et "
            "la gazette du mois."
        ),
        opens_at=12,
        opens_at_in={"circle": 6, "commune": 1},
        colour="blue",
        blueprints=(routes.pages, editing_routes.pages, gazette_routes.pages),
        navigation=(NavItem(_("Annonces"), "bulletin.home", group="around"),),
        permissions=(PUBLISH,),
        jobs=(Job("tell", notices.tell_due, every_minutes=5),),
        demonstration=demonstration.stage,
        topics=wording.TOPICS,
        letters=letter_kinds.KINDS,
        publishes=(events.NoticePublished.name, events.NoticeWithdrawn.name),
    )


@hookimpl
def freeco_home(community: Community, member: Member) -> list[Card]:
    """Show what presses today, and to those in charge the drafts that wait."""
    return cards.cards(community, member)


@hookimpl
def freeco_agenda(
    community: Community, member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    """Show what the notices announce."""
    return cards.agenda(community, since, until)


@hookimpl
def freeco_search(community: Community, member: Member, words: str) -> list[Found]:
    """Find the notices that stand on the page."""
    return search.find(community, words)


@hookimpl
def freeco_stories(community: Community, since: datetime, until: datetime) -> list[Story]:
    """Tell the notices of a time."""
    return gazette.stories(community, since, until)


@hookimpl
def freeco_ref(ref: Ref) -> RefLabel | None:
    """Name one of our notices."""
    return search.label(ref)


@hookimpl
def freeco_export(member: Member) -> Exported | None:
    """Give what a member wrote, and where they offered to help."""
    return privacy.export(member)


@hookimpl
def freeco_erase(member: Member) -> None:
    """Forget who wrote and who helps; the notices stay."""
    privacy.erase(member)
