"""Projects from what is proposed to what was done, on both databases."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.notifications.models import Notice
from freeco_project_decisions.deliberation.models import Discussion
from freeco_project_decisions.projects import (
    closing,
    errors,
    filing,
    knowing,
    meeting,
    proposing,
    reading,
    spending,
    taking_part,
    telling,
)
from freeco_project_decisions.projects.knowing import Known
from freeco_project_decisions.projects.models import Level, Part, Project, ProjectState
from freeco_project_decisions.projects.proposing import Described, FirstMeeting
from freeco_project_decisions.projects.spending import Line
from freeco_project_decisions.projects.task_models import Meeting, Task

from .conftest import NOW

OVEN = Described(
    title="Un four à pain",
    goals="Réparer le four du village et y cuire une fois par mois.",
    people=4,
    hours=10,
    skills=("maçonnerie",),
    asked=Money(90_000),
)


def oven(community: Community, author: Member, *tasks: str) -> Project:
    project = proposing.propose(community, author, OVEN, tasks)
    db.session.commit()
    return project


def told(member: Member) -> list[tuple[str, str]]:
    found = db.session.scalars(
        select(Notice).where(Notice.member_id == member.id).order_by(Notice.id)
    )
    return [(each.topic.partition(".")[2], each.subject) for each in found]


def test_a_project_comes_with_its_discussion_its_tasks_its_meeting_and_its_list(
    community: Community, people: list[Member]
) -> None:
    at = NOW + timedelta(days=3)
    project = proposing.propose(
        community, people[0], OVEN, ("Un devis", "Des briques"), FirstMeeting(at, "La halle")
    )
    db.session.commit()
    assert project.state == ProjectState.ACTIVE
    discussion = db.session.get(Discussion, project.discussion_id)
    assert discussion is not None
    assert (discussion.title, discussion.about) == (OVEN.title, project.ref)
    assert [each.title for each in reading.tasks_of(project)] == ["Un devis", "Des briques"]
    (first,) = meeting.coming(project)
    assert (first.starts_at, first.place) == (at, "La halle")
    (owner,) = telling.listeners(project)
    assert (owner.member, owner.part) == (people[0], Part.OWNER)


def test_when_one_thing_goes_wrong_nothing_of_a_project_is_left(
    community: Community, people: list[Member]
) -> None:
    nameless: str = None  # type: ignore[assignment]
    with pytest.raises(IntegrityError):
        proposing.propose(community, people[0], OVEN, ("Un devis", nameless), FirstMeeting(NOW))
    db.session.rollback()
    for model in (Project, Discussion, Task, Meeting):
        assert not db.session.scalar(select(func.count()).select_from(model))


def test_a_second_click_makes_no_second_project(community: Community, people: list[Member]) -> None:
    project = oven(community, people[0])
    assert oven(community, people[0]) is project
    assert oven(community, people[1]) is not project


def test_another_community_s_project_does_not_exist(
    community: Community, elsewhere: Community, people: list[Member]
) -> None:
    project = oven(community, people[0])
    assert reading.find_project(community, project.id) is project
    with pytest.raises(Absent):
        reading.find_project(elsewhere, project.id)
    assert reading.by_state(elsewhere) == []


def test_owners_those_with_a_charge_and_coordinators_change_a_project(
    community: Community, people: list[Member], clerk: Member
) -> None:
    project = oven(community, people[0])
    awa, bruno, chloe = people[:3]
    taking_part.help_with(project, bruno, 5)
    for member, may in ((awa, True), (bruno, False), (chloe, False), (clerk, True)):
        assert reading.may_change(project, member) is may
    with pytest.raises(errors.NotYourProject):
        proposing.describe(project, bruno, OVEN)
    part = reading.part_of(project, bruno)
    assert part is not None
    taking_part.give_part(project, awa, part.id, Part.HELPER, "trésorerie")
    assert reading.may_change(project, bruno)


def test_somebody_always_carries_an_open_project(
    community: Community, people: list[Member]
) -> None:
    project = oven(community, people[0])
    with pytest.raises(errors.LastOwner):
        taking_part.step_back(project, people[0])
    taking_part.help_with(project, people[1], 0)
    part = reading.part_of(project, people[1])
    assert part is not None
    taking_part.give_part(project, people[0], part.id, Part.OWNER)
    taking_part.step_back(project, people[0])
    assert [each.member for each in reading.participants(project)] == [people[1], people[0]]


def test_news_reach_those_who_follow_once_and_nobody_else(
    community: Community, people: list[Member]
) -> None:
    project = oven(community, people[0])
    awa, bruno, chloe, driss = people[:4]
    for each in (bruno, chloe, driss):
        taking_part.follow(project, each)
    taking_part.help_with(project, chloe, 3)
    taking_part.stop_following(project, chloe)
    taking_part.stop_following(project, driss)
    for _click in range(2):
        telling.write_news(project, awa, "Le four chauffe", "Samedi à 10 h.", "one-form")
    for _sweep in range(2):
        telling.tell_due(community)
    assert told(bruno) == [("project_news", "Un four à pain\u00a0: Le four chauffe")]
    assert told(awa) == told(chloe) == told(driss) == []
    assert reading.part_of(project, driss) is None
    with pytest.raises(errors.NotYourProject):
        telling.write_news(project, bruno, "Moi", "Aussi.", "other")


def test_a_budget_is_kept_in_cents_and_names_what_pays_it(
    app: Flask, community: Community, people: list[Member]
) -> None:
    project = oven(community, people[0])
    spending.add_line(
        project,
        people[0],
        Line(label="Briques", planned=Money(40_050), spent=Money(10), about=project.ref),
    )
    spending.add_line(
        project,
        people[0],
        Line(label="Porte", planned=Money(20), spent=Money(0), about="kitties:campaign:7"),
    )
    lines = reading.budget_of(project)
    assert (reading.planned(lines), reading.spent(lines)) == (Money(40_070), Money(10))
    label = spending.label_of(lines[0].about)
    assert label is not None
    assert label.label == "Un four à pain"
    assert spending.label_of(lines[1].about) is None
    with pytest.raises(Absent):
        spending.find_line(oven(community, people[1]), lines[0].id)


def test_a_document_is_kept_once_and_nothing_but_a_document(
    community: Community, people: list[Member]
) -> None:
    project = oven(community, people[0])
    kept = filing.add(project, people[0], "../devis.pdf", b"%PDF-1.7 devis")
    again = filing.add(project, people[0], "copie.pdf", b"%PDF-1.7 devis")
    assert again is kept
    assert kept.name == "devis.pdf"
    for name, content in (
        ("page.html", b"<script>"),
        ("virus.pdf", b"MZ"),
        ("photo.png", b"<svg>"),
        ("sans-nom", b"x"),
    ):
        with pytest.raises(errors.StrangeFile):
            filing.add(project, people[0], name, content)


def test_a_project_ends_with_its_report_and_changes_no_more(
    community: Community, people: list[Member]
) -> None:
    project = oven(community, people[0], "Un devis")
    report = closing.Report(done="Le four cuit.", learnt="Commander tôt.", hours=38)
    with pytest.raises(errors.OpenTasks):
        closing.close(project, people[0], report)
    closing.close(project, people[0], closing.Report(done="Le four cuit.", leave=True))
    closing.close(project, people[0], report)
    assert (project.state, project.report_done) == (ProjectState.CLOSED, "Le four cuit.")
    with pytest.raises(errors.ProjectOver):
        proposing.describe(project, people[0], OVEN)
    closing.archive(project, people[0])
    assert reading.by_state(community) == []
    closing.reopen(project, people[0])
    assert reading.by_state(community, ProjectState.ACTIVE) == [project]


def test_only_what_members_agreed_to_show_is_found(
    community: Community, elsewhere: Community, people: list[Member]
) -> None:
    awa, bruno, chloe = people[:3]
    knowing.declare(awa, Known("Maçonnerie", Level.TEACHES), shown=True)
    knowing.declare(bruno, Known("maconnerie", Level.LEARNING), shown=True)
    knowing.declare(chloe, Known("Maçonnerie"), shown=False)
    found = knowing.who_knows(community, "MACON")
    assert [each.member for each in found] == [awa, bruno]
    assert knowing.who_knows(elsewhere) == []
    project = oven(community, awa)
    assert len(knowing.for_skills(community, [str(each) for each in project.skills])) == 2
    knowing.declare(awa, Known("maçonnerie"), shown=False)
    assert [each.member for each in knowing.who_knows(community)] == [bruno]
    knowing.forget(awa, found[1].id)
    assert knowing.skills_of(bruno)


def test_who_has_left_no_longer_takes_part_nor_is_found(
    community: Community, people: list[Member]
) -> None:
    project = oven(community, people[0])
    taking_part.follow(project, people[1])
    knowing.declare(people[1], Known("Soudure"), shown=True)
    people[1].left_at = NOW
    db.session.commit()
    assert [each.member for each in reading.participants(project)] == [people[0]]
    assert knowing.who_knows(community) == []


def test_the_same_project_may_be_proposed_again_later(
    community: Community, people: list[Member]
) -> None:
    first = oven(community, people[0])
    with held_at(NOW + timedelta(days=1)):
        assert oven(community, people[0]) is not first
