"""The session as chair and secretary hold it: attendance on a phone, proxies, items, votes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.cells import says
from freeco.clock import now
from freeco.db import db
from freeco.errors import NotAllowed
from freeco.i18n import _, listed
from freeco.members.models import Member
from freeco.web.downloads import pdf_answer
from freeco.web.forms import Form
from freeco.web.lists import page_of
from freeco_project_decisions.assembly import (
    attending,
    contents,
    holding,
    papers,
    reading,
    screen,
    voices,
)
from freeco_project_decisions.assembly.agenda import find_item
from freeco_project_decisions.assembly.attending import is_there
from freeco_project_decisions.assembly.errors import NotCalled, OnlyMembers
from freeco_project_decisions.assembly.models import Assembly, AssemblyItem, Seat
from freeco_project_decisions.assembly.routes import pages, runs, seen
from freeco_project_decisions.assembly.schemas import HourSchema, PaperProxySchema
from freeco_project_decisions.polls import paper
from freeco_project_decisions.polls import reading as polls
from freeco_project_decisions.secret import beside

FOLDERS = ("tous", "presents", "absents")


def run_by_reader(assembly_id: int) -> Assembly:
    """Return an assembly that the reader holds; raise NotAllowed for the others."""
    assembly = seen(assembly_id)
    if not runs(assembly):
        raise NotAllowed
    return assembly


@pages.get("/assemblees/<int:assembly_id>/emargement")
def attendance(assembly_id: int) -> ResponseReturnValue:
    """Note who is there, by name, with large buttons; the quorum counts above."""
    return _attendance(run_by_reader(assembly_id), Form.blank())


def _attendance(assembly: Assembly, form: Form) -> ResponseReturnValue:
    words = request.args.get("q", "")[:80]
    folder = request.args.get("liste", "")
    found = sorted(attending.seats(assembly), key=contents.sorting)
    proxies = attending.proxies(assembly)
    given = {each.giver_id: each for each in proxies}
    people = [(each.id, each.name) for each in reading.persons(g.community)]
    return (
        render_template(
            "project_decisions/assembly/attendance.html",
            assembly=assembly,
            form=form,
            words=words,
            folder=folder,
            page=page_of([each for each in found if _shown(each, words, folder)], 30),
            name_of=contents.name_of,
            is_there=is_there,
            came=attending.attendance(assembly),
            seated=bool(found),
            given=given,
            holds={
                holder: listed([p.giver.name for p in proxies if p.holder_id == holder and p.giver])
                for holder in {each.holder_id for each in proxies}
            },
            proxies=proxies,
            people=[("", _("Choisissez une personne")), *people],
            taken=assembly.state in attending.TAKEN,
        ),
        form.status,
    )


def _shown(seat: Seat, words: str, folder: str) -> bool:
    if folder == "presents" and not is_there(seat):
        return False
    if folder == "absents" and seat.came_at is not None:
        return False
    return not words or says(words, contents.name_of(seat))


@pages.post("/assemblees/<int:assembly_id>/emargement/ouvrir")
def open_doors(assembly_id: int) -> ResponseReturnValue:
    """Begin to note who comes; again changes nothing."""
    assembly = run_by_reader(assembly_id)
    if assembly.state not in attending.TAKEN:
        raise NotCalled
    attending.seat_everybody(assembly)
    db.session.commit()
    return redirect(url_for("project_decisions_assembly.attendance", assembly_id=assembly_id))


@pages.post(
    "/assemblees/<int:assembly_id>/emargement/<int:seat_id>/<any(present,distance,parti,absent):what>"
)
def note(assembly_id: int, seat_id: int, what: str) -> ResponseReturnValue:
    """Note that somebody came, joined from elsewhere, left, or was noted by mistake."""
    assembly = run_by_reader(assembly_id)
    seat = attending.find_seat(assembly, seat_id)
    if what in ("present", "distance"):
        voices.arrive(seat, remote=what == "distance")
    elif what == "parti":
        voices.leave(seat)
    else:
        voices.never_came(seat)
    db.session.commit()
    kept = {name: request.form[name] for name in ("q", "liste", "page") if request.form.get(name)}
    address = url_for(
        "project_decisions_assembly.attendance",
        assembly_id=assembly_id,
        _anchor=f"place-{seat_id}",
        **kept,  # type: ignore[arg-type]
    )
    return redirect(address)


@pages.get("/assemblees/<int:assembly_id>/emargement.pdf")
def roll(assembly_id: int) -> ResponseReturnValue:
    """Print the attendance sheet."""
    assembly = run_by_reader(assembly_id)
    if not attending.seats(assembly):
        raise NotCalled
    return pdf_answer(papers.print_roll(assembly), f"emargement-{assembly_id}.pdf")


@pages.post("/assemblees/<int:assembly_id>/procurations")
def type_proxy(assembly_id: int) -> ResponseReturnValue:
    """Type a proxy that was given on paper."""
    assembly, form = run_by_reader(assembly_id), Form.sent()

    def act(giver: int, holder: int) -> None:
        one, other = (_person(each) for each in (giver, holder))
        attending.give_proxy(assembly, one, other, paper=True)

    if not form.apply(PaperProxySchema(), act):
        return _attendance(assembly, form)
    flash(str(_("La procuration est notée.")), "good")
    return redirect(
        url_for(
            "project_decisions_assembly.attendance", assembly_id=assembly_id, _anchor="procurations"
        )
    )


def _back_to_proxies(assembly_id: int) -> ResponseReturnValue:
    address = url_for("project_decisions_assembly.attendance", assembly_id=assembly_id)
    return redirect(f"{address}#procurations")


def _person(member_id: int) -> Member:
    found = reading.find_person(g.community, member_id)
    if found is None:
        raise OnlyMembers
    return found


@pages.post("/assemblees/<int:assembly_id>/procurations/<int:giver_id>/retirer")
def drop_proxy(assembly_id: int, giver_id: int) -> ResponseReturnValue:
    """Take away a proxy that was typed by mistake, or that its giver takes back."""
    assembly = run_by_reader(assembly_id)
    attending.take_back_proxy(assembly, _person(giver_id))
    db.session.commit()
    return redirect(
        url_for(
            "project_decisions_assembly.attendance", assembly_id=assembly_id, _anchor="procurations"
        )
    )


@pages.get("/assemblees/<int:assembly_id>/seance")
def session(assembly_id: int) -> ResponseReturnValue:
    """Hold the session: the item under discussion, its vote, what comes next."""
    return _session(run_by_reader(assembly_id), Form.blank())


def _session(assembly: Assembly, form: Form) -> ResponseReturnValue:
    current = holding.current(assembly)
    held = [each.poll for each in assembly.items if each.poll is not None]
    return (
        render_template(
            "project_decisions/assembly/session.html",
            assembly=assembly,
            form=form,
            came=attending.attendance(assembly),
            current=current,
            next=holding.next_item(assembly),
            decisions={each.id: found for each in held if (found := polls.decision_of(each))},
            awaited={each.id for each in held if paper.awaited(each)},
            turnout={each.id: screen.turnout(each) for each in held},
            counted={each.id for each in held if paper.counts_in_room(each)},
            beside={each.id for each in held if beside.has_list(each)},
        ),
        form.status,
    )


def _back(assembly_id: int) -> ResponseReturnValue:
    return redirect(url_for("project_decisions_assembly.session", assembly_id=assembly_id))


@pages.post("/assemblees/<int:assembly_id>/seance/ouvrir")
def open_session(assembly_id: int) -> ResponseReturnValue:
    """Open the session; a second click changes nothing."""
    assembly, form = run_by_reader(assembly_id), Form()
    if not form.apply(Schema(), lambda: holding.open_session(assembly)):
        return _session(assembly, form)
    return _back(assembly_id)


@pages.post("/assemblees/<int:assembly_id>/seance/lever")
def close_session(assembly_id: int) -> ResponseReturnValue:
    """End the session; a second click changes nothing."""
    assembly, form = run_by_reader(assembly_id), Form()
    if not form.apply(Schema(), lambda: holding.close_session(assembly)):
        return _session(assembly, form)
    flash(str(_("La séance est levée. Il reste à écrire le procès-verbal.")), "good")
    return redirect(url_for("project_decisions_assembly.minutes", assembly_id=assembly_id))


def _item(assembly: Assembly, item_id: int) -> AssemblyItem:
    return find_item(assembly, item_id)


@pages.post("/assemblees/<int:assembly_id>/points/<int:item_id>/appeler")
def call_item(assembly_id: int, item_id: int) -> ResponseReturnValue:
    """Pass to an item."""
    assembly, form = run_by_reader(assembly_id), Form()
    item = _item(assembly, item_id)
    if not form.apply(Schema(), lambda: holding.call_item(item)):
        return _session(assembly, form)
    return _back(assembly_id)


@pages.post("/assemblees/<int:assembly_id>/points/<int:item_id>/ouvrir-le-vote")
def open_vote(assembly_id: int, item_id: int) -> ResponseReturnValue:
    """Open the vote of an item, until the chair ends it or an hour."""
    assembly, form = run_by_reader(assembly_id), Form.sent()
    item = _item(assembly, item_id)

    def act(closes_hour: object) -> None:
        closes_at = None
        if closes_hour is not None:
            zone = ZoneInfo(assembly.community.timezone)
            closes_at = datetime.combine(now().astimezone(zone).date(), closes_hour, zone)  # type: ignore[arg-type]
            if closes_at <= now():
                closes_at += timedelta(days=1)
        holding.open_vote(item, closes_at)

    if not form.apply(HourSchema(), act):
        return _session(assembly, form)
    return _back(assembly_id)


@pages.post("/assemblees/<int:assembly_id>/points/<int:item_id>/terminer-le-vote")
def close_vote(assembly_id: int, item_id: int) -> ResponseReturnValue:
    """End the vote of an item; it is counted as soon as the tellers agree."""
    assembly, form = run_by_reader(assembly_id), Form()
    item = _item(assembly, item_id)
    if not form.apply(Schema(), lambda: holding.close_vote(item)):
        return _session(assembly, form)
    return _back(assembly_id)
