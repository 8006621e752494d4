"""What handing over refuses, in the sentences people read."""

from freeco.errors import Refusal
from freeco.i18n import _


class ToOneself(Refusal):
    """The newcomer is oneself."""

    reason = _("Choisissez quelqu’un d’autre que vous.")


class NotYours(Refusal):
    """Nobody hands over what they do not hold."""

    reason = _("Vous ne tenez pas cette charge : vous ne pouvez pas la passer.")


class WrittenMeanwhile(Refusal):
    """Two coordinators wrote at once."""

    reason = _(
        "Quelqu’un a changé ces notes pendant que vous écriviez. Vos mots sont encore là : "
        "relisez la dernière version, en bas de la page, puis enregistrez."
    )
