"""Signed notes: a short text, and under it the signatures of those who stand for it.

c2sp.org/signed-note; Go's ``golang.org/x/mod/sumdb/note`` reads what is written here.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from freeco.record.errors import BadSignature, Malformed, NotSigned

ED25519: Literal[1] = 1
COSIGNATURE: Literal[4] = 4
"""An Ed25519 key that co-signs checkpoints (c2sp.org/tlog-cosignature)."""
Kind = Literal[1, 4]
NAME = re.compile(r"[^\s+]+")
SECRET = "PRIVATE+KEY"  # noqa: S105 - the format's first words
DASH = "— "
MOST_SIGNATURES = 100
LONGEST = 1_000_000
"""Bytes of a note, as Go's reader has it."""
MATERIAL = 33
"""Bytes of a key as it is written: its kind, then 32."""
KEY_ID = 4
"""Bytes."""


def read_base64(text: str) -> bytes:
    """Read standard Base64, written the one right way. Raises Malformed."""
    try:
        found = b64decode(text, validate=True)
    except (NotBase64, ValueError) as error:
        raise Malformed("base64") from error
    if b64encode(found).decode() != text:
        raise Malformed("base64")
    return found


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return the four bytes by which a signature names its key."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True)
class VerifierKey:
    """A public key with the name of whom it stands for."""

    name: str
    public: bytes
    """32 bytes, Ed25519."""
    kind: Kind = ED25519

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names this key."""
        return key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        """Write it as a vkey: ``name+1234abcd+base64``."""
        material = b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{material}"

    @classmethod
    def read(cls, text: str) -> "VerifierKey":
        """Read a vkey. Raises Malformed."""
        name, kind, material = _parts(text)
        key = cls(name, material, kind)
        if str(key) != text:
            raise Malformed("vkey")
        _public(key)
        return key

    def check(self, message: bytes, signature: bytes) -> None:
        """Check a raw signature. Raises BadSignature."""
        try:
            _public(self).verify(signature, message)
        except InvalidSignature as error:
            raise BadSignature from error


@dataclass(frozen=True)
class SignerKey:
    """A secret key with the name of whom it stands for; it is kept out of the database."""

    name: str
    secret: bytes
    """32 bytes, the seed of RFC 8032."""
    kind: Kind = ED25519

    def __repr__(self) -> str:
        """Keep the secret out of logs."""
        return f"SignerKey({self.name!r})"

    @classmethod
    def generate(cls, name: str, kind: Kind = ED25519) -> "SignerKey":
        """Draw a new key."""
        if NAME.fullmatch(name) is None:
            raise ValueError(f"{name!r} cannot name a key")
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw(), kind)

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.secret).public_key()
        return VerifierKey(self.name, public.public_bytes_raw(), self.kind)

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of a raw signature."""
        return Ed25519PrivateKey.from_private_bytes(self.secret).sign(message)

    def encoded(self) -> str:
        """Write it as Go's ``note`` does: ``PRIVATE+KEY+name+1234abcd+base64``."""
        material = b64encode(bytes([self.kind]) + self.secret).decode()
        return f"{SECRET}+{self.name}+{self.verifier.id.hex()}+{material}"

    @classmethod
    def read(cls, text: str) -> "SignerKey":
        """Read such a key. Raises Malformed, without repeating it."""
        if not text.startswith(SECRET + "+"):
            raise Malformed("key")
        name, kind, material = _parts(text.removeprefix(SECRET + "+"))
        key = cls(name, material, kind)
        if key.encoded() != text:
            raise Malformed("key")
        return key


@dataclass(frozen=True)
class Signature:
    """One signature line of a note."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        """Write the line, with its newline."""
        return f"{DASH}{self.name} {b64encode(self.key_id + self.signature).decode()}\n"

    @classmethod
    def read(cls, line: str) -> "Signature":
        """Read a line without its newline. Raises Malformed."""
        name, space, encoded = line.removeprefix(DASH).partition(" ")
        if not line.startswith(DASH) or not space or NAME.fullmatch(name) is None:
            raise Malformed("signature")
        found = read_base64(encoded)
        if len(found) <= KEY_ID:
            raise Malformed("signature")
        return cls(name, found[:KEY_ID], found[KEY_ID:])


@dataclass(frozen=True)
class Note:
    """A text and its signatures; reading one checks none of them."""

    text: str
    """Ends with a newline."""
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        """Write the note."""
        return self.text + "\n" + "".join(map(str, self.signatures))

    @classmethod
    def read(cls, encoded: str | bytes) -> "Note":
        """Read a note, refusing whatever the format does not allow. Raises Malformed."""
        try:
            raw = encoded if isinstance(encoded, bytes) else encoded.encode()
            whole = raw.decode()
        except UnicodeError as error:
            raise Malformed("UTF-8") from error
        if len(raw) > LONGEST or any(each < " " and each != "\n" for each in whole):
            raise Malformed("note")
        text, blank, lines = whole.rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise Malformed("note")
        signatures = tuple(Signature.read(line) for line in lines[:-1].split("\n"))
        if len(signatures) > MOST_SIGNATURES:
            raise Malformed("note")
        return cls(text + "\n", signatures)

    def signed_by(self, key: SignerKey) -> "Note":
        """Return the note with this key's signature after the others."""
        signature = Signature(key.name, key.verifier.id, key.sign(self.text.encode()))
        return replace(self, signatures=(*self.signatures, signature))

    def of(self, key: VerifierKey) -> Signature | None:
        """Return the signature that bears a key's name and id, unchecked; None without any.

        The first counts where there are several, as in Go.
        """
        for each in self.signatures:
            if each.name == key.name and each.key_id == key.id:
                return each
        return None

    def check(self, key: VerifierKey) -> None:
        """Check the plain signature of a key on the text. Raises NotSigned, BadSignature."""
        found = self.of(key)
        if found is None or key.kind != ED25519:
            raise NotSigned
        key.check(self.text.encode(), found.signature)


def _parts(text: str) -> tuple[str, Kind, bytes]:
    # The Base64 may hold a + of its own.
    name, _first, rest = text.partition("+")
    _id, _second, encoded = rest.partition("+")
    if NAME.fullmatch(name) is None or not _is_utf8(name):
        raise Malformed("key")
    material = read_base64(encoded)
    if len(material) != MATERIAL or material[0] not in (ED25519, COSIGNATURE):
        raise Malformed("key")
    kind: Kind = 1 if material[0] == ED25519 else 4
    return name, kind, material[1:]


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _public(key: VerifierKey) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(key.public)
    except ValueError as error:
        raise Malformed("vkey") from error
