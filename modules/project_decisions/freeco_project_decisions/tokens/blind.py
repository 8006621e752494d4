"""Signing what one does not see: RSABSSA-SHA384-PSS-Randomized of RFC 9474.

The randomized variant, which the RFC recommends: thirty-two random bytes stand before the message,
so that not even a signer who prepared the key badly can recognise it. The signature is an ordinary
RSASSA-PSS one (SHA-384, salt of 48 bytes): OpenSSL verifies it, and every browser.

The voter's side is here for tests, commands and the demonstration; people blind in their browser,
with ``@cloudflare/blindrsa-ts``.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha384
from secrets import randbelow, token_bytes

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)
from gmpy2 import gcd, invert, is_even, mpz, powmod

from freeco_project_decisions.sealed.errors import Unsound

BITS = 2048
"""Of a signer's key, which serves for one vote and is destroyed when the tokens are out."""
EXPONENT = 65537
PREFIX_BYTES = 32
SALT_BYTES = 48
HASH_BYTES = 48
_PADDING = padding.PSS(padding.MGF1(SHA384()), SALT_BYTES)
_HASH = SHA384()


@dataclass(frozen=True)
class Blinded:
    """A message hidden from its signer, and what takes the hiding off the signature."""

    message: bytes
    """What the signer sees."""
    inverse: bytes


def draw_key(bits: int = BITS) -> rsa.RSAPrivateKey:
    """Draw the key of a signer for one vote."""
    return rsa.generate_private_key(EXPONENT, bits)


def public_bytes(key: rsa.RSAPublicKey) -> bytes:
    """Write a public key: SubjectPublicKeyInfo, as WebCrypto imports it."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def private_bytes(key: rsa.RSAPrivateKey) -> bytes:
    """Write a private key, unlocked: who calls locks it."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def read_private(content: bytes) -> rsa.RSAPrivateKey:
    """Read a private key; raises ``Unsound``."""
    try:
        key = load_der_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as broken:
        raise Unsound("a signer's private key cannot be read") from broken
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Unsound("a signer's key is RSA")
    return key


@lru_cache(maxsize=64)
def read_public(content: bytes) -> rsa.RSAPublicKey:
    """Read a signer's public key; raises ``Unsound`` for another kind, size or exponent."""
    try:
        key = load_der_public_key(content)
    except (ValueError, UnsupportedAlgorithm) as broken:
        raise Unsound("a signer's public key cannot be read") from broken
    if not isinstance(key, rsa.RSAPublicKey):
        raise Unsound("a signer's key is RSA")
    numbers = key.public_numbers()
    if key.key_size != BITS or numbers.e != EXPONENT or is_even(mpz(numbers.n)):
        raise Unsound(f"a signer's key has {BITS} bits and the exponent {EXPONENT}")
    if public_bytes(key) != content:
        raise Unsound("a signer's public key is not in its one form")
    return key


def prepare(message: bytes) -> bytes:
    """Put thirty-two random bytes before a message (RFC 9474, section 4.1)."""
    return token_bytes(PREFIX_BYTES) + message


def blind_sign(key: rsa.RSAPrivateKey, blinded: bytes) -> bytes:
    """Sign what is hidden (RFC 9474, section 4.3).

    By the two primes, and checked before it leaves: a signature that was computed wrong, as on a
    failing machine, would give the key away. Raises ``Unsound`` for a message of another length,
    or above the modulus.
    """
    numbers = key.private_numbers()
    modulus, p, q = mpz(numbers.public_numbers.n), mpz(numbers.p), mpz(numbers.q)
    length = _length(modulus)
    message = mpz(int.from_bytes(blinded, "big"))
    if len(blinded) != length or not 0 < message < modulus or gcd(message, modulus) != 1:
        raise Unsound("what is to be signed has another length than the key")
    # Hidden from whoever measures how long it takes.
    mask = _unit(modulus)
    hidden = message * powmod(mask, numbers.public_numbers.e, modulus) % modulus
    by_p = powmod(hidden % p, numbers.dmp1, p)
    by_q = powmod(hidden % q, numbers.dmq1, q)
    signature = by_q + q * ((by_p - by_q) * numbers.iqmp % p)
    signature = signature * invert(mask, modulus) % modulus
    if powmod(signature, numbers.public_numbers.e, modulus) != message:
        raise Unsound("the signature was computed wrong, and is not given")
    return int(signature).to_bytes(length, "big")


def verify(key: rsa.RSAPublicKey, message: bytes, signature: bytes) -> bool:
    """Check a signature on a prepared message."""
    try:
        key.verify(signature, message, _PADDING, _HASH)
    except InvalidSignature:
        return False
    return True


def blind(
    key: rsa.RSAPublicKey, message: bytes, salt: bytes | None = None, inverse: mpz | None = None
) -> Blinded:
    """Hide a prepared message from its signer (RFC 9474, section 4.2).

    ``salt`` and ``inverse`` are drawn, but where the RFC's own vectors are computed again.
    """
    numbers = key.public_numbers()
    modulus = mpz(numbers.n)
    encoded = _encode(message, key.key_size - 1, token_bytes(SALT_BYTES) if salt is None else salt)
    hidden = mpz(int.from_bytes(encoded, "big"))
    if gcd(hidden, modulus) != 1:
        raise Unsound("invalid input")
    inverse = inverse or _unit(modulus)
    factor = powmod(invert(inverse, modulus), numbers.e, modulus)
    length = _length(modulus)
    return Blinded(
        int(hidden * factor % modulus).to_bytes(length, "big"),
        int(inverse).to_bytes(length, "big"),
    )


def finalize(
    key: rsa.RSAPublicKey, message: bytes, blind_signature: bytes, inverse: bytes
) -> bytes:
    """Take the hiding off a signature (RFC 9474, section 4.4); raises ``Unsound``."""
    modulus = mpz(key.public_numbers().n)
    length = _length(modulus)
    if len(blind_signature) != length or len(inverse) != length:
        raise Unsound("unexpected input size")
    product = int.from_bytes(blind_signature, "big") * mpz(int.from_bytes(inverse, "big"))
    signature = int(product % modulus).to_bytes(length, "big")
    if not verify(key, message, signature):
        raise Unsound("invalid signature")
    return signature


def _length(modulus: mpz) -> int:
    return (int(modulus).bit_length() + 7) // 8


def _unit(modulus: mpz) -> mpz:
    while True:
        drawn = mpz(randbelow(int(modulus)))
        if gcd(drawn, modulus) == 1:
            return drawn


def _encode(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE of RFC 8017, section 9.1.1, with SHA-384."""
    length = (bits + 7) // 8
    digest = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - HASH_BYTES - 2) + b"\x01" + salt
    masked = int.from_bytes(block, "big") ^ int.from_bytes(_mask(digest, len(block)), "big")
    masked &= (1 << (8 * len(block) - (8 * length - bits))) - 1
    return masked.to_bytes(len(block), "big") + digest + b"\xbc"


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 of RFC 8017, appendix B.2.1."""
    rounds = -(-length // HASH_BYTES)
    blocks = (sha384(seed + each.to_bytes(4, "big")).digest() for each in range(rounds))
    return b"".join(blocks)[:length]
