"""Payments as a table that a spreadsheet opens."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from freeco.accounting.exports.rows import shielded
from freeco.i18n import said
from freeco.money import Money
from freeco.payments.models import Payment
from freeco.payments.parties import names
from freeco.payments.words import MEANS, STATES, labels, purpose_words


def csv_answer(rows: Iterable[Sequence[object]], name: str) -> Response:
    """Answer with a table: semicolons and a byte order mark, as French spreadsheets expect."""
    text = io.StringIO(newline="")
    shown = ([shielded(str(cell)) for cell in row] for row in rows)
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(shown)
    answer = Response(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def plain_amount(amount: Money) -> str:
    """Return an amount that a spreadsheet adds up: 1234,50."""
    sign = "-" if amount.cents < 0 else ""
    whole, cents = divmod(abs(amount.cents), 100)
    return f"{sign}{whole},{cents:02}"


def payment_rows(payments: Sequence[Payment]) -> list[list[object]]:
    """Return a heading, and a line for each payment."""
    payers = names(each.payer for each in payments)
    what = labels(each.purpose for each in payments)
    heading: list[object] = [
        said("Échéance"),
        said("De"),
        said("Pour"),
        said("À l’ordre de"),
        said("Montant"),
        said("Remboursé"),
        said("Frais"),
        said("Moyen"),
        said("État"),
        said("Référence"),
        said("Reçu le"),
        said("Encaissé le"),
    ]
    return [
        heading,
        *(
            [
                each.due_on.isoformat(),
                payers.get(each.payer, ""),
                purpose_words(what[each.purpose]),
                each.beneficiary.name,
                plain_amount(each.amount),
                plain_amount(each.refunded),
                plain_amount(each.fee),
                MEANS[each.method],
                STATES[each.state][0],
                each.reference,
                each.received_at.date().isoformat() if each.received_at else "",
                each.settled_at.date().isoformat() if each.settled_at else "",
            ]
            for each in payments
        ),
    ]
