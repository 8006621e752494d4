"""Statements written for a reader: rows for a spreadsheet, content for paper."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from freeco import i18n
from freeco.clock import today
from freeco.documents import notes
from freeco.documents.statements import AccountStatement, CustomerStatement, StatementLine
from freeco.documents.wording import euros
from freeco.i18n import said
from freeco.members.households import find_household
from freeco.members.models import Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import parties
from freeco.payments.tables import plain_amount

FROM_THE_BOOKS = (
    "Ce relevé est lu dans les livres de comptes. Un solde positif reste à payer ; un solde "
    "négatif a été payé d’avance."
)


def own_rows(accounts: Iterable[AccountStatement]) -> list[list[object]]:
    """Return a heading and the lines of each account, for a spreadsheet."""
    rows: list[list[object]] = [
        [said("Date"), said("Avec"), said("Opération"), said("Pièce"), *_amount_words()]
    ]
    for account in accounts:
        name = account.organisation.name
        rows.append(
            ["", name, said("Solde au début"), "", "", "", "", "", plain_amount(account.opening)]
        )
        for line in account.lines:
            moved = line.moved
            amounts = (moved.promised, moved.paid, moved.returned, moved.delivered, line.balance)
            rows.append(
                [line.day.isoformat(), name, line.label, line.piece, *(map(plain_amount, amounts))]
            )
    return rows


def customer_rows(customers: Iterable[CustomerStatement]) -> list[list[object]]:
    """Return a heading and a line for each customer, for a spreadsheet."""
    found = list(customers)
    names = parties.names(each.party for each in found)
    rows: list[list[object]] = [[said("Qui"), said("Solde au début"), *_amount_words()]]
    for each in sorted(found, key=lambda each: names.get(each.party, "")):
        rows.append([names.get(each.party, ""), *map(plain_amount, _amounts(each))])
    return rows


def own_paper(
    member: Member, accounts: Sequence[AccountStatement], since: date, through: date
) -> dict[str, Any]:
    """Return what ``papers/statement.typ`` sets for a member's table."""
    household = find_household(member)
    person = member.person
    to = [household.name if household is not None else member.name]
    if person is not None:
        to += [person.address, f"{person.postal_code} {person.commune}".strip()]
    with i18n.spoken("fr"):
        parts = [_own_part(each) for each in accounts]
    return _paper([member.community.name], to, parts, since, through, member.community.rehearsal)


def customer_paper(
    body: Organisation,
    customers: Sequence[CustomerStatement],
    since: date,
    through: date,
    *,
    rehearsal: bool,
) -> dict[str, Any]:
    """Return what ``papers/statement.typ`` sets for a producer."""
    names = parties.names(each.party for each in customers)
    ordered = sorted(customers, key=lambda each: names.get(each.party, ""))
    with i18n.spoken("fr"):
        rows = [[names.get(each.party, ""), *map(_euros, _amounts(each))] for each in ordered]
        sums = [
            "Ensemble",
            *(_euros(_total(column)) for column in zip(*map(_amounts, ordered), strict=True)),
        ]
    columns = ["Qui", "Au début", "Promis", "Payé", "Rendu", "Livré", "Reste dû"]
    part = {"title": "", "columns": columns, "wide": 0, "rows": rows, "sums": sums}
    place = f"{body.postal_code} {body.commune}".strip()
    return _paper(
        [body.name, body.address, place], [], [part] if rows else [], since, through, rehearsal
    )


def _own_part(account: AccountStatement) -> dict[str, Any]:
    rows = [["", "Solde au début", "", "", "", "", _euros(account.opening)]]
    for line in account.lines:
        moved = line.moved
        rows.append(
            [
                line.day.strftime("%d/%m/%Y"),
                _said(line),
                *(_or_blank(each) for each in (moved.promised, moved.paid, moved.returned)),
                _or_blank(moved.delivered),
                _euros(line.balance),
            ]
        )
    sums = account.sums
    return {
        "title": account.organisation.name,
        "columns": ["Date", "Opération", "Promis", "Payé", "Rendu", "Livré", "Reste dû"],
        "wide": 1,
        "rows": rows,
        "sums": [
            "",
            "Ensemble",
            *(_euros(each) for each in (sums.promised, sums.paid, sums.returned, sums.delivered)),
            _euros(account.balance),
        ],
    }


def _said(line: StatementLine) -> str:
    """Say what happened, with the number of its document when there is one."""
    return line.label if ":" in line.piece else f"{line.label}, {line.piece}"


def _paper(
    whose: list[str],
    to: list[str],
    parts: list[dict[str, Any]],
    since: date,
    through: date,
    rehearsal: bool,
) -> dict[str, Any]:
    first, last = since.strftime("%d/%m/%Y"), through.strftime("%d/%m/%Y")
    return {
        "title": "Relevé",
        "author": whose[0],
        "foot": f"Relevé du {first} au {last} · {whose[0]}",
        "warning": notes.REHEARSAL if rehearsal else "",
        "from": whose,
        "to": to,
        "addressed": "Pour",
        "facts": [
            ["Du", first],
            ["Au", last],
            ["Imprimé le", today().strftime("%d/%m/%Y")],
        ],
        "parts": parts,
        "notes": [FROM_THE_BOOKS],
    }


def _amount_words() -> list[str]:
    return [said("Promis"), said("Payé"), said("Rendu"), said("Livré"), said("Reste dû")]


def _amounts(each: CustomerStatement) -> tuple[Money, ...]:
    sums = each.sums
    return (
        each.opening,
        sums.promised,
        sums.paid,
        sums.returned,
        sums.delivered,
        each.balance,
    )


def _total(amounts: Iterable[Money]) -> Money:
    return sum(amounts, Money(0))


def _euros(amount: Money) -> str:
    return euros(amount.cents)


def _or_blank(amount: Money) -> str:
    return _euros(amount) if amount else ""
