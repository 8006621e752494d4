"""Shares: what of each price goes to the platform, frozen the day it is agreed."""

from datetime import date

from sqlalchemy import select

from freeco.cost_price.errors import NoShare, PartsTooLarge, ShareDiffers
from freeco.cost_price.keys import rate_in_force
from freeco.cost_price.models import CostRate
from freeco.cost_price.price import NOTHING, PriceParts, part_of_platform, split_price
from freeco.cost_price.share_models import CostShare
from freeco.db import db, lock
from freeco.members.models import Community
from freeco.money import Money
from freeco.organisations.models import Organisation


def parts(
    amount: Money,
    day: date,
    *,
    payment_fee: Money = NOTHING,
    transport: Money = NOTHING,
    solidarity: Money = NOTHING,
    gift: bool = False,
) -> PriceParts:
    """Return the anatomy of a price agreed on a day, at the rate published for that day.

    Without a published rate the platform takes nothing. ``payment_fee`` is what the provider
    kept, never an estimate: zero until it has said so. Raises PartsTooLarge.
    """
    rate = rate_in_force(day)
    return _parts(amount, rate, payment_fee, transport, solidarity, gift=gift)


def _parts(
    amount: Money,
    rate: CostRate | None,
    payment_fee: Money,
    transport: Money,
    solidarity: Money,
    *,
    gift: bool,
) -> PriceParts:
    platform = NOTHING
    if rate is not None:
        platform = part_of_platform(amount, rate.basis_points, rate.per_gift, gift=gift)
    try:
        return split_price(
            amount,
            platform,
            transport=transport,
            solidarity=solidarity,
            payment_fee=payment_fee,
        )
    except ValueError as error:
        raise PartsTooLarge from error


def share_of(subject: str) -> CostShare | None:
    """Return the share charged for a subject, if any."""
    return db.session.scalars(select(CostShare).where(CostShare.subject == subject)).one_or_none()


def parts_of_payment(subject: str, amount: Money, day: date, payment_fee: Money) -> PriceParts:
    """Return the anatomy of one payment of a subject, agreed on a day.

    As its share was charged, when there is one for the same amount; else at the day's rate.
    """
    share = share_of(subject)
    if share is not None and share.base == amount:
        return PriceParts(
            share.producer, share.transport, share.solidarity, share.platform, share.payment_fee
        )
    fee = payment_fee if payment_fee * 2 < amount else NOTHING
    return parts(amount, day, payment_fee=fee, gift=share is not None and share.gift)


def charge(
    subject: str,
    organisation: Organisation,
    community: Community,
    day: date,
    base: Money,
    *,
    payment_fee: Money = NOTHING,
    transport: Money = NOTHING,
    solidarity: Money = NOTHING,
    gift: bool = False,
) -> CostShare | None:
    """Count the share of something sold, or given; the same subject twice is once.

    ``subject`` is a Ref (``direct_sales:subscription:12``), ``organisation`` who sold it. A
    rehearsal is charged nothing, and nothing is kept of it. Raises ShareDiffers, PartsTooLarge.
    """
    if community.rehearsal:
        return None
    lock(organisation)
    found = share_of(subject)
    if found is not None:
        if (found.base, found.organisation_id) != (base, organisation.id):
            raise ShareDiffers
        return found
    rate = rate_in_force(day)
    split = _parts(base, rate, payment_fee, transport, solidarity, gift=gift)
    share = CostShare(
        subject=subject,
        organisation=organisation,
        community=community,
        day=day,
        base=base,
        producer=split.producer,
        transport=split.transport,
        solidarity=split.solidarity,
        platform=split.platform,
        payment_fee=split.payment_fee,
        gift=gift,
        rate_id=rate.id if rate is not None else None,
    )
    db.session.add(share)
    db.session.flush()
    return share


def pass_fee_on(subject: str, fee: Money) -> CostShare:
    """Say what the payment provider kept in all for a subject, once it has said so.

    The producer's part gives it; the platform's does not move. Raises NoShare, PartsTooLarge.
    """
    share = _locked(subject)
    producer = share.producer + share.payment_fee - fee
    if producer < NOTHING or fee < NOTHING:
        raise PartsTooLarge
    share.producer, share.payment_fee = producer, fee
    db.session.flush()
    return share


def give_back(subject: str, day: date) -> CostShare:
    """Undo the share of what was cancelled or paid back whole; twice is once.

    Not billed yet, it never will be; billed before, the next bill takes it off. Raises NoShare.
    """
    share = _locked(subject)
    if share.given_back_on is None:
        share.given_back_on = day
        db.session.flush()
    return share


def _locked(subject: str) -> CostShare:
    share = share_of(subject)
    if share is None:
        raise NoShare
    lock(share)
    return share
