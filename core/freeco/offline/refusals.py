"""Why a line typed without network is not taken, in the words that its author reads."""

from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _


class SomebodyElse(Refusal):
    """What a person typed is not sent in another's name."""

    reason = _(
        "Ces lignes ont été notées par quelqu’un d’autre sur cet appareil : "
        "elles partiront à sa prochaine connexion."
    )


class UnknownKind(Refusal):
    """No open module takes this."""

    reason = _("Ce qui a été noté ne peut pas être enregistré ici aujourd’hui.")


class WrongClock(Refusal):
    """An instant that cannot be true would decide wrongly who spoke last."""

    reason = _("L’heure notée par cet appareil n’est pas possible : la ligne est à refaire.")


class TooOld(Refusal):
    """Too late to be merged."""

    reason = _("Cette ligne date de plus de trente jours : elle n’est plus enregistrée.")


class EnoughToday(Refusal):
    """What a person hands in is bounded; what is beyond stays on the device meanwhile."""

    reason = _(
        "Beaucoup de lignes sont arrivées en un jour : les suivantes restent sur cet appareil "
        "et partiront demain."
    )
    status = HTTPStatus.TOO_MANY_REQUESTS
