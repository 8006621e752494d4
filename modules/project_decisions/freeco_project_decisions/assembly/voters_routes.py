"""Who votes where: in the room, on their page, with a code, or by a paper with their name."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from freeco.cells import says
from freeco.db import db
from freeco.errors import Absent
from freeco.i18n import _
from freeco.web.forms import Form
from freeco.web.lists import page_of
from freeco_project_decisions.assembly.agenda import find_item
from freeco_project_decisions.assembly.models import Assembly, AssemblyItem
from freeco_project_decisions.assembly.room_routes import run_by_reader
from freeco_project_decisions.assembly.routes import pages
from freeco_project_decisions.polls import objecting, paper, reading, showing, voting
from freeco_project_decisions.polls.models import Elector, Poll, PollState, Secrecy
from freeco_project_decisions.polls.schemas import ballot_schema, marks_of, typed
from freeco_project_decisions.secret import beside, codes

DRAFT = PollState.DRAFT
SHOWN = 30
"""Electors on a page: a thumb's worth of scrolling."""


def _poll(assembly: Assembly, item_id: int) -> tuple[AssemblyItem, Poll]:
    """Return an item with its poll, once it has electors; raise Absent before.

    Those of a secret vote are noted before it opens: that is when its papers are chosen.
    """
    item = find_item(assembly, item_id)
    poll = item.poll
    if poll is None:
        raise Absent
    if not (beside.has_list(poll) if poll.secrecy != Secrecy.OPEN else poll.state != DRAFT):
        raise Absent
    return item, poll


@pages.get("/assemblees/<int:assembly_id>/points/<int:item_id>/salle")
def voters(assembly_id: int, item_id: int) -> ResponseReturnValue:
    """Show who votes in the room, on their page, or by a paper with their name."""
    assembly = run_by_reader(assembly_id)
    item, poll = _poll(assembly, item_id)
    return _voters(assembly, item, poll)


def _voters(assembly: Assembly, item: AssemblyItem, poll: Poll) -> ResponseReturnValue:
    words = request.values.get("q", "")[:80]
    electors = sorted(reading.electors(poll), key=showing.sorting)
    found = [(showing.name_of(each), each) for each in electors]
    secret, draft = poll.secrecy != Secrecy.OPEN, poll.state == DRAFT
    return render_template(
        "project_decisions/assembly/voters.html",
        assembly=assembly,
        item=item,
        poll=poll,
        words=words,
        page=page_of([each for each in found if not words or says(words, each[0])], SHOWN),
        in_room=paper.voter_ids(poll),
        ballots=reading.ballots(poll),
        by_tellers=paper.counts_in_room(poll),
        secret=secret,
        changes=beside.may_change(poll) if secret else poll.state == PollState.OPEN,
        enough=codes.are_papers_enough(poll) if secret and draft else True,
        with_code=beside.with_code(poll) if secret and draft else set(),
    )


def _elector(poll: Poll, elector_id: int) -> Elector:
    found = db.session.get(Elector, elector_id)
    if found is None or found.poll_id != poll.id:
        raise Absent
    return found


@pages.post(
    "/assemblees/<int:assembly_id>/points/<int:item_id>/salle/<int:elector_id>/"
    "<any(salle,page):what>"
)
def mark(assembly_id: int, item_id: int, elector_id: int, what: str) -> ResponseReturnValue:
    """Have somebody vote in the room, or on their page; beside a secret vote, with their code."""
    _item, poll = _poll(run_by_reader(assembly_id), item_id)
    elector = _elector(poll, elector_id)
    if poll.secrecy != Secrecy.OPEN:
        act = beside.vote_on_paper if what == "salle" else beside.vote_with_code
    else:
        act = paper.mark_one if what == "salle" else paper.unmark
    act(poll, elector)
    db.session.commit()
    return _to_elector(assembly_id, item_id, elector_id)


def _to_elector(assembly_id: int, item_id: int, elector_id: int) -> Response:
    """Go back to where a name was found: the same words, the same page of the list."""
    kept = {name: request.form[name] for name in ("q", "page") if request.form.get(name)}
    address = url_for(
        "project_decisions_assembly.voters",
        assembly_id=assembly_id,
        item_id=item_id,
        _anchor=f"voix-{elector_id}",
        **kept,  # type: ignore[arg-type]
    )
    return redirect(address)


def _named(assembly: Assembly, item_id: int) -> tuple[AssemblyItem, Poll]:
    """Return an item whose papers may have a name; a secret vote has none. Raises Absent."""
    item, poll = _poll(assembly, item_id)
    if poll.secrecy != Secrecy.OPEN:
        raise Absent
    return item, poll


@pages.get("/assemblees/<int:assembly_id>/points/<int:item_id>/papier/<int:elector_id>")
def paper_page(assembly_id: int, item_id: int, elector_id: int) -> ResponseReturnValue:
    """Show the ballot that somebody gave on paper, with their name, to type it."""
    assembly = run_by_reader(assembly_id)
    item, poll = _named(assembly, item_id)
    elector = _elector(poll, elector_id)
    cast = voting.ballot_of(elector)
    values = typed(poll, cast.marks) if cast is not None and cast.way == "paper" else {}
    return _paper(assembly, item, elector, Form.blank(**values))


def _paper(
    assembly: Assembly, item: AssemblyItem, elector: Elector, form: Form
) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/assembly/paper.html",
            assembly=assembly,
            item=item,
            poll=item.poll,
            elector=elector,
            name=showing.name_of(elector),
            form=form,
        ),
        form.status,
    )


@pages.post("/assemblees/<int:assembly_id>/points/<int:item_id>/papier/<int:elector_id>")
def type_paper(assembly_id: int, item_id: int, elector_id: int) -> ResponseReturnValue:
    """Type the ballot that somebody gave on paper; the first of the two ways stands."""
    assembly = run_by_reader(assembly_id)
    item, poll = _named(assembly, item_id)
    elector, form = _elector(poll, elector_id), Form.sent()

    def act(argument: str = "", **taken: object) -> None:
        ballot = voting.vote_on_paper(poll, elector, marks_of(poll, taken), g.member)
        objecting.note(poll, ballot, argument)

    if not form.apply(ballot_schema(poll), act):
        return _paper(assembly, item, elector, form)
    flash(str(_("Le bulletin papier est enregistré.")), "good")
    return redirect(
        url_for("project_decisions_assembly.voters", assembly_id=assembly_id, item_id=item_id)
    )
