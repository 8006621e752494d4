"""What the trustees of a group publish of themselves: their own keys, and what they commit to.

Specification, section 4.6: each signs, so that nobody speaks for another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gmpy2 import mpz

from freeco.i18n import _
from freeco_project_decisions.sealed.errors import Malformed, Unsound
from freeco_project_decisions.sealed.groups import belongs, power, product
from freeco_project_decisions.sealed.proofs import Proof, signed
from freeco_project_decisions.sealed.writing import fields, number, read


@dataclass(frozen=True)
class Signed:
    """A message signed by a trustee, as text."""

    message: str
    signature: Proof

    def written(self) -> dict[str, Any]:
        """Write the message as the specification does."""
        return {"message": self.message, "signature": self.signature.written()}

    @classmethod
    def read(cls, content: object) -> "Signed":
        """Read a signed message; whose it is, is for the reader to check."""
        message, signature = fields(content, "message", "signature")
        if not isinstance(message, str):
            raise Malformed(_("un message signé est un texte"))
        return cls(message, Proof.read(signature))

    def holds(self, verification: mpz) -> bool:
        """Check that it is signed with a key."""
        return signed(verification, f"sigmsg|{self.message}", self.signature)


def read_certificate(certificate: Signed) -> tuple[mpz, mpz]:
    """Return the keys by which a trustee of a group signs, and receives.

    Raises ``Unsound`` when they are not in the group or the certificate is not signed.
    """
    verification, encryption = map(
        number, fields(read(certificate.message), "verification", "encryption")
    )
    if not (belongs(verification) and belongs(encryption)):
        raise Unsound(_("les clés d’un certificat ne sont pas dans le groupe"))
    if not certificate.holds(verification):
        raise Unsound(_("la signature d’un dépositaire ne tient pas"))
    return verification, encryption


def read_coefficients(coefficients: Signed, certificate: Signed, threshold: int) -> list[mpz]:
    """Return what a trustee of a group commits to.

    Raises ``Unsound`` when it is not signed by them, or not as many as the threshold.
    """
    verification, _encryption = read_certificate(certificate)
    if not coefficients.holds(verification):
        raise Unsound(_("la signature d’un dépositaire ne tient pas"))
    exponents = exponents_of(coefficients)
    if len(exponents) != threshold:
        raise Unsound(_("l’engagement d’un dépositaire n’a pas la longueur du seuil"))
    return exponents


def check_key(element: mpz, coefficients: Sequence[Signed], place: int) -> None:
    """Check the key of the trustee at a place against what the whole group committed to.

    Raises ``Unsound``.
    """
    if element != product(value_at(exponents_of(each), place) for each in coefficients):
        raise Unsound(
            _("la clé d’un dépositaire n’est pas celle à laquelle le groupe s’est engagé")
        )


def exponents_of(coefficients: Signed) -> list[mpz]:
    """Return the exponents of a commitment; raises ``Unsound`` when one is not in the group."""
    (listed,) = fields(read(coefficients.message), "coefexps")
    if not isinstance(listed, list) or not listed:
        raise Malformed(_("un engagement est une liste"))
    exponents = [number(each) for each in listed]
    if not all(map(belongs, exponents)):
        raise Unsound(_("un engagement n’est pas dans le groupe"))
    return exponents


def value_at(exponents: Sequence[mpz], place: int) -> mpz:
    """Evaluate in the exponent a polynomial whose coefficients were committed to."""
    return product(power(each, mpz(place) ** degree) for degree, each in enumerate(exponents))
