"""Papers in the room beside a sealed vote: nobody counts twice, and both counts are added."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco.record.models import RecordEntry
from freeco.testing.visitor import Visitor
from freeco_project_decisions.assembly.models import Assembly
from freeco_project_decisions.polls import errors as poll_errors
from freeco_project_decisions.polls.models import (
    Method,
    Poll,
    PollState,
)
from freeco_project_decisions.sealed.verifying import require_result, verify
from freeco_project_decisions.sealed.writing import compact
from freeco_project_decisions.secret import (
    beside,
    counting,
    errors,
    filing,
    rounds,
    trustees,
)
from freeco_project_decisions.secret import beside_errors as no
from freeco_project_decisions.secret import preparing as secret
from freeco_project_decisions.secret.playing import Voters
from freeco_project_decisions.testing import belenios_accepts

from .urn import COUNTS, come, count, derivation, end, send, stated, tell

HOME = "/lavergne/project-decisions"
Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]
FOR, AGAINST, BLANK = [[0, 1, 0]], [[0, 0, 1]], [[1, 0, 0]]


def test_papers_and_sealed_ballots_make_one_result_and_the_archive_holds_its_own_only(
    with_urn: Callable[..., Voters],
    assembly: Assembly,
    people: list[Member],
    neighbours: list[Member],
    tmp_path: Path,
) -> None:
    voters = with_urn()
    send(voters, *[FOR] * 2 + [AGAINST] * 4 + [BLANK])
    come(assembly, *neighbours[:9])
    end(voters)
    tell(assembly, voters.poll, COUNTS, people[:2])
    decision = count(voters)
    found = derivation(decision)
    assert (decision.adopted, found["for"], found["enrolled"]) == (False, "1/2", 18)
    assert found["sealed"] == {"answer_0": 2, "answer_1": 4, "answer_2": 1}
    assert found["papers"] == COUNTS
    assert found["together"] == {"answer_0": 7, "answer_1": 7, "answer_2": 1}
    assert found["came_from"] == {"sealed": 7, "urn": 8, "room": "urn", "voices_in_room": 10}
    assert found["papers_sha256"] == sha256(compact(found["papers"]).encode()).hexdigest()
    content = filing.archive_of(voters.poll)
    verified = verify(content)
    assert ([list(row) for row in require_result(verified)], verified.counted) == ([[1, 2, 4]], 7)
    assert belenios_accepts(content, secret.sealed_of(voters.poll).identifier, tmp_path)
    assert sha256(content).hexdigest() == found["archive"]


def test_both_tellers_agreement_is_stated_before_the_sum_is_opened(
    with_urn: Callable[..., Voters],
    assembly: Assembly,
    people: list[Member],
    neighbours: list[Member],
) -> None:
    voters = with_urn()
    send(voters, FOR)
    come(assembly, *neighbours)
    end(voters)
    tell(assembly, voters.poll, COUNTS, people[:1])
    assert stated("poll.paper") == stated("poll.closed") == []
    tell(assembly, voters.poll, COUNTS, people[1:2])
    (said,), (closed,) = stated("poll.paper"), stated("poll.closed")
    sealed = verify(filing.archive_of(voters.poll)).closed_digest
    assert closed == {"poll": voters.poll.id, "ballots": 9, "digest": sealed}
    decision = count(voters)
    assert said == {
        "poll": voters.poll.id,
        "ballots": 8,
        "digest": derivation(decision)["papers_sha256"],
    }
    kinds = list(db.session.scalars(select(RecordEntry.kind).order_by(RecordEntry.id)))
    assert kinds.index("poll.paper") < kinds.index("poll.counted")


def test_a_yes_on_paper_may_adopt_what_sealed_ballots_alone_would_not(
    with_urn: Callable[..., Voters],
    assembly: Assembly,
    people: list[Member],
    neighbours: list[Member],
) -> None:
    voters = with_urn(quorum_part=1, quorum_whole=2)
    send(voters, AGAINST, FOR)
    come(assembly, *neighbours)
    end(voters)
    tell(assembly, voters.poll, COUNTS, people[:2])
    decision = count(voters)
    assert (decision.adopted, derivation(decision)["for"]) == (True, "3/5")


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("method", [Method.JUDGMENT, Method.APPROVAL])
def test_grades_and_ticks_are_added_option_by_option(
    with_urn: Callable[..., Voters],
    assembly: Assembly,
    people: list[Member],
    neighbours: list[Member],
    method: Method,
    seed: int,
) -> None:
    chance, grades = Random(seed), 6 if method is Method.JUDGMENT else 2
    remote, papers = (
        [[chance.randrange(grades) for _option in range(3)] for _voter in range(many)]
        for many in (4, 9)
    )
    voters = with_urn(method, "Hangar", "Serre", "Four")
    graded = [[[int(each == grade) for each in range(6)] for grade in cast] for cast in remote]
    send(voters, *(graded if method is Method.JUDGMENT else [[cast] for cast in remote]))
    come(assembly, *neighbours)
    end(voters)
    summed = [[sum(b[o] == g for b in papers) for g in range(grades)] for o in range(3)]
    counts = {f"grade_{o}_{g}": summed[o][g] for o in range(3) for g in range(grades)}
    if method is Method.APPROVAL:
        counts = {"ballots": 9, **{f"tick_{o}": summed[o][1] for o in range(3)}}
    tell(assembly, voters.poll, counts, people[:2])
    found = derivation(count(voters))
    together = [[sum(b[o] == g for b in remote + papers) for g in range(grades)] for o in range(3)]
    if method is Method.JUDGMENT:
        assert found["merits"] == together
    else:
        assert (found["ticks"], found["ballots"]) == ([each[1] for each in together], 13)


def test_papers_are_counted_after_the_remote_vote_and_before_its_sum_is_opened(
    with_urn: Callable[..., Voters],
    assembly: Assembly,
    people: list[Member],
    neighbours: list[Member],
) -> None:
    voters = with_urn()
    send(voters, FOR)
    come(assembly, *neighbours)
    with pytest.raises(poll_errors.RemoteVoteRuns, match="après sa fin"):
        tell(assembly, voters.poll, COUNTS, people[:1])
    end(voters)
    trustee = trustees.group_of(voters.poll).trustees[0]
    assert rounds.step_of(trustee) is rounds.Step.WAIT
    assert rounds.waited_for(trustee.group) == []
    with pytest.raises(errors.NotTheirTurn):
        rounds.post(trustee, {"opening": "{}"})
    tell(assembly, voters.poll, COUNTS, people[:2])
    assert rounds.step_of(trustee) is rounds.Step.OPEN
    beside.require_unopened(voters.poll)
    voters.keepers.open(voters.poll, [1])
    with pytest.raises(no.SumOpening, match="ne se reprend plus"):
        beside.require_unopened(voters.poll)


def test_there_are_no_more_papers_than_people_who_came_for_it(
    with_urn: Callable[..., Voters],
    assembly: Assembly,
    people: list[Member],
    neighbours: list[Member],
) -> None:
    voters = with_urn()
    come(assembly, *people, *neighbours[:7])
    end(voters)
    with pytest.raises(poll_errors.TooManyBallots, match="8 bulletins, et 7 voix"):
        tell(assembly, voters.poll, COUNTS, people[:1])


def test_where_nobody_came_with_a_paper_the_sealed_ballots_decide(
    with_urn: Callable[..., Voters], assembly: Assembly, people: list[Member]
) -> None:
    voters = with_urn()
    send(voters, FOR)
    end(voters)
    with held_at(voters.poll.closes_at + timedelta(hours=1)):
        counting.count_due(voters.poll.community)
    assert voters.poll.state == PollState.CLOSED
    tell(assembly, voters.poll, dict.fromkeys(COUNTS, 0), people[:2])
    assert count(voters).adopted


def test_each_page_says_where_the_papers_stand(
    visiting: Visit,
    with_urn: Callable[..., Voters],
    assembly: Assembly,
    people: list[Member],
    neighbours: list[Member],
) -> None:
    voters = with_urn()
    poll, page = voters.poll, f"{HOME}/votes/{voters.poll.id}"
    item = next(each for each in assembly.items if each.poll_id == poll.id)
    send(voters, FOR)
    come(assembly, *neighbours)
    on_paper = visiting(neighbours[0]).get(page).text
    assert "Vous votez sur papier" in on_paper
    assert "Voter en secret" not in on_paper
    assert "Voter en secret" not in visiting(neighbours[0]).get("/lavergne/").text
    assert "Voter en secret" in visiting(people[5]).get("/lavergne/").text
    assert "Voter en secret" in visiting(people[5]).get(page).text
    counts = f"{HOME}/assemblees/{assembly.id}/points/{item.id}/comptage"
    assert "les papiers se comptent après" in visiting(people[0]).get(counts).text
    end(voters)
    assert "Deux personnes comptent les papiers" in visiting(people[5]).get(page).text
    assert "Deux personnes comptent les papiers" in visiting(people[2]).get(f"{page}/cle").text
    for teller in people[:2]:
        client = visiting(teller)
        assert "10 personnes inscrites sur papier sont venues" in client.get(counts).text
        assert client.post(f"{counts}/1", data={k: str(v) for k, v in COUNTS.items()}).location
    voters.keepers.open(poll, [1])
    db.session.commit()
    assert client.post(f"{counts}/1/recommencer").status_code == 409
    assert client.post(counts.replace("comptage", "paquets")).status_code == 409
    db.session.rollback()
    count(voters)
    result = visiting(people[5]).get(f"{page}/resultat").text
    assert "À distance, sur papier, et ensemble" in result
    assert "1 à distance, sous scellés et 8 dans l’urne de la salle" in result
