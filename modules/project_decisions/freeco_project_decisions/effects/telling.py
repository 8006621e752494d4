"""Who is told that a decision could not be applied as voted."""

from freeco.i18n import _
from freeco.members.membership import stewards
from freeco.members.models import STEWARD
from freeco.module import LetterKind, Topic
from freeco.notifications.notices import notify
from freeco_project_decisions.polls.models import Decision
from freeco_project_decisions.polls.telling import LETTERS

HELD = Topic(
    "project_decisions.held",
    _("Une décision n’a pas pu s’appliquer"),
    _("Vous veillez sur cette communauté."),
    rhythm="at_once",
)
TOPICS = (HELD,)
KINDS = (
    LetterKind(
        "project_decisions.effect_held",
        LETTERS,
        _("Une décision n’a pas pu s’appliquer"),
        _("Dès que cela se voit, à ceux qui veillent sur la communauté."),
        {
            "title": _("question du vote"),
            "number": _("numéro de la décision"),
            "reason": _("ce qui l’empêche"),
        },
        {
            "title": "Un seuil de 30 membres pour les paniers",
            "number": 7,
            "reason": "La valeur a changé depuis l’ouverture du vote.",
        },
        needed=("title", "reason"),
        topic=HELD.name,
        url="project-decisions/votes/1",
        keeper=STEWARD,
    ),
)


def tell_held(decision: Decision, reason: str) -> None:
    """Tell the stewards, once."""
    for steward in stewards(decision.community):
        notify(
            steward,
            HELD.name,
            "effect_held",
            key=f"project_decisions:effect_held:{decision.id}",
            url=f"/{decision.community.slug}/project-decisions/votes/{decision.poll_id}",
            folder=LETTERS,
            title=decision.poll.title,
            number=decision.number,
            reason=reason,
        )
