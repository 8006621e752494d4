"""Why a discussion or a proposal says no."""

from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _


class DiscussionClosed(Refusal):
    """It is read and no longer written in."""

    reason = _("Cette discussion est close : on peut la lire, plus y écrire.")


class NotTheAuthor(Refusal):
    """Only who wrote a text changes it."""

    reason = _("Seule la personne qui a écrit ce texte peut le changer.")
    status = HTTPStatus.FORBIDDEN


class MessageHidden(Refusal):
    """What is hidden is neither changed nor answered."""

    reason = _("Ce message est masqué : on ne peut ni le changer ni y répondre.")


class SaidSomethingElse(Refusal):
    """The text was changed on another page meanwhile."""

    reason = _(
        "Ce texte a changé pendant que vous écriviez. Rien n’est perdu : le vôtre est encore dans "
        "le champ, l’autre est montré au-dessus."
    )


class EndPassed(Refusal):
    """An announced date is to come."""

    reason = _("Cette date est déjà passée : choisissez-en une autre.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class DatesInDisorder(Refusal):
    """One amends, then one votes."""

    reason = _("Le vote vient après la fin des amendements : vérifiez les deux dates.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NotAnAuthor(Refusal):
    """The authors answer for their proposal."""

    reason = _("Cette action est réservée aux personnes qui portent la proposition.")
    status = HTTPStatus.FORBIDDEN


class NothingWritten(Refusal):
    """A proposal says something."""

    reason = _("Écrivez au moins un paragraphe : c’est lui qui sera amendé, puis voté.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class ParagraphChanged(Refusal):
    """Somebody else wrote in the same paragraph meanwhile."""

    reason = _(
        "Quelqu’un a changé ce paragraphe pendant que vous écriviez. Rien n’est perdu : votre "
        "texte est encore dans le champ, et la différence est montrée au-dessus. Gardez ce que "
        "vous voulez des deux, puis enregistrez."
    )

    def __init__(self, version: int) -> None:
        super().__init__()
        self.version = version


class TextFixed(Refusal):
    """Past the stage of amendments nothing changes: people decide on what they read."""

    reason = _("Le texte de cette proposition ne change plus.")


class NotAmending(Refusal):
    """Before, or after, the time of amendments."""

    reason = _("Cette proposition ne reçoit pas d’amendements en ce moment.")


class NothingChanges(Refusal):
    """An amendment that says what the paragraph says."""

    reason = _("Cet amendement ne change rien au paragraphe.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class AmendmentAnswered(Refusal):
    """It was answered, or taken back, on another page."""

    reason = _("Cet amendement a déjà reçu une réponse, ou a été retiré.")


class ReasonNeeded(Refusal):
    """A refusal says why."""

    reason = _("Dites pourquoi : la réponse est lue par tous.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, field: str = "answer") -> None:
        super().__init__()
        self.fields = {field: [str(self.reason)]}


class AmendmentsWait(Refusal):
    """One votes on a settled text."""

    reason = _(
        "Des amendements attendent une réponse : acceptez-les, refusez-les ou mettez-les au vote, "
        "puis votez sur le texte entier."
    )


class NotSettled(Refusal):
    """Amendments come until the announced date."""

    reason = _("Les amendements sont encore ouverts : le vote vient après la date annoncée.")


class ObjectionSettled(Refusal):
    """It was lifted, or the vote has begun."""

    reason = _("Cette objection n’attend plus de réponse.")
