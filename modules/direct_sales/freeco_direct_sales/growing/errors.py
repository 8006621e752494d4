"""Why a farm's pages say no."""

from freeco.errors import Refusal
from freeco.i18n import _


class NotOfTheFarm(Refusal):
    """Only the farm, or who coordinates, writes what the farm grows."""

    reason = _("Seules les personnes de la ferme et la coordination écrivent ici.")
    status = 403


class VisitPublished(Refusal):
    """What members have read is not rewritten."""

    reason = _("Ce compte rendu est publié : il ne se récrit plus. Ajoutez une correction.")


class VisitNotPublished(Refusal):
    """A draft is answered once it can be read."""

    reason = _("Ce compte rendu n’est pas encore publié.")


class VisitEmpty(Refusal):
    """A report without a word tells nothing."""

    reason = _("Écrivez au moins ce qui a été vu, en tout ou sur un point de la charte.")


class NobodyVisited(Refusal):
    """A visit is made by somebody."""

    reason = _("Dites qui est venu : au moins une personne.")
    status = 422

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"visitors": [str(self.reason)]}


class AlreadyAnswered(Refusal):
    """The farm answers once; it adds afterwards."""

    reason = _("La ferme a déjà répondu. Elle peut ajouter une correction.")


class VisitToCome(Refusal):
    """A report tells what was seen."""

    reason = _("Cette visite n’a pas encore eu lieu : la date est à venir.")
    status = 422

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"visited_on": [str(self.reason)]}


class ServiceAlreadyDone(Refusal):
    """What both have said is owed."""

    reason = _("Les deux ont dit que c’était fait : le montant est fixé.")


class ServiceCancelled(Refusal):
    """The order does not stand any more."""

    reason = _("Cette commande a été annulée.")


class ServiceStillOrdered(Refusal):
    """The orders are open: it may still change."""

    reason = _("Les commandes sont encore ouvertes : dites-le après leur clôture.")


class NeitherOfTheTwo(Refusal):
    """Somebody else says nothing of it."""

    reason = _("Seuls le foyer et la ferme disent que c’est fait.")
    status = 403
