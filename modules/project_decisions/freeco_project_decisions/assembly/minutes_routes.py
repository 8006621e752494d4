"""Minutes on their pages: what was said, signing, adopting; and the register of decisions."""

from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.doors import requires
from freeco.errors import Absent
from freeco.i18n import _
from freeco.listings import Format
from freeco.web.downloads import pdf_answer
from freeco.web.forms import Form
from freeco_project_decisions.assembly import (
    holding,
    papers,
    reading,
    register,
)
from freeco_project_decisions.assembly import minutes as writing
from freeco_project_decisions.assembly.agenda import find_item
from freeco_project_decisions.assembly.models import Assembly, AssemblyState
from freeco_project_decisions.assembly.preparing import find_assembly
from freeco_project_decisions.assembly.room_routes import run_by_reader
from freeco_project_decisions.assembly.routes import pages, runs, seen
from freeco_project_decisions.assembly.schemas import (
    AdoptSchema,
    NotesSchema,
    OfficersSchema,
    PeriodSchema,
)
from freeco_project_decisions.permissions import ASSEMBLY
from freeco_project_decisions.polls import routes as polls
from freeco_project_decisions.polls.showing import statement_of


@pages.get("/assemblees/<int:assembly_id>/proces-verbal")
def minutes(assembly_id: int) -> ResponseReturnValue:
    """Show the minutes: to who holds the assembly while written, to all once signed."""
    assembly = seen(assembly_id)
    fixed = writing.of(assembly)
    if not runs(assembly) and (fixed is None or not fixed.sha256):
        raise Absent
    if assembly.state not in (AssemblyState.OPEN, AssemblyState.CLOSED):
        raise Absent
    return _page(assembly, Form.blank())


def _people() -> list[tuple[int, str]]:
    return [(each.id, each.name) for each in reading.persons(g.community)]


def _page(assembly: Assembly, form: Form, item_id: int = 0) -> ResponseReturnValue:
    fixed = writing.of(assembly)
    later = [
        (each.id, each.title)
        for each in reading.by_state(g.community, AssemblyState.CLOSED, AssemblyState.OPEN)
        if each.starts_at > assembly.starts_at
    ]
    return (
        render_template(
            "project_decisions/assembly/minutes.html",
            assembly=assembly,
            fixed=fixed,
            form=form,
            typing=item_id,
            content=writing.content(assembly),
            runs=runs(assembly),
            signs=holding.may_run(assembly, g.member),
            signed=fixed is not None
            and bool(
                (g.member.id != assembly.chair_id or fixed.chair_signed_at)
                and (g.member.id != assembly.secretary_id or fixed.secretary_signed_at)
            ),
            people=[("", _("Personne")), *_people()] if fixed is None else [],
            officers=Form.blank(chair=assembly.chair_id, secretary=assembly.secretary_id),
            later=[("", _("Choisissez une assemblée")), *later] if later else [],
            stated=statement_of(g.community, f"assembly_minutes:{assembly.id}"),
        ),
        form.status,
    )


@pages.post("/assemblees/<int:assembly_id>/points/<int:item_id>/notes")
def keep_notes(assembly_id: int, item_id: int) -> ResponseReturnValue:
    """Keep what was said about an item."""
    assembly, form = run_by_reader(assembly_id), Form.sent()
    item = find_item(assembly, item_id)

    def act(notes: str) -> None:
        writing.note(item, notes)

    if not form.apply(NotesSchema(), act):
        return _page(assembly, form, item_id)
    flash(str(_("C’est noté.")), "good")
    address = url_for(
        "project_decisions_assembly.minutes",
        assembly_id=assembly_id,
        _anchor=f"point-{item.place}",
    )
    return redirect(address)


@pages.post("/assemblees/<int:assembly_id>/bureau")
def name_officers(assembly_id: int) -> ResponseReturnValue:
    """Say who presides and who writes."""
    assembly, form = run_by_reader(assembly_id), Form.sent()

    def act(chair: int | None, secretary: int | None) -> None:
        one, other = (reading.find_person(g.community, each) for each in (chair, secretary))
        writing.name_officers(assembly, one, other)

    if not form.apply(OfficersSchema(), act):
        return _page(assembly, form)
    flash(str(_("Le président et le secrétaire de séance sont notés.")), "good")
    return _back(assembly)


@pages.post("/assemblees/<int:assembly_id>/proces-verbal/<any(arreter,rouvrir,signer):what>")
def go_on(assembly_id: int, what: str) -> ResponseReturnValue:
    """Fix the text, open it again as long as it is not signed by both, or sign it."""
    assembly, form = run_by_reader(assembly_id), Form()

    def act() -> None:
        if what == "arreter":
            writing.fix(assembly)
        elif what == "rouvrir":
            writing.reopen(assembly)
        else:
            writing.sign(assembly, g.member)

    if not form.apply(Schema(), act):
        return _page(assembly, form)
    return _back(assembly)


def _back(assembly: Assembly) -> ResponseReturnValue:
    return redirect(url_for("project_decisions_assembly.minutes", assembly_id=assembly.id))


@pages.post("/assemblees/<int:assembly_id>/proces-verbal/adopter")
@requires(ASSEMBLY.name)
def adopt(assembly_id: int) -> ResponseReturnValue:
    """Note that a later assembly adopted the minutes."""
    assembly, form = find_assembly(g.community, assembly_id), Form.sent()

    def act(where: int) -> None:
        writing.adopt(assembly, find_assembly(g.community, where))

    if not form.apply(AdoptSchema(), act):
        return _page(assembly, form)
    flash(str(_("Le procès-verbal est adopté.")), "good")
    return _back(assembly)


@pages.get("/assemblees/<int:assembly_id>/proces-verbal.pdf")
def pdf(assembly_id: int) -> ResponseReturnValue:
    """Give the minutes as a PDF: what both signed, to the letter, or the draft."""
    assembly = seen(assembly_id)
    fixed = writing.of(assembly)
    if not runs(assembly) and (fixed is None or not fixed.sha256):
        raise Absent
    if assembly.state not in (AssemblyState.OPEN, AssemblyState.CLOSED):
        raise Absent
    return pdf_answer(writing.pdf(assembly), f"proces-verbal-{assembly_id}.pdf")


@pages.get("/decisions.<any(pdf,csv,ods):form>")
def decisions(form: Literal["pdf"] | Format) -> ResponseReturnValue:
    """Give the register of decisions of some time as a file.

    Days that cannot be read, or that stand backwards, are told on the page where they were typed.
    """
    asked = Form.blank(du=request.args.get("du", "")[:20], au=request.args.get("au", "")[:20])
    period = asked.take(PeriodSchema())
    if period is None:
        return polls.show_register(asked)
    since, until = period["du"], period["au"]
    zone = ZoneInfo(g.community.timezone)
    found = reading.decisions_between(
        g.community,
        datetime.combine(since, time(), zone) if since else None,
        datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
    )
    if form == "pdf":
        content = register.content(g.community, found, since, until)
        return pdf_answer(papers.print_register(content), "releve-des-decisions.pdf")
    answer = Response(register.table(found, form), content_type=register.TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="releve-des-decisions.{form}"'
    return answer
