"""A site that lies to honest trustees opens nobody's ballot; a trustee who lies stops nothing."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from gmpy2 import invert, mpz
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco.record import sequencer
from freeco.record.keys import verifiers
from freeco.record.models import RecordEntry
from freeco.record.receipts import receipt_of
from freeco.record.stating import log_of
from freeco.testing.people import make_community
from freeco.testing.visitor import Visitor
from freeco_project_decisions.polls.models import Decision, Poll, PollState
from freeco_project_decisions.sealed.archives import Archive, Step
from freeco_project_decisions.sealed.ballots import Ballot, cast
from freeco_project_decisions.sealed.boxes import Box
from freeco_project_decisions.sealed.credentials import draw_credential
from freeco_project_decisions.sealed.elections import (
    draw_identifier,
    read_election,
    write_credentials,
)
from freeco_project_decisions.sealed.groups import (
    GENERATOR,
    P,
    Q,
    hashed,
    power,
    random_exponent,
)
from freeco_project_decisions.sealed.keeping import secret_of
from freeco_project_decisions.sealed.kept_keys import lock_key
from freeco_project_decisions.sealed.proofs import Form, Proof
from freeco_project_decisions.sealed.tallying import Opening, add_up, open_part, read_opening
from freeco_project_decisions.sealed.trustees import read_trustees
from freeco_project_decisions.sealed.verifying import Verified, verify
from freeco_project_decisions.sealed.writing import compact
from freeco_project_decisions.secret import counting, filing, preparing, rounds, trustees
from freeco_project_decisions.secret.commands.trustee import keep_key
from freeco_project_decisions.secret.errors import TrusteeUnsound
from freeco_project_decisions.secret.playing import Keepers, Voters, open_with_codes, prepare
from freeco_project_decisions.testing import BEGAN, belenios_accepts
from freeco_project_decisions.tokens import ballots as tokens
from freeco_project_decisions.tokens import blind, voters
from freeco_project_decisions.tokens.boards import Kind
from freeco_project_decisions.tokens.setups import Setup, Signer, election_for

Ask = Callable[..., Poll]
WORDS = "un panier d’été"
VICTIM = 5
FOR, AGAINST, BLANK = [[0, 1, 0]], [[0, 0, 1]], [[1, 0, 0]]
LATER = timedelta(minutes=2)


@dataclass
class Closed:
    """A vote of eight that is over, and the file that its trustees should open."""

    voters: Voters
    found: Verified
    victim: Ballot

    def handed(self, content: bytes, folder: Path, *more: str, typed: str = "oui\n") -> Result:
        """Have an honest trustee open, with the command, the file that the site hands them."""
        poll = self.voters.poll
        trustee = trustees.group_of(poll).trustees[0]
        task, key, file = (folder / name for name in ("tache.json", "cle.json", "vote.bel"))
        with held_at(poll.closes_at + LATER):
            task.write_text(json.dumps(rounds.task_of(trustee)))
        key.write_text(lock_key(self.voters.keepers.kept[trustee.place], WORDS))
        file.write_bytes(content)
        names = (task, "--key", key, "--archive", file, "-o", folder / "reponse.json", *more)
        return CliRunner().invoke(keep_key, [*map(str, names)], input=f"{typed}{WORDS}\n")


@pytest.fixture
def closed(ask: Ask, people: list[Member]) -> Closed:
    """Close a vote of eight, of whom one is against; two of three trustees are enough."""
    voters = of_eight(ask(opened=False), people, 2)
    against = voters.cast(VICTIM, AGAINST).tracker
    db.session.commit()
    voters.close()
    db.session.commit()
    found = verify(filing.archive_of(voters.poll))
    victim = next(each for each in found.ballots if each.tracker == against)
    return Closed(voters, found, victim)


def of_eight(poll: Poll, people: list[Member], threshold: int) -> Voters:
    """Open a vote in which all but one have voted."""
    keepers = Keepers(threshold)
    prepare(poll, keepers, people[1:4])
    voters = open_with_codes(poll, keepers)
    for voter in range(len(people)):
        if voter != VICTIM:
            voters.cast(voter, FOR)
    return voters


def forged(closed: Closed, ballots: list[Ballot]) -> bytes:
    """Write the archive of these ballots: each holds, and the codes are those that cast them."""
    archive = Archive(BEGAN)
    trustees_text = trustees.group_of(closed.voters.poll).text
    halves = write_credentials([each.credential for each in ballots])
    named = zip(
        ("election", "trustees", "credentials"),
        [archive.hold(each) for each in (closed.found.election.text, trustees_text, halves)],
        strict=True,
    )
    archive.happen(Step.SETUP, compact(dict(named)))
    for ballot in ballots:
        archive.happen(Step.BALLOT, ballot.text)
    archive.happen(Step.END)
    tally = add_up(closed.found.election, ballots)
    archive.hold(tally.text)
    archive.happen(Step.TALLY, tally.sized_text)
    return bytes(archive.content)


def stuffed(closed: Closed) -> bytes:
    """Write the archive of one voter's ballot among seven blank ones that the site made."""
    own = [cast(closed.found.election, draw_credential(), BLANK) for _each in range(7)]
    return forged(closed, [closed.victim, *own])


def ended() -> RecordEntry:
    """Return how the vote ended, as the public record has it."""
    closed = select(RecordEntry).where(RecordEntry.kind == "poll.closed")
    return db.session.scalars(closed.order_by(RecordEntry.id.desc())).one()


def stated() -> str:
    """Return what a trustee reads there."""
    return str(json.loads(ended().entry)["about"]["digest"])


def test_the_vote_itself_is_opened_once_it_was_compared(closed: Closed, tmp_path: Path) -> None:
    content = filing.archive_of(closed.voters.poll)
    told = closed.handed(content, tmp_path)
    assert told.exit_code == 0, told.output
    for shown in ("8 bulletins comptés", "8 codes de vote", stated()):
        assert shown in told.output.replace("\u00a0", " ")
    assert closed.handed(content, tmp_path, "--last", stated(), typed="").exit_code == 0


def test_a_file_of_one_voter_s_ballot_is_not_opened(closed: Closed, tmp_path: Path) -> None:
    content = forged(closed, [closed.victim])
    assert verify(content).counted == 1, "every proof in it holds"
    told = closed.handed(content, tmp_path, "--few-ballots")
    assert (told.exit_code, "1 votants" in told.output) == (1, True)
    assert not (tmp_path / "reponse.json").exists()


def test_a_ballot_among_those_that_the_site_made_is_not_opened(
    closed: Closed, tmp_path: Path
) -> None:
    content = stuffed(closed)
    assert verify(content).counted == 8, "every proof in it holds"
    for more, typed in ((("--last", stated()), ""), ((), "non\n")):
        told = closed.handed(content, tmp_path, *more, typed=typed)
        assert (told.exit_code, stated() in told.output) == (1, False)
        assert "Phrase secrète" not in told.output, "the key is not touched"
    assert not (tmp_path / "reponse.json").exists()


def test_a_statement_of_the_record_is_compared_by_the_command_itself(
    closed: Closed, tmp_path: Path
) -> None:
    community = closed.voters.poll.community
    sequencer.sequence_due()
    (key,) = verifiers(log_of(community))
    proof, another = tmp_path / "fin.tlog-proof", tmp_path / "ouverture.tlog-proof"
    proof.write_text(str(receipt_of(ended())))
    opened = select(RecordEntry).where(RecordEntry.kind == "poll.sealed")
    another.write_text(str(receipt_of(db.session.scalars(opened).one())))
    content = filing.archive_of(closed.voters.poll)

    def handed(file: bytes, statement: Path, of: str) -> Result:
        return closed.handed(
            file, tmp_path, "--record", str(statement), "--record-key", of, typed=""
        )

    assert handed(content, proof, str(key)).exit_code == 0
    strange = str(key).replace("+", "x+", 1)
    for file, statement, of in (
        (stuffed(closed), proof, str(key)),
        (content, another, str(key)),
        (content, proof, strange),
        (content, tmp_path / "vote.bel", str(key)),
    ):
        refused = handed(file, statement, of)
        assert (refused.exit_code, type(refused.exception)) == (1, SystemExit), refused.output
        assert "Phrase secrète" not in refused.output


def test_fewer_ballots_than_hide_each_other_are_opened_on_demand_only(
    ask: Ask, people: list[Member], tmp_path: Path
) -> None:
    keepers = Keepers()
    poll = ask(opened=False)
    prepare(poll, keepers, people[1:4])
    voters = open_with_codes(poll, keepers)
    for voter in range(7):
        voters.cast(voter, FOR)
    voters.close()
    db.session.commit()
    content = filing.archive_of(poll)
    found = verify(content)
    closed = Closed(voters, found, found.ballots[0])
    refused = closed.handed(content, tmp_path)
    assert (refused.exit_code, "--few-ballots" in refused.output) == (1, True)
    assert closed.handed(content, tmp_path, "--few-ballots").exit_code == 0


def board(closed: Closed) -> bytes:
    """Write a board of tokens whose boxes are the numbers of one voter's sealed ballot."""
    key = blind.draw_key()
    keepers = read_trustees(trustees.group_of(closed.voters.poll).text)
    signer = Signer("Le site", blind.public_bytes(key.public_key()))
    asked = compact(
        {
            "title": "Que faire ?", "text": "", "method": "approval",
            "options": [{"text": each, "cost": None} for each in ("Toit", "Puits", "Haie")],
            "places": 1, "tie": "again", "budget": None, "closes_at": "2026-10-12T18:00:00+00:00",
            "majority": {"share": "1/2", "more_than": True, "base": "cast", "quorum": "0/1"},
        }
    )  # fmt: skip
    setup = Setup(
        asked,
        election_for(draw_identifier(), "Que faire ?", keepers),
        keepers,
        (signer,),
        8,
        datetime(2026, 10, 6, tzinfo=UTC),
    )
    signed, bodies = [], []
    for sealed in closed.victim.answers[0]:
        wish = voters.wish(setup)
        held = voters.take(setup, wish, [blind.blind_sign(key, wish.blinded[0])])
        signed.append(sha256(wish.blinded[0]).hexdigest())
        box = Box(sealed.alpha, bytes(80))
        unsigned = tokens.Ballot(setup.identifier, held.token, 1, box, b"")
        text = tokens.signed_text(unsigned).encode()
        signature = tokens.raw_of(held.key.sign(text, tokens.ECDSA))
        whole = tokens.Ballot(setup.identifier, held.token, 1, box, signature)
        bodies.append((Kind.BALLOT, whole.body))
    lines: list[str] = []
    for kind, body in (
        (Kind.SETUP, setup.text),
        (Kind.ISSUED, [{"signer": 1, "digests": sorted(signed)}]),
        *bodies,
        (Kind.CLOSED, {"ballots": 3, "counted": 3}),
    ):
        parent = sha256(lines[-1].encode()).hexdigest() if lines else ""
        lines.append(compact({"parent": parent, "kind": kind.value, "body": body}))
    return "".join(f"{each}\n" for each in lines).encode()


def test_the_key_of_a_sum_opens_no_board_of_tokens(closed: Closed, tmp_path: Path) -> None:
    told = closed.handed(board(closed), tmp_path, "--few-ballots")
    assert (told.exit_code, "ce genre de vote" in told.output) == (1, True), told.output
    assert not (tmp_path / "reponse.json").exists()


def test_the_key_of_another_vote_opens_nothing(
    closed: Closed, ask: Ask, people: list[Member], tmp_path: Path
) -> None:
    other = Keepers()
    prepare(ask(opened=False), other, people[1:4])
    group = trustees.group_of(closed.voters.poll)
    closed.voters.keepers.kept[1] = other.kept[1]
    told = closed.handed(filing.archive_of(group.poll), tmp_path)
    assert (told.exit_code, "autre clé" in told.output) == (1, True)


def test_a_rehearsal_says_that_there_is_nothing_to_compare_with(
    closed: Closed, people: list[Member], visiting: Callable[[Member], Visitor]
) -> None:
    number = closed.voters.poll.id
    address = f"/lavergne/project-decisions/votes/{number}/cle"
    sentence = "elle ne laisse pas de trace au registre public"
    assert sentence not in visiting(people[1]).get(address).text
    tried = people[0].community
    tried.rehearsal_of_id, tried.admission = make_community("ailleurs", "Ailleurs").id, "invitation"
    assert sentence in visiting(people[1]).get(address).text


def false_part(secret: mpz, sums: tuple, election: str) -> Opening:  # type: ignore[type-arg]
    """Prove, in the form of Belenios, factors that are not what the secret makes of the sums."""

    def one(alpha: mpz) -> tuple[mpz, Proof]:
        witness = random_exponent()
        first = GENERATOR.power(witness)
        second = power(alpha, witness) * GENERATOR.power(5) % P
        challenge = hashed(f"decrypt|{election}|{GENERATOR.power(secret)}|{first},{second}")
        response = (witness - secret * challenge) % Q
        factor = power(second * power(invert(alpha, P), response) % P, mpz(invert(challenge, Q)))
        return factor, Proof(challenge, response)

    made = [[one(each.alpha) for each in row] for row in sums]
    return Opening(
        tuple(tuple(factor for factor, _proof in row) for row in made),
        tuple(tuple(proof for _factor, proof in row) for row in made),
    )


@pytest.mark.parametrize("threshold", [2, 3])
def test_a_trustee_who_hands_a_false_part_is_told_so_and_stops_nothing(
    ask: Ask, people: list[Member], tmp_path: Path, threshold: int
) -> None:
    voters = of_eight(ask(opened=False), people, threshold)
    voters.close()
    db.session.commit()
    poll = voters.poll
    group, kept = trustees.group_of(poll), voters.keepers.kept
    with held_at(poll.closes_at + LATER):
        liar = group.trustees[0]
        task = rounds.task_of(liar)
        election, sums = read_election(task["election"]), rounds.read_sums(task["sums"])
        secret = secret_of(kept[1], task)
        false = false_part(secret, sums, election.fingerprint)
        public = read_trustees(group.text).keys[0]
        assert read_opening(false.text, election, sums, public, Form.BELENIOS) == false
        true = open_part(secret, election, sums, Form.BOUND)
        mixed = Opening(false.factors, true.proofs)
        for bound in (false.text, true.text, mixed.text, None):
            handed = {"opening": false.text, **({"bound": bound} if bound else {})}
            with pytest.raises(TrusteeUnsound):
                rounds.post(liar, handed)
        assert liar.opening == ""
        voters.keepers.open(poll, (2, 3) if threshold == 2 else (1, 2, 3))
        db.session.commit()
        counting.count_due(poll.community)
    assert (poll.state, preparing.sealed_of(poll).alarm) == (PollState.DECIDED, "")
    assert db.session.scalars(select(Decision)).one().adopted
    identifier = preparing.sealed_of(poll).identifier
    assert belenios_accepts(filing.archive_of(poll), identifier, tmp_path)
