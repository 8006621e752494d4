"""Why a vote by tokens says no."""

from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _


class NotForTokens(Refusal):
    """Consent and drawing lots need names."""

    reason = _(
        "Ce mode de décision a besoin de noms : une objection se discute avec quelqu’un, un "
        "volontaire est une personne. Il ne se fait pas par jetons."
    )


class SealedAlready(Refusal):
    """A draft has one way of being secret."""

    reason = _(
        "Ce vote est préparé à bulletins scellés : revenez d’abord à un vote à bulletin ouvert."
    )


class NoTokenColleges(Refusal):
    """A token says nothing of who holds it."""

    reason = _("Un jeton ne dit rien de qui le tient : ce vote ne peut pas avoir de collèges.")


class NoTokenProxies(Refusal):
    """A proxy has a name on it."""

    reason = _(
        "Un jeton ne dit rien de qui le tient : ce vote se fait sans procuration ni prolongation."
    )


class TooFewForTokens(Refusal):
    """Among very few, secrecy is an illusion."""

    reason = _(
        "À moins de huit votants, le secret serait une illusion : préférez un vote à bulletin "
        "ouvert."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooLateForTokens(Refusal):
    """Tokens are given before the vote, and the vote needs time as well."""

    reason = _(
        "Les jetons se retirent avant le vote : l’heure du vote doit être à venir, et avant la fin."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"casts_on": [str(self.reason)]}


class SignersFixed(Refusal):
    """Tokens are out, or about to be."""

    reason = _("Les jetons se retirent déjà : les signataires ne changent plus.")


class SignerUnsound(Refusal):
    """What was given is no key of a signer."""

    reason = _(
        "Ce n’est pas une clé de signataire pour ce vote : demandez-lui le fichier que donne "
        "« freeco vote sign key »."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"file": [str(self.reason)]}


class SignerTwice(Refusal):
    """Two signers with one key would be one."""

    reason = _("Ce signataire, ou sa clé, est déjà dans la liste.")


class NotIssuing(Refusal):
    """Before tokens are given, or after."""

    reason = _("Les jetons de ce vote ne se retirent pas en ce moment.")


class IssuingOver(Refusal):
    """Registration closes before the vote opens: nobody can count votes as they come."""

    reason = _(
        "Le retrait des jetons est terminé : il ferme avant que le vote commence, pour que "
        "personne n’en ajoute en cours de vote."
    )


class TokenGiven(Refusal):
    """One member, one token."""

    reason = _(
        "Un jeton vous a déjà été signé, et il n’y en a qu’un par votant. Reprenez l’appareil ou "
        "le fichier avec lequel vous l’aviez demandé."
    )


class RequestUnsound(Refusal):
    """What was sent cannot be signed."""

    reason = _("Cette demande de jeton est mal formée : rien n’a été signé.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class SignaturesUnsound(Refusal):
    """What a sister cooperative gave back does not fit what was asked."""

    reason = _(
        "Ce fichier n’est pas celui des signatures demandées : une signature au moins ne va avec "
        "aucune demande, ou n’est pas juste. Rien n’a été pris."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NotCastingYet(Refusal):
    """Tokens first, ballots after."""

    reason = _("Le vote n’a pas commencé : les jetons se retirent encore. Rien n’a été enregistré.")


class CastingOver(Refusal):
    """The ballot comes after the end."""

    reason = _(
        "Le vote est terminé : ce bulletin arrive trop tard, il n’est pas compté. Si vous aviez "
        "déjà voté, votre bulletin d’avant compte."
    )


class BallotUnreadable(Refusal):
    """Not the form of a ballot."""

    reason = _("Ce bulletin est mal formé : il n’a pas été pris.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class BallotElsewhere(Refusal):
    """A ballot of another vote."""

    reason = _("Ce bulletin est celui d’un autre vote : il n’a pas été pris.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TokenUnsigned(Refusal):
    """A token that the signers did not sign gives no right."""

    reason = _(
        "Ce jeton ne porte pas la signature de chaque signataire : il ne permet pas de voter."
    )
    status = HTTPStatus.FORBIDDEN


class BallotUnsigned(Refusal):
    """Somebody holds the token's public part, which is published, and not its key."""

    reason = _(
        "Ce bulletin n’est pas signé par qui tient le jeton, ou il a été modifié : il n’a pas été "
        "pris."
    )
    status = HTTPStatus.FORBIDDEN


class SerialUsed(Refusal):
    """A ballot was cast with this token since; this one would be older."""

    reason = _(
        "Ce jeton a déjà voté avec ce numéro ou un plus grand : pour changer de vote, refaites un "
        "bulletin depuis la page."
    )

    def __init__(self, last: int) -> None:
        super().__init__()
        self.last = last
        """The highest number taken."""


class OnTheTokenPage(Refusal):
    """A vote by tokens has steps of its own."""

    reason = _("Ce vote se fait par jetons : il s’ouvre depuis sa propre page.")


class KeyLost(Refusal):
    """The site's own key for this vote cannot be read."""

    reason = _(
        "La clé de signature de ce vote ne se lit plus, comme après un changement de la clé du "
        "site : annulez ce vote, et refaites-le."
    )
