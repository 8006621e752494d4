"""Assemblies: called in time, attended, represented, counted by two who agree."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent, Refusal
from freeco.members.models import Community, Member
from freeco.testing.people import make_member
from freeco_project_decisions.assembly import agenda, attending, holding, minutes, preparing, voices
from freeco_project_decisions.assembly import errors as no
from freeco_project_decisions.assembly.agenda import Resolution
from freeco_project_decisions.assembly.models import Assembly, AssemblyItem, AssemblyState, Seat
from freeco_project_decisions.assembly.preparing import Planned
from freeco_project_decisions.polls import errors, paper, voting
from freeco_project_decisions.polls import preparing as polls
from freeco_project_decisions.polls.electorate import elector_of
from freeco_project_decisions.polls.models import (
    Decision,
    Method,
    Poll,
    PollState,
    Room,
)

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
STARTS = NOW + timedelta(days=20)
Ask = Callable[..., Poll]
YES, NO, BLANK = "answer_0", "answer_1", "answer_2"


def plan(**more: object) -> Planned:
    values: dict[str, object] = {
        "kind": "ordinary",
        "title": "Assemblée d’automne",
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=2),
        "place": "Salle des fêtes",
        "most_proxies": 1,
        **more,
    }
    return Planned(**values)  # type: ignore[arg-type]


@pytest.fixture
def assembly(community: Community, people: list[Member]) -> Assembly:
    """Give an assembly with one vote by hands and two tellers; eight members are called."""
    planned = plan(quorum_part=1, quorum_whole=4, chair=people[0], secretary=people[1])
    found = preparing.draft(community, planned)
    item = agenda.add_item(found, "Les comptes")
    agenda.ask(item, people[0], Resolution(title="Approuver les comptes"))
    preparing.name_tellers(found, people[:2])
    preparing.call(found)
    db.session.commit()
    return found


@pytest.fixture
def sitting(assembly: Assembly, people: list[Member]) -> Iterator[Assembly]:
    """Open it with four in the room, one of whom represents a fifth, and a sixth elsewhere."""
    with held_at(STARTS):
        attending.give_proxy(assembly, people[6], people[0])
        attending.seat_everybody(assembly)
        for member in people[:4]:
            voices.arrive(seat(assembly, member))
        voices.arrive(seat(assembly, people[4]), remote=True)
        holding.open_session(assembly)
        holding.open_vote(assembly.items[0])
        db.session.commit()
        yield assembly


def seat(assembly: Assembly, member: Member) -> Seat:
    return next(each for each in attending.seats(assembly) if each.member_id == member.id)


def poll_of(assembly: Assembly) -> Poll:
    poll = assembly.items[0].poll
    assert poll is not None
    return poll


def tell(assembly: Assembly, *entries: tuple[Member, tuple[int, int, int]]) -> None:
    bundle = paper.bundles(poll_of(assembly))[0]
    for teller, counts in entries:
        paper.enter(bundle, teller, dict(zip((YES, NO, BLANK), counts, strict=True)))


def derivation() -> dict[str, object]:
    decision = db.session.scalars(select(Decision)).one()
    found: dict[str, object] = json.loads(decision.outcome)["derivation"]
    return found


def test_an_agenda_that_was_sent_does_not_change(assembly: Assembly) -> None:
    item = assembly.items[0]
    for act in (
        lambda: agenda.add_item(assembly, "Autre chose"),
        lambda: agenda.remove_item(item),
        lambda: agenda.change_item(item, "Autre chose", "", ""),
    ):
        with pytest.raises(no.AgendaSent):
            act()
    agenda.change_item(item, item.title, "Le rapport, complété.", "")
    assert item.text == "Le rapport, complété."


def test_a_new_place_is_told_and_a_new_quorum_refused(
    assembly: Assembly, people: list[Member]
) -> None:
    kept = {"quorum_part": 1, "quorum_whole": 4, "chair": people[0]}
    assert preparing.change(assembly, plan(place="La halle", **kept))
    assert assembly.changes == 1
    with pytest.raises(no.RulesSent):
        preparing.change(assembly, plan())


def test_proxies_are_capped_not_handed_on_and_fall_when_the_giver_comes(
    assembly: Assembly, people: list[Member]
) -> None:
    attending.give_proxy(assembly, people[2], people[3])
    with pytest.raises(errors.TooManyProxies):
        attending.give_proxy(assembly, people[4], people[3])
    with pytest.raises(errors.ProxyChain):
        attending.give_proxy(assembly, people[4], people[2])
    with pytest.raises(no.OnlyMembers):
        attending.give_proxy(assembly, people[4], people[4])
    attending.seat_everybody(assembly)
    voices.arrive(seat(assembly, people[3]))
    assert attending.attendance(assembly).represented == 1
    voices.arrive(seat(assembly, people[2]))
    assert attending.attendance(assembly).represented == 0
    with pytest.raises(no.GiverPresent):
        attending.give_proxy(assembly, people[2], people[5])


def test_whose_holder_leaves_is_no_longer_represented(
    sitting: Assembly, people: list[Member]
) -> None:
    assert attending.attendance(sitting).voices == 6
    voices.leave(seat(sitting, people[0]))
    found = attending.attendance(sitting)
    assert (found.voices, found.left) == (4, 1)


def test_without_quorum_one_speaks_and_does_not_vote(
    assembly: Assembly, people: list[Member]
) -> None:
    with held_at(STARTS):
        attending.seat_everybody(assembly)
        voices.arrive(seat(assembly, people[0]))
        assert holding.open_session(assembly)
        assert not holding.open_session(assembly)
        assert holding.call_item(assembly.items[0])
        with pytest.raises(no.WithoutQuorum):
            holding.open_vote(assembly.items[0])
        voices.arrive(seat(assembly, people[1]))
        holding.open_vote(assembly.items[0])
        assert poll_of(assembly).state == PollState.OPEN


def test_the_room_and_the_pages_are_counted_together(
    sitting: Assembly, people: list[Member]
) -> None:
    poll = poll_of(sitting)
    voting.vote(poll, people[4], [0])
    tell(sitting, (people[0], (3, 1, 1)), (people[1], (3, 1, 1)))
    holding.close_vote(sitting.items[0])
    found = derivation()
    assert found["came_from"] == {"hands": 5, "page": 1, "room": "hands", "voices_in_room": 5}
    assert found["for"] == "4/5"
    assert found["attending"] == 6


def test_who_votes_in_the_room_cannot_vote_again_on_their_page(
    sitting: Assembly, people: list[Member]
) -> None:
    poll = poll_of(sitting)
    for member in (people[0], people[6]):
        with pytest.raises(errors.VotesInRoom):
            voting.vote(poll, member, [0])
    with pytest.raises(errors.VotesInRoom):
        voting.vote_on_paper(poll, elector_of(poll, people[0]), [0], people[1])


def test_who_voted_on_their_page_is_not_counted_in_the_room(
    sitting: Assembly, people: list[Member]
) -> None:
    poll = poll_of(sitting)
    voting.vote(poll, people[5], [1])
    voices.arrive(seat(sitting, people[5]))
    assert paper.voters(poll).total() == 5
    with pytest.raises(errors.VotedOnPage):
        paper.mark_one(poll, elector_of(poll, people[5]))


def test_never_more_ballots_than_voices_in_the_room(
    sitting: Assembly, people: list[Member]
) -> None:
    with pytest.raises(errors.TooManyBallots, match="6 bulletins, et 5 voix"):
        tell(sitting, (people[0], (4, 1, 1)))
    tell(sitting, (people[0], (3, 1, 0)), (people[1], (3, 1, 0)))
    second = paper.add_bundle(poll_of(sitting))
    with pytest.raises(errors.TooManyBallots):
        paper.enter(second, people[0], {YES: 2, NO: 0, BLANK: 0})
    assert paper.awaited(poll_of(sitting))
    paper.drop_bundle(second)
    assert not paper.awaited(poll_of(sitting))


def test_tellers_see_differences_once_both_have_counted(
    sitting: Assembly, people: list[Member]
) -> None:
    bundle = paper.bundles(poll_of(sitting))[0]
    tell(sitting, (people[0], (3, 1, 1)))
    assert paper.differences(bundle) == []
    tell(sitting, (people[1], (2, 2, 1)))
    assert [(str(each.label), each.counts) for each in paper.differences(bundle)] == [
        ("Oui", (3, 2)),
        ("Non", (1, 2)),
    ]
    with pytest.raises(errors.TwoTellers):
        tell(sitting, (people[2], (3, 1, 1)))
    tell(sitting, (people[1], (3, 1, 1)))
    assert paper.differences(bundle) == []
    tell(sitting, (people[1], (3, 1, 1)))
    with pytest.raises(errors.BundleAgreed):
        tell(sitting, (people[0], (5, 0, 0)))
    paper.start_again(bundle)
    assert paper.awaited(poll_of(sitting))


def test_a_vote_that_is_over_waits_for_its_tellers(sitting: Assembly, people: list[Member]) -> None:
    poll = poll_of(sitting)
    holding.close_vote(sitting.items[0])
    assert poll.state == PollState.CLOSED
    tell(sitting, (people[0], (5, 0, 0)), (people[1], (5, 0, 0)))
    holding.settle(poll)
    holding.close_vote(sitting.items[0])
    assert poll.state == PollState.DECIDED
    with pytest.raises(errors.PollFinished):
        tell(sitting, (people[0], (4, 0, 0)))


def test_a_vote_with_an_hour_ends_at_its_hour(assembly: Assembly, people: list[Member]) -> None:
    with held_at(STARTS):
        attending.seat_everybody(assembly)
        for member in people[:3]:
            voices.arrive(seat(assembly, member), remote=True)
        holding.open_session(assembly)
        holding.open_vote(assembly.items[0], STARTS + timedelta(minutes=10))
        voting.vote(poll_of(assembly), people[0], [0])
    with held_at(STARTS + timedelta(minutes=10)):
        holding.close_due(assembly.community)
        holding.close_due(assembly.community)
    assert poll_of(assembly).state == PollState.DECIDED
    assert derivation()["attending"] == 3


def test_an_item_with_an_open_vote_is_not_left(sitting: Assembly) -> None:
    with pytest.raises(no.VoteRunning):
        holding.close_session(sitting)
    with pytest.raises(no.VoteRunning):
        holding.call_item(_other(sitting))


def _other(assembly: Assembly) -> AssemblyItem:
    item = AssemblyItem(assembly=assembly, place=9, title="Autre")
    db.session.add(item)
    db.session.flush()
    return item


def test_a_proxy_of_the_assembly_serves_on_the_page_of_who_follows_from_elsewhere(
    sitting: Assembly, people: list[Member]
) -> None:
    poll = poll_of(sitting)
    attending.give_proxy(sitting, people[7], people[4])
    voices.arrive(seat(sitting, people[4]), remote=True)
    voting.vote_for(poll, people[4], elector_of(poll, people[7]), [1])
    assert paper.sources(poll) == {"hands": 0, "proxy": 1}


def test_who_presides_or_writes_signs_and_nobody_else(
    sitting: Assembly, people: list[Member]
) -> None:
    tell(sitting, (people[0], (5, 0, 0)), (people[1], (5, 0, 0)))
    holding.close_vote(sitting.items[0])
    minutes.note(sitting.items[0], "Rien à signaler.")
    with pytest.raises(no.NotSitting):
        minutes.fix(sitting)
    holding.close_session(sitting)
    minutes.fix(sitting)
    with pytest.raises(no.MinutesFixed):
        minutes.note(sitting.items[0], "Autre chose.")
    with pytest.raises(no.NotTheirs):
        minutes.sign(sitting, people[5])
    minutes.sign(sitting, people[0])
    minutes.reopen(sitting)
    minutes.fix(sitting)
    assert not minutes.sign(sitting, people[0]).sha256
    assert len(minutes.sign(sitting, people[1]).sha256) == 64
    with pytest.raises(no.MinutesSigned):
        minutes.reopen(sitting)
    assert not holding.close_session(sitting)


def test_what_is_called_off_says_why_and_gives_its_drafts_back(assembly: Assembly) -> None:
    poll = poll_of(assembly)
    assert preparing.cancel(assembly, "La salle est inondée.")
    assert not preparing.cancel(assembly, "Encore.")
    assert (assembly.state, poll.room) == (AssemblyState.CANCELLED, "")
    with pytest.raises(Refusal):
        preparing.call(assembly)


def test_another_community_s_assembly_does_not_exist(
    assembly: Assembly, elsewhere: Community
) -> None:
    with pytest.raises(Absent):
        preparing.find_assembly(elsewhere, assembly.id)
    stranger = make_member(elsewhere, "Zoé", "Roux")
    with pytest.raises(no.OnlyMembers):
        attending.give_proxy(assembly, stranger, db.session.scalars(select(Member)).first())  # type: ignore[arg-type]


def test_a_poll_of_another_community_or_of_another_item_is_not_attached(
    assembly: Assembly, community: Community, elsewhere: Community, people: list[Member]
) -> None:
    other = preparing.draft(community, plan(kind="meeting"))
    item = agenda.add_item(other, "Encore les comptes")
    with pytest.raises(no.AlreadyOnAgenda):
        agenda.attach(item, poll_of(assembly), Room.HANDS)
    volunteers = polls.draft(
        community,
        people[0],
        Method.DRAW,
        polls.Written(title="Qui range ?", text="", opens_at=NOW, closes_at=STARTS),
    )
    with pytest.raises(errors.NotCountedInRoom):
        agenda.attach(item, volunteers, Room.HANDS)
    agenda.attach(item, volunteers, Room.PAGES)
    assert item.poll is volunteers


def test_a_draft_on_an_agenda_is_not_thrown_away(assembly: Assembly) -> None:
    with pytest.raises(errors.OnAnAgenda):
        polls.throw_away(poll_of(assembly))


def test_what_lacked_quorum_is_put_to_another_assembly(
    assembly: Assembly, people: list[Member]
) -> None:
    poll = poll_of(assembly)
    with pytest.raises(no.NotSitting):
        agenda.again(assembly)
    with held_at(STARTS):
        holding.open_session(assembly)
        holding.call_item(assembly.items[0])
        holding.close_session(assembly)
        following = agenda.again(assembly)
        assert [(each.title, each.poll) for each in following.items] == [("Les comptes", poll)]
        assert following.starts_at == STARTS + timedelta(weeks=3)
        assert following.state == AssemblyState.DRAFT
        assert agenda.again(assembly).items == []
