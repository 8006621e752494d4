"""Counting in the room: two tellers, each alone."""

from dataclasses import dataclass

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.errors import Absent, NotAllowed
from freeco.i18n import _
from freeco.web.forms import Form
from freeco_project_decisions.assembly import holding, voices
from freeco_project_decisions.assembly.agenda import find_item
from freeco_project_decisions.assembly.models import Assembly, AssemblyItem
from freeco_project_decisions.assembly.room_routes import run_by_reader
from freeco_project_decisions.assembly.routes import pages, runs, seen
from freeco_project_decisions.assembly.schemas import count_schema, counts_of
from freeco_project_decisions.polls import paper, reading, room_counts
from freeco_project_decisions.polls.models import Poll, PollState, Secrecy
from freeco_project_decisions.polls.paper_models import Bundle, TellerEntry
from freeco_project_decisions.secret import beside


def _poll(assembly: Assembly, item_id: int) -> tuple[AssemblyItem, Poll]:
    item = find_item(assembly, item_id)
    if item.poll is None or item.poll.state == PollState.DRAFT:
        raise Absent
    return item, item.poll


def _counted_by_reader(assembly_id: int) -> Assembly:
    """Return an assembly in which the reader counts, or which they hold."""
    assembly = seen(assembly_id)
    if not (runs(assembly) or holding.is_teller(assembly, g.member)):
        raise NotAllowed
    return assembly


@dataclass(frozen=True)
class Counting:
    """A bundle as one teller sees it: the other's numbers only where both differ."""

    bundle: Bundle
    mine: TellerEntry | None
    others: int
    """How many others have counted it."""
    form: Form
    differences: list[paper.Difference]


def _most(assembly: Assembly, poll: Poll) -> int | None:
    """Return how many papers there may be beside a secret vote; none for another."""
    return None if poll.secrecy == Secrecy.OPEN else voices.came_with_paper(assembly, poll)


def _countable(poll: Poll) -> bool:
    """Whether numbers may be typed now; beside a secret vote, once that one is over."""
    while_open = poll.state == PollState.OPEN and poll.secrecy == Secrecy.OPEN
    return while_open or poll.state == PollState.CLOSED


def _bundle(bundle: Bundle, sent: Form | None) -> Counting:
    mine = next((each for each in bundle.entries if each.teller_id == g.member.id), None)
    both = len(bundle.entries) == 2
    form = sent or Form.blank(**_typed(bundle.poll, mine))
    shown = list(paper.differences(bundle)) if both and mine is not None else []
    return Counting(bundle, mine, len(bundle.entries) - (mine is not None), form, shown)


def _typed(poll: Poll, entry: TellerEntry | None) -> dict[str, object]:
    if entry is None:
        return {}
    counts = paper.counts_of(entry)
    if poll.method in room_counts.WHOLE:
        return {"whole": room_counts.write_whole(poll, counts)}
    return dict(counts)


@pages.get("/assemblees/<int:assembly_id>/points/<int:item_id>/comptage")
def count(assembly_id: int, item_id: int) -> ResponseReturnValue:
    """Show what there is to count, and what the reader has counted."""
    assembly = _counted_by_reader(assembly_id)
    return _page(assembly, *_poll(assembly, item_id))


def _page(
    assembly: Assembly,
    item: AssemblyItem,
    poll: Poll,
    number: int = 0,
    form: Form | None = None,
) -> ResponseReturnValue:
    found = paper.bundles(poll)
    return (
        render_template(
            "project_decisions/assembly/count.html",
            assembly=assembly,
            item=item,
            poll=poll,
            bundles=[_bundle(each, form if each.number == number else None) for each in found],
            sent=number,
            form=form or Form.blank(),
            lines=room_counts.lines(poll),
            whole=poll.method in room_counts.WHOLE,
            voices=paper.voters(poll).total(),
            came=_most(assembly, poll),
            open=_countable(poll),
            runs=runs(assembly),
            counts=holding.is_teller(assembly, g.member),
            decision=reading.decision_of(poll),
        ),
        form.status if form is not None else 200,
    )


@pages.post("/assemblees/<int:assembly_id>/points/<int:item_id>/comptage/<int:number>")
def enter(assembly_id: int, item_id: int, number: int) -> ResponseReturnValue:
    """Note what one counted in a bundle; once both have found the same, it is settled."""
    assembly = _counted_by_reader(assembly_id)
    if not holding.is_teller(assembly, g.member):
        raise NotAllowed
    item, poll = _poll(assembly, item_id)
    bundle, form = paper.find_bundle(poll, number), Form.sent()

    def act(**taken: object) -> bool:
        agreed = paper.enter(bundle, g.member, counts_of(poll, taken), _most(assembly, poll))
        if agreed:
            holding.settle(poll)
        return agreed

    if not form.apply(count_schema(poll), act):
        return _page(assembly, item, poll, number, form)
    if form.result:
        flash(str(_("Les deux comptages sont égaux : c’est noté.")), "good")
    else:
        flash(str(_("Votre comptage est noté.")), "good")
    return _back(assembly_id, item_id)


def _back(assembly_id: int, item_id: int) -> ResponseReturnValue:
    return redirect(
        url_for("project_decisions_assembly.count", assembly_id=assembly_id, item_id=item_id)
    )


@pages.post("/assemblees/<int:assembly_id>/points/<int:item_id>/paquets")
def add_bundle(assembly_id: int, item_id: int) -> ResponseReturnValue:
    """Part what is counted once more."""
    _item, poll = _poll(run_by_reader(assembly_id), item_id)
    beside.require_unopened(poll)
    paper.add_bundle(poll)
    db.session.commit()
    return _back(assembly_id, item_id)


@pages.post(
    "/assemblees/<int:assembly_id>/points/<int:item_id>/comptage/<int:number>/"
    "<any(recommencer,retirer):what>"
)
def change_bundle(assembly_id: int, item_id: int, number: int, what: str) -> ResponseReturnValue:
    """Have a bundle counted again by two others, or take an empty one away."""
    _item, poll = _poll(run_by_reader(assembly_id), item_id)
    bundle = paper.find_bundle(poll, number)
    beside.require_unopened(poll)
    if what == "recommencer":
        paper.start_again(bundle)
    else:
        paper.drop_bundle(bundle)
        holding.settle(poll)
    db.session.commit()
    return _back(assembly_id, item_id)
