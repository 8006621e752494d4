"""What is missing, said once to everybody it concerns, then corrected or taken back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.exc import IntegrityError

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Community, HouseholdMember, Member
from freeco.notifications.models import Notice
from freeco_direct_sales.models import Distribution, Producer, Product
from freeco_direct_sales.orders.models import Offer, OrderSession, Pickup, SessionState
from freeco_direct_sales.telling import notices
from freeco_direct_sales.telling.concerned import concerned
from freeco_direct_sales.telling.errors import (
    CorrectedMeanwhile,
    DatePast,
    NothingMissing,
    TakenBack,
)
from freeco_direct_sales.telling.models import HowShort, Shortage, ShortageDate, ShortageProduct


@dataclass(frozen=True)
class Words:
    """What a message says."""

    products: Sequence[Product]
    dates: Sequence[Distribution]
    how: str
    words: str = ""
    instead: str = ""
    instead_product: Product | None = None
    instead_quantity: int | None = None


def find_shortage(community: Community, shortage_id: int) -> Shortage:
    """Return a message of this community; raise Absent for another's."""
    found = db.session.get(Shortage, shortage_id)
    if found is None or found.producer.community_id != community.id:
        raise Absent
    return found


def shortages_of(producer: Producer) -> Sequence[Shortage]:
    """Return what a producer said of the distributions to come, the latest first."""
    return db.session.scalars(_to_come(Shortage.producer_id == producer.id)).all()


def standing(community: Community) -> Sequence[Shortage]:
    """Return what all producers said of the distributions to come, and have not taken back."""
    here = select(Producer.id).where(Producer.community_id == community.id)
    return db.session.scalars(
        _to_come(Shortage.producer_id.in_(here)).where(Shortage.taken_back_at.is_(None))
    ).all()


def _to_come(which: ColumnElement[bool]) -> Select[Shortage]:
    coming = (
        select(ShortageDate.shortage_id)
        .join(Distribution, Distribution.id == ShortageDate.distribution_id)
        .where(Distribution.ends_at > now())
    )
    return select(Shortage).where(which, Shortage.id.in_(coming)).order_by(Shortage.id.desc())


def announce(producer: Producer, by: Member, words: Words, key: str) -> tuple[Shortage, int]:
    """Say what is missing to every household that takes it; returns the message and how many.

    The same form (``key``) sent twice is one message, and nobody is told twice. Raises
    NothingMissing, DatePast, Absent for what is another's.
    """
    _check(producer, words)
    shortage = Shortage(producer=producer, said_by=by, key=f"{producer.id}:{key}", how=words.how)
    try:
        with db.session.begin_nested():
            _write(shortage, words)
            db.session.add(shortage)
    except IntegrityError:
        said = db.session.scalar(select(Shortage).where(Shortage.key == f"{producer.id}:{key}"))
        if said is None:
            raise
        return said, 0
    told = concerned(producer, words.products, words.dates)
    notices.tell_shortage(shortage, told, corrected=frozenset())
    notices.tell_coordinators(shortage, len(told), by)
    return shortage, len(told)


def _check(producer: Producer, words: Words) -> None:
    if not words.products or not words.dates:
        raise NothingMissing
    products = [*words.products, *([words.instead_product] if words.instead_product else [])]
    if any(each.producer_id != producer.id for each in products):
        raise Absent
    if any(each.community_id != producer.community_id for each in words.dates):
        raise Absent
    if all(each.ends_at <= now() for each in words.dates):
        raise DatePast


def _write(shortage: Shortage, words: Words) -> None:
    shortage.how, shortage.words, shortage.instead = words.how, words.words, words.instead
    shortage.instead_product = words.instead_product
    shortage.instead_quantity = words.instead_quantity if words.instead_product else None
    kept = {each.product_id: each for each in shortage.products}
    shortage.products = [
        kept.get(each.id) or ShortageProduct(shortage=shortage, product=each)
        for each in dict.fromkeys(words.products)
    ]
    held = {each.distribution_id: each for each in shortage.dates}
    shortage.dates = [
        held.get(each.id) or ShortageDate(shortage=shortage, distribution=each)
        for each in dict.fromkeys(words.dates)
    ]


def words_of(shortage: Shortage) -> Words:
    """Return what a message says."""
    return Words(
        [each.product for each in shortage.products],
        [each.distribution for each in shortage.dates],
        shortage.how,
        shortage.words,
        shortage.instead,
        shortage.instead_product,
        shortage.instead_quantity,
    )


def correct(shortage: Shortage, words: Words, version: int) -> int:
    """Correct a message; returns how many households hear of it.

    Who takes it is told what counts now; who was told and no longer misses anything is told that
    too. The same words again change nothing and tell nobody. Raises TakenBack,
    CorrectedMeanwhile when it is no longer the version that was read, and what ``announce`` does.
    """
    lock(shortage)
    if shortage.taken_back_at is not None:
        raise TakenBack
    before = words_of(shortage)
    if _same(before, words):
        return 0
    if shortage.version != version:
        raise CorrectedMeanwhile
    _check(shortage.producer, words)
    knew = concerned(shortage.producer, before.products, before.dates)
    told = told_households(shortage)
    _write(shortage, words)
    shortage.version, shortage.changed_at = version + 1, now()
    db.session.flush()
    missing = concerned(shortage.producer, words.products, words.dates)
    over = [each for each in knew if each not in missing and each.id in told]
    notices.tell_shortage(shortage, missing, corrected=told)
    notices.tell_no_longer(shortage, over)
    notices.tell_coordinators(shortage, len(missing) + len(over))
    return len(missing) + len(over)


def _same(one: Words, other: Words) -> bool:
    return _content(one) == _content(other)


def _content(words: Words) -> tuple[object, ...]:
    return (
        {each.id for each in words.products},
        {each.id for each in words.dates},
        words.how,
        words.words,
        words.instead,
        words.instead_product,
        words.instead_quantity if words.instead_product else None,
    )


def take_back(shortage: Shortage) -> int:
    """Take a message back: what was missing comes. Returns how many are told; twice is once."""
    lock(shortage)
    if shortage.taken_back_at is not None:
        return 0
    words, told = words_of(shortage), told_households(shortage)
    shortage.taken_back_at = shortage.changed_at = now()
    shortage.version += 1
    knew = concerned(shortage.producer, words.products, words.dates)
    over = [each for each in knew if each.id in told]
    notices.tell_no_longer(shortage, over)
    return len(over)


def told_households(shortage: Shortage) -> frozenset[int]:
    """Return the households in which somebody was told of a message, by id."""
    return frozenset(
        db.session.scalars(
            select(HouseholdMember.household_id)
            .join(Notice, Notice.member_id == HouseholdMember.member_id)
            .where(Notice.key.startswith(notices.shortage_key(shortage), autoescape=True))
        )
    )


def offered_in(shortage: Shortage) -> Sequence[Offer]:
    """Return the offers of what is missing that still stand in a session taken at these dates."""
    if shortage.how == HowShort.OTHERWISE:
        return []  # it comes, and may go on being ordered
    return db.session.scalars(
        select(Offer)
        .join(OrderSession, OrderSession.id == Offer.session_id)
        .join(Pickup, Pickup.session_id == OrderSession.id)
        .where(
            Offer.product_id.in_([each.product_id for each in shortage.products]),
            Pickup.distribution_id.in_([each.distribution_id for each in shortage.dates]),
            Offer.withdrawn_at.is_(None),
            OrderSession.state.in_((SessionState.OPEN, SessionState.CLOSED, SessionState.ALLOTTED)),
        )
        .distinct()
        .order_by(Offer.id)
    ).all()
