"""Direct sales as Freeco sees them: the module's table of contents."""

from datetime import datetime

from flask import url_for

from freeco.hookspecs import hookimpl
from freeco.i18n import _, counted, said
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.module import AgendaItem, Card, Exported, Found, Module, NavItem, Ref, RefLabel, Tie
from freeco_direct_sales import (
    agenda,
    commands,
    contract_routes,
    contracts,
    demonstration,
    distribution_routes,
    events,
    privacy,
    routes,
    search,
    subscription_routes,
    subscriptions,
)
from freeco_direct_sales.permissions import COORDINATE, TREASURE


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
        colour="leek",
        blueprints=(
            routes.pages,
            contract_routes.pages,
            subscription_routes.pages,
            distribution_routes.pages,
        ),
        navigation=(NavItem(_("Paniers"), "direct_sales.home"),),
        permissions=(COORDINATE, TREASURE),
        commands=(commands.sheet, commands.imports),
        demonstration=demonstration.stage,
        publishes=tuple(
            event.name
            for event in (
                events.ContractOpened,
                events.SubscriptionMade,
                events.SubscriptionSigned,
                events.SubscriptionWithdrawn,
                events.DeliveryCancelled,
            )
        ),
    )


@hookimpl
def freeco_home(community: Community, member: Member) -> list[Card]:
    """Show the contracts to countersign and those a household could take."""
    cards = []
    waiting = subscriptions.awaiting_producer(community, member)
    if waiting:
        cards.append(
            Card(
                title=counted(
                    "%(num)s contrat à signer", "%(num)s contrats à signer", len(waiting)
                ),
                text=said("Des foyers se sont engagés ; votre signature conclut le contrat."),
                url=url_for("direct_sales.home", community=community.slug),
                action=_("Lire et signer"),
                urgent=True,
            )
        )
    household = households.find_household(member)
    held = (
        {each.contract_id for each in subscriptions.subscriptions_of(household)}
        if household
        else set()
    )
    offered = [
        each
        for each in contracts.contracts_of(community)
        if each.state == "open" and each.id not in held
    ]
    if offered:
        cards.append(
            Card(
                title=counted("%(num)s contrat ouvert", "%(num)s contrats ouverts", len(offered)),
                text=", ".join(each.name for each in offered[:3]),
                url=url_for("direct_sales_contracts.index", community=community.slug),
                action=_("Choisir mes paniers"),
            )
        )
    return cards


@hookimpl
def freeco_agenda(
    community: Community, member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    """Show where the member's household takes something, and where their farm brings it."""
    return agenda.items(community, member, since, until)


@hookimpl
def freeco_search(community: Community, member: Member, words: str) -> list[Found]:
    """Find producers, products and the codes printed on papers."""
    return search.find(community, member, words)


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
