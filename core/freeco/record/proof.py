"""A proof in a file: a statement is in the log, shown without a server (c2sp.org/tlog-proof)."""

import re
from base64 import b64encode
from dataclasses import dataclass

from freeco.record.checkpoint import Checkpoint
from freeco.record.errors import Malformed
from freeco.record.note import Note, read_base64
from freeco.record.tree import HASH, LARGEST, Hash, verify_inclusion

FIRST = "c2sp.org/tlog-proof@v1"
INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
MOST_HASHES = 63


@dataclass(frozen=True)
class LogProof:
    """Where a statement stands, the path to the root, and the signed checkpoint."""

    index: int
    path: tuple[Hash, ...]
    checkpoint: Note
    extra: bytes = b""
    """Something that is not covered by the proof: a receipt keeps its statement there."""

    def __str__(self) -> str:
        """Write the file."""
        extra = f"extra {b64encode(self.extra).decode()}\n" if self.extra else ""
        path = "".join(f"{b64encode(each).decode()}\n" for each in self.path)
        return f"{FIRST}\n{extra}index {self.index}\n{path}\n{self.checkpoint}"

    @classmethod
    def read(cls, text: str) -> "LogProof":
        """Read such a file; nothing is checked yet. Raises Malformed."""
        head, blank, note = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != FIRST or not lines:
            raise Malformed("tlog-proof")
        extra = b""
        if lines[0].startswith("extra "):
            extra = read_base64(lines.pop(0).removeprefix("extra "))
            if not extra:
                raise Malformed("tlog-proof")
        found = INDEX.fullmatch(lines.pop(0)) if lines else None
        if found is None or len(lines) > MOST_HASHES:
            raise Malformed("tlog-proof")
        index, path = int(found[1]), tuple(read_base64(line) for line in lines)
        if index > LARGEST or any(len(each) != HASH for each in path):
            raise Malformed("tlog-proof")
        return cls(index, path, Note.read(note), extra)

    def check(self, leaf: Hash) -> Checkpoint:
        """Check that this leaf is under the checkpoint's root, whoever signed it.

        Raises Malformed, NotIncluded.
        """
        checkpoint = Checkpoint.read(self.checkpoint.text)
        verify_inclusion(leaf, self.index, checkpoint.size, self.path, checkpoint.root)
        return checkpoint
