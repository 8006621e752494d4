"""What an organisation was promised, has received and is owed."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.db import db
from freeco.errors import Absent
from freeco.i18n import month, sentence
from freeco.members.models import Member
from freeco.organisations import services as organisations
from freeco.organisations.models import Organisation, Role
from freeco.payments import producer
from freeco.payments.models import Payment
from freeco.payments.parties import names
from freeco.payments.tables import csv_answer, payment_rows
from freeco.payments.transfer import account_of

pages = Blueprint("producer_payments", __name__)
ACTING = (Role.COORDINATOR, Role.TREASURER, Role.PRODUCER)
"""Who sees an organisation's money; a secretary keeps its papers."""


def acts_for(member_id: int) -> tuple[Member, Organisation]:
    """Return an organisation for which the reader acts; raise Absent for another."""
    member = organisations.find_organisation(g.community, member_id)
    mine = organisations.holds_role(member, g.member.person_id, *ACTING)
    if member.organisation is None or not mine:
        raise Absent
    return member, member.organisation


@pages.get("/organisations/<int:member_id>/paiements")
def home(member_id: int) -> ResponseReturnValue:
    """Show the sums by month and by contract, and the cheques handed over."""
    member, organisation = acts_for(member_id)
    table_found = producer.table_of(g.community, organisation)
    cheques = list(producer.cheques_to_bank(g.community, organisation))
    return render_template(
        "payments/producer.html",
        shown=member,
        table=table_found,
        months=[(sentence(month(each)), sums) for each, sums in table_found.months.items()],
        cheques=cheques,
        payers=names(each.payer for each in cheques),
        account=account_of(organisation),
    )


@pages.get("/organisations/<int:member_id>/paiements.csv")
def table(member_id: int) -> ResponseReturnValue:
    """Give every payment as a table."""
    _member, organisation = acts_for(member_id)
    query = (
        select(Payment)
        .where(Payment.community_id == g.community.id, Payment.beneficiary_id == organisation.id)
        .options(joinedload(Payment.beneficiary))
        .order_by(Payment.due_on, Payment.id)
    )
    return csv_answer(payment_rows(db.session.scalars(query).all()), "paiements.csv")
