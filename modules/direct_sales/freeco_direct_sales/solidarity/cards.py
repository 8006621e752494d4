"""A card before the pool is empty, for those who keep it."""

from collections.abc import Iterator

from flask import url_for

from freeco.i18n import money, said
from freeco.members.models import Community
from freeco.module import Card
from freeco_direct_sales.solidarity import pool as pools


def of_keepers(community: Community) -> Iterator[Card]:
    """Warn while something is left: afterwards, prices below the base wait."""
    pool = pools.find_pool(community)
    if pool is None or pool.holder_id is None or not pools.is_low(pool):
        return
    yield Card(
        title=said("La caisse solidaire est basse"),
        text=said("Il reste %(amount)s de libre.", amount=money(pools.free(pool))),
        url=url_for("direct_sales_solidarity_charges.pool", community=community.slug),
        action=said("Voir la caisse"),
        hat="coordinator",
    )
