"""What payments know about a member; there is no name to forget: the parties are references."""

from typing import Any

from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Member
from freeco.payments.models import Payment, PaymentStep
from freeco.payments.own import own


def export(member: Member) -> list[dict[str, Any]]:
    """Return the payments of a member's table, ready for JSON.

    Once erased, a member leaves them as they are: amounts and dates are accounts that the law
    has kept for ten years (Code de commerce, art. L123-22), and no name stands in them.
    """
    found = db.session.scalars(own(member).order_by(Payment.id)).unique().all()
    steps: dict[int, list[dict[str, str]]] = {}
    query = select(PaymentStep).where(PaymentStep.payment_id.in_([each.id for each in found]))
    for step in db.session.scalars(query.order_by(PaymentStep.id)):
        steps.setdefault(step.payment_id, []).append(
            {"state": step.after, "at": step.at.isoformat(), "reason": step.reason}
        )
    return [
        {
            "to": each.beneficiary.name,
            "for": each.purpose,
            "amount_cents": each.amount.cents,
            "refunded_cents": each.refunded.cents,
            "fee_cents": each.fee.cents,
            "means": each.method,
            "due_on": each.due_on.isoformat(),
            "reference": each.reference,
            "state": each.state,
            "steps": steps.get(each.id, []),
        }
        for each in found
    ]
