"""Reminders of what is overdue: sent by hand, once per payment and week."""

from collections.abc import Iterable, Sequence

from flask import url_for
from sqlalchemy import select

from freeco.db import db
from freeco.i18n import _
from freeco.members.households import people_of
from freeco.members.models import Community, Household, Member
from freeco.notifications.models import Notice
from freeco.notifications.notices import notify
from freeco.notifications.topics import PAYMENT
from freeco.payments.models import Method, Payment, State
from freeco.payments.step_log import here

NOBODY = _("Aucun rappel n’est parti : il l’a été cette semaine, ou personne n’est joignable.")


def people_behind(community: Community, party: str) -> list[Member]:
    """Return the members to whom one speaks about a payer; nobody for a stranger or the platform.

    An organisation is one member: the gate tells those who act for it.
    """
    _room, kind, number = party.split(":")
    if kind == "household":
        household = db.session.get(Household, int(number))
        its_own = household is not None and household.community_id == community.id
        return people_of(household) if household is not None and its_own else []
    who = {"organisation": Member.organisation_id, "person": Member.person_id}.get(kind)
    if who is None:
        return []
    query = select(Member).where(
        Member.community_id == community.id, who == int(number), Member.left_at.is_(None)
    )
    return list(db.session.scalars(query))


def remind(payments: Iterable[Payment]) -> list[Payment]:
    """Write to those who owe what is overdue; return the payments of which somebody was told.

    What is not overdue, was recalled this week already, or has nobody to be told, is left.
    """
    waiting = [each for each in payments if is_overdue(each)]
    told = reminded(waiting)
    reached = []
    for payment in waiting:
        people = people_behind(payment.community, payment.payer)
        if payment.id in told or not people:
            continue
        for member in people:
            _tell(member, payment)
        reached.append(payment)
    db.session.flush()
    return reached


def reminded(payments: Sequence[Payment]) -> set[int]:
    """Return those of the payments of which a reminder left this week."""
    keys = {_key(each): each.id for each in payments}
    query = select(Notice.key).where(Notice.key.in_(keys))
    return {keys[each] for each in db.session.scalars(query)}


def is_overdue(payment: Payment) -> bool:
    """Whether its day has passed and nothing has come."""
    return payment.state == State.EXPECTED and payment.due_on < here(payment)


def _key(payment: Payment) -> str:
    year, week, _weekday = here(payment).isocalendar()
    return f"{PAYMENT.name}:{payment.id}:{year}-{week}"


def _tell(member: Member, payment: Payment) -> None:
    notify(
        member,
        PAYMENT.name,
        "payment_due",
        key=_key(payment),
        url=url_for("own_payments.page", community=payment.community.slug, payment_id=payment.id),
        amount=payment.amount,
        to=payment.beneficiary.name,
        due_on=payment.due_on,
        by_cheque=payment.method == Method.CHEQUE,
    )
