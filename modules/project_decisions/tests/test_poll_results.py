"""What came of a poll, as its page says, draws and proves it."""

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco.money import Money
from freeco.record import sequencer
from freeco.testing.visitor import Visitor
from freeco_project_decisions.polls import closing, objecting, opening, privacy, voting
from freeco_project_decisions.polls.electorate import elector_of
from freeco_project_decisions.polls.models import College, Decision, Method, Poll, Tie
from freeco_project_decisions.polls.pictures import WHOLE, segments

Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]
PAGE = "/lavergne/project-decisions/votes/"


def finish(poll: Poll, people: Sequence[Member], *ballots: list[int]) -> Decision:
    """Cast ballots, close the poll at its hour, give the record its place, and count."""
    for member, marks in zip(people, ballots, strict=False):
        voting.vote(poll, member, marks)
    db.session.commit()
    with held_at(poll.closes_at + timedelta(minutes=1)):
        for _each in range(2):
            closing.close_due(poll.community)
            db.session.commit()
            sequencer.sequence_due()
    return db.session.scalars(select(Decision).where(Decision.poll_id == poll.id)).one()


def words_of(text: str) -> str:
    """Return the words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.mark.parametrize(
    ("method", "options", "more", "ballots", "sentence"),
    [
        (Method.ASSENT, (), {}, [[0], [0], [1], [2]], "les oui font 66,67"),
        (Method.ASSENT, (), {}, [[0], [1]], "Autant de oui que de non"),
        (Method.ASSENT, (), {"tie": Tie.ANNOUNCED}, [[0], [1]], "la proposition n’est pas adoptée"),
        (Method.HANDS, (), {}, [[1]], "La proposition n’est pas adoptée"),
        (Method.ASSENT, (), {}, [[2]], "que des votes blancs"),
        (Method.ASSENT, (), {"quorum_part": 1}, [[0], [0]], "2 votants sur 8, il en fallait 8"),
        (Method.ASSENT, (), {}, [], "Personne n’a voté"),
        (Method.APPROVAL, ("A", "B"), {"quorum_part": 1}, [[0, 1]], "1 votant sur 8"),
        (Method.DRAW, (), {"quorum_part": 1}, [[1]], "il en fallait 8"),
        (Method.CONSENT, (), {}, [[0], [2]], "aucune objection n’est maintenue"),
        (Method.CONSENT, (), {}, [[0], [1]], "1 objection est maintenue"),
        (Method.CONSENT, (), {}, [], "Personne n’a voté"),
        (Method.APPROVAL, ("A", "B"), {}, [[1, 0], [1, 1]], "il convient à 2 votants sur 2"),
        (Method.APPROVAL, ("A", "B"), {}, [[1, 1]], "Égalité entre"),
        (Method.APPROVAL, ("A", "B", "C"), {"places": 2}, [[1, 1, 0]], "Sont retenus"),
        (Method.JUDGMENT, ("A", "B"), {}, [[5, 0], [4, 1], [4, 5]], "le juge «\u00a0Bien\u00a0»"),
        (Method.JUDGMENT, ("A", "B"), {}, [], "Personne n’a voté"),
        (Method.SCHULZE, ("A", "B"), {}, [[1, 2], [1, 0]], "contre chacun des autres"),
        (
            Method.SCHULZE,
            ("A", "B", "C"),
            {},
            [[1, 2, 3], [1, 2, 3], [3, 1, 2], [3, 1, 2], [3, 1, 2], [2, 3, 1], [2, 3, 1]],
            "les duels les plus nets",
        ),
        (
            Method.SEATS,
            ("A", "B", "C"),
            {"places": 2, "tie": Tie.ANNOUNCED},
            [[1, 2, 0], [1, 2, 0], [1, 2, 3], [2, 3, 1]],
            "Sont retenus",
        ),
        (
            Method.SHARES,
            ("A:600", "B:300"),
            {"tie": Tie.ANNOUNCED, "budget": Money(700)},
            [[1, 1], [1, 0], [1, 0]],
            "1 projet est financé",
        ),
        (
            Method.GREEDY,
            ("A:600", "B:300", "C:50"),
            {"tie": Tie.ANNOUNCED, "budget": Money(700)},
            [[1, 1, 1], [1, 0, 0]],
            "2 projets sont financés",
        ),
        (
            Method.SHARES,
            ("A:600", "B:300"),
            {"tie": Tie.ANNOUNCED, "budget": Money(700)},
            [[0, 0]],
            "Aucun projet n’est financé",
        ),
        (Method.DRAW, (), {"places": 1}, [[1]], "Le sort désigne Awa Martin"),
        (Method.DRAW, (), {"places": 1}, [], "Personne ne s’est proposé"),
    ],
)
def test_a_result_is_told_in_one_sentence(
    visiting: Visit,
    people: list[Member],
    ask: Ask,
    method: Method,
    options: tuple[str, ...],
    more: dict[str, object],
    ballots: list[list[int]],
    sentence: str,
) -> None:
    poll = ask(method, *options, **more)
    finish(poll, people, *ballots)
    page = visiting(people[0]).get(f"{PAGE}{poll.id}/resultat")
    assert page.status_code == 200
    assert sentence in page.text
    assert " style=" not in page.text


def test_the_poll_s_own_address_leads_to_its_result(
    visiting: Visit, people: list[Member], ask: Ask
) -> None:
    poll = ask()
    client = visiting(people[0])
    assert client.get(f"{PAGE}{poll.id}/resultat").location.endswith(f"/votes/{poll.id}")
    finish(poll, people, [0])
    assert client.get(f"{PAGE}{poll.id}").location.endswith("/resultat")


def test_the_derivation_that_is_downloaded_has_the_digest_of_the_record(
    visiting: Visit, people: list[Member], ask: Ask
) -> None:
    poll = ask(Method.APPROVAL, "Toit", "Puits")
    decision = finish(poll, people, [1, 0], [1, 1])
    client = visiting(people[0])
    derivation = client.get(f"{PAGE}{poll.id}/resultat.json")
    question = client.get(f"{PAGE}{poll.id}/question.json")
    assert sha256(derivation.data).hexdigest() == decision.sha256
    assert sha256(question.data).hexdigest() == poll.frozen_sha256
    assert json.loads(derivation.text)["derivation"]["ticks"] == [2, 1]
    page = client.get(f"{PAGE}{poll.id}/resultat").text
    reference = re.findall(r"/registre/i/([0-9a-f]{32})", page)
    assert len(reference) == 2
    made = client.get(f"/lavergne/registre/i/{reference[1]}")
    assert decision.sha256 in made.text


def test_a_lot_is_drawn_again_with_the_command_of_the_page(
    visiting: Visit, people: list[Member], ask: Ask
) -> None:
    poll = ask(Method.APPROVAL, "Toit", "Puits", tie=Tie.DRAWN)
    finish(poll, people, [1, 1])
    page = visiting(people[0]).get(f"{PAGE}{poll.id}/resultat").text
    command = re.search(r"<pre[^>]*>(printf .*?)</pre>", page)
    assert command is not None
    typed = command[1].replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    drawn = subprocess.run(["/bin/sh", "-c", typed], capture_output=True, text=True, check=True)
    tickets = re.findall(r'class="hash">([0-9a-f]{64})</td>', page)
    assert drawn.stdout.split()[0] == tickets[0]
    assert tickets == sorted(tickets)
    assert "le tirage au sort a retenu" in page


def test_a_lot_that_was_not_needed_says_so(visiting: Visit, people: list[Member], ask: Ask) -> None:
    poll = ask(Method.APPROVAL, "Toit", "Puits", tie=Tie.DRAWN)
    finish(poll, people, [1, 0])
    page = visiting(people[0]).get(f"{PAGE}{poll.id}/resultat").text
    assert "le tirage n’a pas servi" in page


def test_who_voted_what_is_told_once_the_poll_is_over(
    visiting: Visit, people: list[Member], ask: Ask
) -> None:
    poll = ask(most_proxies=1)
    awa, bruno, chloe = people[:3]
    voting.give_proxy(poll, awa, elector_of(poll, bruno))
    voting.vote_for(poll, bruno, elector_of(poll, awa), [1])
    client = visiting(chloe)
    assert "Awa Martin Non" not in words_of(client.get(f"{PAGE}{poll.id}").text)
    finish(poll, [bruno, chloe], [0], [0])
    page = words_of(client.get(f"{PAGE}{poll.id}/resultat").text)
    assert "Awa Martin Non par procuration à Bruno Martin" in page
    assert "5 n’ont pas voté." in page


def test_an_erased_elector_is_a_number_and_their_vote_stays(
    visiting: Visit, people: list[Member], ask: Ask
) -> None:
    poll = ask()
    number = elector_of(poll, people[0]).id
    finish(poll, people, [0], [1], [0])
    privacy.erase(people[0])
    page = words_of(visiting(people[1]).get(f"{PAGE}{poll.id}/resultat").text)
    assert f"Votant n° {number} Oui" in page
    assert "Awa" not in page


def test_objections_that_are_maintained_stand_beside_the_decision_without_a_name(
    visiting: Visit, people: list[Member], ask: Ask
) -> None:
    poll = ask(Method.CONSENT)
    for member, argument in ((people[0], "Trop cher."), (people[1], "Trop grand.")):
        objecting.note(poll, voting.vote(poll, member, [1]), argument)
    objecting.note(poll, voting.vote(poll, people[1], [0]), "")
    decision = finish(poll, people[2:], [0])
    assert decision.minority == "Trop cher."
    page = visiting(people[3]).get(f"{PAGE}{poll.id}/resultat").text
    assert "Les objections maintenues" in page


def test_each_college_has_its_bar(visiting: Visit, people: list[Member], ask: Ask) -> None:
    poll = ask(opened=False)
    for name, weight in (("Producteurs", 4000), ("Mangeurs", 6000)):
        db.session.add(College(poll=poll, name=name, weight=weight))
    db.session.flush()
    db.session.refresh(poll)
    makers, eaters = poll.colleges
    closing_of = {each.id: makers if at < 2 else eaters for at, each in enumerate(people)}
    opening.open_poll(poll, closing_of)
    finish(poll, people, [0], [0], [1], [1])
    page = words_of(visiting(people[0]).get(f"{PAGE}{poll.id}/resultat").text)
    assert "Producteurs Oui" in page
    assert "les oui font 40" in page


def test_the_segments_of_a_bar_meet_and_fill_it() -> None:
    cut = segments([("a", 1), ("b", 0), ("c", 1), ("d", 1)], 3)
    assert [each.kind for each in cut] == ["a", "c", "d"]
    assert all(one.x + one.width == two.x for one, two in pairwise(cut))
    assert cut[-1].x + cut[-1].width == WHOLE
    assert segments([("a", 0)], 0) == []
