"""Accords between two members: propose, agree, decline, keep the receipt."""

import re

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.accords import services as accords
from freeco.accords.models import Accord
from freeco.accords.schemas import LONGEST_TEXT, LONGEST_TITLE, ProposalSchema
from freeco.accords.speaking import voices_of
from freeco.db import db
from freeco.doors import open_here
from freeco.errors import Absent
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.members import membership
from freeco.members.directory import in_order, members_with
from freeco.members.models import Member
from freeco.module import Ref, RefLabel
from freeco.record.reading import speaking_for
from freeco.web.forms import LARGEST_ROW_ID, Form
from freeco.web.lists import page_of, page_of_query

pages = Blueprint("accords", __name__)
MOST_OVER = 50
LONGEST_SEARCH = 80
LINKED = re.compile(r"([a-z][a-z0-9_]*):([a-z][a-z0-9_]*):([0-9]{1,9})")


@pages.get("/accords")
def index() -> ResponseReturnValue:
    """List my accords: those that wait for me first."""
    sides = speaking_for(g.member)
    mine = accords.awaiting(_voices())
    return render_template(
        "accords/index.html",
        asked=mine,
        waiting=[each for each in accords.waiting(sides) if each not in mine],
        page=page_of_query(accords.concluded(sides)),
        over=accords.over(sides, MOST_OVER),
        sides=sides,
    )


def _voices() -> list[Member]:
    return voices_of(g.member, g.person)


@pages.get("/accords/nouveau")
def new_page() -> ResponseReturnValue:
    """Choose with whom, then write; the words of a former accord can be taken up again."""
    other_id = _row_id(request.args.get("avec", ""))
    if other_id is None:
        return _choose()
    other = membership.find_member(g.community, other_id)
    form = Form.blank(other=other.id)
    former_id = _row_id(request.args.get("reprendre", ""))
    if former_id is not None:
        former = _find(former_id)
        form.values |= {
            "title": former.title[:LONGEST_TITLE],
            "text": former.text[:LONGEST_TEXT],
            "side": _own_side(former).id,
        }
    return _write(other, form)


def _row_id(typed: str) -> int | None:
    """Read the id of a row, none where nothing is typed. Raises Absent for what is no id."""
    if not typed:
        return None
    if re.fullmatch("[0-9]{1,10}", typed) is None or int(typed) > LARGEST_ROW_ID:
        raise Absent
    return int(typed)


def _choose() -> ResponseReturnValue:
    words = request.args.get("q", "").replace("\x00", " ").strip()[:LONGEST_SEARCH]
    page = page_of([each for each in in_order(g.community, words) if each != g.member.id])
    return render_template(
        "accords/choose.html", page=page, members=members_with(page.rows), words=words
    )


def _write(other: Member, form: Form) -> ResponseReturnValue:
    voices = [each for each in _voices() if each is not other]
    return (
        render_template("accords/new.html", other=other, form=form, voices=voices),
        form.status,
    )


@pages.post("/accords/nouveau")
def new() -> ResponseReturnValue:
    """Propose an accord; a second click shows the first one's."""
    form = Form.sent()
    other = membership.find_member(g.community, _row_id(str(form.values.get("other"))) or 0)

    def act(other: int, side: int | None, title: str, text: str) -> Accord:
        chosen = side or g.member.id
        proposer = next((each for each in _voices() if each.id == chosen), None)
        if proposer is None:
            raise Absent
        asked = membership.find_member(g.community, other)
        return accords.propose(proposer, asked, title, text, g.person)

    if not form.apply(ProposalSchema(), act):
        return _write(other, form)
    flash(str(_("L’accord est proposé. Vous serez prévenu de la réponse.")), "good")
    return redirect(url_for("accords.page", accord_id=form.result.id))


def _find(accord_id: int) -> Accord:
    return accords.find_accord(g.community, accord_id, speaking_for(g.member))


def _own_side(accord: Accord) -> Member:
    """Return whichever side the reader is on; their own, where they stand on both."""
    ours = {each.id for each in speaking_for(g.member)}
    sides = [each for each in (accord.other, accord.proposer) if each.id in ours]
    return g.member if g.member in sides else sides[0]


@pages.get("/accords/<int:accord_id>")
def page(accord_id: int) -> ResponseReturnValue:
    """Show an accord: its words, who gave theirs and when, and what I may answer."""
    accord = _find(accord_id)
    voices, own = _voices(), _own_side(accord)
    return render_template(
        "accords/page.html",
        accord=accord,
        own=own,
        counterpart=accord.proposer if own is accord.other else accord.other,
        answers=accord.is_waiting and accord.other in voices,
        withdraws=accord.is_waiting and accord.proposer in voices,
        subject=_subject(accord),
    )


def _subject(accord: Accord) -> RefLabel | None:
    found = LINKED.fullmatch(accord.about)
    if found is None or found[1] not in open_here():
        return None
    return kernel().plugins.ref(Ref(found[1], found[2], int(found[3])))


@pages.post("/accords/<int:accord_id>/d-accord")
def agree(accord_id: int) -> ResponseReturnValue:
    """Agree to what was proposed."""
    accord = accords.agree(_find(accord_id), g.person)
    db.session.commit()
    flash(str(_("Vous êtes d’accord tous les deux : l’accord est conclu.")), "good")
    return redirect(url_for("accords.page", accord_id=accord.id))


@pages.post("/accords/<int:accord_id>/refuser")
def decline(accord_id: int) -> ResponseReturnValue:
    """Say no."""
    accord = _find(accord_id)
    accords.decline(accord, g.person)
    db.session.commit()
    flash(str(_("Votre refus est noté, et l’autre en est prévenu.")), "good")
    return redirect(url_for("accords.page", accord_id=accord.id))


@pages.post("/accords/<int:accord_id>/retirer")
def withdraw(accord_id: int) -> ResponseReturnValue:
    """Take my proposal back."""
    accord = _find(accord_id)
    accords.withdraw(accord, g.person)
    db.session.commit()
    flash(str(_("La proposition est retirée.")), "good")
    return redirect(url_for("accords.page", accord_id=accord.id))
