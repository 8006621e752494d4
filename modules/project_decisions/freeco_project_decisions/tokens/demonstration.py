"""Votes by tokens at each of their steps, for the demonstration."""

from datetime import datetime, timedelta
from random import Random

from freeco.clock import held_at, now
from freeco.kernel import kernel
from freeco.members.models import Member
from freeco.module import Demonstration
from freeco.money import Money
from freeco_project_decisions.polls import preparing as polls
from freeco_project_decisions.polls.models import Method, Poll, Tie
from freeco_project_decisions.polls.preparing import Choice, Written
from freeco_project_decisions.secret import trustees
from freeco_project_decisions.tokens import (
    blind,
    casting,
    counting,
    opening,
    playing,
    preparing,
    signer_files,
    voters,
)
from freeco_project_decisions.tokens.models import TokenPoll
from freeco_project_decisions.tokens.playing import Secrets

GIVEN, LASTS = timedelta(days=3), timedelta(days=7)
VOTERS = 12
APPLES = ("Reinette du Lot", "Court-pendu gris", "Patte de loup", "Sainte-Germaine")
HEDGES = ("Des noisetiers", "Des pruneliers", "Des cornouillers", "Des églantiers")
CANDIDATES = ("Nadia Lafon", "Yves Bousquet", "Rose Delmas", "Ahmed Benali", "Claire Vayssié")


def stage(staging: Demonstration) -> tuple[str, ...]:
    """Play a ranked vote to its end, and leave one at each step; return what to try."""
    _decided(staging)
    _given(staging)
    _prepared(staging)
    token = _cast(staging)
    return (f"Un vote secret par jetons est ouvert ; un jeton pour l’essayer : {token}",)


def _decided(staging: Demonstration) -> None:
    began = _evening(now() - timedelta(days=8))
    with held_at(began):
        poll = _draft(
            staging,
            "Quelle variété de pommes replanter au verger ?",
            "Quarante arbres à remplacer. Classez : celle qui gagne tous ses duels est plantée "
            "cet hiver. Le vote est secret, pour que les pépiniéristes ne le prennent pas mal.",
            Method.SCHULZE,
            tuple(map(Choice, APPLES)),
            began,
        )
        votes, secrets = _open(staging, poll, began)
        held = [playing.take_token(votes, each) for each in _voters(staging)]
    chance = Random(11)  # noqa: S311 - a believable village, not a secret
    with held_at(began + GIVEN + timedelta(hours=2)):
        for each in held:
            ballot = each.vote(casting.setup_of(votes), _ranks(chance))
            casting.cast(votes, ballot.text)
    with held_at(poll.closes_at):
        counting.close(votes)
        playing.open_all(votes, secrets)
        counting.try_to_count(votes)


def _ranks(chance: Random) -> list[int]:
    """Rank four things as the village does: the first one is well liked."""
    scores = [middle + chance.random() for middle in (0.0, 0.3, 0.2, 0.6)]
    order = sorted(range(len(scores)), key=scores.__getitem__)
    return [order.index(place) + 1 for place in range(len(scores))]


def _given(staging: Demonstration) -> None:
    began = _evening(now() - timedelta(days=1))
    with held_at(began):
        poll = _draft(
            staging,
            "Trois personnes pour le comité d’achat",
            "Le comité choisit les fournisseurs de l’année. Vote secret, par jetons : retirez le "
            "vôtre cette semaine.",
            Method.SEATS,
            tuple(map(Choice, CANDIDATES)),
            began,
            places=3,
        )
        _open(staging, poll, began)


def _cast(staging: Demonstration) -> str:
    """Leave a vote whose box is open; return where the token of somebody is, to try it."""
    began = _evening(now() - timedelta(days=4))
    with held_at(began):
        poll = _draft(
            staging,
            "Que replanter le long du chemin ?",
            "Deux cents mètres de haie. Classez ce que vous aimeriez y voir.",
            Method.SCHULZE,
            tuple(map(Choice, HEDGES)),
            began,
        )
        votes, _secrets = _open(staging, poll, began)
        held = [playing.take_token(votes, each) for each in _voters(staging)]
    setup = casting.setup_of(votes)
    chance = Random(12)  # noqa: S311 - a believable village, not a secret
    with held_at(began + GIVEN + timedelta(hours=3)):
        for each in held[1:]:
            casting.cast(votes, each.vote(setup, _ranks(chance)).text)
    file = kernel().settings.home / f"jeton-{votes.identifier}.json"
    file.write_text(voters.kept_file(setup, held[0]), "utf-8")
    return str(file)


def _voters(staging: Demonstration) -> list[Member]:
    return [each for each in staging.members[8:] if each.person_id is not None][:VOTERS]


def _prepared(staging: Demonstration) -> None:
    """Leave a draft that waits for a trustee, and that a sister cooperative signs."""
    poll = _draft(
        staging,
        "Que faire de la cagnotte du printemps ?",
        "Ce que la vente de plants a rapporté.",
        Method.SHARES,
        (
            Choice("Un abri pour les vélos", Money(42_000)),
            Choice("Des outils à partager", Money(35_000)),
            Choice("Une journée de formation", Money(28_000)),
        ),
        _evening(now()),
        budget=Money(70_000),
    )
    votes = preparing.make_tokens(poll, _evening(now()) + GIVEN)
    for member in _keepers(staging):
        trustees.name_member(trustees.group_of(poll), member)
    sister = signer_files.write_public(
        blind.draw_key(), votes.identifier, "La Coopérative de Figeac"
    )
    preparing.add_signer(votes, sister)


def _draft(
    staging: Demonstration,
    title: str,
    text: str,
    method: Method,
    choices: tuple[Choice, ...],
    began: datetime,
    places: int = 1,
    budget: Money | None = None,
) -> Poll:
    return polls.draft(
        staging.community,
        staging.coordinator,
        method,
        Written(
            title=title,
            text=text,
            opens_at=began,
            closes_at=began + LASTS,
            tie=Tie.ANNOUNCED,
            places=places,
            budget=budget,
        ),
        choices,
    )


def _open(staging: Demonstration, poll: Poll, began: datetime) -> tuple[TokenPoll, Secrets]:
    preparing.make_tokens(poll, began + GIVEN)
    secrets = playing.entrust(poll, _keepers(staging))
    return opening.open_tokens(poll), secrets


def _keepers(staging: Demonstration) -> list[Member]:
    return [each for each in staging.members[3:] if each.person_id is not None][:3]


def _evening(at: datetime) -> datetime:
    return at.replace(hour=18, minute=0, second=0, microsecond=0)
