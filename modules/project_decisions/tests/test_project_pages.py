"""Projects on their pages, without JavaScript: proposed, worked on, ended, done again."""

from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Community, Member
from freeco.testing.forms import fill_in
from freeco.testing.people import make_member, open_module
from freeco.testing.visitor import Visitor
from freeco_project_decisions.projects import knowing, proposing, reading, working
from freeco_project_decisions.projects.knowing import Known
from freeco_project_decisions.projects.models import (
    BudgetLine,
    Part,
    Project,
    ProjectDocument,
    ProjectNews,
    ProjectState,
    Skill,
)
from freeco_project_decisions.projects.proposing import Described
from freeco_project_decisions.projects.task_models import Meeting, Stage, Task
from freeco_project_decisions.projects.working import Written

Visit = Callable[[Member], Visitor]
PAGE = "/lavergne/project-decisions/projets/"
TYPED = {"title": "Un four à pain", "goals": "Cuire une fois par mois."}


def all_of(model: type) -> list:  # type: ignore[type-arg]
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(model).order_by(model.id)))  # type: ignore[attr-defined]


@pytest.fixture
def project(community: Community, people: list[Member]) -> Project:
    """Give Awa's project, with a task that waits for another."""
    made = proposing.propose(community, people[0], Described(**TYPED), ("Un devis",))
    (quote,) = reading.tasks_of(made)
    working.add(made, people[0], Written(title="Des briques", needs=[quote.id]))
    db.session.commit()
    return made


def test_a_member_proposes_a_project_on_one_page_and_finds_it_whole(
    visiting: Visit, people: list[Member]
) -> None:
    client = visiting(people[1])
    assert "Aucun projet n’est en cours" in client.get(PAGE).text
    made = fill_in(
        client,
        client.get(f"{PAGE}nouveau"),
        "/nouveau",
        TYPED
        | {
            "people": "4",
            "hours": "10",
            "asked": "900,50",
            "skills": "maçonnerie, Maçonnerie ; comptes",
            "tasks": "- Un devis\n\nDes briques",
            "meets_on": "2026-10-12",
            "meets_at": "La halle",
        },
    )
    assert made.status_code == 302, made.text
    page = client.get(made.location)
    for words in ("Un four à pain", "2 tâches cherchent quelqu’un", "900,50", "Première réunion"):
        assert words in page.text
    (project,) = all_of(Project)
    assert project.skills == ["Maçonnerie", "comptes"]
    for address in ("taches", "reunions", "budget", "documents", "equipe", "nouvelles", "fiche"):
        assert client.get(f"{PAGE}{project.id}/{address}").status_code == 200, address
    for view in ("tableau", "liste", "frise"):
        assert client.get(f"{PAGE}{project.id}/taches?vue={view}").status_code == 200
    discussion = client.get(f"/lavergne/project-decisions/discussions/{project.discussion_id}")
    assert "Un four à pain" in discussion.text


WRONG = (
    ({"title": ""}, "Ce champ est à remplir"),
    ({"people": "-1"}, "hors des limites"),
    ({"people": "99999"}, "hors des limites"),
    ({"asked": "beaucoup"}, "beaucoup"),
    ({"asked": "12,345"}, "milliers ou des décimales"),
    ({"starts_on": "2026-12-01", "ends_on": "2026-11-01"}, "La fin vient avant le début"),
    ({"starts_on": "2126-12-01"}, "dix ans"),
    ({"tasks": "x" * 201}, "deux cents caractères"),
    ({"tasks": "\n".join(map(str, range(101)))}, "Cent tâches"),
    ({"skills": ",".join(map(str, range(21)))}, "Vingt savoir-faire"),
    ({"meets_on": "2026-10-12", "meets_hour": "tantôt"}, "18:30"),
    ({"invented": "1"}, "champ inconnu"),
)


def test_what_was_typed_stays_when_something_is_wrong(
    visiting: Visit, people: list[Member]
) -> None:
    client = visiting(people[1])
    for wrong, word in WRONG:
        answer = client.post(
            f"{PAGE}nouveau", data=TYPED | {"resources": "La halle, le lundi."} | wrong
        )
        assert answer.status_code == 422, wrong
        assert word in answer.text
        assert "La halle, le lundi." in answer.text
    assert not all_of(Project)


def test_a_board_moves_a_task_with_a_plain_form_and_says_why_one_stays(
    visiting: Visit, people: list[Member], project: Project
) -> None:
    client = visiting(people[0])
    quote, bricks = (each.id for each in reading.tasks_of(project))
    board = client.get(f"{PAGE}{project.id}/taches")
    refused = fill_in(client, board, f"/taches/{bricks}/etape", {"stage": "done"})
    assert refused.status_code == 409
    assert "cette tâche attend" in refused.text.lower()
    done = fill_in(client, board, f"/taches/{quote}/etape", {"stage": "done"})
    assert done.status_code == 302
    page = client.get(done.location)
    assert "est faite" in page.text
    back = fill_in(client, page, f"/taches/{quote}/pas-faite")
    assert back.status_code == 302
    assert [each.stage for each in all_of(Task)] == [Stage.TODO, Stage.TODO]


def test_who_does_not_carry_a_project_reads_it_and_offers_help(
    visiting: Visit, people: list[Member], project: Project
) -> None:
    client = visiting(people[3])
    task = reading.tasks_of(project)[0].id
    for address in (
        f"{project.id}/modifier",
        f"{project.id}/bilan",
        f"{project.id}/taches/nouvelle",
        f"{project.id}/reunions/nouvelle",
        f"taches/{task}/modifier",
    ):
        assert client.get(PAGE + address).status_code == 403, address
        assert client.post(PAGE + address, data={"done": "x", **TYPED}).status_code in (403, 422)
    assert client.post(f"{PAGE}{project.id}/budget", data={"label": "x"}).status_code == 403
    page = client.get(f"{PAGE}{project.id}")
    fill_in(client, page, "/aider", {"hours": "5"})
    client.post(f"{PAGE}taches/{task}/prendre")
    shown = client.get(f"{PAGE}taches/{task}")
    assert "Driss Martin" in shown.text
    fill_in(client, shown, "/laisser")
    part = reading.part_of(project, people[3])
    assert part is not None
    assert (part.part, part.hours) == (Part.HELPER, 5)


def test_what_belongs_to_another_community_is_absent(
    visiting: Visit, elsewhere: Community, project: Project
) -> None:
    open_module(elsewhere, "project_decisions")
    stranger = make_member(elsewhere, "Zoé", "Loin", permissions=("project_decisions.prepare",))
    client = visiting(stranger)
    task = reading.tasks_of(project)[0].id
    there = PAGE.replace("lavergne", "ailleurs")
    for address in (
        f"{project.id}",
        f"{project.id}/taches",
        f"{project.id}/taches.csv",
        f"{project.id}/budget",
        f"{project.id}/ici-aussi",
        f"taches/{task}",
    ):
        assert client.get(there + address).status_code == 404, address
        assert client.get(PAGE + address).status_code in (302, 403, 404), address
    for address in (f"taches/{task}/etape", f"{project.id}/bilan", f"{project.id}/aider"):
        assert client.post(there + address, data={"stage": "done"}).status_code == 404, address


def test_a_task_is_written_with_owners_date_and_what_it_waits_for(
    visiting: Visit, people: list[Member], project: Project
) -> None:
    client = visiting(people[0])
    quote = reading.tasks_of(project)[0].id
    page = client.get(f"{PAGE}{project.id}/taches/nouvelle")
    typed = {
        "title": "Le toit",
        "due_on": "2026-11-02",
        "due_hour": "9 h",
        "owners": str(people[0].id),
        "others": "bruno",
        "needs": [str(quote)],
        "priority": "high",
    }
    assert fill_in(client, page, "/nouvelle", typed).status_code == 302
    task = all_of(Task)[-1]
    assert [each.member_id for each in task.owners] == [people[0].id, people[1].id]
    change = client.get(f"{PAGE}taches/{task.id}/modifier")
    kept = fill_in(client, change, "/modifier", {"title": "La toiture"})
    assert kept.status_code == 302
    again = all_of(Task)[-1]
    assert (again.title, len(again.owners), again.due_at) == ("La toiture", 2, task.due_at)
    assert client.get(f"{PAGE}mes-taches").text.count("La toiture") == 1
    for form in ("csv", "ods", "xlsx"):
        assert client.get(f"{PAGE}{project.id}/taches.{form}").status_code == 200
        assert client.get(f"{PAGE}{project.id}/budget.{form}").status_code == 200
    unknown = client.post(
        f"{PAGE}taches/{quote}/modifier", data={"title": "Un devis", "others": "Martin"}
    )
    assert unknown.status_code == 422
    assert "ou plusieurs, portent ce nom" in unknown.text
    circle = client.post(
        f"{PAGE}taches/{quote}/modifier", data={"title": "Un devis", "needs": str(task.id)}
    )
    assert circle.status_code == 422
    assert "s’attendraient" in circle.text
    removed = fill_in(
        client, client.get(f"{PAGE}taches/{task.id}"), "/supprimer", {"a_confirmer": []}
    )
    assert removed.status_code == 302
    assert len(all_of(Task)) == 2


def test_minutes_are_kept_and_their_actions_become_tasks(
    visiting: Visit, people: list[Member], project: Project
) -> None:
    client = visiting(people[0])
    page = client.get(f"{PAGE}{project.id}/reunions/nouvelle")
    made = fill_in(client, page, "/nouvelle", {"title": "Chantier", "on": "2026-10-09"})
    kept = fill_in(
        client,
        client.get(made.location),
        "/compte-rendu",
        {"minutes": "On commence.\n- [ ] Awa : appeler la mairie avant le 12/12"},
    )
    asked = client.get(kept.location)
    assert "avant le samedi 12 décembre 2026" in asked.text
    fill_in(client, asked, "/actions")
    again = client.post(f"{made.location}/actions", data={"lines": "- [ ] inventée"})
    assert again.status_code == 302
    assert [each.title for each in all_of(Task)][2:] == ["appeler la mairie"]
    change = client.get(f"{made.location}/modifier")
    fill_in(client, change, "/modifier", {"begins": "19:00"})
    assert all_of(Meeting)[0].changes == 1
    client.post(f"{made.location}/annuler")
    assert "annulée" in client.get(f"{PAGE}{project.id}/reunions").text
    client.post(f"{made.location}/maintenir")
    assert all_of(Meeting)[0].cancelled_at is None


def test_a_budget_a_document_and_news_are_written_and_taken_back(
    visiting: Visit, people: list[Member], project: Project
) -> None:
    client = visiting(people[0])
    budget = f"{PAGE}{project.id}/budget"
    fill_in(
        client,
        client.get(budget),
        "/budget",
        {"label": "Briques", "planned": "400,50", "spent": "10", "about": "kitties:campaign:7"},
    )
    page = client.get(budget)
    assert "kitties:campaign:7" in page.text
    assert "n’est pas ouvert ici" in page.text
    (line,) = all_of(BudgetLine)
    fill_in(client, client.get(f"{budget}/{line.id}"), f"/budget/{line.id}", {"spent": "12"})
    wrong = client.post(budget, data={"label": "Porte", "planned": "1", "about": "une campagne"})
    assert wrong.status_code == 422
    client.post(f"{budget}/{line.id}/supprimer")
    assert not all_of(BudgetLine)

    documents = f"{PAGE}{project.id}/documents"
    assert client.post(documents, data={}).status_code == 422
    sent = client.post(documents, data={"file": (BytesIO(b"%PDF-1.7 x"), "plan.pdf")})
    assert sent.status_code == 302, sent.text
    (document,) = all_of(ProjectDocument)
    answer = client.get(f"{PAGE}documents/{document.id}")
    assert answer.data == b"%PDF-1.7 x"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    client.post(f"{PAGE}documents/{document.id}/supprimer")
    assert not all_of(ProjectDocument)

    news = client.get(f"{PAGE}{project.id}/nouvelles")
    for _click in range(2):
        fill_in(client, news, "/nouvelles", {"subject": "Samedi", "text": "Le four chauffe."})
    assert len(all_of(ProjectNews)) == 1


def test_a_project_ends_is_put_away_and_taken_up_again(
    visiting: Visit, people: list[Member], project: Project
) -> None:
    client = visiting(people[0])
    page = client.get(f"{PAGE}{project.id}/bilan")
    refused = fill_in(client, page, "/bilan", {"done": "Le four cuit."})
    assert refused.status_code == 422
    assert "Le four cuit." in refused.text
    fill_in(client, refused, "/bilan", {"leave": "1"})
    assert "Le four cuit." in client.get(f"{PAGE}{project.id}").text
    assert "Un four à pain" in client.get(f"{PAGE}?dossier=termines").text
    client.post(f"{PAGE}{project.id}/archiver")
    assert "Un four à pain" in client.get(f"{PAGE}?dossier=archives").text
    for _click in range(2):
        client.post(f"{PAGE}{project.id}/rouvrir")
    assert [each.state for each in all_of(Project)] == [ProjectState.ACTIVE]


def test_who_prepares_votes_sets_the_rule_and_has_projects_chosen(
    visiting: Visit, people: list[Member], clerk: Member
) -> None:
    assert visiting(people[0]).get(f"{PAGE}reglages").status_code == 403
    client = visiting(clerk)
    fill_in(client, client.get(f"{PAGE}reglages"), "/reglages", {"vote_first": "1"})
    for title in ("Un four", "Un puits"):
        client.post(f"{PAGE}nouveau", data=TYPED | {"title": title, "asked": "100"})
    proposed = all_of(Project)
    assert {each.state for each in proposed} == {ProjectState.PROPOSED}
    assert "vote" in client.get(f"{PAGE}{proposed[0].id}").text
    page = client.get(f"{PAGE}choisir")
    chosen = [str(each.id) for each in proposed]
    wrong = fill_in(client, page, "/choisir", {"projects": chosen, "method": "greedy"})
    assert "budget à répartir" in wrong.text
    made = fill_in(
        client, wrong, "/choisir", {"projects": chosen, "method": "greedy", "budget": "150"}
    )
    preview = client.get(made.location)
    assert "Un puits" in preview.text
    assert "En savoir plus\u00a0: Un puits" in preview.text
    opened = fill_in(client, preview, "/ouvrir", {"a_confirmer": []})
    assert opened.status_code == 302, opened.text


def test_a_project_is_done_again_from_its_page(
    visiting: Visit, elsewhere: Community, people: list[Member], project: Project
) -> None:
    client = visiting(people[2])
    assert "Il faut être membre" in client.get(f"{PAGE}{project.id}/ici-aussi").text
    open_module(elsewhere, "project_decisions")
    make_member(elsewhere, person=people[2].person)
    page = client.get(f"{PAGE}{project.id}/ici-aussi")
    typed = {"slug": "ailleurs", "begins": "2027-03-01", "goals": "Cuire, sans Zorglub."}
    wrong = fill_in(client, page, "/ici-aussi", typed)
    assert wrong.status_code == 422
    assert 'id="f-reviewed-error"' in wrong.text
    assert "sans Zorglub" in wrong.text
    made = fill_in(client, wrong, "/ici-aussi", {"goals": "Cuire.", "reviewed": "1"})
    assert made.status_code == 302, made.text
    there = client.get(made.location)
    assert "Un four à pain" in there.text
    assert "Awa" not in there.text
    assert "Repris d’un projet de" in there.text


def test_skills_are_declared_found_and_taken_back(
    visiting: Visit, community: Community, people: list[Member]
) -> None:
    knowing.declare(people[1], Known("Soudure"), shown=False)
    client = visiting(people[0])
    page = client.get(f"{PAGE}savoir-faire")
    assert "Soudure" not in page.text
    fill_in(client, page, "/ajouter", {"name": "Greffer", "level": "teaches", "shown": "1"})
    found = client.get(f"{PAGE}savoir-faire?q=greff")
    assert "peut l’apprendre aux autres" in found.text
    assert client.post(f"{PAGE}savoir-faire/ajouter", data={"name": "!!"}).status_code == 422
    hers = all_of(Skill)[-1].id
    visiting(people[2]).post(f"{PAGE}savoir-faire/{hers}/retirer")
    assert len(all_of(Skill)) == 2
    visiting(people[0]).post(f"{PAGE}savoir-faire/{hers}/retirer")
    assert len(all_of(Skill)) == 1
