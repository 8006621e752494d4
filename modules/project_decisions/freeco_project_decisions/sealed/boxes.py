"""A few words that only the holder of one key can read: a trustee's part, or a whole ballot.

The key of an element y of the group is g^r with y^r, as in the specification's ElGamal (4.6.1),
and what it locks is locked by HKDF-SHA256 (RFC 5869) and AES-256-GCM. Belenios changed its own
boxes in each of its last versions and never publishes them: nothing here enters an archive.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from gmpy2 import mpz

from freeco.i18n import _
from freeco_project_decisions.sealed.errors import Malformed, Unsound
from freeco_project_decisions.sealed.groups import GENERATOR, belongs, power, random_exponent
from freeco_project_decisions.sealed.writing import compact, fields, number, read

_NONCE = bytes(12)
"""Each key serves once."""


@dataclass(frozen=True)
class Box:
    """What is locked: the half of its key that is public, and the rest."""

    alpha: mpz
    content: bytes

    def written(self) -> dict[str, str]:
        """Write the box for JSON."""
        return {"alpha": str(self.alpha), "content": b64encode(self.content).decode()}

    @property
    def text(self) -> str:
        """How it travels."""
        return compact(self.written())

    @classmethod
    def read(cls, written: Any) -> "Box":
        """Read a box; raises ``Unsound`` when it is none, or its key is not in the group."""
        alpha, content = fields(written, "alpha", "content")
        found = number(alpha)
        # Outside the group, an answer would tell something of the secret.
        if not belongs(found):
            raise Unsound(_("une boîte n’est pas dans le groupe"))
        try:
            return cls(found, b64decode(content, validate=True))
        except (ValueError, TypeError) as broken:
            raise Malformed(_("du texte en base 64 était attendu")) from broken


def read_box(text: str) -> Box:
    """Read a box from its text; raises ``Unsound``."""
    return Box.read(read(text))


def lock_box(public: mpz, content: bytes, purpose: str) -> Box:
    """Lock a content for who holds the secret of a public key.

    ``purpose`` says what it is, and for whom: a box that is moved elsewhere does not open.
    """
    secret = random_exponent()
    alpha = GENERATOR.power(secret)
    key = _key(public, alpha, power(public, secret), purpose)
    return Box(alpha, AESGCM(key).encrypt(_NONCE, content, None))


def open_box(box: Box, secret: mpz, purpose: str) -> bytes:
    """Open a box with the secret of the key it was locked for.

    Raises ``Unsound`` when it is for another, for another purpose, or was changed.
    """
    return unlock(box, GENERATOR.power(secret), power(box.alpha, secret), purpose)


def unlock(box: Box, public: mpz, shared: mpz, purpose: str) -> bytes:
    """Open a box with what trustees made of its ``alpha`` together; raises as ``open_box``."""
    try:
        return AESGCM(_key(public, box.alpha, shared, purpose)).decrypt(_NONCE, box.content, None)
    except (InvalidTag, ValueError) as closed:
        raise Unsound(_("une boîte ne s’ouvre pas")) from closed


def _key(public: mpz, alpha: mpz, shared: mpz, purpose: str) -> bytes:
    # Hashed, because OpenSSL takes no more than 1,024 bytes.
    info = sha256(f"freeco|{purpose}|{public}|{alpha}".encode()).digest()
    return HKDF(SHA256(), 32, salt=None, info=info).derive(str(shared).encode())
