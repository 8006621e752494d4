"""What people are told of their accords."""

from freeco.accords.models import Accord
from freeco.members.models import Member
from freeco.notifications.notices import notify
from freeco.notifications.topics import ACCORD


def tell_proposed(accord: Accord) -> None:
    """Tell the other side that an answer is awaited."""
    _tell(accord.other, "accord_proposed", accord, accord.proposer.name)


def tell_agreed(accord: Accord) -> None:
    """Tell the proposer that it is agreed."""
    _tell(accord.proposer, "accord_agreed", accord, accord.other.name)


def tell_declined(accord: Accord) -> None:
    """Tell the proposer that the answer is no."""
    _tell(accord.proposer, "accord_declined", accord, accord.other.name)


def _tell(member: Member, letter: str, accord: Accord, name: str) -> None:
    notify(
        member,
        ACCORD.name,
        letter,
        key=f"{letter}:{accord.id}",
        url=f"/{accord.community.slug}/accords/{accord.id}",
        name=name,
        title=accord.title,
    )
