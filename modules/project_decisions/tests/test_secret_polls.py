"""Secret polls on both databases: keys, codes, ballots, the count, and what may be lost."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco.module import Demonstration
from freeco.record.models import RecordEntry
from freeco.testing.people import make_member
from freeco_project_decisions.polls import opening as polls_opening
from freeco_project_decisions.polls import preparing as polls_preparing
from freeco_project_decisions.polls.errors import PreparedElsewhere
from freeco_project_decisions.polls.models import Decision, Method, Poll, PollState
from freeco_project_decisions.sealed.archives import read_archive
from freeco_project_decisions.sealed.credentials import draw_credential, public_of
from freeco_project_decisions.sealed.elections import write_credentials
from freeco_project_decisions.sealed.verifying import require_result, verify
from freeco_project_decisions.sealed.writing import digest
from freeco_project_decisions.secret import (
    board,
    casting,
    closing,
    codes,
    counting,
    demonstration,
    errors,
    filing,
    opening,
    preparing,
)
from freeco_project_decisions.secret.models import (
    ArchivePiece,
    SealedCodes,
    SealedPoll,
    Trustee,
    TrusteeGroup,
    Way,
)
from freeco_project_decisions.secret.playing import Keepers, Voters, open_with_codes, prepare
from freeco_project_decisions.testing import belenios_accepts

Ask = Callable[..., Poll]
Open = Callable[..., Voters]
FOR, AGAINST, BLANK = [[0, 1, 0]], [[0, 0, 1]], [[1, 0, 0]]


@pytest.fixture
def opened(ask: Ask, people: list[Member]) -> Open:
    """Give what opens a secret poll of eight voters; three trustees, of whom two are enough."""

    def open_it(*asked: object, threshold: int = 2, **more: object) -> Voters:
        poll = ask(*asked, opened=False, **more)
        keepers = Keepers(threshold)
        prepare(poll, keepers, people[1:4])
        voters = open_with_codes(poll, keepers)
        db.session.commit()
        return voters

    return open_it


def send(voters: Voters, voter: int, answers: list[list[int]]) -> casting.Acknowledged:
    """Send a ballot as the page does."""
    acknowledged = casting.cast(voters.poll, voters.sealed(voter, answers).text.encode())
    db.session.commit()
    return acknowledged


def finish(voters: Voters, *places: int) -> Decision:
    """Close at the hour, let trustees open, and count, as the jobs do."""
    with held_at(voters.poll.closes_at + timedelta(minutes=1)):
        closing.close_due(voters.poll.community)
        db.session.commit()
        voters.keepers.open(voters.poll, places)
        db.session.commit()
        counting.count_due(voters.poll.community)
    return db.session.scalars(select(Decision).where(Decision.poll_id == voters.poll.id)).one()


def derivation(decision: Decision) -> dict:  # type: ignore[type-arg]
    """Read how the count was made."""
    found: dict = json.loads(decision.outcome)["derivation"]  # type: ignore[type-arg]
    return found


def stated(voters: Voters, kind: str) -> list[dict]:  # type: ignore[type-arg]
    """Return what the public record holds of a kind."""
    entries = db.session.scalars(
        select(RecordEntry).where(RecordEntry.kind == kind).order_by(RecordEntry.id)
    )
    return [json.loads(entry.entry)["about"] for entry in entries]


def test_a_secret_poll_is_counted_as_in_clear_and_both_verifiers_accept_it(
    opened: Open, tmp_path: Path
) -> None:
    voters = opened()
    for voter, answers in enumerate([FOR] * 5 + [AGAINST] * 2 + [BLANK]):
        send(voters, voter, answers)
    decision = finish(voters)
    assert (decision.adopted, derivation(decision)["for"]) == (True, "5/7")
    content = filing.archive_of(voters.poll)
    verified = verify(content)
    assert ([list(row) for row in require_result(verified)], verified.counted) == ([[1, 5, 2]], 8)
    assert belenios_accepts(content, preparing.sealed_of(voters.poll).identifier, tmp_path)
    assert stated(voters, "poll.counted")[0]["archive"] == derivation(decision)["archive"]
    assert stated(voters, "poll.closed")[0]["digest"] == verified.closed_digest


def test_majority_judgment_and_approval_are_sealed_too(opened: Open, tmp_path: Path) -> None:
    judged = opened(Method.JUDGMENT, "Hangar", "Serre")
    approved = opened(Method.APPROVAL, "Haie", "Puits", "Four")
    for voter in range(3):
        good, bad = [0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 0]
        send(judged, voter, [good, bad] if voter else [bad, good])
        send(approved, voter, [[1, int(voter == 1), 0]])
    assert derivation(finish(judged))["merits"] == [[1, 0, 0, 0, 0, 2], [2, 0, 0, 0, 0, 1]]
    assert derivation(finish(approved))["ticks"] == [3, 1, 0]
    for voters in (judged, approved):
        identifier = preparing.sealed_of(voters.poll).identifier
        folder = tmp_path / identifier
        folder.mkdir()
        assert belenios_accepts(filing.archive_of(voters.poll), identifier, folder)


def test_a_lost_key_stops_nothing_where_two_of_three_are_enough(opened: Open) -> None:
    voters = opened()
    send(voters, 0, FOR)
    assert finish(voters, 1, 3).adopted


def test_a_lost_key_stops_the_count_where_all_are_needed(opened: Open) -> None:
    voters = opened(threshold=3)
    send(voters, 0, FOR)
    with pytest.raises(Exception, match="No row"):
        finish(voters, 1, 3)
    assert voters.poll.state == PollState.CLOSED
    voters.keepers.open(voters.poll, [2])
    db.session.commit()
    assert finish(voters).adopted


def test_a_poll_in_which_nobody_voted_is_counted(opened: Open, tmp_path: Path) -> None:
    voters = opened()
    assert not finish(voters).adopted
    verify(filing.archive_of(voters.poll))


def test_the_last_ballot_of_a_code_counts_whatever_the_batch(opened: Open) -> None:
    voters = opened()
    send(voters, 0, FOR)
    send(voters, 0, AGAINST)
    board.publish_batch(voters.poll)
    for answers in (FOR, AGAINST, FOR):
        send(voters, 1, answers)
    send(voters, 0, BLANK)
    finish(voters)
    assert counting.rows_of(voters.poll) == [[1, 1, 0]]


def test_ballots_are_published_by_eight_and_the_record_has_each_batch(opened: Open) -> None:
    voters = opened()
    taken = {send(voters, voter, FOR).tracker for voter in range(7)}
    board.publish_due(voters.poll.community)
    assert board.board(voters.poll) == []
    taken.add(send(voters, 7, FOR).tracker)
    board.publish_due(voters.poll.community)
    db.session.commit()
    (batch,) = board.board(voters.poll)
    assert set(batch.trackers) == taken
    assert board.find(voters.poll, next(iter(taken))) is board.Place.PUBLISHED
    late = send(voters, 0, AGAINST).tracker
    assert board.find(voters.poll, late) is board.Place.WAITING
    assert board.find(voters.poll, "inconnu") is board.Place.ABSENT
    (about,) = stated(voters, "poll.ballots")
    last = read_archive(filing.archive_of(voters.poll)).events[-1]
    assert (about["ballots"], about["digest"]) == (8, digest(last.text))
    shown = verify(filing.archive_of(voters.poll))
    (prepared,) = stated(voters, "poll.sealed")
    assert (shown.setup_digest, shown.last_digest) == (prepared["setup"], about["digest"])


def test_a_secret_poll_opens_from_its_own_page_only(ask: Ask, people: list[Member]) -> None:
    poll = ask(opened=False)
    prepare(poll, Keepers(), people[1:4])
    with pytest.raises(PreparedElsewhere):
        polls_opening.open_poll(poll)
    with pytest.raises(errors.CodesMissing):
        opening.open_sealed(poll)


def test_under_eight_voters_secrecy_is_refused(ask: Ask, people: list[Member]) -> None:
    people[-1].left_at = people[-1].joined_at
    poll = ask(opened=False)
    preparing.make_secret(poll, Way.SITE)
    with pytest.raises(errors.TooFewForSecrecy, match="huit"):
        preparing.announce(poll)


@pytest.mark.parametrize("method", [Method.CONSENT, Method.SCHULZE, Method.SHARES, Method.DRAW])
def test_what_cannot_be_added_up_is_not_sealed(ask: Ask, method: Method) -> None:
    with pytest.raises(errors.NotForSecrecy):
        preparing.make_secret(ask(method, opened=False), Way.SITE)


def test_a_secret_poll_has_no_proxies(ask: Ask) -> None:
    with pytest.raises(errors.NoSecretProxies):
        preparing.make_secret(ask(opened=False, most_proxies=2), Way.SITE)


def test_a_secret_poll_is_not_mixed_with_a_show_of_hands(ask: Ask) -> None:
    with pytest.raises(errors.NoSecretRoom, match="dans la salle"):
        preparing.make_secret(ask(opened=False, room="hands"), Way.SITE)


def test_who_joins_once_the_list_is_noted_has_no_code(
    ask: Ask, people: list[Member], community: object
) -> None:
    poll = ask(opened=False)
    prepare(poll, Keepers(), people[1:4])
    make_member(people[0].community, "Tard", "Venu")
    assert codes.needed(poll) == 8
    voters = open_with_codes(poll, Keepers())
    assert len(voters.codes) == 8


def test_a_file_of_codes_is_for_as_many_as_the_list(ask: Ask, people: list[Member]) -> None:
    poll = ask(opened=False)
    prepare(poll, Keepers(), people[1:4])
    halves = [public_of(draw_credential(), "x" * 14) for _each in range(9)]
    with pytest.raises(errors.CodesNotAsMany, match="9 dans le fichier, 8 sur"):
        codes.take_file(poll, write_credentials(halves).encode())
    for broken in (b"[]x", b'["1","1"]', b'{"a":1}', b"\xff", b'["12345,1,membre"]'):
        with pytest.raises(errors.CodesUnsound):
            codes.take_file(poll, broken)
    with pytest.raises(errors.NoRegistration):
        codes.register(poll, people[0], str(halves[0]))


def test_codes_made_on_this_site_are_numbers_without_anybody(
    ask: Ask, people: list[Member]
) -> None:
    poll = ask(opened=False)
    preparing.make_secret(poll, Way.SITE)
    keepers = Keepers()
    keepers.named(poll, people[1:4])
    with pytest.raises(errors.NotAnnounced):
        codes.register(poll, people[0], "5")
    preparing.announce(poll)
    identifier = preparing.sealed_of(poll).identifier
    drawn = [draw_credential() for _each in people]
    for member, code in zip(people, drawn, strict=True):
        assert not codes.is_registered(poll, member)
        codes.register(poll, member, str(public_of(code, identifier)))
    with pytest.raises(errors.RegisteredAlready):
        codes.register(poll, people[0], str(public_of(draw_credential(), identifier)))
    assert codes.halves_of(poll) == sorted(public_of(code, identifier) for code in drawn)
    opening.open_sealed(poll)
    db.session.commit()
    with pytest.raises(errors.NoRegistration):
        codes.register(poll, people[1], str(public_of(draw_credential(), identifier)))
    voters = Voters(poll, keepers, drawn)
    send(voters, 3, FOR)
    assert finish(voters).adopted


def test_all_make_their_code_again_when_one_is_lost(ask: Ask, people: list[Member]) -> None:
    poll = ask(opened=False)
    preparing.make_secret(poll, Way.SITE)
    preparing.announce(poll)
    identifier = preparing.sealed_of(poll).identifier
    codes.register(poll, people[0], str(public_of(draw_credential(), identifier)))
    with pytest.raises(errors.CodesUnsound):
        codes.register(poll, people[1], "12")
    codes.restart_registration(poll)
    assert (codes.many_codes(poll), codes.is_registered(poll, people[0])) == (0, False)


def test_quorum_lets_a_secret_poll_go_on_when_that_was_announced(opened: Open) -> None:
    voters = opened(quorum_part=1, quorum_whole=2, extension_days=7, extensions_left=1)
    ends = voters.poll.closes_at
    send(voters, 0, FOR)
    with held_at(ends + timedelta(minutes=1)):
        closing.close_due(voters.poll.community)
        db.session.commit()
        assert (voters.poll.state, voters.poll.closes_at) == (
            PollState.OPEN,
            ends + timedelta(days=7),
        )


def test_a_file_that_our_verifier_refuses_decides_nothing(opened: Open) -> None:
    voters = opened()
    send(voters, 0, FOR)
    voters.close()
    voters.keepers.open(voters.poll)
    sealed = preparing.sealed_of(voters.poll)
    piece = db.session.get_one(ArchivePiece, (voters.poll.id, 1))
    changed = bytearray(piece.content)
    changed[1000] ^= 1
    piece.content = bytes(changed)
    db.session.commit()
    with held_at(voters.poll.closes_at + timedelta(minutes=2)):
        counting.count_due(voters.poll.community)
        counting.count_due(voters.poll.community)
    assert voters.poll.state == PollState.CLOSED
    assert sealed.alarm
    assert db.session.scalars(select(Decision)).all() == []


def test_a_secret_draft_that_is_thrown_away_takes_its_keys_and_codes_along(
    ask: Ask, people: list[Member]
) -> None:
    poll = ask(opened=False)
    prepare(poll, Keepers(3), people[1:4])
    db.session.commit()
    polls_preparing.throw_away(poll)
    db.session.commit()
    for table in (SealedPoll, SealedCodes, TrusteeGroup, Trustee):
        assert db.session.scalars(select(table)).all() == []


def test_who_is_on_the_list_is_who_is_asked(ask: Ask, people: list[Member]) -> None:
    poll = ask(opened=False)
    prepare(poll, Keepers(3), people[1:4])
    poll.by_organisation = True
    with pytest.raises(errors.ElectorateChanged):
        open_with_codes(poll, Keepers(3))
    preparing.withdraw(poll)
    poll.by_organisation = False
    preparing.announce(poll)
    assert open_with_codes(poll, Keepers(3)).poll.state == PollState.OPEN


def test_a_poll_made_ready_opens_at_its_hour_or_waits_for_its_keys(
    ask: Ask, people: list[Member]
) -> None:
    poll = ask(opened=False)
    prepare(poll, Keepers(3), people[1:4])
    poll.ready = True
    opening.open_due(poll.community)
    assert (poll.state, poll.ready) == (PollState.DRAFT, False)
    identifier = preparing.sealed_of(poll).identifier
    halves = [public_of(draw_credential(), identifier) for _each in people]
    codes.take_file(poll, write_credentials(halves).encode())
    poll.ready = True
    opening.open_due(poll.community)
    assert poll.state == PollState.OPEN


def test_the_demonstration_holds_a_secret_vote_that_is_counted(people: list[Member]) -> None:
    staging = Demonstration(
        community=people[0].community,
        members=people,
        coordinator=people[0],
        treasurer=people[1],
        producers=[],
        random=Random(1),
    )
    (told,) = demonstration.stage(staging)
    polls = db.session.scalars(select(Poll).where(Poll.secrecy == "sealed").order_by(Poll.id)).all()
    assert [poll.state for poll in polls] == ["decided", "open", "draft"]
    assert len(verify(filing.archive_of(polls[0])).ballots) == 8
    assert told.rpartition(" ")[2].count("-") == 4
