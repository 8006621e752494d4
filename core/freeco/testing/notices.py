"""Telling somebody something, for tests of what happens to it next."""

from freeco.db import db
from freeco.members.models import Member
from freeco.notifications.notices import notify


def tell(member: Member, key: str = "once", topic: str = "core.charter") -> None:
    """Tell a member that the charter has changed, through the gate."""
    notify(
        member,
        topic,
        "new_charter",
        key=key,
        url="/lavergne/charte",
        community="Lavergne",
        version="2",
    )
    db.session.commit()
