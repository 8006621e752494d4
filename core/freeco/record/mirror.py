"""Copying a log as plain files, and believing nothing of it that its key has not signed.

The folder is itself a log that any web server can serve, and that others can copy in turn
(c2sp.org/tlog-tiles). Neither database nor site is needed, here as there.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from freeco.i18n import _
from freeco.outgoing import Line, Silent
from freeco.record.checkpoint import Checkpoint, open_checkpoint
from freeco.record.errors import Malformed, NotSigned, RecordRefusal, Shrunken
from freeco.record.note import LONGEST as LONGEST_NOTE
from freeco.record.note import Note, VerifierKey
from freeco.record.statement import Statement
from freeco.record.tiles import (
    HASH,
    LONGEST_ENTRY,
    WIDTH,
    Growth,
    bundle,
    node_of,
    tile_path,
    unbundle,
    width_at,
    widths,
)
from freeco.record.tree import Hash, consistency_proof, leaf_hash, root, verify_consistency

LARGEST_BUNDLE = WIDTH * (LONGEST_ENTRY + 2)
CHECKPOINT, KEY, SEEN = "checkpoint", "verifier-key", "seen"
"""What stands in the folder beside ``tile/``: the head, whose key we believe, every head seen."""
Tiles = dict[tuple[int, int], bytes]


class NotServed(RecordRefusal):
    """The log does not give one of its files."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(path, why)
        self.reason = _("« %(path)s » n’a pas pu être lu : %(why)s.", path=path, why=why)


class Tampered(RecordRefusal):
    """A file of the log is not what its own seal covers."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.reason = _(
            "« %(path)s » ne correspond pas au sceau que le registre a signé.", path=path
        )


class KeyUnknown(RecordRefusal):
    """Nothing says whose signature is to be believed."""

    reason = _("La clé de ce registre n’est pas dans ses inscriptions : donnez-la avec --key.")


class OtherKey(RecordRefusal):
    """The log is not signed any more by the key that this folder knows."""

    reason = _(
        "Le sceau n’est pas signé par la clé que ce dossier connaît. Si le registre a changé de "
        "clé, vérifiez la nouvelle auprès de qui le tient, et donnez-la avec --key."
    )


class Busy(RecordRefusal):
    """Another copy into the same folder is under way."""

    reason = _("Une autre copie vers ce dossier est en cours.")


@dataclass(frozen=True)
class Mirrored:
    """What a copy has come to."""

    checkpoint: Checkpoint
    held: int
    """How many entries the folder held before."""
    key: VerifierKey
    key_changed: bool
    """The key was taken up now: at the first copy, or after a change of key."""


def mirror(address: str, folder: Path, key: VerifierKey | None = None) -> Mirrored:
    """Bring a folder up to date with the log at an address, everything verified.

    The signature is checked with ``key``, else with the one that the folder knows, else with the
    one that the log's opening names, which is believed from then on. Nothing that the folder
    holds is ever replaced by another history: such a seal is kept under ``seen`` and refused.

    Raises ValueError for no address, NotServed, Tampered, KeyUnknown, OtherKey, Busy, Shrunken,
    NotConsistent, and what reading and checking a checkpoint raises.
    """
    with Line(address) as line, _alone(folder):
        return _Copy(line, folder).bring(key)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Busy from error
        yield


class _Copy:
    """One round of copying."""

    def __init__(self, line: Line, folder: Path) -> None:
        self.line = line
        self.folder = folder

    def bring(self, key: VerifierKey | None) -> Mirrored:
        note = Note.read(self._fetch(CHECKPOINT, LONGEST_NOTE))
        pinned = self._pinned()
        known = key or pinned or self._key_named(Checkpoint.read(note.text))
        try:
            checkpoint = open_checkpoint(note, known)
        except NotSigned as error:
            raise OtherKey from error
        self._see(checkpoint, note)
        held = self._held()
        if held is not None:
            self._compare(held, checkpoint)
        tiles = self._tiles(checkpoint)
        self._write_tiles(checkpoint.size, tiles)
        self._copy_entries(checkpoint.size, tiles)
        following = self._following(note, known, held.size if held else 0, checkpoint.size)
        self._put(KEY, f"{following}\n".encode())
        self._put(CHECKPOINT, str(note).encode())
        self._tidy(checkpoint.size)
        return Mirrored(checkpoint, held.size if held else 0, following, following != pinned)

    def _pinned(self) -> VerifierKey | None:
        with suppress(FileNotFoundError):
            return VerifierKey.read((self.folder / KEY).read_text().removesuffix("\n"))
        return None

    def _held(self) -> Checkpoint | None:
        with suppress(FileNotFoundError):
            return Checkpoint.read(Note.read((self.folder / CHECKPOINT).read_bytes()).text)
        return None

    def _key_named(self, checkpoint: Checkpoint) -> VerifierKey:
        """Return the key that the log was opened with, as its own statement names it.

        It is among the first: others may have waited for their place before it.
        """
        for number in range((checkpoint.size + WIDTH - 1) // WIDTH):
            for entry in self._entries(number, width_at(0, number, checkpoint.size)):
                with suppress(Malformed, KeyError):
                    statement = Statement.read(entry)
                    if statement.kind == "log.opened":
                        return VerifierKey.read(str(statement.about["key"]))
        raise KeyUnknown

    def _following(self, note: Note, known: VerifierKey, held: int, size: int) -> VerifierKey:
        """Return the key to believe next: the new one, once both have signed its change."""
        for number in range(held // WIDTH, (size + WIDTH - 1) // WIDTH):
            file = self.folder / tile_path(None, number, width_at(0, number, size))
            for entry in unbundle(file.read_bytes()):
                with suppress(RecordRefusal, KeyError):
                    statement = Statement.read(entry)
                    if statement.kind != "key.changed" or statement.about["before"] != str(known):
                        continue
                    after = VerifierKey.read(str(statement.about["after"]))
                    open_checkpoint(note, after)
                    known = after
        return known

    def _see(self, checkpoint: Checkpoint, note: Note) -> None:
        self._put(f"{SEEN}/{checkpoint.size}-{checkpoint.root.hex()[:16]}", str(note).encode())

    def _compare(self, held: Checkpoint, new: Checkpoint) -> None:
        """See that the new head prolongs the one that the folder holds, from tiles read anew."""
        if new.size < held.size:
            raise Shrunken
        proof = consistency_proof(held.size, new.size, node_of(new.size, self._tile))
        verify_consistency(held.size, new.size, held.root, new.root, proof)

    def _tiles(self, checkpoint: Checkpoint) -> Tiles:
        """Return every tile of the tree, known to lead to the signed root.

        Full ones are taken from the folder if that does: a damaged folder is read anew.
        """
        with suppress(Tampered):
            return self._grown(checkpoint, kept=True)
        return self._grown(checkpoint, kept=False)

    def _grown(self, checkpoint: Checkpoint, *, kept: bool) -> Tiles:
        growth = Growth(0, self._tile)
        shown: Tiles = {}
        for level, number, width in widths(checkpoint.size):
            shown[level, number] = self._kept(level, number, width) if kept else b""
            if not shown[level, number]:
                shown[level, number] = self._tile(level, number, width)
            if level == 0:
                growth.append(_cut(shown[0, number]))
        tiles = growth.finish()
        for (level, number), hashes in tiles.items():
            if shown.get((level, number)) != hashes:
                raise Tampered(tile_path(level, number, len(hashes) // HASH))
        size = checkpoint.size
        node = node_of(size, lambda level, number, width: tiles[level, number][: width * HASH])
        if root(size, node) != checkpoint.root:
            raise Tampered(CHECKPOINT)
        return tiles

    def _kept(self, level: int, number: int, width: int) -> bytes:
        with suppress(FileNotFoundError):
            return (self.folder / tile_path(level, number, width)).read_bytes()
        return b""

    def _write_tiles(self, size: int, tiles: Tiles) -> None:
        for level, number, width in widths(size):
            if self._kept(level, number, width) != tiles[level, number]:
                self._put(tile_path(level, number, width), tiles[level, number])

    def _copy_entries(self, size: int, tiles: Tiles) -> None:
        """Copy the entries, each known by its hash; those in the folder are looked at again."""
        for level, number, width in widths(size):
            if level:
                return
            path = tile_path(None, number, width)
            leaves = _cut(tiles[0, number])
            with suppress(FileNotFoundError, Malformed):
                entries = unbundle((self.folder / path).read_bytes())
                if list(map(leaf_hash, entries)) == leaves:
                    continue
            entries = self._entries(number, width)
            if list(map(leaf_hash, entries)) != leaves:
                raise Tampered(path)
            self._put(path, bundle(entries))

    def _tile(self, level: int, number: int, width: int) -> bytes:
        hashes = self._widest(level, number, width, WIDTH * HASH)[: width * HASH]
        if len(hashes) != width * HASH:
            raise Tampered(tile_path(level, number, width))
        return hashes

    def _entries(self, number: int, width: int) -> list[bytes]:
        entries = unbundle(self._widest(None, number, width, LARGEST_BUNDLE))[:width]
        if len(entries) != width:
            raise Tampered(tile_path(None, number, width))
        return entries

    def _widest(self, level: int | None, number: int, width: int, most: int) -> bytes:
        """Fetch a partial tile, or the full one that has taken its place meanwhile."""
        try:
            return self._fetch(tile_path(level, number, width), most)
        except NotServed:
            if width == WIDTH:
                raise
            with suppress(NotServed):
                return self._fetch(tile_path(level, number), most)
            raise

    def _fetch(self, path: str, most: int) -> bytes:
        try:
            answer = self.line.get(path, most)
        except Silent as silent:
            raise NotServed(path, str(silent)) from silent
        if answer.status != HTTPStatus.OK:
            raise NotServed(path, f"HTTP {answer.status}")
        return answer.body

    def _put(self, path: str, content: bytes) -> None:
        """Write a file that appears whole or not at all."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f".{file.name}.part")
        partial.write_bytes(content)
        partial.replace(file)

    def _tidy(self, size: int) -> None:
        """Remove the partial tiles whose full tile is there."""
        for level, number, width in widths(size):
            if width == WIDTH:
                for each in (level, None) if level == 0 else (level,):
                    file = self.folder / tile_path(each, number)
                    shutil.rmtree(file.with_name(f"{file.name}.p"), ignore_errors=True)


def _cut(hashes: bytes) -> list[Hash]:
    return [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
