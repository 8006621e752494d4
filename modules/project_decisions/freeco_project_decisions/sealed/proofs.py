"""Proofs that say something is well made without saying what it is.

Specification, sections 4.5 (a key is known), 4.12 (a number is one of a few), 4.13 (blank or
not), 4.14 (a ballot is signed) and 4.18 (a sum is opened rightly). Each is a challenge and a
response; each challenge is a hash of all that the proof is about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from gmpy2 import mpz

from freeco.i18n import _
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.groups import (
    GENERATOR,
    NAME,
    Base,
    G,
    P,
    Q,
    belongs,
    hashed,
    power,
    power_again,
    product,
    random_exponent,
)
from freeco_project_decisions.sealed.writing import fields, number


@dataclass(frozen=True)
class Proof:
    """A challenge and the response to it, both modulo q."""

    challenge: mpz
    response: mpz

    def written(self) -> dict[str, str]:
        """Write the proof as the specification does."""
        return {"challenge": str(self.challenge), "response": str(self.response)}

    @classmethod
    def read(cls, content: object) -> "Proof":
        """Read a proof; raises ``Unsound`` when a number is not below q."""
        challenge, response = map(number, fields(content, "challenge", "response"))
        if not (challenge < Q and response < Q):
            raise Unsound(_("une preuve a un nombre trop grand"))
        return cls(challenge, response)


@dataclass(frozen=True)
class Sealed:
    """A number that only all trustees together can open: (g^r, y^r g^m)."""

    alpha: mpz
    beta: mpz

    def written(self) -> dict[str, str]:
        """Write it as the specification does."""
        return {"alpha": str(self.alpha), "beta": str(self.beta)}

    @classmethod
    def read(cls, content: object) -> "Sealed":
        """Read one; raises ``Unsound`` when a part is not an element of the group."""
        alpha, beta = map(number, fields(content, "alpha", "beta"))
        if not (belongs(alpha, again=True) and belongs(beta, again=True)):
            raise Unsound(_("un nombre scellé n’est pas dans le groupe"))
        return cls(alpha, beta)

    def __str__(self) -> str:
        """Write it for a hash."""
        return f"{self.alpha},{self.beta}"


def seal(key: Base, value: int, secret: mpz) -> Sealed:
    """Seal a number with the key of the election."""
    return Sealed(GENERATOR.power(secret), key.power(secret) * power(G, mpz(value)) % P)


def add(sealed: Sequence[Sealed]) -> Sealed:
    """Add sealed numbers without opening them."""
    return Sealed(product(each.alpha for each in sealed), product(each.beta for each in sealed))


@dataclass(frozen=True)
class Statement:
    """What a proof says: this is sealed so, and that number is in it."""

    sealed: Sealed
    value: int

    def commitment(self, key: Base, proof: Proof) -> str:
        """Return what a proof of the statement commits to, for its hash."""
        challenge = proof.challenge
        # (β ÷ g^M)^c is β^c × g^(−M c): the powers of g come from a table.
        return ",".join(
            (
                str(
                    GENERATOR.power(proof.response) * power_again(self.sealed.alpha, challenge) % P
                ),
                str(
                    key.power(proof.response)
                    * power_again(self.sealed.beta, challenge)
                    * GENERATOR.power(-self.value * challenge)
                    % P
                ),
            )
        )


def prove_one_of(
    key: Base, prefix: str, statements: Sequence[Statement], true: int, secret: mpz
) -> list[Proof]:
    """Prove that one of the statements holds, without saying which (sections 4.12 and 4.13).

    ``true`` is the place of the one that does, ``secret`` what it was sealed with. The hash is
    of ``prefix`` and of what each statement commits to.
    """
    proofs = [Proof(random_exponent(), random_exponent()) for _each in statements]
    commitments = [
        each.commitment(key, proof) for each, proof in zip(statements, proofs, strict=True)
    ]
    witness = random_exponent()
    commitments[true] = f"{GENERATOR.power(witness)},{key.power(witness)}"
    others = sum(proof.challenge for place, proof in enumerate(proofs) if place != true)
    challenge = (hashed(prefix + ",".join(commitments)) - others) % Q
    proofs[true] = Proof(challenge, (witness - secret * challenge) % Q)
    return proofs


def holds_one_of(
    key: Base, prefix: str, statements: Sequence[Statement], proofs: Sequence[Proof]
) -> bool:
    """Check a proof that one of the statements holds."""
    if len(statements) != len(proofs):
        return False
    commitments = ",".join(
        each.commitment(key, proof) for each, proof in zip(statements, proofs, strict=True)
    )
    return bool(hashed(prefix + commitments) == sum(each.challenge for each in proofs) % Q)


def prove_key(secret: mpz) -> Proof:
    """Prove that one knows the secret of a public key (section 4.5)."""
    return _prove(secret, lambda commitment: f"pok|{NAME}|{GENERATOR.power(secret)}|{commitment}")


def holds_key(public: mpz, proof: Proof) -> bool:
    """Check that whoever published a key knows its secret."""
    commitment = _commitment(public, proof)
    return bool(hashed(f"pok|{NAME}|{public}|{commitment}") == proof.challenge)


def sign(secret: mpz, what: str) -> Proof:
    """Sign with a secret: ``what`` is the start of the text hashed, as « sig|hash » (4.14)."""
    return _prove(secret, lambda commitment: f"{what}|{commitment}")


def signed(public: mpz, what: str, proof: Proof) -> bool:
    """Check a signature."""
    return bool(hashed(f"{what}|{_commitment(public, proof)}") == proof.challenge)


class Form(Enum):
    """What the proof of an opening hashes; who reads one says which form they ask for."""

    BELENIOS = "decrypt"
    """Section 4.18, to the letter: what an archive holds.

    Neither alpha nor the factor is hashed, so that who knows the secret can have a false factor
    proven, when they choose it after the hash: « weak » Fiat–Shamir (Bernhard, Pereira, Warinschi,
    « How Not to Prove Yourself », ASIACRYPT 2012). A false factor of a sum opens to nothing, unless
    its maker knows what every ballot was sealed with.
    """
    BOUND = "freeco-opening"
    """All that is said is hashed before it is proven: a factor has one value that can be proven."""

    def hashes(self, election: str, public: mpz, alpha: mpz, factor: mpz, commitment: str) -> str:
        """Return the text that is hashed; ``election`` is the election's fingerprint."""
        said = (election, public) if self is Form.BELENIOS else (election, public, alpha, factor)
        return "|".join((self.value, *map(str, said), commitment))


def prove_opening(secret: mpz, election: str, alpha: mpz, form: Form) -> tuple[mpz, Proof]:
    """Raise alpha to the secret of a trustee's key, and prove it (section 4.18)."""
    witness = random_exponent()
    commitment = f"{GENERATOR.power(witness)},{power(alpha, witness)}"
    public, factor = GENERATOR.power(secret), power(alpha, secret)
    challenge = hashed(form.hashes(election, public, alpha, factor, commitment))
    return factor, Proof(challenge, (witness - secret * challenge) % Q)


def holds_opening(
    public: mpz, election: str, alpha: mpz, factor: mpz, proof: Proof, form: Form
) -> bool:
    """Check that a factor is alpha raised to the secret of a trustee's key."""
    second = power(alpha, proof.response) * power(factor, proof.challenge) % P
    commitment = f"{_commitment(public, proof)},{second}"
    return bool(hashed(form.hashes(election, public, alpha, factor, commitment)) == proof.challenge)


def _prove(secret: mpz, text: Callable[[mpz], str]) -> Proof:
    witness = random_exponent()
    challenge = hashed(text(GENERATOR.power(witness)))
    return Proof(challenge, (witness - secret * challenge) % Q)


def _commitment(public: mpz, proof: Proof) -> mpz:
    return GENERATOR.power(proof.response) * power(public, proof.challenge) % P
