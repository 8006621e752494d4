"""Who votes on paper beside a sealed vote: noted before the codes are made, and never after."""

import json
from collections.abc import Callable

import pytest

from freeco.members.models import Member
from freeco.testing.visitor import Visitor
from freeco_project_decisions.assembly import agenda
from freeco_project_decisions.assembly import errors as refusals
from freeco_project_decisions.assembly.models import Assembly
from freeco_project_decisions.polls import errors as poll_errors
from freeco_project_decisions.polls import paper, reading
from freeco_project_decisions.polls.models import (
    Method,
    Poll,
    Room,
)
from freeco_project_decisions.sealed.credentials import draw_credential, public_of
from freeco_project_decisions.sealed.elections import write_credentials
from freeco_project_decisions.secret import (
    beside,
    codes,
    errors,
)
from freeco_project_decisions.secret import beside_errors as no
from freeco_project_decisions.secret import preparing as secret
from freeco_project_decisions.secret.models import Way
from freeco_project_decisions.secret.playing import Keepers, Voters, open_with_codes, prepare
from freeco_project_decisions.secret.standing import Standing, standing

from .urn import elector, put

HOME = "/lavergne/project-decisions"
Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]
FOR, AGAINST, BLANK = [[0, 1, 0]], [[0, 0, 1]], [[1, 0, 0]]


def test_who_votes_on_paper_has_no_code(
    ask: Ask, assembly: Assembly, people: list[Member], neighbours: list[Member]
) -> None:
    poll = ask(opened=False)
    secret.make_secret(poll, Way.SITE)
    Keepers().named(poll, people[1:4])
    put(assembly, poll)
    assert not beside.may_change(poll)
    secret.announce(poll)
    assert beside.may_change(poll)
    identifier = secret.sealed_of(poll).identifier
    halves = [str(public_of(draw_credential(), identifier)) for _each in range(18)]
    assert codes.needed(poll) == 18
    beside.vote_on_paper(poll, elector(poll, neighbours[0]))
    assert codes.needed(poll) == 17
    with pytest.raises(no.VotesOnPaper, match="sur papier"):
        codes.register(poll, neighbours[0], halves[0])
    codes.register(poll, neighbours[1], halves[1])
    with pytest.raises(no.HasCode, match="à distance"):
        beside.vote_on_paper(poll, elector(poll, neighbours[1]))
    assert beside.with_code(poll) == {elector(poll, neighbours[1]).id}
    assert elector(poll, neighbours[0]).id not in codes.without_code(poll)
    beside.vote_with_code(poll, elector(poll, neighbours[0]))
    codes.register(poll, neighbours[0], halves[0])
    assert codes.many_registered(poll) == 2


def test_under_eight_papers_the_vote_does_not_open(
    ask: Ask, assembly: Assembly, people: list[Member], neighbours: list[Member]
) -> None:
    poll = ask(opened=False)
    keepers = Keepers()
    prepare(poll, keepers, people[1:4])
    put(assembly, poll)
    for each in neighbours[:7]:
        beside.vote_on_paper(poll, elector(poll, each))
    with pytest.raises(no.TooFewPapers, match="7 personnes votent sur papier"):
        open_with_codes(poll, keepers)
    assert (standing(poll), codes.many_codes(poll)) == (Standing.CODES, 0)
    beside.vote_on_paper(poll, elector(poll, neighbours[7]))
    assert open_with_codes(poll, keepers).poll.state == "open"


def test_the_list_is_fixed_by_the_codes_and_by_the_opening(
    with_urn: Callable[..., Voters], ask: Ask, assembly: Assembly, people: list[Member]
) -> None:
    poll = with_urn().poll
    somebody = elector(poll, people[0])
    with pytest.raises(poll_errors.PollFrozen):
        beside.vote_on_paper(poll, somebody)
    with pytest.raises(poll_errors.NotCountedInRoom):
        paper.mark_one(poll, somebody)
    with pytest.raises(poll_errors.NotCountedInRoom):
        paper.unmark(poll, somebody)
    assert json.loads(poll.frozen_text)["on_paper"] == 10
    draft = ask(opened=False)
    prepare(draft, Keepers(), people[1:4])
    put(assembly, draft)
    identifier = secret.sealed_of(draft).identifier
    halves = [public_of(draw_credential(), identifier) for _each in range(18)]
    codes.take_file(draft, write_credentials(halves).encode())
    with pytest.raises(no.ListFixed, match="oubliez la liste"):
        beside.vote_on_paper(draft, elector(draft, people[0]))
    assert not beside.may_change(draft)


def test_a_draft_taken_off_the_agenda_forgets_its_papers_and_an_open_one_stays(
    with_urn: Callable[..., Voters],
    ask: Ask,
    assembly: Assembly,
    people: list[Member],
    neighbours: list[Member],
) -> None:
    draft = ask(opened=False)
    prepare(draft, Keepers(), people[1:4])
    item = put(assembly, draft)
    beside.vote_on_paper(draft, elector(draft, neighbours[0]))
    agenda.attach(item, draft, Room.URN)
    assert paper.voter_ids(draft) == {elector(draft, neighbours[0]).id}
    agenda.detach(item)
    assert (paper.voter_ids(draft), codes.needed(draft)) == (set(), 18)
    poll = with_urn().poll
    held = next(each for each in assembly.items if each.poll_id == poll.id)
    with pytest.raises(refusals.PapersHeldHere, match="reste à son ordre du jour"):
        agenda.detach(held)
    secret.withdraw(draft)
    assert reading.electors(draft) == []


def test_hands_and_tokens_do_not_stand_beside_a_secret_vote(
    ask: Ask, assembly: Assembly, people: list[Member]
) -> None:
    sealed = ask(opened=False, secrecy="sealed")
    tokens = ask(Method.SCHULZE, "Hangar", "Serre", opened=False, secrecy="tokens")
    item = agenda.add_item(assembly, "Le hangar")
    for poll, room in ((sealed, Room.HANDS), (tokens, Room.URN), (tokens, Room.HANDS)):
        with pytest.raises(refusals.NotBesideSecret, match="à choisir avant"):
            agenda.attach(item, poll, room)
    agenda.attach(item, sealed, Room.PAGES)
    assert sealed.room == ""
    with pytest.raises(errors.NoSecretRoom, match="main levée"):
        secret.make_secret(ask(opened=False, room="hands"), Way.SITE)


def test_the_chair_finds_a_name_and_notes_who_votes_on_paper(
    visiting: Visit, ask: Ask, assembly: Assembly, people: list[Member], neighbours: list[Member]
) -> None:
    poll = ask(opened=False)
    prepare(poll, Keepers(), people[1:4])
    page = f"{HOME}/assemblees/{assembly.id}/points/{put(assembly, poll).id}/salle"
    assembly.state = "called"
    client = visiting(people[0])
    assert "Votera sur papier" in client.get(page).text
    found = client.get(f"{page}?q=voisin3")
    assert "Voisin3 Roux" in found.text
    assert "Voisin4 Roux" not in found.text
    mine = elector(poll, neighbours[3]).id
    answer = client.post(f"{page}/{mine}/salle", data={"q": "voisin3", "page": "1"})
    assert answer.headers["Location"].endswith(f"?q=voisin3&page=1#voix-{mine}")
    shown = client.get(page).text
    assert "1 personne vote sur papier." in shown
    assert "Il en faut huit au moins" in shown
    client.post(f"{page}/{mine}/page")
    assert paper.voter_ids(poll) == set()
    assert client.get(page.replace("/salle", f"/papier/{mine}")).status_code == 404
    assert visiting(people[5]).get(page).status_code == 403
