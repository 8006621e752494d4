"""Projects of a village and its AMAP: one under way, one proposed, one that is done."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from freeco.clock import held_at, now, today
from freeco.members.models import Member
from freeco.module import Demonstration
from freeco.money import Money
from freeco_project_decisions.projects import (
    closing,
    filing,
    knowing,
    meeting,
    proposing,
    reading,
    spending,
    taking_part,
    telling,
    working,
)
from freeco_project_decisions.projects.closing import Report
from freeco_project_decisions.projects.knowing import Known
from freeco_project_decisions.projects.meeting import Announced
from freeco_project_decisions.projects.models import Level, Part, Project
from freeco_project_decisions.projects.proposing import Described, FirstMeeting
from freeco_project_decisions.projects.spending import Line
from freeco_project_decisions.projects.task_models import Priority, Stage, Task
from freeco_project_decisions.projects.working import Written

OVEN = Described(
    title="Remettre en route le four du village",
    goals="Réparer la voûte et la porte, puis cuire ensemble un samedi par mois.\n\n"
    "Nous saurons que c’est réussi quand trente personnes auront cuit leur pain.",
    resources="La mairie prête le fournil ; il faut son accord écrit et une assurance.",
    people=6,
    hours=12,
    skills=("maçonnerie", "comptabilité"),
    asked=Money(90_000),
)
HEDGES = Described(
    title="Planter des haies chez les maraîchers",
    goals="Trois cents mètres de haies d’essences locales, plantées avec l’école en novembre.",
    people=20,
    hours=4,
    skills=("taille", "pédagogie"),
    asked=Money(70_000),
)
BENCHES = Described(
    title="Des bancs sur le chemin de la rivière",
    goals="Quatre bancs, tous les deux cents mètres, pour ceux qui marchent moins bien.",
    people=4,
    hours=6,
    asked=Money(45_000),
)
SEEDS = Described(
    title="La bibliothèque de graines",
    goals="Une armoire à graines dans la salle des fêtes, que chacun remplit et emprunte.",
    people=3,
    hours=8,
    asked=Money(25_000),
)
SHEET = b"Fournisseur;Briques refractaires;Prix\r\nBriqueterie de Limogne;120;312,00\r\n"
MINUTES = """Présents : la petite équipe du four, et deux curieux.

La voûte tient ; la porte est à refaire. Le devis de la briqueterie est lu et accepté.

- [ ] {first} : appeler la mairie pour l’assurance avant le {day}
- [ ] Trouver une porte en fonte d’occasion
- [x] Remercier le maçon de Cajarc
"""


def stage(staging: Demonstration) -> Sequence[str]:
    """Play the projects of an autumn. Return what to look at."""
    awa, bruno, chloe = staging.coordinator, staging.members[4], staging.members[5]
    _seeds(staging, chloe)
    _oven(staging, bruno, (awa, chloe, *staging.members[6:9]))
    proposing.set_rules(staging.community, vote_first=True, vote_days=10, lends=True)
    with held_at(_at(-2)):
        proposing.propose(
            staging.community, chloe, HEDGES, ("Choisir les essences", "Voir l’école")
        )
        proposing.propose(staging.community, awa, BENCHES, ("Relever les emplacements",))
    _skills(staging)
    return (f"Les projets : /{staging.community.slug}/project-decisions/projets/",)


def _days(number: int) -> date:
    return today() + timedelta(days=number)


def _at(number: int, hour: int = 18) -> datetime:
    return (now() + timedelta(days=number)).replace(hour=hour, minute=0, second=0, microsecond=0)


def _oven(staging: Demonstration, owner: Member, helpers: tuple[Member, ...]) -> None:
    with held_at(_at(-20)):
        project = proposing.propose(
            staging.community,
            owner,
            OVEN,
            meeting=FirstMeeting(_at(6), "Le fournil"),
        )
        for helper in helpers:
            taking_part.help_with(project, helper, 6)
        part = reading.part_of(project, helpers[0])
        if part is not None:
            taking_part.give_part(project, owner, part.id, Part.HELPER, "contact avec la mairie")
        for label, planned, spent in (
            ("Briques réfractaires", 31_200, 31_200),
            ("Porte en fonte", 25_000, 0),
            ("Assurance, un an", 9_000, 0),
        ):
            spending.add_line(
                project, owner, Line(label=label, planned=Money(planned), spent=Money(spent))
            )
        filing.add(project, owner, "devis.csv", SHEET)
        telling.write_news(
            project,
            owner,
            "Les briques sont commandées",
            "Elles arrivent la semaine prochaine. Il faudra quatre bras pour les décharger.",
            "demonstration",
        )
    _work(staging, project, owner, helpers)
    _meet(project, owner)


def _task(project: Project, owner: Member, title: str, **more: object) -> Task:
    return working.add(project, owner, Written(title=title, **more))  # type: ignore[arg-type]


def _work(
    staging: Demonstration, project: Project, owner: Member, helpers: tuple[Member, ...]
) -> None:
    quote = _task(
        project,
        owner,
        "Demander deux devis de briques",
        starts_on=_days(-20),
        due_at=_at(-12),
        owners=[owner.id],
    )
    vault = _task(
        project,
        owner,
        "Refaire la voûte",
        text="Avec le maçon de Cajarc, sur deux samedis.",
        priority=Priority.HIGH,
        starts_on=_days(-3),
        due_at=_at(10),
        hours=16,
        skills=("maçonnerie",),
        owners=[owner.id, helpers[1].id],
        needs=[quote.id],
    )
    _task(
        project,
        owner,
        "Obtenir l’accord écrit de la mairie",
        due_at=_at(4),
        owners=[staging.coordinator.id, helpers[2].id],
    )
    fire = _task(
        project,
        owner,
        "Premier feu, doux, pendant trois jours",
        starts_on=_days(12),
        due_at=_at(15),
        needs=[vault.id],
    )
    _task(
        project, owner, "Fête du premier pain", starts_on=_days(20), due_at=_at(21), needs=[fire.id]
    )
    _task(project, owner, "Tenir la caisse du four", skills=("comptabilité",), hours=6)
    working.move(quote, owner, Stage.DONE)
    working.move(vault, owner, Stage.DOING)


def _meet(project: Project, owner: Member) -> None:
    held = meeting.announce(
        project,
        owner,
        Announced(
            title="Voir la voûte de près",
            starts_at=_at(-5),
            ends_at=_at(-5, 20),
            place="Le fournil",
            agenda="Regarder la voûte ; choisir le devis ; répartir les tâches.",
        ),
    )
    first = owner.person.first_name if owner.person is not None else owner.name
    meeting.write_minutes(held, owner, MINUTES.format(first=first, day=f"{_days(9):%d/%m}"))
    lines = [each.action.line for each in meeting.asked(held)]
    meeting.make_tasks(held, owner, lines[2:])


def _seeds(staging: Demonstration, owner: Member) -> None:
    with held_at(_at(-120)):
        project = proposing.propose(
            staging.community, owner, SEEDS, ("Trouver l’armoire", "Étiqueter les graines")
        )
        spending.add_line(
            project, owner, Line(label="Bocaux", planned=Money(18_000), spent=Money(16_350))
        )
    with held_at(_at(-30)):
        for task in reading.tasks_of(project):
            working.move(task, owner, Stage.DONE)
        closing.close(
            project,
            owner,
            Report(
                done="L’armoire est ouverte le jeudi ; quarante variétés, dont douze d’ici.",
                learnt="Étiqueter le jour même, avec l’année : sans date, une graine se perd.",
                cost=Money(16_350),
                hours=31,
            ),
        )


def _skills(staging: Demonstration) -> None:
    known = (
        (4, "Maçonnerie", Level.ABLE),
        (6, "Comptabilité", Level.TEACHES),
        (8, "Taille des haies", Level.ABLE),
        (9, "Soudure", Level.LEARNING),
    )
    for place, name, level in known:
        knowing.declare(staging.members[place], Known(name, level), shown=True)
    knowing.declare(staging.coordinator, Known("Pédagogie", Level.ABLE), shown=True)
