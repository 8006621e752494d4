"""Why a vote cannot change what it names, or a decision cannot be applied."""

from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _


class NothingChanges(Refusal):
    """A vote on what is so already."""

    reason = _("C’est déjà la valeur en vigueur : ce vote ne changerait rien.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"value": [str(self.reason)]}


class MethodBindsNothing(Refusal):
    """Seats, a budget, a draw or several choices give no single value."""

    reason = _(
        "Ce mode de décision ne donne pas une valeur unique. Pour changer un réglage, choisissez "
        "un vote par oui ou non, ou un choix à une seule place."
    )


class OptionsFirst(Refusal):
    """Each option has its value: they are typed before."""

    reason = _("Écrivez d’abord les choix de ce vote : chacun aura sa valeur.")


class TooFarOff(Refusal):
    """A date of another age is a wrong year."""

    reason = _("Cette date est passée, ou à plus de deux ans d’ici.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"on": [str(self.reason)]}


class BeforeTheEnd(TooFarOff):
    """Nothing applies before it is decided."""

    reason = _("Cette date vient avant la fin du vote.")


class ValueMoved(Refusal):
    """Somebody changed it since the poll opened."""

    reason = _(
        "La valeur a changé depuis l’ouverture du vote : ce qui a été voté partait d’une autre."
    )


class Altered(Refusal):
    """What stands in the database is not what was opened."""

    reason = _(
        "Ce qui devait changer n’est plus, à la lettre, ce qui a été ouvert au vote : quelqu’un a "
        "touché à la base de données."
    )


class NotHeld(Refusal):
    """It was applied, dropped, or waits for its day."""

    reason = _("Cette décision n’attend rien de vous : elle est appliquée, ou attend son jour.")
