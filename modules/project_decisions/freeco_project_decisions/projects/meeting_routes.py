"""The meetings of a project: announced, moved, told, and what they ask for made into tasks."""

from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.i18n import _, counted
from freeco.web import undo
from freeco.web.forms import Form
from freeco_project_decisions.projects import meeting, reading, schemas, showing
from freeco_project_decisions.projects.errors import NotYourProject
from freeco_project_decisions.projects.meeting import find_meeting
from freeco_project_decisions.projects.models import Project
from freeco_project_decisions.projects.pages import pages
from freeco_project_decisions.projects.reading import find_project
from freeco_project_decisions.projects.task_models import Meeting


@pages.get("/projets/<int:project_id>/reunions")
def meetings(project_id: int) -> ResponseReturnValue:
    """Show the meetings of a project."""
    project = find_project(g.community, project_id)
    coming = meeting.coming(project)
    return render_template(
        "project_decisions/projects/meetings.html",
        project=project,
        seat=showing.seat_of(project, g.member),
        coming=coming,
        past=[each for each in meeting.meetings_of(project) if each not in coming],
    )


def _require_mine(project: Project) -> None:
    if not reading.may_change(project, g.member):
        raise NotYourProject


@pages.get("/projets/<int:project_id>/reunions/nouvelle")
def new_meeting_page(project_id: int) -> ResponseReturnValue:
    """Show the form of a new meeting."""
    project = find_project(g.community, project_id)
    _require_mine(project)
    return _form(project, Form.blank(begins="20:00", ends="22:00"))


def _form(project: Project, form: Form, changed: Meeting | None = None) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/projects/meeting_form.html",
            project=project,
            meeting=changed,
            form=form,
        ),
        form.status,
    )


@pages.post("/projets/<int:project_id>/reunions/nouvelle")
def new_meeting(project_id: int) -> ResponseReturnValue:
    """Announce a meeting."""
    project, form = find_project(g.community, project_id), Form.sent()

    def act(**taken: object) -> Meeting:
        return meeting.announce(project, g.member, schemas.meeting(g.community, taken))

    if not form.apply(schemas.MeetingSchema(), act):
        return _form(project, form)
    flash(
        str(_("La réunion est annoncée : elle est dans l’agenda de ceux qui participent.")), "good"
    )
    return _to(form.result.id)


def _to(meeting_id: int) -> ResponseReturnValue:
    return redirect(url_for("project_decisions_projects.meeting_page", meeting_id=meeting_id))


@pages.get("/projets/reunions/<int:meeting_id>")
def meeting_page(meeting_id: int) -> ResponseReturnValue:
    """Show a meeting, its minutes, and what they ask for."""
    found = find_meeting(g.community, meeting_id)
    return _page(found, Form.blank(minutes=found.minutes))


def _page(found: Meeting, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/projects/meeting.html",
            meeting=found,
            project=found.project,
            form=form,
            seat=showing.seat_of(found.project, g.member),
            asked=meeting.asked(found),
            names=meeting.names_of(found),
        ),
        form.status,
    )


@pages.get("/projets/reunions/<int:meeting_id>/modifier")
def change_meeting_page(meeting_id: int) -> ResponseReturnValue:
    """Show a meeting as it was typed."""
    found = find_meeting(g.community, meeting_id)
    _require_mine(found.project)
    zone = ZoneInfo(g.community.timezone)
    starts, ends = found.starts_at.astimezone(zone), found.ends_at.astimezone(zone)
    form = Form.blank(
        title=found.title,
        on=starts.date().isoformat(),
        begins=f"{starts:%H:%M}",
        ends=f"{ends:%H:%M}",
        place=found.place,
        agenda=found.agenda,
    )
    return _form(found.project, form, found)


@pages.post("/projets/reunions/<int:meeting_id>/modifier")
def change_meeting(meeting_id: int) -> ResponseReturnValue:
    """Keep what was typed."""
    found, form = find_meeting(g.community, meeting_id), Form.sent()

    def act(**taken: object) -> None:
        meeting.change(found, g.member, schemas.meeting(g.community, taken))

    if not form.apply(schemas.MeetingSchema(), act):
        return _form(found.project, form, found)
    flash(str(_("C’est noté.")), "good")
    return _to(meeting_id)


@pages.post("/projets/reunions/<int:meeting_id>/annuler")
def call_off_meeting(meeting_id: int) -> ResponseReturnValue:
    """Call a meeting off."""
    meeting.call_off(find_meeting(g.community, meeting_id), g.member)
    db.session.commit()
    undo.done(
        _("La réunion est annulée."),
        url_for("project_decisions_projects.restore_meeting", meeting_id=meeting_id),
    )
    return _to(meeting_id)


@pages.post("/projets/reunions/<int:meeting_id>/maintenir")
def restore_meeting(meeting_id: int) -> ResponseReturnValue:
    """Hold it after all."""
    meeting.restore(find_meeting(g.community, meeting_id), g.member)
    db.session.commit()
    flash(str(_("La réunion est maintenue.")), "good")
    return _to(meeting_id)


@pages.post("/projets/reunions/<int:meeting_id>/compte-rendu")
def write_minutes(meeting_id: int) -> ResponseReturnValue:
    """Keep the minutes."""
    found, form = find_meeting(g.community, meeting_id), Form.sent()

    def act(minutes: str) -> None:
        meeting.write_minutes(found, g.member, minutes)

    if not form.apply(schemas.MinutesSchema(), act):
        return _page(found, form)
    flash(str(_("Le compte rendu est gardé.")), "good")
    return _to(meeting_id)


@pages.post("/projets/reunions/<int:meeting_id>/actions")
def make_tasks(meeting_id: int) -> ResponseReturnValue:
    """Make tasks of the lines that were ticked; a line is made a task once."""
    found, form = find_meeting(g.community, meeting_id), Form.sent()

    def act(lines: list[str]) -> int:
        return len(meeting.make_tasks(found, g.member, lines))

    if not form.apply(schemas.LinesSchema(), act):
        form.values["minutes"] = found.minutes
        return _page(found, form)
    flash(
        counted(
            "%(num)s tâche est faite du compte rendu.",
            "%(num)s tâches sont faites du compte rendu.",
            form.result,
        )
        if form.result
        else str(_("Rien n’était à ajouter : ces lignes sont déjà des tâches.")),
        "good",
    )
    return _to(meeting_id)
