"""Why a poll says no."""

from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _
from freeco.module import Text


class PollFrozen(Refusal):
    """What was opened does not change: those who voted would have answered something else."""

    reason = _(
        "Ce vote est ouvert : la question, les choix et les règles ne changent plus. Vous pouvez "
        "l’annuler, et en préparer un autre."
    )


class PollNotOpen(Refusal):
    """Before it opens, or after it closes."""

    reason = _("Ce vote n’est pas ouvert en ce moment : rien n’a été enregistré.")


class PollOver(Refusal):
    """It closed while somebody was choosing."""

    reason = _(
        "Le vote s’est terminé pendant votre choix : rien n’a été enregistré. Si vous aviez déjà "
        "voté, votre bulletin d’avant compte."
    )


class NotAnElector(Refusal):
    """Who joined after the opening reads and does not vote."""

    reason = _(
        "Vous pouvez lire ce vote, pas y voter : la liste des votants a été arrêtée à l’ouverture."
    )
    status = HTTPStatus.FORBIDDEN


class NotEnoughToChoose(Refusal):
    """A choice is between two things at least."""

    reason = _("Avant d’ouvrir ce vote, il faut au moins deux choix.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NoBudget(Refusal):
    """A budget that is split has an amount, and each project a cost."""

    reason = _("Avant d’ouvrir ce vote, il faut le montant à répartir et le coût de chaque projet.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooManyPlaces(Refusal):
    """One cannot choose more than there is."""

    reason = _("Il y a plus de places que de choix.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class LotNeeded(Refusal):
    """Some methods meet ties on the way and cannot wait for another discussion."""

    reason = _(
        "Ce mode de décision peut rencontrer des égalités en chemin : choisissez ce qui les "
        "tranche, l’ordre annoncé ou un tirage au sort."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NobodyToVote(Refusal):
    """An electorate of nobody decides nothing."""

    reason = _("Personne ne pourrait voter : il n’y a pas encore de votant.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class BindsMoved(Refusal):
    """What the vote would change is no longer as its voters would read it."""

    reason = _(
        "Ce que ce vote changera n’est plus à jour : la valeur en vigueur ou les choix ont changé. "
        "Relisez « Ce que ce vote changera », puis ouvrez."
    )


class CharterTooSoon(Refusal):
    """Nobody puts a charter in force over an evening: what it says binds those who were away."""

    reason = _(
        "Une nouvelle version de la charte se vote pendant trois jours au moins, pour que chacun "
        "ait le temps de la lire : choisissez une fin plus tardive."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class StillResting(Refusal):
    """What was announced holds: one does not vote until the other side wins."""

    def __init__(self, day: str) -> None:
        super().__init__()
        self.reason = _(
            "Cette question a été décidée : elle peut revenir au vote à partir du %(day)s.", day=day
        )


class AlreadyClosing(Refusal):
    """Its hour is past."""

    reason = _("L’heure de fin est déjà passée : choisissez-en une autre.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class EndsBefore(AlreadyClosing):
    """A form names an hour that is past."""

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"closes_on": [str(self.reason)]}


class SpoiltBallot(Refusal):
    """What was chosen is no answer to this question."""

    reason = _("Ce bulletin ne répond pas à la question : vérifiez chaque choix.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NoProxies(Refusal):
    """Nobody gives a proxy for a poll that takes none."""

    reason = _("Ce vote ne se fait pas par procuration.")


class TooManyProxies(Refusal):
    """Somebody holds as many as allowed."""

    reason = _("Cette personne a déjà autant de procurations que permis : choisissez-en une autre.")


class ProxyUsed(Refusal):
    """The vote was cast; voting oneself replaces it."""

    reason = _("Votre procuration a servi. Votez vous-même : votre bulletin remplacera l’autre.")


class ProxyChain(Refusal):
    """A proxy is not handed on."""

    reason = _("Une procuration ne se transmet pas : cette personne a donné la sienne.")


class PollFinished(Refusal):
    """What was decided is not called off."""

    reason = _("Ce vote n’est pas en cours : il ne s’annule plus.")


class ArgumentNeeded(Refusal):
    """An objection without a reason cannot be answered."""

    reason = _("Dites pourquoi vous vous opposez : c’est ce qui permet d’y répondre.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"argument": [str(self.reason)]}


class ObjectionOver(Refusal):
    """The poll is over, or its author agreed meanwhile."""

    reason = _("Cette objection n’attend plus de réponse.")


class VotesInRoom(Refusal):
    """The first of the two stands: who votes in the room does not vote again on their page."""

    reason = _(
        "Votre voix compte déjà dans la salle : elle ne peut pas compter aussi sur cette page. Si "
        "vous n’y êtes pas, dites-le au secrétaire de séance."
    )


class VotedOnPaper(Refusal):
    """A paper ballot with a name was typed first."""

    reason = _("Votre bulletin papier est déjà enregistré : le premier des deux compte.")


class VotedOnPage(Refusal):
    """They voted on their page first."""

    reason = _("Cette personne a déjà voté sur sa page : le premier des deux compte.")


class CountBegun(Refusal):
    """Somebody whose hand was counted does not go and vote elsewhere."""

    reason = _("Le comptage de la salle a commencé : on ne change plus qui y vote.")


class TooManyBallots(Refusal):
    """Never more ballots than people who vote in the room or are represented there."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, counted: int, voters: int) -> None:
        super().__init__()
        self.reason = _(
            "Cela ferait %(counted)s bulletins, et %(voters)s voix seulement votent dans la salle, "
            "présentes ou représentées.",
            counted=counted,
            voters=voters,
        )


class Miscounted(Refusal):
    """The numbers do not add up."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, reason: Text) -> None:
        super().__init__()
        self.reason = reason


class BundleAgreed(Refusal):
    """Two tellers have found the same."""

    reason = _("Les deux comptages de ce paquet sont égaux : il ne change plus.")


class TwoTellers(Refusal):
    """A bundle is counted by two."""

    reason = _("Deux personnes comptent déjà ce paquet.")


class RemoteVoteRuns(Refusal):
    """What the room voted would be known to people who still vote."""

    reason = _("Le vote à distance n’est pas fini : les papiers se comptent après sa fin.")


class NotCountedInRoom(Refusal):
    """There is nothing to count without names."""

    reason = _("Ce vote ne se compte pas dans la salle : chacun répond sur sa page.")


class PreparedElsewhere(Refusal):
    """It opens with its keys and its codes."""

    reason = _("Un vote secret s’ouvre depuis sa propre page, quand ses clés et ses codes sont là.")


class OnAnAgenda(Refusal):
    """Everybody may have been invited to vote on it."""

    reason = _(
        "Ce vote est à l’ordre du jour d’une assemblée : retirez-le de l’ordre du jour d’abord."
    )
