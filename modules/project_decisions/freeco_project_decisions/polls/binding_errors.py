"""Why a vote that binds all members may not open by the rules it has."""

from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _


class QuorumUnsaid(Refusal):
    """Three people of a hundred would bind the others without anybody having said so."""

    reason = _(
        "Ce vote engage tous les membres : dites combien doivent voter, ou écrivez pourquoi aucun "
        "quorum n’est demandé."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class VotersUnsaid(Refusal):
    """Voices that are shared otherwise than one each rest on something that is written."""

    reason = _(
        "Ce vote engage tous les membres et ne donne pas une voix à chacun : écrivez ce qui le "
        "permet, comme l’article des statuts."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class MembersLeftOut(Refusal):
    """What binds somebody is voted by them too."""

    reason = _(
        "Ce vote engage tous les membres, et des personnes ne sont dans aucun collège : placez "
        "chacune dans l’un d’eux."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY
