"""Two households that share one place: each takes its dates, and signs its own part."""

from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Community, Household, Member
from freeco.money import Money
from freeco.payments.models import Method
from freeco_direct_sales import contracts, subscriptions
from freeco_direct_sales.contracting import rules, waiting
from freeco_direct_sales.contracting.errors import NotForeseen, ProposalOver, SameHousehold
from freeco_direct_sales.contracting.models import SharedBasket, SharedItem, SharingWay
from freeco_direct_sales.errors import (
    AlreadySubscribed,
    ContractFull,
    ContractNotOpen,
    NothingChosen,
    TooManyCheques,
    UnknownChoice,
)
from freeco_direct_sales.models import (
    ContractKind,
    ContractState,
    Delivery,
    SeasonContract,
    Subscription,
)
from freeco_direct_sales.subscriptions import MOST_OF_A_PRODUCT, Quantities

Parts = tuple[Quantities, Quantities]


def may_share(contract: SeasonContract) -> bool:
    """Whether two households may share a place: the same basket at two deliveries or more."""
    return (
        rules.rules_of(contract).may_share
        and contract.state == ContractState.OPEN
        and contract.kind == ContractKind.FIXED
        and len(contracts.coming_deliveries(contract)) > 1
    )


def dates_of(contract: SeasonContract) -> tuple[Sequence[Delivery], Sequence[Delivery]]:
    """Return the coming deliveries that each of two pays: one in two, the first begins."""
    coming = contracts.coming_deliveries(contract)
    return coming[::2], coming[1::2]


def parts(contract: SeasonContract, basket: Mapping[int, int]) -> Parts:
    """Share a basket out over the coming deliveries; together they are the whole, to the cent."""
    first, second = dates_of(contract)
    return _over(first, basket), _over(second, basket)


def _over(deliveries: Sequence[Delivery], basket: Mapping[int, int]) -> Quantities:
    return {(each.id, key): many for each in deliveries for key, many in basket.items()}


def prices(contract: SeasonContract, basket: Mapping[int, int]) -> tuple[Money, Money]:
    """Return what each of two pays for the season."""
    first, second = parts(contract, basket)
    return subscriptions.price(contract, first), subscriptions.price(contract, second)


def propose(
    contract: SeasonContract,
    household: Household,
    member: Member,
    to_household: Household,
    way: SharingWay,
    basket: Mapping[int, int],
    payments: int,
    *,
    charter_text_id: int | None,
    signed_by: str,
    method: Method = Method.CHEQUE,
) -> SharedBasket:
    """Sign one's part of a shared place: it holds once the other household signs its own.

    No place is taken meanwhile. Raises ContractNotOpen, NotForeseen, SameHousehold,
    AlreadySubscribed, ContractFull, UnknownChoice, NothingChosen, TooManyCheques.
    """
    _check(contract, household, to_household)
    chosen = _checked(contract, basket)
    if not 1 <= payments <= contract.most_cheques:
        raise TooManyCheques
    shared = SharedBasket(
        contract=contract,
        way=way,
        items=[SharedItem(contract_product_id=key, quantity=many) for key, many in chosen.items()],
        payments=payments,
        first_household=household,
        asked_by=member,
        signed_by=signed_by,
        second_household=to_household,
        charter_text_id=charter_text_id,
        method=method,
    )
    db.session.add(shared)
    db.session.flush()
    return shared


def _check(contract: SeasonContract, household: Household, to_household: Household) -> None:
    if contract.state != ContractState.OPEN:
        raise ContractNotOpen
    if not may_share(contract):
        raise NotForeseen
    if to_household.community_id != contract.community_id:
        raise UnknownChoice
    if to_household.id == household.id:
        raise SameHousehold
    for each in (household, to_household):
        if subscriptions.standing_subscription(contract, each) is not None:
            raise AlreadySubscribed
    if contracts.places_left(contract, household) == 0:
        raise ContractFull


def _checked(contract: SeasonContract, basket: Mapping[int, int]) -> dict[int, int]:
    products = {product.id for product in contract.products}
    if any(
        key not in products or not 0 <= many <= MOST_OF_A_PRODUCT for key, many in basket.items()
    ):
        raise UnknownChoice
    chosen = {key: many for key, many in basket.items() if many}
    if not chosen:
        raise NothingChosen
    return chosen


def agree(
    shared: SharedBasket,
    member: Member,
    payments: int,
    *,
    charter_text_id: int | None,
    signed_by: str,
    method: Method = Method.CHEQUE,
) -> Subscription:
    """Sign the other part: both are concluded at once, on one place; twice is once.

    Raises ProposalOver, also when a date has passed or changed since it was proposed, and as
    ``subscriptions.subscribe``.
    """
    contract = shared.contract
    waiting.hold(contract, shared.first_household, shared.second_household)
    lock(shared)
    if shared.ended_at is not None or (shared.second_id is None and _changed_since(shared)):
        raise ProposalOver
    if shared.second_id is not None:
        return db.session.get_one(Subscription, shared.second_id)
    first, second = parts(contract, shared.basket)
    begun = subscriptions.subscribe(
        contract,
        shared.first_household,
        shared.asked_by,
        first,
        shared.payments,
        charter_text_id=shared.charter_text_id,
        signed_by=shared.signed_by,
        method=Method(shared.method),
    )
    begun.household_signed_at = shared.asked_at
    other = subscriptions.subscribe(
        contract,
        shared.second_household,
        member,
        second,
        payments,
        charter_text_id=charter_text_id,
        signed_by=signed_by,
        method=method,
        beside=begun,
    )
    shared.first_id, shared.second_id = begun.id, other.id
    db.session.flush()
    return other


def _changed_since(shared: SharedBasket) -> bool:
    """Whether the dates are no longer those that the first household signed for."""
    return any(
        shared.asked_at < each.distribution.starts_at <= now()
        or (each.cancelled_at is not None and each.cancelled_at > shared.asked_at)
        for each in contracts.deliveries_of(shared.contract)
    )


def end(shared: SharedBasket) -> None:
    """Refuse, or take back, a proposal; twice is once. Raises ProposalOver once concluded."""
    lock(shared)
    if shared.second_id is not None:
        raise ProposalOver
    shared.ended_at = shared.ended_at or now()


def find_shared(community: Community, shared_id: int) -> SharedBasket:
    """Return a proposal of this community; raise Absent for another's."""
    found = db.session.get(SharedBasket, shared_id)
    if found is None or found.contract.community_id != community.id:
        raise Absent
    return found


def proposed_to(household: Household) -> Sequence[SharedBasket]:
    """Return the proposals that a household made or received and that still wait."""
    found = db.session.scalars(
        select(SharedBasket)
        .where(
            or_(
                SharedBasket.first_household_id == household.id,
                SharedBasket.second_household_id == household.id,
            ),
            SharedBasket.ended_at.is_(None),
            SharedBasket.second_id.is_(None),
        )
        .order_by(SharedBasket.id)
    ).all()
    return [each for each in found if not _changed_since(each)]


def shares_of(subscription: Subscription) -> SharedBasket | None:
    """Return the shared place a subscription belongs to, if it does."""
    return db.session.scalar(
        select(SharedBasket).where(
            or_(
                SharedBasket.first_id == subscription.id,
                SharedBasket.second_id == subscription.id,
            ),
            SharedBasket.ended_at.is_(None),
        )
    )
