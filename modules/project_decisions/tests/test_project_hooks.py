"""Projects on the home page, in the agenda, the search and the gazette; exported and forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from freeco.clock import held_at
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.module import Ref
from freeco_project_decisions.projects import (
    closing,
    filing,
    knowing,
    meeting,
    proposing,
    reading,
    taking_part,
    telling,
    working,
)
from freeco_project_decisions.projects.knowing import Known
from freeco_project_decisions.projects.meeting import Announced
from freeco_project_decisions.projects.models import Part, Project
from freeco_project_decisions.projects.proposing import Described
from freeco_project_decisions.projects.task_models import Stage, Task
from freeco_project_decisions.projects.working import Written

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
NAME = ("project_decisions",)


@pytest.fixture
def project(community: Community, people: list[Member]) -> Project:
    """Give Awa's project."""
    made = proposing.propose(
        community, people[0], Described(title="Un four à pain", goals="Cuire au village.")
    )
    db.session.commit()
    return made


def give(project: Project, title: str, owner: Member, due: datetime) -> Task:
    awa = project.author
    assert awa is not None
    return working.add(project, awa, Written(title=title, owners=[owner.id], due_at=due))


def cards(community: Community, member: Member) -> list[tuple[str, bool]]:
    found = kernel().plugins.home(NAME, community, member)
    return [(str(card.title), card.urgent) for card in found]


def test_the_home_has_one_card_for_what_is_due_this_week(
    app: Flask, community: Community, project: Project, people: list[Member]
) -> None:
    with app.test_request_context():
        give(project, "Loin", people[1], NOW + timedelta(days=20))
        assert cards(community, people[1]) == []
        first = give(project, "Un devis", people[1], NOW + timedelta(days=5))
        assert cards(community, people[1]) == [("Un devis", False)]
        give(project, "Des briques", people[1], NOW + timedelta(days=1))
        assert cards(community, people[1]) == [("2 tâches à faire cette semaine", True)]
        assert cards(community, people[0]) == []
        working.move(first, people[1], Stage.DONE)
        assert cards(community, people[1]) == [("Des briques", True)]


def test_the_agenda_has_the_meetings_and_tasks_of_one_s_own_projects(
    app: Flask, community: Community, project: Project, people: list[Member]
) -> None:
    held = meeting.announce(
        project,
        people[0],
        Announced(title="Chantier", starts_at=NOW, ends_at=NOW + timedelta(hours=2), place="Four"),
    )
    give(project, "Un devis", people[1], NOW + timedelta(days=2))

    def agenda(member: Member) -> list[tuple[str, int]]:
        found = kernel().plugins.agenda(NAME, community, member, NOW, NOW + timedelta(days=7))
        return [(str(each.title), each.changes) for each in found]

    with app.test_request_context():
        assert agenda(people[0]) == [("Un four à pain\u00a0: Chantier", 0)]
        assert sorted(agenda(people[1])) == [
            ("Un four à pain\u00a0: Chantier", 0),
            ("À faire\u00a0: Un devis", 0),
        ]
        assert agenda(people[2]) == []
        taking_part.follow(project, people[2])
        later = NOW + timedelta(hours=1)
        meeting.change(
            held,
            people[0],
            Announced(title="Chantier", starts_at=later, ends_at=later + timedelta(hours=1)),
        )
        assert agenda(people[2]) == [("Un four à pain\u00a0: Chantier", 1)]
        meeting.call_off(held, people[0])
        assert agenda(people[2]) == []


def test_projects_are_found_and_named_where_something_links_to_them(
    app: Flask, community: Community, elsewhere: Community, project: Project, people: list[Member]
) -> None:
    task = give(project, "Un devis", people[0], NOW)
    with app.test_request_context():
        found = kernel().plugins.search(NAME, community, people[3], "four pain")
        assert "Un four à pain" in [str(each.title) for each in found]
        assert kernel().plugins.search(NAME, elsewhere, people[3], "four pain") == []
        knowing.declare(people[1], Known("Soudure"), shown=True)
        knowing.declare(people[2], Known("Soudure"), shown=False)
        found = kernel().plugins.search(NAME, community, people[3], "soudure")
        assert [str(each.title) for each in found] == ["Bruno Martin"]
        for kind, number, title in (
            ("project", project.id, "Un four à pain"),
            ("task", task.id, "Un devis"),
        ):
            label = kernel().plugins.ref(Ref("project_decisions", kind, number))
            assert label is not None
            assert label.label == title
        assert kernel().plugins.ref(Ref("project_decisions", "project", 999)) is None


def test_the_gazette_tells_what_began_and_what_was_done(
    app: Flask, community: Community, project: Project, people: list[Member]
) -> None:
    def told() -> list[str]:
        found = kernel().plugins.stories(NAME, community, NOW, NOW + timedelta(days=1))
        return [str(each.title) for each in found if "Projet" in str(each.title)]

    with app.test_request_context():
        assert told() == ["Projet ouvert\u00a0: Un four à pain"]
        with held_at(NOW + timedelta(hours=1)):
            closing.close(project, people[0], closing.Report(done="Le four cuit."))
        assert told() == ["Projet terminé\u00a0: Un four à pain"]


def test_only_who_carries_an_open_project_alone_is_kept_from_leaving(
    app: Flask, project: Project, people: list[Member]
) -> None:
    with app.test_request_context():
        (tie,) = kernel().plugins.leaving(people[0])
        assert "Un four à pain" in str(tie.reason)
        taking_part.help_with(project, people[1], 1)
        assert kernel().plugins.leaving(people[1]) == []
        part = reading.part_of(project, people[1])
        assert part is not None
        taking_part.give_part(project, people[0], part.id, Part.OWNER)
        assert kernel().plugins.leaving(people[0]) == []
        people[1].left_at = NOW
        assert len(kernel().plugins.leaving(people[0])) == 1
        closing.close(project, people[0], closing.Report(done="Fini."))
        assert kernel().plugins.leaving(people[0]) == []


def test_what_projects_know_of_a_member_is_exported_and_forgotten(
    app: Flask, project: Project, people: list[Member]
) -> None:
    awa = people[0]
    task = give(project, "Un devis", awa, NOW)
    knowing.declare(awa, Known("Soudure"), shown=True)
    telling.write_news(project, awa, "Samedi", "Le four chauffe.", "token")
    filing.add(project, awa, "plan.pdf", b"%PDF-1.7")
    content = kernel().plugins.export(awa)["project_decisions"]
    assert content["projects_proposed"][0]["title"] == "Un four à pain"
    assert content["projects_taken_part_in"][0]["part"] == Part.OWNER
    assert content["tasks"][0]["task"] == "Un devis"
    assert content["project_news_written"][0]["subject"] == "Samedi"
    assert content["project_documents_added"][0]["name"] == "plan.pdf"
    assert content["skills"][0]["name"] == "Soudure"
    kernel().plugins.erase(awa)
    db.session.commit()
    db.session.expire_all()
    assert project.author is None
    assert reading.participants(project) == []
    assert reading.tasks_of(project) == [task]
    assert list(task.owners) == []
    left = kernel().plugins.export(awa).get("project_decisions", {})
    assert not {"projects_proposed", "tasks", "skills", "project_news_written"} & set(left)
