"""What people are told about: core's own topics, and those of the modules."""

from freeco.i18n import _
from freeco.kernel import kernel
from freeco.module import Topic

OPENING = Topic(
    "core.opening",
    _("Un service ouvre"),
    _("Vous êtes membre de cette communauté."),
)
CHARTER = Topic(
    "core.charter",
    _("La charte change"),
    _("Vous avez accepté la charte de cette communauté."),
    "at_once",
)
REMINDER = Topic(
    "core.reminder",
    _("Le rappel de la veille"),
    _("Quelque chose est dans votre agenda demain."),
    "at_once",
)
DIGEST = Topic(
    "core.digest",
    _("La lettre de la semaine"),
    _("Elle réunit, une fois par semaine, ce qui vous attend et ce qui s’est passé."),
)
PAYMENT = Topic(
    "core.payment",
    _("Un paiement m’attend"),
    _("Votre foyer a un paiement en retard."),
    "at_once",
)
DEBIT = Topic(
    "core.debit",
    _("Un prélèvement est annoncé"),
    _("Vous avez signé un mandat de prélèvement."),
    "at_once",
)
ACCOUNT = Topic(
    "core.account",
    _("L’IBAN d’une organisation change"),
    _("Vous tenez les comptes de cette organisation, ou la trésorerie de cette communauté."),
    "at_once",
)
ACCORD = Topic(
    "core.accord",
    _("Un accord avec un autre membre"),
    _("Un accord vous a été proposé, ou l’autre a répondu au vôtre."),
    "at_once",
)
RECORD = Topic(
    "core.record",
    _("Un témoin contredit le registre public"),
    _("Vous veillez sur une communauté qui tient un registre public."),
    "at_once",
)
WORDING = Topic(
    "core.wording",
    _("Une lettre écrite par nous est à reprendre"),
    _("Vous veillez sur une communauté qui écrit ses lettres avec ses mots."),
    "at_once",
)
CORE = (REMINDER, CHARTER, PAYMENT, DEBIT, ACCOUNT, ACCORD, RECORD, WORDING, OPENING, DIGEST)


class UnknownTopic(LookupError):
    """A topic that nobody declared has no switch: nobody may be told of it."""


def topics_of(opened: frozenset[str]) -> list[Topic]:
    """Return what members are told about where these modules are open, core's own last."""
    return [topic for module in kernel().plugins.titled(opened) for topic in module.topics] + [
        *CORE
    ]


def find_topic(name: str) -> Topic:
    """Return a topic of core or of an installed module. Raises UnknownTopic."""
    for module in kernel().plugins.modules.values():
        for topic in module.topics:
            if topic.name == name:
                return topic
    for topic in CORE:
        if topic.name == name:
            return topic
    raise UnknownTopic(name)
