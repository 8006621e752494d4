"""A shared price follows what is owed, to the cent: cancelled, skipped, added, a trial confirmed.

What a discount no longer needs goes back to the pool; what it needs besides waits for the pool,
as the discount did. Which is also how a surcharge that is owed no longer comes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from freeco.db import db
from freeco.members.models import Community
from freeco.money import Money, total
from freeco_direct_sales import commitments, holding
from freeco_direct_sales.models import SeasonContract, Subscription
from freeco_direct_sales.solidarity import adjusting, cost_lines
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.models import Adjustment, Choice, Source
from freeco_direct_sales.solidarity.rules import contribution, covered, in_proportion

NOTHING = Money(0)


@dataclass
class Standing:
    """What is owed of a subscription, and what its shared price came to so far."""

    owed: Money
    points: int | None = None
    """What its household chose, in basis points of the base price."""
    made: list[Adjustment] = field(default_factory=list)

    @property
    def shared(self) -> Money:
        """What its price was changed by; suspended baskets apart."""
        return total([each.amount for each in self.made if each.source != Source.BASKET])

    @property
    def baskets(self) -> Money:
        """What suspended baskets took off; never above nought."""
        return total([each.amount for each in self.made if each.source == Source.BASKET])

    @property
    def new_base(self) -> Money | None:
        """What is owed, unless the price was set before on something else."""
        is_set = any(each.base for each in self.made if each.source != Source.BASKET)
        return None if is_set else self.owed

    @property
    def due(self) -> Money:
        """What is still to be added to its price, or taken off, for what is owed today."""
        if self.points is not None:
            return contribution(self.owed, self.points) - self.shared
        set_on = [(each.amount, each.base) for each in self.made if each.source != Source.BASKET]
        parts = [in_proportion(amount, self.owed, base) for amount, base in set_on if base]
        return total(parts) - self.shared if parts else NOTHING

    @property
    def basket_due(self) -> Money:
        """What baskets leave over: a price never goes below nought."""
        given = [each.amount for each in self.made if each.source == Source.BASKET and each.base]
        return max(total(given), -(self.owed + self.shared)) - self.baskets


def standings(found: Sequence[Subscription]) -> dict[int, Standing]:
    """Return by id where subscriptions stand, in few queries."""
    owed = commitments.owed_of(found)
    mine = {each.id: Standing(owed[each.id]) for each in found}
    for each in db.session.scalars(
        select(Adjustment).where(Adjustment.subscription_id.in_(mine)).order_by(Adjustment.id)
    ):
        mine[each.subscription_id].made.append(each)
    rows = db.session.execute(
        select(Subscription.id, Choice.basis_points)
        .join(
            Choice,
            (Choice.contract_id == Subscription.contract_id)
            & (Choice.household_id == Subscription.household_id),
        )
        .where(Subscription.id.in_(mine))
    )
    for subscription_id, points in rows:
        mine[subscription_id].points = points
    return mine


def commit(found: Sequence[Subscription]) -> None:
    """Bring the commitments in the books, and the shared prices, to what is owed today.

    Called after every change of a contract: twice is once.
    """
    holding.subscriptions(found)
    for each in found:
        commitments.commit(each)
    stands = standings(found)
    touched = [each for each in found if stands[each.id].made]
    # What comes back to the pool first: it may pay for what leaves it.
    for each in sorted(touched, key=lambda one: (-stands[one.id].due.cents, one.id)):
        _follow(each, stands[each.id])
        adjusting.count(each)
    for each in touched:
        _spare(each)
        adjusting.count(each)


def _follow(subscription: Subscription, stands: Standing) -> None:
    amount = stands.due
    if amount > NOTHING:
        source = Source.RETURNED if stands.shared < NOTHING else Source.SURCHARGE
        base, returned = stands.new_base, stands.shared < NOTHING
        adjusting.add(subscription, amount, source, base=base, at_once=returned)
    elif amount < NOTHING and is_own(stands):
        # Its own money: it comes before any wish, as soon as the pool has it.
        signed = subscription.is_signed
        if not signed or pools.free(pools.held(subscription.contract.community)) >= -amount:
            adjusting.add(subscription, amount, Source.RETURNED, at_once=signed)
    elif amount < NOTHING and covers(subscription.contract.community, -amount, subscription):
        adjusting.add(subscription, amount, Source.DISCOUNT, base=stands.new_base)


def _spare(subscription: Subscription) -> None:
    """Bring to the pool what a suspended basket no longer has to pay, or take it again."""
    over = standings([subscription])[subscription.id].basket_due
    if over > NOTHING:
        adjusting.add(subscription, over, Source.BASKET, at_once=True)
    elif over < NOTHING and covers(subscription.contract.community, -over, subscription):
        adjusting.add(subscription, over, Source.BASKET)


def is_own(stands: Standing) -> bool:
    """Whether what is to be taken off is a surcharge that came in, and is owed no longer."""
    return stands.shared > NOTHING


def covers(community: Community, discount: Money, but: Subscription | None = None) -> bool:
    """Whether the pool covers a discount after those that wait already."""
    pool = pools.find_pool(community)
    if pool is None:
        return False
    ahead = [-amount for _each, amount in waiting(community, but)]
    ahead += [each.amount for each in cost_lines.asked(community)]
    line = [*ahead, discount]
    return covered(pools.free(pool), line) == len(line)


def waiting(
    community: Community, but: Subscription | None = None
) -> list[tuple[Subscription, Money]]:
    """Return the subscriptions for which something waits for the pool, and what; oldest first."""
    shared = select(Adjustment.subscription_id)
    chosen = (
        select(Choice.id)
        .where(
            Choice.contract_id == Subscription.contract_id,
            Choice.household_id == Subscription.household_id,
            Choice.basis_points < 0,
        )
        .exists()
    )
    found = db.session.scalars(
        select(Subscription)
        .join(SeasonContract, SeasonContract.id == Subscription.contract_id)
        .where(
            SeasonContract.community_id == community.id,
            Subscription.withdrawn_at.is_(None),
            or_(chosen, Subscription.id.in_(shared)),
            Subscription.id != (but.id if but else 0),
        )
        .options(joinedload(Subscription.contract))
        .order_by(Subscription.id)
    ).all()
    stands = standings(found)
    return [(each, stands[each.id].due) for each in found if stands[each.id].due < NOTHING]
