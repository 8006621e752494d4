"""The programs of others that read the record: where they are, and how they are asked."""

import json
import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from freeco.record.errors import RecordRefusal
from freeco.record.note import Note, VerifierKey
from freeco.record.policy import Policy, Witness
from freeco.record.proof import LogProof
from freeco.record.tree import Hash, leaf_hash

HERE = Path(__file__).parent
GO_PACKAGES = Path("/usr/share/gocode")
SIGSTORE = HERE / "node_modules" / "@sigstore" / "verify"


def absent(what: str) -> None:
    """Skip without this program; a gate that may skip nothing fails."""
    if os.environ.get("FREECO_NOTHING_MAY_SKIP"):
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed")


def program(name: str) -> str:
    """Return where a program is."""
    found = shutil.which(name)
    if found is None:
        absent(name)
    return str(found)


def encoded(raw: bytes) -> str:
    """Write bytes as the programs read them."""
    return b64encode(raw).decode()


@dataclass(frozen=True)
class Claim:
    """What somebody shows: this entry is in the log, at this place, under this checkpoint."""

    note: str
    entry: bytes
    index: int
    path: tuple[Hash, ...]
    witnesses: tuple[VerifierKey, ...] = ()
    """Who must have signed besides the log."""


def ours(claim: Claim, key: VerifierKey) -> bool:
    """Whether our own verifier believes it."""
    named = tuple(Witness(each.name, each) for each in claim.witnesses)
    policy = Policy.of(key)
    try:
        note = Note.read(claim.note)
        LogProof(claim.index, claim.path, note).check(leaf_hash(claim.entry))
        policy.check(note)
        for each in named:
            Policy(policy.logs, named, (), each.name).check(note)
    except RecordRefusal:
        return False
    return True


@dataclass
class Foreign:
    """A program that answers a line for each line."""

    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)

    def ask(self, jobs: Iterable[dict[str, Any]]) -> list[bool]:
        """Return what it believes of each job."""
        asked = [json.dumps(job, ensure_ascii=False) for job in jobs]
        done = subprocess.run(
            self.command,
            input="".join(f"{line}\n" for line in asked).encode(),
            capture_output=True,
            check=True,
            env={**os.environ, **self.environment},
        )
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(asked), done.stderr.decode()
        return [bool(each["ok"]) for each in answers]


class Go(Foreign):
    """``golang.org/x/mod/sumdb``: its packages note and tlog."""

    @classmethod
    def built(cls, folder: Path) -> "Go":
        """Compile the program that asks them."""
        if not (GO_PACKAGES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
            absent("golang-golang-x-mod-dev")
        made = folder / "verify"
        settings = {
            "GO111MODULE": "off",
            "GOPATH": str(GO_PACKAGES),
            "GOCACHE": str(folder / "cache"),
            "GOFLAGS": "",
        }
        subprocess.run(
            [program("go"), "build", "-o", str(made), str(HERE / "verify.go")],
            check=True,
            env={**os.environ, **settings},
        )
        return cls([str(made)])

    def inclusions(self, claims: Iterable[Claim], key: VerifierKey) -> list[bool]:
        """Return which it believes."""
        return self.ask(
            {
                "job": "inclusion",
                "note": each.note,
                "key": str(key),
                "witnesses": [str(witness) for witness in each.witnesses],
                "entry": encoded(each.entry),
                "index": each.index,
                "path": [encoded(step) for step in each.path],
            }
            for each in claims
        )


class Sigstore(Foreign):
    """``@sigstore/verify``, from npm."""

    @classmethod
    def found(cls) -> "Sigstore":
        """Find it where ``npm install --prefix tests/record_verifiers`` puts it."""
        if not SIGSTORE.is_dir():
            absent("@sigstore/verify")
        return cls([program("node"), str(HERE / "verify.js")])

    def inclusions(self, claims: Iterable[Claim], key: VerifierKey) -> list[bool]:
        """Return which it believes; it knows the log alone, and passes over witnesses."""
        public = Ed25519PublicKey.from_public_bytes(key.public)
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return self.ask(
            {
                "note": each.note,
                "name": key.name,
                "id": encoded(key.id),
                "public": encoded(der),
                "entry": encoded(each.entry),
                "index": each.index,
                "path": [encoded(step) for step in each.path],
            }
            for each in claims
        )


def openssl_believes(key: VerifierKey, message: bytes, signature: bytes, folder: Path) -> bool:
    """Whether ``openssl pkeyutl`` finds that the key has signed these bytes."""
    public = Ed25519PublicKey.from_public_bytes(key.public)
    pem = folder / "key.pem"
    pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (folder / "message").write_bytes(message)
    (folder / "signature").write_bytes(signature)
    done = subprocess.run(
        [
            *(program("openssl"), "pkeyutl", "-verify", "-rawin", "-pubin"),
            *("-inkey", str(pem), "-in", str(folder / "message")),
            *("-sigfile", str(folder / "signature")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    said = "Signature Verified Successfully" in done.stdout
    assert said is (done.returncode == 0), done.stderr
    return said
