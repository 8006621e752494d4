"""Why a proof, a checkpoint, a key or a receipt is refused: each says what is wrong with it."""

from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _
from freeco.module import Text


class RecordRefusal(Refusal):
    """Something about the record cannot be believed."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class Malformed(RecordRefusal):
    """It is not written as the format asks."""

    reason = _("Ce n’est pas écrit comme le format du registre le demande.")

    def __init__(self, what: Text = "") -> None:
        super().__init__(what)
        if what:
            self.reason = _("Ce n’est pas écrit comme le format le demande : %(what)s.", what=what)


class NotSigned(RecordRefusal):
    """None of its signatures comes from the key that was expected."""

    reason = _("Aucune signature de la clé attendue : ce sceau n’est pas celui de ce registre.")


class BadSignature(RecordRefusal):
    """It bears the right name and another hand's signature, or was altered after signing."""

    reason = _("La signature ne correspond pas : le texte a été changé après avoir été signé.")


class OtherOrigin(RecordRefusal):
    """It belongs to another log."""

    reason = _("Ce sceau est celui d’un autre registre.")


class NotIncluded(RecordRefusal):
    """The proof does not lead from the statement to the root."""

    reason = _("La preuve ne mène pas de cette inscription au sceau : l’une a été changée.")


class NotConsistent(RecordRefusal):
    """The newer tree does not begin with the older one."""

    reason = _("Le registre d’aujourd’hui ne prolonge pas celui d’hier : il a été réécrit.")


class Shrunken(RecordRefusal):
    """The log is smaller than it has been."""

    reason = _("Ce registre est plus court qu’il ne l’a été : il a été raccourci.")


class TooFewWitnesses(RecordRefusal):
    """Fewer witnesses have co-signed than the policy asks."""

    reason = _("Il manque des témoins : la règle en demande davantage sous ce sceau.")

    def __init__(self, found: int = 0, known: int = 0, needed: int = 0, quorum: str = "") -> None:
        super().__init__(found, known, needed, quorum)
        if known:
            self.reason = _(
                "Témoins sous ce sceau : %(found)s sur %(known)s. La règle « %(quorum)s » n’est "
                "pas remplie : il en faut au moins %(needed)s.",
                found=found,
                known=known,
                needed=needed,
                quorum=quorum,
            )


class OpeningDiffers(RecordRefusal):
    """The salt and the fields do not give the sealed value of the statement."""

    reason = _("Le contenu joint n’est pas celui qui a été scellé dans l’inscription.")


class KeyMissing(RecordRefusal):
    """The key that signs is not where it is kept."""

    reason = _("La clé qui signe le registre n’est pas à sa place : rien n’a été signé.")
    status = HTTPStatus.CONFLICT
