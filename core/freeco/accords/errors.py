"""Why an accord cannot be proposed, or answered."""

from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _


class AccordOver(Refusal):
    """It was declined or withdrawn; what is said again is a new proposal."""

    reason = _("Cette proposition n’attend plus de réponse. Vous pouvez en faire une nouvelle.")


class AlreadyAgreed(Refusal):
    """Both have given their word: neither takes it back alone."""

    reason = _("Vous vous êtes mis d’accord tous les deux : cet accord ne se retire plus.")


class GoneMeanwhile(Refusal):
    """Who has left the community agrees to nothing in it any more."""

    reason = _("Ce membre a quitté la communauté : on ne peut plus lui proposer d’accord ici.")


class NotWithOneself(Refusal):
    """An accord takes two."""

    reason = _("Un accord se fait à deux : choisissez quelqu’un d’autre.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooManyProposals(Refusal):
    """Nobody is buried under letters."""

    reason = _(
        "Beaucoup de vos propositions attendent encore une réponse : laissez d’abord aux autres "
        "le temps de lire, ou retirez-en."
    )
