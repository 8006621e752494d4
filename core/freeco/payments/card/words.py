"""What paying by card says to people."""

from collections.abc import Sequence

from freeco.i18n import _
from freeco.module import Text
from freeco.payments.card.models import IntentState

STATES: dict[str, Text] = {
    IntentState.CREATED: _("La page de paiement se prépare."),
    IntentState.ASKED: _("La page de paiement est ouverte ; rien n’est encore payé."),
    IntentState.REQUIRES_ACTION: _("Votre banque attend une confirmation de votre part."),
    IntentState.PENDING: _("Le paiement est en route ; votre banque n’a pas encore répondu."),
    IntentState.AUTHORISED: _("La somme est réservée sur votre carte ; rien n’est encore débité."),
    IntentState.SUCCEEDED: _("Le paiement est fait."),
    IntentState.FAILED: _("Le paiement n’a pas abouti ; rien n’a été débité."),
    IntentState.CANCELLED: _("Le paiement n’a pas été fait ; rien n’a été débité."),
    IntentState.UNKNOWN: _(
        "Le service de paiement ne nous a pas répondu : nous ne savons pas encore si le paiement"
        " est fait. Ne payez pas une seconde fois ; nous lui redemandons nous-mêmes."
    ),
}
_REQUIREMENTS: tuple[tuple[str, Text], ...] = (
    ("external_account", _("le compte bancaire où verser l’argent")),
    ("tos_acceptance", _("l’accord sur les conditions du service de paiement")),
    ("business_profile", _("ce que fait l’organisation, et son adresse sur internet")),
    ("business_type", _("la forme de l’organisation")),
    ("company", _("l’identité de l’organisation")),
    ("individual", _("l’identité de la personne")),
    ("person", _("l’identité d’un responsable")),
    ("representative", _("l’identité de la personne qui la représente")),
    ("owners", _("qui possède l’organisation")),
    ("directors", _("qui dirige l’organisation")),
)
SOMETHING_ELSE = _("un autre renseignement, que sa page précise")


def requirements(asked: Sequence[str]) -> tuple[Text, ...]:
    """Return what the provider still asks, in words; each once."""
    said = [
        next((words for start, words in _REQUIREMENTS if each.startswith(start)), SOMETHING_ELSE)
        for each in asked
    ]
    return tuple(dict.fromkeys(said))
