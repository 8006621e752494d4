"""Why direct sales say no."""

from freeco.errors import Refusal
from freeco.i18n import _


class ContractFull(Refusal):
    """Every place is taken."""

    reason = _("Toutes les places de ce contrat sont prises.")


class TooFewPlaces(Refusal):
    """Places that households have taken are not taken away."""

    reason = _("Davantage de foyers se sont déjà engagés : ce nombre de places est trop petit.")


class AlreadySubscribed(Refusal):
    """One subscription per household and contract."""

    reason = _("Votre foyer a déjà souscrit ce contrat.")


class ContractNotOpen(Refusal):
    """Subscriptions are not being taken."""

    reason = _("Les souscriptions à ce contrat ne sont pas ouvertes.")


class NothingChosen(Refusal):
    """An empty basket is not a commitment."""

    reason = _("Choisissez au moins un produit.")


class UnknownChoice(Refusal):
    """A product or a date that is not in this contract."""

    reason = _("Ce produit ou cette date ne font pas partie du contrat.")
    status = 422


class TooManyCheques(Refusal):
    """More cheques than the producer takes."""

    reason = _("Le producteur n’accepte pas autant de chèques pour ce contrat.")
    status = 422


class ContractNotReady(Refusal):
    """A contract opens with products, or services alone, and dates."""

    reason = _(
        "Avant d’ouvrir le contrat, il lui faut au moins un produit ou un service, et une date."
    )


class ContractAlreadyOpen(Refusal):
    """What people have signed no longer changes."""

    reason = _("Ce contrat est déjà ouvert : ses produits et ses prix ne changent plus.")


class ChequeHandedOver(Refusal):
    """A cheque that somebody keeps must be given back first."""

    reason = _(
        "Un chèque de ce contrat a déjà été remis : la personne qui tient les chèques vous le "
        "rend et le note, puis vous pourrez vous retirer."
    )


class AlreadySigned(Refusal):
    """A signature is given once."""

    reason = _("Ce contrat est déjà signé de ce côté.")


class NotYours(Refusal):
    """Only the household, or the producer, signs for itself."""

    reason = _("Seul le foyer, ou le producteur, peut signer de son côté.")
    status = 403


class SignedByBoth(Refusal):
    """A contract both sides have signed is not withdrawn by a click."""

    reason = _("Ce contrat est signé des deux côtés : voyez avec le producteur pour l’arrêter.")


class PlaceGivenBack(Refusal):
    """Nothing is delivered any more to a household that has withdrawn."""

    reason = _("La place a été rendue : plus rien ne change.")


class SameProducer(Refusal):
    """Two producers of one name could not be told apart."""

    reason = _("Un producteur porte déjà ce nom ici.")


class SameDistribution(Refusal):
    """Two distributions at the same time and place."""

    reason = _("Une distribution existe déjà à ce moment et à cet endroit.")


class ReasonMissing(Refusal):
    """People come for nothing unless they are told why."""

    reason = _("Dites pourquoi : le motif est imprimé sur la feuille et envoyé aux foyers.")
    status = 422


class DeliveryPast(Refusal):
    """What was taken home cannot be changed."""

    reason = _("Cette distribution est passée : ses quantités ne changent plus.")


class NotOnTheList(Refusal):
    """A household that fetches nothing there, or a distribution that is not of this community."""

    reason = _("Ce foyer n’est pas sur la liste de cette distribution.")
    status = 404
