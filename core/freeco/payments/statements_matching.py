"""The lines of an account that wait, beside what is expected on it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select, true

from freeco.cells import plain
from freeco.db import db
from freeco.members.models import Community, Household, HouseholdMember, Member, Person
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import parties
from freeco.payments.debit_models import CollectionState, DebitCollection, DebitItem, ItemState
from freeco.payments.debits import amount_of
from freeco.payments.matching import NEAR_DAYS, SLIP_DAYS, Proposals, Seen, Wanted, Why, propose
from freeco.payments.models import Method, Payment, RemittanceSlip, State
from freeco.payments.statement_models import BankLine, LineState, Match, RefusedMatch
from freeco.payments.statements import readable

RETURN_DAYS = 400
_TITLES = frozenset(
    {"foyer", "famille", "monsieur", "madame", "mme", "mlle", "les", "des", "une", "chez", "pour"}
    | {"association", "amap", "gaec", "earl", "sarl", "maison", "efface"}
)
_SHORTEST_WORD = 3


def open_lines(
    community: Community, organisation: Organisation, reader: Member | None = None
) -> list[BankLine]:
    """Return the lines that wait, the latest first; for a reader, those they may read."""
    query = select(BankLine).where(
        BankLine.community_id == community.id,
        BankLine.organisation_id == organisation.id,
        BankLine.state == LineState.OPEN,
        true() if reader is None else readable(reader),
    )
    return list(db.session.scalars(query.order_by(BankLine.day.desc(), BankLine.id.desc())))


def proposals_for(
    community: Community, organisation: Organisation, lines: Sequence[BankLine]
) -> Proposals:
    """Return what the lines that wait seem to be, without what somebody has refused."""
    if not lines:
        return Proposals(())
    refused = {
        (row.line_id, row.target)
        for row in db.session.scalars(
            select(RefusedMatch).where(RefusedMatch.line_id.in_([line.id for line in lines]))
        )
    }
    seen = [Seen(line.id, line.day, line.amount, line.label) for line in lines]
    return propose(seen, list(wanted(community, organisation, seen)), refused)


def wanted(
    community: Community, organisation: Organisation, lines: Sequence[Seen]
) -> Iterable[Wanted]:
    """Yield what the lines could be: payments to come, deposits, debits, and what came back."""
    first, last = min(each.day for each in lines), max(each.day for each in lines)
    coming = _coming(community, organisation)
    returned = (
        _may_return(community, organisation, lines)
        if any(each.amount < Money(0) for each in lines)
        else []
    )
    names = names_of({each.payer for each in [*coming, *returned]})
    for payment in coming:
        surnames, first_names = names[payment.payer]
        yield Wanted(
            f"payment:{payment.id}",
            payment.due_on,
            payment.amount,
            reference=payment.reference,
            names=surnames,
            hints=first_names,
            certain=payment.method in (Method.TRANSFER, Method.DEBIT),
        )
    for payment in returned:
        surnames, first_names = names[payment.payer]
        yield Wanted(
            f"return:{payment.id}",
            payment.due_on,
            -payment.amount,
            why=Why.RETURN,
            reference=payment.reference,
            names=surnames,
            hints=first_names,
            certain=payment.method == Method.DEBIT,
        )
    for slip, amount in _slips(community, organisation):
        if first - timedelta(days=SLIP_DAYS) <= slip.day <= last:
            hints = frozenset({str(slip.number)})
            target = f"slip:{slip.id}"
            yield Wanted(target, slip.day, amount, why=Why.SLIP, hints=hints)
    for collection in _collections(community, organisation):
        amount = amount_of(collection, ItemState.SENT)
        if amount:
            target = f"collection:{collection.id}"
            yield Wanted(target, collection.collects_on, amount, why=Why.COLLECTION)


def _coming(community: Community, organisation: Organisation) -> list[Payment]:
    """Return what may come to the account: never a cheque that is held, which has its slip."""
    return list(
        db.session.scalars(
            select(Payment).where(
                Payment.community_id == community.id,
                Payment.beneficiary_id == organisation.id,
                (
                    (Payment.state == State.EXPECTED)
                    & Payment.method.in_([Method.TRANSFER, Method.CHEQUE, Method.CASH])
                )
                | ((Payment.state == State.PENDING) & (Payment.method == Method.DEBIT)),
            )
        )
    )


def _may_return(
    community: Community, organisation: Organisation, lines: Sequence[Seen]
) -> list[Payment]:
    since = min(each.day for each in lines) - timedelta(days=RETURN_DAYS)
    amounts = {(-each.amount).cents for each in lines if each.amount < Money(0)}
    back = select(BankLine.payment_id).where(BankLine.match == Match.RETURNED)
    query = select(Payment).where(
        Payment.community_id == community.id,
        Payment.beneficiary_id == organisation.id,
        Payment.method.in_([Method.CHEQUE, Method.DEBIT]),
        Payment.state.in_([State.SETTLED, State.PENDING]),
        Payment.due_on >= since - timedelta(days=NEAR_DAYS),
        Payment.id.not_in(back.where(BankLine.payment_id.is_not(None))),
    )
    return [each for each in db.session.scalars(query) if each.amount.cents in amounts]


def slip_amount(slip: RemittanceSlip) -> Money:
    """Return what the cheques of a slip come to, those that bounced later too."""
    cheques = db.session.scalars(select(Payment.amount).where(Payment.slip_id == slip.id))
    return sum(cheques, Money(0))


def _slips(
    community: Community, organisation: Organisation
) -> Iterable[tuple[RemittanceSlip, Money]]:
    matched = select(BankLine.slip_id).where(BankLine.slip_id.is_not(None))
    query = select(RemittanceSlip).where(
        RemittanceSlip.community_id == community.id,
        RemittanceSlip.beneficiary_id == organisation.id,
        RemittanceSlip.id.not_in(matched),
    )
    for slip in db.session.scalars(query):
        amount = slip_amount(slip)
        if amount:
            yield slip, amount


def _collections(community: Community, organisation: Organisation) -> Iterable[DebitCollection]:
    return db.session.scalars(
        select(DebitCollection).where(
            DebitCollection.community_id == community.id,
            DebitCollection.organisation_id == organisation.id,
            DebitCollection.state == CollectionState.SENT,
        )
    )


def item_of(payment: Payment) -> DebitItem | None:
    """Return the debit of a payment, if it was sent to the bank."""
    query = select(DebitItem).where(
        DebitItem.payment_id == payment.id, DebitItem.state != ItemState.ANNOUNCED
    )
    return db.session.scalars(query).one_or_none()


def names_of(payers: Iterable[str]) -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """Return the words of each payer's name, and the first names that make it likelier."""
    payers = set(payers)
    surnames: defaultdict[str, set[str]] = defaultdict(set)
    first_names: defaultdict[str, set[str]] = defaultdict(set)
    people = _people(payers)
    for payer, name in parties.names(payers).items():
        surnames[payer].update(_words(name))
    for payer, found in people.items():
        for person in found:
            first_names[payer].update(_words(person.first_name))
            surnames[payer].update(_words(person.last_name))
    return {
        payer: (
            frozenset(surnames[payer] - first_names[payer]),
            frozenset(first_names[payer]),
        )
        for payer in payers
    }


def _people(payers: set[str]) -> Mapping[str, list[Person]]:
    found: defaultdict[str, list[Person]] = defaultdict(list)
    numbers = {kind: _numbers(payers, kind) for kind in ("household", "person")}
    rows = db.session.execute(
        select(Household.id, Person)
        .join(HouseholdMember, HouseholdMember.household_id == Household.id)
        .join(Member, Member.id == HouseholdMember.member_id)
        .join(Person, Person.id == Member.person_id)
        .where(Household.id.in_(numbers["household"]))
    )
    for household_id, person in rows:
        found[f"core:household:{household_id}"].append(person)
    for person in db.session.scalars(select(Person).where(Person.id.in_(numbers["person"]))):
        found[f"core:person:{person.id}"].append(person)
    return found


def _numbers(payers: set[str], kind: str) -> list[int]:
    prefix = f"core:{kind}:"
    return [int(each.removeprefix(prefix)) for each in payers if each.startswith(prefix)]


def _words(name: str) -> set[str]:
    return {
        word for word in plain(name).split() if len(word) >= _SHORTEST_WORD and word not in _TITLES
    }
