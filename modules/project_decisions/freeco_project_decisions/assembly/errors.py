"""Why an assembly says no."""

from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _


class AssemblyBegun(Refusal):
    """What it was called for does not change once it sits."""

    reason = _("Cette assemblée a commencé, ou n’aura pas lieu : cela ne change plus.")


class AgendaSent(Refusal):
    """Everybody was invited about these items, and nothing else is decided."""

    reason = _(
        "L’ordre du jour a été envoyé à tous : il ne change plus. Vous pouvez compléter un texte, "
        "ajouter un document, ou annuler cette assemblée et en convoquer une autre."
    )


class RulesSent(Refusal):
    """The kind, the quorum and the proxies were announced."""

    reason = _(
        "La convocation annonçait une autre règle : seuls le jour, l’heure, le lieu et les textes "
        "peuvent encore changer."
    )


class EmptyAgenda(Refusal):
    """Nobody is called about nothing."""

    reason = _("Il n’y a rien à l’ordre du jour : ajoutez au moins un point avant de convoquer.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class AlreadyPast(Refusal):
    """Its hour is past."""

    reason = _("L’heure de cette assemblée est déjà passée : choisissez-en une autre.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class ShortNotice(Refusal):
    """The statutes give members more time; going on anyway is said in plain words."""

    reason = _(
        "Le délai des statuts n’est pas respecté : cochez la case pour convoquer quand même."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"short": [str(self.reason)]}


class NotSitting(Refusal):
    """Nothing is called or counted before it opens, or after it ends."""

    reason = _("Cette assemblée n’est pas en séance.")


class NotCalled(Refusal):
    """Attendance is taken once everybody has been invited."""

    reason = _("Cette assemblée n’a pas encore été convoquée, ou elle est finie.")


class WithoutQuorum(Refusal):
    """Too few are there to decide."""

    reason = _(
        "Le quorum n’est pas atteint : on peut discuter, pas voter. Attendez d’autres arrivées, ou "
        "levez la séance et convoquez à nouveau."
    )


class VoteRunning(Refusal):
    """One thing after the other."""

    reason = _("Un vote est encore ouvert : terminez-le avant de passer à la suite.")


class AlreadyOnAgenda(Refusal):
    """A poll is voted once."""

    reason = _("Ce vote est déjà à l’ordre du jour d’une assemblée.")


class NotADraft(Refusal):
    """What is already open or secret keeps its own hours."""

    reason = _(
        "Ce vote est déjà ouvert ou fini : seul un brouillon, ou un vote secret, se "
        "joint à un point."
    )


class GiverPresent(Refusal):
    """Who is there votes for themselves."""

    reason = _("Cette personne est présente : elle vote elle-même.")


class OnlyMembers(Refusal):
    """A proxy goes from one member to another."""

    reason = _("Une procuration se donne entre deux membres différents de cette communauté.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class Incomplete(Refusal):
    """Minutes are signed by two who are named."""

    reason = _("Nommez d’abord le président et le secrétaire de séance.")


class NotBesideSecret(Refusal):
    """Sums of papers are added to sealed sums; hands are no secret, tokens have their own board."""

    reason = _(
        "À côté d’un vote secret à bulletins scellés, la salle vote sur papier dans une urne, ou "
        "chacun avec son code ; à côté d’un vote à jetons, chacun sur sa page. C’est à choisir "
        "avant que ce vote s’ouvre."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"room": [str(self.reason)]}


class PapersHeldHere(Refusal):
    """Nobody else would count them."""

    reason = _(
        "Des personnes votent sur papier dans cette assemblée, à côté d’un vote secret qui est "
        "ouvert : il reste à son ordre du jour."
    )


class MinutesFixed(Refusal):
    """A text that is being signed does not change under who signs."""

    reason = _("Le compte rendu est arrêté : rouvrez-le avant de changer quelque chose.")


class MinutesSigned(Refusal):
    """Both have signed."""

    reason = _("Le compte rendu est signé : il ne change plus.")


class NotTheirs(Refusal):
    """Nobody signs for another."""

    reason = _("Seuls le président et le secrétaire de cette séance signent son compte rendu.")
    status = HTTPStatus.FORBIDDEN


class NotAPdf(Refusal):
    """A document is read by everybody, and printed."""

    reason = _("Ce fichier n’est pas un PDF de 5 Mo au plus.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"file": [str(self.reason)]}
