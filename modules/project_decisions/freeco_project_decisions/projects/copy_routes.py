"""Doing a project again in another community: what leaves for there is read again first."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import today
from freeco.i18n import _
from freeco.web.forms import Form
from freeco_project_decisions.projects import baring, copying, filing, reading
from freeco_project_decisions.projects.baring import Texts
from freeco_project_decisions.projects.copy_schemas import copy_schema, texts_typed, typed
from freeco_project_decisions.projects.errors import NotLent
from freeco_project_decisions.projects.models import Project
from freeco_project_decisions.projects.pages import pages


@pages.get("/projets/<int:project_id>/ici-aussi")
def copy_page(project_id: int) -> ResponseReturnValue:
    """Ask where to do it again, and show all that would be written there."""
    project = _lent(project_id)
    texts = baring.texts_of(project)
    form = Form.blank(begins=today(g.community.timezone).isoformat(), **typed(texts))
    return _copy(project, texts, form)


def _lent(project_id: int) -> Project:
    project = reading.find_project(g.community, project_id)
    if not copying.may_lend(project):
        raise NotLent
    return project


def _copy(project: Project, texts: Texts, form: Form) -> ResponseReturnValue:
    bare = baring.without_names(project, any_case=True)
    return (
        render_template(
            "project_decisions/projects/copy.html",
            project=project,
            form=form,
            texts=texts,
            places=[(each.slug, each.name) for each in copying.elsewhere(g.member)],
            documents=[(each.id, bare(each.name)) for each in filing.documents_of(project)],
        ),
        form.status,
    )


@pages.post("/projets/<int:project_id>/ici-aussi")
def copy(project_id: int) -> ResponseReturnValue:
    """Propose it again in another community of the reader, as it was read again."""
    project, form = _lent(project_id), Form.sent()
    texts = baring.texts_of(project)
    schema = copy_schema(texts)
    # A task that was thrown away while one was reading goes nowhere.
    form.values = {name: each for name, each in form.values.items() if name in schema.fields}

    def act(**taken: Any) -> Project:
        return copying.copy(
            project,
            g.member,
            taken["slug"],
            taken["begins"],
            texts_typed(texts, taken),
            taken["documents"],
        )

    if not form.apply(schema, act):
        return _copy(project, texts, form)
    made = form.result
    flash(str(_("Le projet est proposé ici aussi, sans le nom de ceux de là-bas.")), "good")
    return redirect(
        url_for(
            "project_decisions_projects.project",
            community=made.community.slug,
            project_id=made.id,
        )
    )
