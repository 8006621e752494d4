"""Direct sales as Freeco sees them: the module's table of contents."""

from datetime import datetime

from freeco.hookspecs import hookimpl
from freeco.i18n import _
from freeco.members.models import Community, Member
from freeco.module import (
    AgendaItem,
    Bounds,
    Card,
    Event,
    Exported,
    Found,
    Job,
    Module,
    NavItem,
    Place,
    Ref,
    RefLabel,
    Story,
    Tie,
)
from freeco_direct_sales import (
    agenda,
    cards,
    collection_offline,
    collection_routes,
    commands,
    contract_routes,
    demonstration,
    distribution_routes,
    events,
    notices,
    place_routes,
    places,
    privacy,
    record,
    routes,
    sales,
    search,
    stories,
    subscription_routes,
)
from freeco_direct_sales.orders import events as order_events
from freeco_direct_sales.orders import session_routes, shop_routes
from freeco_direct_sales.orders import sessions as order_sessions
from freeco_direct_sales.permissions import COORDINATE, HAND_OUT


@hookimpl
def freeco_module() -> Module:
    """Introduce direct sales."""
    return Module(
        name="direct_sales",
        title=_("Paniers et contrats"),
        summary=_(
            "Les contrats de saison avec les producteurs, les distributions et la feuille "
            "d’émargement."
        ),
        opens_at=24,
        opens_at_in={"amap": 1, "cooperative": 12, "circle": 6},
        colour="leek",
        blueprints=(
            routes.pages,
            contract_routes.pages,
            subscription_routes.pages,
            distribution_routes.pages,
            place_routes.pages,
            collection_routes.pages,
            shop_routes.pages,
            session_routes.pages,
        ),
        navigation=(NavItem(_("Paniers"), "direct_sales.home"),),
        permissions=(COORDINATE, HAND_OUT),
        commands=(commands.sheet, commands.imports),
        jobs=(
            Job("sell", sales.sell_due, every_minutes=6 * 60),
            Job("close_sessions", order_sessions.close_due, every_minutes=1),
        ),
        demonstration=demonstration.stage,
        topics=notices.TOPICS,
        offline=(collection_offline.COLLECTED,),
        record=record.KINDS,
        publishes=tuple(
            event.name
            for event in (
                events.ContractOpened,
                events.SubscriptionMade,
                events.SubscriptionSigned,
                events.SubscriptionWithdrawn,
                events.DeliveryCancelled,
                order_events.SessionOpened,
                order_events.SessionClosed,
            )
        ),
    )


@hookimpl
def freeco_event(event: Event) -> None:
    """Tell the members that a contract has opened."""
    if event.name == events.ContractOpened.name:
        notices.tell_opened(event.payload["contract_id"])


@hookimpl
def freeco_home(community: Community, member: Member) -> list[Card]:
    """Show what waits for a member, and the day's work of each charge they hold."""
    return cards.cards(community, member)


@hookimpl
def freeco_agenda(
    community: Community, member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    """Show where the member's household takes something, and where their farm brings it."""
    return agenda.items(community, member, since, until)


@hookimpl
def freeco_places(community: Community, bounds: Bounds) -> list[Place]:
    """Show the producers, and where baskets are handed out."""
    return places.find(community, bounds)


@hookimpl
def freeco_search(community: Community, member: Member, words: str) -> list[Found]:
    """Find producers, products and the codes printed on papers."""
    return search.find(community, member, words)


@hookimpl
def freeco_stories(community: Community, since: datetime, until: datetime) -> list[Story]:
    """Tell the distributions of a time, and the contracts one may still take."""
    return stories.stories(community, since, until)


@hookimpl
def freeco_ref(ref: Ref) -> RefLabel | None:
    """Name one of our contracts."""
    if ref.module != "direct_sales" or ref.kind != "subscription":
        return None
    return search.label(ref)


@hookimpl
def freeco_leaving(member: Member) -> list[Tie]:
    """Say which contracts are still running."""
    return privacy.ties(member, f"/{member.community.slug}/direct-sales/")


@hookimpl
def freeco_export(member: Member) -> Exported | None:
    """Give the subscriptions of the member's household."""
    return privacy.export(member)


@hookimpl
def freeco_erase(member: Member) -> None:
    """Forget who signed."""
    privacy.erase(member)
