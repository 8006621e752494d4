"""Passwords: which ones are accepted, and how they are kept."""

import re
import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from freeco.cells import unaccented
from freeco.errors import Invalid
from freeco.i18n import said

SHORTEST = 10
LONGEST = 200
LEAST_OF_ONES_OWN = 6
"""Characters that must remain once the person's name and address are taken out."""
OWN_WORD_LENGTH = 3
FEWEST_CHARACTERS = 4
"""Different characters a password needs: not “aaaaaaaaaa”."""
COMMON = frozenset(
    {
        "admin", "administrateur", "amap", "azerty", "azertyuiop", "bienvenue", "bonjour",
        "chouchou", "doudou", "freeco", "iloveyou", "jetaime", "loulou", "monmotdepasse",
        "motdepasse", "password", "qwerty", "qwertyuiop", "soleil",
    }
)  # fmt: skip
ROWS = ("01234567890123456789", "98765432109876543210", "azertyuiopqsdfghjklmwxcvbn")

# The least that OWASP advises: more would let sixteen sign-ins at once fill a small machine.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
ROOM = BoundedSemaphore(2)


class WeakPassword(Invalid):
    """The password would be guessed, or does not fit; the sentence says which."""

    def __init__(self, sentence: str) -> None:
        super().__init__({"password": [sentence]})


def check_strength(password: str, *own: str) -> None:
    """Raise WeakPassword for one too short, too long, very common, or made of ``own`` texts.

    ``own`` are the person's address and names, whose words are the first that anybody tries.
    """
    if len(password) < SHORTEST:
        raise WeakPassword(
            said(
                "Choisissez au moins %(number)s caractères : une phrase courte convient bien.",
                number=SHORTEST,
            )
        )
    if len(password) > LONGEST:
        raise WeakPassword(said("%(number)s caractères suffisent.", number=LONGEST))
    plain = unaccented(password)
    if _is_common(plain):
        raise WeakPassword(said("Ce mot de passe est parmi les premiers que l’on essaie."))
    words = re.findall(r"[^\W_]+", unaccented(" ".join(own)))
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= OWN_WORD_LENGTH:
            plain = plain.replace(word, "")
    if len(plain) < LEAST_OF_ONES_OWN:
        raise WeakPassword(said("Votre nom et votre adresse se devinent : prenez d’autres mots."))


def _is_common(plain: str) -> bool:
    return (
        len(set(plain)) < FEWEST_CHARACTERS
        or re.sub(r"[\W\d_]+", "", plain) in COMMON
        or any(plain in row for row in ROWS)
    )


def hash_password(password: str) -> str:
    """Return the argon2id hash to keep."""
    with ROOM:
        return HASHER.hash(_same_on_every_keyboard(password))


def check_password(kept: str | None, password: str) -> bool:
    """Whether this is the password; as slow when nobody has it, so that time tells nothing."""
    try:
        with ROOM:
            right = HASHER.verify(
                kept or _hash_of_nobody(), _same_on_every_keyboard(password[:LONGEST])
            )
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None and len(password) <= LONGEST


def needs_rehash(kept: str) -> bool:
    """Whether a hash was made with former parameters, and should be made again at sign-in."""
    return HASHER.check_needs_rehash(kept)


def _same_on_every_keyboard(password: str) -> str:
    """Compose accents: a telephone and a computer do not send the same “é”."""
    return unicodedata.normalize("NFC", password)


@cache
def _hash_of_nobody() -> str:
    return HASHER.hash("nobody has this password")
