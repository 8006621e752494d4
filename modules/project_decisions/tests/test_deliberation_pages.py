"""The pages of deliberation, as members meet them without JavaScript."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from freeco.clock import held_at, now
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.testing.forms import fill_in
from freeco.testing.people import make_member, open_module
from freeco.testing.visitor import Visitor
from freeco_project_decisions.deliberation import amending, discussing, objecting, proposing
from freeco_project_decisions.deliberation.models import (
    Amendment,
    Discussion,
    Follow,
    Message,
    Proposal,
    ProposalObjection,
    Stage,
)
from freeco_project_decisions.deliberation.paragraphs import Written
from freeco_project_decisions.deliberation.reading import standing
from freeco_project_decisions.polls.models import Poll, PollState

Visit = Callable[[Member], Visitor]
Row = TypeVar("Row")
DAY = timedelta(days=1)
HERE = "/lavergne/project-decisions"
PLACE = Written("Le lieu", "Derrière la salle.")
COST = Written("Le coût", "Trois mille euros au plus.")


@pytest.fixture
def talk(community: Community, people: list[Member]) -> Discussion:
    found = discussing.open_discussion(community, people[0], "Où ranger ?", "La salle est pleine.")
    db.session.commit()
    return found


@pytest.fixture
def shed(community: Community, people: list[Member]) -> Proposal:
    proposal = proposing.propose(community, people[0], "Un hangar", "Il pleut.", [PLACE, COST])
    proposing.publish_proposal(proposal, people[0], now() + 7 * DAY, now() + 8 * DAY)
    db.session.commit()
    return proposal


def rows(model: type[Row]) -> list[Row]:
    db.session.rollback()
    return list(db.session.scalars(select(model)))


def page_of(found: Discussion | Proposal) -> str:
    kind = "discussions" if isinstance(found, Discussion) else "propositions"
    return f"{HERE}/{kind}/{found.id}"


def send(visitor: Visitor, page: TestResponse, typed: dict[str, str]) -> TestResponse:
    """Type in the form that the page is about, and send it."""
    return fill_in(visitor, page, page.request.path, typed)


def settle(proposal: Proposal) -> None:
    proposing.settle_due(proposal.community)
    db.session.commit()


def test_any_member_opens_a_discussion_and_loses_nothing_typed(
    people: list[Member], visiting: Visit
) -> None:
    visitor = visiting(people[3])
    assert "Personne n’a encore ouvert de discussion." in visitor.get(f"{HERE}/discussions").text
    form = visitor.get(f"{HERE}/discussions/nouvelle")
    page = send(visitor, form, {"title": "", "text": "Il y en a trop."})
    assert page.status_code == 422
    assert "Il y en a trop." in page.text
    sent = send(visitor, page, {"title": "Les outils", "until_on": "2026-10-20"})
    assert sent.status_code == 302
    page = visitor.get(sent.location)
    assert "Il y en a trop." in page.text
    assert "On en discute jusqu’au mardi 20 octobre 2026" in page.text
    assert "Les outils" in visitor.get(f"{HERE}/discussions?q=outils").text


def test_a_discussion_is_answered_and_read_whole_by_who_comes_late(
    talk: Discussion, people: list[Member], visiting: Visit, community: Community
) -> None:
    visitor, at = visiting(people[1]), page_of(talk)
    first = visitor.post(f"{at}/messages", data={"text": "Chez moi\u00a0?"})
    assert first.status_code == 302
    message = rows(Message)[0]
    visitor = visiting(people[2])
    visitor.post(f"{at}/messages", data={"text": "Trop loin.", "answers": str(message.id)})
    visitor.post(f"{at}/resume", data={"text": "On cherche un lieu plus près."})
    with held_at(now() + DAY):
        late = make_member(community, "Zoé", "Martin")
        page = visiting(late).get(at)
        for words in ("Chez moi", "Trop loin.", "On cherche un lieu plus près."):
            assert words in page.text


def test_an_empty_answer_is_asked_again_where_it_was_typed(
    talk: Discussion, people: list[Member], visiting: Visit
) -> None:
    message = discussing.say(talk, people[1], "Chez moi ?")
    page = visiting(people[2]).post(
        f"{page_of(talk)}/messages", data={"text": " ", "answers": str(message.id)}
    )
    assert page.status_code == 422
    assert "Une réponse est à corriger" in page.text


def test_what_is_hidden_is_read_by_who_hid_it_and_who_wrote_it_alone(
    talk: Discussion, people: list[Member], clerk: Member, visiting: Visit
) -> None:
    message = discussing.say(talk, people[1], "Bruno est un voleur.")
    at = f"{page_of(talk)}/messages/{message.id}"
    assert visiting(people[2]).get(f"{at}/masquer").status_code == 403
    visitor = visiting(clerk)
    assert visitor.post(f"{at}/masquer", data={"reason": ""}).status_code == 422
    form = visitor.get(f"{at}/masquer")
    assert send(visitor, form, {"reason": "Une attaque."}).status_code == 302
    seen = {each.name: visiting(each).get(page_of(talk)).text for each in (*people[:3], clerk)}
    assert all(
        "Ce message est masqué. La raison\u00a0: Une attaque." in text for text in seen.values()
    )
    read = [name for name, text in seen.items() if "Bruno est un voleur." in text]
    assert read == [people[1].name, clerk.name]
    visiting(clerk).post(f"{at}/montrer")
    assert "Bruno est un voleur." in visiting(people[2]).get(page_of(talk)).text


def test_an_author_changes_a_message_and_what_it_said_stays(
    talk: Discussion, people: list[Member], visiting: Visit
) -> None:
    message = discussing.say(talk, people[1], "Chez mio ?")
    at = f"{page_of(talk)}/messages/{message.id}/modifier"
    assert visiting(people[2]).get(at).status_code == 403
    with held_at(now() + timedelta(hours=1)):
        visitor = visiting(people[1])
        form = visitor.get(at)
        assert send(visitor, form, {"text": "Chez moi."}).status_code == 302
        clash = send(visitor, form, {"text": "Chez Awa."})
        assert clash.status_code == 409
        assert "Chez moi." in clash.text
        assert "Chez Awa." in clash.text
        page = visiting(people[3]).get(page_of(talk)).text
    assert "Chez mio" in page
    assert "lire ce qu’il disait" in page


def chosen(page: TestResponse) -> str:
    found = re.findall(r'name="rhythm" value="(\w+)" required checked', page.get_data(as_text=True))
    return str(found[0])


def test_one_chooses_how_to_follow(talk: Discussion, people: list[Member], visiting: Visit) -> None:
    visitor = visiting(people[5])
    at = f"{page_of(talk)}/suivre"
    assert chosen(visitor.get(page_of(talk))) == "muted"
    assert visitor.post(at, data={"rhythm": "often"}).status_code == 422
    assert visitor.post(at, data={"rhythm": "each"}).status_code == 302
    assert [each.rhythm for each in rows(Follow) if each.member_id == people[5].id] == ["each"]
    assert chosen(visitor.get(page_of(talk))) == "each"
    assert "chaque message" in visitor.get(f"{HERE}/discussions").text


def test_a_clerk_closes_a_discussion_and_nobody_writes_there(
    talk: Discussion, people: list[Member], clerk: Member, visiting: Visit
) -> None:
    at = page_of(talk)
    assert visiting(people[2]).post(f"{at}/clore", data={"reason": "x"}).status_code == 403
    visiting(clerk).post(f"{at}/clore", data={"reason": "On est d’accord."})
    visitor = visiting(people[2])
    page = visitor.post(f"{at}/messages", data={"text": "Pas moi."})
    assert page.status_code == 409
    assert "On est d’accord." in page.text
    assert "Cette discussion est close" in page.text
    visiting(clerk).post(f"{at}/rouvrir")
    assert visiting(people[2]).post(f"{at}/messages", data={"text": "Moi non."}).status_code == 302


def test_a_proposal_is_written_published_and_read_by_all(
    talk: Discussion, people: list[Member], visiting: Visit
) -> None:
    visitor = visiting(people[0])
    form = visitor.get(f"{page_of(talk)}/proposer")
    at = send(visitor, form, {"title": "Un hangar", "text": "Il pleut."}).location
    at = at.partition("#")[0]
    for place in (PLACE, COST):
        page = visitor.get(at)
        sent = fill_in(visitor, page, "/paragraphes", {"title": place.title, "text": place.text})
        assert sent.status_code == 302, sent.text
    assert [each.number for each in standing(rows(Proposal)[0])] == [1, 2]
    assert visiting(people[1]).get(at).status_code == 404
    visitor = visiting(people[0])
    stages = visitor.get(f"{at}/etapes")
    refused = send(visitor, stages, {"amend_until_on": "2026-10-12", "vote_on": "2026-10-01"})
    assert "Le vote vient après la fin des amendements" in refused.text
    sent = send(visitor, refused, {"vote_on": "2026-10-14"})
    assert sent.status_code == 302, sent.text
    page = visiting(people[1]).get(at).text
    assert "Trois mille euros au plus." in page
    assert "Amendements jusqu’au lundi 12 octobre 2026" in page
    assert "Un hangar" in visiting(people[1]).get(page_of(talk)).text


def test_two_authors_write_at_once_and_the_second_sees_both_texts(
    shed: Proposal, people: list[Member], visiting: Visit
) -> None:
    proposing.add_author(shed, people[1])
    cost = standing(shed)[1]
    at = f"{page_of(shed)}/paragraphes/{cost.id}/modifier"
    first = visiting(people[0])
    sent = send(first, first.get(at), {"text": "Quatre mille euros au plus."})
    assert sent.status_code == 302
    second = visiting(people[1])
    typed = {"title": "Le coût", "text": "Trois mille euros, pas plus.", "read": "1"}
    clash = second.post(at, data=typed)
    assert clash.status_code == 409
    assert "Ce que Awa Martin a changé pendant que vous écriviez" in clash.text
    assert "<del>Trois</del><ins>Quatre</ins>" in clash.text
    assert "Trois mille euros, pas plus.</textarea>" in clash.text
    assert standing(rows(Proposal)[0])[1].text == "Quatre mille euros au plus."
    kept = send(second, clash, {"text": "Quatre mille euros, pas plus."})
    assert kept.status_code == 302
    history = second.get(f"{page_of(shed)}/paragraphes/{cost.id}").text
    assert "Version 3" in history


def test_an_amendment_is_proposed_shown_word_by_word_and_answered(
    shed: Proposal, people: list[Member], visiting: Visit
) -> None:
    at, cost = page_of(shed), standing(shed)[1]
    visitor = visiting(people[2])
    form = visitor.get(f"{at}/paragraphes/{cost.id}/amender")
    bare = send(visitor, form, {"text": "Deux mille euros au plus."})
    assert bare.status_code == 422
    assert "Deux mille euros au plus." in bare.text
    sent = send(visitor, bare, {"reason": "Le devis."})
    assert sent.status_code == 302
    amendment = rows(Amendment)[0]
    assert "<del>Trois</del><ins>Deux</ins>" in visiting(people[3]).get(at).text
    mine = f"{at}/amendements/{amendment.id}"
    assert visiting(people[3]).post(f"{mine}/accepter", data={"read": "1"}).status_code == 403
    visitor = visiting(people[0])
    refused = visitor.post(f"{mine}/refuser", data={"answer": "", "read": "1"})
    assert refused.status_code == 422
    accepted = fill_in(visitor, visitor.get(mine), "/accepter", {"answer": "Oui."})
    assert accepted.status_code == 302
    page = visiting(people[3]).get(at).text
    assert "Réponse de Awa Martin\u00a0:" in page
    assert "Deux mille euros au plus." in page


def test_a_paragraph_is_proposed_to_be_added_or_struck(
    shed: Proposal, people: list[Member], visiting: Visit
) -> None:
    at, cost = page_of(shed), standing(shed)[1]
    visitor = visiting(people[2])
    form = visitor.get(f"{at}/amendements/ajouter")
    added = send(
        visitor, form, {"title": "La clé", "text": "Chez Awa.", "reason": "!", "after": "0"}
    )
    assert added.status_code == 302
    form = visitor.get(f"{at}/paragraphes/{cost.id}/proposer-de-supprimer")
    assert send(visitor, form, {"reason": "Trop tôt."}).status_code == 302
    page = visitor.get(at).text
    assert "ajouter un paragraphe au début" in page
    assert "supprimer le paragraphe 2" in page
    assert [each.kind for each in rows(Amendment)] == ["add", "strike"]


def test_an_objection_is_raised_answered_and_lifted(
    shed: Proposal, people: list[Member], visiting: Visit
) -> None:
    at = page_of(shed)
    visitor = visiting(people[2])
    assert visitor.post(f"{at}/objections", data={"argument": ""}).status_code == 422
    visitor.post(f"{at}/objections", data={"argument": "Le terrain est inondable."})
    objection = rows(ProposalObjection)[0]
    mine = f"{at}/objections/{objection.id}"
    assert visiting(people[3]).get(f"{mine}/reponse").status_code == 403
    visitor = visiting(people[0])
    form = visitor.get(f"{mine}/reponse")
    assert send(visitor, form, {"words": "Sur des plots."}).status_code == 302
    assert visiting(people[3]).post(f"{mine}/lever").status_code == 403
    visitor = visiting(people[2])
    assert "Sur des plots." in visitor.get(at).text
    visitor.post(f"{mine}/lever")
    assert "levée" in visitor.get(at).text
    visitor.post(f"{mine}/maintenir")
    assert rows(ProposalObjection)[0].lifted_at is None


def test_a_clerk_puts_the_settled_text_to_the_vote(
    shed: Proposal, people: list[Member], clerk: Member, visiting: Visit
) -> None:
    at = page_of(shed)
    amendment = amending.amend(shed, people[2], "add", None, PLACE, "Encore.")
    objecting.raise_objection(shed, people[3], "Le bruit.")
    db.session.commit()
    typed = {"method": "assent", "closes_on": "2026-10-25"}
    visitor = visiting(clerk)
    page = send(visitor, visitor.get(f"{at}/vote"), typed)
    assert "Les amendements sont encore ouverts" in page.text
    with held_at(now() + 8 * DAY):
        settle(shed)
        page = send(visitor, visitor.get(f"{at}/vote"), typed)
        assert "Des amendements attendent une réponse" in page.text
        amending.refuse(amendment, people[0], "Déjà dit.")
        assert visiting(people[2]).get(f"{at}/vote").status_code == 403
        visitor = visiting(clerk)
        assert "Mettre au vote" in visitor.get(at).text
        sent = send(visitor, visitor.get(f"{at}/vote"), typed)
        assert sent.status_code == 302
        assert "Objection maintenue\u00a0: Le bruit." in visitor.get(sent.location).text
        assert "Aller au vote" in visiting(people[2]).get(at).text
    assert [each.state for each in rows(Poll)] == [PollState.OPEN]


def test_other_rules_are_set_on_a_draft_of_the_vote(
    shed: Proposal, clerk: Member, visiting: Visit
) -> None:
    typed = {"method": "consent", "closes_on": "2026-10-25", "later": "1"}
    with held_at(now() + 8 * DAY):
        settle(shed)
        visitor = visiting(clerk)
        sent = send(visitor, visitor.get(f"{page_of(shed)}/vote"), typed)
        assert sent.status_code == 302
        assert visitor.get(sent.location).location.endswith("/relire")
        poll = rows(Poll)[0]
        form = visitor.get(f"{HERE}/votes/{poll.id}/modifier")
        kept = send(visitor, form, {"quorum": "half", "title": "Tout autre chose"})
        assert kept.status_code == 302
        assert [(each.title, each.quorum_whole) for each in rows(Poll)] == [("Un hangar", 2)]
        assert visitor.get(page_of(shed)).status_code == 200
    assert [each.state for each in rows(Poll)] == [PollState.DRAFT]


def test_an_amendment_is_put_to_the_vote(
    shed: Proposal, people: list[Member], clerk: Member, visiting: Visit
) -> None:
    cost = standing(shed)[1]
    found = amending.amend(shed, people[2], "change", cost, Written("", "Deux mille."), "!", 1)
    visitor = visiting(clerk)
    form = visitor.get(f"{page_of(shed)}/amendements/{found.id}/vote")
    assert "<ins>Deux mille.</ins>" in form.text
    sent = send(visitor, form, {"closes_on": "2026-10-08"})
    assert sent.status_code == 302, sent.text
    assert "Remplacer ce paragraphe" in visitor.get(sent.location).text
    assert [each.state for each in rows(Amendment)] == ["voting"]


def test_a_proposal_is_withdrawn_with_a_reason_and_printed(
    shed: Proposal, people: list[Member], visiting: Visit
) -> None:
    at = page_of(shed)
    paper = visiting(people[4]).get(f"{at}/imprimer").text
    assert "Trois mille euros au plus." in paper
    assert visiting(people[4]).get(f"{at}/etapes").status_code == 403
    visitor = visiting(people[0])
    assert visitor.post(f"{at}/retirer", data={"reason": ""}).status_code == 422
    assert visitor.post(f"{at}/retirer", data={"reason": "Un don."}).status_code == 302
    assert "Un don." in visiting(people[4]).get(at).text
    assert [each.stage for each in rows(Proposal)] == [Stage.WITHDRAWN]


def test_nothing_of_another_community_exists_here(
    talk: Discussion, shed: Proposal, elsewhere: Community, visiting: Visit
) -> None:
    stranger = make_member(elsewhere, "Yves", "Noir", permissions=("project_decisions.prepare",))
    open_module(elsewhere, "project_decisions")
    there = "/ailleurs/project-decisions"
    visitor = visiting(stranger)
    assert visitor.get(f"{there}/discussions").status_code == 200
    cost = standing(shed)[1]
    for path in (
        f"discussions/{talk.id}",
        f"discussions/{talk.id}/clore",
        f"propositions/{shed.id}",
        f"propositions/{shed.id}/vote",
        f"propositions/{shed.id}/paragraphes/{cost.id}",
    ):
        assert visitor.get(f"{there}/{path}").status_code == 404, path
    assert visitor.post(f"{there}/discussions/{talk.id}/messages").status_code == 404
    assert visitor.get(f"{HERE}/discussions").status_code != 200


def test_the_home_page_says_what_waits_for_each(
    shed: Proposal, people: list[Member], visiting: Visit
) -> None:
    amending.amend(shed, people[2], "add", None, PLACE, "Encore.")
    objection = objecting.raise_objection(shed, people[3], "Le bruit.")
    db.session.commit()
    home = "/lavergne/"
    assert "1 amendement attend votre réponse" in visiting(people[0]).get(home).text
    assert "1 objection attend votre réponse" in visiting(people[0]).get(home).text
    assert "Proposition à lire et à amender jusqu’au" in visiting(people[5]).get(home).text
    objecting.answer(objection, people[0], "Il sera isolé.")
    assert "Votre objection a reçu une réponse" in visiting(people[3]).get(home).text
