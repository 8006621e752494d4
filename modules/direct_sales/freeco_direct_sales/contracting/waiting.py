"""Who waits for a place in a full contract, and what happens when one is freed."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.events import publish
from freeco.members.models import Community, Household, Member
from freeco.sweeping import one_by_one
from freeco_direct_sales import holding
from freeco_direct_sales.contracting import room, rules
from freeco_direct_sales.contracting.errors import AlreadyWaiting, NotFull
from freeco_direct_sales.contracting.events import PlaceReserved
from freeco_direct_sales.contracting.models import WaitingWish
from freeco_direct_sales.errors import AlreadySubscribed, ContractNotOpen
from freeco_direct_sales.models import ContractState, SeasonContract, Subscription

TAKEN, LEFT, PASSED = "taken", "left", "passed"


def wait(contract: SeasonContract, household: Household, member: Member) -> WaitingWish:
    """Put a household on the list of a full contract, after its other wishes.

    Nothing is concluded and nothing is owed. Raises ContractNotOpen, AlreadySubscribed,
    AlreadyWaiting, NotFull.
    """
    lock(household)  # its ranks
    lock(contract)  # a place that is freed now goes to the list as it will be
    if contract.state != ContractState.OPEN:
        raise ContractNotOpen
    subscribed = db.session.scalar(
        select(Subscription.id).where(
            Subscription.contract_id == contract.id,
            Subscription.household_id == household.id,
            Subscription.withdrawn_at.is_(None),
        )
    )
    if subscribed is not None:
        raise AlreadySubscribed
    if wish_of(contract, household) is not None:
        raise AlreadyWaiting
    if room.left(contract) != 0:
        raise NotFull
    last = max((each.rank for each in wishes_of(household)), default=0)
    wish = WaitingWish(contract=contract, household=household, asked_by=member, rank=last + 1)
    db.session.add(wish)
    db.session.flush()
    return wish


def leave(wish: WaitingWish) -> None:
    """Wait no more; a place that was kept goes to the next. Twice is once."""
    lock(wish.contract)
    lock(wish)
    if wish.ended_at is None:
        wish.ended_at, wish.outcome = now(), LEFT
        pass_on(wish.contract)


def prefer(wish: WaitingWish) -> None:
    """Put a wish one rank higher among its household's own."""
    lock(wish.household)
    holding.contracts(each.contract for each in wishes_of(wish.household))
    mine = list(wishes_of(wish.household))
    if wish not in mine or mine[0] is wish:
        return
    place = mine.index(wish)
    mine.insert(place - 1, mine.pop(place))
    for rank, each in enumerate(mine, start=1):
        each.rank = rank
    db.session.flush()


def pass_on(contract: SeasonContract) -> list[WaitingWish]:
    """Keep each free place for the first who waits; who did not come in time gives way.

    Returns the wishes served. Late or twice is harmless.
    """
    lock(contract)
    for wish in waiting_for(contract):
        if wish.reserved_until is not None and wish.reserved_until <= now():
            wish.ended_at, wish.outcome = now(), PASSED
    db.session.flush()
    if contract.state != ContractState.OPEN:
        return []
    days = timedelta(days=rules.rules_of(contract).reserve_days)
    served = []
    for wish in waiting_for(contract):
        if wish.reserved_until is not None:
            continue
        if room.unkept(contract) == 0:
            break
        wish.reserved_until = now() + days
        db.session.flush()
        publish(PlaceReserved(community_id=contract.community_id, wish_id=wish.id))
        served.append(wish)
    return served


def pass_on_due(community: Community) -> None:
    """Pass on every place whose time has run out, and commit each; late or twice is harmless."""
    due = db.session.scalars(
        select(SeasonContract.id)
        .join(WaitingWish, WaitingWish.contract_id == SeasonContract.id)
        .where(
            SeasonContract.community_id == community.id,
            WaitingWish.ended_at.is_(None),
            or_(WaitingWish.reserved_until.is_(None), WaitingWish.reserved_until <= now()),
        )
        .distinct()
        .order_by(SeasonContract.id)
    ).all()
    one_by_one("a freed place", due, lambda each: pass_on(db.session.get_one(SeasonContract, each)))


def hold(contract: SeasonContract, *wanting: Household) -> set[int]:
    """Lock a contract, and those some households wait for besides; return their ids.

    Who takes a place ends other wishes of its household, and who writes a wish holds its contract.
    """
    others = [each.contract for household in wanting for each in wishes_of(household)]
    holding.contracts([contract, *others])
    return {contract.id, *(each.id for each in others)}


def settle(contract: SeasonContract, household: Household, held: Collection[int]) -> None:
    """End the wish of a household that has taken a place, and those it wanted less.

    Of the contracts that are ``held``: one it began to wait for this instant stays. A place kept
    for one of those goes to the next at the next sweep.
    """
    wish = wish_of(contract, household)
    if wish is None:
        return
    wish.ended_at, wish.outcome = now(), TAKEN
    for each in wishes_of(household):
        if each.rank > wish.rank and each is not wish and each.contract_id in held:
            each.ended_at, each.outcome = now(), LEFT
    db.session.flush()


def wish_of(contract: SeasonContract, household: Household) -> WaitingWish | None:
    """Return the standing wish of a household for a contract."""
    return db.session.scalar(
        select(WaitingWish).where(
            WaitingWish.contract_id == contract.id,
            WaitingWish.household_id == household.id,
            WaitingWish.ended_at.is_(None),
        )
    )


def wishes_of(household: Household) -> Sequence[WaitingWish]:
    """Return the standing wishes of a household, what it wants most first."""
    return db.session.scalars(
        select(WaitingWish)
        .where(WaitingWish.household_id == household.id, WaitingWish.ended_at.is_(None))
        .options(joinedload(WaitingWish.contract).joinedload(SeasonContract.producer))
        .order_by(WaitingWish.rank, WaitingWish.id)
    ).all()


def waiting_for(contract: SeasonContract) -> Sequence[WaitingWish]:
    """Return who waits for a contract, the first to have asked first."""
    return db.session.scalars(
        select(WaitingWish)
        .where(WaitingWish.contract_id == contract.id, WaitingWish.ended_at.is_(None))
        .options(joinedload(WaitingWish.household))
        .order_by(WaitingWish.wished_at, WaitingWish.id)
    ).all()


def place_in_line(wish: WaitingWish) -> int:
    """Return how many come first, and oneself: 1 is next."""
    before = db.session.scalar(
        select(func.count(WaitingWish.id)).where(
            WaitingWish.contract_id == wish.contract_id,
            WaitingWish.ended_at.is_(None),
            or_(
                WaitingWish.wished_at < wish.wished_at,
                (WaitingWish.wished_at == wish.wished_at) & (WaitingWish.id < wish.id),
            ),
        )
    )
    return (before or 0) + 1


def find_wish(community: Community, wish_id: int) -> WaitingWish:
    """Return a wish of this community; raise Absent for another's."""
    found = db.session.get(WaitingWish, wish_id)
    if found is None or found.contract.community_id != community.id:
        raise Absent
    return found
