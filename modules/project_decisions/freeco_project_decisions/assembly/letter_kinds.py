"""What assemblies tell people about, and each letter for a community to put in its own words."""

from collections.abc import Mapping

from freeco.i18n import _
from freeco.module import LetterKind, Text, Topic
from freeco_project_decisions.assembly.telling import LETTERS
from freeco_project_decisions.permissions import ASSEMBLY

TOPICS = (
    Topic(
        "project_decisions.assembly",
        _("Une assemblée est convoquée"),
        _("Vous êtes membre de cette communauté."),
        rhythm="at_once",
    ),
    Topic(
        "project_decisions.minutes",
        _("Le procès-verbal d’une assemblée"),
        _("Vous êtes membre de cette communauté."),
    ),
)
LABELS: Mapping[str, Text] = {
    "title": _("titre de l’assemblée"),
    "kind": _("ordinaire, extraordinaire ou réunion"),
    "when": _("jour et heure"),
    "place": _("lieu"),
    "text": _("mot d’invitation"),
    "text_lines": _("mot d’invitation, s’il y en a un"),
    "item_lines": _("ordre du jour"),
    "quorum": _("quorum, en une phrase"),
    "proxies": _("procurations, en une phrase"),
    "reason": _("raison de l’annulation"),
}
EXAMPLE: dict[str, object] = {
    "title": "Assemblée de printemps",
    "kind": "Assemblée générale ordinaire",
    "when": "jeudi 15 avril 2027 à 20 h",
    "place": "Salle des fêtes de Lavergne",
    "text": "Venez nombreux, un verre suivra.",
    "items": ["1. Les comptes de l’année", "2. Le budget de la saison"],
    "quorum": "Pour décider, il faut un quart des membres, présents ou représentés.",
    "proxies": "Si vous ne venez pas, donnez procuration à un autre membre ; chacun en porte 2 "
    "au plus.",
}


def _kind(
    stem: str, topic: str, title: Text, sent: Text, words: str, needed: tuple[str, ...]
) -> LetterKind:
    return LetterKind(
        f"project_decisions.{stem}",
        LETTERS,
        title,
        sent,
        {name: LABELS[name] for name in words.split()},
        EXAMPLE | {"reason": "La salle est inondée."},
        needed=needed,
        topic=f"project_decisions.{topic}",
        url="project-decisions/assemblees/1",
        keeper=ASSEMBLY.name,
    )


DATED = ("title", "when", "place")
KINDS = (
    _kind(
        "assembly_called",
        "assembly",
        _("Une assemblée est convoquée"),
        _("Dès la convocation, à tous les membres."),
        "title when place text_lines item_lines quorum proxies",
        (*DATED, "item_lines", "proxies"),
    ),
    _kind(
        "assembly_moved",
        "assembly",
        _("Une assemblée change de jour ou de lieu"),
        _("Dès le changement, à tous les membres."),
        "title when place",
        DATED,
    ),
    _kind(
        "assembly_reminder",
        "assembly",
        _("Une assemblée approche"),
        _("Trois jours avant, à tous les membres."),
        "title when place proxies",
        DATED,
    ),
    _kind(
        "assembly_cancelled",
        "assembly",
        _("Une assemblée est annulée"),
        _("Dès l’annulation, à tous les membres."),
        "title reason",
        ("title",),
    ),
    _kind(
        "assembly_minutes",
        "minutes",
        _("Le procès-verbal est signé"),
        _("Une fois le procès-verbal signé, à tous les membres."),
        "title when",
        ("title",),
    ),
)
