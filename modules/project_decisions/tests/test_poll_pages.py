"""Polls on their pages, without JavaScript: prepared, opened, answered, changed, given up."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.testing.forms import fill_in
from freeco.testing.people import make_member, open_module
from freeco.testing.visitor import Visitor
from freeco_project_decisions.polls import closing, voting
from freeco_project_decisions.polls.ballot_models import OpenBallot
from freeco_project_decisions.polls.electorate import elector_of
from freeco_project_decisions.polls.models import Method, Option, Poll, PollState, Tie
from freeco_project_decisions.polls.objection_models import Objection

Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]
PAGE = "/lavergne/project-decisions/"
TYPED = {"title": "Un hangar", "closes_on": "2026-10-12", "closes_hour": "20:00"}
MANDATORY = {
    Method.APPROVAL: {"choices": "Toit\nPuits"},
    Method.JUDGMENT: {"choices": "Toit\nPuits"},
    Method.SCHULZE: {"choices": "Toit\nPuits"},
    Method.SEATS: {"choices": "Ada\nBo"},
    Method.SHARES: {"choices": "Toit : 1 200,50 €\nPuits : 300", "budget": "1500"},
    Method.GREEDY: {"choices": "Toit : 1200\nPuits : 300", "budget": "1500"},
}


def polls() -> list[Poll]:
    db.session.rollback()
    return list(db.session.scalars(select(Poll).order_by(Poll.id)))


def ballots() -> list[bytes]:
    db.session.rollback()
    return [each.marks for each in db.session.scalars(select(OpenBallot).order_by(OpenBallot.id))]


@pytest.mark.parametrize("method", list(Method))
def test_each_method_is_prepared_read_again_and_opened(
    visiting: Visit, clerk: Member, method: Method
) -> None:
    client = visiting(clerk)
    assert client.get(f"{PAGE}votes/nouveau").status_code == 200
    page = client.get(f"{PAGE}votes/nouveau/{method}")
    kept = fill_in(client, page, f"/nouveau/{method}", TYPED | MANDATORY.get(method, {}))
    assert kept.status_code == 302, kept.text
    preview = client.get(kept.location)
    assert "9 personnes" in preview.text
    opened = fill_in(client, preview, "/ouvrir", {"a_confirmer": []})
    assert opened.status_code == 302, opened.text
    assert [each.state for each in polls()] == [PollState.OPEN]
    assert client.get(opened.location).status_code == 200


def test_a_budget_reads_its_costs_as_people_write_them(visiting: Visit, clerk: Member) -> None:
    visiting(clerk).post(
        f"{PAGE}votes/nouveau/shares", data=TYPED | MANDATORY[Method.SHARES] | {"tie": "announced"}
    )
    costs = db.session.scalars(select(Option).order_by(Option.place))
    assert [(each.text, each.cost) for each in costs] == [
        ("Toit", Money(120050)),
        ("Puits", Money(30000)),
    ]
    assert polls()[0].budget == Money(150000)


@pytest.mark.parametrize(
    ("method", "wrong", "word"),
    [
        ("assent", {"title": ""}, "Ce champ est à remplir"),
        ("assent", {"closes_on": "2026-10-01"}, "L’heure de fin est déjà passée"),
        ("assent", {"closes_on": "2036-10-01"}, "loin d’aujourd’hui"),
        ("assent", {"closes_hour": "midi"}, "Écrivez l’heure ainsi"),
        ("assent", {"opens_on": "2026-10-13"}, "La fin vient avant le début"),
        ("assent", {"majority": "most"}, "Ce choix n’existe pas"),
        ("assent", {"extension_days": "7"}, "qu’avec un quorum"),
        ("assent", {"most_proxies": "٣"}, "nombre entier"),
        ("approval", {"choices": ""}, "Ce champ est à remplir"),
        ("approval", {"choices": "Toit\ntoit"}, "le même nom"),
        ("approval", {"choices": "x\n" + "y" * 201}, "deux cents caractères"),
        ("approval", {"choices": "Toit\nPuits", "places": "0"}, "hors des limites"),
        ("shares", {"choices": "Toit\nPuits", "budget": "10"}, "il manque le coût"),
        ("shares", {"choices": "Toit : cher\nPuits : 3", "budget": "10"}, "cher"),
        ("shares", {"choices": "Toit : 0\nPuits : 3", "budget": "10"}, "nul"),
        ("seats", {"choices": "Ada\nBo", "tie": "again"}, "Ce choix n’existe pas"),
        ("assent", {"invented": "1"}, "champ inconnu"),
    ],
)
def test_what_was_typed_stays_when_something_is_wrong(
    visiting: Visit, clerk: Member, method: str, wrong: dict[str, str], word: str
) -> None:
    data = TYPED | {"text": "Vingt mètres carrés."} | wrong
    answer = visiting(clerk).post(f"{PAGE}votes/nouveau/{method}", data=data)
    assert answer.status_code == 422
    assert word in answer.text
    assert "Vingt mètres carrés." in answer.text
    assert not polls()


def test_a_draft_is_changed_scheduled_held_back_and_thrown_away(
    visiting: Visit, clerk: Member, people: list[Member]
) -> None:
    client = visiting(clerk)
    kept = client.post(
        f"{PAGE}votes/nouveau/approval",
        data=TYPED | {"choices": "Toit\nPuits", "opens_on": "2026-10-06", "opens_hour": "9h"},
    )
    page = client.get(f"{PAGE}votes/1/modifier")
    fill_in(client, page, "/modifier", {"choices": "Puits\nHaie\nToit"})
    assert [each.text for each in polls()[0].options] == ["Puits", "Haie", "Toit"]
    fill_in(client, client.get(kept.location), "/programmer")
    assert polls()[0].ready
    assert "À venir" in visiting(people[0]).get(PAGE).text
    assert "s’ouvrira le" in client.get(f"{PAGE}votes/1").text
    client = visiting(clerk)
    fill_in(client, client.get(kept.location), "/deprogrammer")
    assert visiting(people[0]).get(f"{PAGE}votes/1").status_code == 404
    visiting(clerk).post(f"{PAGE}votes/1/supprimer")
    assert not polls()


def test_a_draft_that_cannot_be_decided_says_why(visiting: Visit, clerk: Member) -> None:
    client = visiting(clerk)
    kept = client.post(f"{PAGE}votes/nouveau/judgment", data=TYPED | {"choices": "Toit"})
    answer = fill_in(client, client.get(kept.location), "/ouvrir", {"a_confirmer": []})
    assert answer.status_code == 422
    assert "au moins deux choix" in answer.text
    assert polls()[0].state == PollState.DRAFT


def test_what_is_open_no_longer_changes(visiting: Visit, clerk: Member, ask: Ask) -> None:
    poll = ask()
    client = visiting(clerk)
    assert client.get(f"{PAGE}votes/{poll.id}/modifier").status_code == 409
    answer = client.post(f"{PAGE}votes/{poll.id}/modifier", data=TYPED)
    assert "ne changent plus" in answer.text
    assert client.post(f"{PAGE}votes/{poll.id}/supprimer").status_code == 409
    assert polls()[0].title == "Un hangar pour les outils"


@pytest.mark.parametrize(
    ("method", "options", "typed", "marks"),
    [
        (Method.ASSENT, (), {"answer": "1"}, [1]),
        (Method.HANDS, (), {"answer": "2"}, [2]),
        (Method.CONSENT, (), {"answer": "0"}, [0]),
        (Method.CONSENT, (), {"answer": "1", "argument": "Trop cher."}, [1]),
        (Method.APPROVAL, ("A", "B", "C"), {"ticks": ["0", "2"]}, [1, 0, 1]),
        (Method.APPROVAL, ("A", "B", "C"), {}, [0, 0, 0]),
        (Method.SHARES, ("A:100", "B:200"), {"ticks": "1"}, [0, 1]),
        (Method.JUDGMENT, ("A", "B"), {"option_0": "5", "option_1": "0"}, [5, 0]),
        (Method.SCHULZE, ("A", "B"), {"option_0": "1", "option_1": "1"}, [1, 1]),
        (Method.SEATS, ("A", "B"), {"option_0": "", "option_1": "1"}, [0, 1]),
        (Method.DRAW, (), {}, [1]),
    ],
)
def test_a_ballot_is_cast_shown_and_changed(
    visiting: Visit,
    people: list[Member],
    ask: Ask,
    method: Method,
    options: tuple[str, ...],
    typed: dict[str, str | list[str]],
    marks: list[int],
) -> None:
    poll = ask(method, *options, tie=Tie.ANNOUNCED, budget=Money(250))
    client = visiting(people[1])
    for _again in range(2):
        page = client.get(f"{PAGE}votes/{poll.id}")
        if method is not Method.DRAW or not _again:
            answer = fill_in(client, page, "/bulletin", typed)
            assert answer.status_code == 302, answer.text
    assert "Vous avez voté" in client.get(f"{PAGE}votes/{poll.id}").text
    assert ballots() == [bytes(marks)]


@pytest.mark.parametrize(
    ("method", "options", "typed", "word"),
    [
        (Method.ASSENT, (), {}, "Choisissez une réponse"),
        (Method.ASSENT, (), {"answer": "7"}, "Ce choix n’existe pas"),
        (Method.CONSENT, (), {"answer": "1"}, "Dites pourquoi"),
        (Method.APPROVAL, ("A", "B"), {"ticks": ["0", "9"]}, "hors des limites"),
        (Method.JUDGMENT, ("A", "B"), {"option_0": "5"}, "Choisissez une réponse"),
        (Method.SEATS, ("A", "B"), {"option_0": "1", "option_1": "1"}, "donné deux fois"),
        (Method.SEATS, ("A", "B"), {"option_0": "2"}, "Il manque le rang d’avant"),
        (Method.SCHULZE, ("A", "B"), {"option_0": "3"}, "hors des limites"),
        (Method.ASSENT, (), {"answer": "0", "weight": "9"}, "champ inconnu"),
    ],
)
def test_a_bad_ballot_gives_back_what_was_chosen(
    visiting: Visit,
    people: list[Member],
    ask: Ask,
    method: Method,
    options: tuple[str, ...],
    typed: dict[str, str | list[str]],
    word: str,
) -> None:
    poll = ask(method, *options, tie=Tie.ANNOUNCED)
    answer = visiting(people[1]).post(f"{PAGE}votes/{poll.id}/bulletin", data=typed)
    assert answer.status_code == 422
    assert word in answer.text
    assert not ballots()


def test_the_grades_that_were_given_stay_when_one_is_missing(
    visiting: Visit, people: list[Member], ask: Ask
) -> None:
    poll = ask(Method.JUDGMENT, "A", "B")
    answer = visiting(people[1]).post(f"{PAGE}votes/{poll.id}/bulletin", data={"option_0": "5"})
    assert 'name="option_0" type="radio" value="5" checked' in answer.text


def test_a_volunteer_may_change_their_mind(visiting: Visit, people: list[Member], ask: Ask) -> None:
    poll = ask(Method.DRAW)
    client = visiting(people[1])
    fill_in(client, client.get(f"{PAGE}votes/{poll.id}"), "/bulletin")
    fill_in(client, client.get(f"{PAGE}votes/{poll.id}"), "/bulletin/retirer")
    assert not ballots()


def test_an_objection_is_read_answered_and_lifted(
    visiting: Visit, people: list[Member], clerk: Member, ask: Ask
) -> None:
    poll = ask(Method.CONSENT)
    address = f"{PAGE}votes/{poll.id}"
    visiting(people[1]).post(
        f"{address}/bulletin", data={"answer": "1", "argument": "Le puits est dessous."}
    )
    client = visiting(clerk)
    page = client.get(address)
    assert "Le puits est dessous." in page.text
    long = fill_in(client, page, "/reponse", {"words": "Il sera déplacé. " * 200})
    assert long.status_code == 422
    assert "Il sera déplacé. Il sera" in long.text
    fill_in(client, long, "/reponse", {"words": "Il sera déplacé."})
    client = visiting(people[1])
    assert "Il sera déplacé." in client.get(address).text
    client.post(f"{address}/bulletin", data={"answer": "0", "argument": "Le puits est dessous."})
    db.session.rollback()
    (objection,) = db.session.scalars(select(Objection))
    assert objection.lifted_at is not None
    assert "levée" in client.get(address).text


def test_only_who_prepares_votes_answers_objections(
    visiting: Visit, people: list[Member], ask: Ask
) -> None:
    poll = ask(Method.CONSENT)
    client = visiting(people[1])
    client.post(f"{PAGE}votes/{poll.id}/bulletin", data={"answer": "1", "argument": "Non."})
    answer = client.post(f"{PAGE}votes/{poll.id}/objections/1/reponse", data={"words": "Si."})
    assert answer.status_code == 403


def test_a_proxy_is_given_used_and_shown(visiting: Visit, people: list[Member], ask: Ask) -> None:
    poll = ask(most_proxies=1)
    awa, bruno = people[:2]
    holder = elector_of(poll, bruno).id
    giver = elector_of(poll, awa).id
    client = visiting(awa)
    address = f"{PAGE}votes/{poll.id}"
    fill_in(client, client.get(address), "/procuration", {"holder": str(holder)})
    assert "Vous avez donné procuration à Bruno Martin" in client.get(address).text
    client = visiting(bruno)
    assert "Voter pour Awa Martin" in client.get(address).text
    page = client.get(f"{address}/pour/{giver}")
    fill_in(client, page, f"/pour/{giver}", {"answer": "1"})
    assert "On a voté pour vous par procuration" in visiting(awa).get(address).text
    assert visiting(people[2]).get(f"{address}/pour/{giver}").status_code == 403


def test_who_joins_late_reads_and_does_not_vote(
    visiting: Visit, community: Community, ask: Ask
) -> None:
    poll = ask()
    late = make_member(community, "Jo", "Tard")
    client = visiting(late)
    page = client.get(f"{PAGE}votes/{poll.id}")
    assert "Vous pouvez lire ce vote, pas y voter" in page.text
    assert "/bulletin" not in page.text
    answer = client.post(f"{PAGE}votes/{poll.id}/bulletin", data={"answer": "0"})
    assert answer.status_code == 403
    assert not ballots()


def test_a_ballot_that_comes_after_the_end_is_not_kept(
    visiting: Visit, people: list[Member], ask: Ask
) -> None:
    poll = ask()
    client = visiting(people[0])
    with held_at(poll.closes_at + timedelta(seconds=1)):
        answer = client.post(f"{PAGE}votes/{poll.id}/bulletin", data={"answer": "0"})
    assert answer.status_code == 409
    assert "s’est terminé pendant votre choix" in answer.text
    assert not ballots()


def test_a_poll_without_quorum_says_until_when_it_goes_on(
    visiting: Visit, people: list[Member], ask: Ask
) -> None:
    poll = ask(quorum_part=1, quorum_whole=2, extension_days=7, extensions_left=1)
    with held_at(poll.closes_at):
        closing.close_due(poll.community)
        page = visiting(people[0]).get(f"{PAGE}votes/{poll.id}")
    assert "le vote est prolongé" in page.text


def test_a_poll_is_given_up_with_a_reason(
    visiting: Visit, clerk: Member, people: list[Member], ask: Ask
) -> None:
    poll = ask()
    client = visiting(clerk)
    page = client.get(f"{PAGE}votes/{poll.id}/annuler")
    assert fill_in(client, page, "/annuler", {"reason": ""}).status_code == 422
    for _click in range(2):
        client.post(f"{PAGE}votes/{poll.id}/annuler", data={"reason": "Le devis était faux."})
    assert "Le devis était faux." in visiting(people[0]).get(f"{PAGE}votes/{poll.id}").text
    assert polls()[0].state == PollState.CANCELLED
    voted = visiting(people[0]).post(f"{PAGE}votes/{poll.id}/bulletin", data={"answer": "0"})
    assert voted.status_code == 409


def test_nobody_prepares_votes_without_the_charge(
    visiting: Visit, people: list[Member], ask: Ask
) -> None:
    poll = ask(opened=False)
    client = visiting(people[0])
    for address in ("nouveau", "nouveau/assent", f"{poll.id}/relire", f"{poll.id}/annuler"):
        assert client.get(f"{PAGE}votes/{address}").status_code == 403
    assert client.post(f"{PAGE}votes/{poll.id}/ouvrir").status_code == 403
    assert client.get(f"{PAGE}votes/{poll.id}").status_code == 404


def test_another_community_s_poll_does_not_exist(
    visiting: Visit, elsewhere: Community, ask: Ask
) -> None:
    poll = ask()
    open_module(elsewhere, "project_decisions")
    stranger = make_member(elsewhere, "Kim", "Loin", permissions=("project_decisions.prepare",))
    client = visiting(stranger)
    for address in ("", "/relire", "/annuler", "/resultat", "/question.json", "/resultat.json"):
        found = client.get(f"/ailleurs/project-decisions/votes/{poll.id}{address}")
        assert found.status_code == 404, address
    answer = client.post(
        f"/ailleurs/project-decisions/votes/{poll.id}/bulletin", data={"answer": "0"}
    )
    assert answer.status_code == 404


def test_the_home_says_what_waits_runs_and_was_decided(
    visiting: Visit, people: list[Member], ask: Ask
) -> None:
    client = visiting(people[0])
    assert "Aucun vote n’attend votre réponse" in client.get(PAGE).text
    assert "Rien n’a encore été décidé" in client.get(f"{PAGE}decisions").text
    poll = ask()
    assert "1 vote attend votre réponse" in client.get(PAGE).text
    voting.vote(poll, people[0], [0])
    db.session.commit()
    page = client.get(PAGE).text
    assert "Aucun vote n’attend" in page
    assert "votants : 1 sur 8" in page
    with held_at(poll.closes_at):
        closing.close_due(poll.community)
        db.session.commit()
    assert "n°\u00a01" in client.get(PAGE).text
    for words, many in (("hangar", 1), ("1", 1), ("piscine", 0)):
        listed = client.get(f"{PAGE}decisions?q={words}").text
        assert listed.count("Un hangar pour les outils") == many
