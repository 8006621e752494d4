"""Who opens the sum: each trustee holds a key of their own, and the platform is never alone.

Specification, sections 3.1.1, 4.5 to 4.7. A ``Single`` trustee is needed for the count. A
``Pedersen`` group is several, of whom ``threshold`` are enough: one lost key stops nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gmpy2 import invert, mpz

from freeco.i18n import _
from freeco_project_decisions.sealed.commitments import (
    Signed,
    check_key,
    exponents_of,
    read_coefficients,
    value_at,
)
from freeco_project_decisions.sealed.errors import Malformed, Unsound
from freeco_project_decisions.sealed.groups import (
    GENERATOR,
    NEUTRAL,
    Q,
    belongs,
    power,
    product,
    random_exponent,
)
from freeco_project_decisions.sealed.proofs import Proof, holds_key, prove_key, sign
from freeco_project_decisions.sealed.writing import compact, fields, number, read


@dataclass(frozen=True)
class PublicKey:
    """The public key of a trustee, with the proof that its secret is known."""

    element: mpz
    proof: Proof

    def written(self) -> dict[str, Any]:
        """Write the key as the specification does."""
        return {"pok": self.proof.written(), "public_key": str(self.element)}

    @classmethod
    def read(cls, content: object) -> "PublicKey":
        """Read a key; raises ``Unsound`` when its proof does not hold, or all know its secret."""
        proof, element = fields(content, "pok", "public_key")
        key = cls(number(element), Proof.read(proof))
        if key.element == NEUTRAL or not (
            belongs(key.element) and holds_key(key.element, key.proof)
        ):
            raise Unsound(_("la clé d’un dépositaire n’est pas prouvée"))
        return key


def draw_key() -> tuple[mpz, PublicKey]:
    """Draw the key of a trustee: the secret, and what is published of it."""
    secret = random_exponent()
    return secret, publish(secret)


def publish(secret: mpz) -> PublicKey:
    """Make what is published of a secret key."""
    return PublicKey(GENERATOR.power(secret), prove_key(secret))


@dataclass(frozen=True)
class Group:
    """Trustees of whom so many are enough."""

    threshold: int
    certificates: tuple[Signed, ...]
    coefficients: tuple[Signed, ...]
    keys: tuple[PublicKey, ...]

    @property
    def element(self) -> mpz:
        """The part of the election's key that the group holds."""
        return product(exponents_of(each)[0] for each in self.coefficients)

    def written(self) -> dict[str, Any]:
        """Write the group as the specification does."""
        return {
            "threshold": self.threshold,
            "certs": [each.written() for each in self.certificates],
            "coefexps": [each.written() for each in self.coefficients],
            "verification_keys": [each.written() for each in self.keys],
        }

    @classmethod
    def read(cls, content: object) -> "Group":
        """Read a group and check that its keys are what its members committed to.

        Raises ``Unsound`` otherwise.
        """
        threshold, certificates, coefficients, keys = fields(
            content, "threshold", "certs", "coefexps", "verification_keys"
        )
        lists = (certificates, coefficients, keys)
        if not all(isinstance(each, list) for each in lists) or type(threshold) is not int:
            raise Malformed(_("un groupe de dépositaires a un seuil et trois listes"))
        group = cls(
            threshold,
            tuple(map(Signed.read, certificates)),
            tuple(map(Signed.read, coefficients)),
            tuple(map(PublicKey.read, keys)),
        )
        group.check()
        return group

    def check(self) -> None:
        """Check the signatures, the degree, and each key against the commitments."""
        members = len(self.keys)
        if not 1 <= self.threshold <= members:
            raise Unsound(
                _(
                    "un seuil de %(threshold)s pour %(many)s dépositaires",
                    threshold=self.threshold,
                    many=members,
                )
            )
        if not len(self.certificates) == len(self.coefficients) == members:
            raise Malformed(
                _("chaque dépositaire d’un groupe a un certificat, un engagement et une clé")
            )
        for certificate, coefficients in zip(self.certificates, self.coefficients, strict=True):
            read_coefficients(coefficients, certificate, self.threshold)
        for place, key in enumerate(self.keys, start=1):
            check_key(key.element, self.coefficients, place)


@dataclass(frozen=True)
class Member:
    """What one trustee of a group draws, before the group's keys are made."""

    signing: mpz
    decryption: mpz
    polynomial: tuple[mpz, ...]

    @classmethod
    def draw(cls, threshold: int) -> "Member":
        """Draw the secrets of a trustee of a group of which ``threshold`` are enough."""
        return cls(
            random_exponent(),
            random_exponent(),
            tuple(random_exponent() for _each in range(threshold)),
        )

    def certificate(self) -> Signed:
        """Publish the trustee's own keys, signed."""
        message = compact(
            {
                "verification": str(GENERATOR.power(self.signing)),
                "encryption": str(GENERATOR.power(self.decryption)),
            }
        )
        return self._signed(message)

    def coefficients(self) -> Signed:
        """Commit to the polynomial, signed."""
        exponents = [str(GENERATOR.power(each)) for each in self.polynomial]
        return self._signed(compact({"coefexps": exponents}))

    def part_of(self, place: int) -> mpz:
        """Return what this trustee hands, in private, to the one at a place, from 1."""
        total = sum(
            (each * mpz(place) ** degree for degree, each in enumerate(self.polynomial)), mpz(0)
        )
        return total % Q

    def _signed(self, message: str) -> Signed:
        return Signed(message, sign(self.signing, f"sigmsg|{message}"))


def accept_part(part: mpz, coefficients: Signed, place: int) -> mpz:
    """Check a part that was handed in private against what its sender committed to.

    Raises ``Unsound`` when it is another: the sender is named, and the group starts again.
    """
    if GENERATOR.power(part) != value_at(exponents_of(coefficients), place):
        raise Unsound(_("un dépositaire a remis autre chose que ce à quoi il s’est engagé"))
    return part


def secret_from(parts: Sequence[mpz]) -> mpz:
    """Make a trustee's own secret of the parts that all of the group handed them."""
    return sum(parts, mpz(0)) % Q


@dataclass(frozen=True)
class Trustees:
    """All who open the sum, in the order in which they are numbered, from 1."""

    kinds: tuple[PublicKey | Group, ...]

    @property
    def text(self) -> str:
        """How they are published, to the letter."""
        return compact(
            [
                ["Single" if isinstance(each, PublicKey) else "Pedersen", each.written()]
                for each in self.kinds
            ]
        )

    @property
    def public_key(self) -> mpz:
        """The key of the election: nobody holds its secret whole."""
        return product(each.element for each in self.kinds)

    @property
    def keys(self) -> list[mpz]:
        """The key of each trustee, the first being the trustee number 1."""
        return [
            key.element
            for each in self.kinds
            for key in ([each] if isinstance(each, PublicKey) else each.keys)
        ]

    def enough(self, owners: Sequence[int]) -> bool:
        """Say whether these trustees can open the sum."""
        return all(
            len(numbers & set(owners)) >= (each.threshold if isinstance(each, Group) else 1)
            for each, numbers in self._numbered()
        )

    def combine(self, factors: Mapping[int, mpz]) -> mpz:
        """Combine what trustees, by their numbers, made of one sealed number.

        Raises ``Unsound`` when they are not enough.
        """
        if not self.enough(list(factors)):
            raise Unsound(_("il manque des dépositaires pour ouvrir la somme"))
        combined = []
        for each, numbers in self._numbered():
            if isinstance(each, PublicKey):
                combined.append(factors[min(numbers)])
                continue
            first = min(numbers)
            places = sorted(number - first + 1 for number in numbers & set(factors))
            chosen = places[: each.threshold]
            combined += [
                power(factors[first + place - 1], _lagrange(place, chosen)) for place in chosen
            ]
        return product(combined)

    def _numbered(self) -> list[tuple[PublicKey | Group, set[int]]]:
        numbered = []
        first = 1
        for each in self.kinds:
            many = 1 if isinstance(each, PublicKey) else len(each.keys)
            numbered.append((each, set(range(first, first + many))))
            first += many
        return numbered


def _lagrange(place: int, chosen: Sequence[int]) -> mpz:
    coefficient = mpz(1)
    for other in chosen:
        if other != place:
            coefficient = coefficient * other * invert(mpz(other - place), Q) % Q
    return coefficient


def read_trustees(text: str) -> Trustees:
    """Read published trustees.

    Raises ``Unsound`` when a key or a commitment does not hold, and when a key stands twice: one
    person would count as two.
    """
    listed = read(text)
    if not isinstance(listed, list) or not listed:
        raise Malformed(_("une élection a des dépositaires de clé"))
    kinds: list[PublicKey | Group] = []
    for each in listed:
        if not isinstance(each, list) or len(each) != 2 or each[0] not in ("Single", "Pedersen"):
            raise Malformed(_("un dépositaire est seul ou dans un groupe"))
        kinds.append(PublicKey.read(each[1]) if each[0] == "Single" else Group.read(each[1]))
    trustees = Trustees(tuple(kinds))
    if len(set(trustees.keys)) != len(trustees.keys):
        raise Unsound(_("deux dépositaires ont la même clé"))
    return trustees
