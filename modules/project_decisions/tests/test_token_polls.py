"""A vote by tokens, from its signers to its recount, on both databases."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.record.models import RecordEntry
from freeco.testing.people import make_member
from freeco_project_decisions.polls.errors import NotAnElector, PreparedElsewhere
from freeco_project_decisions.polls.models import College, Decision, Method, Poll, PollState, Tie
from freeco_project_decisions.polls.opening import open_poll
from freeco_project_decisions.sealed.writing import fingerprint
from freeco_project_decisions.secret.errors import TrusteesMissing
from freeco_project_decisions.secret.models import Way
from freeco_project_decisions.secret.preparing import make_secret
from freeco_project_decisions.tokens import (
    blind,
    casting,
    errors,
    issuing,
    opening,
    preparing,
    reading,
    signer_files,
    voters,
)
from freeco_project_decisions.tokens.ballots import sealed
from freeco_project_decisions.tokens.models import TokenBallot, TokenLine, TokenPoll
from freeco_project_decisions.tokens.room import ROOM
from freeco_project_decisions.tokens.testing import (
    AFTER,
    CASTING,
    CASTS_FROM,
    NOW,
    begin,
    cast,
    close,
    get_token,
    open_all,
    prepare,
    waiting,
)
from freeco_project_decisions.tokens.verifying import verify_board

Ask = Callable[..., Poll]
OPTIONS = ("Toit", "Puits", "Haie")
RANKS = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [1, 2, 0], [3, 1, 2], [1, 0, 0], [2, 1, 0], [1, 2, 3]]


@pytest.fixture
def draft(ask: Ask) -> Poll:
    """Give a draft in which three things are ranked."""
    return ask(Method.SCHULZE, *OPTIONS, opened=False)


def many_people(community: Community, many: int) -> list[Member]:
    return [make_member(community, f"Ana{number}", "Petit") for number in range(many)]


def test_twenty_ballots_are_counted_and_the_file_is_verified(
    community: Community, draft: Poll, people: list[Member]
) -> None:
    electors = people + many_people(community, 12)
    votes, secrets = begin(draft, people)
    held = [get_token(votes, each) for each in electors]
    for place, each in enumerate(held):
        cast(votes, each, RANKS[place % len(RANKS)])
    cast(votes, held[0], [3, 2, 1], serial=2)
    close(votes)
    open_all(votes, secrets)
    assert draft.state == PollState.DECIDED
    verified = verify_board(reading.export(votes))
    assert verified.counted is not None
    assert (verified.tokens, len(verified.ballots), verified.issued) == (20, 21, (20,))
    assert verified.head == verified_head(votes)
    counted = sorted(list(each) for each in verified.counted.marks)
    assert counted == sorted([RANKS[place % 8] for place in range(1, 20)] + [[3, 2, 1]])
    decision = db.session.scalars(select(Decision)).one()
    assert json.loads(decision.outcome) == verified.counted.body["outcome"]


def verified_head(votes: TokenPoll) -> str:
    entry = db.session.scalars(select(RecordEntry).where(RecordEntry.kind == "token.counted")).one()
    found = json.loads(entry.entry)["about"]["board"]
    assert isinstance(found, str)
    return found


def test_each_token_signed_stands_in_the_record_with_a_digest_of_what_was_hidden(
    draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    asked = voters.wish(casting.setup_of(votes))
    issuing.ask(draft, people[0], asked.blinded)
    db.session.commit()
    entry = db.session.scalars(select(RecordEntry).where(RecordEntry.kind == "token.issued")).one()
    assert sha256(asked.blinded[0]).hexdigest().encode() in entry.entry


def test_asking_again_for_the_same_gives_the_same_and_for_another_is_refused(
    draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    setup = casting.setup_of(votes)
    first, second = voters.wish(setup), voters.wish(setup)
    signed = issuing.ask(draft, people[0], first.blinded)
    assert issuing.ask(draft, people[0], first.blinded) == signed
    with pytest.raises(errors.TokenGiven):
        issuing.ask(draft, people[0], second.blinded)
    assert issuing.many_issued(votes.signers[0]) == 1


@pytest.mark.parametrize("blinded", [[], [b""], [bytes(256)], [b"\xff" * 256], [b"\1" * 256] * 2])
def test_a_request_that_fits_no_key_is_refused(
    draft: Poll, people: list[Member], blinded: list[bytes]
) -> None:
    begin(draft, people)
    with pytest.raises(errors.RequestUnsound):
        issuing.ask(draft, people[0], blinded)


def test_only_an_elector_gets_a_token(
    draft: Poll, people: list[Member], community: Community
) -> None:
    votes, _secrets = begin(draft, people)
    late = make_member(community, "Zoé", "Tard")
    with pytest.raises(NotAnElector):
        issuing.ask(draft, late, voters.wish(casting.setup_of(votes)).blinded)


def test_tokens_are_given_before_the_vote_only_and_the_key_is_destroyed(
    draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    get_token(votes, people[0])
    assert votes.signers[0].private
    assert "PRIVATE" not in votes.signers[0].private
    with held_at(CASTS_FROM):
        with pytest.raises(errors.IssuingOver):
            issuing.ask(draft, people[1], voters.wish(casting.setup_of(votes)).blinded)
        issuing.end_due(draft.community)
        issuing.end_due(draft.community)
        db.session.commit()
    assert votes.signers[0].private == ""
    lines = db.session.scalars(select(TokenLine.kind).order_by(TokenLine.place)).all()
    assert lines == ["setup", "issued"]


def test_a_ballot_before_the_hour_or_after_it_is_refused(draft: Poll, people: list[Member]) -> None:
    votes, _secrets = begin(draft, people)
    ballot = get_token(votes, people[0]).vote(casting.setup_of(votes), RANKS[0]).text
    with pytest.raises(errors.NotCastingYet):
        casting.cast(votes, ballot)
    with held_at(AFTER), pytest.raises(errors.CastingOver):
        casting.cast(votes, ballot)
    close(votes)
    with held_at(AFTER), pytest.raises(errors.CastingOver):
        casting.cast(votes, ballot)


def test_the_same_ballot_twice_is_one_and_another_with_the_same_number_is_refused(
    draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    held = get_token(votes, people[0])
    first = cast(votes, held, RANKS[0], serial=2)
    setup = casting.setup_of(votes)
    with held_at(CASTING):
        assert casting.cast(votes, first).again
        for serial in (1, 2):
            with pytest.raises(errors.SerialUsed) as refused:
                casting.cast(votes, held.vote(setup, RANKS[1], serial).text)
            assert refused.value.last == 2
        casting.publish_all(votes)
        assert casting.cast(votes, first).again
        with pytest.raises(errors.SerialUsed):
            casting.cast(votes, held.vote(setup, RANKS[1], 1).text)
    assert waiting(votes) == 0


def test_what_is_forged_is_refused_with_its_sentence(
    draft: Poll, people: list[Member], ask: Ask
) -> None:
    votes, _secrets = begin(draft, people)
    held, other = get_token(votes, people[0]), get_token(votes, people[1])
    setup = casting.setup_of(votes)
    right = held.vote(setup, RANKS[0])
    elsewhere, _ignored = begin(ask(Method.SCHULZE, *OPTIONS, opened=False), people)
    unsigned = replace(held.token, signatures=(bytes(256),))
    outside = replace(right, box=replace(right.box, alpha=right.box.alpha + 1))
    forged = {
        "": errors.BallotUnreadable,
        "{}": errors.BallotUnreadable,
        right.text + " ": errors.BallotUnreadable,
        "x" * 20_000: errors.BallotUnreadable,
        right.text.replace('"serial":1', '"serial":true'): errors.BallotUnreadable,
        right.text.replace('"serial":1', '"serial":2'): errors.BallotUnsigned,
        get_token(elsewhere, people[0])
        .vote(casting.setup_of(elsewhere), RANKS[0])
        .text: errors.BallotElsewhere,
        sealed(setup, held.key, unsigned, RANKS[0], 1).text: errors.TokenUnsigned,
        # Replayed by another voter, who knows what is published and not the key.
        sealed(setup, other.key, held.token, RANKS[0], 1).text: errors.BallotUnsigned,
        replace(right, token=other.token).text: errors.BallotUnsigned,
        outside.text: errors.BallotUnsigned,
    }
    with held_at(CASTING):
        for text, refusal in forged.items():
            with pytest.raises(refusal):
                casting.cast(votes, text)
    assert waiting(votes) == 0


def test_what_answers_nothing_is_refused_when_it_is_opened_and_all_see_why(
    draft: Poll, people: list[Member]
) -> None:
    votes, secrets = begin(draft, people)
    held = [get_token(votes, each) for each in people[:3]]
    cast(votes, held[0], RANKS[0])
    cast(votes, held[1], [9, 9, 9])
    setup = casting.setup_of(votes)
    moved = held[0].vote(setup, RANKS[0])
    signed = sealed(setup, held[2].key, held[2].token, RANKS[0], 1)
    # Locked for the token of somebody else: it does not open for this one.
    copied = resigned(held[2], replace(signed, box=moved.box))
    with held_at(CASTING):
        casting.cast(votes, copied)
        db.session.commit()
    close(votes)
    open_all(votes, secrets)
    counted = verify_board(reading.export(votes)).counted
    assert counted is not None
    assert sorted(why for _tracker, why in counted.refused) == ["closed", "spoilt"]
    assert counted.marks == (bytes(RANKS[0]),)


def resigned(held: voters.Held, ballot: object) -> str:
    from freeco_project_decisions.tokens import ballots

    assert isinstance(ballot, ballots.Ballot)
    der = held.key.sign(ballots.signed_text(ballot).encode(), ballots.ECDSA)
    return replace(ballot, signature=ballots.raw_of(der)).text


def test_ballots_are_published_together_once_the_vote_is_over(
    draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    held = [get_token(votes, member) for member in people]
    published = select(TokenLine.tracker).where(TokenLine.kind == "ballot")
    texts = []
    jobs = [job for job in ROOM.jobs if job.name != "tell_tokens"]
    for each in held:
        texts.append(cast(votes, each, RANKS[0]))
        with held_at(CASTING):
            # Not seven one day and one the last evening: that one would be somebody's, opened.
            for job in jobs:
                job.run(draft.community)
                db.session.commit()
        assert not db.session.scalars(published).all()
    assert waiting(votes) == 8
    close(votes)
    trackers = {fingerprint(text) for text in texts}
    assert set(db.session.scalars(published)) == trackers
    assert db.session.scalars(select(TokenBallot)).all() == []


def test_a_token_needs_the_signature_of_the_sister_cooperative_too(
    draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = prepare(draft, people)
    key = blind.draw_key()
    preparing.add_signer(votes, signer_files.write_public(key, votes.identifier, "La Sœur"))
    with pytest.raises(errors.SignerTwice):
        preparing.add_signer(votes, signer_files.write_public(key, votes.identifier, "Autre"))
    opening.open_tokens(draft)
    setup = casting.setup_of(votes)
    asked = voters.wish(setup)
    first, missing = issuing.ask(draft, people[0], asked.blinded)
    assert missing is None
    sister = votes.signers[1]
    vote, electors, requests = signer_files.read_requests(issuing.requests_for(sister, 8))
    assert (vote, electors) == (votes.identifier, 8)
    signed = {each.elector: blind.blind_sign(key, each.blinded) for each in requests}
    with pytest.raises(errors.SignaturesUnsound):
        issuing.take_signatures(
            sister, signer_files.write_signatures(vote, dict.fromkeys(signed, bytes(256)))
        )
    file = signer_files.write_signatures(vote, signed)
    assert issuing.take_signatures(sister, file) == 1
    assert issuing.take_signatures(sister, file) == 0
    second = issuing.ask(draft, people[0], asked.blinded)[1]
    assert first is not None
    assert second is not None
    cast(votes, voters.take(setup, asked, [first, second]), RANKS[0])
    assert waiting(votes) == 1


@pytest.mark.parametrize("text", ["", "{}", '{"freeco":"signer"}'])
def test_a_file_that_is_no_key_of_a_signer_is_refused(
    draft: Poll, people: list[Member], text: str
) -> None:
    votes, _secrets = prepare(draft, people)
    elsewhere = signer_files.write_public(blind.draw_key(), "unautrevote12", "La Sœur")
    for each in (text, elsewhere):
        with pytest.raises(errors.SignerUnsound):
            preparing.add_signer(votes, each)


def test_under_eight_electors_it_is_not_opened(ask: Ask, people: list[Member]) -> None:
    poll = ask(Method.SCHULZE, *OPTIONS, opened=False)
    people[7].left_at = NOW - timedelta(days=1)
    prepare(poll, people)
    with pytest.raises(errors.TooFewForTokens):
        opening.open_tokens(poll)


def test_it_is_not_opened_without_trustees_nor_from_the_page_of_open_votes(draft: Poll) -> None:
    preparing.make_tokens(draft, CASTS_FROM)
    with pytest.raises(TrusteesMissing):
        opening.open_tokens(draft)
    with pytest.raises(PreparedElsewhere):
        open_poll(draft)


@pytest.mark.parametrize("method", [Method.CONSENT, Method.DRAW])
def test_what_needs_names_is_not_voted_by_tokens(ask: Ask, method: Method) -> None:
    with pytest.raises(errors.NotForTokens):
        preparing.make_tokens(ask(method, opened=False), CASTS_FROM)


def test_a_draft_is_secret_in_one_way(ask: Ask) -> None:
    poll = ask(Method.APPROVAL, "Toit", "Puits", opened=False)
    make_secret(poll, Way.ENVELOPES)
    with pytest.raises(errors.SealedAlready):
        preparing.make_tokens(poll, CASTS_FROM)


def test_colleges_weigh_what_a_token_does_not_tell(ask: Ask) -> None:
    poll = ask(opened=False)
    db.session.add(College(poll=poll, name="Producteurs", weight=5000))
    db.session.flush()
    with pytest.raises(errors.NoTokenColleges):
        preparing.make_tokens(poll, CASTS_FROM)


def test_a_proxy_has_a_name_and_is_refused(ask: Ask) -> None:
    with pytest.raises(errors.NoTokenProxies):
        preparing.make_tokens(ask(opened=False, most_proxies=1), CASTS_FROM)


@pytest.mark.parametrize("hour", [NOW, NOW + timedelta(days=7)])
def test_tokens_need_time_before_the_vote_and_the_vote_after(draft: Poll, hour: object) -> None:
    with pytest.raises(errors.TooLateForTokens):
        preparing.make_tokens(draft, hour)  # type: ignore[arg-type]


def test_a_draft_goes_back_to_open_ballots(draft: Poll, people: list[Member]) -> None:
    prepare(draft, people)
    preparing.make_open(draft)
    db.session.commit()
    open_poll(draft)
    assert draft.state == PollState.OPEN


def test_nobody_voted_and_nothing_is_chosen(draft: Poll, people: list[Member]) -> None:
    votes, _secrets = begin(draft, people)
    close(votes)
    open_all(votes, {})
    assert draft.state == PollState.DECIDED
    assert verify_board(reading.export(votes)).counted is not None


def test_other_methods_are_counted_too(ask: Ask, people: list[Member]) -> None:
    for method, options, marks, more in (
        (Method.ASSENT, (), [0], {}),
        (Method.SEATS, OPTIONS, [1, 2, 3], {"tie": Tie.ANNOUNCED}),
        (Method.JUDGMENT, OPTIONS, [5, 0, 3], {}),
    ):
        poll = ask(method, *options, opened=False, **more)
        votes, secrets = begin(poll, people)
        cast(votes, get_token(votes, people[0]), marks)
        close(votes)
        open_all(votes, secrets)
        counted = verify_board(reading.export(votes)).counted
        assert counted is not None
        assert counted.marks == (bytes(marks),)
