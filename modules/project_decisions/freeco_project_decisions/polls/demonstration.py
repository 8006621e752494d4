"""Three decisions of a village and its AMAP, and a vote that is open, for the demonstration."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from freeco.clock import held_at, now
from freeco.db import lock
from freeco.members import membership
from freeco.members.models import Member
from freeco.module import Demonstration
from freeco.money import Money
from freeco_project_decisions.assembly import demonstration as assembly
from freeco_project_decisions.deliberation import demonstration as deliberation
from freeco_project_decisions.effects import demonstration as effects
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls import closing, colleges, objecting, opening, preparing, voting
from freeco_project_decisions.polls.colleges import Group
from freeco_project_decisions.polls.electorate import elector_of
from freeco_project_decisions.polls.marks import AGREE, ASIDE
from freeco_project_decisions.polls.models import Method, Poll, Tie
from freeco_project_decisions.polls.preparing import Choice, Written
from freeco_project_decisions.projects import demonstration as projects
from freeco_project_decisions.secret import demonstration as secret
from freeco_project_decisions.tokens import demonstration as tokens

Marks = Callable[[Random], list[int]]
LASTS = timedelta(days=7)


@dataclass(frozen=True)
class Staged:
    """A poll of the demonstration."""

    title: str
    text: str
    method: Method
    days_ago: int
    turnout: int
    """How many of a hundred vote."""
    marks: Marks
    choices: tuple[Choice, ...] = ()
    budget: Money | None = None
    tie: Tie = Tie.AGAIN
    quarter: bool = False
    """Whether a quarter must vote."""
    most_proxies: int = 0
    subject: str = ""


def _liked(*chances: int) -> Marks:
    """Tick each option by its chance in a hundred."""
    return lambda random: [int(random.randrange(100) < chance) for chance in chances]


def _judged(*middles: int) -> Marks:
    """Give each option a grade around its own, more or less."""
    return lambda random: [
        max(0, min(5, middle + random.choice((-2, -1, -1, 0, 0, 0, 1, 1)))) for middle in middles
    ]


STAGED = (
    Staged(
        "Passer la distribution de 18 h 30 à 18 h d’octobre à mars",
        "La nuit tombe tôt et la halle n’est éclairée que jusqu’à 19 h 30. Une demi-heure plus "
        "tôt, on range avant la nuit. Les producteurs sont d’accord.",
        Method.CONSENT,
        40,
        70,
        lambda random: [ASIDE if random.randrange(12) == 0 else AGREE],
        quarter=True,
        subject="Distributions",
    ),
    Staged(
        "Où tenir la fête des récoltes ?",
        "Quatre-vingts personnes, un repas partagé, de quoi se mettre à l’abri s’il pleut.",
        Method.JUDGMENT,
        25,
        60,
        _judged(3, 5, 4, 2),
        (
            Choice("La salle des fêtes"),
            Choice("La halle de Lavergne"),
            Choice("La cour de la ferme des Vergnes"),
            Choice("Le pré au bord du Célé"),
        ),
        subject="Fêtes",
    ),
    Staged(
        "Que faire des 3 000 € de la caisse commune ?",
        "Le reste de trois saisons. Cochez ce que vous voulez voir se faire ; le calcul donne à "
        "chacun la même part du budget.",
        Method.SHARES,
        12,
        65,
        _liked(62, 55, 40, 34, 30, 22, 18, 12),
        (
            Choice("Une balance certifiée", Money(48_000)),
            Choice("Cent caisses pliantes", Money(65_000)),
            Choice("Un four à pain à réparer, avec le fournil", Money(90_000)),
            Choice("Des haies chez les maraîchers", Money(70_000)),
            Choice("Une bibliothèque de graines", Money(25_000)),
            Choice("Un vélo avec sa remorque", Money(120_000)),
            Choice("Des paniers solidaires pendant un an", Money(80_000)),
            Choice("Un goûter à l’école, une fois par mois", Money(30_000)),
        ),
        Money(300_000),
        Tie.ANNOUNCED,
        subject="Budget",
    ),
)
RUNNING = Staged(
    "Adhérer au réseau des AMAP du Lot",
    "L’adhésion coûte 90 € par an. Elle donne une assurance pour les distributions et des "
    "formations pour les nouveaux référents.",
    Method.ASSENT,
    3,
    30,
    lambda random: [random.choice((0, 0, 0, 1, 2))],
    quarter=True,
    most_proxies=2,
)


def stage(staging: Demonstration) -> Sequence[str]:
    """Play three polls to their end, and open one. Return what to try first."""
    membership.grant(staging.coordinator, PREPARE.name)
    chance = Random(7)  # noqa: S311 - a believable village, not a secret
    for staged in STAGED:
        poll = _play(staging, staged, chance, staging.members)
        with held_at(poll.closes_at):
            lock(poll)
            closing.close(poll)
            closing.decide(poll)
    abstaining = (staging.coordinator, staging.treasurer, *staging.members[:6])
    voters = [each for each in staging.members if each not in abstaining]
    poll = _play(staging, RUNNING, chance, voters)
    voting.give_proxy(poll, staging.members[5], elector_of(poll, staging.coordinator))
    _announce(staging)
    _part(staging)
    return (
        f"Un vote est ouvert, trois sont décidés : /{staging.community.slug}/project-decisions/",
        *deliberation.stage(staging),
        *effects.stage(staging),
        *projects.stage(staging),
        *assembly.stage(staging),
        *secret.stage(staging),
        *tokens.stage(staging),
    )


def _announce(staging: Demonstration) -> None:
    """Leave a draft that opens by itself in three days."""
    begins = _evening(now() + timedelta(days=4))
    poll = preparing.draft(
        staging.community,
        staging.coordinator,
        Method.APPROVAL,
        Written(
            title="Quels légumes en plus l’hiver prochain ?",
            text="Les maraîchers sèment en mars : ils attendent ce que nous mangerions volontiers.",
            opens_at=begins,
            closes_at=begins + LASTS,
            places=2,
        ),
        [Choice("Panais"), Choice("Rutabaga"), Choice("Topinambour"), Choice("Crosnes")],
    )
    preparing.make_ready(poll)


def _part(staging: Demonstration) -> None:
    """Leave a draft in which households and farms weigh the same, whatever their number."""
    begins = _evening(now() + timedelta(days=8))
    poll = preparing.draft(
        staging.community,
        staging.coordinator,
        Method.ASSENT,
        Written(
            title="Changer de jour de distribution",
            text="Le mardi plutôt que le jeudi. Foyers et producteurs pèsent autant.",
            opens_at=begins,
            closes_at=begins + LASTS,
            rests_months=6,
            subject="Distributions",
        ),
    )
    colleges.arrange(poll, [Group("Foyers", 5000, "persons"), Group("Producteurs", 5000, "chosen")])
    colleges.choose(poll.colleges[1], [each.id for each in staging.producers])


def _play(staging: Demonstration, staged: Staged, chance: Random, voters: Sequence[Member]) -> Poll:
    began = _evening(now() - timedelta(days=staged.days_ago))
    with held_at(began):
        poll = preparing.draft(
            staging.community,
            staging.coordinator,
            staged.method,
            _written(staged, began),
            staged.choices,
        )
        opening.open_poll(poll)
        for voter in voters:
            if voter.person_id is not None and chance.randrange(100) < staged.turnout:
                ballot = voting.vote(poll, voter, staged.marks(chance))
                objecting.note(poll, ballot, "")
    return poll


def _evening(at: datetime) -> datetime:
    """Return the evening before an instant: six o’clock, universal time."""
    return at.replace(hour=18, minute=0, second=0, microsecond=0) - timedelta(days=1)


def _written(staged: Staged, began: datetime) -> Written:
    return Written(
        title=staged.title,
        text=staged.text,
        opens_at=began,
        closes_at=began + LASTS,
        tie=staged.tie,
        budget=staged.budget,
        quorum_part=1 if staged.quarter else 0,
        quorum_whole=4 if staged.quarter else 1,
        most_proxies=staged.most_proxies,
        subject=staged.subject,
    )
