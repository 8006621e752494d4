"""Why a project says no."""

from http import HTTPStatus

from freeco.errors import Invalid, NotAllowed, Refusal
from freeco.i18n import _


class NotYourProject(NotAllowed):
    """Those who carry it, who have a charge in it, and coordinators change a project."""

    reason = _(
        "Ce projet est changé par ceux qui le portent, par ceux qui y ont une charge et par la "
        "coordination. Vous pouvez proposer votre aide sur sa page."
    )


class ProjectOver(Refusal):
    """What is closed is read; reopened, it changes again."""

    reason = _("Ce projet est terminé : il se lit, et ne change plus tant qu’il n’est pas rouvert.")


class ProjectNotOpen(Refusal):
    """Before the decision that opens it."""

    reason = _("Ce projet n’est pas ouvert : il attend la décision de la communauté.")


class TaskBlocked(Refusal):
    """A task that waits for others is not done before them."""

    reason = _(
        "Cette tâche en attend une autre, qui n’est pas faite : elle ne peut pas être close."
    )

    def __init__(self, waited: str) -> None:
        super().__init__()
        self.reason = _(
            "Cette tâche attend « %(title)s », qui n’est pas faite : elle ne peut pas être close.",
            title=waited,
        )


class TaskCircle(Invalid):
    """Tasks that wait for each other would never be done."""

    def __init__(self) -> None:
        super().__init__(
            {
                "needs": [
                    str(_("Ces tâches s’attendraient l’une l’autre : aucune ne finirait jamais."))
                ]
            }
        )


class StrangerToProject(Invalid):
    """Tasks are done by members of the community."""

    def __init__(self, field: str) -> None:
        super().__init__({field: [str(_("Cette personne n’est pas membre ici."))]})


class NobodyNamed(Invalid):
    """A name that means nobody, or several."""

    def __init__(self, who: str) -> None:
        super().__init__(
            {
                "others": [
                    str(
                        _(
                            "« %(who)s » : aucun membre, ou plusieurs, portent ce nom. Écrivez le "
                            "prénom et le nom.",
                            who=who,
                        )
                    )
                ]
            }
        )


class LastOwner(Refusal):
    """Somebody answers for an open project."""

    reason = _(
        "Vous êtes la dernière personne à porter ce projet : passez-le à quelqu’un, ou terminez-le."
    )


class OpenTasks(Refusal):
    """A report says what became of everything."""

    reason = _(
        "Des tâches ne sont pas faites : finissez-les, retirez-les, ou cochez qu’elles restent "
        "telles quelles."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"leave": [str(self.reason)]}


class NotLent(Refusal):
    """Its community keeps its projects to itself."""

    reason = _("Ce projet ne se refait pas ailleurs : sa communauté ou ses porteurs l’ont choisi.")


class NowhereElse(Invalid):
    """One does it again where one is a member."""

    def __init__(self) -> None:
        super().__init__(
            {
                "slug": [
                    str(_("Choisissez une communauté dont vous êtes membre et qui a ce service."))
                ]
            }
        )


class StrangeFile(Invalid):
    """What others would open must be a document."""

    def __init__(self) -> None:
        super().__init__(
            {
                "file": [
                    str(
                        _(
                            "Ce fichier n’est pas un document : PDF, texte, tableau, présentation "
                            "ou image."
                        )
                    )
                ]
            }
        )


class TooManyFiles(Refusal):
    """A project is no archive."""

    reason = _("Ce projet a déjà cent documents : retirez-en un avant d’en ajouter.")


class BeingVoted(Refusal):
    """What people vote on does not change under their hands."""

    reason = _("Un vote est en cours sur ce projet : il ne change pas avant la fin.")


class AlreadyOpen(Refusal):
    """No vote opens what is open."""

    reason = _("Ce projet est déjà ouvert : il n’y a pas de vote à préparer.")


class NothingToChoose(Invalid):
    """A vote among one project is no choice."""

    def __init__(self) -> None:
        super().__init__({"projects": [str(_("Cochez au moins deux projets."))]})


class CostMissing(Invalid):
    """A budget is split among projects whose cost is known."""

    def __init__(self, title: str) -> None:
        super().__init__(
            {
                "projects": [
                    str(
                        _(
                            "« %(title)s » : son coût n’est pas dit. Ajoutez-le au projet.",
                            title=title,
                        )
                    )
                ]
            }
        )


class NothingThere(Refusal):
    """A code of a module that is open here, and that it does not know."""

    reason = _("Rien, ici, ne porte ce code : choisissez dans la liste, ou relisez-le.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"about": [str(self.reason)]}
