"""What telling refuses, in the words of who reads it."""

from freeco.errors import Refusal
from freeco.i18n import _


class ChangesBeforeList(Refusal):
    """What has changed would be told before the list itself."""

    reason = _("Les changements se disent après la liste : choisissez un moment plus tardif.")


class NothingMissing(Refusal):
    """No product, or no date, was chosen."""

    reason = _("Cochez ce qui manque, et pour quelle distribution.")


class DatePast(Refusal):
    """The distribution is over."""

    reason = _("Cette distribution est passée : il n’y a plus rien à annoncer.")


class CorrectedMeanwhile(Refusal):
    """Somebody else has corrected the message since this form was opened."""

    reason = _("Ce message vient d’être corrigé par quelqu’un d’autre. Relisez-le d’abord.")


class TakenBack(Refusal):
    """A message that was taken back is not corrected: another is written."""

    reason = _("Ce message a été retiré. Écrivez-en un autre.")
