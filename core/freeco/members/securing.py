"""What ends with sessions that may have been somebody else's: keys of programs; and the letter.

A key outlives the session in which it was made. So the keys end too, but those that their person
says to keep, having read which there are; one that was not shown to them never stays.
"""

from collections.abc import Collection
from enum import StrEnum

from freeco.clock import now
from freeco.mail.letters import send_mail
from freeco.members.models import Person
from freeco.programs.revoking import revoke_all, standing


class Change(StrEnum):
    """What happened to an account."""

    PASSWORD = "password"  # noqa: S105 - what changed, and no password
    DEVICES = "devices"
    """Every session was ended."""
    ADDRESS = "address"
    """Its address was proved, or is another one: who reads it need not be who came in before."""


def secure(person: Person, change: Change, keep: Collection[int] = ()) -> None:
    """Take back a person's keys but those to ``keep``, by their ids, and tell them of it all.

    A proved address is told of by its own page: it writes only when keys ended with it.
    """
    before = standing(person)
    revoke_all(person, keep)
    ended = [f"{key.name}, {community}" for key, community in before if key.id not in keep]
    kept = [f"{key.name}, {community}" for key, community in before if key.id in keep]
    if person.email is None or (change == Change.ADDRESS and not ended):
        return
    send_mail(
        person.email,
        "account_secured",
        person.language,
        first_name=person.first_name,
        change=str(change),
        at=now(),
        ended=ended,
        kept=kept,
    )
