"""The budget and the documents of a project, its sheet to print, and who knows how."""

from io import BytesIO

from flask import flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.i18n import _, money
from freeco.listings import Format
from freeco.web.downloads import list_answer
from freeco.web.forms import Form
from freeco_project_decisions.projects import (
    filing,
    knowing,
    life_schemas,
    listing,
    meeting,
    reading,
    showing,
    spending,
    wording,
)
from freeco_project_decisions.projects.errors import NotYourProject
from freeco_project_decisions.projects.knowing import Known
from freeco_project_decisions.projects.models import BudgetLine, Project
from freeco_project_decisions.projects.pages import pages
from freeco_project_decisions.projects.reading import find_project


@pages.get("/projets/<int:project_id>/budget")
def budget(project_id: int) -> ResponseReturnValue:
    """Show what a project pays for."""
    return _budget(find_project(g.community, project_id), Form.blank())


def _budget(project: Project, form: Form) -> ResponseReturnValue:
    lines = reading.budget_of(project)
    planned, spent = reading.planned(lines), reading.spent(lines)
    return (
        render_template(
            "project_decisions/projects/budget.html",
            project=project,
            seat=showing.seat_of(project, g.member),
            form=form,
            linkable=spending.linkable(project, g.member),
            lines=lines,
            planned=planned,
            spent=spent,
            left=project.budget - spent if project.budget is not None else None,
        ),
        form.status,
    )


@pages.get("/projets/<int:project_id>/budget.<any(csv,xlsx,ods):form>")
def budget_file(project_id: int, form: Format) -> ResponseReturnValue:
    """Give the budget of a project as a file that a spreadsheet opens."""
    return list_answer(listing.budget_of(find_project(g.community, project_id)), form)


@pages.post("/projets/<int:project_id>/budget")
def add_line(project_id: int) -> ResponseReturnValue:
    """Add a line."""
    project, form = find_project(g.community, project_id), Form.sent()

    def act(**taken: object) -> None:
        spending.add_line(project, g.member, life_schemas.line(taken))

    if not form.apply(life_schemas.LineSchema(), act):
        return _budget(project, form)
    flash(str(_("La ligne est ajoutée.")), "good")
    return _to_budget(project_id)


def _to_budget(project_id: int) -> ResponseReturnValue:
    return redirect(url_for("project_decisions_projects.budget", project_id=project_id))


@pages.get("/projets/<int:project_id>/budget/<int:line_id>")
def line_page(project_id: int, line_id: int) -> ResponseReturnValue:
    """Show a line as it was typed."""
    project = find_project(g.community, project_id)
    if not reading.may_change(project, g.member):
        raise NotYourProject
    line = spending.find_line(project, line_id)
    listed = line.about in dict(spending.linkable(project, g.member))
    form = Form.blank(
        label=line.label,
        planned=money(line.planned),
        spent=money(line.spent),
        chosen=line.about if listed else "",
        about="" if listed else line.about,
    )
    return _line(project, line, form)


def _line(project: Project, line: BudgetLine, form: Form) -> ResponseReturnValue:
    page = render_template(
        "project_decisions/projects/line.html",
        project=project,
        line=line,
        form=form,
        linkable=spending.linkable(project, g.member),
    )
    return page, form.status


@pages.post("/projets/<int:project_id>/budget/<int:line_id>")
def change_line(project_id: int, line_id: int) -> ResponseReturnValue:
    """Keep what was typed."""
    project, form = find_project(g.community, project_id), Form.sent()
    line = spending.find_line(project, line_id)

    def act(**taken: object) -> None:
        spending.change_line(line, g.member, life_schemas.line(taken))

    if not form.apply(life_schemas.LineSchema(), act):
        return _line(project, line, form)
    flash(str(_("C’est noté.")), "good")
    return _to_budget(project_id)


@pages.post("/projets/<int:project_id>/budget/<int:line_id>/supprimer")
def remove_line(project_id: int, line_id: int) -> ResponseReturnValue:
    """Take a line away."""
    project = find_project(g.community, project_id)
    spending.remove_line(spending.find_line(project, line_id), g.member)
    db.session.commit()
    flash(str(_("La ligne est retirée.")), "good")
    return _to_budget(project_id)


@pages.get("/projets/<int:project_id>/documents")
def documents(project_id: int) -> ResponseReturnValue:
    """Show the documents of a project."""
    return _documents(find_project(g.community, project_id), Form.blank())


def _documents(project: Project, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/projects/documents.html",
            project=project,
            seat=showing.seat_of(project, g.member),
            form=form,
            documents=filing.documents_of(project),
            accept=",".join(filing.TYPES),
        ),
        form.status,
    )


@pages.post("/projets/<int:project_id>/documents")
def add_document(project_id: int) -> ResponseReturnValue:
    """Keep a document; the same one again is the one there is."""
    project, form = find_project(g.community, project_id), Form.sent()
    sent = request.files.get("file")
    name = sent.filename or "" if sent is not None else ""
    content = sent.read() if sent is not None else b""

    def act() -> None:
        filing.add(project, g.member, name, content)

    if not form.apply(life_schemas.NothingSchema(), act):
        return _documents(project, form)
    flash(str(_("Le document est gardé.")), "good")
    return _to_documents(project_id)


def _to_documents(project_id: int) -> ResponseReturnValue:
    return redirect(url_for("project_decisions_projects.documents", project_id=project_id))


@pages.get("/projets/documents/<int:document_id>")
def document(document_id: int) -> ResponseReturnValue:
    """Give a document as a file to keep; it never opens as a page of this site."""
    found = filing.find_document(g.community, document_id)
    return send_file(
        BytesIO(found.content),
        mimetype=filing.type_of(found.name),
        as_attachment=True,
        download_name=found.name,
    )


@pages.post("/projets/documents/<int:document_id>/supprimer")
def remove_document(document_id: int) -> ResponseReturnValue:
    """Throw a document away."""
    found = filing.find_document(g.community, document_id)
    project_id = found.project_id
    filing.remove(found, g.member)
    db.session.commit()
    flash(str(_("Le document est supprimé.")), "good")
    return _to_documents(project_id)


@pages.get("/projets/<int:project_id>/fiche")
def sheet(project_id: int) -> ResponseReturnValue:
    """Show a project on one sheet, to print and pin up."""
    project = find_project(g.community, project_id)
    people = reading.participants(project)
    tasks = showing.shown(project, g.member)
    lines = reading.budget_of(project)
    return render_template(
        "project_decisions/projects/sheet.html",
        project=project,
        people=people,
        hands=showing.hands_of(project, people),
        tasks=showing.in_order(tasks, "due"),
        lines=lines,
        planned=reading.planned(lines),
        spent=reading.spent(lines),
        meetings=meeting.coming(project),
        progress=reading.progress_of([project])[project.id],
    )


@pages.get("/projets/savoir-faire")
def skills() -> ResponseReturnValue:
    """Find who knows how, and say what one knows."""
    return _skills(Form.blank(level="able"))


def _skills(form: Form) -> ResponseReturnValue:
    words = request.args.get("q", "")[:80]
    return (
        render_template(
            "project_decisions/projects/skills.html",
            form=form,
            words=words,
            found=knowing.who_knows(g.community, words),
            own=knowing.skills_of(g.member),
            levels=list(wording.LEVELS.items()),
        ),
        form.status,
    )


@pages.post("/projets/savoir-faire/ajouter")
def declare_skill() -> ResponseReturnValue:
    """Say that one knows something, and whether the others may find it."""
    form = Form.sent()

    def act(name: str, level: str, shown: bool) -> None:
        knowing.declare(g.member, Known(name, level), shown)

    if not form.apply(life_schemas.KnownSchema(), act):
        return _skills(form)
    flash(str(_("C’est noté.")), "good")
    return redirect(url_for("project_decisions_projects.skills", _anchor="mes-savoir-faire"))


@pages.post("/projets/savoir-faire/<int:skill_id>/retirer")
def forget_skill(skill_id: int) -> ResponseReturnValue:
    """Take a skill back."""
    knowing.forget(g.member, skill_id)
    db.session.commit()
    flash(str(_("C’est retiré : personne ne vous trouve plus sous ce savoir-faire.")), "good")
    return redirect(url_for("project_decisions_projects.skills", _anchor="mes-savoir-faire"))
