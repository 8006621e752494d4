"""Sealed elections: what they count, and every way of cheating that is known, refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from freeco_project_decisions.sealed.archives import Step, read_archive
from freeco_project_decisions.sealed.ballots import cast, read_ballot
from freeco_project_decisions.sealed.credentials import (
    draw_credential,
    public_of,
    read_credential,
    secret_of,
)
from freeco_project_decisions.sealed.elections import Election, write_credentials
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.groups import GENERATOR, P, power, random_exponent
from freeco_project_decisions.sealed.proofs import Form, sign
from freeco_project_decisions.sealed.questions import Question
from freeco_project_decisions.sealed.tallying import open_part, result_of, write_result
from freeco_project_decisions.sealed.trustees import Member, accept_part
from freeco_project_decisions.sealed.verifying import require_result, verify
from freeco_project_decisions.sealed.writing import compact, fingerprint, read
from freeco_project_decisions.testing import (
    ACCOUNTS,
    Held,
    Pieces,
    belenios_accepts,
    hold,
    owned,
    publish_pieces,
    setup,
)


@pytest.fixture(scope="module")
def held() -> Held:
    """Hold one election of three voters for all that is only read."""
    return hold(3)


def test_the_result_is_what_a_count_in_clear_gives(held: Held, tmp_path: Path) -> None:
    content = publish_pieces(held.pieces())
    verified = verify(content)
    assert [list(row) for row in require_result(verified)] == held.expected
    assert (verified.enrolled, verified.counted) == (3, 3)
    assert belenios_accepts(content, held.election.identifier, tmp_path)


def test_any_two_of_the_three_trustees_of_a_group_are_enough(held: Held) -> None:
    for owners in ((1, 2, 3), (1, 3, 4), (1, 4, 2)):
        assert require_result(verify(publish_pieces(held.pieces(owners))))


def test_one_trustee_of_the_group_is_not_enough(held: Held) -> None:
    tally = held.tally()
    openings = {
        owner: open_part(held.secrets[owner], held.election, tally.sums, Form.BELENIOS)
        for owner in (1, 2)
    }
    with pytest.raises(Unsound, match="manque"):
        result_of(tally, held.trustees, openings)


def test_a_trustee_who_hands_something_else_is_found() -> None:
    member = Member.draw(2)
    with pytest.raises(Unsound, match="engagé"):
        accept_part(member.part_of(1) + 1, member.coefficients(), 1)


def test_one_may_vote_again_and_the_last_ballot_counts(tmp_path: Path) -> None:
    held = hold(2, [ACCOUNTS])
    again = [[0, 0, 1]]
    changed = replace(
        held,
        ballots=[*held.ballots, cast(held.election, held.credentials[0], again)],
        answers=[again, held.answers[1]],
    )
    content = publish_pieces(changed.pieces())
    assert [list(row) for row in require_result(verify(content))] == changed.expected
    assert verify(content).counted == 2
    assert belenios_accepts(content, held.election.identifier, tmp_path)


def test_an_archive_may_be_checked_at_any_step(held: Held) -> None:
    pieces = held.pieces()
    for many in range(1, len(pieces)):
        verified = verify(publish_pieces(pieces[:many]))
        assert verified.result is None
        with pytest.raises(Unsound, match="pas de résultat"):
            require_result(verified)


def swap(pieces: Pieces, place: int, payload: str | None, *files: str) -> Pieces:
    """Give another payload to an event."""
    changed = list(pieces)
    step, _payload, before = changed[place]
    changed[place] = (step, payload, files or before)
    return changed


def stuffed(held: Held) -> Pieces:
    """Seal a thousand in one ballot, and sign it."""
    content = read(held.ballots[0].text)
    sealed = content["answers"][0]["choices"][1]
    sealed["beta"] = str(int(sealed["beta"]) * power(GENERATOR.element, 1000) % P)
    return swap(held.pieces(), 1, resigned(held, content))


def resigned(held: Held, content: dict) -> str:  # type: ignore[type-arg]
    """Sign a changed ballot with the credential of its voter."""
    unsigned = {key: value for key, value in content.items() if key != "signature"}
    hash_of_it = fingerprint(compact(unsigned))
    secret = secret_of(held.credentials[0], held.election.identifier)
    signature = {"hash": hash_of_it, "proof": sign(secret, f"sig|{hash_of_it}").written()}
    return compact({**unsigned, "signature": signature})


def false_sum(held: Held) -> Pieces:
    """Publish another sum than that of the ballots, and open that one."""
    other = replace(held, ballots=held.ballots[:2], answers=held.answers[:2]).pieces()
    pieces = held.pieces()
    return [*pieces[:5], *other[4:]]


def proof_changed(held: Held) -> Pieces:
    """Change one response of one proof, and sign the ballot."""
    content = read(held.ballots[0].text)
    proof = content["answers"][1]["individual_proofs"][0][0]
    proof["response"] = str(int(proof["response"]) ^ 1)
    return swap(held.pieces(), 1, resigned(held, content))


def stranger(held: Held) -> Pieces:
    """Add the ballot of somebody who may not vote."""
    ballot = cast(held.election, draw_credential(), held.answers[0])
    pieces = held.pieces()
    return [*pieces[:4], (Step.BALLOT, ballot.text, ()), *pieces[4:]]


def login_beside(held: Held) -> Pieces:
    """Publish names beside credentials, as the file that Belenios's tool makes has them."""
    publics = [public_of(each, held.election.identifier) for each in held.credentials]
    listed = compact([f"{each},1,membre{place}" for place, each in enumerate(publics)])
    election, trustees = held.election.text, held.trustees.text
    return swap(held.pieces(), 0, setup(election, trustees, listed), election, trustees, listed)


def other_key(held: Held) -> Pieces:
    """Publish an election whose key is not that of its trustees."""
    key = GENERATOR.power(random_exponent())
    election = Election("fudih84TDJg9Rw", "Autre", "", held.election.questions, key).text
    publics = write_credentials([public_of(c, "fudih84TDJg9Rw") for c in held.credentials])
    trustees = held.trustees.text
    return [
        (Step.SETUP, setup(election, trustees, publics), (election, trustees, publics)),
    ]


def twice_opened(held: Held) -> Pieces:
    """Let the trustee number 1 open in the place of the number 2."""
    tally = held.tally()
    opening = open_part(held.secrets[1], held.election, tally.sums, Form.BELENIOS).text
    return swap(held.pieces(), 7, owned(2, opening), opening)


def too_many_tallied(held: Held) -> Pieces:
    """Announce another number of ballots than were added up."""
    tally = held.tally()
    return swap(held.pieces(), 5, replace(tally, ballots=2).sized_text, tally.text)


def with_space(held: Held) -> Pieces:
    """Write a ballot with a space that the specification does not have."""
    return swap(held.pieces(), 1, held.ballots[0].text.replace(",", ", ", 1))


def without(*places: int) -> Callable[[Held], Pieces]:
    """Leave events out, and make the chain again."""
    return lambda held: [piece for place, piece in enumerate(held.pieces()) if place not in places]


def moved(place: int, to: int) -> Callable[[Held], Pieces]:
    """Put an event elsewhere, and make the chain again."""

    def change(held: Held) -> Pieces:
        pieces = held.pieces()
        pieces.insert(to, pieces.pop(place))
        return pieces

    return change


def repeated(held: Held) -> Pieces:
    """Publish the same ballot again."""
    pieces = held.pieces()
    return [*pieces[:4], pieces[1], *pieces[4:]]


def wrong_result(held: Held) -> Pieces:
    """Publish another result."""
    rows = [list(row) for row in held.expected]
    rows[0][1] += 1
    return swap(held.pieces(), -1, write_result(rows))


def left_over(held: Held) -> Pieces:
    """Leave a file in the archive that no event names."""
    return swap(held.pieces(), 4, None, '{"nobody":"names me"}')


KNOWN_BY_BELENIOS_TOO = [
    wrong_result, without(1), moved(1, 5), with_space, left_over, stuffed, proof_changed,
    stranger, other_key, twice_opened,
]  # fmt: skip
KNOWN_BY_US = [
    false_sum, without(5), too_many_tallied, repeated, login_beside, moved(6, 5), without(4),
]  # fmt: skip


@pytest.mark.parametrize("cheat", KNOWN_BY_BELENIOS_TOO)
def test_what_belenios_refuses_is_refused(
    held: Held, cheat: Callable[[Held], Pieces], tmp_path: Path
) -> None:
    content = publish_pieces(cheat(held))
    with pytest.raises(Unsound):
        verify(content)
    assert not belenios_accepts(content, held.election.identifier, tmp_path)


@pytest.mark.parametrize("cheat", KNOWN_BY_US)
def test_what_released_tools_let_pass_is_refused_too(
    held: Held, cheat: Callable[[Held], Pieces]
) -> None:
    with pytest.raises(Unsound):
        verify(publish_pieces(cheat(held)))


def test_an_election_stripped_of_its_result_is_not_over(held: Held) -> None:
    with pytest.raises(Unsound, match="pas de résultat"):
        require_result(verify(publish_pieces(held.pieces()[:-1])))


def test_no_byte_of_an_archive_may_change(held: Held) -> None:
    content = publish_pieces(held.pieces())
    for place in range(0, len(content), 1009):
        changed = bytearray(content)
        changed[place] ^= 1
        with pytest.raises(Unsound):
            verify(bytes(changed))


def test_no_end_of_an_archive_may_be_cut_within_a_file(held: Held) -> None:
    content = publish_pieces(held.pieces())
    with pytest.raises(Unsound):
        read_archive(content[:-1])


def test_a_ballot_is_not_replayed_by_another_voter(held: Held) -> None:
    content = read(held.ballots[0].text)
    content["credential"] = str(held.ballots[1].credential)
    credentials = {ballot.credential for ballot in held.ballots}
    with pytest.raises(Unsound, match="signature"):
        read_ballot(held.election, credentials, compact(content))


def test_the_answers_of_one_voter_are_not_signed_by_another(held: Held) -> None:
    mine, theirs = read(held.ballots[0].text), read(held.ballots[1].text)
    mine["answers"] = theirs["answers"]
    credentials = {ballot.credential for ballot in held.ballots}
    with pytest.raises(Unsound, match="prouve"):
        read_ballot(held.election, credentials, resigned(held, mine))


def test_a_ballot_is_for_one_election(held: Held) -> None:
    other = hold(1)
    credentials = {ballot.credential for ballot in held.ballots}
    with pytest.raises(Unsound, match="autre élection"):
        read_ballot(held.election, credentials, other.ballots[0].text)


def test_an_answer_that_the_question_does_not_allow_is_not_sealed(held: Held) -> None:
    for chosen in ([1, 1, 0], [0, 1, 1], [0, 0, 0], [0, 2, 0], [1, 0]):
        with pytest.raises(Unsound):
            cast(held.election, held.credentials[0], [chosen, *held.answers[0][1:]])


def test_a_question_of_more_answers_than_a_byte_holds_is_refused() -> None:
    many = Question("Trop", tuple(map(str, range(256))))
    with pytest.raises(Unsound):
        Question.read(many.written())


def test_a_mistyped_credential_is_told_before_it_is_used() -> None:
    credential = draw_credential()
    assert read_credential(f" {credential.replace('-', ' ')} ") == credential
    swapped = ("2" if credential[0] != "2" else "3") + credential[1:]
    for typed in (swapped, credential[:-1], credential + "1", ""):
        with pytest.raises(Unsound):
            read_credential(typed)
