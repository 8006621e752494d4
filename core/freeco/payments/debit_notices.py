"""Telling payers beforehand what will be debited, and when (EPC016: pre-notification)."""

from collections import defaultdict

from freeco.db import db
from freeco.members.households import people_of
from freeco.members.models import Household, Member
from freeco.notifications.notices import notify
from freeco.notifications.topics import DEBIT
from freeco.payments.debit_models import DebitCollection, DebitItem


def tell(collection: DebitCollection, url: str) -> int:
    """Tell each payer of a collection the amounts and the day; return how many members are told."""
    by_payer: defaultdict[str, list[DebitItem]] = defaultdict(list)
    for item in collection.items:
        by_payer[item.payment.payer].append(item)
    count = 0
    for payer, items in by_payer.items():
        for member in members_behind(payer, collection):
            count += 1
            notify(
                member,
                DEBIT.name,
                "debit_announced",
                key=f"debit:{collection.id}",
                url=url,
                creditor=collection.organisation.name,
                on=collection.collects_on,
                debits=[
                    (each.payment.amount, each.mandate.reference, each.mandate.iban_end)
                    for each in items
                ],
            )
    return count


def members_behind(payer: str, collection: DebitCollection) -> list[Member]:
    """Return the members of the community behind a party."""
    _core, kind, number = payer.split(":")
    if kind == "household":
        household = db.session.get(Household, int(number))
        return people_of(household) if household is not None else []
    column = {"organisation": Member.organisation_id, "person": Member.person_id}.get(kind)
    if column is None:
        return []
    query = db.select(Member).where(
        column == int(number),
        Member.community_id == collection.community_id,
        Member.left_at.is_(None),
    )
    return list(db.session.scalars(query))
