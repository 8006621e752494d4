"""What solidarity knows of a member, given back to them alone."""

from typing import Any

from sqlalchemy import delete, select

from freeco.db import db
from freeco.members import households
from freeco.members.models import Household, Member
from freeco_direct_sales.solidarity import admitting, declaring, giving
from freeco_direct_sales.solidarity.models import Choice, Need, SuspendedBasket


def exported(member: Member, household: Household | None) -> dict[str, Any]:
    """Return what a member's household chose, promised, asked for; and what this member declared.

    What another person of the household declared is theirs to take.
    """
    if household is None:
        return {}
    found: dict[str, Any] = {}
    declaration = declaring.find(household)
    said = declaring.opened(declaration) if declaration else None
    if declaration is not None and said is not None and declaration.member_id == member.id:
        found["declaration"] = {
            "yearly_income_cents": said.income.cents,
            "adults": said.adults,
            "children": said.children,
            "until": declaration.expires_on.isoformat(),
        }
    choices = select(Choice).where(Choice.household_id == household.id).order_by(Choice.id)
    chosen = [
        {"contract": each.contract.name, "basis_points": each.basis_points}
        for each in db.session.scalars(choices)
    ]
    promised = [each.amount.cents for each in giving.promised_by(household)]
    received = [each.amount.cents for each in giving.draws_of(household)]
    for name, value in (("choices", chosen), ("promised", promised), ("received", received)):
        if value:
            found[name] = value
    admission = admitting.admission_of(household)
    if admission is not None:
        found["orders_at_cost_price_until"] = admission.until.isoformat()
    if giving.need_of(household) is not None:
        found["waits_for_a_basket"] = True
    return found


def forget(member: Member, household: Household | None) -> None:
    """Erase what a person declared; and, with the last of a household, what it chose and asked."""
    declaring.forget(member)
    if household is None or any(each is not member for each in households.people_of(household)):
        return
    declaring.take_back(household)
    admitting.withdraw(household)
    for model in (Choice, Need):
        db.session.execute(delete(model).where(model.household_id == household.id))
    db.session.execute(delete(SuspendedBasket).where(SuspendedBasket.household_id == household.id))
