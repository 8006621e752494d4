"""Why solidarity says no."""

from freeco.errors import Refusal
from freeco.i18n import _


class NoHolder(Refusal):
    """Somebody's account must hold the pool."""

    reason = _("Dites d’abord quelle association tient la caisse solidaire.")


class PoolTooLow(Refusal):
    """The pool never goes below nought."""

    reason = _("La caisse solidaire ne contient pas cette somme.")


class RuleFixed(Refusal):
    """A rule is set while the contract is a draft."""

    reason = _("Ce contrat est déjà ouvert : la façon d’en partager le prix ne change plus.")


class RuleToConfirm(Refusal):
    """What is voted each season is confirmed before the contract opens."""

    reason = _(
        "Le partage du prix vient de la saison dernière : confirmez-le, ou changez-le, avant "
        "d’ouvrir le contrat."
    )


class NoSuchChoice(Refusal):
    """A choice outside what was voted."""

    reason = _("Ce prix sort des bornes votées pour ce contrat.")
    status = 422


class AlreadyTaken(Refusal):
    """The price is chosen before the contract is signed."""

    reason = _("Votre foyer a déjà signé ce contrat : son prix ne change plus de ce côté.")


class NotReadyToFix(Refusal):
    """Prices by income are fixed once everybody has signed."""

    reason = _(
        "Les prix se fixent une fois, quand les souscriptions sont closes et que chaque contrat "
        "est signé des deux côtés."
    )


class TooFewDeclared(Refusal):
    """Fewer than three declarations would let one be guessed."""

    reason = _(
        "Moins de trois foyers ont déclaré leur revenu : on devinerait celui des autres. Chacun "
        "garde le prix de base."
    )


class PaymentsTooFar(Refusal):
    """What is left to pay does not bear the discount any more."""

    reason = _("Des règlements déjà remis ne permettent plus de changer les prix de tout le monde.")


class TooManyReaders(Refusal):
    """Two people read declarations, never three."""

    reason = _(
        "Plus de deux personnes ont la charge de lire les déclarations : tant que c’est le cas, "
        "personne ne les lit. L’animation peut en retirer une."
    )


class NotSworn(Refusal):
    """Readers promise first."""

    reason = _("Promettez d’abord de garder pour vous ce que vous lirez.")


class AlreadyAsked(Refusal):
    """One basket is asked for at a time."""

    reason = _("Votre demande est déjà notée.")


class NotPromised(Refusal):
    """A basket is paid for once."""

    reason = _("Ce panier a déjà été réglé.")


class NoSuchCode(Refusal):
    """Unknown, used or too old: the same words, so that nothing is learnt by trying."""

    reason = _("Ce code n’est pas valable. Vérifiez ses lettres et ses chiffres.")
    status = 422


class CostAbovePrice(Refusal):
    """A cost price lies between a cent and the price."""

    reason = _("Le prix coûtant va d’un centime au prix demandé à tout le monde.")
    status = 422


class ServiceAtCost(Refusal):
    """Services are agreed one by one."""

    reason = _("Un service ne se propose pas à prix coûtant.")
    status = 422
