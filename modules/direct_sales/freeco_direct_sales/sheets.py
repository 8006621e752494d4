"""What is laid on the table and sent to the farms, gathered in a few queries.

A distribution of a thousand households takes as many queries as one of ten: rows come
as plain tuples, and Python puts them together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Row, func, select

from freeco.cells import plain
from freeco.clock import now
from freeco.db import db
from freeco.i18n import counted, day, moment, money, said
from freeco.members.models import Household, HouseholdMember, Member, Person
from freeco.money import Money
from freeco.payments.models import Method, Payment, State
from freeco_direct_sales import wording
from freeco_direct_sales.contracting.taking import IS_LOST, PARTNER, TAKER, with_takers
from freeco_direct_sales.distributions import deliveries_at
from freeco_direct_sales.local import hours, local_day
from freeco_direct_sales.models import (
    Change,
    ContractProduct,
    Delivery,
    Distribution,
    Print,
    Producer,
    Product,
    Subscription,
    SubscriptionLine,
)
from freeco_direct_sales.orders import on_the_table, sheet_marks
from freeco_direct_sales.papers import (
    SheetColumn,
    SheetRow,
    SignOffSheet,
)
from freeco_direct_sales.shifts.counting import on_duty_text
from freeco_direct_sales.solidarity.pool import is_held
from freeco_direct_sales.telling import showing

Taken = Row[int, int, int, int, str, str, int | None, int, int | None, bool, bool]
"""A line of a sheet: household, delivery, contract product, quantity, name, unit, grams; then
whose basket it is, which household takes the other half of it, whether nobody comes for it, and
whether it is rendered rather than brought."""


def sign_off_sheet(distribution: Distribution) -> SignOffSheet:
    """Gather the sheet that households sign; a dozen queries at most, whatever their number."""
    everything = deliveries_at(distribution)
    deliveries = [each for each in everything if each.cancelled_at is None]
    cancelled = [each for each in everything if each.cancelled_at is not None]
    lines = lines_taken(each.id for each in deliveries)
    taken = [line for line in lines if not line.is_service]
    # Where all that is taken is work, nothing is laid on the table.
    work = {line.delivery_id for line in lines} - {line.delivery_id for line in taken}
    deliveries = [each for each in deliveries if each.id not in work]
    baskets: dict[int, dict[int, list[Taken]]] = defaultdict(lambda: defaultdict(list))
    for line in taken:
        for household in {line.household_id, line.partner_id or line.household_id}:
            baskets[household][line.delivery_id].append(line)
    markets = on_the_table.markets(on_the_table.ordered_at(distribution))
    names = _household_names(distribution.community_id)
    cheques = _cheques_to_give(distribution)
    # Where some are helped to pay, an amount read by all at the table would say who.
    named = not is_held(distribution.community)
    changed, changes = _changes(distribution)
    changed |= sheet_marks.changed_since_print(distribution)
    # Who takes nothing any more is marked, not left out.
    listed = baskets.keys() | changed | on_the_table.households_in(markets)
    rows = [
        SheetRow(
            household=names[household][0],
            people=names[household][1],
            baskets=(
                *(
                    _basket(baskets[household].get(each.id, ()), household, names)
                    for each in deliveries
                ),
                *(each.basket(household) for each in markets),
            ),
            cheque_note=_cheque_note(cheques.get(household, ()), named=named),
            changed=household in changed,
            household_id=household,
        )
        for household in sorted(listed, key=lambda each: plain(names[each][0]))
    ]
    owed = [amount for household in listed for amount in cheques.get(household, ())]
    return SignOffSheet(
        title=said(
            "%(day)s – distribution, %(place)s",
            day=day(local_day(distribution)).capitalize(),
            place=distribution.place,
        ),
        community=distribution.community.name,
        place=distribution.place,
        starts_at_text=hours(distribution),
        columns=(
            *(_column(each, taken) for each in deliveries),
            *(SheetColumn(title=each.name, total=each.totals()) for each in markets),
        ),
        rows=tuple(rows),
        notices=(
            *(cancelled_words(each) for each in cancelled),
            *note_words(distribution),
            *_on_duty(distribution),
            *on_the_table.still_open(markets),
            *changes,
        ),
        printed_at_text=moment(now()),
        code=code(distribution),
        cheque_total=_count_cheques(len(owed)) if owed else "",
    )


def code(distribution: Distribution) -> str:
    """Return the short code printed on a sheet, typed in the search to find it again."""
    return f"D{distribution.id}"


def lines_taken(deliveries: Iterable[int]) -> Sequence[Taken]:
    """Return what households take at these deliveries, as plain rows."""
    query = with_takers(
        select(
            TAKER.label("household_id"),
            SubscriptionLine.delivery_id,
            SubscriptionLine.contract_product_id,
            SubscriptionLine.quantity,
            ContractProduct.name,
            ContractProduct.unit,
            ContractProduct.grams,
            Subscription.household_id.label("owner_id"),
            PARTNER.label("partner_id"),
            IS_LOST.label("nobody"),
            Product.is_service,
        )
        .join(Subscription, Subscription.id == SubscriptionLine.subscription_id)
        .join(ContractProduct, ContractProduct.id == SubscriptionLine.contract_product_id)
        .join(Product, Product.id == ContractProduct.product_id)
        .where(
            SubscriptionLine.delivery_id.in_(list(deliveries)),
            SubscriptionLine.quantity > 0,
            Subscription.withdrawn_at.is_(None),
        )
        .order_by(ContractProduct.id)
    )
    return db.session.execute(query).all()


def _household_names(community_id: int) -> dict[int, tuple[str, str]]:
    """Return the name of each household, and its people's names."""
    names: dict[int, str] = {}
    people: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for household_id, name, first, last in db.session.execute(
        select(Household.id, Household.name, Person.first_name, Person.last_name)
        .outerjoin(HouseholdMember, HouseholdMember.household_id == Household.id)
        .outerjoin(Member, Member.id == HouseholdMember.member_id)
        .outerjoin(Person, Person.id == Member.person_id)
        .where(Household.community_id == community_id)
        .order_by(HouseholdMember.id)
    ):
        names[household_id] = name
        if first or last:
            people[household_id].append((first, last))
    return {key: _on_a_list(name, people[key]) for key, name in names.items()}


def _on_a_list(name: str, people: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Write a household that bears one person's name last name first, as lists are read."""
    if [name] == [f"{first} {last}".strip() for first, last in people]:
        first, last = people[0]
        return f"{last} {first}".strip(), ""
    return name, ", ".join(f"{first} {last}".strip() for first, last in people)


def _basket(lines: Sequence[Taken], household: int, names: Mapping[int, tuple[str, str]]) -> str:
    """Write what a household takes, and whose it is when it is not, or not wholly, its own."""
    whose: dict[tuple[bool, int, int], list[str]] = defaultdict(list)
    for line in lines:
        half_of = line.partner_id or 0
        half_with = line.owner_id if household == half_of else half_of
        whose[line.nobody, line.owner_id, half_with].append(
            f"{line.quantity}\u00a0{wording.unbroken(line.name)}"
        )
    found = []
    for (nobody, owner, half_with), products in whose.items():
        what = ", ".join(products)
        if nobody:
            what = said("absent, à donner : %(what)s", what=what)
        elif half_with:
            what = said("moitié de %(what)s, avec %(name)s", what=what, name=names[half_with][0])
        elif owner != household:
            what = said("%(what)s, panier de %(name)s", what=what, name=names[owner][0])
        found.append(what)
    return ", ".join(found)


def _column(delivery: Delivery, taken: Sequence[Taken]) -> SheetColumn:
    totals: dict[str, int] = {}
    for line in taken:
        if line.delivery_id == delivery.id:
            totals[line.name] = totals.get(line.name, 0) + line.quantity
    return SheetColumn(
        title=delivery.contract.name,
        producer=delivery.contract.producer.name,
        total=" · ".join(f"{many}\u00a0{wording.unbroken(name)}" for name, many in totals.items()),
    )


def _cheques_to_give(distribution: Distribution) -> dict[int, list[Money]]:
    """Return the cheques not yet given, by household, that were to be banked by that day."""
    found: dict[int, list[Money]] = defaultdict(list)
    for household_id, amount in db.session.execute(
        select(Subscription.household_id, Payment.amount)
        .join(Payment, Payment.purpose == Subscription.purpose)
        .join(Household, Household.id == Subscription.household_id)
        .where(
            Household.community_id == distribution.community_id,
            Subscription.withdrawn_at.is_(None),
            Payment.community_id == distribution.community_id,
            Payment.method == Method.CHEQUE,
            Payment.state == State.EXPECTED,
            Payment.due_on <= local_day(distribution),
        )
        .order_by(Payment.due_on, Payment.id)
    ):
        found[household_id].append(amount)
    for household_id, amount in sheet_marks.cheques_to_give(distribution):
        found[household_id].append(amount)
    return found


def _cheque_note(amounts: Sequence[Money], *, named: bool) -> str:
    if not amounts:
        return ""
    if not named:
        return counted("%(num)s chèque à donner", "%(num)s chèques à donner", len(amounts))
    if len(amounts) == 1:
        return said("1 chèque à donner : %(amount)s", amount=money(amounts[0]))
    return said("%(count)s chèques à donner", count=len(amounts))


def _count_cheques(many: int) -> str:
    return counted("%(num)s chèque à recevoir", "%(num)s chèques à recevoir", many)


def _changes(distribution: Distribution) -> tuple[set[int], list[str]]:
    """Return the households to mark, and the words for changes that concern everybody.

    A cancelled delivery has its own notice as long as it stays cancelled.
    """
    printed = (
        select(func.max(Print.printed_at))
        .where(Print.distribution_id == distribution.id, Print.producer_id.is_(None))
        .scalar_subquery()
    )
    recent = db.session.execute(
        select(
            Change.household_id,
            Change.words,
            Change.delivery_id,
            Delivery.cancelled_at,
        )
        .join(Delivery, Delivery.id == Change.delivery_id)
        .where(
            Delivery.distribution_id == distribution.id,
            printed.is_(None) | (Change.changed_at > printed),
        )
        .order_by(Change.id)
    ).all()
    marked = {each.household_id for each in recent if each.household_id is not None}
    general = {
        each.delivery_id: each.words
        for each in recent
        if each.household_id is None and each.cancelled_at is None
    }
    return marked, list(general.values())


def cancelled_words(delivery: Delivery) -> str:
    """Say that a delivery does not come, and why."""
    return said(
        "%(contract)s : pas de livraison (%(reason)s)",
        contract=delivery.contract.name,
        reason=delivery.reason,
    )


def note_words(distribution: Distribution, producer: Producer | None = None) -> list[str]:
    """Return the distribution’s own words, and what producers say is missing, or one of them."""
    own = [distribution.note] if distribution.note else []
    return [*own, *showing.words_at(distribution, producer)]


def _on_duty(distribution: Distribution) -> list[str]:
    words = on_duty_text(distribution)
    return [words] if words else []
