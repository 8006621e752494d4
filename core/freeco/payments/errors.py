"""What payments refuse, and why."""

from freeco.errors import Refusal
from freeco.i18n import _


class StepOutOfOrder(Refusal):
    """The payment is not where this step begins: somebody else noted it, or it is too late."""

    reason = _("Ce paiement n’en est pas là : cette étape est déjà notée, ou ne l’est pas encore.")


class BankedTooEarly(StepOutOfOrder):
    """A cheque of a schedule is banked from its day on: that was promised to the household."""

    reason = _("Un de ces chèques ne s’encaisse pas encore : sa date n’est pas venue.")


class SaidByBank(StepOutOfOrder):
    """A line of a bank statement says it: that match is undone first."""

    reason = _("Un relevé bancaire le dit : défaites d’abord ce rapprochement, dans les relevés.")


class NotYet(StepOutOfOrder):
    """A day to come was given for something that is done."""

    reason = _("Ce jour n’est pas encore venu.")


class SeveralBeneficiaries(StepOutOfOrder):
    """A remittance slip is for one account."""

    reason = _("Un bordereau de remise porte les chèques d’un seul bénéficiaire.")


class NothingToBank(Refusal):
    """No cheque was chosen."""

    reason = _("Choisissez au moins un chèque.")


class RefundTooLarge(Refusal):
    """More would be given back than was paid."""

    reason = _("Ce montant dépasse ce qui reste de ce paiement.")


class NoOtherWay(Refusal):
    """The beneficiary cannot be paid by this means today."""

    reason = _("Ce moyen de paiement n’est pas encore possible pour ce bénéficiaire.")
