"""The people of a project: who follows its news, who steps back, what each one does in it."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.i18n import _
from freeco.web.forms import Form
from freeco_project_decisions.projects import reading, schemas, showing, taking_part, wording
from freeco_project_decisions.projects.errors import NotYourProject
from freeco_project_decisions.projects.models import Part, Participant, Project
from freeco_project_decisions.projects.pages import pages
from freeco_project_decisions.projects.reading import find_project


@pages.post("/projets/<int:project_id>/suivre")
def follow(project_id: int) -> ResponseReturnValue:
    """Receive the news of a project."""
    taking_part.follow(find_project(g.community, project_id), g.member)
    db.session.commit()
    flash(str(_("Vous recevrez les nouvelles de ce projet.")), "good")
    return redirect(url_for("project_decisions_projects.project", project_id=project_id))


@pages.post("/projets/<int:project_id>/ne-plus-suivre")
def stop_following(project_id: int) -> ResponseReturnValue:
    """No longer receive its news."""
    taking_part.stop_following(find_project(g.community, project_id), g.member)
    db.session.commit()
    flash(str(_("Vous ne recevrez plus les nouvelles de ce projet.")), "good")
    return redirect(url_for("project_decisions_projects.project", project_id=project_id))


@pages.post("/projets/<int:project_id>/ne-plus-aider")
def step_back(project_id: int) -> ResponseReturnValue:
    """No longer help."""
    taking_part.step_back(find_project(g.community, project_id), g.member)
    db.session.commit()
    flash(str(_("C’est noté : vous n’aidez plus, et vous suivez encore les nouvelles.")), "good")
    return redirect(url_for("project_decisions_projects.project", project_id=project_id))


@pages.get("/projets/<int:project_id>/equipe")
def team(project_id: int) -> ResponseReturnValue:
    """Show who takes part, and to those who change the project what each one does in it."""
    return _team(find_project(g.community, project_id))


def _team(
    shown: Project, form: Form | None = None, changed: Participant | None = None
) -> ResponseReturnValue:
    form = form or Form.blank()
    return (
        render_template(
            "project_decisions/projects/team.html",
            project=shown,
            seat=showing.seat_of(shown, g.member),
            people=reading.participants(shown),
            hands=showing.hands_of(shown, reading.participants(shown)),
            form=form,
            changed=changed,
        ),
        form.status,
    )


@pages.get("/projets/<int:project_id>/equipe/<int:participant_id>")
def part_page(project_id: int, participant_id: int) -> ResponseReturnValue:
    """Show what somebody does in a project, to change it."""
    found = find_project(g.community, project_id)
    if not reading.may_change(found, g.member):
        raise NotYourProject
    part = taking_part.find_part(found, participant_id)
    return _part(found, part, Form.blank(part=part.part, charge=part.charge))


def _part(project: Project, part: Participant, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/projects/part.html",
            project=project,
            part=part,
            form=form,
            choices=[(each, wording.GIVEN[each]) for each in Part],
        ),
        form.status,
    )


@pages.post("/projets/<int:project_id>/equipe/<int:participant_id>")
def give_part(project_id: int, participant_id: int) -> ResponseReturnValue:
    """Say what somebody does in a project."""
    found, form = find_project(g.community, project_id), Form.sent()
    part = taking_part.find_part(found, participant_id)

    def act(part: str, charge: str) -> None:
        taking_part.give_part(found, g.member, participant_id, part, charge)

    if not form.apply(schemas.PartSchema(), act):
        return _part(found, part, form)
    flash(str(_("C’est noté.")), "good")
    return redirect(url_for("project_decisions_projects.team", project_id=project_id))
