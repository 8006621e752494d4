"""Remittance slips: what was brought to the bank, as a page, a paper and a table."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from freeco.doors import requires
from freeco.i18n import said, spoken
from freeco.members.models import TREASURER
from freeco.money import total
from freeco.payments import slips
from freeco.payments.parties import names
from freeco.payments.references import spaced
from freeco.payments.tables import csv_answer, plain_amount
from freeco.web.downloads import pdf_answer
from freeco.web.lists import page_of_query

pages = Blueprint("slips", __name__)


@pages.get("/tresorerie/bordereaux")
@requires(TREASURER)
def index() -> ResponseReturnValue:
    """List the slips, the latest first."""
    found = page_of_query(slips.slips_of(g.community))
    return render_template("payments/slips.html", slips=found, sums=slips.sums(found.rows))


@pages.get("/tresorerie/bordereaux/<int:slip_id>")
@requires(TREASURER)
def page(slip_id: int) -> ResponseReturnValue:
    """Show a slip."""
    slip = slips.find_slip(g.community, slip_id)
    cheques = slips.cheques_of(slip)
    return render_template(
        "payments/slip.html",
        slip=slip,
        cheques=cheques,
        payers=names(each.payer for each in cheques),
        total=total([each.amount for each in cheques]),
        spaced=spaced,
    )


@pages.get("/tresorerie/bordereaux/<int:slip_id>.pdf")
@requires(TREASURER)
def paper(slip_id: int) -> ResponseReturnValue:
    """Give a slip as PDF."""
    slip = slips.find_slip(g.community, slip_id)
    with spoken("fr"):
        content = slips.print_slip(slip)
    return pdf_answer(content, f"bordereau-{slip.beneficiary_id}-{slip.number}.pdf")


@pages.get("/tresorerie/bordereaux/<int:slip_id>.csv")
@requires(TREASURER)
def table(slip_id: int) -> ResponseReturnValue:
    """Give a slip as a table."""
    slip = slips.find_slip(g.community, slip_id)
    cheques = slips.cheques_of(slip)
    drawers = names(each.payer for each in cheques)
    rows: list[list[object]] = [[said("N°"), said("Tireur"), said("Référence"), said("Montant")]]
    for number, each in enumerate(cheques, start=1):
        rows.append(
            [number, drawers.get(each.payer, ""), each.reference, plain_amount(each.amount)]
        )
    return csv_answer(rows, f"bordereau-{slip.beneficiary_id}-{slip.number}.csv")
