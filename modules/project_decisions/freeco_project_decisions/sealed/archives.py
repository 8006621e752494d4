"""The file anybody may take away and check: an election from its questions to its result.

Specification, section 4.4: an old-style tar archive that only ever grows, whose files are named
by the SHA-256 of what they hold, and whose events are chained. All files bear the hour at which
the election began, so that nothing says when each ballot came. As it may still grow, it does
not end with the two empty blocks of a tar archive; programs that read tar accept that.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from freeco.i18n import _
from freeco_project_decisions.sealed.errors import Malformed, Unsound
from freeco_project_decisions.sealed.writing import compact, digest, fields, read

_BLOCK = 512
_FIRST = "BELENIOS"
_DATA, _EVENT = ".data.json", ".event.json"
_FORMAT_VERSION = 1
_NAME = re.compile(r"[0-9a-f]{64}\.(data|event)\.json")


class Step(StrEnum):
    """What happens in an election, in this order."""

    SETUP = "Setup"
    BALLOT = "Ballot"
    END = "EndBallots"
    TALLY = "EncryptedTally"
    OPENING = "PartialDecryption"
    RESULT = "Result"


@dataclass(frozen=True)
class Event:
    """One step of an election, chained to the one before."""

    step: Step
    height: int
    parent: str | None
    payload: str | None
    """The digest of the file that says more."""

    @property
    def text(self) -> str:
        """How it is published."""
        return compact(
            {
                **({"parent": self.parent} if self.parent else {}),
                "height": self.height,
                "type": self.step.value,
                **({"payload": self.payload} if self.payload else {}),
            }
        )


@dataclass
class Archive:
    """An election's file as it is written, one piece after the other."""

    began: int
    """When the election began, in seconds since 1970, UTC."""
    content: bytearray = field(init=False, default_factory=bytearray)
    _last: Event | None = field(init=False, default=None)
    _held: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        """Begin with the file that says what this is."""
        head = compact({"version": _FORMAT_VERSION, "timestamp": str(self.began)})
        self.append(_FIRST, head)

    @classmethod
    def going_on(cls, began: int, last: str) -> "Archive":
        """Go on after an event, given as it is published: what is added stands in ``content``."""
        archive = cls(began)
        archive.content.clear()
        content = read(last)
        archive._last = Event(
            Step(content["type"]), content["height"], content.get("parent"), content.get("payload")
        )
        return archive

    @property
    def last(self) -> str:
        """The last event, as it is published."""
        return self._last.text if self._last is not None else ""

    def hold(self, text: str) -> str:
        """Add a file unless it is there already; return its digest."""
        name = digest(text)
        if name not in self._held:
            self._held.add(name)
            self.append(name + _DATA, text)
        return name

    def happen(self, step: Step, payload: str | None = None) -> Event:
        """Add an event, chained to the last; ``payload`` is the text of its file."""
        event = Event(
            step,
            self._last.height + 1 if self._last else 0,
            digest(self._last.text) if self._last else None,
            self.hold(payload) if payload is not None else None,
        )
        self.append(digest(event.text) + _EVENT, event.text)
        self._last = event
        return event

    def append(self, name: str, text: str) -> None:
        """Add a file as it is named; ``hold`` and ``happen`` name it rightly."""
        body = text.encode()
        self.content += _header(name, len(body), self.began)
        self.content += body + bytes(-len(body) % _BLOCK)


def _header(name: str, size: int, began: int) -> bytes:
    """Write the header of a file as the specification's tool does, to the byte."""
    header = bytearray(_BLOCK)
    header[: len(name)] = name.encode()
    for start, value in (
        (100, "0000644\0"),
        (108, "0000000\0"),
        (116, "0000000\0"),
        (124, f"{size:011o}\0"),
        (136, f"{began:011o}\0"),
        (148, " " * 8),
        (156, "0"),
    ):
        header[start : start + len(value)] = value.encode()
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    return bytes(header)


@dataclass(frozen=True)
class Published:
    """An archive that was read: its events in order, and the files by their digests."""

    events: tuple[Event, ...]
    files: dict[str, str]


def read_archive(content: bytes) -> Published:
    """Read an archive.

    Raises ``Unsound`` when a byte is not what writing it again would give, when a file is not
    named by what it holds, is there twice, comes after the event that names it, and when the
    chain of events is broken.
    """
    pieces = _pieces(content)
    began = _began(next(pieces, None))
    files: dict[str, str] = {}
    events: list[Event] = []
    again = Archive(began)
    for name, text in pieces:
        if not _NAME.fullmatch(name) or name[:64] != digest(text):
            raise Malformed(
                _("le fichier %(name)s ne porte pas le nom de ce qu’il contient", name=name[:80])
            )
        again.append(name, text)
        if name.endswith(_DATA):
            if name[:64] in files:
                raise Malformed(_("un fichier est là deux fois"))
            files[name[:64]] = text
        else:
            events.append(_event(text, events[-1] if events else None))
            payload = events[-1].payload
            if payload is not None and payload not in files:
                raise Malformed(_("une étape nomme un fichier absent"))
    if bytes(again.content) != content:
        raise Malformed(_("l’archive n’est pas écrite comme la spécification le dit"))
    return Published(tuple(events), files)


def _pieces(content: bytes) -> Iterator[tuple[str, str]]:
    start = 0
    while start < len(content):
        header = content[start : start + _BLOCK]
        try:
            name = header[:100].rstrip(b"\0").decode("ascii")
            size = int(header[124:135].decode("ascii"), 8)
            body = content[start + _BLOCK : start + _BLOCK + size]
            text = body.decode()
        except ValueError as broken:
            raise Malformed(_("l’archive est abîmée")) from broken
        if len(header) < _BLOCK or len(body) < size:
            raise Malformed(_("l’archive est coupée"))
        yield name, text
        start += _BLOCK + size + -size % _BLOCK


def _began(piece: tuple[str, str] | None) -> int:
    if piece is None or piece[0] != _FIRST:
        raise Malformed(_("l’archive ne commence pas comme une élection"))
    version, timestamp = fields(read(piece[1]), "version", "timestamp")
    if type(version) is not int or version != _FORMAT_VERSION:
        raise Malformed(_("version %(version)s de l’archive, inconnue", version=version))
    if not isinstance(timestamp, str) or not re.fullmatch("[1-9][0-9]{0,10}", timestamp):
        raise Malformed(_("l’heure de l’archive n’est pas un nombre"))
    return int(timestamp)


def _event(text: str, before: Event | None) -> Event:
    content = read(text)
    names = [*(["parent"] if before else []), "height", "type"]
    if isinstance(content, dict) and "payload" in content:
        names.append("payload")
    values = dict(zip(names, fields(content, *names), strict=True))
    try:
        step = Step(values["type"])
    except ValueError as unknown:
        raise Malformed(_("une étape inconnue : %(kind)s", kind=values["type"])) from unknown
    event = Event(step, values["height"], values.get("parent"), values.get("payload"))
    if not isinstance(event.payload, str | None) or event.text != text:
        raise Malformed(_("une étape n’est pas écrite comme la spécification le dit"))
    expected = Event(
        step,
        before.height + 1 if before else 0,
        digest(before.text) if before else None,
        event.payload,
    )
    if event != expected or type(event.height) is not int:
        raise Unsound(_("la chaîne des étapes est rompue"))
    return event
