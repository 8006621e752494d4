"""What the rules about letters refuse, in the sentences people read."""

from freeco.errors import Invalid, Refusal
from freeco.i18n import _


class KeptWords(Refusal):
    """Some letters say the same thing in every community."""

    reason = _("Les mots de cette lettre sont les mêmes partout : ils ne se changent pas.")


class WrittenMeanwhile(Refusal):
    """Two people wrote the same letter at once."""

    reason = _(
        "Quelqu’un a changé cette lettre pendant que vous écriviez. Vos mots sont encore là : "
        "comparez avec la dernière version, en bas de la page, puis enregistrez."
    )


class WrongWords(Invalid):
    """A word in braces that means nothing, or one that is missing."""

    reason = _("Un mot entre accolades ne va pas.")
