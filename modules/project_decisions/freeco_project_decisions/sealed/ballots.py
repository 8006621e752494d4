"""A ballot: answers sealed one by one, each proved to be allowed, and the whole signed.

Specification, sections 4.11 to 4.15. The voter's browser makes it; this is the same in Python,
for paper ballots that two tellers enter, for the demonstration, and to be compared with.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from gmpy2 import mpz

from freeco.i18n import _
from freeco_project_decisions.sealed.credentials import secret_of
from freeco_project_decisions.sealed.elections import Election
from freeco_project_decisions.sealed.errors import Malformed, OfNobody, OtherElection, Unsound
from freeco_project_decisions.sealed.groups import GENERATOR, belongs, random_exponent
from freeco_project_decisions.sealed.proofs import (
    Proof,
    Sealed,
    Statement,
    add,
    holds_one_of,
    prove_one_of,
    seal,
    sign,
    signed,
)
from freeco_project_decisions.sealed.questions import Question
from freeco_project_decisions.sealed.writing import compact, fields, fingerprint, number, read

MOST_BALLOT_CHARACTERS = 4_000_000
"""Far above the largest ballot of 250 answers, far below what would fill a memory."""


@dataclass(frozen=True)
class Ballot:
    """A ballot whose proofs and signature hold."""

    credential: mpz
    answers: tuple[tuple[Sealed, ...], ...]
    text: str

    @property
    def tracker(self) -> str:
        """What the voter keeps, to find the ballot again among those published."""
        return fingerprint(self.text)


def cast(election: Election, credential: str, answers: Sequence[Sequence[int]]) -> Ballot:
    """Seal answers, with a credential as it is handed to the voter.

    ``answers`` is, for each question, 0 or 1 for each number, the one for blank first when there
    is one. Raises ``Unsound`` for an answer that a question does not allow.
    """
    if len(answers) != len(election.questions):
        raise Malformed(_("chaque question attend une réponse"))
    secret = secret_of(credential, election.identifier)
    public = GENERATOR.power(secret)
    start = f"{election.fingerprint}|{public}"
    sealed: list[tuple[Sealed, ...]] = []
    written: list[dict[str, Any]] = []
    for question, chosen in zip(election.questions, answers, strict=True):
        question.require(chosen)
        choices, answer = _answer(election, question, chosen, start)
        sealed.append(choices)
        written.append(answer)
    unsigned = {
        "election_uuid": election.identifier,
        "election_hash": election.fingerprint,
        "credential": str(public),
        "answers": written,
    }
    hash_of_it = fingerprint(compact(unsigned))
    signature = {"hash": hash_of_it, "proof": sign(secret, f"sig|{hash_of_it}").written()}
    return Ballot(public, tuple(sealed), compact({**unsigned, "signature": signature}))


def _answer(
    election: Election, question: Question, chosen: Sequence[int], start: str
) -> tuple[tuple[Sealed, ...], dict[str, Any]]:
    secrets = [random_exponent() for _each in chosen]
    choices = tuple(
        seal(election.key, value, secret) for value, secret in zip(chosen, secrets, strict=True)
    )
    individual = [
        prove_one_of(election.key, f"prove|{start}|{each}|", _zero_or_one(each), value, secret)
        for each, value, secret in zip(choices, chosen, secrets, strict=True)
    ]
    whole = f"{start}|{','.join(map(str, choices))}"
    counted = slice(1, None) if question.blank else slice(None)
    total = add(choices[counted])
    many, secret = sum(chosen[counted]), sum(secrets[counted], mpz(0))
    answer: dict[str, Any] = {
        "choices": [each.written() for each in choices],
        "individual_proofs": [[proof.written() for proof in each] for each in individual],
    }
    allowed = [Statement(total, value) for value in range(question.least, question.most + 1)]
    if not question.blank:
        overall = prove_one_of(
            election.key, f"prove|{whole}|{total}|", allowed, many - question.least, secret
        )
        return choices, {**answer, "overall_proof": [each.written() for each in overall]}
    blank = bool(chosen[0])
    overall = prove_one_of(
        election.key,
        f"bproof1|{whole}|",
        [Statement(choices[0], 1), *allowed],
        0 if blank else 1 + many - question.least,
        secrets[0] if blank else secret,
    )
    either = prove_one_of(
        election.key,
        f"bproof0|{whole}|",
        [Statement(choices[0], 0), Statement(total, 0)],
        1 if blank else 0,
        secret if blank else secrets[0],
    )
    return choices, {
        **answer,
        "overall_proof": [each.written() for each in overall],
        "blank_proof": [each.written() for each in either],
    }


def _zero_or_one(sealed: Sealed) -> list[Statement]:
    return [Statement(sealed, 0), Statement(sealed, 1)]


def read_ballot(
    election: Election,
    credentials: Collection[mpz],
    text: str,
    on_signed: Callable[[mpz], None] = lambda _credential: None,
) -> Ballot:
    """Read a ballot and check all of it.

    ``on_signed`` hears whose it is as soon as the signature holds, before the long part: it may
    raise. Raises ``Unsound``, saying why, for a ballot of another election, of nobody who may vote,
    that is not in its canonical form, or with a proof or a signature that does not hold.
    """
    if len(text) > MOST_BALLOT_CHARACTERS:
        raise Malformed(_("un bulletin de cette longueur n’en est pas un"))
    identifier, election_hash, credential, answers, signature = fields(
        read(text), "election_uuid", "election_hash", "credential", "answers", "signature"
    )
    if identifier != election.identifier or election_hash != election.fingerprint:
        raise OtherElection(_("le bulletin est pour une autre élection"))
    public = number(credential)
    if public not in credentials:
        raise OfNobody(_("le bulletin n’est d’aucun votant"))
    if not belongs(public):
        raise Unsound(_("le code de vote n’est pas dans le groupe"))
    _check_signature(text, public, signature)
    on_signed(public)
    if not isinstance(answers, list) or len(answers) != len(election.questions):
        raise Malformed(_("chaque question attend une réponse"))
    start = f"{election.fingerprint}|{public}"
    sealed = tuple(
        _read_answer(election, question, answer, start)
        for question, answer in zip(election.questions, answers, strict=True)
    )
    return Ballot(public, sealed, text)


def read_kept(text: str) -> Ballot:
    """Read again a ballot that was checked when it was taken: its numbers only, no proof."""
    content = read(text)
    sealed = tuple(
        tuple(Sealed(number(each["alpha"]), number(each["beta"])) for each in answer["choices"])
        for answer in content["answers"]
    )
    return Ballot(number(content["credential"]), sealed, text)


def _check_signature(text: str, public: mpz, signature: object) -> None:
    hash_of_it, proof = fields(signature, "hash", "proof")
    unsigned = text[: text.rindex(',"signature":')] + "}"
    if hash_of_it != fingerprint(unsigned):
        raise Unsound(_("la signature est celle d’un autre bulletin"))
    if not signed(public, f"sig|{hash_of_it}", Proof.read(proof)):
        raise Unsound(_("la signature ne tient pas"))


def _read_answer(
    election: Election, question: Question, answer: object, start: str
) -> tuple[Sealed, ...]:
    names = ["choices", "individual_proofs", "overall_proof"]
    parts = fields(answer, *names, *(["blank_proof"] if question.blank else []))
    written, individual, overall = parts[:3]
    if not isinstance(written, list) or len(written) != question.width:
        raise Malformed(_("une réponse a un nombre pour chaque choix"))
    choices = tuple(map(Sealed.read, written))
    if not isinstance(individual, list) or len(individual) != len(choices):
        raise Malformed(_("chaque nombre a sa preuve"))
    key = election.key
    for each, proofs in zip(choices, individual, strict=True):
        if not holds_one_of(key, f"prove|{start}|{each}|", _zero_or_one(each), _proofs(proofs)):
            raise Unsound(_("rien ne prouve qu’un nombre est 0 ou 1"))
    whole = f"{start}|{','.join(map(str, choices))}"
    total = add(choices[1:] if question.blank else choices)
    allowed = [Statement(total, value) for value in range(question.least, question.most + 1)]
    if question.blank:
        prefix, statements = f"bproof1|{whole}|", [Statement(choices[0], 1), *allowed]
        either = [Statement(choices[0], 0), Statement(total, 0)]
        if not holds_one_of(key, f"bproof0|{whole}|", either, _proofs(parts[3])):
            raise Unsound(_("rien ne prouve qu’un vote blanc est blanc"))
    else:
        prefix, statements = f"prove|{whole}|{total}|", allowed
    if not holds_one_of(key, prefix, statements, _proofs(overall)):
        raise Unsound(_("rien ne prouve que le nombre de réponses est permis"))
    return choices


def _proofs(content: object) -> list[Proof]:
    if not isinstance(content, list):
        raise Malformed(_("une liste de preuves était attendue"))
    return [Proof.read(each) for each in content]
