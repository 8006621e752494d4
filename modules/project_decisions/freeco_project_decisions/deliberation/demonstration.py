"""What the demonstration thinks over: a discussion, a text to amend, one that was decided."""

from datetime import datetime, timedelta

from freeco.clock import held_at, now
from freeco.members.models import Member
from freeco.module import Demonstration
from freeco_project_decisions.deliberation import (
    amending,
    discussing,
    hearing,
    objecting,
    proposing,
    reading,
)
from freeco_project_decisions.deliberation.models import Proposal
from freeco_project_decisions.deliberation.paragraphs import Written
from freeco_project_decisions.polls import closing, voting
from freeco_project_decisions.polls.marks import AGREE
from freeco_project_decisions.polls.models import Method

DAY = timedelta(days=1)


def stage(staging: Demonstration) -> list[str]:
    """Play what comes before votes; return what to try first."""
    people = [each for each in staging.members if each.person_id is not None]
    _discuss(staging, people)
    _close(staging, people)
    _amend(staging, people)
    _decide(staging, people)
    _leave_others(staging, people)
    slug = staging.community.slug
    return [f"Une discussion et une proposition : /{slug}/project-decisions/discussions"]


def _morning(days_ago: int) -> datetime:
    today = now().replace(hour=8, minute=10, second=0, microsecond=0)
    return today - timedelta(days=days_ago)


def _discuss(staging: Demonstration, people: list[Member]) -> None:
    with held_at(_morning(9)):
        talk = discussing.open_discussion(
            staging.community,
            people[3],
            "Que faire des paniers que personne ne vient chercher ?",
            "Chaque semaine, deux ou trois paniers restent sous la halle à 19 h 30. Jusqu’ici "
            "on se débrouille. Comment voulez-vous faire ?",
            until=now() + 21 * DAY,
            extension_days=3,
        )
    with held_at(_morning(8)):
        first = discussing.say(
            talk, people[4], "On pourrait les donner à l’épicerie sociale de Figeac."
        )
    with held_at(_morning(7)):
        discussing.say(
            talk,
            people[5],
            "Elle est fermée le jeudi soir, il faudrait les garder au frais.",
            first,
        )
    with held_at(_morning(6)):
        rude = discussing.say(talk, people[6], "Ceux qui oublient leur panier se moquent du monde.")
        discussing.say(talk, staging.producers[0], "Chez moi il y a une chambre froide.", first)
    with held_at(_morning(5)):
        discussing.hide(
            rude, staging.coordinator, "Le message s’en prend à des personnes, pas au problème."
        )
        old = discussing.say(
            talk, people[7], "Prévenir par SMS à 19 h suffirait peut-être : on oublie, c’est tout."
        )
    with held_at(_morning(3)):
        discussing.change_message(
            old,
            people[7],
            "Prévenir par SMS à 19 h suffirait peut-être. J’ai demandé : quatre sur cinq auraient "
            "couru.",
        )
        discussing.summarise(
            talk,
            people[4],
            "D’accord : ne rien jeter. Deux idées qui vont ensemble : un SMS à 19 h, puis la "
            "chambre froide de la ferme et l’épicerie sociale le vendredi.\n"
            "Reste à voir : qui porte les paniers le vendredi matin.",
        )
    with held_at(_morning(1)):
        discussing.say(talk, people[8], "Je passe à Figeac tous les vendredis, je peux les porter.")
        discussing.say(talk, staging.coordinator, "Merci. J’écris une proposition cette semaine.")


def _close(staging: Demonstration, people: list[Member]) -> None:
    with held_at(_morning(60)):
        talk = discussing.open_discussion(
            staging.community,
            people[8],
            "Une page sur un réseau social ?",
            "Des voisins ne savent pas que nous existons.",
        )
        discussing.say(talk, people[9], "Les affiches à la boulangerie marchent mieux.")
    with held_at(_morning(50)):
        discussing.close(
            talk, staging.coordinator, "On s’est mis d’accord sur des affiches ; Lucie les fait."
        )


def _amend(staging: Demonstration, people: list[Member]) -> None:
    author = people[4]
    with held_at(_morning(6)):
        proposal = proposing.propose(
            staging.community,
            author,
            "Un règlement pour les permanences",
            "Les permanences reposent sur les mêmes. Ce texte dit simplement qui fait quoi, pour "
            "que chacun ose s’inscrire.",
            [
                Written("Combien", "Chaque foyer tient trois permanences par saison."),
                Written("L’inscription", "On s’inscrit au plus tard le lundi pour le jeudi."),
                Written("L’absence", "Qui ne peut pas venir trouve quelqu’un d’autre."),
                Written("La clé", "La clé de la halle est chez une seule personne."),
            ],
        )
        proposing.add_author(proposal, people[5])
        proposing.publish_proposal(
            proposal, author, now() + 12 * DAY, now() + 13 * DAY, extension_days=3
        )
    with held_at(_morning(5)):
        _amendments(proposal, people)
    with held_at(_morning(3)):
        objection = objecting.raise_objection(
            proposal,
            people[9],
            "Trois permanences, c’est trop pour les personnes âgées ou seules avec des enfants.",
            reading.standing(proposal)[0],
        )
        objecting.answer(
            objection,
            author,
            "Deux suffiront, et qui ne peut pas en tenir prépare les listes de chez soi. "
            "Voyez l’amendement accepté au premier paragraphe.",
        )
    with held_at(_morning(2)):
        objecting.lift(objection, people[9])
        objecting.raise_objection(
            proposal, people[3], "Rien n’est dit de ce qui se passe quand personne ne s’inscrit."
        )


def _amendments(proposal: Proposal, people: list[Member]) -> None:
    many, when, absence, key = reading.standing(proposal)
    fewer = amending.amend(
        proposal, people[7], "change", many,
        Written("Combien", "Chaque foyer tient deux permanences par saison, ou aide autrement."),
        "Trois, c’est plus que ce que fait le foyer moyen aujourd’hui.", 1,
    )  # fmt: skip
    amending.accept(fewer, people[4], 1, "C’est plus juste, et cela suffit.")
    gone = amending.amend(
        proposal, people[8], "strike", key, Written("", ""), "Ce n’est pas une règle.", 1
    )
    amending.refuse(gone, people[4], "Il faut que chacun sache où elle est.")
    amending.amend(
        proposal, people[9], "change", absence,
        Written("L’absence", "Qui ne peut pas venir le dit au plus tôt, et cherche quelqu’un."),
        "On n’y arrive pas toujours seul.", 1,
    )  # fmt: skip
    amending.amend(
        proposal, people[3], "add", when,
        Written("Les nouveaux", "La première permanence se fait à deux, avec un habitué."),
        "C’est ce qui m’a manqué.",
    )  # fmt: skip


def _decide(staging: Demonstration, people: list[Member]) -> None:
    with held_at(_morning(20)):
        proposal = proposing.propose(
            staging.community,
            people[6],
            "Accueillir un maraîcher de plus",
            "La liste d’attente compte quinze foyers et le premier maraîcher est au complet.",
            [
                Written("Qui", "Le nouveau maraîcher est à moins de trente kilomètres."),
                Written("Quand", "Les premiers paniers sont distribués en avril."),
            ],
        )
        proposing.publish_proposal(proposal, people[6], now() + 8 * DAY, now() + 9 * DAY)
        objecting.raise_objection(
            proposal, people[7], "Il ne faut pas que le premier maraîcher y perde des foyers."
        )
        objecting.answer(
            reading.objections(proposal)[0],
            people[6],
            "La première année, seuls les foyers de la liste d’attente vont chez le nouveau.",
        )
        objecting.lift(reading.objections(proposal)[0], people[7])
    with held_at(_morning(11)):
        proposing.settle_due(staging.community)
        poll = proposing.put_to_vote(
            proposal, Method.CONSENT, now(), now() + 6 * DAY, author=staging.coordinator
        )
        for each in people[: len(people) * 2 // 3]:
            voting.vote(poll, each, [AGREE])
    with held_at(poll.closes_at):
        closing.close(poll)
        closing.decide(poll)
        hearing.note_decided(proposal)


def _leave_others(staging: Demonstration, people: list[Member]) -> None:
    """Leave a draft, a text that waits for its vote, and one that was withdrawn."""
    community = staging.community
    proposing.propose(
        community,
        staging.coordinator,
        "Un compost derrière la halle",
        "Les fanes partent à la poubelle.",
        [Written("Le lieu", "Deux bacs, contre le mur du fond.")],
    )
    with held_at(_morning(15)):
        for title, why, line in (
            (
                "Prêter le barnum aux associations",
                "On nous le demande souvent.",
                "Le barnum est prêté sans loyer, contre un chèque de caution de 100 €.",
            ),
            (
                "Changer le jour de la distribution",
                "Le jeudi ne va pas à tous.",
                "La distribution a lieu le vendredi.",
            ),
        ):
            proposal = proposing.propose(
                community, people[8], title, why, [Written("La règle", line)]
            )
            proposing.publish_proposal(proposal, people[8], now() + 10 * DAY)
    with held_at(_morning(10)):
        proposing.withdraw(proposal, people[8], "Les producteurs livrent ailleurs le vendredi.")
    with held_at(_morning(4)):
        proposing.settle_due(community)
