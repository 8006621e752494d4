"""What polls tell people about, and each letter for a community to put in its own words."""

from collections.abc import Mapping

from freeco.i18n import _
from freeco.module import LetterKind, Text, Topic
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls.telling import LETTERS

TOPICS = (
    Topic(
        "project_decisions.opened",
        _("Un vote s’ouvre"),
        _("Vous pouvez voter dans cette communauté."),
    ),
    Topic(
        "project_decisions.reminder",
        _("Un vote se termine demain et je n’ai pas voté"),
        _("Vous pouvez voter, et vous ne l’avez pas encore fait."),
        rhythm="at_once",
    ),
    Topic(
        "project_decisions.waiting",
        _("Les votes qui attendent ma réponse"),
        _("Des votes sont ouverts, et vous n’y avez pas encore répondu."),
    ),
    Topic(
        "project_decisions.result",
        _("Le résultat d’un vote"),
        _("Vous pouviez voter."),
    ),
)
LABELS: Mapping[str, Text] = {
    "title": _("question du vote"),
    "ends": _("fin du vote"),
    "method": _("mode de décision, en une phrase"),
    "number": _("numéro de la décision"),
    "sentence": _("résultat, en une phrase"),
    "reason": _("raison de l’annulation"),
}
TITLE = "Un hangar pour les outils"
EXAMPLE = {
    "title": TITLE,
    "ends": "lundi 12 octobre 2026 à 20 h",
    "method": "Chacun répond oui, non ou blanc ; la majorité annoncée décide.",
}


def _kind(
    stem: str, topic: str, title: Text, sent: Text, words: str, example: Mapping[str, object]
) -> LetterKind:
    return LetterKind(
        f"project_decisions.{stem}",
        LETTERS,
        title,
        sent,
        {name: LABELS[name] for name in words.split()},
        example,
        needed=("title",),
        topic=f"project_decisions.{topic}",
        url="project-decisions/votes/1",
        keeper=PREPARE.name,
    )


KINDS = (
    _kind(
        "poll_opened",
        "opened",
        _("Un vote est ouvert"),
        _("À l’ouverture, à ceux qui peuvent voter."),
        "title ends method",
        EXAMPLE,
    ),
    _kind(
        "poll_reminder",
        "reminder",
        _("Un vote se termine demain"),
        _("La veille de la fin, à ceux qui n’ont ni voté ni donné procuration."),
        "title ends",
        {key: EXAMPLE[key] for key in ("title", "ends")},
    ),
    LetterKind(
        "project_decisions.polls_waiting",
        LETTERS,
        _("Les votes qui attendent une réponse"),
        _("Dans la lettre de la semaine, à ceux qui n’ont pas répondu à un vote ouvert."),
        kept=_("Il tient en une liste, que le programme écrit."),
    ),
    _kind(
        "poll_result",
        "result",
        _("Le résultat d’un vote"),
        _("Une fois le vote compté, à ceux qui pouvaient voter."),
        "title number sentence",
        {"title": TITLE, "number": 7, "sentence": "La proposition est adoptée."},
    ),
    _kind(
        "poll_cancelled",
        "result",
        _("Un vote est annulé"),
        _("Dès l’annulation, à ceux qui pouvaient voter."),
        "title reason",
        {"title": TITLE, "reason": "Le devis était faux."},
    ),
)
