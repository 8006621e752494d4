"""What projects tell people about, and each letter for a community to put in its own words."""

from freeco.i18n import _
from freeco.module import LetterKind, Topic
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.projects.telling import LETTERS

TOPICS = (
    Topic(
        "project_decisions.project_news",
        _("Les nouvelles d’un projet que je suis"),
        _("Vous suivez ce projet, ou vous y aidez."),
    ),
    Topic(
        "project_decisions.task_due",
        _("Une tâche dont je me charge arrive à son terme"),
        _("Vous vous êtes chargé d’une tâche."),
        rhythm="at_once",
    ),
)
KINDS = (
    LetterKind(
        "project_decisions.project_news",
        LETTERS,
        _("Les nouvelles d’un projet"),
        _("Quand on écrit aux participants, à ceux qui suivent le projet."),
        {
            "project": _("nom du projet"),
            "subject": _("objet"),
            "text": _("ce qui est écrit"),
            "signature": _("qui écrit"),
        },
        {
            "project": "Un four à pain pour le village",
            "subject": "Le four chauffe samedi",
            "text": "Première cuisson à 10 h. Apportez votre pâte.",
            "author": "Camille Fabre",
        },
        needed=("subject", "text"),
        topic="project_decisions.project_news",
        url="project-decisions/projets/1",
        keeper=PREPARE.name,
    ),
    LetterKind(
        "project_decisions.task_due",
        LETTERS,
        _("Une tâche arrive à son terme"),
        _("À l’heure où elle est due, à ceux qui s’en chargent ; une fois."),
        {"list": _("liste des tâches"), "what": _("la tâche, ou combien")},
        {
            "what": "Appeler la mairie",
            "tasks": [
                {
                    "title": "Appeler la mairie",
                    "project": "Un four à pain pour le village",
                    "due": "lundi 12 octobre 2026 à 18 h",
                }
            ],
        },
        needed=("list",),
        topic="project_decisions.task_due",
        url="project-decisions/projets/mes-taches",
        keeper=PREPARE.name,
    ),
)
