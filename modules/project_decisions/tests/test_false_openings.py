"""A trustee who lies about what ballots by tokens open to: refused at once, and on any board."""

from collections.abc import Callable

import pytest
from gmpy2 import invert, mpz

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco_project_decisions.polls.models import Method, Poll, PollState, Tie
from freeco_project_decisions.sealed.elections import read_election
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.groups import (
    GENERATOR,
    P,
    Q,
    hashed,
    power,
    random_exponent,
)
from freeco_project_decisions.sealed.proofs import Form, Proof, holds_opening, prove_opening
from freeco_project_decisions.sealed.tallying import Opening, open_part
from freeco_project_decisions.sealed.trustees import draw_key
from freeco_project_decisions.sealed.writing import compact, read
from freeco_project_decisions.secret import rounds, trustees
from freeco_project_decisions.secret.errors import TrusteeUnsound
from freeco_project_decisions.tokens import counting, reading
from freeco_project_decisions.tokens.ballots import last_of_each
from freeco_project_decisions.tokens.boards import Kind, read_lines
from freeco_project_decisions.tokens.models import TokenPoll
from freeco_project_decisions.tokens.opened import count, sums_of
from freeco_project_decisions.tokens.playing import Secrets
from freeco_project_decisions.tokens.questions import poll_of
from freeco_project_decisions.tokens.setups import VERSION, read_setup
from freeco_project_decisions.tokens.testing import (
    AFTER,
    begin,
    cast,
    chained,
    close,
    get_token,
    open_all,
)
from freeco_project_decisions.tokens.verifying import verify_board

Ask = Callable[..., Poll]
ELECTION = "W2D5v4yeZPkjJPWyCRvXcYqKvhWk4JYd3pzNbXFBFzo"
NOT_PROVEN = "n’est pas prouvée"


def forged(secret: mpz, election: str, alpha: mpz, form: Form, again: int = 7) -> tuple[mpz, Proof]:
    """Choose a factor after its hash, so that it is proven where the hash does not hold it.

    The second commitment is that of the proof times something else; the factor that fits is then
    computed. ``again`` gives another one. In the bound form, the factor must be guessed first.
    """
    public, witness = GENERATOR.power(secret), random_exponent()
    second = power(alpha, witness) * GENERATOR.power(mpz(again)) % P
    guessed = power(alpha, secret) * GENERATOR.power(mpz(again)) % P
    commitment = f"{GENERATOR.power(witness)},{second}"
    challenge = hashed(form.hashes(election, public, alpha, guessed, commitment))
    response = (witness - secret * challenge) % Q
    fits = power(second * power(invert(alpha, P), response) % P, invert(challenge, Q))
    return fits, Proof(challenge, response)


def lying(secret: mpz, opening: Opening, election: str, alphas: list[mpz], place: int) -> Opening:
    """Put a false factor at a place of an opening, proven as Belenios does."""
    factors, proofs = list(opening.factors[0]), list(opening.proofs[0])
    factors[place], proofs[place] = forged(secret, election, alphas[place], Form.BELENIOS)
    return Opening((tuple(factors),), (tuple(proofs),))


def test_in_the_form_of_belenios_a_false_factor_is_proven_and_in_ours_none_is() -> None:
    secret, _public = draw_key()
    alpha, public = GENERATOR.power(random_exponent()), GENERATOR.power(secret)
    factor, proof = forged(secret, ELECTION, alpha, Form.BELENIOS)
    assert factor != power(alpha, secret)
    # What the format of archives allows, and why it is not that of tokens.
    assert holds_opening(public, ELECTION, alpha, factor, proof, Form.BELENIOS)
    assert not holds_opening(public, ELECTION, alpha, factor, proof, Form.BOUND)
    for again in range(1, 20):
        factor, proof = forged(secret, ELECTION, alpha, Form.BOUND, again)
        assert not holds_opening(public, ELECTION, alpha, factor, proof, Form.BOUND)


def test_a_proof_is_of_one_key_one_vote_one_ballot_and_one_form() -> None:
    secret, other = draw_key()[0], draw_key()[0]
    alpha, beyond = GENERATOR.power(random_exponent()), GENERATOR.power(random_exponent())
    public = GENERATOR.power(secret)
    factor, proof = prove_opening(secret, ELECTION, alpha, Form.BOUND)
    assert factor == power(alpha, secret)
    assert holds_opening(public, ELECTION, alpha, factor, proof, Form.BOUND)
    assert not holds_opening(public, ELECTION, alpha, factor, proof, Form.BELENIOS)
    assert not holds_opening(public, "autre", alpha, factor, proof, Form.BOUND)
    assert not holds_opening(public, ELECTION, beyond, factor, proof, Form.BOUND)
    assert not holds_opening(public, ELECTION, alpha, beyond, proof, Form.BOUND)
    assert not holds_opening(GENERATOR.power(other), ELECTION, alpha, factor, proof, Form.BOUND)


@pytest.fixture
def voted(ask: Ask, people: list[Member]) -> tuple[TokenPoll, Secrets]:
    """Give a vote that is closed: three for the roof, five for the well."""
    votes, secrets = begin(ask(Method.APPROVAL, "Toit", "Puits", opened=False), people)
    for place, held in enumerate([get_token(votes, member) for member in people]):
        cast(votes, held, [1, 0] if place < 3 else [0, 1])
    close(votes)
    return votes, secrets


def test_a_false_part_is_refused_when_it_is_handed_in_and_the_true_one_taken(
    voted: tuple[TokenPoll, Secrets],
) -> None:
    votes, secrets = voted
    with held_at(AFTER):
        *_others, last = trustees.group_of(votes.poll).trustees
        task, secret = rounds.task_of(last), secrets[last.place]
        election, sums = read_election(task["election"]), rounds.read_sums(task["sums"])
        alphas = [each.alpha for each in sums[0]]
        honest = open_part(secret, election, sums, Form.BOUND)
        like_belenios = open_part(secret, election, sums, Form.BELENIOS)
        for part in (
            lying(secret, like_belenios, election.fingerprint, alphas, 3),
            lying(secret, honest, election.fingerprint, alphas, 3),
            like_belenios,
        ):
            with pytest.raises(TrusteeUnsound, match=NOT_PROVEN):
                rounds.post(last, {"opening": part.text})
        assert not last.opening
        rounds.post(last, {"opening": honest.text})
        db.session.commit()
    open_all(votes, secrets)
    assert votes.poll.state == PollState.DECIDED
    counted = verify_board(reading.export(votes)).counted
    assert counted is not None
    assert (counted.outcome.chosen, counted.refused) == ((1,), ())


@pytest.fixture
def tied(ask: Ask, people: list[Member]) -> tuple[TokenPoll, Secrets]:
    """Give a vote whose three things are level: a lot decides."""
    poll = ask(Method.APPROVAL, "Toit", "Puits", "Haie", tie=Tie.DRAWN, opened=False)
    votes, secrets = begin(poll, people)
    for place, held in enumerate([get_token(votes, member) for member in people[:4]]):
        cast(votes, held, [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]][place])
    close(votes)
    open_all(votes, secrets)
    return votes, secrets


def test_no_board_with_a_false_part_is_accepted(tied: tuple[TokenPoll, Secrets]) -> None:
    """The last trustee neither throws a ballot away nor tries parts until a lot suits them."""
    votes, secrets = tied
    board = reading.export(votes)
    lines = read_lines(board.decode().splitlines())
    verified = verify_board(board)
    assert verified.counted is not None
    setup, kept = verified.setup, last_of_each(verified.ballots)
    openings, election = counting.openings_of(votes.poll), setup.election
    alphas = [each.box.alpha for each in kept]
    like_belenios = open_part(secrets[3], election, sums_of(kept), Form.BELENIOS)
    results = set()
    for place in range(len(kept)):
        for honest in (openings[3], like_belenios):
            false = lying(secrets[3], honest, election.fingerprint, alphas, place)
            counted = count(setup, poll_of(setup), kept, {**openings, 3: false})
            results.add(counted.seed)
            bodies = [
                (Kind.OPENING, {"owner": 3, "payload": read(false.text)})
                if line.kind is Kind.OPENING and line.body["owner"] == 3
                else (line.kind, line.body)
                for line in lines[:-1]
            ]
            with pytest.raises(Unsound, match=NOT_PROVEN):
                verify_board(chained([*bodies, (Kind.RESULT, counted.body)]))
    # Each lie would have given another lot, and thrown a ballot away.
    assert len(results) == 2 * len(kept)


@pytest.mark.parametrize("version", [1, 2, VERSION + 1, float(VERSION), True, str(VERSION)])
def test_a_setup_of_another_version_is_no_vote(
    voted: tuple[TokenPoll, Secrets], version: object
) -> None:
    votes, _secrets = voted
    assert read_setup(votes.setup).text == votes.setup
    other = compact({**read(votes.setup), "version": version})
    with pytest.raises(Unsound):
        read_setup(other)
