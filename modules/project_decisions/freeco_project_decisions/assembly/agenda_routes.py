"""The agenda on its pages: items, their documents, their votes; what is taken up again."""

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import requires
from freeco.i18n import _
from freeco.web.forms import Form
from freeco_project_decisions.assembly import agenda, minutes, preparing, reading, wording
from freeco_project_decisions.assembly.agenda import find_item
from freeco_project_decisions.assembly.errors import NotAPdf
from freeco_project_decisions.assembly.models import Assembly, AssemblyItem
from freeco_project_decisions.assembly.preparing import find_assembly
from freeco_project_decisions.assembly.preparing_routes import address_of
from freeco_project_decisions.assembly.routes import pages
from freeco_project_decisions.assembly.schemas import (
    ItemSchema,
    resolution,
)
from freeco_project_decisions.permissions import ASSEMBLY
from freeco_project_decisions.polls import wording as polls
from freeco_project_decisions.polls.models import PollState, Room
from freeco_project_decisions.polls.opening import find_poll

HEAVIEST = 5_000_000


@pages.get("/assemblees/<int:assembly_id>/points/nouveau")
@requires(ASSEMBLY.name)
def add_page(assembly_id: int) -> ResponseReturnValue:
    """Show the form of something to put on the agenda."""
    form = Form.blank(vote="none", room=Room.HANDS, majority="half", base="cast")
    return _item_form(find_assembly(g.community, assembly_id), form)


def _item_form(
    assembly: Assembly, form: Form, item: AssemblyItem | None = None
) -> ResponseReturnValue:
    drafts = reading.free_drafts(g.community, item)
    waiting = [each for each in minutes.waiting(g.community) if each.id != assembly.id]
    return (
        render_template(
            "project_decisions/assembly/item.html",
            assembly=assembly,
            item=item,
            form=form,
            votes=[(name, words) for name, words in wording.VOTES.items()],
            rooms=[(name, *words) for name, words in wording.ROOMS.items()],
            majorities=[(name, rule[0]) for name, rule in polls.MAJORITIES.items()],
            bases=list(polls.BASES.items()),
            drafts=[("", _("Choisissez un vote préparé")), *((p.id, p.title) for p in drafts)],
            waiting=[("", _("Aucun")), *((each.id, each.title) for each in waiting)],
            votes_fixed=item is not None
            and item.poll is not None
            and item.poll.state != PollState.DRAFT,
        ),
        form.status,
    )


def _sent() -> Form:
    form = Form.sent()
    form.values.pop("file", None)
    return form


def _file() -> tuple[str, bytes] | None:
    """Return the PDF that was sent; none without one. Raises ``NotAPdf``."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    content = sent.read(HEAVIEST + 1)
    if not content.startswith(b"%PDF-") or len(content) > HEAVIEST:
        raise NotAPdf
    return sent.filename.replace("\0", "")[-120:], content


@pages.post("/assemblees/<int:assembly_id>/points/nouveau")
@requires(ASSEMBLY.name)
def add(assembly_id: int) -> ResponseReturnValue:
    """Put something on the agenda."""
    assembly, form = find_assembly(g.community, assembly_id), _sent()

    def act(**taken: object) -> None:
        file = _file()
        item = agenda.add_item(
            assembly, str(taken["title"]), str(taken["text"]), str(taken["document"])
        )
        _complete(item, taken, file)

    if not form.apply(ItemSchema(), act):
        return _item_form(assembly, form)
    return redirect(address_of(assembly))


def _complete(item: AssemblyItem, taken: dict[str, object], file: tuple[str, bytes] | None) -> None:
    """Give an item its document, its vote and the minutes it adopts."""
    if file is not None:
        item.file_name, item.file = file
    approves = taken["approves"]
    item.approves = find_assembly(g.community, int(str(approves))) if approves else None
    if item.poll is not None and item.poll.state != PollState.DRAFT:
        return
    if taken["vote"] == "ask":
        agenda.ask(item, g.member, resolution(taken))
    elif taken["vote"] == "join":
        poll = find_poll(g.community, int(str(taken["poll"])))
        agenda.attach(item, poll, Room(str(taken["room"])))
    else:
        agenda.detach(item)


@pages.get("/assemblees/<int:assembly_id>/points/<int:item_id>/modifier")
@requires(ASSEMBLY.name)
def change_item_page(assembly_id: int, item_id: int) -> ResponseReturnValue:
    """Show an item as it was typed."""
    assembly = find_assembly(g.community, assembly_id)
    preparing.require_before(assembly)
    item = find_item(assembly, item_id)
    poll = item.poll
    form = Form.blank(
        title=item.title,
        text=item.text,
        document=item.document,
        vote="join" if poll is not None else "none",
        poll=poll.id if poll is not None else "",
        room=poll.room if poll is not None else Room.HANDS,
        approves=item.approves_id or "",
        majority="half",
        base="cast",
    )
    return _item_form(assembly, form, item)


@pages.post("/assemblees/<int:assembly_id>/points/<int:item_id>/modifier")
@requires(ASSEMBLY.name)
def change_item(assembly_id: int, item_id: int) -> ResponseReturnValue:
    """Write an item anew."""
    assembly = find_assembly(g.community, assembly_id)
    item, form = find_item(assembly, item_id), _sent()

    def act(**taken: object) -> None:
        file = _file()
        agenda.change_item(item, str(taken["title"]), str(taken["text"]), str(taken["document"]))
        _complete(item, taken, file)

    if not form.apply(ItemSchema(), act):
        return _item_form(assembly, form, item)
    return redirect(address_of(assembly))


@pages.post(
    "/assemblees/<int:assembly_id>/points/<int:item_id>/<any(monter,descendre,retirer):what>"
)
@requires(ASSEMBLY.name)
def move_item(assembly_id: int, item_id: int, what: str) -> ResponseReturnValue:
    """Move an item up or down on the agenda, or take it off."""
    assembly = find_assembly(g.community, assembly_id)
    item = find_item(assembly, item_id)
    if what == "retirer":
        agenda.remove_item(item)
    else:
        agenda.move_item(item, -1 if what == "monter" else 1)
    db.session.commit()
    return redirect(f"{address_of(assembly)}#ordre-du-jour")


@pages.post("/assemblees/<int:assembly_id>/reprendre")
@requires(ASSEMBLY.name)
def again(assembly_id: int) -> ResponseReturnValue:
    """Prepare another assembly with what this one left undecided."""
    following = agenda.again(find_assembly(g.community, assembly_id))
    db.session.commit()
    flash(str(_("Une autre assemblée est préparée : relisez le jour et les règles.")), "good")
    return redirect(address_of(following))
