"""What deliberation tells people about, and each letter for a community to put in its own words."""

from collections.abc import Mapping

from freeco.i18n import _
from freeco.module import LetterKind, Text, Topic
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls.telling import LETTERS

TOPICS = (
    Topic(
        "project_decisions.discussions",
        _("Une discussion s’ouvre ou avance, une proposition paraît"),
        _("Vous êtes membre de cette communauté, ou vous suivez cette discussion."),
    ),
    Topic(
        "project_decisions.messages",
        _("Chaque message des discussions que je suis ainsi"),
        _("Vous avez demandé à recevoir chaque message de cette discussion."),
        rhythm="at_once",
    ),
    Topic(
        "project_decisions.concerns",
        _("Une réponse à ce que j’ai écrit, ou attendue de moi"),
        _("Vous avez écrit un message, un amendement, une objection ou une proposition."),
        rhythm="at_once",
    ),
)
LABELS: Mapping[str, Text] = {
    "title": _("titre de la discussion ou de la proposition"),
    "until": _("fin de l’étape"),
    "text": _("le message"),
    "reason": _("raison"),
    "state": _("accepté ou refusé"),
    "answer": _("réponse"),
    "argument": _("argument"),
    "writer": _("qui a écrit"),
    "replying": _("comment répondre par e-mail"),
    "news": _("combien de messages, et de qui"),
    "page": _("adresse de la page"),
    "dated": _("fin des amendements"),
    "waiting": _("combien d’amendements attendent"),
    "why": _("réponse, s’il y en a une"),
    "ending": _("ce qui se termine, et quand"),
}
TITLE = "Un hangar pour les outils"
UNTIL = "lundi 12 octobre 2026 à 20 h"


def _kind(
    stem: str,
    topic: str,
    title: Text,
    sent: Text,
    words: str,
    example: Mapping[str, object],
    kind: str = "discussions",
) -> LetterKind:
    return LetterKind(
        f"project_decisions.{stem}",
        LETTERS,
        title,
        sent,
        {name: LABELS[name] for name in words.split()},
        example,
        needed=("title",),
        topic=f"project_decisions.{topic}" if topic else "",
        url=f"project-decisions/{kind}/1",
        keeper=PREPARE.name,
    )


KINDS = (
    _kind(
        "discussion_opened",
        "discussions",
        _("Une discussion s’ouvre"),
        _("Dans la lettre de la semaine, à tous les membres."),
        "title",
        {"title": TITLE},
    ),
    _kind(
        "discussion_message",
        "messages",
        _("Un message dans une discussion"),
        _("À chaque message, à ceux qui l’ont demandé."),
        "title writer text replying",
        {
            "title": TITLE,
            "name": "Awa Martin",
            "text": "Il faudrait d’abord savoir combien d’outils.",
            "answered": True,
        },
    ),
    _kind(
        "discussion_news",
        "discussions",
        _("Ce qui s’est dit dans une discussion"),
        _("Dans la lettre de la semaine, à ceux qui la suivent."),
        "title news",
        {"title": TITLE, "many": 3, "names": "Awa Martin, Bruno Martin"},
    ),
    _kind(
        "reply_refused",
        "",
        _("Une réponse par e-mail n’a pas été ajoutée"),
        _("Aussitôt, à la personne qui a répondu."),
        "title reason page",
        {"title": TITLE, "reason": "Cette discussion est close.", "address": "/discussions/1"},
    ),
    _kind(
        "message_hidden",
        "concerns",
        _("Un message est masqué"),
        _("Aussitôt, à la personne qui l’a écrit."),
        "title reason",
        {"title": TITLE, "reason": "Une attaque contre une personne."},
    ),
    _kind(
        "proposal_published",
        "discussions",
        _("Une proposition peut être amendée"),
        _("Dans la lettre de la semaine, à tous les membres."),
        "title dated",
        {"title": TITLE, "until": UNTIL},
        "propositions",
    ),
    _kind(
        "stage_ends",
        "discussions",
        _("Une discussion ou des amendements se terminent"),
        _("Dans la lettre de la semaine d’avant, à tous les membres."),
        "title ending",
        {"title": TITLE, "until": UNTIL, "discussion": False},
        "propositions",
    ),
    _kind(
        "proposal_waits",
        "concerns",
        _("Des amendements attendent une réponse"),
        _("Deux jours avant la fin, à ceux qui portent la proposition."),
        "title waiting until",
        {"title": TITLE, "many": 2, "until": UNTIL},
        "propositions",
    ),
    _kind(
        "amendment_answered",
        "concerns",
        _("Un amendement a reçu une réponse"),
        _("Aussitôt, à la personne qui l’a proposé."),
        "title state why",
        {"title": TITLE, "state": "Il est refusé.", "answer": "Le budget n’y suffit pas."},
        "propositions",
    ),
    _kind(
        "objection_answered",
        "concerns",
        _("Une objection a reçu une réponse"),
        _("Aussitôt, à la personne qui l’a soulevée."),
        "title answer",
        {"title": TITLE, "answer": "Le hangar sera fermé à clé."},
        "propositions",
    ),
    _kind(
        "objection_raised",
        "concerns",
        _("Quelqu’un objecte à une proposition"),
        _("Aussitôt, à ceux qui portent la proposition."),
        "title argument",
        {"title": TITLE, "argument": "Le terrain est inondable."},
        "propositions",
    ),
)
