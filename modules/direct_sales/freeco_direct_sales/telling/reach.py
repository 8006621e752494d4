"""Who hears of a message, and by which channels, before it is sent."""

from collections.abc import Iterable
from dataclasses import dataclass

from freeco.i18n import counted
from freeco.members import households
from freeco.members.models import Household, Member
from freeco.notifications import choices, known
from freeco_direct_sales.telling.notices import SHORTAGE, ways_to


@dataclass
class Reach:
    """How many people hear of a message, by each way; one person may have several ways."""

    households: int = 0
    people: int = 0
    mail: int = 0
    sms: int = 0
    push: int = 0
    later: int = 0
    """Who chose the weekly letter, or their page alone."""
    phone: int = 0
    """Who stands on the list of those who are phoned."""
    paper: int = 0
    """Whom nothing reaches but the sheet, at the distribution."""

    def words(self) -> list[str]:
        """Say it, a line for each way that somebody has."""
        lines = (
            (self.mail, counted("%(num)s par e-mail", "%(num)s par e-mail", self.mail)),
            (self.sms, counted("%(num)s par SMS", "%(num)s par SMS", self.sms)),
            (self.push, counted("%(num)s sur un appareil", "%(num)s sur un appareil", self.push)),
            (
                self.later,
                counted(
                    "%(num)s a choisi de lire cela plus tard",
                    "%(num)s ont choisi de lire cela plus tard",
                    self.later,
                ),
            ),
            (
                self.phone,
                counted(
                    "%(num)s à appeler (liste à téléphoner)",
                    "%(num)s à appeler (liste à téléphoner)",
                    self.phone,
                ),
            ),
            (
                self.paper,
                counted(
                    "%(num)s le lira sur la feuille, à la distribution",
                    "%(num)s le liront sur la feuille, à la distribution",
                    self.paper,
                ),
            ),
        )
        return [line for many, line in lines if many]


def reach(told: Iterable[Household]) -> Reach:
    """Count how a message to these households leaves, as each of their people has chosen."""
    people = households.people_of_each(each.id for each in told)
    found = Reach(households=len(people))
    members = [member for each in people.values() for member in each]
    with known.read_at_once(members):
        for member in members:
            found.people += 1
            _count(found, member)
    return found


def _count(found: Reach, member: Member) -> None:
    if choices.reader_of(member) is None:
        if choices.agrees(member, "phone"):
            found.phone += 1
        else:
            found.paper += 1
        return
    if choices.rhythm_of(member, SHORTAGE) != "at_once":
        found.later += 1
        return
    ways = ways_to(member)
    found.mail += "email" in ways
    found.sms += "sms" in ways
    found.push += "push" in ways
    found.later += not ways
