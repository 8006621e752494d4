"""What paying by card refuses, and why."""

from freeco.errors import Refusal
from freeco.i18n import _


class CardNotOffered(Refusal):
    """No provider is set up, the beneficiary has no account there, or this is a rehearsal."""

    reason = _("Le paiement par carte n’est pas possible pour ce bénéficiaire.")


class NoAnswerYet(Refusal):
    """The provider did not answer; what was asked may have been done."""

    reason = _(
        "Le service de paiement ne répond pas. Rien n’est à refaire : nous lui redemandons"
        " nous-mêmes ce qu’il en est, et cette page le dira."
    )


class SaidNo(Refusal):
    """The provider refused; nothing was done."""

    reason = _("Le service de paiement refuse cette opération. Rien n’a été débité.")


class NotAuthorised(Refusal):
    """There is nothing reserved on a card to capture or to release."""

    reason = _("Ce paiement n’est pas en attente d’un débit.")
