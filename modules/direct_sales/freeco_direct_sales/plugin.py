"""Direct sales as Freeco sees them: the module's table of contents."""

from datetime import datetime

from freeco.hookspecs import hookimpl
from freeco.i18n import _
from freeco.members.models import Community, Member
from freeco.module import (
    AgendaItem,
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
from freeco.places.bounds import Bounds
from freeco_direct_sales import (
    agenda,
    cards,
    choosing_routes,
    collection_offline,
    collection_routes,
    commands,
    demonstration,
    distribution_routes,
    events,
    linking,
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
from freeco_direct_sales.contracting import events as contracting_events
from freeco_direct_sales.contracting import notices as contracting_notices
from freeco_direct_sales.contracting import routes as contracting_routes
from freeco_direct_sales.contracting import (
    season_routes,
    sharing_routes,
    trials,
    waiting,
    waiting_routes,
)
from freeco_direct_sales.exchange import (
    api_routes,
    day_listing_routes,
    dfc_routes,
    listing_routes,
    remembered,
    showcase_routes,
)
from freeco_direct_sales.growing import everywhere_routes, farm_routes, service_routes, visit_routes
from freeco_direct_sales.growing import letters as growing_letters
from freeco_direct_sales.growing import notices as growing_notices
from freeco_direct_sales.growing import season_routes as growing_season_routes
from freeco_direct_sales.handover import letters as handover_letters
from freeco_direct_sales.handover import notices as handover_notices
from freeco_direct_sales.handover import passing
from freeco_direct_sales.handover import routes as handover_routes
from freeco_direct_sales.orders import (
    counting_routes,
    following_routes,
    order_labels,
    order_notices,
    phone_routes,
    session_routes,
    shop_routes,
    weighing_routes,
)
from freeco_direct_sales.orders import events as order_events
from freeco_direct_sales.orders import sessions as order_sessions
from freeco_direct_sales.permissions import COORDINATE, HAND_OUT, SOLIDARITY_READER
from freeco_direct_sales.shifts import events as shift_events
from freeco_direct_sales.shifts import (
    incident_routes,
    leftover_routes,
    planning_routes,
    shift_routes,
    standing_in,
)
from freeco_direct_sales.shifts import notices as shift_notices
from freeco_direct_sales.shifts import privacy as shift_privacy
from freeco_direct_sales.shifts import sweeps as shift_sweeps
from freeco_direct_sales.solidarity import charge_routes as solidarity_charge_routes
from freeco_direct_sales.solidarity import cost_routes, ruling
from freeco_direct_sales.solidarity import months as solidarity_months
from freeco_direct_sales.solidarity import routes as solidarity_routes
from freeco_direct_sales.solidarity import sweeps as solidarity_sweeps
from freeco_direct_sales.telling import closing as telling_closing
from freeco_direct_sales.telling import letters as telling_letters
from freeco_direct_sales.telling import lists as telling_lists
from freeco_direct_sales.telling import notices as telling_notices
from freeco_direct_sales.telling import routes as telling_routes
from freeco_direct_sales.telling import shortage_routes


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
            choosing_routes.pages,
            subscription_routes.pages,
            distribution_routes.pages,
            place_routes.pages,
            collection_routes.pages,
            contracting_routes.pages,
            sharing_routes.pages,
            waiting_routes.pages,
            season_routes.pages,
            shop_routes.pages,
            session_routes.pages,
            listing_routes.pages,
            day_listing_routes.pages,
            showcase_routes.pages,
            following_routes.pages,
            counting_routes.pages,
            phone_routes.pages,
            weighing_routes.pages,
            handover_routes.pages,
            shift_routes.pages,
            planning_routes.pages,
            incident_routes.pages,
            leftover_routes.pages,
            solidarity_routes.pages,
            solidarity_charge_routes.pages,
            cost_routes.pages,
            telling_routes.pages,
            shortage_routes.pages,
            growing_season_routes.pages,
            everywhere_routes.pages,
            farm_routes.pages,
            visit_routes.pages,
            service_routes.pages,
        ),
        api=(api_routes.api, dfc_routes.api),
        navigation=(NavItem(_("Paniers"), "direct_sales.home"),),
        permissions=(COORDINATE, HAND_OUT, SOLIDARITY_READER),
        commands=(commands.sheet, commands.imports),
        jobs=(
            Job("sell", sales.sell_due, every_minutes=6 * 60),
            Job("waiting_lists", waiting.pass_on_due, every_minutes=30),
            Job("trials", contracting_notices.tell_trials, every_minutes=60),
            Job("trials_end", trials.end_due, every_minutes=60),
            Job("close_sessions", order_sessions.close_due, every_minutes=1),
            Job("orders_closing", order_notices.tell_closing, every_minutes=60),
            Job("give_charges_back", passing.give_back_due, every_minutes=60),
            Job("shift_reminders", shift_sweeps.remind_due, every_minutes=60),
            Job("shift_gaps", shift_sweeps.gaps_due, every_minutes=15),
            Job("grant_solidarity", solidarity_sweeps.grant_due, every_minutes=15),
            Job("draw_solidarity", solidarity_sweeps.draw_due, every_minutes=15),
            Job("tell_solidarity", solidarity_sweeps.tell_due, every_minutes=24 * 60),
            Job("harvest_lists", telling_lists.send_due, every_minutes=15),
            Job("producer_closings", telling_closing.tell_early, every_minutes=5),
            Job("forget_api_answers", remembered.forget_due, every_minutes=6 * 60),
        ),
        demonstration=demonstration.stage,
        topics=(
            *notices.TOPICS,
            *contracting_notices.TOPICS,
            *order_notices.TOPICS,
            *shift_notices.TOPICS,
            *telling_notices.TOPICS,
            *growing_notices.TOPICS,
            *handover_notices.TOPICS,
        ),
        letters=(*handover_letters.KINDS, *telling_letters.KINDS, *growing_letters.KINDS),
        offline=(collection_offline.COLLECTED,),
        record=(*record.KINDS, solidarity_months.MONTH),
        parameters=ruling.PARAMETERS,
        publishes=tuple(
            event.name
            for event in (
                events.ContractOpened,
                events.SubscriptionMade,
                events.SubscriptionSigned,
                events.SubscriptionWithdrawn,
                events.DeliveryCancelled,
                contracting_events.PlaceReserved,
                order_events.SessionOpened,
                order_events.SessionClosed,
                shift_events.ShiftFreed,
            )
        ),
    )


@hookimpl
def freeco_event(event: Event) -> None:
    """Tell the members that a contract has opened, or who does not come after all."""
    if event.name == events.ContractOpened.name:
        notices.tell_opened(event.payload["contract_id"])
        contracting_notices.tell_renewed(event.payload["contract_id"])
    if event.name == contracting_events.PlaceReserved.name:
        contracting_notices.tell_reserved(event.payload["wish_id"])
    if event.name == order_events.SessionClosed.name:
        order_notices.tell_closed(event.payload["session_id"])
        telling_closing.tell_closed(event.payload["session_id"])
    if event.name == shift_events.ShiftFreed.name:
        standing_in.seek(event.payload["signup_id"])


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
    """Name a contract, a subscription, a group order, or a producer's part of an order."""
    if ref.module != "direct_sales":
        return None
    if ref.kind == "order_sale":
        return order_labels.label(ref)
    if ref.kind in linking.KINDS:
        return linking.label(ref)
    return search.label(ref) if ref.kind == "subscription" else None


@hookimpl
def freeco_linkable(community: Community) -> list[Ref]:
    """Offer the group orders and the contracts that are not drafts."""
    return linking.linkable(community)


@hookimpl
def freeco_leaving(member: Member) -> list[Tie]:
    """Say which contracts are still running."""
    home = f"/{member.community.slug}/direct-sales/"
    return privacy.ties(member, home) + shift_privacy.ties(member, f"{home}permanences")


@hookimpl
def freeco_export(member: Member) -> Exported | None:
    """Give the subscriptions of the member's household."""
    return privacy.export(member)


@hookimpl
def freeco_erase(member: Member) -> None:
    """Forget who signed."""
    privacy.erase(member)
