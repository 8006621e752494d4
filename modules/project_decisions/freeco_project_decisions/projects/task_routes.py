"""The tasks of a project: board, list and time; taken, moved, done, undone."""

from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.i18n import _
from freeco.listings import Format
from freeco.web import undo
from freeco.web.downloads import list_answer
from freeco.web.forms import Form
from freeco_project_decisions.projects import listing, reading, schemas, showing, wording, working
from freeco_project_decisions.projects.errors import NotYourProject
from freeco_project_decisions.projects.models import Project
from freeco_project_decisions.projects.pages import pages
from freeco_project_decisions.projects.reading import find_project
from freeco_project_decisions.projects.task_models import Stage, Task
from freeco_project_decisions.projects.working import find_task

BOARD, LIST, TIME = "tableau", "liste", "frise"


@pages.get("/projets/<int:project_id>/taches")
def tasks(project_id: int) -> ResponseReturnValue:
    """Show the tasks of a project in one of three ways."""
    return _tasks(find_project(g.community, project_id), request.args.get("vue", BOARD))


def _tasks(
    project: Project, view: str, form: Form | None = None, moved: int = 0
) -> ResponseReturnValue:
    """Show tasks; ``form`` says why one was not moved."""
    view = view if view in (BOARD, LIST, TIME) else BOARD
    form = form or Form.blank()
    words, whose = request.args.get("q", "")[:80], request.args.get("qui", "")
    order = request.args.get("tri", "due")
    order = order if order in showing.ORDERS else "due"
    everything = showing.shown(project, g.member)
    shown = showing.kept(everything, words, whose, g.member)
    return (
        render_template(
            f"project_decisions/projects/{_TEMPLATES[view]}.html",
            project=project,
            seat=showing.seat_of(project, g.member),
            form=form,
            moved=moved,
            view=view,
            words=words,
            whose=whose,
            order=order,
            tasks=showing.in_order(shown, order),
            board=showing.board(shown),
            timeline=showing.timeline(project, shown),
            total=len(everything),
        ),
        form.status,
    )


_TEMPLATES = {BOARD: "board", LIST: "list", TIME: "timeline"}


@pages.get("/projets/<int:project_id>/taches.<any(csv,xlsx,ods):form>")
def task_file(project_id: int, form: Format) -> ResponseReturnValue:
    """Give the tasks of a project as a file that a spreadsheet opens."""
    project = find_project(g.community, project_id)
    return list_answer(listing.tasks_of(project), form)


@pages.get("/projets/mes-taches")
def mine() -> ResponseReturnValue:
    """Show all that the reader still has to do, by project."""
    return render_template(
        "project_decisions/projects/mine.html",
        tasks=reading.mine(g.community, g.member),
        late={each.id for each in reading.mine(g.community, g.member) if showing.is_late(each)},
        free=listing.free_for(g.community, g.member),
    )


@pages.get("/projets/<int:project_id>/taches/nouvelle")
def new_task_page(project_id: int) -> ResponseReturnValue:
    """Show the form of a new task."""
    project = find_project(g.community, project_id)
    _require_mine(project)
    return _form(project, Form.blank(due_hour="18:00", priority="normal"))


def _require_mine(project: Project) -> None:
    if not reading.may_change(project, g.member):
        raise NotYourProject


def _form(project: Project, form: Form, task: Task | None = None) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/projects/task_form.html",
            project=project,
            task=task,
            form=form,
            owners=[(each.member_id, each.member.name) for each in reading.participants(project)],
            needs=[
                (each.id, each.title, wording.STAGES[each.stage])
                for each in reading.tasks_of(project)
                if task is None or each.id != task.id
            ],
            priorities=list(wording.PRIORITIES.items()),
        ),
        form.status,
    )


@pages.post("/projets/<int:project_id>/taches/nouvelle")
def new_task(project_id: int) -> ResponseReturnValue:
    """Add a task."""
    project, form = find_project(g.community, project_id), Form.sent()

    def act(**taken: object) -> None:
        working.add(project, g.member, schemas.task(g.community, taken))

    if not form.apply(schemas.TaskSchema(), act):
        return _form(project, form)
    flash(str(_("La tâche est ajoutée.")), "good")
    return redirect(url_for("project_decisions_projects.tasks", project_id=project_id))


@pages.get("/projets/taches/<int:task_id>")
def task(task_id: int) -> ResponseReturnValue:
    """Show a task: who does it, until when, what it waits for."""
    return _task(find_task(g.community, task_id), Form.blank())


def _task(found: Task, form: Form) -> ResponseReturnValue:
    form.values.setdefault("stage", found.stage)
    waits = reading.waited_for([found])[found.id]
    return (
        render_template(
            "project_decisions/projects/task.html",
            task=found,
            project=found.project,
            form=form,
            seat=showing.seat_of(found.project, g.member),
            moves=working.may_work(found, g.member) and found.project.is_open,
            waits=waits,
            waiting=listing.waiting_for(found),
            late=showing.is_late(found),
            mine=any(each.member_id == g.member.id for each in found.owners),
            stages=list(wording.STAGES.items()),
            knowers=listing.knowers_of(found),
        ),
        form.status,
    )


@pages.get("/projets/taches/<int:task_id>/modifier")
def change_task_page(task_id: int) -> ResponseReturnValue:
    """Show a task as it was typed."""
    found = find_task(g.community, task_id)
    _require_mine(found.project)
    due = found.due_at.astimezone(ZoneInfo(g.community.timezone)) if found.due_at else None
    form = Form.blank(
        title=found.title,
        text=found.text,
        priority=found.priority,
        starts_on=found.starts_on.isoformat() if found.starts_on else None,
        due_on=due.date().isoformat() if due else None,
        due_hour=f"{due:%H:%M}" if due else "18:00",
        hours=found.hours or None,
        skills=", ".join(str(each) for each in found.skills),
        **working.typed(found),
    )
    return _form(found.project, form, found)


@pages.post("/projets/taches/<int:task_id>/modifier")
def change_task(task_id: int) -> ResponseReturnValue:
    """Keep what was typed."""
    found, form = find_task(g.community, task_id), Form.sent()

    def act(**taken: object) -> None:
        working.change(found, g.member, schemas.task(g.community, taken))

    if not form.apply(schemas.TaskSchema(), act):
        return _form(found.project, form, found)
    flash(str(_("C’est noté.")), "good")
    return _to(task_id)


def _to(task_id: int) -> ResponseReturnValue:
    return redirect(url_for("project_decisions_projects.task", task_id=task_id))


@pages.post("/projets/taches/<int:task_id>/etape")
def move(task_id: int) -> ResponseReturnValue:
    """Bring a task to a stage; what is blocked stays where it is, and the page says why."""
    found, form = find_task(g.community, task_id), Form.sent()
    view = str(form.values.get("view", ""))

    def act(stage: str, view: str) -> bool:
        return working.move(found, g.member, stage)

    if not form.apply(schemas.StageSchema(), act):
        form.values.pop("stage", None)
        return _tasks(found.project, view, form, task_id) if view else _task(found, form)
    if form.result and found.stage == Stage.DONE:
        undo.done(
            _("« %(title)s » est faite.", title=found.title),
            url_for("project_decisions_projects.put_back", task_id=task_id),
            {"view": view},
        )
    elif form.result:
        flash(
            str(
                _(
                    "« %(title)s » : %(stage)s.",
                    title=found.title,
                    stage=wording.STAGES[found.stage],
                )
            ),
            "good",
        )
    return _where(found, view)


def _where(found: Task, view: str) -> ResponseReturnValue:
    if view not in (BOARD, LIST, TIME):
        return _to(found.id)
    return redirect(
        url_for(
            "project_decisions_projects.tasks",
            project_id=found.project_id,
            vue=view if view != BOARD else None,
        )
    )


@pages.post("/projets/taches/<int:task_id>/pas-faite")
def put_back(task_id: int) -> ResponseReturnValue:
    """Put a task that was done back where it stood."""
    found = find_task(g.community, task_id)
    working.undo(found, g.member)
    db.session.commit()
    return _where(found, request.form.get("view", ""))


@pages.post("/projets/taches/<int:task_id>/prendre")
def take(task_id: int) -> ResponseReturnValue:
    """Do a task."""
    working.take(find_task(g.community, task_id), g.member)
    db.session.commit()
    flash(str(_("Vous vous chargez de cette tâche. Merci de dire où elle en est.")), "good")
    return _to(task_id)


@pages.post("/projets/taches/<int:task_id>/laisser")
def leave(task_id: int) -> ResponseReturnValue:
    """No longer do a task."""
    working.leave(find_task(g.community, task_id), g.member)
    db.session.commit()
    undo.done(
        _("Vous ne vous chargez plus de cette tâche."),
        url_for("project_decisions_projects.take", task_id=task_id),
    )
    return _to(task_id)


@pages.post("/projets/taches/<int:task_id>/supprimer")
def remove_task(task_id: int) -> ResponseReturnValue:
    """Take a task away."""
    found = find_task(g.community, task_id)
    project_id = found.project_id
    working.remove(found, g.member)
    db.session.commit()
    flash(str(_("La tâche est retirée.")), "good")
    return redirect(url_for("project_decisions_projects.tasks", project_id=project_id))
