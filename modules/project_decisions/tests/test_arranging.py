"""What a draft says more: colleges, options in detail, voices; and a question that comes again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent, NotAllowed
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco.organisations import services as organisations
from freeco.testing.forms import fill_in
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_project_decisions.polls import (
    again,
    closing,
    college_errors,
    college_members,
    colleges,
    electorate,
    errors,
    opening,
    preparing,
    reading,
    telling,
    voices,
    voting,
)
from freeco_project_decisions.polls.colleges import Group
from freeco_project_decisions.polls.models import Decision, Elector, Method, Poll
from freeco_project_decisions.polls.preparing import Choice, Written

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
CLOSES = NOW + timedelta(days=7)
AFTER = CLOSES + timedelta(minutes=1)
PAGE = "/lavergne/project-decisions"
Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]


@pytest.fixture
def farm(community: Community, people: list[Member]) -> Member:
    """Give an organisation that Awa coordinates."""
    found = organisations.register(
        kernel().plugins, community, "association", "La ferme des Vergnes", founder=people[0]
    )
    db.session.commit()
    return found


def decide(poll: Poll) -> Decision:
    db.session.commit()
    with held_at(AFTER):
        closing.close_due(poll.community)
        db.session.commit()
    return db.session.scalars(select(Decision).where(Decision.poll_id == poll.id)).one()


def test_each_is_in_one_college_by_name_by_charge_or_with_all(
    ask: Ask, people: list[Member], clerk: Member, farm: Member
) -> None:
    poll = ask(opened=False)
    colleges.arrange(
        poll,
        [
            Group("Membres", 5000, "persons"),
            Group("Fermes", 2000, "organisations"),
            Group("Bureau", 1500, "holders:project_decisions.prepare"),
            Group("Anciens", 1500, "chosen"),
        ],
    )
    named = {each.name: each for each in poll.colleges}
    colleges.choose(named["Anciens"], [people[6].id, people[7].id])
    placed = {number: each.name for number, each in college_members.of_members(poll).items()}
    assert placed == {
        **{each.id: "Membres" for each in people[:6]},
        people[6].id: "Anciens",
        people[7].id: "Anciens",
        clerk.id: "Bureau",
        farm.id: "Fermes",
    }
    opening.open_poll(poll)
    assert electorate.count_electors(poll) == 10


def test_a_person_votes_for_themselves_and_for_their_farm(
    ask: Ask, people: list[Member], farm: Member
) -> None:
    poll = ask(opened=False)
    colleges.arrange(
        poll, [Group("Membres", 6000, "persons"), Group("Fermes", 4000, "organisations")]
    )
    opening.open_poll(poll)
    voting.vote(poll, people[0], [0])
    assert [each.id for each in reading.unanswered(people[0])] == [poll.id]
    own, spoken = electorate.seats_of(poll, people[0])
    assert (own.member_id, spoken.member_id) == (people[0].id, farm.id)
    voting.vote_for(poll, people[0], spoken, [1])
    with pytest.raises(errors.NotAnElector):
        voting.vote_for(poll, people[1], spoken, [0])
    assert not reading.unanswered(people[0])
    decision = decide(poll)
    assert decision.adopted


@pytest.mark.parametrize(
    ("groups", "refusal"),
    [
        ([Group("Tous", 10_000, "persons")], college_errors.WeightsNotWhole),
        ([Group("A", 5000, "persons"), Group("B", 4000, "chosen")], college_errors.WeightsNotWhole),
        ([Group("A", 5000, "persons"), Group("a", 5000, "chosen")], college_errors.CollegeTwice),
    ],
)
def test_colleges_that_do_not_add_up_are_refused(
    ask: Ask, groups: list[Group], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        colleges.arrange(ask(opened=False), groups)


def test_colleges_are_for_yes_or_no_and_none_is_empty(ask: Ask, elsewhere: Community) -> None:
    two = [Group("Membres", 5000, "persons"), Group("Anciens", 5000, "chosen")]
    with pytest.raises(college_errors.CollegesNotForThis):
        colleges.arrange(ask(Method.JUDGMENT, "A", "B", opened=False), two)
    poll = ask(opened=False)
    colleges.arrange(poll, two)
    with pytest.raises(Absent):
        colleges.choose(poll.colleges[1], [make_member(elsewhere, "Zoé", "Roux").id])
    with pytest.raises(college_errors.CollegeEmpty):
        opening.open_poll(poll)
    db.session.rollback()
    colleges.arrange(poll, [])
    opening.open_poll(poll)
    with pytest.raises(errors.PollFrozen):
        colleges.arrange(poll, two)


def test_colleges_are_typed_and_named_on_pages(
    visiting: Visit, clerk: Member, people: list[Member], ask: Ask
) -> None:
    poll = ask(opened=False)
    client, where = visiting(clerk), f"{PAGE}/votes/{poll.id}/colleges"
    page = client.get(where)
    typed = {
        "name_0": "Membres",
        "weight_0": "60",
        "name_1": "Anciens",
        "weight_1": "30 %",
        "belongs_1": "chosen",
    }
    wrong = fill_in(client, page, "/colleges", typed)
    assert wrong.status_code == 422
    assert "Anciens" in wrong.text
    assert 'id="f-weight_1-error"' in wrong.text
    assert 'id="f-weight_0-error"' not in wrong.text
    twice = fill_in(client, page, "/colleges", typed | {"weight_1": "40", "name_1": "membres"})
    assert 'id="f-name_1-error"' in twice.text
    kept = fill_in(client, page, "/colleges", typed | {"weight_1": "40"})
    assert kept.status_code == 302, kept.text
    named = kept.location.rpartition("/")[2]
    chosen = fill_in(
        client, client.get(kept.location), f"/{named}", {"members": [str(people[1].id)]}
    )
    assert chosen.status_code == 302
    assert "1 membre nommé" in client.get(chosen.location).text
    assert "40" in client.get(f"{PAGE}/votes/{poll.id}/relire").text
    gone = fill_in(
        client, client.get(f"{PAGE}/votes/{poll.id}/relire"), "/supprimer", {"a_confirmer": []}
    )
    assert gone.status_code == 302


def test_an_organisation_names_who_votes_for_it_before_the_opening(
    ask: Ask, people: list[Member], farm: Member, visiting: Visit
) -> None:
    client = visiting(people[0])
    page = client.get(f"{PAGE}/votes/voix")
    assert "La ferme des Vergnes" in page.text
    done = fill_in(client, page, f"/voix/{farm.id}", {"voice": str(people[3].id)})
    assert done.status_code == 302
    poll = ask(by_organisation=True)
    (elector,) = db.session.scalars(select(Elector).where(Elector.poll_id == poll.id))
    assert elector.voice_id == people[3].id
    stranger = visiting(people[5])
    assert "aucune organisation" in stranger.get(f"{PAGE}/votes/voix").text
    with pytest.raises(NotAllowed):
        voices.name_voice(farm, people[5], people[5])
    with pytest.raises(Absent):
        voices.name_voice(farm, farm, people[0])


def test_options_say_more_and_keep_it_when_the_draft_is_written_anew(
    ask: Ask, visiting: Visit, clerk: Member
) -> None:
    poll = ask(Method.APPROVAL, "Toit", "Puits", opened=False)
    client = visiting(clerk)
    page = client.get(f"{PAGE}/votes/{poll.id}/choix")
    kept = fill_in(client, page, "/choix", {"detail_0": "En ardoise.", "detail_1": ""})
    assert "En ardoise." in client.get(kept.location).text
    db.session.rollback()
    written = Written(title="Travaux", text="", opens_at=NOW, closes_at=CLOSES)
    preparing.change(poll, written, [Choice("Haie"), Choice("Toit")])
    assert [each.detail for each in poll.options] == ["", "En ardoise."]


def test_a_question_comes_again_once_it_has_rested(
    ask: Ask, people: list[Member], community: Community
) -> None:
    poll = ask(rests_months=6, subject="Outils")
    voting.vote(poll, people[0], [1])
    decision = decide(poll)
    with held_at(CLOSES + timedelta(days=150)), pytest.raises(errors.StillResting) as refused:
        again.put_again(decision, people[4])
    assert "12 avril 2027" in str(refused.value)
    with held_at(CLOSES + timedelta(days=183)):
        draft = again.put_again(decision, people[4])
        assert again.put_again(decision, people[2]) is draft
        assert (draft.title, draft.earlier, draft.subject) == (poll.title, poll, "Outils")
        assert not draft.binds
        opening.open_poll(draft)
        assert again.again_of(decision) is draft


def test_what_comes_again_keeps_its_colleges(ask: Ask, people: list[Member]) -> None:
    poll = ask(opened=False)
    colleges.arrange(poll, [Group("Tous", 7000, "persons"), Group("Anciens", 3000, "chosen")])
    colleges.choose(poll.colleges[1], [people[6].id, people[7].id])
    opening.open_poll(poll)
    voting.vote(poll, people[0], [0])
    draft = again.put_again(decide(poll), people[1])
    assert [(each.name, each.weight) for each in draft.colleges] == [
        ("Tous", 7000),
        ("Anciens", 3000),
    ]
    assert college_members.chosen(draft.colleges[1]) == [people[6].id, people[7].id]


def test_any_member_asks_for_it_on_the_page_of_the_result(
    ask: Ask, people: list[Member], visiting: Visit
) -> None:
    poll = ask()
    decide(poll)
    client, where = visiting(people[2]), f"{PAGE}/votes/{poll.id}/resultat"
    asked = fill_in(client, client.get(where), "/remettre-au-vote", {"a_confirmer": []})
    assert asked.status_code == 302, asked.text
    assert "la question est un brouillon" in client.get(where).text


def test_the_register_is_searched_by_subject(
    ask: Ask, people: list[Member], visiting: Visit, community: Community
) -> None:
    for title, subject in (("Un hangar", "Outils"), ("Une scie", "Outils"), ("Pain", "Cantine")):
        decide(ask(title=title, subject=subject))
    client = visiting(people[0])
    page = client.get(f"{PAGE}/decisions?sujet=Outils").text
    assert "Une scie" in page
    assert "Pain" not in page
    assert [each.poll.title for each in reading.register(community, "cantine")] == ["Pain"]


def test_votes_that_wait_are_told_once_a_week(
    ask: Ask, people: list[Member], community: Community
) -> None:
    poll = ask(title="Un hangar", closes_at=NOW + timedelta(days=20))
    voting.vote(poll, people[0], [0])
    db.session.commit()
    telling.tell_waiting(community)
    assert not db.session.scalars(select(Notice)).all()
    for days in (6, 6, 7):
        with held_at(NOW + timedelta(days=days)):
            telling.tell_waiting(community)
    with held_at(NOW + timedelta(days=14)):
        telling.tell_waiting(community)
    found = db.session.scalars(select(Notice).where(Notice.member_id == people[1].id)).all()
    assert [each.topic for each in found] == ["project_decisions.waiting"] * 3
    assert "Un hangar" in found[0].body
    assert not db.session.scalars(select(Notice).where(Notice.member_id == people[0].id)).all()
