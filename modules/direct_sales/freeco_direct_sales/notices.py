"""What direct sales tell people: what would make them come for nothing, and their contracts."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from freeco.db import db
from freeco.i18n import _
from freeco.members.membership import members_of, membership_of
from freeco.members.models import Person
from freeco.module import Topic
from freeco.notifications.notices import notify
from freeco.payments.models import OPEN
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Change, ContractState, Delivery, SeasonContract, Subscription

LETTERS = Path(__file__).parent / "letters"
DELIVERY = Topic(
    "direct_sales.delivery",
    _("Une livraison est annulée ou rétablie"),
    _("Votre foyer attend cette livraison."),
    "at_once",
)
SIGNED = Topic(
    "direct_sales.signed",
    _("Un contrat est signé des deux côtés"),
    _("Votre foyer a souscrit ce contrat."),
    "at_once",
)
OPENED = Topic(
    "direct_sales.opened",
    _("Un contrat s’ouvre aux souscriptions"),
    _("Vous êtes membre de cette communauté."),
)
TOPICS = (DELIVERY, SIGNED, OPENED)


def tell_cancelled(delivery: Delivery, people: Sequence[Person]) -> int:
    """Tell the people served that a delivery will not come; return how many are told."""
    return _tell("delivery_cancelled", delivery, people)


def tell_restored(delivery: Delivery, people: Sequence[Person]) -> int:
    """Tell the people served that a delivery comes after all; return how many are told."""
    return _tell("delivery_restored", delivery, people)


def _tell(letter: str, delivery: Delivery, people: Sequence[Person]) -> int:
    distribution, contract = delivery.distribution, delivery.contract
    zone = ZoneInfo(contract.community.timezone)
    told = 0
    for person in people:
        member = membership_of(contract.community, person)
        if member is None:
            continue
        notify(
            member,
            DELIVERY.name,
            letter,
            # Cancelled, restored, cancelled again: each time is something new.
            key=f"{DELIVERY.name}:{delivery.id}:{_changes(delivery)}",
            url=f"{_home(contract)}/distributions/{distribution.id}/mon-panier",
            folder=LETTERS,
            contract=contract.name,
            producer=contract.producer.name,
            date=local_day(distribution),
            starts=distribution.starts_at.astimezone(zone).time(),
            ends=distribution.ends_at.astimezone(zone).time(),
            place=distribution.place,
            reason=delivery.reason,
        )
        told += 1
    return told


def _changes(delivery: Delivery) -> int:
    query = select(func.count(Change.id)).where(Change.delivery_id == delivery.id)
    return db.session.scalar(query) or 0


def tell_signed(subscription: Subscription) -> int:
    """Tell the household that the producer has signed too; return how many are told."""
    contract = subscription.contract
    members = [each.member for each in subscription.household.people]
    for member in members:
        notify(
            member,
            SIGNED.name,
            "contract_signed",
            key=f"{SIGNED.name}:{subscription.id}",
            url=f"{_home(contract)}/souscriptions/{subscription.id}",
            folder=LETTERS,
            contract=contract.name,
            producer=contract.producer.name,
            total=subscription.total,
            method=subscription.payments[0].method if subscription.payments else "",
            payments=[
                (each.amount, each.due_on) for each in subscription.payments if each.state in OPEN
            ],
            code=subscription.code,
        )
    return len(members)


def _home(contract: SeasonContract) -> str:
    return f"/{contract.community.slug}/direct-sales"


def tell_opened(contract_id: int) -> None:
    """Tell every member that a contract may be subscribed to, if it still may."""
    contract = db.session.get(SeasonContract, contract_id)
    if contract is None or contract.state != ContractState.OPEN:
        return
    for member in members_of(contract.community):
        if member.person is not None:
            notify(
                member,
                OPENED.name,
                "contract_opened",
                key=f"{OPENED.name}:{contract.id}",
                url=f"{_home(contract)}/contrats/{contract.id}",
                folder=LETTERS,
                contract=contract.name,
                producer=contract.producer.name,
            )
