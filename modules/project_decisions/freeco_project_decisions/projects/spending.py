"""The budget of a project: what is planned and what was spent, line by line."""

from dataclasses import dataclass

from freeco.activation import open_modules
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.kernel import kernel
from freeco.members.models import Member
from freeco.module import Ref, RefLabel
from freeco.money import Money
from freeco_project_decisions.projects import reading, rights
from freeco_project_decisions.projects.errors import NothingThere
from freeco_project_decisions.projects.models import BudgetLine, Project


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a budget as it is typed."""

    label: str
    planned: Money
    spent: Money
    about: str = ""


def spent_on(project: Project) -> Money:
    """Return what a project has spent so far."""
    return reading.spent(reading.budget_of(project))


def find_line(project: Project, line_id: int) -> BudgetLine:
    """Return a line of this project's budget; raise Absent for another's."""
    found = db.session.get(BudgetLine, line_id)
    if found is None or found.project_id != project.id:
        raise Absent
    return found


def add_line(project: Project, member: Member, line: Line) -> BudgetLine:
    """Add a line to a budget; raises ``NotYourProject``, ``ProjectOver``, ``NothingThere``."""
    rights.require_changing(project, member)
    require_known(project, line.about)
    added = BudgetLine(
        project=project,
        label=line.label,
        planned=line.planned,
        spent=line.spent,
        about=line.about,
    )
    db.session.add(added)
    db.session.flush()
    return added


def change_line(found: BudgetLine, member: Member, line: Line) -> None:
    """Write a line anew; raises as ``add_line`` does. What it was linked to may be gone since."""
    rights.require_changing(found.project, member)
    lock(found)
    if line.about != found.about:
        require_known(found.project, line.about)
    found.label, found.planned = line.label, line.planned
    found.spent, found.about = line.spent, line.about


def remove_line(found: BudgetLine, member: Member) -> None:
    """Take a line away; raises as ``add_line`` does."""
    rights.require_changing(found.project, member)
    db.session.delete(found)
    db.session.flush()


def ref_of(about: str) -> Ref | None:
    """Read what a line is linked to; none for words that name nothing."""
    module, _first, rest = about.partition(":")
    kind, _second, number = rest.partition(":")
    if not module or not kind or not number.isdecimal() or len(number) > 9:
        return None
    return Ref(module, kind, int(number))


def require_known(project: Project, about: str) -> None:
    """Stop a link to what its module, open here, does not know or is another community's.

    A module that is not open has no say: what it will pay may be written beforehand. Raises
    ``NothingThere``.
    """
    ref = ref_of(about)
    if ref is None or ref.module not in open_modules(project.community):
        return
    label = kernel().plugins.ref(ref)
    if label is None or not label.url.startswith(f"/{project.community.slug}/"):
        raise NothingThere


def linkable(project: Project, member: Member) -> list[tuple[str, str]]:
    """Return what a line may be linked to here: each code, with what it is called."""
    found = kernel().plugins.linkable(
        sorted(open_modules(project.community)), project.community, member
    )
    return [(f"{ref.module}:{ref.kind}:{ref.id}", label.label) for ref, label in found]


def label_of(about: str) -> RefLabel | None:
    """Name what a line is linked to; none where its module is closed, or it is gone."""
    ref = ref_of(about)
    return kernel().plugins.ref(ref) if ref is not None else None
