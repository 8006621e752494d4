"""A card before the pool is empty, for those who keep it."""

from collections.abc import Iterator

from flask import url_for

from freeco.i18n import money, said
from freeco.members.models import Community
from freeco.module import Card
from freeco_direct_sales.solidarity import cost_granting
from freeco_direct_sales.solidarity import pool as pools


def of_keepers(community: Community) -> Iterator[Card]:
    """Warn while something is left, and when it no longer covers what was promised."""
    pool = pools.find_pool(community)
    if pool is None or pool.holder_id is None:
        return
    if cost_granting.falls_short(community):
        yield Card(
            title=said("La caisse solidaire ne couvre plus tout"),
            text=said(
                "Des prix plus bas attendent. Rien n’est dépensé qui n’y soit pas ; un don les "
                "ferait baisser."
            ),
            url=url_for("direct_sales_solidarity_charges.pool", community=community.slug),
            action=said("Voir la caisse"),
            hat="coordinator",
        )
    if not pools.is_low(pool):
        return
    yield Card(
        title=said("La caisse solidaire est basse"),
        text=said("Il reste %(amount)s de libre.", amount=money(pools.free(pool))),
        url=url_for("direct_sales_solidarity_charges.pool", community=community.slug),
        action=said("Voir la caisse"),
        hat="coordinator",
    )
