"""Tokens and ballots as they are published: what each is made of, and how one is checked.

A token is a public key of the voter's own (ECDSA P-256, which every browser has), signed blindly
by every signer. The ballot is signed with that key: nobody else can change it once it is cast, the
site included, and who votes again signs a higher number. What is chosen stays locked for the
trustees until the end, padded, so that its length tells nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from gmpy2 import mpz

from freeco_project_decisions.sealed.boxes import Box, lock_box, unlock
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.groups import belongs
from freeco_project_decisions.sealed.writing import compact, fields, fingerprint, number, read
from freeco_project_decisions.tokens import blind
from freeco_project_decisions.tokens.setups import Setup, base64_of, of_base64

POINT_BYTES = 65
PADDED = 64
"""Bytes of what is chosen, whatever it is: as many as fifty options need, and some."""
LOCKED = PADDED + 16
MOST_SERIAL = 10_000
LONGEST = 16_000
"""Characters of a ballot: more than twenty signers would need."""
ECDSA = ec.ECDSA(SHA256())
_CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points P-256 has (FIPS 186-4, D.1.2.3)."""


class ForAnother(Unsound):
    """A ballot for another vote."""


class BadToken(Unsound):
    """A signer of this vote did not sign the token."""


class BadBallot(Unsound):
    """A ballot that the holder of its token did not sign."""


@dataclass(frozen=True)
class Token:
    """The right to one ballot: a key, and the signatures of all signers on it."""

    prefix: bytes
    key: bytes
    """An uncompressed point of P-256."""
    signatures: tuple[bytes, ...]

    def message(self, identifier: str) -> bytes:
        """Return what the signers signed without seeing it."""
        return prepared(self.prefix, identifier, self.key)

    def number(self, identifier: str) -> str:
        """Return what the token is called: the SHA-256 of what was signed, in hexadecimal."""
        return sha256(self.message(identifier)).hexdigest()

    def check(self, setup: Setup) -> None:
        """Check the signature of every signer; raises ``BadToken``."""
        if len(self.signatures) != len(setup.signers):
            raise BadToken("a token is signed by every signer")
        message = self.message(setup.identifier)
        for signer, signature in zip(setup.signers, self.signatures, strict=True):
            if not blind.verify(blind.read_public(signer.key), message, signature):
                raise BadToken(f"the token is not signed by {signer.name}")


def prepared(prefix: bytes, identifier: str, key: bytes) -> bytes:
    """Return what a signer signs: random bytes, the vote and the voter's key."""
    return prefix + f"{identifier}|{base64_of(key)}".encode()


@dataclass(frozen=True)
class Ballot:
    """A ballot as it is published."""

    identifier: str
    token: Token
    serial: int
    """From 1: of two ballots with one token, the higher counts."""
    box: Box
    signature: bytes

    @cached_property
    def number(self) -> str:
        """The number of its token."""
        return self.token.number(self.identifier)

    @property
    def body(self) -> dict[str, object]:
        """How it stands on the board."""
        return {**_unsigned(self), "signature": base64_of(self.signature)}

    @cached_property
    def text(self) -> str:
        """How it is published."""
        return compact(self.body)

    @cached_property
    def tracker(self) -> str:
        """With what the voter finds it on the board."""
        return fingerprint(self.text)

    def check(self, setup: Setup) -> None:
        """Check the token and the voter's signature; raises ``BadToken``, ``BadBallot``."""
        self.token.check(setup)
        if not belongs(self.box.alpha):
            raise BadBallot("a ballot is not in the group")
        if not is_low(self.signature):
            raise BadBallot("a ballot has the lower of its two signatures")
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, self.token.key)
            key.verify(der_of(self.signature), signed_text(self).encode(), ECDSA)
        except (InvalidSignature, ValueError) as wrong:
            raise BadBallot("a ballot is not signed with the key of its token") from wrong


def _unsigned(ballot: Ballot) -> dict[str, object]:
    token = ballot.token
    return {
        "vote": ballot.identifier,
        "token": {
            "prefix": base64_of(token.prefix),
            "key": base64_of(token.key),
            "signatures": [base64_of(each) for each in token.signatures],
        },
        "serial": ballot.serial,
        "alpha": str(ballot.box.alpha),
        "content": base64_of(ballot.box.content),
    }


def signed_text(ballot: Ballot) -> str:
    """Return what the voter signs: the ballot without its signature."""
    return compact(_unsigned(ballot))


def read_ballot(setup: Setup, text: str) -> Ballot:
    """Read a ballot, without checking its signatures.

    Raises ``ForAnother``, and ``Unsound`` for what has another form or length.
    """
    if len(text) > LONGEST:
        raise Unsound("a ballot is not that long")
    return ballot_in(setup, read(text))


def ballot_in(setup: Setup, content: object) -> Ballot:
    """Read a ballot that stands in a line of the board; raises as ``read_ballot``."""
    vote, token, serial, alpha, content, signature = fields(
        content, "vote", "token", "serial", "alpha", "content", "signature"
    )
    if vote != setup.identifier:
        raise ForAnother("a ballot is for another vote")
    prefix, key, signatures = fields(token, "prefix", "key", "signatures")
    if not isinstance(signatures, list):
        raise Unsound("signatures are a list")
    if type(serial) is not int or not 1 <= serial <= MOST_SERIAL:
        raise Unsound("a ballot has a number from 1")
    return Ballot(
        setup.identifier,
        Token(
            _bytes(prefix, blind.PREFIX_BYTES),
            _bytes(key, POINT_BYTES),
            tuple(_bytes(each, blind.BITS // 8) for each in signatures),
        ),
        serial,
        Box(number(alpha), _bytes(content, LOCKED)),
        _bytes(signature, 64),
    )


def _bytes(text: object, length: int) -> bytes:
    content = of_base64(text)
    if len(content) != length:
        raise Unsound(f"{length} bytes in base 64 were expected")
    return content


def last_of_each(ballots: Iterable[Ballot]) -> list[Ballot]:
    """Keep the ballot of each token that has the highest number, in the order of the board."""
    kept: dict[str, Ballot] = {}
    for ballot in ballots:
        held = kept.get(ballot.number)
        if held is None or ballot.serial > held.serial:
            kept.pop(ballot.number, None)
            kept[ballot.number] = ballot
    return list(kept.values())


def purpose(identifier: str, number: str) -> str:
    """Say what a box is for: moved to another token or vote, it does not open."""
    return f"token|{identifier}|{number}"


def pad(marks: Sequence[int]) -> bytes:
    """Write what is chosen, always as long."""
    if len(marks) > PADDED - 1:
        raise Unsound("more choices than a ballot holds")
    return bytes([len(marks), *marks]).ljust(PADDED, b"\0")


def unpad(content: bytes) -> bytes:
    """Read what was chosen; raises ``Unsound`` for another padding."""
    if len(content) != PADDED or content[0] >= PADDED or any(content[content[0] + 1 :]):
        raise Unsound("what is inside is not padded as a ballot is")
    return content[1 : content[0] + 1]


def opened(ballot: Ballot, public: mpz, shared: mpz) -> bytes:
    """Open a ballot with what the trustees made of it together; raises ``Unsound``."""
    return unpad(unlock(ballot.box, public, shared, purpose(ballot.identifier, ballot.number)))


def sealed(
    setup: Setup, key: ec.EllipticCurvePrivateKey, token: Token, marks: Sequence[int], serial: int
) -> Ballot:
    """Seal and sign a ballot: as the browser does, for tests and the demonstration."""
    where = purpose(setup.identifier, token.number(setup.identifier))
    box = lock_box(setup.public_key, pad(marks), where)
    unsigned = Ballot(setup.identifier, token, serial, box, b"")
    der = key.sign(signed_text(unsigned).encode(), ECDSA)
    return Ballot(setup.identifier, token, serial, box, raw_of(der))


def der_of(raw: bytes) -> bytes:
    """Write a signature as OpenSSL reads it, from the two numbers that WebCrypto writes."""
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


def raw_of(der: bytes) -> bytes:
    """Write a signature as WebCrypto does, the lower of the two that hold."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + min(s, ORDER - s).to_bytes(32, "big")


def is_low(raw: bytes) -> bool:
    """Whether a signature is the lower of the two that hold: (r, s), where (r, n - s) holds too.

    Anybody makes one of the other. A ballot would have two texts, hence two trackers, and the
    site could publish the one that a receipt does not name.
    """
    return int.from_bytes(raw[32:], "big") <= ORDER // 2
