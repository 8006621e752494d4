"""Why a contract's rules say no."""

from datetime import date
from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _, day, money, said
from freeco.money import Money


class TooLate(Refusal):
    """The notice that the contract asks for has run out."""

    reason = _("Le délai prévu par le contrat est passé : rien n’a changé. Voyez la coordination.")


class NoSkipLeft(Refusal):
    """Every skip of the season is used."""

    reason = _("Tous les jokers de ce contrat sont déjà posés pour la saison.")


class NothingTaken(Refusal):
    """There is no basket at that delivery, or its fate is settled already."""

    reason = _("Votre foyer n’a pas de panier à cette livraison, ou il a déjà une autre suite.")


class DeliveryCalledOff(Refusal):
    """A cancelled delivery brings nothing to skip, move or lend."""

    reason = _("Cette livraison est annulée : il n’y a rien à changer.")


class NotForeseen(Refusal):
    """The contract does not allow it."""

    reason = _("Ce contrat ne le prévoit pas. Voyez la coordination.")


class BasketShared(Refusal):
    """Half of a basket belongs to another household."""

    reason = _("Ce panier est partagé par moitiés : arrangez-vous avec l’autre foyer.")


class DeliveryFull(Refusal):
    """No more households can be served there."""

    reason = _(
        "Cette livraison sert déjà autant de foyers qu’elle le peut. Choisissez-en une autre."
    )


class DateFull(Refusal):
    """One of the deliveries chosen serves no more households."""

    def __init__(self, when: date) -> None:
        super().__init__()
        self.reason = said(
            "La livraison du %(day)s sert déjà autant de foyers qu’elle le peut. Ne prenez rien à "
            "cette date, ou voyez la coordination.",
            day=day(when),
        )


class SameHousehold(Refusal):
    """One does not lend, give or share with oneself."""

    reason = _("Choisissez un autre foyer que le vôtre.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class ProposalOver(Refusal):
    """It was taken back, refused or concluded meanwhile."""

    reason = _("Cette proposition ne tient plus : elle a été reprise, refusée ou déjà acceptée.")


class TooLittleThatDay(Refusal):
    """Less at one date than the contract's minimum."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, least: Money) -> None:
        super().__init__()
        self.reason = said(
            "Une date où l’on prend quelque chose compte au moins %(least)s.", least=money(least)
        )


class TooLittleInAll(Refusal):
    """Less over the season than the contract's minimum."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, least: Money) -> None:
        super().__init__()
        self.reason = said(
            "Ce contrat compte au moins %(least)s pour la saison.", least=money(least)
        )


class NotFull(Refusal):
    """One waits for a place only where there is none."""

    reason = _("Il reste une place dans ce contrat : vous pouvez le choisir tout de suite.")


class AlreadyWaiting(Refusal):
    """One wish per household and contract."""

    reason = _("Votre foyer attend déjà une place dans ce contrat.")


class NoTrial(Refusal):
    """The contract has no trial, or it is over."""

    reason = _("Ce contrat n’a pas de période d’essai, ou elle est déjà finie.")


class RestDecided(Refusal):
    """The rest of the season was confirmed, or dropped."""

    reason = _("La suite de l’essai est déjà décidée.")


class SeasonReversed(Refusal):
    """It would end before it begins."""

    reason = _("La fin de la saison vient avant son début.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY
