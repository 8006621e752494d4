"""What a draft says more: its options in detail, its colleges; and who votes for organisations."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.cells import unaccented
from freeco.db import db
from freeco.doors import open_here, requires
from freeco.errors import Absent
from freeco.i18n import _, percent
from freeco.kernel import kernel
from freeco.members.models import Member
from freeco.members.permissions import OWN_PERMISSIONS
from freeco.module import Text
from freeco.web.forms import Form
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls import (
    again,
    college_members,
    colleges,
    electorate,
    preparing,
    voices,
)
from freeco_project_decisions.polls.arranging_schemas import (
    CollegeSchema,
    VoiceSchema,
    colleges_schema,
    details_schema,
    groups_of,
)
from freeco_project_decisions.polls.models import Decision, Poll
from freeco_project_decisions.polls.opening import find_poll, require_draft

pages = Blueprint("project_decisions_arranging", __name__)


@pages.get("/votes/<int:poll_id>/choix")
@requires(PREPARE.name)
def details_page(poll_id: int) -> ResponseReturnValue:
    """Show the options of a draft, to say more of each."""
    poll = find_poll(g.community, poll_id)
    require_draft(poll)
    typed = {f"detail_{each.place}": each.detail for each in poll.options}
    return _details(poll, Form.blank(**typed))


def _details(poll: Poll, form: Form) -> ResponseReturnValue:
    page = render_template("project_decisions/polls/details.html", poll=poll, form=form)
    return page, form.status


@pages.post("/votes/<int:poll_id>/choix")
@requires(PREPARE.name)
def details(poll_id: int) -> ResponseReturnValue:
    """Keep what was said of each option."""
    poll, form = find_poll(g.community, poll_id), Form.sent()

    def act(**taken: str) -> None:
        preparing.detail(poll, [taken[f"detail_{each.place}"] for each in poll.options])

    if not form.apply(details_schema(len(poll.options)), act):
        return _details(poll, form)
    return _preview(poll_id)


def _preview(poll_id: int) -> ResponseReturnValue:
    return redirect(url_for("project_decisions_preparing.preview", poll_id=poll_id))


@pages.get("/votes/<int:poll_id>/colleges")
@requires(PREPARE.name)
def colleges_page(poll_id: int) -> ResponseReturnValue:
    """Show the colleges of a draft."""
    poll = find_poll(g.community, poll_id)
    require_draft(poll)
    typed: dict[str, Any] = {}
    for row, each in enumerate(poll.colleges):
        typed |= {
            f"name_{row}": each.name,
            f"weight_{row}": percent(each.weight),
            f"belongs_{row}": each.belongs,
        }
    return _colleges(poll, Form.blank(**typed))


def _colleges(poll: Poll, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "project_decisions/polls/colleges.html",
            poll=poll,
            form=form,
            rows=range(colleges.MOST),
            belongs=list(_belongs().items()),
            chosen={
                each.id: len(college_members.chosen(each))
                for each in poll.colleges
                if each.belongs == college_members.CHOSEN
            },
        ),
        form.status,
    )


def _belongs() -> dict[str, Text]:
    """Return who may be in a college, in words."""
    found: dict[str, Text] = {
        college_members.PERSONS: _("toutes les personnes"),
        college_members.ORGANISATIONS: _("toutes les organisations, une voix chacune"),
        college_members.CHOSEN: _("ceux que je nomme un par un"),
    }
    modules = kernel().plugins.titled(open_here())
    held = [*OWN_PERMISSIONS, *(each for module in modules for each in module.permissions)]
    return found | {
        f"{college_members.HOLDERS}{each.name}": _(
            "qui a la charge : %(charge)s", charge=each.label
        )
        for each in held
    }


@pages.post("/votes/<int:poll_id>/colleges")
@requires(PREPARE.name)
def arrange(poll_id: int) -> ResponseReturnValue:
    """Keep the colleges of a draft."""
    poll, form = find_poll(g.community, poll_id), Form.sent()

    def act(**taken: Any) -> None:
        colleges.arrange(poll, groups_of(taken, colleges.MOST))

    if not form.apply(colleges_schema(colleges.MOST, list(_belongs())), act):
        return _colleges(poll, form)
    unnamed = [
        each
        for each in poll.colleges
        if each.belongs == college_members.CHOSEN and not college_members.chosen(each)
    ]
    if unnamed:
        return redirect(
            url_for(
                "project_decisions_arranging.college_page",
                poll_id=poll_id,
                college_id=unnamed[0].id,
            )
        )
    return _preview(poll_id)


@pages.get("/votes/<int:poll_id>/colleges/<int:college_id>")
@requires(PREPARE.name)
def college_page(poll_id: int, college_id: int) -> ResponseReturnValue:
    """Show who is named in a college."""
    poll = find_poll(g.community, poll_id)
    require_draft(poll)
    college = colleges.find_college(poll, college_id)
    named = [str(each) for each in college_members.chosen(college)]
    return _college(poll, college_id, Form.blank(members=named))


def _college(poll: Poll, college_id: int, form: Form) -> ResponseReturnValue:
    people = sorted(college_members.everybody(poll), key=_sorting)
    return (
        render_template(
            "project_decisions/polls/college.html",
            poll=poll,
            college=colleges.find_college(poll, college_id),
            form=form,
            people=[(str(each.id), each.name) for each in people],
        ),
        form.status,
    )


def _sorting(member: Member) -> tuple[str, int]:
    name = member.person.sorting_name if member.person is not None else member.name
    return unaccented(name), member.id


@pages.post("/votes/<int:poll_id>/colleges/<int:college_id>")
@requires(PREPARE.name)
def choose(poll_id: int, college_id: int) -> ResponseReturnValue:
    """Name who is in a college."""
    poll, form = find_poll(g.community, poll_id), Form.sent()
    college = colleges.find_college(poll, college_id)

    def act(members: list[int]) -> None:
        colleges.choose(college, members)

    if not form.apply(CollegeSchema(), act):
        return _college(poll, college_id, form)
    return redirect(url_for("project_decisions_arranging.colleges_page", poll_id=poll_id))


@pages.get("/votes/voix")
def voices_page() -> ResponseReturnValue:
    """Show who votes for the organisations that the reader may speak for."""
    return _voices(Form.blank(), 0)


def _voices(form: Form, wrong: int) -> ResponseReturnValue:
    people = sorted(electorate.persons(g.community), key=_sorting)
    return (
        render_template(
            "project_decisions/polls/voices.html",
            form=form,
            wrong=wrong,
            organisations=[
                (each, voices.voice_of(each))
                for each in voices.organisations(g.community, g.member)
            ],
            people=[(each.id, each.name) for each in people],
        ),
        form.status,
    )


@pages.post("/votes/voix/<int:member_id>")
def name_voice(member_id: int) -> ResponseReturnValue:
    """Name who votes for an organisation, in the polls to come."""
    organisation, form = db.session.get(Member, member_id), Form.sent()
    if organisation is None or organisation.community_id != g.community.id:
        raise Absent

    def act(voice: int) -> None:
        person = db.session.get(Member, voice)
        if person is None:
            raise Absent
        voices.name_voice(organisation, person, g.member)

    if not form.apply(VoiceSchema(), act):
        return _voices(form, member_id)
    flash(str(_("C’est noté, pour les votes qui s’ouvriront à partir de maintenant.")), "good")
    return redirect(url_for("project_decisions_arranging.voices_page"))


@pages.post("/decisions/<int:decision_id>/remettre-au-vote")
def put_again(decision_id: int) -> ResponseReturnValue:
    """Ask that a decided question be put again; who prepares votes reads it and opens it."""
    decision = db.session.get(Decision, decision_id)
    if decision is None or decision.community_id != g.community.id:
        raise Absent
    again.put_again(decision, g.member)
    db.session.commit()
    flash(
        str(_("C’est demandé : la question est un brouillon, que l’on relit avant de l’ouvrir.")),
        "good",
    )
    return redirect(url_for("project_decisions_results.result", poll_id=decision.poll_id))
