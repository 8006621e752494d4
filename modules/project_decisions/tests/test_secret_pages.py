"""A secret poll on its pages, without JavaScript: prepared, voted, looked up, checked."""

import json
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

import pytest
from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Community, Member
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_project_decisions.polls.models import Method, Poll, PollState
from freeco_project_decisions.sealed.credentials import draw_credential, public_of
from freeco_project_decisions.sealed.elections import draw_identifier, write_credentials
from freeco_project_decisions.sealed.keeping import answer, draw_kept
from freeco_project_decisions.secret import board, codes, preparing, rounds, trustees
from freeco_project_decisions.secret.board import Batch
from freeco_project_decisions.secret.models import SealedPoll, WaitingBallot, Way
from freeco_project_decisions.secret.playing import Keepers, Voters, open_with_codes, prepare
from freeco_project_decisions.secret.showing import shelves

Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]
PAGE = "/lavergne/project-decisions/votes/"


def again(poll: Poll) -> Poll:
    """Read a poll as the pages left it."""
    db.session.rollback()
    return db.session.get_one(Poll, poll.id)


@pytest.fixture
def draft(ask: Ask, clerk: Member) -> Poll:
    return ask(opened=False)


@pytest.fixture
def voters(ask: Ask, people: list[Member]) -> Voters:
    """Give a secret poll that is open, with its trustees and codes."""
    poll, keepers = ask(opened=False), Keepers()
    prepare(poll, keepers, people[1:4])
    opened = open_with_codes(poll, keepers)
    db.session.commit()
    return opened


def sealed_of(voters: Voters) -> SealedPoll:
    return preparing.sealed_of(again(voters.poll))


def box(voters: Voters) -> str:
    return f"{PAGE}secret/{sealed_of(voters).identifier}"


class Chain:
    """Who prepares a secret poll, page after page."""

    def __init__(self, client: Visitor, poll: Poll) -> None:
        self.client = client
        self.poll = poll

    def page(self) -> str:
        """Read the page of the steps."""
        return self.client.get(f"{PAGE}{self.poll.id}/secret").text

    def post(self, step: str, status: int = 302, **typed: object) -> str:
        """Do a step."""
        done = self.client.post(f"{PAGE}{self.poll.id}/secret/{step}", data=typed)
        assert done.status_code == status, done.text
        return done.text


def test_a_secret_poll_is_prepared_from_its_pages(
    visiting: Visit, clerk: Member, people: list[Member], draft: Poll
) -> None:
    chain = Chain(visiting(clerk), draft)
    assert "Garder, et choisir les dépositaires" in chain.page()
    assert "quelle coopérative" in chain.post("bulletins", 422, way="authority", authority="")
    chain.post("bulletins", way="authority", authority="La Coopérative du Lot")
    assert "Il faut au moins trois dépositaires" in chain.page()
    for member in people[1:3]:
        chain.post("depositaires", member=member.id)
    chain.post("depositaires/ailleurs", name="La Mairie", email="mairie@example.org")
    chain.post("seuil", threshold=2)
    assert "attend" in chain.page()
    assert "déjà une clé" in chain.post("depositaires", 409, member=people[1].id)
    keepers = Keepers()
    keepers.work(again(draft))
    db.session.commit()
    assert "Toutes les clés sont prêtes" in chain.page()
    chain.post("liste")
    page = chain.page()
    poll = again(draft)
    identifier = preparing.sealed_of(poll).identifier
    assert f"freeco vote codes {identifier} 9" in page
    halves = [public_of(draw_credential(), identifier) for _each in range(9)]
    few = BytesIO(write_credentials(halves[:8]).encode())
    assert "8 dans le fichier, 9 sur la liste" in chain.post("codes", 422, file=(few, "codes.json"))
    chain.post("codes", file=(BytesIO(write_credentials(halves).encode()), "codes.json"))
    assert "Ouvrir le vote secret" in chain.page()
    chain.post("ouvrir")
    poll = again(draft)
    assert poll.state == PollState.OPEN
    assert preparing.sealed_of(poll).page_sha256
    voting = chain.client.get(f"{PAGE}secret/{identifier}")
    assert "Ce que ce vote ne garantit pas" in voting.text


def test_only_who_prepares_votes_sees_those_pages(
    visiting: Visit, people: list[Member], draft: Poll
) -> None:
    client = visiting(people[0])
    assert client.get(f"{PAGE}{draft.id}/secret").status_code == 403
    assert client.post(f"{PAGE}{draft.id}/secret/ouvrir").status_code == 403


def test_a_way_is_taken_back_before_the_list_is_noted(
    visiting: Visit, clerk: Member, draft: Poll
) -> None:
    chain = Chain(visiting(clerk), draft)
    chain.post("bulletins", way="site", authority="")
    chain.post("ouverts")
    assert again(draft).secrecy == "open"


def test_a_ballot_comes_without_session_nor_token(
    visiting: Visit, client: Visitor, people: list[Member], voters: Voters
) -> None:
    ballot = voters.sealed(0, [[0, 1, 0]])
    sent = client.post(f"{box(voters)}/bulletins", data=ballot.text, token=False)
    assert sent.status_code == 201, sent.text
    assert sent.json is not None
    assert sent.json["tracker"] == ballot.tracker
    assert "Set-Cookie" not in sent.headers
    assert sent.headers["Access-Control-Allow-Origin"] == "*"
    found = client.post(f"{box(voters)}/urne", data={"tracker": ballot.tracker}, token=False)
    assert "Ce bulletin est arrivé" in found.text
    signed_in = visiting(people[0])
    sent = signed_in.post(f"{box(voters)}/bulletins", data=ballot.text, token=False)
    assert "Set-Cookie" not in sent.headers
    found = signed_in.post(f"{box(voters)}/urne", data={"tracker": ballot.tracker}, token=False)
    assert people[0].name not in found.text, "the box does not know who asks"
    assert people[0].name in signed_in.get(f"{box(voters)}/urne").text


def test_a_ballot_that_does_not_hold_is_refused_with_its_sentence(
    client: Visitor, voters: Voters
) -> None:
    text = voters.sealed(0, [[0, 1, 0]]).text
    address = f"{box(voters)}/bulletins"
    for body, sentence in (
        (b"", "abîmé"),
        (b"\xff\xfe", "abîmé"),
        (text.replace('"answers"', '"réponses"').encode(), "abîmé"),
        (text.replace(sealed_of(voters).identifier, draw_identifier()).encode(), "un autre vote"),
    ):
        refused = client.post(address, data=body, token=False)
        assert refused.json is not None
        assert sentence in refused.json["refused"], refused.json
        assert refused.status_code == 422
    assert db.session.scalars(select(WaitingBallot)).all() == []


def test_a_file_written_away_from_the_site_is_handed_over(client: Visitor, voters: Voters) -> None:
    ballot = voters.sealed(1, [[1, 0, 0]])
    file = {"file": (BytesIO(f"{ballot.text}\n".encode()), "bulletin.json")}
    taken = client.post(f"{box(voters)}/fichier", data=file, token=False)
    assert ballot.tracker in taken.text
    assert "Votre bulletin est dans l’urne" in taken.text
    broken = {"file": (BytesIO(b"{}"), "bulletin.json")}
    refused = client.post(f"{box(voters)}/fichier", data=broken, token=False)
    assert refused.status_code == 422
    assert "abîmé" in refused.text


def test_the_board_shows_trackers_and_gives_the_file(client: Visitor, voters: Voters) -> None:
    sealed = [voters.cast(voter, [[0, 1, 0]]) for voter in range(8)]
    board.publish_batch(voters.poll)
    db.session.commit()
    page = client.get(f"{box(voters)}/urne")
    assert all(each.tracker in page.text for each in sealed)
    for tracker, sentence in (
        (sealed[0].tracker, "à la lettre"),
        (f" {sealed[1].tracker} ", "à la lettre"),
        ("A" * 43, "Aucun bulletin n’a ce suivi"),
        ("nenni", "Aucun bulletin n’a ce suivi"),
    ):
        found = client.post(f"{box(voters)}/urne", data={"tracker": tracker}, token=False)
        assert sentence in found.text
    file = client.get(f"{box(voters)}/archive")
    assert file.data.startswith(b"BELENIOS")
    assert sealed_of(voters).identifier in file.headers["Content-Disposition"]
    file.close()


def test_the_page_to_save_is_the_one_of_the_record(client: Visitor, voters: Voters) -> None:
    page = client.get(f"{box(voters)}/page")
    assert sha256(page.data).hexdigest() == sealed_of(voters).page_sha256
    assert page.headers["Content-Disposition"].startswith("attachment")
    text = page.text
    assert "src=" not in text.replace("data-", "")
    assert "Un hangar pour les outils" in text


def test_another_community_s_box_is_not_there(
    client: Visitor, voters: Voters, elsewhere: Community
) -> None:
    address = box(voters).replace("lavergne", elsewhere.slug)
    for page in ("", "/urne", "/archive", "/page"):
        assert client.get(f"{address}{page}").status_code == 404
    assert client.post(f"{address}/bulletins", data="{}", token=False).status_code == 404
    assert client.get(f"{PAGE}secret/{draw_identifier()}").status_code == 404


def test_an_elector_registers_a_code_and_only_once(
    visiting: Visit, people: list[Member], clerk: Member, community: Community, draft: Poll
) -> None:
    preparing.make_secret(draft, Way.SITE)
    preparing.announce(draft)
    identifier = preparing.sealed_of(draft).identifier
    newcomer = make_member(community, "Jo", "Martin")
    client = visiting(people[0])
    address = f"{PAGE}{draft.id}/code"
    assert "Faire mon code" in client.get(address).text
    half = str(public_of(draw_credential(), identifier))
    assert client.post(address, data={"public": "12"}).status_code == 422
    assert client.post(address, data={"public": half}).status_code == 302
    assert "C’est fait" in client.get(address).text
    assert client.post(address, data={"public": half}).status_code == 409
    assert codes.many_registered(again(draft)) == 1
    late = visiting(newcomer)
    assert "vous n’y êtes pas" in late.get(address).text
    assert late.post(address, data={"public": half}).status_code == 403


def test_a_trustee_answers_from_the_command_on_the_page(
    visiting: Visit, people: list[Member], draft: Poll
) -> None:
    preparing.make_secret(draft, Way.AUTHORITY, "La Coopérative du Lot")
    group = trustees.make_group(draft)
    for member in people[:2]:
        trustees.name_member(group, member)
    _outsider, token = trustees.name_outsider(group, "La Mairie", "mairie@example.org")
    client, address = visiting(people[0]), f"{PAGE}{draft.id}/cle"
    page = client.get(address)
    assert "Faire votre clé" in page.text
    task = client.get(f"{address}/tache.json").json
    assert task is not None
    file = {"file": (BytesIO(json.dumps(answer(draw_kept(task), task)).encode()), "reponse.json")}
    assert client.post(address, data=file).status_code == 302
    assert "On attend" in client.get(address).text
    for sent in ("", "[]", "{}", '{"certificate":{"message":"x","signature":1}}'):
        refused = visiting(people[1]).post(address, data={"answer": sent})
        assert refused.status_code in (409, 422), sent
    stranger = visiting(people[5])
    assert stranger.get(address).status_code == 404
    there = f"{PAGE}secret/cle/{token}"
    assert "Faire votre clé" in stranger.get(there).text
    assert stranger.get(f"{PAGE}secret/cle/autre").status_code == 404
    task = stranger.get(f"{there}/tache.json").json
    assert task is not None
    handed = {"answer": json.dumps(answer(draw_kept(task), task))}
    assert stranger.post(there, data=handed).status_code == 302
    group = trustees.group_of(again(draft))
    assert [bool(each.certificate) for each in group.trustees] == [True, False, True]
    assert [each.label for each in rounds.waited_for(group)] == [people[1].name]


def test_the_ballot_asks_each_method_in_its_own_way(
    ask: Ask, people: list[Member], client: Visitor
) -> None:
    for method, shown in ((Method.APPROVAL, 'type="checkbox"'), (Method.JUDGMENT, "Très bien")):
        poll, keepers = ask(method, "Toit", "Puits", opened=False), Keepers(3)
        prepare(poll, keepers, people[1:4])
        voters = open_with_codes(poll, keepers)
        db.session.commit()
        page = client.get(box(voters))
        assert shown in page.text
        assert "data-ballot" in page.text


def test_the_pages_of_a_secret_poll_say_who_may_verify_it(
    visiting: Visit, people: list[Member], voters: Voters
) -> None:
    poll = voters.poll
    assert "Voter en secret" in visiting(people[0]).get(f"{PAGE}{poll.id}").text
    assert "Vote secret ouvert" in visiting(people[0]).get("/lavergne/").text
    for voter in range(5):
        voters.cast(voter, [[0, 1, 0]])
    voters.close()
    db.session.commit()
    assert "ouvrent leur part" in visiting(people[0]).get(f"{PAGE}{poll.id}").text
    assert "le résultat attend votre part" in visiting(people[1]).get("/lavergne/").text
    assert "Ouvrir votre part" in visiting(people[1]).get(f"{PAGE}{poll.id}/cle").text
    assert "ne prend plus de bulletin" in visiting(people[0]).get(box(voters)).text
    voters.keepers.open(poll, (1, 3))
    voters.count()
    db.session.commit()
    page = visiting(people[0]).get(f"{PAGE}{poll.id}/resultat").text
    identifier = sealed_of(voters).identifier
    for sentence in (
        f"freeco vote verify {identifier}.bel",
        "belenios-tool election verify",
        "part ouverte",
        "part non demandée",
        "La Coopérative du Lot",
    ):
        assert sentence in page


def test_without_scripts_the_ballot_says_what_to_do_instead(
    client: Visitor, voters: Voters
) -> None:
    page = client.get(box(voters)).text
    plain = page[page.index("<noscript>") : page.index("</noscript>")]
    for sentence in ("a besoin de JavaScript", "un autre ordinateur", "voter sur papier"):
        assert sentence in plain
    sealing = page[page.index("data-ballot") : page.index("</section>", page.index("data-ballot"))]
    assert "<form" not in sealing, "what is chosen stands in no form that a browser could send"


def test_the_ballot_page_says_the_honest_limits(client: Visitor, voters: Voters) -> None:
    page = client.get(box(voters)).text
    for limit in (
        "ne protège pas de quelqu’un qui vous forcerait",
        "il faut lui faire confiance",
        "Une copie gardée là-bas permettrait de voter à la place de quelqu’un",
        "Si assez de dépositaires de clé s’entendaient",
        "dans quelques dizaines d’années",
        "Dans un petit groupe",
    ):
        assert limit in page, limit


def test_a_board_of_thousands_is_read_by_first_characters() -> None:
    trackers = [f"{each:04x}" for each in range(4096)]
    shown = shelves([Batch(1, trackers[:2000]), Batch(2, trackers[2000:])], "0f")
    assert shown.many == 4096
    assert shown.chosen == "0"
    assert all(each[0] == "0" for batch in shown.batches for each in batch.trackers)
    few = shelves([Batch(1, trackers[:9])], "f")
    assert (few.beginnings, few.many) == ((), 9)


def test_a_trustee_who_received_a_false_part_has_the_rounds_begin_again(
    visiting: Visit, people: list[Member], draft: Poll
) -> None:
    preparing.make_secret(draft, Way.AUTHORITY, "La Coopérative du Lot")
    group, keepers = trustees.group_of(draft), Keepers()
    for member in people[:3]:
        trustees.name_member(group, member)
    client, address = visiting(people[0]), f"{PAGE}{draft.id}/cle"
    assert client.post(f"{address}/refuser").status_code == 409
    for _round in range(2):
        for each in rounds.waited_for(trustees.group_of(again(draft))):
            keepers.step(each)
        db.session.commit()
    assert "Une part reçue n’est pas juste" in client.get(address).text
    before = trustees.group_of(again(draft)).identifier
    assert client.post(f"{address}/refuser").status_code == 302
    group = trustees.group_of(again(draft))
    assert group.identifier != before
    assert not any(each.certificate for each in group.trustees)
    assert "Faire votre clé" in client.get(address).text
