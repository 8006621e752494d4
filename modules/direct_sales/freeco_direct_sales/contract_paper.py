"""A subscription as the contract both sides keep on paper."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from freeco.charter import services as charter
from freeco.clock import now
from freeco.db import db
from freeco.i18n import day, listed, moment, money, percent, said, short_day
from freeco.models import CharterText
from freeco.money import Money
from freeco_direct_sales import contracts, wording
from freeco_direct_sales.contracting import rules, words
from freeco_direct_sales.local import hours, local_day
from freeco_direct_sales.models import (
    Change,
    ContractKind,
    Delivery,
    Subscription,
    SubscriptionLine,
)
from freeco_direct_sales.papers import (
    CharterReference,
    ContractPaper,
    ContractProduct,
    Party,
)
from freeco_direct_sales.papers import Cheque as PaperCheque
from freeco_direct_sales.papers import Delivery as PaperDelivery
from freeco_direct_sales.schedule import STANDING


def contract_paper(subscription: Subscription, *, with_address: bool) -> ContractPaper:
    """Gather the paper of a subscription, with the signatures given so far.

    It says what was agreed: a delivery cancelled since stays in the sums, and is named among
    the exceptions. ``with_address`` writes where the household lives: for itself, and for the
    producer once both have signed.
    """
    contract = subscription.contract
    deliveries = contracts.deliveries_of(contract)
    quantities = _quantities(subscription)
    products = [
        each
        for each in contract.products
        if any(quantities[delivery.id, each.id] for delivery in deliveries)
    ]
    served = [
        each for each in deliveries if any(quantities[each.id, product.id] for product in products)
    ]
    return ContractPaper(
        title=said("Contrat « %(name)s »", name=contract.name),
        code=subscription.code,
        community=contract.community.name,
        season_text=said(
            "du %(start)s au %(end)s",
            start=day(contract.season_start),
            end=day(contract.season_end),
        ),
        household=_household(subscription, with_address=with_address),
        producer=_producer(subscription),
        object_text=str(wording.KINDS[contract.kind]),
        products=tuple(
            ContractProduct(
                name=each.name,
                quantity=_product_quantity([quantities[d.id, each.id] for d in served]),
                deliveries=str(sum(1 for d in served if quantities[d.id, each.id])),
                unit_price=money(each.price),
                vat=percent(each.vat_basis_points),
                total=money(each.price * sum(quantities[d.id, each.id] for d in served)),
            )
            for each in products
        ),
        deliveries=tuple(
            PaperDelivery(
                date_text=short_day(local_day(each.distribution)),
                quantities=tuple(str(quantities[each.id, p.id]) for p in products)
                if contract.kind == ContractKind.FREE
                else (),
            )
            for each in served
        ),
        delivery_place=_places(served),
        exceptions=(*_cancelled(deliveries), *_changed(subscription)),
        total_text=money(subscription.total),
        vat_text=_vat(subscription, quantities),
        cheques=tuple(
            PaperCheque(amount=money(each.amount), banked_text=day(each.due_on))
            for each in subscription.payments
            if each.state in STANDING
        ),
        charter=_charter(subscription),
        printed_at_text=moment(now()),
        terms=(
            *rules.sentences(contract),
            *words.shared(subscription),
            *words.trial(subscription),
            *words.late(subscription),
            *(line for line in contract.terms.splitlines() if line.strip()),
        ),
    )


def _cancelled(deliveries: Sequence[Delivery]) -> list[str]:
    return [
        said(
            "%(day)s : pas de livraison (%(reason)s)",
            day=day(local_day(each.distribution)),
            reason=each.reason,
        )
        for each in deliveries
        if each.cancelled_at is not None
    ]


def _changed(subscription: Subscription) -> list[str]:
    """Say what was changed after the signatures, which stand above other quantities."""
    return [
        said("Changé le %(when)s : %(words)s", when=moment(changed_at), words=words)
        for words, changed_at in db.session.execute(
            select(Change.words, Change.changed_at)
            .join(Delivery, Delivery.id == Change.delivery_id)
            .where(
                Change.household_id == subscription.household_id,
                Delivery.contract_id == subscription.contract_id,
                Change.changed_at > subscription.subscribed_at,
            )
            .order_by(Change.id)
        )
    ]


def _quantities(subscription: Subscription) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = defaultdict(int)
    for delivery_id, product_id, many in db.session.execute(
        select(
            SubscriptionLine.delivery_id,
            SubscriptionLine.contract_product_id,
            SubscriptionLine.quantity,
        ).where(SubscriptionLine.subscription_id == subscription.id)
    ):
        found[delivery_id, product_id] = many
    return found


def _product_quantity(many: list[int]) -> str:
    given = {each for each in many if each}
    if len(given) == 1:
        return said("%(count)s par livraison", count=given.pop())
    return said("%(count)s pour la saison", count=sum(many))


def _household(subscription: Subscription, *, with_address: bool) -> Party:
    people = [each.member.person for each in subscription.household.people if each.member.person]
    first = people[0] if people else None
    address = []
    if first is not None and with_address:
        address = [first.address, f"{first.postal_code} {first.commune}".strip()]
    return Party(
        name=listed([each.name for each in people]) if people else subscription.household.name,
        address=tuple(line for line in address if line),
        signed_by=subscription.household_signed_by,
        signed_at_text=_at(subscription.household_signed_at),
        signed_how=_how(subscription.household_signed_way),
    )


def _producer(subscription: Subscription) -> Party:
    producer = subscription.contract.producer
    siret = [f"SIRET {producer.siret}"] if producer.siret else []
    return Party(
        name=producer.name,
        address=tuple([*producer.address.splitlines(), *siret] or [producer.place]),
        signed_by=subscription.producer_signed_by,
        signed_at_text=_at(subscription.producer_signed_at),
        signed_how=_how(subscription.producer_signed_way),
    )


def _at(instant: datetime | None) -> str:
    return moment(instant) if instant else ""


def _how(way: str) -> str:
    return str(wording.WAYS[way]) if way else ""


def _places(deliveries: list[Delivery]) -> str:
    places = {each.distribution.place: hours(each.distribution) for each in deliveries}
    return listed([f"{place}, {when}" for place, when in sorted(places.items())])


def _vat(subscription: Subscription, quantities: dict[tuple[int, int], int]) -> str:
    """Say what part of the price is VAT, by rate: the price already holds it."""
    products = {each.id: each for each in subscription.contract.products}
    by_rate: dict[int, int] = defaultdict(int)
    for (_delivery, product_id), many in quantities.items():
        product = products[product_id]
        by_rate[product.vat_basis_points] += product.price.cents * many
    parts = [
        f"{percent(rate)} : {money(Money(_included(cents, rate)))}"
        for rate, cents in sorted(by_rate.items())
        if cents
    ]
    return said("dont TVA %(parts)s", parts=" ; ".join(parts)) if parts else ""


def _included(cents: int, basis_points: int) -> int:
    """Return the VAT inside a price, half a cent rounded up (CGI ann. II art. 242 nonies A)."""
    whole = 10_000 + basis_points
    return (2 * cents * basis_points + whole) // (2 * whole)


def _charter(subscription: Subscription) -> CharterReference:
    text = (
        db.session.get(CharterText, subscription.charter_text_id)
        if subscription.charter_text_id
        else None
    ) or charter.reading("fr", subscription.contract.community)
    return CharterReference(
        title=said("Charte éthique"),
        version=text.version,
        language=text.language,
        sha256=text.sha256,
    )
