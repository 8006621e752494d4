"""Accords for ``freeco demo``: one concluded, one that waits for an answer, one declined."""

from datetime import timedelta

from freeco.accords import services as accords
from freeco.accords.models import Accord
from freeco.clock import held_at, now
from freeco.members.models import Member, Person
from freeco.module import Demonstration
from freeco.organisations.services import members_with_role

COMPOST = (
    "Compost du verger",
    "Camille apporte chaque samedi matin les épluchures de trois foyers au verger.\n\n"
    "Sylvie retourne le tas une fois par mois, et met de côté deux seaux de compost pour le "
    "jardin de Camille en mars.\n\n"
    "Chacune peut y mettre fin en prévenant deux semaines avant.",
)
TILLER = (
    "Prêt du motoculteur",
    "La ferme prête son motoculteur à Camille deux samedis d’avril, à convenir le jeudi.\n\n"
    "Camille le rend propre, le plein fait. Une panne est réparée à frais partagés.",
)
TRAILER = (
    "Partage de la remorque",
    "Camille emprunte la remorque de Bernard une fois par mois.",
)


def stage(staging: Demonstration) -> None:
    """Let a member without charge agree with the coordinator, and be asked by a farm."""
    camille, farm = staging.members[2], staging.producers[0]
    farmer = members_with_role(farm)[0]
    present = now()
    with held_at(present - timedelta(days=26)):
        compost = _propose(camille, staging.coordinator, COMPOST, camille)
        trailer = _propose(camille, staging.treasurer, TRAILER, camille)
    with held_at(present - timedelta(days=25)):
        accords.agree(compost, _person(staging.coordinator))
        accords.decline(trailer, _person(staging.treasurer))
    with held_at(present - timedelta(days=2)):
        _propose(farm, camille, TILLER, farmer)


def _propose(proposer: Member, other: Member, words: tuple[str, str], by: Member) -> Accord:
    return accords.propose(proposer, other, *words, _person(by))


def _person(member: Member) -> Person:
    if member.person is None:
        raise TypeError("an organisation does not sign in")
    return member.person
