"""The lines of an account as its page shows them: what each seems to be, and why."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select

from freeco.db import db
from freeco.i18n import counted, day, listed, said
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import parties
from freeco.payments.debit_models import DebitCollection
from freeco.payments.debit_words import said_of
from freeco.payments.matching import Proposal, Why
from freeco.payments.models import OPEN, Payment, RemittanceSlip
from freeco.payments.statement_models import BankLine
from freeco.payments.statements_matching import open_lines, proposals_for
from freeco.payments.tables import plain_amount
from freeco.payments.words import MEANS, labels, purpose_words

Row = TypeVar("Row", Payment, RemittanceSlip, DebitCollection)


@dataclass(frozen=True)
class Named:
    """A target in words."""

    target: str
    who: str
    what: str
    amount: Money


@dataclass(frozen=True)
class Suggested:
    """A line beside what it seems to be."""

    line: BankLine
    what: Named
    why: str
    certain: bool


@dataclass(frozen=True)
class Torn:
    """Lines and targets that fit each other equally well."""

    lines: Sequence[BankLine]
    targets: Sequence[Named]


@dataclass(frozen=True)
class Waiting:
    """All the lines of an account that wait."""

    certain: Sequence[Suggested]
    likely: Sequence[Suggested]
    torn: Sequence[Torn]
    other_amounts: Sequence[tuple[BankLine, Named]]
    unknown: Sequence[BankLine]
    choices: Mapping[int, Sequence[Named]]
    """For each unknown line, the payments of its amount, for somebody to choose."""

    @property
    def count(self) -> int:
        """How many lines wait."""
        return (
            len(self.certain)
            + len(self.likely)
            + sum(len(each.lines) for each in self.torn)
            + len(self.other_amounts)
            + len(self.unknown)
        )


def waiting(community: Community, organisation: Organisation, reader: Member) -> Waiting:
    """Return the lines that wait, with what can be said of each."""
    lines = open_lines(community, organisation, reader)
    by_id = {line.id: line for line in lines}
    found = proposals_for(community, organisation, lines)
    pairs = [(each.line, each.target) for each in found.proposals]
    pairs += [(each.line, each.target) for each in found.other_amounts]
    spoken_for, targets = {line for line, _target in pairs}, {target for _line, target in pairs}
    for conflict in found.conflicts:
        targets.update(conflict.targets)
        spoken_for.update(conflict.lines)
    unknown = [line for line in lines if line.id not in spoken_for]
    same = _same_amounts(community, organisation, unknown)
    named = named_targets({*targets, *(each for some in same.values() for each in some)})
    suggested = [
        Suggested(
            by_id[each.line],
            named[each.target],
            _why(each, by_id[each.line]),
            each.certain,
        )
        for each in found.proposals
    ]
    return Waiting(
        [each for each in suggested if each.certain],
        [each for each in suggested if not each.certain],
        [
            Torn([by_id[line] for line in each.lines], [named[target] for target in each.targets])
            for each in found.conflicts
        ],
        [(by_id[each.line], named[each.target]) for each in found.other_amounts],
        unknown,
        {line: [named[target] for target in some] for line, some in same.items()},
    )


def _same_amounts(
    community: Community, organisation: Organisation, lines: Sequence[BankLine]
) -> Mapping[int, Sequence[str]]:
    """Return the open payments of each line's amount, the earliest due first."""
    coming = [line for line in lines if line.amount > Money(0)]
    payments = db.session.scalars(
        select(Payment)
        .where(
            Payment.community_id == community.id,
            Payment.beneficiary_id == organisation.id,
            Payment.state.in_(OPEN),
            Payment.method != "card",
            Payment.amount.in_({line.amount for line in coming}),
        )
        .order_by(Payment.due_on, Payment.id)
        .limit(500)
    ).all()
    return {
        line.id: [f"payment:{each.id}" for each in payments if each.amount == line.amount]
        for line in coming
    }


def named_targets(targets: Collection[str]) -> Mapping[str, Named]:
    """Return the words of targets, in one query a kind."""
    numbers: dict[str, set[int]] = {}
    for target in targets:
        kind, _colon, number = target.partition(":")
        numbers.setdefault(kind, set()).add(int(number))
    payments = _by_id(Payment, numbers.get("payment", set()) | numbers.get("return", set()))
    slips = _by_id(RemittanceSlip, numbers.get("slip", set()))
    collections = _by_id(DebitCollection, numbers.get("collection", set()))
    payers = parties.names(each.payer for each in payments.values())
    what = labels(each.purpose for each in payments.values())
    found = {}
    for target in targets:
        kind, _colon, number = target.partition(":")
        if kind == "slip":
            slip = slips[int(number)]
            found[target] = _named_slip(target, slip)
        elif kind == "collection":
            found[target] = _named_collection(target, collections[int(number)])
        else:
            payment = payments[int(number)]
            said_words = said(
                "%(purpose)s, %(means)s du %(day)s",
                purpose=purpose_words(what[payment.purpose]),
                means=str(MEANS[payment.method]),
                day=day(payment.due_on),
            )
            who = payers.get(payment.payer, "") or said("Sans nom")
            found[target] = Named(target, who, said_words, payment.amount)
    return found


def _named_slip(target: str, slip: RemittanceSlip) -> Named:
    amounts = db.session.scalars(select(Payment.amount).where(Payment.slip_id == slip.id)).all()
    what = counted(
        "%(num)s chèque porté à la banque le %(day)s",
        "%(num)s chèques portés à la banque le %(day)s",
        len(amounts),
        day=day(slip.day),
    )
    who = said("Bordereau n° %(number)s", number=slip.number)
    return Named(target, who, what, sum(amounts, Money(0)))


def _named_collection(target: str, collection: DebitCollection) -> Named:
    amounts = [item.payment.amount for item in collection.items]
    what = counted(
        "%(num)s prélèvement du %(day)s",
        "%(num)s prélèvements du %(day)s",
        len(amounts),
        day=day(collection.collects_on),
    )
    who = said("Prélèvement n° %(number)s", number=collection.number)
    return Named(target, who, what, sum(amounts, Money(0)))


def _by_id(model: type[Row], ids: Iterable[int]) -> Mapping[int, Row]:
    found = db.session.scalars(select(model).where(model.id.in_(list(ids))))
    return {each.id: each for each in found}


def _why(proposal: Proposal, line: BankLine) -> str:
    if proposal.target.startswith("return:"):
        return _why_returned(proposal, line)
    if proposal.why == Why.REFERENCE:
        return said("Sa référence est dans le libellé, et le montant est exact.")
    if proposal.why == Why.SLIP:
        return said("Le montant est celui du bordereau, et le libellé parle d’une remise.")
    if proposal.why == Why.COLLECTION:
        return said("Le montant est celui du prélèvement, et le libellé en parle.")
    return said(
        "Même montant, et le libellé dit %(names)s, à %(days)s de l’échéance.",
        names=listed([word.upper() for word in proposal.words]),
        days=counted("%(num)s jour", "%(num)s jours", abs(proposal.days)),
    )


def _why_returned(proposal: Proposal, line: BankLine) -> str:
    if line.return_code:
        return said(
            "La banque le rend : %(reason)s (%(code)s).",
            reason=str(said_of(line.return_code)),
            code=line.return_code,
        )
    if proposal.why == Why.REFERENCE:
        return said("Sa référence est dans le libellé d’un retour.")
    return said(
        "Même montant rendu par la banque, et le libellé dit %(names)s.",
        names=listed([word.upper() for word in proposal.words]),
    )


def unmatched_rows(
    community: Community, organisation: Organisation, reader: Member
) -> list[list[object]]:
    """Return a heading, and a row for each line that waits."""
    rows: list[list[object]] = [[said("Jour"), said("Montant"), said("Libellé")]]
    for line in open_lines(community, organisation, reader):
        rows.append([line.day.isoformat(), plain_amount(line.amount), line.label])
    return rows
