"""Statements: what the record says has happened, as canonical JSON without personal data.

``about`` holds codes, numbers and digests that anybody may read; ``sealed`` holds salted
commitments, opened by those whom they concern. Salt and fields stand elsewhere: once they are
deleted, nobody can find out any more what was sealed.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

import rfc8785

from freeco.record.errors import Malformed, OpeningDiffers
from freeco.record.tiles import LONGEST_ENTRY
from freeco.record.tree import Hash, leaf_hash

VERSION = 1
KIND = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
REFERENCE = re.compile(r"[0-9a-f]{32}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
CODE = re.compile(r"[A-Za-z0-9.:_+/=-]{1,200}")
"""What a public value may be made of: no space, no @, so no sentence, name or address."""
DIGEST = re.compile(r"[0-9a-f]{64}")
SALT = 32
"""Bytes."""

Value = str | int | bool
Fields = Mapping[str, Value]


def canonical(value: object) -> bytes:
    """Write as canonical JSON (RFC 8785). Raises ValueError for what it cannot hold."""
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except rfc8785.CanonicalizationError as error:
        raise ValueError(str(error)) from error


def commitment(salt: bytes, fields: Fields) -> str:
    """Seal fields: SHA-256 over the salt (32 bytes) and their canonical JSON, in hexadecimal."""
    return sha256(salt + canonical(dict(fields))).hexdigest()


@dataclass(frozen=True)
class Opening:
    """The salt and the fields behind a sealed value."""

    salt: bytes
    fields: Fields

    @classmethod
    def of(cls, fields: Fields) -> "Opening":
        """Seal fields with a fresh salt. Raises ValueError for what cannot be sealed."""
        opening = cls(secrets.token_bytes(SALT), dict(fields))
        opening.check()
        return opening

    @property
    def sealed(self) -> str:
        """What the statement holds of it."""
        return commitment(self.salt, self.fields)

    def check(self) -> None:
        """See that it has a whole salt, and words, numbers, yes and no. Raises ValueError.

        The salt's length is what tells where it ends and the fields begin.
        """
        if not isinstance(self.salt, bytes) or len(self.salt) != SALT:
            raise ValueError(f"a salt has {SALT} bytes")
        if not isinstance(self.fields, Mapping):
            raise ValueError("fields have names")
        for name, value in self.fields.items():
            if not isinstance(name, str) or not isinstance(value, str | int):
                raise ValueError(f"{name}: what is sealed is words, a number, or yes and no")
        canonical(dict(self.fields))


@dataclass(frozen=True)
class Statement:
    """One thing that has happened, as everybody may read it."""

    kind: str
    """``charter.accepted``."""
    day: date
    """The local day; the hour would tell who it was."""
    reference: str
    """Random, 32 hexadecimal digits."""
    about: Fields = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)

    @property
    def entry(self) -> bytes:
        """What the log holds: canonical JSON, UTF-8."""
        return canonical(
            {
                "about": dict(self.about),
                "day": self.day.isoformat(),
                "kind": self.kind,
                "ref": self.reference,
                "sealed": dict(self.sealed),
                "version": VERSION,
            }
        )

    @property
    def leaf(self) -> Hash:
        """Its hash in the tree."""
        return leaf_hash(self.entry)

    @classmethod
    def read(cls, entry: bytes) -> "Statement":
        """Read an entry of a log, refusing any other writing of it. Raises Malformed."""
        if len(entry) > LONGEST_ENTRY:
            raise Malformed("statement")
        try:
            found = json.loads(entry)
            statement = cls(
                kind=found["kind"],
                day=date.fromisoformat(found["day"]),
                reference=found["ref"],
                about=found["about"],
                sealed=found["sealed"],
            )
            statement.check()
            same = statement.entry == entry
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Malformed("statement") from error
        if not same:
            raise Malformed("statement")
        return statement

    def check(self) -> None:
        """See that it holds codes, numbers and digests only. Raises ValueError."""
        if KIND.fullmatch(self.kind) is None or REFERENCE.fullmatch(self.reference) is None:
            raise ValueError("a statement has a kind and a random reference")
        for name, value in self.about.items():
            if NAME.fullmatch(name) is None or not isinstance(value, str | int):
                raise ValueError(f"{name}: a public value is a code, a number or yes and no")
            if isinstance(value, str) and CODE.fullmatch(value) is None:
                raise ValueError(f"{name}: {value!r} might be somebody’s words; seal it")
        for name, digest in self.sealed.items():
            if NAME.fullmatch(name) is None or DIGEST.fullmatch(digest) is None:
                raise ValueError(f"{name}: not a sealed value")

    def check_opening(self, name: str, opening: Opening) -> None:
        """Check that salt and fields are those that were sealed. Raises OpeningDiffers."""
        try:
            opening.check()
        except ValueError as error:
            raise OpeningDiffers from error
        if self.sealed.get(name) != opening.sealed:
            raise OpeningDiffers


def new_reference() -> str:
    """Draw a reference that says nothing of what it names."""
    return secrets.token_hex(16)
