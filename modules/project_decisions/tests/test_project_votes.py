"""Projects that a vote opens, and those done again in another community."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.events import deliver_events
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.testing.people import make_member, open_module
from freeco_project_decisions.deliberation.models import Discussion
from freeco_project_decisions.polls import closing, opening, preparing, voting
from freeco_project_decisions.polls.models import Method, Poll, PollState
from freeco_project_decisions.projects import (
    baring,
    copying,
    errors,
    filing,
    meeting,
    proposing,
    reading,
    spending,
    starting,
    working,
)
from freeco_project_decisions.projects import closing as closing_project
from freeco_project_decisions.projects.meeting import Announced
from freeco_project_decisions.projects.models import Project, ProjectState
from freeco_project_decisions.projects.proposing import Described
from freeco_project_decisions.projects.spending import Line
from freeco_project_decisions.projects.task_models import Stage, Task
from freeco_project_decisions.projects.working import Written

from .conftest import NOW

YES, NO = [0], [1]
EIGHT = ("Balance", "Caisses", "Four", "Haies", "Graines", "Vélo", "Paniers", "Goûter")


def vote(poll: Poll, ballots: list[list[int]], people: list[Member]) -> None:
    """Open a poll, cast ballots, close it at its hour, and let everybody hear of it."""
    opening.open_poll(poll)
    for member, marks in zip(people, ballots, strict=False):
        voting.vote(poll, member, marks)
    db.session.commit()
    with held_at(poll.closes_at + timedelta(minutes=1)):
        closing.close_due(poll.community)
        db.session.commit()
        deliver_events(kernel().plugins)
    db.session.expire_all()


@pytest.fixture
def voting_first(community: Community, people: list[Member]) -> None:
    """Have every project begin after a vote."""
    proposing.set_rules(community, vote_first=True, vote_days=7, lends=True)
    db.session.commit()


def propose(
    community: Community, author: Member, title: str = "Un four", **more: object
) -> Project:
    made = proposing.propose(
        community,
        author,
        Described(title=title, goals="Cuire.", **more),  # type: ignore[arg-type]
        ("Un devis",),
    )
    db.session.commit()
    return made


@pytest.mark.usefixtures("voting_first")
def test_where_a_vote_comes_first_a_project_waits_for_it_and_opens_by_it(
    community: Community, people: list[Member]
) -> None:
    project = propose(community, people[0], asked=Money(50_000))
    poll = reading.poll_of(project)
    assert poll is not None
    assert (project.state, poll.state) == (ProjectState.PROPOSED, PollState.DRAFT)
    assert project.discussion_id is not None
    task = reading.tasks_of(project)[0]
    with pytest.raises(errors.ProjectNotOpen):
        working.move(task, people[0], Stage.DONE)
    vote(poll, [YES, YES, NO], people)
    assert (project.state, project.budget) == (ProjectState.ACTIVE, Money(50_000))
    decision = starting.decision_of(project)
    assert decision is not None
    assert decision.poll is poll
    assert starting.statement_of(project)


@pytest.mark.usefixtures("voting_first")
def test_a_project_that_is_not_kept_may_be_put_again(
    community: Community, people: list[Member]
) -> None:
    project = propose(community, people[0])
    poll = proposing.prepare_vote(project)
    assert proposing.prepare_vote(project) is poll
    vote(poll, [NO, NO, YES], people)
    assert project.state == ProjectState.REFUSED
    again = proposing.prepare_vote(project)
    assert again is not poll
    assert project.state == ProjectState.PROPOSED


@pytest.mark.usefixtures("voting_first")
def test_a_project_that_is_voted_on_does_not_change(
    community: Community, people: list[Member]
) -> None:
    project = propose(community, people[0])
    poll = reading.poll_of(project)
    assert poll is not None
    described = Described(title="Autre chose", goals="Tout autre.")
    proposing.describe(project, people[0], described)
    opening.open_poll(poll)
    with pytest.raises(errors.BeingVoted):
        proposing.describe(project, people[0], described)


@pytest.mark.usefixtures("voting_first")
def test_what_a_project_asks_for_is_read_by_who_votes_and_stands_as_voted(
    community: Community, people: list[Member]
) -> None:
    project = propose(community, people[0], asked=Money(10_000))
    poll = reading.poll_of(project)
    assert poll is not None
    assert "100" in poll.text
    poll.ready = True
    asks = Described(title="Un four", goals="Cuire.", asked=Money(70_000))
    proposing.describe(project, people[0], asks)
    assert ("700" in poll.text, poll.ready) == (True, False)
    opening.open_poll(poll)
    for member in people[1:3]:
        voting.vote(poll, member, YES)
    with held_at(poll.closes_at + timedelta(minutes=1)):
        closing.close_due(community)
    assert poll.state == PollState.DECIDED
    with pytest.raises(errors.BeingVoted):
        proposing.describe(project, people[0], replace(asks, asked=Money(9_000_000)))


@pytest.mark.usefixtures("voting_first")
def test_what_was_opened_is_what_is_given_whatever_the_rows_say_since(
    community: Community, people: list[Member]
) -> None:
    alone = propose(community, people[0], asked=Money(10_000))
    chosen = [propose(community, people[1], t, asked=Money(500)) for t in ("Puits", "Haie")]
    among = proposing.prepare_choice(
        community, people[0], "Lequel ?", Method.APPROVAL, None, [each.id for each in chosen]
    )
    own = reading.poll_of(alone)
    assert own is not None
    for poll in (own, among):
        opening.open_poll(poll)
        opened = json.loads(poll.frozen_text)
        assert 10_000 in (opened["budget"], *(20 * o["cost"] for o in opened["options"]))
    for each in (alone, *chosen):
        each.asked = Money(9_000_000)
    own.budget = among.options[0].cost = Money(9_000_000)
    own.asked_by = among.options[0].about = ""
    for member in people[:3]:
        voting.vote(among, member, [1, 0])
    vote(own, [YES, YES, YES], people)
    assert (alone.state, alone.budget) == (ProjectState.ACTIVE, Money(10_000))
    # The latest proposal is the first option, as the page lists them.
    assert (chosen[1].state, chosen[1].budget) == (ProjectState.ACTIVE, Money(500))
    assert (chosen[0].state, chosen[0].budget) == (ProjectState.REFUSED, None)


@pytest.mark.usefixtures("voting_first")
def test_a_draft_after_it_does_not_set_free_a_project_that_is_voted_on(
    community: Community, people: list[Member]
) -> None:
    voted, other, third = (propose(community, people[0], t) for t in ("Four", "Puits", "Haie"))

    def choose(*projects: Project) -> Poll:
        ids = [each.id for each in projects]
        return proposing.prepare_choice(community, people[0], "?", Method.APPROVAL, None, ids)

    first = choose(voted, other)
    later = choose(voted, third)
    opening.open_poll(first)
    assert reading.poll_of(voted) is later
    with pytest.raises(errors.BeingVoted):
        proposing.describe(voted, people[0], Described(title="Four", goals="Tout autre."))
    assert voted not in proposing.proposed(community)


@pytest.mark.usefixtures("voting_first")
def test_a_choice_that_is_prepared_says_what_its_projects_have_become(
    community: Community, people: list[Member]
) -> None:
    oven, well = (propose(community, people[0], t, asked=Money(500)) for t in ("Four", "Puits"))
    poll = proposing.prepare_choice(
        community, people[0], "?", Method.APPROVAL, None, [oven.id, well.id]
    )
    written = preparing.Written(
        title="Lequel ?", text="", opens_at=NOW, closes_at=NOW + timedelta(days=3)
    )
    preparing.change(poll, written, [preparing.Choice("Puits"), preparing.Choice("Four")])
    proposing.describe(
        oven, people[0], Described(title="Fournil", goals="Cuire.", asked=Money(700))
    )
    db.session.commit()
    assert [(each.text, each.cost, each.about) for each in poll.options] == [
        ("Puits", Money(500), well.ref),
        ("Fournil", Money(700), oven.ref),
    ]
    assert poll.ready is False


def test_no_vote_is_prepared_for_what_is_open_or_over(
    community: Community, people: list[Member]
) -> None:
    project = propose(community, people[0])
    with pytest.raises(errors.AlreadyOpen):
        proposing.prepare_vote(project)
    closing_project.close(project, people[0], closing_project.Report(done="Fini.", leave=True))
    with pytest.raises(errors.ProjectOver):
        proposing.prepare_vote(project)
    assert not db.session.scalars(select(Poll)).all()


@pytest.mark.usefixtures("voting_first")
def test_the_vote_of_a_project_that_is_given_up_is_given_up_too(
    community: Community, people: list[Member]
) -> None:
    project = propose(community, people[0])
    report = closing_project.Report(done="Trop cher.", leave=True, given_up=True)
    closing_project.close(project, people[0], report)
    assert not db.session.scalars(select(Poll)).all()


@pytest.mark.usefixtures("voting_first")
def test_a_draft_that_is_thrown_away_is_prepared_again(
    community: Community, people: list[Member]
) -> None:
    project = propose(community, people[0])
    poll = reading.poll_of(project)
    assert poll is not None
    preparing.throw_away(poll)
    assert reading.poll_of(project) is None
    assert proposing.prepare_vote(project).state == PollState.DRAFT


@pytest.mark.usefixtures("voting_first")
def test_the_projects_that_a_budget_keeps_open_with_their_tasks_and_what_was_voted(
    community: Community, people: list[Member]
) -> None:
    projects = [
        propose(community, people[number], title, asked=Money(10_000 * (number + 1)))
        for number, title in enumerate(EIGHT)
    ]
    poll = proposing.prepare_choice(
        community,
        people[0],
        "Que faire de 700 € ?",
        Method.GREEDY,
        Money(70_000),
        [each.id for each in projects],
    )
    assert [option.about for option in poll.options] == [
        each.ref for each in sorted(projects, key=lambda each: -each.id)
    ]
    assert all(reading.poll_of(each) is poll for each in projects)
    assert db.session.scalars(select(Poll)).all() == [poll]
    wanted = [int(option.text in ("Four", "Haies")) for option in poll.options]
    vote(poll, [wanted] * 5, people)
    kept = [each for each in projects if each.state == ProjectState.ACTIVE]
    assert [(each.title, each.budget) for each in kept] == [
        ("Four", Money(30_000)),
        ("Haies", Money(40_000)),
    ]
    assert all(working.move(reading.tasks_of(each)[0], each.author, Stage.DOING) for each in kept)  # type: ignore[arg-type]
    assert {each.state for each in projects if each not in kept} == {ProjectState.REFUSED}


@pytest.mark.usefixtures("voting_first")
def test_a_decision_that_is_heard_twice_changes_nothing_more(
    community: Community, people: list[Member]
) -> None:
    project = propose(community, people[0], asked=Money(100))
    poll = reading.poll_of(project)
    assert poll is not None
    vote(poll, [YES, YES], people)
    decision = starting.decision_of(project)
    assert decision is not None
    project.budget = Money(90)
    starting.hear_decision({"decision_id": decision.id})
    starting.hear_decision({"decision_id": 999_999})
    assert project.budget == Money(90)


def test_a_vote_opens_no_other_community_s_project(
    community: Community, elsewhere: Community, people: list[Member], ask: Callable[..., Poll]
) -> None:
    stranger = make_member(elsewhere, "Zoé", "Loin")
    proposing.set_rules(elsewhere, vote_first=True, vote_days=7, lends=True)
    theirs = propose(elsewhere, stranger)
    poll = ask(opened=False, asked_by=theirs.ref, quorum_part=1, quorum_whole=8)
    vote(poll, [YES], people)
    assert theirs.state == ProjectState.PROPOSED
    assert starting.project_of("project_decisions:project:x", community.id) is None


@pytest.mark.usefixtures("voting_first")
def test_a_choice_is_among_two_projects_at_least_whose_cost_is_known(
    community: Community, people: list[Member]
) -> None:
    priced = propose(community, people[0], "Four", asked=Money(100))
    free = propose(community, people[1], "Puits")

    def choose(*chosen: Project) -> None:
        proposing.prepare_choice(
            community, people[0], "?", Method.GREEDY, Money(100), [each.id for each in chosen]
        )

    with pytest.raises(errors.NothingToChoose):
        choose(priced)
    with pytest.raises(errors.CostMissing):
        choose(priced, free)


@pytest.fixture
def original(app: Flask, community: Community, people: list[Member]) -> Project:
    """Give a project with everything that a copy must, and must not, take along."""
    awa, bruno = people[:2]
    project = propose(community, awa, starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31))
    quote = reading.tasks_of(project)[0]
    working.change(
        quote, awa, Written(title="Un devis", owners=[bruno.id], due_at=NOW, skills=("chiffrer",))
    )
    working.add(project, awa, Written(title="Des briques", needs=[quote.id]))
    found = meeting.announce(
        project, awa, Announced(title="Chez Bruno", starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    )
    meeting.write_minutes(found, awa, "Bruno est malade.")
    spending.add_line(project, awa, Line(label="Briques", planned=Money(100), spent=Money(70)))
    filing.add(project, awa, "plan.pdf", b"%PDF-1.7 plan")
    db.session.commit()
    return project


@pytest.fixture
def abroad(elsewhere: Community, people: list[Member]) -> Member:
    """Give Chloé's place in another community."""
    open_module(elsewhere, "project_decisions")
    return make_member(elsewhere, person=people[2].person)


def copy(
    project: Project, reader: Member, slug: str, begins: date, *, documents: bool = True
) -> Project:
    found = [each.id for each in filing.documents_of(project)] if documents else []
    return copying.copy(project, reader, slug, begins, baring.texts_of(project), found)


def test_a_project_done_again_takes_tasks_budget_and_documents_and_nobody_s_name(
    original: Project, abroad: Member, people: list[Member]
) -> None:
    copied = copy(original, people[2], "ailleurs", date(2027, 3, 1))
    db.session.commit()
    db.session.expire_all()
    assert (copied.community, copied.author) == (abroad.community, abroad)
    assert (copied.starts_on, copied.ends_on) == (date(2027, 3, 1), date(2027, 3, 31))
    tasks = reading.tasks_of(copied)
    assert [each.title for each in tasks] == ["Un devis", "Des briques"]
    # Eight in the evening here as there, though the clocks have changed in between.
    assert tasks[0].due_at == NOW + timedelta(days=151, hours=1)
    assert [list(each.owners) for each in tasks] == [[], []]
    assert reading.waited_for(tasks)[tasks[1].id] == [tasks[0]]
    (line,) = reading.budget_of(copied)
    assert (line.planned, line.spent) == (Money(100), Money(0))
    (document,) = filing.documents_of(copied)
    assert (document.content, document.added_by) == (b"%PDF-1.7 plan", abroad)
    assert meeting.meetings_of(copied) == []
    assert [each.member for each in reading.participants(copied)] == [abroad]
    assert copy(original, people[2], "ailleurs", date(2027, 5, 1)) is copied


def test_the_names_that_stand_in_texts_do_not_travel_either(
    original: Project, abroad: Member, people: list[Member]
) -> None:
    awa = people[0]
    (held,) = meeting.meetings_of(original)
    meeting.write_minutes(held, awa, "- [ ] Zorglub : trouver du bois\n- [ ] Appeler Bruno Martin")
    meeting.make_tasks(held, awa)
    spending.add_line(
        original, awa, Line(label="Payé à Bruno Martin", planned=Money(1), spent=Money(1))
    )
    filing.add(original, awa, "Devis BRUNO MARTIN.pdf", b"%PDF-1.7 devis")
    copied = copy(original, people[2], "ailleurs", date(2027, 3, 1))
    assert [each.title for each in reading.tasks_of(copied)][2:] == [
        "trouver du bois",
        "Appeler quelqu’un",
    ]
    assert [each.label for each in reading.budget_of(copied)] == ["Briques", "Payé à quelqu’un"]
    assert [each.name for each in filing.documents_of(copied)] == [
        "Devis quelqu’un.pdf",
        "plan.pdf",
    ]


def test_first_names_addresses_and_telephone_numbers_stay_at_home(
    original: Project, abroad: Member, people: list[Member]
) -> None:
    awa, bruno = people[:2]
    gone = make_member(original.community, "Rose", "Vidal")
    gone.left_at = NOW
    proposing.describe(
        original,
        awa,
        Described(
            title="Le four de Bruno",
            goals="Bruno et ROSE VIDAL savent faire. Une rose à l’entrée.",
            resources="Demander à M. Martin : 06 12 34 56 78 ou bruno@example.org.",
            skills=("maçonnerie avec Awa",),
        ),
    )
    quote = reading.tasks_of(original)[0]
    working.change(
        quote, awa, Written(title="Élise appelle la mairie", text="Voir Hana", owners=[bruno.id])
    )
    filing.add(original, awa, "devis_bruno.pdf", b"%PDF-1.7 autre")
    copied = copy(original, people[2], "ailleurs", date(2027, 3, 1))
    db.session.commit()
    discussion = db.session.get_one(Discussion, copied.discussion_id)
    assert (discussion.title, copied.title) == ("Le four de quelqu’un",) * 2
    assert copied.goals == "quelqu’un et quelqu’un savent faire. Une rose à l’entrée."
    assert copied.resources == "Demander à M. quelqu’un : … ou …"
    assert copied.skills == ["maçonnerie avec quelqu’un"]
    first = reading.tasks_of(copied)[0]
    assert (first.title, first.text) == ("quelqu’un appelle la mairie", "Voir quelqu’un")
    assert "devis_quelqu’un.pdf" in [each.name for each in filing.documents_of(copied)]


def test_only_what_was_read_again_leaves(
    original: Project, abroad: Member, people: list[Member]
) -> None:
    read = baring.texts_of(original)
    first, second = read.tasks
    working.add(original, people[0], Written(title="Ajoutée entre-temps pour Zorglub"))
    spending.add_line(original, people[0], Line(label="Zorglub", planned=Money(1), spent=Money(0)))
    corrected = replace(read, title="Un fournil", tasks={first: ("", ""), second: ("Terre", "")})
    copied = copying.copy(original, people[2], "ailleurs", date(2027, 3, 1), corrected)
    assert copied.title == "Un fournil"
    assert [each.title for each in reading.tasks_of(copied)] == ["Terre"]
    assert reading.waited_for(reading.tasks_of(copied)) == {reading.tasks_of(copied)[0].id: []}
    assert [each.label for each in reading.budget_of(copied)] == ["Briques"]
    assert filing.documents_of(copied) == []


def test_a_project_is_done_again_only_where_it_is_lent_and_where_one_belongs(
    original: Project, abroad: Member, people: list[Member], community: Community
) -> None:
    day = date(2027, 3, 1)
    for reader, slug in ((people[0], "ailleurs"), (people[2], "inconnue"), (people[2], "lavergne")):
        with pytest.raises(errors.NowhereElse):
            copy(original, reader, slug, day)
    with pytest.raises(errors.NotLent):
        copy(original, abroad, "ailleurs", day)
    original.shared = False
    with pytest.raises(errors.NotLent):
        copy(original, people[2], "ailleurs", day)
    original.shared = True
    proposing.set_rules(community, vote_first=False, vote_days=7, lends=False)
    with pytest.raises(errors.NotLent):
        copy(original, people[2], "ailleurs", day)


def test_a_copy_waits_for_the_vote_of_its_new_community(
    original: Project, abroad: Member, people: list[Member]
) -> None:
    proposing.set_rules(abroad.community, vote_first=True, vote_days=7, lends=True)
    copied = copy(original, people[2], "ailleurs", date(2027, 3, 1), documents=False)
    assert copied.state == ProjectState.PROPOSED
    assert filing.documents_of(copied) == []
    assert copying.origin_of(copied, abroad) is original
    stranger = make_member(abroad.community, "Zoé", "Loin")
    assert copying.origin_of(copied, stranger) is None
    assert db.session.scalars(select(Task).where(Task.project_id == copied.id)).all()
