"""The right to vote as a few characters, made by an authority apart from the ballot box.

Specification, section 4.8. Who has the characters casts the vote; what is published is the
public half, in an order that says nothing, and never next to a name or an address.
"""

from hashlib import pbkdf2_hmac
from secrets import choice

from gmpy2 import mpz

from freeco.i18n import _
from freeco_project_decisions.sealed.errors import Malformed
from freeco_project_decisions.sealed.groups import GENERATOR, Q

CHARACTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Base 58: nothing that looks like something else."""

_DRAWN = 14
_CHECK = 53


def draw_credential() -> str:
    """Draw a credential, written as ``XXX-XXX-XXX-XXX-XXX``: about 82 bits, and a check."""
    drawn = "".join(choice(CHARACTERS) for _each in range(_DRAWN))
    return _hyphens(drawn + _check(drawn))


def read_credential(typed: str) -> str:
    """Read a credential as somebody typed it; spaces and hyphens do not matter.

    Raises ``Unsound`` when a character is missing or mistaken: the check tells.
    """
    plain = "".join(each for each in typed if each not in "- \u00a0\t\r\n")
    if len(plain) != _DRAWN + 1 or any(each not in CHARACTERS for each in plain):
        raise Malformed(_("un code de vote a quinze caractères"))
    if _check(plain[:_DRAWN]) != plain[_DRAWN]:
        raise Malformed(_("un caractère du code de vote est faux"))
    return _hyphens(plain)


def secret_of(credential: str, election: str) -> mpz:
    """Derive the secret exponent of a credential for the election of an identifier."""
    derived = pbkdf2_hmac("sha256", credential.encode(), election.encode(), 1000, 32)
    return mpz(int.from_bytes(derived, "big")) % Q


def public_of(credential: str, election: str) -> mpz:
    """Return the public half of a credential."""
    return GENERATOR.power(secret_of(credential, election))


def _hyphens(plain: str) -> str:
    return "-".join(plain[start : start + 3] for start in range(0, len(plain), 3))


def _check(drawn: str) -> str:
    value = 0
    for character in drawn:
        value = value * len(CHARACTERS) + CHARACTERS.index(character)
    return CHARACTERS[_CHECK - value % _CHECK]
