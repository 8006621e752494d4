"""Why an order session says no."""

from collections.abc import Mapping
from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _


class SessionNotOpen(Refusal):
    """Before the opening hour, or after the closing one."""

    reason = _("Les commandes ne sont pas ouvertes en ce moment : rien n’a été enregistré.")


class SessionClosed(Refusal):
    """It closed while somebody was typing: the whole order is refused, and said."""

    reason = _(
        "Les commandes se sont fermées pendant votre saisie : rien n’a été enregistré, et votre "
        "commande d’avant n’a pas changé."
    )


class SessionNotReady(Refusal):
    """A session opens with offers and at least one pickup."""

    reason = _("Avant d’ouvrir les commandes, il faut au moins un produit et un point de retrait.")


class SessionNotClosed(Refusal):
    """What comes after the closing waits for it."""

    reason = _("Les commandes sont encore ouvertes.")


class StepDone(Refusal):
    """A session goes one way only."""

    reason = _("C’est déjà fait : une session de commande ne revient pas en arrière.")


class NothingOrdered(Refusal):
    """An empty order is not one."""

    reason = _("Choisissez au moins un produit.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NothingLeft(Refusal):
    """Of all that was asked, nothing remains."""

    reason = _("Il ne reste rien de ce que vous avez choisi : rien n’a été enregistré.")


class WrongQuantities(Refusal):
    """Quantities that cannot be ordered; ``fields`` says which and why."""

    reason = _("Certaines quantités ne conviennent pas.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__()
        self.fields = fields


class PickupFull(Refusal):
    """No more baskets fit there."""

    reason = _("Ce point de retrait est complet. Choisissez-en un autre.")


class OfferWithdrawn(Refusal):
    """It was withdrawn meanwhile."""

    reason = _("Ce produit vient d’être retiré.")


class FateMissing(Refusal):
    """Whoever withdraws a product says what becomes of each order of it."""

    reason = _("Dites ce que devient chaque commande de ce produit.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class HoursReversed(Refusal):
    """It would close before it opens."""

    reason = _("L’heure de fermeture vient avant l’heure d’ouverture.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class PickupInUse(Refusal):
    """Households have chosen it already."""

    reason = _("Des foyers ont déjà choisi ce point de retrait.")


class NotHandedOut(Refusal):
    """Nothing is owed before the distribution."""

    reason = _("La distribution n’a pas encore eu lieu : les montants se fixent après.")


class NotWeighed(Refusal):
    """The scales decide what is owed."""

    reason = _("Il reste des produits à peser : les montants se fixent après.")


class ServiceByWeight(Refusal):
    """Work is not weighed."""

    reason = _("Un service ne se pèse pas : choisissez un prix à l’unité.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY
