"""Assemblies as members meet them: what is called, what is sitting, proxies, the big screen."""

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import held_here
from freeco.errors import Absent
from freeco.i18n import _
from freeco.web.downloads import pdf_answer
from freeco.web.forms import Form
from freeco_project_decisions.assembly import (
    agenda,
    attending,
    holding,
    minutes,
    papers,
    reading,
    screen,
    voices,
    wording,
)
from freeco_project_decisions.assembly.agenda import find_item
from freeco_project_decisions.assembly.errors import OnlyMembers
from freeco_project_decisions.assembly.models import Assembly, AssemblyState
from freeco_project_decisions.assembly.preparing import find_assembly
from freeco_project_decisions.assembly.schemas import ProxySchema
from freeco_project_decisions.permissions import ASSEMBLY
from freeco_project_decisions.polls import paper
from freeco_project_decisions.polls import reading as polls

AGAIN = 5
"""Seconds after which the wall looks again, without a script."""
pages = Blueprint("project_decisions_assembly", __name__)


@pages.app_context_processor
def _words() -> dict[str, object]:
    return {"assembly_words": wording, "assembly_item_of": reading.item_of}


def prepares() -> bool:
    """Whether the reader calls assemblies and keeps their papers."""
    return ASSEMBLY.name in held_here()


def runs(assembly: Assembly) -> bool:
    """Whether the reader holds this assembly: by their charge, as chair or as secretary."""
    return prepares() or holding.may_run(assembly, g.member)


def seen(assembly_id: int) -> Assembly:
    """Return an assembly that the reader may see; raise Absent for a draft of others."""
    assembly = find_assembly(g.community, assembly_id)
    if assembly.state == AssemblyState.DRAFT and not prepares():
        raise Absent
    return assembly


@pages.get("/assemblees")
def home() -> ResponseReturnValue:
    """Show the assemblies that come, and those that are over with their minutes."""
    closed = list(reversed(reading.by_state(g.community, AssemblyState.CLOSED)))
    coming = reading.by_state(g.community, AssemblyState.OPEN, AssemblyState.CALLED)
    return render_template(
        "project_decisions/assembly/home.html",
        coming=coming,
        closed=closed,
        minutes=reading.minutes_of(closed),
        cancelled=reading.by_state(g.community, AssemblyState.CANCELLED),
        drafts=reading.by_state(g.community, AssemblyState.DRAFT) if prepares() else [],
    )


@pages.get("/assemblees/<int:assembly_id>")
def assembly(assembly_id: int) -> ResponseReturnValue:
    """Show an assembly: when, where, about what; its proxies and what was decided."""
    shown = seen(assembly_id)
    if shown.state == AssemblyState.DRAFT:
        return redirect(url_for("project_decisions_assembly.prepare", assembly_id=assembly_id))
    return _page(shown, Form.blank())


def _page(assembly: Assembly, form: Form) -> ResponseReturnValue:
    item_polls = [each.poll for each in assembly.items if each.poll is not None]
    return (
        render_template(
            "project_decisions/assembly/assembly.html",
            assembly=assembly,
            form=form,
            came=attending.attendance(assembly),
            current=holding.current(assembly),
            given=attending.proxy_of(assembly, g.member),
            held=attending.held_by(assembly, g.member),
            holders=_holders(assembly),
            decisions={poll.id: found for poll in item_polls if (found := polls.decision_of(poll))},
            in_room=_in_room(assembly),
            runs=runs(assembly),
            prepares=prepares(),
            counts=holding.is_teller(assembly, g.member),
            minutes=minutes.of(assembly),
            left=sum(map(agenda.is_left, assembly.items)),
        ),
        form.status,
    )


def _in_room(assembly: Assembly) -> set[int]:
    """Return the open polls in which the reader already votes in the room."""
    found = set()
    for poll in voices.running(assembly):
        voters = paper.voter_ids(poll)
        if any(
            each.id in voters
            for each in polls.electors(poll)
            if g.member.id in (each.member_id, each.voice_id)
        ):
            found.add(poll.id)
    return found


def _holders(assembly: Assembly) -> list[tuple[int | str, object]]:
    if not assembly.most_proxies or assembly.state not in attending.TAKEN:
        return []
    if attending.has_come(assembly, g.member):
        return []
    others = [each for each in reading.persons(g.community) if each.id != g.member.id]
    return [("", _("Choisissez une personne")), *((each.id, each.name) for each in others)]


@pages.post("/assemblees/<int:assembly_id>/procuration")
def give_proxy(assembly_id: int) -> ResponseReturnValue:
    """Hand one's voice to another member for this assembly."""
    shown, form = seen(assembly_id), Form.sent()

    def act(holder: int) -> None:
        chosen = reading.find_person(g.community, holder)
        if chosen is None:
            raise OnlyMembers
        attending.give_proxy(shown, g.member, chosen)

    if not form.apply(ProxySchema(), act):
        return _page(shown, form)
    flash(str(_("Votre procuration est donnée. Vous pouvez encore la reprendre.")), "good")
    return redirect(url_for("project_decisions_assembly.assembly", assembly_id=assembly_id))


@pages.post("/assemblees/<int:assembly_id>/procuration/reprendre")
def take_back_proxy(assembly_id: int) -> ResponseReturnValue:
    """Take one's proxy back."""
    attending.take_back_proxy(seen(assembly_id), g.member)
    db.session.commit()
    flash(str(_("Votre procuration est reprise.")), "good")
    return redirect(url_for("project_decisions_assembly.assembly", assembly_id=assembly_id))


@pages.get("/assemblees/<int:assembly_id>/convocation.pdf")
def convocation(assembly_id: int) -> ResponseReturnValue:
    """Print the convocation, with the agenda and a proxy to cut off."""
    shown = seen(assembly_id)
    return pdf_answer(papers.print_convocation(shown), f"convocation-{assembly_id}.pdf")


@pages.get("/assemblees/<int:assembly_id>/points/<int:item_id>/document.pdf")
def document(assembly_id: int, item_id: int) -> ResponseReturnValue:
    """Give the document of an item."""
    item = find_item(seen(assembly_id), item_id)
    if item.file is None:
        raise Absent
    answer = pdf_answer(item.file, f"point-{item.place}.pdf")
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@pages.get("/assemblees/<int:assembly_id>/ecran")
def wall(assembly_id: int) -> ResponseReturnValue:
    """Project what is discussed and voted, in large letters; it looks again by itself."""
    shown, dark = seen(assembly_id), request.args.get("fond") == "sombre"
    still = "arret" in request.args
    answer = make_response(
        render_template(
            "project_decisions/assembly/screen.html",
            assembly=shown,
            screen=screen.of(shown),
            dark=dark,
            still=still,
        )
    )
    if not still:
        answer.headers["Refresh"] = str(AGAIN)
    return answer
