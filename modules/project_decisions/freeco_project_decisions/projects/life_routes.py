"""The life of a project besides its tasks: news, report, archive, how projects begin."""

from secrets import token_urlsafe

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import requires
from freeco.i18n import _, money
from freeco.money import Money
from freeco.web import undo
from freeco.web.forms import Form
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls import wording as poll_wording
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.projects import (
    closing,
    life_schemas,
    proposing,
    reading,
    showing,
    spending,
    telling,
)
from freeco_project_decisions.projects.errors import NotYourProject
from freeco_project_decisions.projects.models import Project
from freeco_project_decisions.projects.pages import pages
from freeco_project_decisions.projects.reading import find_project


def _mine(project_id: int) -> Project:
    found = find_project(g.community, project_id)
    if not reading.may_change(found, g.member):
        raise NotYourProject
    return found


def _to(project_id: int) -> ResponseReturnValue:
    return redirect(url_for("project_decisions_projects.project", project_id=project_id))


@pages.get("/projets/<int:project_id>/nouvelles")
def news(project_id: int) -> ResponseReturnValue:
    """Show what was told, and to those who change the project a letter to write."""
    return _news(find_project(g.community, project_id), Form.blank(token=token_urlsafe(16)))


def _news(project: Project, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/projects/news.html",
            project=project,
            seat=showing.seat_of(project, g.member),
            form=form,
            news=telling.news_of(project),
            listeners=len(telling.listeners(project)),
        ),
        form.status,
    )


@pages.post("/projets/<int:project_id>/nouvelles")
def write_news(project_id: int) -> ResponseReturnValue:
    """Write to those who take part; sent twice is said once."""
    project, form = find_project(g.community, project_id), Form.sent()

    def act(subject: str, text: str, token: str) -> None:
        telling.write_news(project, g.member, subject, text, token)

    if not form.apply(life_schemas.NewsSchema(), act):
        return _news(project, form)
    flash(
        str(_("C’est écrit : ceux qui suivent le projet le reçoivent, chacun à son rythme.")),
        "good",
    )
    return redirect(url_for("project_decisions_projects.news", project_id=project_id))


@pages.get("/projets/<int:project_id>/bilan")
def report_page(project_id: int) -> ResponseReturnValue:
    """Ask what became of a project."""
    project = _mine(project_id)
    spent = spending.spent_on(project)
    offered = showing.hands_of(project, reading.participants(project)).offered_hours
    form = Form.blank(
        done=project.report_done,
        learnt=project.report_learnt,
        cost=money(project.report_cost or spent) if project.report_cost or spent else None,
        hours=project.report_hours or offered or None,
    )
    return _report(project, form)


def _report(project: Project, form: Form) -> ResponseReturnValue:
    progress = reading.progress_of([project])[project.id]
    return (
        render_template(
            "project_decisions/projects/report.html",
            project=project,
            form=form,
            left=progress.total - progress.done,
        ),
        form.status,
    )


@pages.post("/projets/<int:project_id>/bilan")
def close(project_id: int) -> ResponseReturnValue:
    """End a project with its report."""
    project, form = find_project(g.community, project_id), Form.sent()

    def act(**taken: object) -> None:
        closing.close(project, g.member, life_schemas.report(taken))

    if not form.apply(life_schemas.ReportSchema(), act):
        return _report(project, form)
    undo.done(
        _("Le projet est terminé, avec son bilan."),
        url_for("project_decisions_projects.reopen", project_id=project_id),
    )
    return _to(project_id)


@pages.post("/projets/<int:project_id>/rouvrir")
def reopen(project_id: int) -> ResponseReturnValue:
    """Take a closed project up again."""
    closing.reopen(find_project(g.community, project_id), g.member)
    db.session.commit()
    flash(str(_("Le projet est repris ; son bilan est gardé pour la prochaine fois.")), "good")
    return _to(project_id)


@pages.post("/projets/<int:project_id>/archiver")
def archive(project_id: int) -> ResponseReturnValue:
    """Put a project that is over away."""
    closing.archive(find_project(g.community, project_id), g.member)
    db.session.commit()
    undo.done(
        _("Le projet est aux archives."),
        url_for("project_decisions_projects.take_out", project_id=project_id),
    )
    return _to(project_id)


@pages.post("/projets/<int:project_id>/desarchiver")
def take_out(project_id: int) -> ResponseReturnValue:
    """Put it back among the others."""
    closing.archive(find_project(g.community, project_id), g.member, away=False)
    db.session.commit()
    flash(str(_("Le projet est sorti des archives.")), "good")
    return _to(project_id)


@pages.get("/projets/reglages")
@requires(PREPARE.name)
def rules_page() -> ResponseReturnValue:
    """Show how projects begin here."""
    rules = reading.rules_of(g.community)
    form = Form.blank(
        vote_first="1" if rules.vote_first else "",
        vote_days=rules.vote_days,
        lends="1" if rules.lends else "",
    )
    return _rules(form)


def _rules(form: Form) -> ResponseReturnValue:
    return render_template("project_decisions/projects/rules.html", form=form), form.status


@pages.post("/projets/reglages")
@requires(PREPARE.name)
def set_rules() -> ResponseReturnValue:
    """Say how projects begin here."""
    form = Form.sent()

    def act(vote_first: bool, vote_days: int, lends: bool) -> None:
        proposing.set_rules(g.community, vote_first, vote_days, lends)

    if not form.apply(life_schemas.RulesSchema(), act):
        return _rules(form)
    flash(str(_("C’est noté : cela vaut pour les projets à venir.")), "good")
    return redirect(url_for("project_decisions_projects.home"))


@pages.get("/projets/choisir")
@requires(PREPARE.name)
def choose_page() -> ResponseReturnValue:
    """Show the projects that a vote may choose among."""
    return _choose(Form.blank(title=str(_("Quels projets ouvrir ?"))))


def _choose(form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/projects/choose.html",
            form=form,
            candidates=[
                (each.id, each.title, money(each.asked) if each.asked else _("coût non dit"))
                for each in proposing.proposed(g.community)
            ],
            methods=[
                (each, poll_wording.METHODS[each], poll_wording.EXPLAINED[each])
                for each in life_schemas.CHOOSING
            ],
        ),
        form.status,
    )


@pages.post("/projets/choisir")
@requires(PREPARE.name)
def choose() -> ResponseReturnValue:
    """Prepare a vote among projects: those it keeps open by themselves."""
    form = Form.sent()

    def act(title: str, method: str, budget: int | None, projects: list[int]) -> Poll:
        amount = Money(budget) if budget and method in life_schemas.SPLITTING else None
        return proposing.prepare_choice(g.community, g.member, title, method, amount, projects)

    if not form.apply(life_schemas.ChoiceSchema(), act):
        return _choose(form)
    return redirect(url_for("project_decisions_preparing.preview", poll_id=form.result.id))
