"""Preparing an assembly on its pages: its day, its agenda, who counts; then calling everybody."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import now
from freeco.db import db
from freeco.doors import requires
from freeco.i18n import _
from freeco.members.models import Member
from freeco.web.downloads import pdf_answer
from freeco.web.forms import Form
from freeco_project_decisions.assembly import papers, preparing, reading, wording
from freeco_project_decisions.assembly.errors import AlreadyPast
from freeco_project_decisions.assembly.models import Assembly, AssemblyState, Kind
from freeco_project_decisions.assembly.preparing import find_assembly
from freeco_project_decisions.assembly.routes import pages
from freeco_project_decisions.assembly.schemas import (
    AssemblySchema,
    CallSchema,
    ReasonSchema,
    TellersSchema,
    planned,
    typed,
)
from freeco_project_decisions.permissions import ASSEMBLY

TELLERS = 2
"""How many it takes to count a room."""


@pages.get("/assemblees/nouvelle")
@requires(ASSEMBLY.name)
def new_page() -> ResponseReturnValue:
    """Show the form of a new assembly."""
    form = Form.blank(
        kind=Kind.ORDINARY, notice_days=15, quorum="none", most_proxies=2, secretary=g.member.id
    )
    return _form(form)


def _form(form: Form, assembly: Assembly | None = None) -> ResponseReturnValue:
    people = [(each.id, each.name) for each in reading.persons(g.community)]
    return (
        render_template(
            "project_decisions/assembly/form.html",
            form=form,
            assembly=assembly,
            kinds=list(wording.KINDS.items()),
            quorums=[(name, rule[0]) for name, rule in wording.QUORUMS.items()],
            people=[("", _("À désigner en début de séance")), *people],
        ),
        form.status,
    )


def _person(member_id: int | None) -> Member | None:
    return reading.find_person(g.community, member_id)


@pages.post("/assemblees/nouvelle")
@requires(ASSEMBLY.name)
def new() -> ResponseReturnValue:
    """Keep a draft of an assembly."""
    form = Form.sent()

    def act(**taken: object) -> Assembly:
        plan = planned(g.community, taken, _person)
        if plan.starts_at <= now():
            raise AlreadyPast
        return preparing.draft(g.community, plan)

    if not form.apply(AssemblySchema(), act):
        return _form(form)
    return redirect(address_of(form.result))


def address_of(assembly: Assembly) -> str:
    """Return the page on which an assembly is prepared."""
    return url_for("project_decisions_assembly.prepare", assembly_id=assembly.id)


@pages.get("/assemblees/<int:assembly_id>/preparer")
@requires(ASSEMBLY.name)
def prepare(assembly_id: int) -> ResponseReturnValue:
    """Show an assembly as it is being prepared, to read again before everybody is called."""
    return _preparation(find_assembly(g.community, assembly_id), Form.blank())


def _preparation(assembly: Assembly, form: Form) -> ResponseReturnValue:
    people = [(each.id, each.name) for each in reading.persons(g.community)]
    return (
        render_template(
            "project_decisions/assembly/prepare.html",
            assembly=assembly,
            form=form,
            short=preparing.is_short(assembly),
            fixed=assembly.state == AssemblyState.CALLED and assembly.kind != Kind.MEETING,
            before=assembly.state in preparing.BEFORE,
            to_post=reading.without_email(g.community),
            people=people,
            tellers=[each.member_id for each in assembly.tellers],
        ),
        form.status,
    )


@pages.get("/assemblees/<int:assembly_id>/modifier")
@requires(ASSEMBLY.name)
def change_page(assembly_id: int) -> ResponseReturnValue:
    """Show an assembly as it was typed."""
    assembly = find_assembly(g.community, assembly_id)
    preparing.require_before(assembly)
    return _form(Form.blank(**typed(assembly)), assembly)


@pages.post("/assemblees/<int:assembly_id>/modifier")
@requires(ASSEMBLY.name)
def change(assembly_id: int) -> ResponseReturnValue:
    """Write an assembly anew; those who were invited are told when it moves."""
    assembly, form = find_assembly(g.community, assembly_id), Form.sent()

    def act(**taken: object) -> bool:
        plan = planned(g.community, taken, _person)
        if plan.starts_at <= now():
            raise AlreadyPast
        return preparing.change(assembly, plan)

    if not form.apply(AssemblySchema(), act):
        return _form(form, assembly)
    if form.result:
        flash(str(_("C’est changé, et chaque membre est prévenu.")), "good")
    return redirect(address_of(assembly))


@pages.post("/assemblees/<int:assembly_id>/scrutateurs")
@requires(ASSEMBLY.name)
def tellers(assembly_id: int) -> ResponseReturnValue:
    """Say who counts."""
    assembly, form = find_assembly(g.community, assembly_id), Form.sent()

    def act(tellers: list[int]) -> None:
        found = [_person(each) for each in tellers if each]
        preparing.name_tellers(assembly, [each for each in found if each is not None])

    if not form.apply(TellersSchema(), act):
        return _preparation(assembly, form)
    if len(assembly.tellers) < TELLERS:
        flash(str(_("Noté. Pour compter une salle, il faut deux personnes au moins.")), "calm")
    else:
        flash(str(_("Les personnes qui comptent sont notées.")), "good")
    return redirect(address_of(assembly))


@pages.post("/assemblees/<int:assembly_id>/convoquer")
@requires(ASSEMBLY.name)
def call(assembly_id: int) -> ResponseReturnValue:
    """Invite everybody; a second click changes nothing."""
    assembly, form = find_assembly(g.community, assembly_id), Form.sent()

    def act(short: bool) -> None:
        preparing.call(assembly, short=short)

    if not form.apply(CallSchema(), act):
        return _preparation(assembly, form)
    flash(str(_("L’assemblée est convoquée : les e-mails partent.")), "good")
    return redirect(address_of(assembly))


@pages.get("/assemblees/<int:assembly_id>/annuler")
@requires(ASSEMBLY.name)
def cancel_page(assembly_id: int) -> ResponseReturnValue:
    """Ask why an assembly is called off."""
    return _cancelling(find_assembly(g.community, assembly_id), Form.blank())


def _cancelling(assembly: Assembly, form: Form) -> ResponseReturnValue:
    page = render_template("project_decisions/assembly/cancel.html", assembly=assembly, form=form)
    return page, form.status


@pages.post("/assemblees/<int:assembly_id>/annuler")
@requires(ASSEMBLY.name)
def cancel(assembly_id: int) -> ResponseReturnValue:
    """Call an assembly off, saying why."""
    assembly, form = find_assembly(g.community, assembly_id), Form.sent()

    def act(reason: str) -> None:
        preparing.cancel(assembly, reason)

    if not form.apply(ReasonSchema(), act):
        return _cancelling(assembly, form)
    flash(str(_("L’assemblée est annulée, et chaque membre saura pourquoi.")), "good")
    return redirect(url_for("project_decisions_assembly.assembly", assembly_id=assembly_id))


@pages.post("/assemblees/<int:assembly_id>/supprimer")
@requires(ASSEMBLY.name)
def throw_away(assembly_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    preparing.throw_away(find_assembly(g.community, assembly_id))
    db.session.commit()
    flash(str(_("Le brouillon est supprimé.")), "good")
    return redirect(url_for("project_decisions_assembly.home"))


@pages.get("/assemblees/<int:assembly_id>/courriers.pdf")
@requires(ASSEMBLY.name)
def letters(assembly_id: int) -> ResponseReturnValue:
    """Print the convocations to post: one for each member whom no e-mail reaches."""
    assembly = find_assembly(g.community, assembly_id)
    pdf = papers.print_convocation(assembly, reading.without_email(g.community))
    return pdf_answer(pdf, f"courriers-{assembly_id}.pdf")
