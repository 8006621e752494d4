"""What direct sales write to people: only what would make them come for nothing."""

from collections.abc import Sequence
from pathlib import Path

from freeco.members.models import Person
from freeco.notifications.services import send_mail
from freeco_direct_sales.local import hours, local_day
from freeco_direct_sales.models import Delivery, Subscription

LETTERS = Path(__file__).parent / "letters"


def tell_cancelled(delivery: Delivery, people: Sequence[Person]) -> int:
    """Write to the people served that a delivery will not come; return how many letters."""
    return _tell("delivery_cancelled", delivery, people)


def tell_restored(delivery: Delivery, people: Sequence[Person]) -> int:
    """Write to the people served that a delivery comes after all; return how many letters."""
    return _tell("delivery_restored", delivery, people)


def _tell(letter: str, delivery: Delivery, people: Sequence[Person]) -> int:
    reached = [(person, _reachable(person)) for person in people]
    for person, reader in reached:
        if reader is not None and reader.email is not None:
            send_mail(
                reader.email,
                letter,
                reader.language,
                folder=LETTERS,
                person=person.name,
                contract=delivery.contract.name,
                producer=delivery.contract.producer.name,
                date=local_day(delivery.distribution),
                hours=hours(delivery.distribution),
                place=delivery.distribution.place,
                reason=delivery.reason,
                community=delivery.contract.community.name,
            )
    return sum(1 for _person, reader in reached if reader is not None)


def _reachable(person: Person) -> Person | None:
    """Return who reads for this person: oneself, or the proxy of those without e-mail."""
    if person.email is not None:
        return person
    return person.proxy if person.proxy is not None and person.proxy.email else None


def tell_signed(subscription: Subscription) -> int:
    """Write to the household that the producer has signed too; return how many letters."""
    people = [each.member.person for each in subscription.household.people if each.member.person]
    readers = [reader for person in people if (reader := _reachable(person)) is not None]
    reached = list(dict.fromkeys(readers))
    for reader in reached:
        send_mail(
            str(reader.email),
            "contract_signed",
            reader.language,
            folder=LETTERS,
            person=reader.name,
            contract=subscription.contract.name,
            producer=subscription.contract.producer.name,
            total=subscription.total,
            cheques=[(each.amount, each.due_on) for each in subscription.cheques],
            code=subscription.code,
            path=f"/{subscription.contract.community.slug}/direct-sales"
            f"/souscriptions/{subscription.id}",
            community=subscription.contract.community.name,
        )
    return len(reached)
