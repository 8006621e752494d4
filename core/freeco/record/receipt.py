"""A receipt: the statement, its salts, the proof and the checkpoint, in one file.

The file is a ``.tlog-proof`` whose ``extra`` line holds, as canonical JSON in Base64, the
statement's entry and the openings of what it seals. ``docs/verify_receipt.py`` reads it with
nothing but Python.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from freeco.record.checkpoint import Checkpoint
from freeco.record.errors import Malformed
from freeco.record.note import Note, read_base64
from freeco.record.proof import LogProof
from freeco.record.statement import Opening, Statement, canonical
from freeco.record.tree import Hash, leaf_hash


@dataclass(frozen=True)
class Receipt:
    """What somebody keeps of what they did."""

    entry: bytes
    """The statement, exactly as the log holds it."""
    index: int
    path: tuple[Hash, ...]
    checkpoint: Note
    openings: Mapping[str, Opening] = field(default_factory=dict)

    @property
    def statement(self) -> Statement:
        """What it says. Raises Malformed."""
        return Statement.read(self.entry)

    @property
    def extra(self) -> bytes:
        """What stands beside the proof: the statement and its openings, in canonical JSON."""
        return canonical(
            {
                "openings": {
                    name: {
                        "fields": dict(opening.fields),
                        "salt": b64encode(opening.salt).decode(),
                    }
                    for name, opening in self.openings.items()
                },
                "statement": self.entry.decode(),
            }
        )

    def __str__(self) -> str:
        """Write the file."""
        return str(LogProof(self.index, self.path, self.checkpoint, self.extra))

    @classmethod
    def read(cls, text: str) -> "Receipt":
        """Read the file; nothing is checked yet. Raises Malformed."""
        proof = LogProof.read(text)
        try:
            held = json.loads(proof.extra)
            openings = {
                name: Opening(read_base64(each["salt"]), each["fields"])
                for name, each in held["openings"].items()
            }
            entry = held["statement"].encode()
            for each in openings.values():
                each.check()
            found = cls(entry, proof.index, proof.path, proof.checkpoint, openings)
            same = found.extra == proof.extra
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Malformed("receipt") from error
        if not same:
            raise Malformed("receipt")
        return found

    def check(self) -> Checkpoint:
        """Check all that needs no key: the path, the statement, every opening.

        Whose signatures are needed under the checkpoint is for a policy to say. Raises
        Malformed, NotIncluded, OpeningDiffers.
        """
        proof = LogProof(self.index, self.path, self.checkpoint)
        checkpoint = proof.check(leaf_hash(self.entry))
        statement = self.statement
        for name, opening in self.openings.items():
            statement.check_opening(name, opening)
        return checkpoint
