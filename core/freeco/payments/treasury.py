"""What whoever keeps the payments looks for, and notes by the dozen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from freeco.cells import says
from freeco.clock import today
from freeco.db import db
from freeco.errors import Absent
from freeco.i18n import _
from freeco.members.models import Community, Household, Member
from freeco.module import Text
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import references, steps
from freeco.payments.errors import StepOutOfOrder
from freeco.payments.models import Method, Payment, RemittanceSlip, State
from freeco.payments.step_log import lock_in_order

Folder = Literal["a-recevoir", "en-retard", "en-caisse", "a-encaisser", "remis", "tout"]
FOLDERS: dict[Folder, Text] = {
    "a-recevoir": _("À recevoir"),
    "en-retard": _("En retard"),
    "en-caisse": _("En caisse"),
    "a-encaisser": _("À encaisser"),
    "remis": _("Remis"),
    "tout": _("Tout"),
}
Act = Literal["recu", "remis", "bordereau"]
BEFORE: dict[Act, tuple[State, ...]] = {
    "recu": (State.EXPECTED,),
    "remis": (State.HELD,),
    "bordereau": (State.HELD, State.HANDED),
}
"""The states in which each act makes sense; in another, it was done already."""


def _in(folder: Folder, day: date) -> ColumnElement[bool]:
    return {
        "a-recevoir": Payment.state == State.EXPECTED,
        "en-retard": and_(Payment.state == State.EXPECTED, Payment.due_on < day),
        "en-caisse": Payment.state == State.HELD,
        "a-encaisser": and_(Payment.state.in_((State.HELD, State.HANDED)), Payment.due_on <= day),
        "remis": Payment.state == State.HANDED,
        "tout": Payment.state != State.CANCELLED,
    }[folder]


def find_payment(community: Community, payment_id: int) -> Payment:
    """Return a payment of this community; raise Absent for another's."""
    payment = db.session.get(Payment, payment_id)
    if payment is None or payment.community_id != community.id:
        raise Absent
    return payment


def listed(
    community: Community, folder: Folder, words: str = "", beneficiary: int | None = None
) -> Select[Payment]:
    """Return what finds the payments of a folder, the soonest first; of « tout », the latest.

    ``words`` keeps those of the households and organisations whose name holds them, or the one
    whose reference it is.
    """
    query = (
        select(Payment)
        .where(Payment.community_id == community.id, _in(folder, today(community.timezone)))
        .options(joinedload(Payment.beneficiary))
    )
    if folder == "tout":
        query = query.order_by(Payment.due_on.desc(), Payment.id.desc())
    else:
        query = query.order_by(Payment.due_on, Payment.id)
    if beneficiary is not None:
        query = query.where(Payment.beneficiary_id == beneficiary)
    if words:
        query = query.where(
            or_(
                Payment.payer.in_(_named(community, words)),
                Payment.reference == references.normal(words),
            )
        )
    return query


def _named(community: Community, words: str) -> list[str]:
    households = select(Household.id, Household.name).where(Household.community_id == community.id)
    organisations = (
        select(Organisation.id, Organisation.name)
        .join(Member, Member.organisation_id == Organisation.id)
        .where(Member.community_id == community.id)
    )
    return [
        f"core:{kind}:{each}"
        for kind, query in (("household", households), ("organisation", organisations))
        for each, name in db.session.execute(query)
        if says(words, name)
    ]


def counts(community: Community) -> dict[Folder, int]:
    """Return how many payments each folder holds, in one query."""
    day = today(community.timezone)
    folders = [each for each in FOLDERS if each != "tout"]
    row = db.session.execute(
        select(*(func.sum(case((_in(each, day), 1), else_=0)) for each in folders)).where(
            Payment.community_id == community.id,
            Payment.state.in_((State.EXPECTED, State.HELD, State.HANDED)),
        )
    ).one()
    return {each: number or 0 for each, number in zip(folders, row, strict=True)}


def sum_of(query: Select[Payment]) -> Money:
    """Return what the listed payments come to."""
    listed_ones = query.with_only_columns(Payment.amount).options().order_by(None).subquery()
    return db.session.scalar(select(func.sum(listed_ones.c.amount))) or Money(0)


def beneficiaries(community: Community) -> Sequence[Organisation]:
    """Return who is paid here, in order of name."""
    paid = select(Payment.beneficiary_id).where(Payment.community_id == community.id)
    query = select(Organisation).where(Organisation.id.in_(paid))
    return db.session.scalars(query.order_by(Organisation.name, Organisation.id)).all()


@dataclass
class Noted:
    """What became of a handful of payments."""

    done: list[Payment] = field(default_factory=list)
    already: int = 0
    """How many were there already, by another click or another hand."""
    early: int = 0
    """How many cheques wait for their day."""
    slips: list[RemittanceSlip] = field(default_factory=list)


def note(community: Community, ids: Sequence[int], act: Act, on: date, by: Member) -> Noted:
    """Note one thing of several payments; those that are not there yet, or any more, are left.

    Raises NotYet for a day to come, Absent for another community's.
    """
    noted = Noted()
    for payment in _locked(community, ids):
        if payment.state not in BEFORE[act] or not _fits(payment, act):
            noted.already += 1
        elif act == "bordereau" and payment.due_on > on:
            noted.early += 1
        else:
            noted.done.append(payment)
    if act == "bordereau":
        for beneficiary in dict.fromkeys(each.beneficiary_id for each in noted.done):
            own = [each for each in noted.done if each.beneficiary_id == beneficiary]
            noted.slips.append(steps.bank(own, on, by))
        return noted
    for payment in noted.done:
        if act == "recu":
            steps.receive(payment, by, on=on)
        else:
            steps.hand_over(payment, by)
    return noted


def _fits(payment: Payment, act: Act) -> bool:
    by_hand = (Method.CHEQUE, Method.CASH, Method.TRANSFER)
    return payment.method in (by_hand if act == "recu" else (Method.CHEQUE,))


def undo(community: Community, ids: Sequence[int], since: Sequence[int], by: Member) -> int:
    """Take back the last step of payments; one that has moved again since stays as it is.

    ``since`` says, for each, how many steps it had gone through. Returns how many were undone.
    """
    expected = dict(zip(ids, since, strict=True))
    undone = 0
    for payment in _locked(community, ids):
        if payment.steps_taken != expected[payment.id]:
            continue
        try:
            steps.step_back(payment, by)
        except StepOutOfOrder:
            continue
        undone += 1
    return undone


def _locked(community: Community, ids: Sequence[int]) -> list[Payment]:
    return lock_in_order(find_payment(community, each) for each in ids)
