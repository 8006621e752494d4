"""The voter's side, as the browser does it: for the demonstration and for tests."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_bytes

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from freeco_project_decisions.sealed.writing import compact
from freeco_project_decisions.tokens import blind
from freeco_project_decisions.tokens.ballots import Ballot, Token, prepared, sealed
from freeco_project_decisions.tokens.setups import Setup, base64_of


@dataclass(frozen=True)
class Wish:
    """A token that is being asked for: what only its voter knows."""

    key: ec.EllipticCurvePrivateKey
    prefix: bytes
    hidden: tuple[blind.Blinded, ...]

    @property
    def blinded(self) -> list[bytes]:
        """What each signer sees."""
        return [each.message for each in self.hidden]


@dataclass(frozen=True)
class Held:
    """A token with its key."""

    key: ec.EllipticCurvePrivateKey
    token: Token

    def vote(self, setup: Setup, marks: Sequence[int], serial: int = 1) -> Ballot:
        """Seal and sign a ballot."""
        return sealed(setup, self.key, self.token, marks, serial)


def wish(setup: Setup) -> Wish:
    """Draw a token and hide it from each signer."""
    key, prefix = ec.generate_private_key(ec.SECP256R1()), token_bytes(blind.PREFIX_BYTES)
    message = prepared(prefix, setup.identifier, _point(key))
    hidden = (blind.blind(blind.read_public(each.key), message) for each in setup.signers)
    return Wish(key, prefix, tuple(hidden))


def take(setup: Setup, asked: Wish, signatures: Sequence[bytes]) -> Held:
    """Take the hiding off what the signers signed; raises ``Unsound`` when one is false."""
    point = _point(asked.key)
    message = prepared(asked.prefix, setup.identifier, point)
    found = (
        blind.finalize(blind.read_public(signer.key), message, signature, hidden.inverse)
        for signer, signature, hidden in zip(setup.signers, signatures, asked.hidden, strict=True)
    )
    return Held(asked.key, Token(asked.prefix, point, tuple(found)))


def kept_file(setup: Setup, held: Held) -> str:
    """Write a token as the browser keeps it, in its storage or in a file."""
    numbers = held.key.private_numbers()
    public = numbers.public_numbers
    written = (_base64url(each) for each in (numbers.private_value, public.x, public.y))
    d, x, y = written
    return compact(
        {
            "freeco": "token",
            "vote": setup.identifier,
            "private": {"kty": "EC", "crv": "P-256", "d": d, "x": x, "y": y, "ext": True},
            "prefix": base64_of(held.token.prefix),
            "key": base64_of(held.token.key),
            "hidden": [],
            "signatures": [base64_of(each) for each in held.token.signatures],
            "serial": 0,
        }
    )


def _base64url(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
