"""Adding ballots up without opening them, and opening the sum.

Specification, sections 4.15 (the last ballot of each credential counts), 4.16, 4.18 and 4.19.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gmpy2 import mpz

from freeco.i18n import _
from freeco_project_decisions.sealed.ballots import Ballot
from freeco_project_decisions.sealed.elections import Election
from freeco_project_decisions.sealed.errors import Malformed, Unsound
from freeco_project_decisions.sealed.groups import GENERATOR, P, belongs, divide
from freeco_project_decisions.sealed.proofs import (
    Form,
    Proof,
    Sealed,
    add,
    holds_opening,
    prove_opening,
)
from freeco_project_decisions.sealed.trustees import Trustees
from freeco_project_decisions.sealed.writing import compact, digest, fields, number, read

Sums = tuple[tuple[Sealed, ...], ...]
"""A sealed sum for each answer of each question."""


@dataclass(frozen=True)
class Tally:
    """The ballots added up, sealed."""

    sums: Sums
    ballots: int

    @property
    def text(self) -> str:
        """How the sums are published."""
        return compact([[each.written() for each in question] for question in self.sums])

    @property
    def sized_text(self) -> str:
        """How they are announced: how many ballots were added up, and the digest of the sums."""
        return compact(
            {
                "num_tallied": self.ballots,
                "total_weight": self.ballots,
                "encrypted_tally": digest(self.text),
            }
        )


def last_of_each(ballots: Iterable[Ballot]) -> list[Ballot]:
    """Keep the last ballot of each credential: one may vote again, and the last one counts."""
    kept: dict[mpz, Ballot] = {}
    for ballot in ballots:
        kept.pop(ballot.credential, None)
        kept[ballot.credential] = ballot
    return list(kept.values())


def add_up(election: Election, ballots: Iterable[Ballot]) -> Tally:
    """Add up the ballots that count."""
    counted = last_of_each(ballots)
    sums = tuple(
        tuple(
            add([ballot.answers[place][each] for ballot in counted])
            for each in range(question.width)
        )
        for place, question in enumerate(election.questions)
    )
    return Tally(sums, len(counted))


@dataclass(frozen=True)
class Opening:
    """What one trustee makes of the sums: a factor for each, with its proof."""

    factors: tuple[tuple[mpz, ...], ...]
    proofs: tuple[tuple[Proof, ...], ...]

    @property
    def text(self) -> str:
        """How it is published."""
        return compact(
            {
                "decryption_factors": [[str(each) for each in row] for row in self.factors],
                "decryption_proofs": [[each.written() for each in row] for row in self.proofs],
            }
        )


def open_part(secret: mpz, election: Election, sums: Sums, form: Form) -> Opening:
    """Do a trustee's part of the opening, with the secret of their key, proven in a form."""
    proven = [
        [prove_opening(secret, election.fingerprint, each.alpha, form) for each in row]
        for row in sums
    ]
    return Opening(
        tuple(tuple(factor for factor, _proof in row) for row in proven),
        tuple(tuple(proof for _factor, proof in row) for row in proven),
    )


def read_opening(text: str, election: Election, sums: Sums, public: mpz, form: Form) -> Opening:
    """Read what a trustee made of the sums, with the key it must have been made with.

    Raises ``Unsound`` when it has another shape, or a proof does not hold in the form asked for.
    """
    factors, proofs = fields(read(text), "decryption_factors", "decryption_proofs")
    opening = Opening(
        tuple(tuple(number(each) for each in row) for row in _rows(factors, sums)),
        tuple(tuple(Proof.read(each) for each in row) for row in _rows(proofs, sums)),
    )
    for sealed_row, factor_row, proof_row in zip(
        sums, opening.factors, opening.proofs, strict=True
    ):
        for sealed, factor, proof in zip(sealed_row, factor_row, proof_row, strict=True):
            if not belongs(factor) or not holds_opening(
                public, election.fingerprint, sealed.alpha, factor, proof, form
            ):
                raise Unsound(_("l’ouverture d’un dépositaire n’est pas prouvée"))
    return opening


def _rows(content: object, sums: Sums) -> list[list[object]]:
    if not isinstance(content, list) or len(content) != len(sums):
        raise Malformed(_("une ouverture a une ligne pour chaque question"))
    for row, sealed in zip(content, sums, strict=True):
        if not isinstance(row, list) or len(row) != len(sealed):
            raise Malformed(_("une ouverture a un nombre pour chaque réponse"))
    return content


def result_of(tally: Tally, trustees: Trustees, openings: Mapping[int, Opening]) -> list[list[int]]:
    """Open the sums with what the trustees made of them, by their numbers from 1.

    Raises ``Unsound`` when trustees are missing or a sum is above the number of ballots.
    """
    known = _powers(tally.ballots)
    result = []
    for place, row in enumerate(tally.sums):
        opened = []
        for each, sealed in enumerate(row):
            factor = trustees.combine(
                {owner: opening.factors[place][each] for owner, opening in openings.items()}
            )
            value = known.get(divide(sealed.beta, factor))
            if value is None:
                raise Unsound(_("une somme ne s’ouvre pas sur un nombre de bulletins"))
            opened.append(value)
        result.append(opened)
    return result


def _powers(most: int) -> dict[mpz, int]:
    """Return the powers of the generator up to a number of ballots: what a sum may open to."""
    powers: dict[mpz, int] = {}
    element = mpz(1)
    for exponent in range(most + 1):
        powers[element] = exponent
        element = element * GENERATOR.element % P
    return powers


def write_result(result: Sequence[Sequence[int]]) -> str:
    """Write the result: for each question, how many chose each answer, blank first."""
    return compact({"result": [list(row) for row in result]})
