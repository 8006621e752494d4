"""The file a trustee keeps, locked by a passphrase: written once, at the first step, never sent.

All that the trustee does later comes from it and from what is published: their part for each of
the others, their own key, and the opening of the sum.
"""

import unicodedata
from base64 import b64decode, b64encode
from dataclasses import dataclass
from enum import StrEnum
from hashlib import pbkdf2_hmac
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from freeco.i18n import _
from freeco_project_decisions.sealed.errors import Malformed, Unsound
from freeco_project_decisions.sealed.trustees import Member
from freeco_project_decisions.sealed.writing import compact, fields, number, read

ROUNDS = 600_000
"""Of PBKDF2-HMAC-SHA256: what OWASP asks for in 2023."""
MOST_ROUNDS = 10_000_000
VERSION = 2
IV_BYTES = 12


class Opens(StrEnum):
    """What a key opens: written in it when it is drawn, so that no site turns it to the other."""

    SUM = "sum"
    """The sum of sealed ballots, and never one of them."""
    BALLOTS = "ballots"
    """Each ballot that came with a token."""


@dataclass(frozen=True)
class KeptKey:
    """What a trustee keeps: for which election, at which place in the group, and the secrets."""

    election: str
    """The identifier of the rounds in which the trustees made their keys."""
    opens: Opens
    place: int
    """From 1."""
    threshold: int
    """1 for a trustee alone, whose secret is the one coefficient of the polynomial."""
    member: Member


class WrongPassphrase(Unsound):
    """Nothing tells a wrong passphrase from a broken file."""


def lock_key(kept: KeptKey, passphrase: str) -> str:
    """Write the file that a trustee keeps."""
    salt, iv = token_bytes(16), token_bytes(IV_BYTES)
    member = kept.member
    content = compact(
        {
            "election": kept.election,
            "opens": kept.opens.value,
            "place": kept.place,
            "threshold": kept.threshold,
            "signing": str(member.signing),
            "decryption": str(member.decryption),
            "polynomial": [str(each) for each in member.polynomial],
        }
    )
    locked = AESGCM(_derived(passphrase, salt, ROUNDS)).encrypt(iv, content.encode(), None)
    return compact(
        {
            "freeco": "trustee",
            "version": VERSION,
            "salt": _written(salt),
            "iterations": ROUNDS,
            "iv": _written(iv),
            "content": _written(locked),
        }
    )


def unlock_key(text: str, passphrase: str) -> KeptKey:
    """Read the file that a trustee kept.

    Raises ``WrongPassphrase``, and ``Unsound`` for a file that is no trustee's.
    """
    kind, version, salt, rounds, iv, content = fields(
        read(text.strip()), "freeco", "version", "salt", "iterations", "iv", "content"
    )
    if kind != "trustee" or version != VERSION:
        raise Malformed(_("ce n’est pas le fichier d’un dépositaire"))
    if type(rounds) is not int or not 1 <= rounds <= MOST_ROUNDS:
        raise Malformed(_("ce n’est pas le fichier d’un dépositaire"))
    key = _derived(passphrase, _read(salt), rounds)
    try:
        opened = AESGCM(key).decrypt(_read(iv), _read(content), None)
    except (InvalidTag, ValueError) as closed:
        raise WrongPassphrase(_("la phrase de passe n’ouvre pas ce fichier")) from closed
    election, opens, place, threshold, signing, decryption, polynomial = fields(
        read(opened.decode()),
        "election",
        "opens",
        "place",
        "threshold",
        "signing",
        "decryption",
        "polynomial",
    )
    secrets = Member(number(signing), number(decryption), tuple(map(number, polynomial)))
    return KeptKey(election, Opens(opens), place, threshold, secrets)


def _derived(passphrase: str, salt: bytes, rounds: int) -> bytes:
    plain = unicodedata.normalize("NFC", passphrase).encode()
    return pbkdf2_hmac("sha256", plain, salt, rounds, 32)


def _written(content: bytes) -> str:
    return b64encode(content).decode()


def _read(text: object) -> bytes:
    if not isinstance(text, str):
        raise Malformed(_("ce n’est pas le fichier d’un dépositaire"))
    try:
        return b64decode(text, validate=True)
    except ValueError as broken:
        raise Malformed(_("ce n’est pas le fichier d’un dépositaire")) from broken
