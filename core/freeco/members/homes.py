"""What the home of a member gathers: the day's work of the hat worn, what needs me, where I stand.

The modules' cards are asked once, and laid out by hat.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from freeco.i18n import _, said
from freeco.members import hats
from freeco.module import Card, Hat, Text

MOST_CARDS = 3
"""A member's home asks for three things at most; the rest waits its turn."""
MOST_TASKS = 6
NUMBERS: tuple[Text, ...] = (
    _("deux"),
    _("trois"),
    _("quatre"),
    _("cinq"),
    _("six"),
    _("sept"),
    _("huit"),
    _("neuf"),
)


@dataclass(frozen=True)
class Home:
    """The cards of one member's home, under one hat."""

    hat: Hat
    tasks: Sequence[Card]
    """The day's work of the hat worn; nothing under a member's own."""
    cards: Sequence[Card]
    """What needs the member."""
    account: Sequence[Card]
    """Where the member stands, a line each."""
    elsewhere: Sequence[tuple[Hat, int]]
    """The other hats that have work, and how much."""


def home_of(cards: Sequence[Card], hat: Hat) -> Home:
    """Lay out the cards of the open modules for this hat, the urgent ones already first."""
    to_do = [card for card in cards if not card.account]
    waiting = [
        (each, count)
        for each in hats.HATS
        if each not in (hat, "member") and (count := sum(card.hat == each for card in to_do))
    ]
    return Home(
        hat=hat,
        tasks=[card for card in to_do if card.hat == hat != "member"][:MOST_TASKS],
        cards=[card for card in to_do if card.hat == "member"][:MOST_CARDS],
        account=[card for card in cards if card.account and card.hat == "member"],
        elsewhere=waiting,
    )


def greeting(name: str, things: int, hat: Hat) -> str:
    """Greet a reader with how much there is to do under this hat."""
    if hat == "member":
        return _by_number(
            things,
            said("Bonjour %(name)s, rien ne vous attend", name=name),
            said("Bonjour %(name)s, une chose à faire", name=name),
            said("Bonjour %(name)s, %(many)s choses à faire", name=name, many=in_words(things)),
        )
    task = hats.NAMES[hat]
    return _by_number(
        things,
        said("Bonjour %(name)s, rien n’attend pour la %(task)s", name=name, task=task),
        said("Bonjour %(name)s, une chose à faire pour la %(task)s", name=name, task=task),
        said(
            "Bonjour %(name)s, %(many)s choses à faire pour la %(task)s",
            name=name,
            many=in_words(things),
            task=task,
        ),
    )


def greeting_for(served: str, things: int) -> str:
    """Say what waits for somebody in whose name one acts."""
    return _by_number(
        things,
        said("Rien n’attend %(name)s", name=served),
        said("Pour %(name)s, une chose à faire", name=served),
        said("Pour %(name)s, %(many)s choses à faire", name=served, many=in_words(things)),
    )


def _by_number(things: int, none: str, one: str, several: str) -> str:
    return none if things == 0 else one if things == 1 else several


def in_words(number: int) -> str:
    """Write a small number in letters, as in a sentence; a large one in figures."""
    return str(NUMBERS[number - 2]) if 2 <= number <= len(NUMBERS) + 1 else str(number)
