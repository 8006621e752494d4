"""Secret votes of the demonstration: one that is counted, one that is open, one in preparation."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from freeco.clock import held_at, now
from freeco.members.models import Member
from freeco.module import Demonstration
from freeco_project_decisions.polls import preparing as polls_preparing
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.polls.preparing import Choice, Written
from freeco_project_decisions.secret import preparing, trustees
from freeco_project_decisions.secret.models import Way
from freeco_project_decisions.secret.playing import Keepers, Voters, open_with_codes, prepare

LASTS = timedelta(days=7)
BALLOTS = 20
SOME_OPEN = 6
"""Ballots that wait in the box of the open vote, too few to be published before its end."""


def stage(staging: Demonstration) -> Sequence[str]:
    """Play a secret vote to its end, open another, prepare a third. Return what to try."""
    chance = Random(11)  # noqa: S311 - a believable village, not a secret
    _counted(staging, chance)
    code = _open(staging, chance)
    _in_preparation(staging)
    return (f"Un vote secret est ouvert ; un code pour l’essayer : {code}",)


def _keepers(staging: Demonstration) -> list[Member]:
    """Return who keeps the keys: the treasurer, and two persons without a charge."""
    persons = [
        each
        for each in reversed(staging.members)
        if each.person_id is not None and each not in (staging.coordinator, staging.treasurer)
    ]
    return [staging.treasurer, *persons[:2]]


def _draft(staging: Demonstration, method: Method, began: datetime, *written: str) -> Poll:
    title, text, *choices = written
    return polls_preparing.draft(
        staging.community,
        staging.coordinator,
        method,
        Written(title=title, text=text, opens_at=began, closes_at=began + LASTS),
        [Choice(each) for each in choices],
    )


def _counted(staging: Demonstration, chance: Random) -> None:
    with held_at(_evening(now() - timedelta(days=9))):
        poll = _draft(
            staging,
            Method.JUDGMENT,
            now(),
            "Qui nous représente au réseau des AMAP ?",
            "Une personne pour deux ans, six réunions par an à Cahors. Vous jugez chaque "
            "candidature.",
            "Jeanne Bessières",
            "Marius Vidal",
            "Lucie Cazals",
        )
        keepers = Keepers()
        prepare(poll, keepers, _keepers(staging))
        voters = open_with_codes(poll, keepers)
        many = min(BALLOTS, len(voters.codes))
        for voter in range(many):
            voters.cast(voter, [_grade(chance, middle) for middle in (4, 3, 2)])
    voters.finish()


def _evening(at: datetime) -> datetime:
    return at.replace(hour=18, minute=0, second=0, microsecond=0)


def _grade(chance: Random, middle: int) -> list[int]:
    grade = max(0, min(5, middle + chance.choice((-2, -1, 0, 0, 1))))
    return [int(each == grade) for each in range(6)]


def _open(staging: Demonstration, chance: Random) -> str:
    with held_at(_evening(now() - timedelta(days=2))):
        poll = _draft(
            staging,
            Method.ASSENT,
            now(),
            "Renouveler le mandat de la coordination",
            "Pour un an encore. Le vote porte sur des personnes : il est secret.",
        )
        keepers = Keepers()
        prepare(poll, keepers, _keepers(staging))
        voters: Voters = open_with_codes(poll, keepers)
        for voter in range(min(SOME_OPEN, len(voters.codes) - 1)):
            yes = int(chance.random() < 0.8)
            voters.cast(voter, [[0, yes, 1 - yes]])
    return voters.codes[-1]


def _in_preparation(staging: Demonstration) -> None:
    """Leave a draft whose keys and codes are being made."""
    poll = _draft(
        staging,
        Method.APPROVAL,
        _evening(now() + timedelta(days=6)),
        "Qui rejoint le bureau ?",
        "Deux places. Cochez les personnes qui vous conviennent.",
        "Baptiste Roux",
        "Odile Mazet",
        "Hugo Delmas",
    )
    preparing.make_secret(poll, Way.SITE)
    group = trustees.group_of(poll)
    for member in _keepers(staging):
        trustees.name_member(group, member)
    Keepers().step(group.trustees[-1])
    preparing.announce(poll)
