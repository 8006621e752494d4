"""Remittance slips: the cheques brought to a bank together, on paper and as a table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from freeco.db import db
from freeco.errors import Absent
from freeco.i18n import counted, day, money
from freeco.members.models import Community
from freeco.money import Money, total
from freeco.paper import render_pdf
from freeco.payments.models import Payment, RemittanceSlip
from freeco.payments.parties import names
from freeco.payments.references import spaced
from freeco.payments.transfer import account_of

PAPER = Path(__file__).parent / "papers" / "remittance_slip.typ"


@dataclass(frozen=True)
class SlipLine:
    """One cheque of a slip."""

    number: int
    drawer: str
    reference: str
    amount: str


def find_slip(community: Community, slip_id: int) -> RemittanceSlip:
    """Return a slip of this community; raise Absent for another's."""
    slip = db.session.get(RemittanceSlip, slip_id)
    if slip is None or slip.community_id != community.id:
        raise Absent
    return slip


def slips_of(community: Community) -> Select[RemittanceSlip]:
    """Return what finds the slips, the latest first."""
    return (
        select(RemittanceSlip)
        .where(RemittanceSlip.community_id == community.id)
        .options(joinedload(RemittanceSlip.beneficiary))
        .order_by(RemittanceSlip.id.desc())
    )


def sums(slips: Sequence[RemittanceSlip]) -> dict[int, tuple[int, Money]]:
    """Return how many cheques stand on each slip today, and what they come to."""
    rows = db.session.execute(
        select(Payment.slip_id, func.count(Payment.id), func.sum(Payment.amount))
        .where(Payment.slip_id.in_([each.id for each in slips]))
        .group_by(Payment.slip_id)
    )
    found = {slip_id: (many, amount) for slip_id, many, amount in rows}
    return {each.id: found.get(each.id, (0, Money(0))) for each in slips}


def cheques_of(slip: RemittanceSlip) -> list[Payment]:
    """Return the cheques of a slip, in the order in which they are listed."""
    query = select(Payment).where(Payment.slip_id == slip.id).order_by(Payment.id)
    return list(db.session.scalars(query))


def lines(slip: RemittanceSlip) -> list[SlipLine]:
    """Return the lines of a slip."""
    cheques = cheques_of(slip)
    drawers = names(each.payer for each in cheques)
    return [
        SlipLine(number, drawers.get(each.payer, ""), spaced(each.reference), money(each.amount))
        for number, each in enumerate(cheques, start=1)
    ]


def print_slip(slip: RemittanceSlip) -> bytes:
    """Set a slip as banks know it: the account, the cheques one by one, how many, how much."""
    cheques = cheques_of(slip)
    account = account_of(slip.beneficiary)
    content = {
        "number": slip.number,
        "day": day(slip.day),
        "beneficiary": slip.beneficiary.name,
        "community": slip.community.name,
        "iban": account.iban if account else "",
        "bic": account.bic if account else "",
        "lines": [asdict(each) for each in lines(slip)],
        "count": counted("%(num)s chèque", "%(num)s chèques", len(cheques)),
        "total": money(total([each.amount for each in cheques])),
    }
    return render_pdf(PAPER, content, made_at=slip.made_at)
