"""Projects in words."""

from collections.abc import Mapping, Sequence

from freeco.i18n import _
from freeco.module import Text
from freeco_project_decisions.projects.models import Level, Part, Project, ProjectState
from freeco_project_decisions.projects.task_models import Priority, Stage

STATES: Mapping[str, tuple[Text, str]] = {
    ProjectState.PROPOSED: (_("proposé"), "wait"),
    ProjectState.ACTIVE: (_("en cours"), "good"),
    ProjectState.REFUSED: (_("non retenu"), ""),
    ProjectState.CLOSED: (_("terminé"), ""),
}
"""Each state with how its stamp looks."""
GIVEN_UP = _("abandonné")
STAGES: Mapping[str, Text] = {
    Stage.TODO: _("À faire"),
    Stage.DOING: _("En cours"),
    Stage.WAITING: _("Bloquée ou en attente"),
    Stage.DONE: _("Faite"),
}
PRIORITIES: Mapping[str, Text] = {
    Priority.LOW: _("Quand on pourra"),
    Priority.NORMAL: _("Ordinaire"),
    Priority.HIGH: _("Importante"),
    Priority.URGENT: _("Urgente"),
}
PARTS: Mapping[str, Text] = {
    Part.OWNER: _("porte le projet"),
    Part.HELPER: _("aide"),
    Part.FOLLOWER: _("suit"),
}
LEVELS: Mapping[str, Text] = {
    Level.LEARNING: _("apprend"),
    Level.ABLE: _("sait faire"),
    Level.TEACHES: _("peut l’apprendre aux autres"),
}
VIEWS: Sequence[tuple[str, Text]] = (
    ("tableau", _("Tableau")),
    ("liste", _("Liste")),
    ("frise", _("Frise")),
)
GIVEN: Mapping[str, Text] = {
    Part.OWNER: _("Porte le projet, et le change"),
    Part.HELPER: _("Aide ; avec une charge, change le projet aussi"),
    Part.FOLLOWER: _("Suit les nouvelles"),
}
WHOSE: Sequence[tuple[str, Text]] = (
    ("", _("Toutes")),
    ("ouvertes", _("Pas encore faites")),
    ("moi", _("Les miennes")),
    ("libres", _("Sans personne")),
    ("retard", _("En retard")),
)
ORDERS: Sequence[tuple[str, Text]] = (
    ("due", _("Échéance")),
    ("priority", _("Priorité")),
    ("title", _("Nom")),
    ("stage", _("Étape")),
)


def state_of(project: Project) -> tuple[Text, str]:
    """Say where a project stands, with how its stamp looks."""
    if project.state == ProjectState.CLOSED and project.given_up:
        return GIVEN_UP, ""
    return STATES[project.state]
