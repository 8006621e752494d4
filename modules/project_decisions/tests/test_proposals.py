"""Proposals: paragraphs, amendments, objections, stages, and the vote that ends them."""

from datetime import timedelta

import pytest

from freeco.clock import held_at, now
from freeco.db import db
from freeco.errors import Absent
from freeco.events import deliver_events
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco_project_decisions.deliberation import (
    amending,
    concerning,
    hearing,
    objecting,
    paragraphs,
    privacy,
    proposing,
    reading,
    showing,
    telling,
    texts,
)
from freeco_project_decisions.deliberation.errors import (
    AmendmentAnswered,
    AmendmentsWait,
    DatesInDisorder,
    EndPassed,
    NotAmending,
    NotAnAuthor,
    NothingChanges,
    NothingWritten,
    NotSettled,
    NotTheAuthor,
    ParagraphChanged,
    ReasonNeeded,
    TextFixed,
)
from freeco_project_decisions.deliberation.models import Paragraph, Proposal, Stage
from freeco_project_decisions.deliberation.paragraphs import Written
from freeco_project_decisions.polls import closing, preparing, voting
from freeco_project_decisions.polls.marks import AGREE, NO, YES
from freeco_project_decisions.polls.models import Method, PollState

DAY = timedelta(days=1)
PLACE = Written("Le lieu", "Le hangar est construit derrière la salle.")
COST = Written("Le coût", "Il coûte 3 000 € au plus.")
KEYS = Written("Les clés", "Deux personnes ont la clé.")


@pytest.fixture
def shed(community: Community, people: list[Member]) -> Proposal:
    """Give a proposal by Awa, in three paragraphs, open to amendments for a week."""
    proposal = proposing.propose(
        community, people[0], "Un hangar", "La salle est pleine.", [PLACE, COST, KEYS]
    )
    proposing.publish_proposal(
        proposal, people[0], now() + 7 * DAY, vote_on=now() + 8 * DAY, extension_days=3
    )
    return proposal


def paragraph(proposal: Proposal, number: int) -> Paragraph:
    return reading.standing(proposal)[number - 1]


def titles(proposal: Proposal) -> list[tuple[int, str]]:
    db.session.flush()
    return [(each.number, each.title) for each in reading.standing(proposal)]


def settled(proposal: Proposal) -> None:
    proposing.settle_due(proposal.community)


def decide(proposal: Proposal, people: list[Member], answer: int = AGREE) -> None:
    """Have all vote, count, and deliver what is told."""
    assert proposal.poll is not None
    for each in people:
        voting.vote(proposal.poll, each, [answer])
    closing.close(proposal.poll)
    closing.decide(proposal.poll)
    db.session.commit()
    deliver_events(kernel().plugins)


def test_a_draft_exists_for_its_authors_alone(community: Community, people: list[Member]) -> None:
    draft = proposing.propose(community, people[0], "Un hangar", "", [PLACE])
    assert proposing.find_proposal(community, draft.id, people[0]) is draft
    with pytest.raises(Absent):
        proposing.find_proposal(community, draft.id, people[1])
    proposing.add_author(draft, people[1])
    assert proposing.find_proposal(community, draft.id, people[1]) is draft


def test_a_proposal_is_published_with_something_to_read_and_dates_in_order(
    community: Community, people: list[Member]
) -> None:
    draft = proposing.propose(community, people[0], "Un hangar", "")
    with pytest.raises(NothingWritten):
        proposing.publish_proposal(draft, people[0], now() + DAY)
    amending.add_paragraph(draft, people[0], None, PLACE)
    with pytest.raises(EndPassed):
        proposing.publish_proposal(draft, people[0], now() - DAY)
    with pytest.raises(DatesInDisorder):
        proposing.publish_proposal(draft, people[0], now() + 2 * DAY, vote_on=now() + DAY)
    with pytest.raises(NotAnAuthor):
        proposing.publish_proposal(draft, people[1], now() + DAY)


def test_paragraphs_are_numbered_anew_when_one_comes_or_goes(
    shed: Proposal, people: list[Member]
) -> None:
    amending.add_paragraph(shed, people[0], paragraph(shed, 1), Written("Qui", "Nous."))
    assert titles(shed) == [(1, "Le lieu"), (2, "Qui"), (3, "Le coût"), (4, "Les clés")]
    amending.strike_paragraph(paragraph(shed, 2), people[0], 1)
    assert titles(shed) == [(1, "Le lieu"), (2, "Le coût"), (3, "Les clés")]
    assert [each.title for each in reading.struck(shed)] == ["Qui"]


def test_two_authors_of_one_paragraph_lose_nothing(shed: Proposal, people: list[Member]) -> None:
    proposing.add_author(shed, people[1])
    cost = paragraph(shed, 2)
    amending.write_paragraph(cost, people[0], Written("Le coût", "4 000 € au plus."), 1)
    with pytest.raises(ParagraphChanged) as refused:
        amending.write_paragraph(cost, people[1], Written("Le coût", "3 500 €."), 1)
    assert refused.value.version == 2
    assert cost.text == "4 000 € au plus."
    amending.write_paragraph(cost, people[1], Written("Le coût", "3 500 €."), 2)
    assert [each.text for each in reading.history(cost)] == [
        "Il coûte 3 000 € au plus.",
        "4 000 € au plus.",
        "3 500 €.",
    ]


def test_an_accepted_amendment_changes_the_text_in_its_author_s_name(
    shed: Proposal, people: list[Member]
) -> None:
    cost = paragraph(shed, 2)
    written = Written("Le coût", "Il coûte 2 500 € au plus.")
    amendment = amending.amend(shed, people[1], "change", cost, written, "Le devis.", 1)
    before = showing.compare(amendment).words
    assert ("removed", "3 000 €") in before
    assert ("added", "2 500 €") in before
    with pytest.raises(NotAnAuthor):
        amending.accept(amendment, people[2], 1)
    amending.accept(amendment, people[0], 1)
    amending.accept(amendment, people[0], 1)
    assert (cost.text, cost.version) == ("Il coûte 2 500 € au plus.", 2)
    assert reading.history(cost)[-1].author is people[1]
    assert showing.compare(amendment).words == before


def test_an_amendment_is_refused_with_a_reason(shed: Proposal, people: list[Member]) -> None:
    amendment = amending.amend(
        shed, people[1], "strike", paragraph(shed, 3), Written("", ""), "Une seule suffit.", 1
    )
    with pytest.raises(ReasonNeeded):
        amending.refuse(amendment, people[0], "")
    amending.refuse(amendment, people[0], "Il faut pouvoir ouvrir quand l’un est absent.")
    concerning.tell_amendment(amendment)
    assert amendment.state == "refused"
    assert [each.subject for each in db.session.query(Notice)] == [
        "Réponse à votre amendement\u00a0: Un hangar"
    ]
    with pytest.raises(AmendmentAnswered):
        amending.accept(amendment, people[0], 1)


def test_an_amendment_adds_a_paragraph_or_strikes_one(shed: Proposal, people: list[Member]) -> None:
    first = Written("D’abord", "On demande l’avis du maire.")
    added = amending.amend(shed, people[1], "add", None, first, "Il faut son accord.")
    gone = amending.amend(
        shed, people[2], "strike", paragraph(shed, 3), Written("", ""), "Inutile.", 1
    )
    amending.accept(added, people[0], 0)
    amending.accept(gone, people[0], 1)
    assert titles(shed) == [(1, "D’abord"), (2, "Le lieu"), (3, "Le coût")]


def test_an_amendment_is_not_written_over_words_it_was_not_compared_with(
    shed: Proposal, people: list[Member]
) -> None:
    cost = paragraph(shed, 2)
    amendment = amending.amend(shed, people[1], "change", cost, Written("", "Zéro."), "Non.", 1)
    amending.write_paragraph(cost, people[0], Written("Le coût", "3 100 €."), 1)
    assert showing.compare(amendment).outdated
    with pytest.raises(ParagraphChanged):
        amending.accept(amendment, people[0], 1)
    amending.accept(amendment, people[0], 2)
    assert cost.text == "Zéro."


def test_an_amendment_changes_something_and_is_proposed_once(
    shed: Proposal, people: list[Member]
) -> None:
    cost = paragraph(shed, 2)
    with pytest.raises(NothingChanges):
        amending.amend(shed, people[1], "change", cost, COST, "Rien.", 1)
    once = amending.amend(shed, people[1], "change", cost, Written("", "Non."), "Cher.", 1)
    again = amending.amend(shed, people[1], "change", cost, Written("", "Non."), "Cher.", 1)
    assert once is again
    with pytest.raises(ParagraphChanged):
        amending.amend(shed, people[1], "change", cost, Written("", "Oui."), "Peu.", 7)
    with pytest.raises(NotTheAuthor):
        amending.take_back(once, people[2])
    amending.take_back(once, people[1])
    assert reading.waiting(shed) == []


def test_no_amendment_comes_after_the_announced_date(shed: Proposal, people: list[Member]) -> None:
    with held_at(now() + 7 * DAY):
        with pytest.raises(NotAmending):
            amending.amend(shed, people[1], "add", None, KEYS, "Tard.")
        settled(shed)
        assert shed.stage == Stage.SETTLED


def test_a_late_amendment_lengthens_the_stage_once_and_moves_the_vote(
    shed: Proposal, people: list[Member]
) -> None:
    until, vote = shed.amend_until, shed.vote_on
    assert until is not None
    assert vote is not None
    with held_at(until - timedelta(hours=2)):
        amending.amend(shed, people[1], "add", None, KEYS, "Juste à temps.")
    assert (shed.amend_until, shed.vote_on) == (until + 3 * DAY, vote + 3 * DAY)
    with held_at(until + 3 * DAY - timedelta(hours=2)):
        amending.amend(shed, people[2], "add", None, COST, "Encore.")
    assert shed.amend_until == until + 3 * DAY


def test_authors_hear_two_days_before_the_end_that_amendments_wait(
    shed: Proposal, people: list[Member], community: Community
) -> None:
    amending.amend(shed, people[1], "add", None, KEYS, "Oui.")
    with held_at(now() + 5 * DAY):
        telling.tell_due(community)
        telling.tell_due(community)
    waits = [
        each.member_id for each in db.session.query(Notice).filter(Notice.key.contains(":waits:"))
    ]
    assert waits == [people[0].id]


def test_the_vote_waits_for_the_date_and_for_every_answer(
    shed: Proposal, people: list[Member], clerk: Member
) -> None:
    amendment = amending.amend(shed, people[1], "add", None, KEYS, "Oui.")
    closes = now() + 20 * DAY
    with pytest.raises(NotSettled):
        proposing.put_to_vote(shed, Method.CONSENT, now(), closes, author=clerk)
    with held_at(now() + 8 * DAY):
        settled(shed)
        with pytest.raises(AmendmentsWait):
            proposing.put_to_vote(shed, Method.CONSENT, now(), closes, author=clerk)
        amending.refuse(amendment, people[0], "C’est déjà dit.")
        poll = proposing.put_to_vote(shed, Method.CONSENT, now(), closes, author=clerk)
        assert proposing.put_to_vote(shed, Method.CONSENT, now(), closes) is poll
        assert poll.state == PollState.OPEN
        with pytest.raises(TextFixed):
            amending.write_paragraph(paragraph(shed, 1), people[0], COST, 1)
        with pytest.raises(TextFixed):
            objecting.raise_objection(shed, people[3], "Trop tard.")


def test_objections_go_to_the_vote_with_their_answers_and_without_a_name(
    shed: Proposal, people: list[Member], clerk: Member
) -> None:
    flood = objecting.raise_objection(shed, people[3], "Le terrain est inondable.")
    assert objecting.raise_objection(shed, people[3], "Le terrain est inondable.") is flood
    noise = objecting.raise_objection(shed, people[4], "Le bruit.")
    with pytest.raises(NotAnAuthor):
        objecting.answer(flood, people[5], "Non.")
    objecting.answer(flood, people[0], "On le pose sur des plots.")
    concerning.tell_objection(flood)
    with pytest.raises(NotTheAuthor):
        objecting.lift(noise, people[3])
    objecting.lift(noise, people[4])
    with held_at(now() + 8 * DAY):
        settled(shed)
        poll = proposing.put_to_vote(shed, Method.CONSENT, now(), now() + DAY, author=clerk)
    assert "2. Le coût\nIl coûte 3 000 € au plus." in poll.text
    assert "Objection maintenue\u00a0: Le terrain est inondable." in poll.text
    assert "Réponse\u00a0: On le pose sur des plots." in poll.text
    assert "Objection levée\u00a0: Le bruit." in poll.text
    assert people[3].name not in poll.frozen_text


def test_the_decision_comes_back_on_the_proposal(
    shed: Proposal, people: list[Member], clerk: Member
) -> None:
    with held_at(now() + 8 * DAY):
        settled(shed)
        proposing.put_to_vote(shed, Method.CONSENT, now(), now() + DAY, author=clerk)
        decide(shed, people)
    assert shed.stage == Stage.DECIDED
    found = showing.shown(shed, people[2])
    assert found.decision is not None
    assert found.decision.adopted
    assert found.sentence


def test_a_cancelled_vote_gives_the_text_back(
    shed: Proposal, people: list[Member], clerk: Member
) -> None:
    with held_at(now() + 8 * DAY):
        settled(shed)
        poll = proposing.put_to_vote(shed, Method.CONSENT, now(), now() + DAY, author=clerk)
        preparing.cancel(poll, "Une erreur de date.")
        db.session.commit()
        deliver_events(kernel().plugins)
        assert (shed.stage, shed.poll) == (Stage.SETTLED, None)
        again = proposing.put_to_vote(shed, Method.CONSENT, now(), now() + DAY, author=clerk)
        assert again is not poll


def test_a_vote_thrown_away_as_a_draft_gives_the_text_back(
    shed: Proposal, clerk: Member, community: Community
) -> None:
    with held_at(now() + 8 * DAY):
        settled(shed)
        poll = proposing.put_to_vote(
            shed, Method.CONSENT, now(), now() + DAY, author=clerk, opens=False
        )
        assert poll.state == PollState.DRAFT
        db.session.commit()
        preparing.throw_away(poll)
        db.session.expire_all()
        hearing.free_abandoned(community)
        assert shed.stage == Stage.SETTLED


@pytest.mark.parametrize(("answer", "text"), [(YES, "2 500 €."), (NO, COST.text)])
def test_an_amendment_that_is_voted_on_enters_the_text_or_does_not(
    shed: Proposal, people: list[Member], clerk: Member, answer: int, text: str
) -> None:
    cost = paragraph(shed, 2)
    amendment = amending.amend(shed, people[1], "change", cost, Written("", "2 500 €."), "!", 1)
    poll = amending.put_to_vote(amendment, now(), now() + 2 * DAY, author=clerk)
    with pytest.raises(TextFixed):
        amending.write_paragraph(cost, people[0], Written("", "Autre."), 1)
    for each in people:
        voting.vote(poll, each, [answer])
    closing.close(poll)
    closing.decide(poll)
    db.session.commit()
    deliver_events(kernel().plugins)
    assert cost.text == text
    assert amendment.state == ("accepted" if answer == YES else "refused")


def test_a_withdrawn_proposal_stays_with_its_reason(shed: Proposal, people: list[Member]) -> None:
    with pytest.raises(NotAnAuthor):
        proposing.withdraw(shed, people[1], "Non.")
    assert proposing.withdraw(shed, people[0], "La mairie prête un local.")
    assert not proposing.withdraw(shed, people[0], "Encore.")
    assert shed.withdrawn_reason == "La mairie prête un local."
    with pytest.raises(NotAmending):
        amending.amend(shed, people[1], "add", None, KEYS, "Oui.")


def test_who_prepares_votes_answers_when_no_author_is_left(
    shed: Proposal, people: list[Member], clerk: Member
) -> None:
    assert not proposing.answers_for(shed, clerk)
    people[0].left_at = now()
    db.session.flush()
    assert proposing.answers_for(shed, clerk)


def test_an_erased_author_leaves_the_text_without_the_name(
    shed: Proposal, people: list[Member]
) -> None:
    amending.amend(shed, people[1], "add", None, KEYS, "Oui.")
    objecting.raise_objection(shed, people[1], "Non.")
    assert set(privacy.export(people[1])) == {"amendments", "objections_raised"}
    for each in people[:2]:
        privacy.erase(each)
    db.session.expire_all()
    assert texts.whole(shed).startswith("La salle est pleine.\n\n1. Le lieu\n")
    assert showing.shown(shed, people[2]).names == []
    assert [each.author for each in reading.amendments(shed)] == [None]


def test_what_is_of_another_proposal_or_community_does_not_exist(
    shed: Proposal, community: Community, elsewhere: Community, people: list[Member]
) -> None:
    other = proposing.propose(community, people[0], "Autre", "", [KEYS])
    with pytest.raises(Absent):
        proposing.find_proposal(elsewhere, shed.id, people[0])
    with pytest.raises(Absent):
        paragraphs.find_paragraph(other, paragraph(shed, 1).id)
