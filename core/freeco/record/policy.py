"""Whom to believe: which logs, which witnesses, and how many of them under a checkpoint.

c2sp.org/tlog-policy. Names, addresses and comments are opaque: only spaces, tabs and newlines
separate, whatever Unicode knows besides.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import chain

from freeco.i18n import _
from freeco.module import Text
from freeco.record.checkpoint import Checkpoint, check_cosignature
from freeco.record.errors import (
    Malformed,
    NotSigned,
    OtherOrigin,
    RecordRefusal,
    TooFewWitnesses,
)
from freeco.record.note import COSIGNATURE, ED25519, Kind, Note, VerifierKey

NONE = "none"
"""The quorum that asks for no witness."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
BLANKS = re.compile(r"[ \t]+")
NUMBER = re.compile(r"[1-9][0-9]{0,5}")
LONGEST = 1_000_000


@dataclass(frozen=True)
class TrustedLog:
    """A log that is believed."""

    key: VerifierKey
    """Its name is the log's origin."""
    url: str = ""


@dataclass(frozen=True)
class Witness:
    """Somebody who co-signs checkpoints."""

    name: str
    """As this policy calls it; the key has a name of its own."""
    key: VerifierKey
    url: str = ""
    """Where it is asked (the submission prefix of c2sp.org/tlog-witness)."""


@dataclass(frozen=True)
class Group:
    """Witnesses and groups, so many of which stand for all."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Whom to believe; ``quorum`` names a witness, a group, or ``none``."""

    logs: tuple[TrustedLog, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE

    @property
    def log_keys(self) -> tuple[VerifierKey, ...]:
        """The keys of the logs."""
        return tuple(each.key for each in self.logs)

    @classmethod
    def of(cls, *keys: VerifierKey) -> "Policy":
        """Believe these logs without any witness."""
        return cls(logs=tuple(map(TrustedLog, keys)))

    def for_log(self, *keys: VerifierKey) -> "Policy":
        """Return the same rule about witnesses, for these logs alone."""
        return replace(self, logs=tuple(map(TrustedLog, keys)))

    @classmethod
    def read(cls, text: str | bytes) -> "Policy":
        """Read a policy file. Raises Malformed, which names the line."""
        # Bytes that are no UTF-8 are allowed, and compared as they are.
        whole = text.decode(errors="surrogateescape") if isinstance(text, bytes) else text
        if len(whole) > LONGEST:
            raise Malformed("policy")
        reading = _Reading()
        # The newline after the last line may be missing: editors differ.
        lines = whole.removesuffix("\n").split("\n")
        for number, line in enumerate(lines, start=1):
            reading.line = number
            reading.read(line)
        return reading.finish()

    def check(self, note: Note) -> Checkpoint:
        """Check that one of the logs has signed this checkpoint, and enough witnesses with it.

        A signature that bears a known key's name and id and is not its own refuses the whole.
        Raises Malformed, OtherOrigin, NotSigned, BadSignature, TooFewWitnesses.
        """
        checkpoint = Checkpoint.read(note.text)
        keys = [key for key in self.log_keys if key.name == checkpoint.origin]
        if self.logs and not keys:
            raise OtherOrigin
        signing = [key for key in keys if note.of(key) is not None]
        if not signing:
            raise NotSigned
        for key in signing:
            note.check(key)
        for witness in self.witnesses:
            if note.of(witness.key) is not None:
                check_cosignature(note, witness.key)
        self.check_quorum(note)
        return checkpoint

    def check_quorum(self, note: Note) -> None:
        """Check the witnesses alone. Raises TooFewWitnesses, which says how many there are."""
        if not self.quorum_met(note):
            asked = self._witnesses_under(self.quorum)
            found = len(asked.intersection(self.witnessed_by(note)))
            raise TooFewWitnesses(found, len(asked), self._fewest(self.quorum), self.quorum)

    def quorum_met(self, note: Note) -> bool:
        """Whether enough witnesses have co-signed; false ones do not count."""
        return self._stands(self.quorum, set(self.witnessed_by(note)))

    def witnessed_by(self, note: Note) -> tuple[str, ...]:
        """Return the names, in this policy, of the witnesses whose co-signature is right.

        A log that co-signs itself with the same key is nobody's witness.
        """
        own = {each.key.public for each in self.logs}
        return tuple(
            each.name
            for each in self.witnesses
            if each.key.public not in own and _cosigned(note, each.key)
        )

    def _group(self, name: str) -> Group | None:
        return next((each for each in self.groups if each.name == name), None)

    def _stands(self, name: str, seen: set[str]) -> bool:
        group = self._group(name)
        if group is None:
            return name == NONE or name in seen
        return sum(self._stands(each, seen) for each in group.members) >= group.threshold

    def _witnesses_under(self, name: str) -> set[str]:
        group = self._group(name)
        if group is None:
            return {name} - {NONE}
        return set(chain.from_iterable(map(self._witnesses_under, group.members)))

    def _fewest(self, name: str) -> int:
        group = self._group(name)
        if group is None:
            return int(name != NONE)
        return sum(sorted(map(self._fewest, group.members))[: group.threshold])


def _cosigned(note: Note, key: VerifierKey) -> bool:
    try:
        check_cosignature(note, key)
    except RecordRefusal:
        return False
    return True


@dataclass
class _Reading:
    """A policy file as it is read, line by line."""

    line: int = 0
    logs: list[TrustedLog] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    """Names that belong to a group already: a witness counts in one way only."""
    quorum: str | None = None

    def read(self, line: str) -> None:
        if CONTROL.search(line):
            raise self._wrong(_("un caractère de contrôle, ou une fin de ligne de Windows"))
        words = BLANKS.split(line.strip(" \t"))
        if words == [""] or words[0].startswith("#"):
            return
        match words:
            case ["log", key, *url] if len(url) <= 1:
                self._log(key, *url)
            case ["witness", name, key, *url] if len(url) <= 1:
                self._witness(name, key, *url)
            case ["group", name, threshold, *members]:
                self._gather(name, threshold, members)
            case ["quorum", name]:
                self._settle(name)
            case _:
                raise self._wrong(_("cette ligne n’est ni log, ni witness, ni group, ni quorum"))

    def finish(self) -> Policy:
        if self.quorum is None:
            raise self._wrong(_("la ligne quorum manque"))
        return Policy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorum)

    def _log(self, encoded: str, url: str = "") -> None:
        key = self._key(encoded, ED25519, (each.key for each in self.logs))
        self.logs.append(TrustedLog(key, url))

    def _witness(self, name: str, encoded: str, url: str = "") -> None:
        self._name(name)
        key = self._key(encoded, COSIGNATURE, (each.key for each in self.witnesses))
        self.witnesses.append(Witness(name, key, url))

    def _gather(self, name: str, asked: str, members: list[str]) -> None:
        self._name(name)
        for each in members:
            if each not in self._names():
                raise self._wrong(_("un nom qui n’a pas été donné plus haut"))
            if each in self.taken:
                raise self._wrong(_("un nom qui est déjà dans un groupe"))
            self.taken.add(each)
        threshold = {"any": 1, "all": len(members)}.get(asked)
        if threshold is None:
            threshold = int(asked) if NUMBER.fullmatch(asked) else 0
        if not 1 <= threshold <= len(members):
            raise self._wrong(_("le nombre demandé n’est pas entre 1 et la taille du groupe"))
        self.groups.append(Group(name, threshold, tuple(members)))

    def _settle(self, name: str) -> None:
        if self.quorum is not None:
            raise self._wrong(_("une seconde ligne quorum"))
        if name != NONE and name not in self._names():
            raise self._wrong(_("un nom qui n’a pas été donné plus haut"))
        self.quorum = name

    def _names(self) -> set[str]:
        return {each.name for each in self.witnesses} | {each.name for each in self.groups}

    def _name(self, name: str) -> None:
        if name == NONE or name in self._names():
            raise self._wrong(_("ce nom est déjà pris"))

    def _key(self, encoded: str, kind: Kind, known: Iterable[VerifierKey]) -> VerifierKey:
        try:
            key = VerifierKey.read(encoded)
        except Malformed as error:
            raise self._wrong(_("cette clé publique n’est pas une vkey Ed25519")) from error
        if key.kind != kind:
            raise self._wrong(_("cette clé publique est d’une autre sorte"))
        if key.public in {each.public for each in known}:
            raise self._wrong(_("cette clé publique est donnée deux fois"))
        return key

    def _wrong(self, why: Text) -> Malformed:
        return Malformed(_("ligne %(line)s, %(why)s", line=self.line, why=why))
