"""Projects as members meet them: the list, one project, proposing, taking part, its people."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.doors import held_here
from freeco.i18n import _, money
from freeco.web.forms import Form
from freeco.web.lists import page_of
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.projects import (
    copying,
    filing,
    knowing,
    meeting,
    proposing,
    reading,
    schemas,
    search,
    showing,
    spending,
    starting,
    taking_part,
    telling,
    wording,
)
from freeco_project_decisions.projects.errors import NotYourProject
from freeco_project_decisions.projects.models import Project, ProjectState
from freeco_project_decisions.projects.pages import pages
from freeco_project_decisions.projects.reading import find_project

FOLDERS = {
    "": (ProjectState.ACTIVE,),
    "proposes": (ProjectState.PROPOSED, ProjectState.REFUSED),
    "termines": (ProjectState.CLOSED,),
    "archives": (),
}
"""The folders of the list, by their word in the address."""


@pages.app_context_processor
def _words() -> dict[str, object]:
    return {
        "projects_words": wording,
        "projects_label": search.label_here,
        "projects_state": wording.state_of,
    }


pages.add_app_template_filter(search.label_here, "linked_here")


@pages.get("/projets/")
def home() -> ResponseReturnValue:
    """Show the projects of a folder, and what the reader still has to do."""
    folder = request.args.get("dossier", "")
    folder = folder if folder in FOLDERS else ""
    words = request.args.get("q", "")[:80]
    found = search.listed(g.community, FOLDERS[folder], words, archived=folder == "archives")
    page = page_of(found, 20)
    return render_template(
        "project_decisions/projects/home.html",
        page=page,
        folder=folder,
        words=words,
        progress=reading.progress_of(page.rows),
        mine=reading.mine(g.community, g.member),
        rules=reading.rules_of(g.community),
        prepares=prepares(),
        choosable=len(proposing.proposed(g.community)) if prepares() else 0,
    )


def prepares() -> bool:
    """Whether the reader prepares votes."""
    return PREPARE.name in held_here()


@pages.get("/projets/nouveau")
def new_page() -> ResponseReturnValue:
    """Show the form of a new project."""
    return _form(Form.blank(shared="1", meets_hour="20:00"))


def _form(form: Form, project: Project | None = None) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/projects/form.html",
            form=form,
            project=project,
            rules=reading.rules_of(g.community),
        ),
        form.status,
    )


@pages.post("/projets/nouveau")
def new() -> ResponseReturnValue:
    """Make a project with all that it needs, in one step; a second click makes no other."""
    form = Form.sent()

    def act(**taken: object) -> Project:
        return proposing.propose(
            g.community,
            g.member,
            schemas.described(taken),
            list(taken["tasks"]),  # type: ignore[call-overload]
            schemas.first_meeting(g.community, taken),
        )

    if not form.apply(schemas.ProjectSchema(), act):
        return _form(form)
    if form.result.state == ProjectState.PROPOSED:
        told = _("Votre projet est proposé : sa discussion est ouverte, et son vote est préparé.")
    else:
        told = _("Le projet est ouvert, avec sa discussion, ses tâches et son agenda.")
    flash(str(told), "good")
    return redirect(url_for("project_decisions_projects.project", project_id=form.result.id))


@pages.get("/projets/<int:project_id>")
def project(project_id: int) -> ResponseReturnValue:
    """Show a project: what it wants, who does it, how far it has come."""
    return _page(find_project(g.community, project_id))


def _page(shown: Project, helping: Form | None = None) -> ResponseReturnValue:
    people = reading.participants(shown)
    seat = showing.seat_of(shown, g.member)
    lines = reading.budget_of(shown)
    form = helping or Form.blank(hours=seat.part.hours if seat.part and seat.part.hours else None)
    tasks = showing.shown(shown, g.member)
    return (
        render_template(
            "project_decisions/projects/project.html",
            project=shown,
            seat=seat,
            form=form,
            people=people,
            hands=showing.hands_of(shown, people),
            progress=reading.progress_of([shown])[shown.id],
            next_tasks=[
                each
                for each in showing.in_order(tasks, "due")
                if each.task.stage != "done"
                and any(owner.member_id == g.member.id for owner in each.task.owners)
            ],
            free=[each for each in tasks if each.task.stage != "done" and not each.task.owners],
            meetings=meeting.coming(shown),
            news=telling.news_of(shown)[:3],
            lines=lines,
            spent=spending.spent_on(shown),
            knowers=knowing.for_skills(g.community, [str(each) for each in shown.skills]),
            decision=starting.decision_of(shown),
            stated=starting.statement_of(shown),
            poll=reading.poll_of(shown),
            documents=len(filing.documents_of(shown)),
            lends=copying.may_lend(shown),
            origin=copying.origin_of(shown, g.member),
            prepares=prepares(),
        ),
        form.status,
    )


@pages.get("/projets/<int:project_id>/modifier")
def change_page(project_id: int) -> ResponseReturnValue:
    """Show a project as it was typed."""
    return _form(_typed(_mine(project_id)), find_project(g.community, project_id))


def _mine(project_id: int) -> Project:
    found = find_project(g.community, project_id)
    if not reading.may_change(found, g.member):
        raise NotYourProject
    return found


def _typed(project: Project) -> Form:
    return Form.blank(
        title=project.title,
        goals=project.goals,
        resources=project.resources,
        people=project.people or None,
        hours=project.hours or None,
        skills=", ".join(str(each) for each in project.skills),
        asked=money(project.asked) if project.asked is not None else None,
        starts_on=project.starts_on.isoformat() if project.starts_on else None,
        ends_on=project.ends_on.isoformat() if project.ends_on else None,
        shared="1" if project.shared else "",
    )


@pages.post("/projets/<int:project_id>/modifier")
def change(project_id: int) -> ResponseReturnValue:
    """Keep what was typed."""
    found, form = find_project(g.community, project_id), Form.sent()

    def act(**taken: object) -> None:
        proposing.describe(found, g.member, schemas.described(taken))

    if not form.apply(schemas.DescribedSchema(), act):
        return _form(form, found)
    flash(str(_("C’est noté.")), "good")
    return _back(project_id)


def _back(project_id: int, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(
        url_for("project_decisions_projects.project", project_id=project_id, _anchor=anchor)
    )


@pages.post("/projets/<int:project_id>/aider")
def help_with(project_id: int) -> ResponseReturnValue:
    """Offer one's hands."""
    found, form = find_project(g.community, project_id), Form.sent()

    def act(hours: int) -> None:
        taking_part.help_with(found, g.member, hours)

    if not form.apply(schemas.HelpSchema(), act):
        return _page(found, form)
    flash(str(_("C’est noté : vous aidez à ce projet.")), "good")
    return _back(project_id)


@pages.post("/projets/<int:project_id>/voter")
def prepare_vote(project_id: int) -> ResponseReturnValue:
    """Prepare the vote that opens a project; again leads to the one there is."""
    found = _mine(project_id)
    form = Form()
    if not form.apply(Schema(), lambda: proposing.prepare_vote(found)):
        return _page(found)
    if prepares():
        return redirect(url_for("project_decisions_preparing.preview", poll_id=form.result.id))
    flash(str(_("Le vote est préparé : la coordination le relit et l’ouvre.")), "good")
    return _back(project_id)
