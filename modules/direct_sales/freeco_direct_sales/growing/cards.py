"""What waits for a member of the services that were ordered."""

from collections.abc import Iterator

from flask import url_for

from freeco.i18n import counted, said
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.module import Card
from freeco_direct_sales import catalogue
from freeco_direct_sales.growing import services


def cards(community: Community, member: Member) -> Iterator[Card]:
    """Say what a farm has to render, and what it says it rendered to the household."""
    farms = {each.id for each in catalogue.represented_by(community, member)}
    mine = households.find_household(member)
    found = [each for each in services.ordered_by(community, member) if not each.is_done]
    theirs = [each for each in found if each.producer.id in farms and not each.said_by_producer]
    ours = [
        each
        for each in found
        if mine is not None
        and each.line.order.household_id == mine.id
        and each.said_by_producer
        and not each.said_by_household
    ]
    if theirs:
        yield Card(
            title=counted("%(num)s service à rendre", "%(num)s services à rendre", len(theirs)),
            text=said("Convenez du jour avec le foyer, puis dites quand c’est fait."),
            url=url_for("direct_sales_services.index", community=community.slug),
            action=said("Voir les services"),
            hat="producer",
        )
    if ours:
        yield Card(
            title=counted("%(num)s service rendu ?", "%(num)s services rendus ?", len(ours)),
            text=said("La ferme dit que c’est fait. Dites-le aussi, et le montant sera fixé."),
            url=url_for("direct_sales_services.index", community=community.slug),
            action=said("Voir les services"),
        )
