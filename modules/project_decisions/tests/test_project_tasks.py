"""Tasks of a project: who does them, what they wait for, when they remind, where they come from."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from freeco import listings
from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco.testing.people import make_member
from freeco_project_decisions.projects import (
    closing,
    errors,
    listing,
    meeting,
    proposing,
    reading,
    showing,
    taking_part,
    telling,
    working,
)
from freeco_project_decisions.projects.meeting import Announced
from freeco_project_decisions.projects.models import Project
from freeco_project_decisions.projects.proposing import Described
from freeco_project_decisions.projects.task_models import Meeting, Stage, Task
from freeco_project_decisions.projects.working import Written

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)


@pytest.fixture
def project(community: Community, people: list[Member]) -> Project:
    """Give Awa's project, without a task."""
    made = proposing.propose(community, people[0], Described(title="Un four", goals="Cuire."))
    db.session.commit()
    return made


def add(project: Project, title: str, *owners: Member, **more: object) -> Task:
    awa = project.author
    assert awa is not None
    written = Written(title=title, owners=[each.id for each in owners], **more)  # type: ignore[arg-type]
    task = working.add(project, awa, written)
    db.session.commit()
    db.session.refresh(task)
    return task


def reminders(member: Member) -> list[str]:
    return list(
        db.session.scalars(
            select(Notice.subject)
            .where(Notice.member_id == member.id, Notice.topic.endswith("task_due"))
            .order_by(Notice.id)
        )
    )


def test_a_task_that_waits_for_another_is_not_closed_before_it(
    project: Project, people: list[Member]
) -> None:
    quote = add(project, "Un devis")
    bricks = add(project, "Des briques", needs=[quote.id])
    with pytest.raises(errors.TaskBlocked) as refused:
        working.move(bricks, people[0], Stage.DONE)
    assert "«\u00a0Un devis\u00a0»" in str(refused.value)
    assert bricks.stage == Stage.TODO
    assert working.move(bricks, people[0], Stage.DOING)
    working.move(quote, people[0], Stage.DONE)
    assert working.move(bricks, people[0], Stage.DONE)
    assert not working.move(bricks, people[0], Stage.DONE)


def test_tasks_that_would_wait_for_each_other_are_refused(
    project: Project, people: list[Member]
) -> None:
    first = add(project, "Un")
    second = add(project, "Deux", needs=[first.id])
    third = add(project, "Trois", needs=[second.id])
    for needs in ([third.id], [first.id]):
        with pytest.raises(errors.TaskCircle):
            working.change(first, people[0], Written(title="Un", needs=needs))
        db.session.rollback()


def test_a_task_waits_for_no_other_project_s_task(
    community: Community, project: Project, people: list[Member]
) -> None:
    other = proposing.propose(community, people[1], Described(title="Un puits", goals="Boire."))
    strange = working.add(other, people[1], Written(title="Creuser"))
    task = add(project, "Un devis", needs=[strange.id])
    assert reading.waited_for([task]) == {task.id: []}


def test_undoing_puts_a_task_back_where_it_stood(project: Project, people: list[Member]) -> None:
    task = add(project, "Un devis")
    working.move(task, people[0], Stage.WAITING)
    working.move(task, people[0], Stage.DONE)
    assert working.undo(task, people[0])
    assert (task.stage, task.done_at) == (Stage.WAITING, None)
    assert not working.undo(task, people[0])


def test_who_does_a_task_or_helps_moves_it_and_others_do_not(
    project: Project, people: list[Member]
) -> None:
    bruno, chloe, driss = people[1:4]
    mine, free, hers = add(project, "À lui", bruno), add(project, "Libre"), add(project, "À elle")
    working.take(hers, chloe)
    taking_part.help_with(project, driss, 2)
    assert working.move(mine, bruno, Stage.DOING)
    assert working.move(free, driss, Stage.DOING)
    with pytest.raises(errors.NotYourProject):
        working.move(hers, driss, Stage.DOING)
    with pytest.raises(errors.NotYourProject):
        working.move(free, people[5], Stage.DOING)


def test_a_task_is_done_by_several_members_of_the_community_only(
    project: Project, elsewhere: Community, people: list[Member]
) -> None:
    task = add(project, "Porter", people[1], people[2])
    assert not working.take(task, people[1])
    assert [each.member for each in task.owners] == people[1:3]
    stranger = make_member(elsewhere, "Zoé", "Loin")
    with pytest.raises(errors.StrangerToProject):
        add(project, "Ailleurs", stranger)
    with pytest.raises(Absent):
        working.find_task(elsewhere, task.id)


def test_a_task_reminds_in_the_minute_it_is_due_and_once(
    community: Community, project: Project, people: list[Member]
) -> None:
    due = NOW + timedelta(hours=2)
    task = add(project, "Appeler la mairie", people[1], due_at=due)
    for minutes, expected in ((-1, 0), (0, 1), (1, 1), (120, 1)):
        with held_at(due + timedelta(minutes=minutes)):
            telling.tell_due(community)
            assert len(reminders(people[1])) == expected
    assert reminders(people[1]) == ["À faire\u00a0: Appeler la mairie"]
    later = due + timedelta(days=1)
    working.change(
        task,
        people[0],
        Written(title=task.title, owners=[people[1].id], due_at=later),
    )
    with held_at(later):
        telling.tell_due(community)
    assert len(reminders(people[1])) == 2


def test_many_reminders_are_one_letter_and_those_that_follow_are_gathered(
    community: Community, project: Project, people: list[Member]
) -> None:
    for number in range(5):
        add(project, f"Tâche {number}", people[1], due_at=NOW)
    for minute in range(1, 31):
        add(project, f"Minute {minute}", people[1], due_at=NOW + timedelta(minutes=minute))
    for minute in range(91):
        with held_at(NOW + timedelta(minutes=minute)):
            telling.tell_due(community)
    assert reminders(people[1]) == ["À faire\u00a0: 5 tâches", "À faire\u00a0: 30 tâches"]


def test_what_is_done_closed_or_long_past_reminds_nobody(
    community: Community, project: Project, people: list[Member]
) -> None:
    done = add(project, "Faite", people[1], due_at=NOW)
    working.move(done, people[1], Stage.DONE)
    add(project, "Vieille", people[1], due_at=NOW - timedelta(days=30))
    add(project, "Tantôt", people[2], due_at=NOW + timedelta(hours=1))
    telling.tell_due(community)
    closing.close(project, people[0], closing.Report(done="Fini.", leave=True))
    with held_at(NOW + timedelta(hours=1)):
        telling.tell_due(community)
    assert reminders(people[1]) == reminders(people[2]) == []


def held(project: Project, awa: Member, text: str) -> Meeting:
    found = meeting.announce(
        project, awa, Announced(title="Chantier", starts_at=NOW, ends_at=NOW + timedelta(hours=2))
    )
    meeting.write_minutes(found, awa, text)
    return found


def test_the_actions_of_minutes_become_tasks_once(project: Project, people: list[Member]) -> None:
    taking_part.help_with(project, people[1], 1)
    found = held(
        project,
        people[0],
        "Présents : tout le monde\n- [ ] Awa et Bruno : appeler la mairie avant le 12/12\n"
        "- [ ] Zorglub : trouver du bois\n- [x] Remercier",
    )
    for _click in range(2):
        meeting.make_tasks(found, people[0])
        db.session.commit()
    db.session.expire_all()
    tasks = reading.tasks_of(project)
    assert [each.title for each in tasks] == [
        "appeler la mairie",
        "Zorglub\u00a0: trouver du bois",
        "Remercier",
    ]
    assert [each.member for each in tasks[0].owners] == people[:2]
    assert tasks[0].due_at == datetime(2026, 12, 12, 17, 0, tzinfo=UTC)
    assert [each.stage for each in tasks] == [Stage.TODO, Stage.TODO, Stage.DONE]


def test_minutes_written_again_make_only_the_new_tasks(
    project: Project, people: list[Member]
) -> None:
    found = held(project, people[0], "- [ ] Un")
    meeting.make_tasks(found, people[0], [])
    assert reading.tasks_of(project) == []
    meeting.make_tasks(found, people[0])
    meeting.write_minutes(found, people[0], "- [ ] Un\n- [ ] Deux")
    meeting.make_tasks(found, people[0])
    assert [each.title for each in reading.tasks_of(project)] == ["Un", "Deux"]


def test_a_list_is_sorted_and_kept_to_what_one_looks_for(
    project: Project, people: list[Member]
) -> None:
    add(project, "Zinc", people[1], due_at=NOW + timedelta(days=2))
    add(project, "Ardoise", priority="urgent")
    add(project, "Mousse", due_at=NOW - timedelta(days=1))
    tasks = showing.shown(project, people[1])

    def titles(order: str, words: str = "", whose: str = "") -> list[str]:
        kept = showing.kept(tasks, words, whose, people[1])
        return [each.task.title for each in showing.in_order(kept, order)]

    assert titles("due") == ["Mousse", "Zinc", "Ardoise"]
    assert titles("title") == ["Ardoise", "Mousse", "Zinc"]
    assert titles("priority") == ["Ardoise", "Mousse", "Zinc"]
    assert titles("due", whose="moi") == ["Zinc"]
    assert titles("due", whose="libres") == ["Mousse", "Ardoise"]
    assert titles("due", whose="retard") == ["Mousse"]
    assert titles("due", words="zin") == ["Zinc"]


def test_a_timeline_holds_its_bars_between_its_first_and_last_day(
    project: Project, people: list[Member]
) -> None:
    assert showing.timeline(project, showing.shown(project, people[0])) is None
    add(project, "Long", starts_on=NOW.date(), due_at=NOW + timedelta(days=60))
    add(project, "Court", due_at=NOW + timedelta(days=60))
    add(project, "Sans date")
    drawn = showing.timeline(project, showing.shown(project, people[0]))
    assert drawn is not None
    assert [each.shown.task.title for each in drawn.bars] == ["Long", "Court"]
    assert all(each.x >= 0 and each.x + each.width <= showing.WIDE for each in drawn.bars)
    assert (drawn.undated, drawn.today, len(drawn.months)) == (1, 0, 2)


def test_the_file_of_tasks_says_who_does_what_and_what_waits(
    app: Flask, project: Project, people: list[Member]
) -> None:
    quote = add(project, "Un devis", people[1], due_at=NOW)
    add(project, "=Des briques", needs=[quote.id])
    rows = listing.tasks_of(project).rows
    assert list(rows[0][:7]) == [
        "Un devis",
        "À faire",
        "Ordinaire",
        "Bruno Martin",
        None,
        date(2026, 10, 5),
        "20:00",
    ]
    assert rows[1][9] == "Un devis"
    assert b"'=Des briques" in listings.written(listing.tasks_of(project), "csv")
