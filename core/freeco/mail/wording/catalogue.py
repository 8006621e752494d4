"""Every letter of this site: core's own and those of the installed modules."""

from pathlib import Path

from freeco.errors import Absent
from freeco.kernel import kernel
from freeco.mail.wording.own import CORE
from freeco.mail.wording.spots import stem
from freeco.module import LetterKind

OWN = "core"


def every() -> tuple[LetterKind, ...]:
    """Return all letters, core's own last."""
    modules = kernel().plugins.modules.values()
    return (*(kind for module in modules for kind in module.letters), *CORE)


def rooms(opened: frozenset[str]) -> list[tuple[str, tuple[LetterKind, ...]]]:
    """Return the letters by who writes them: the open modules in order, then core."""
    modules = kernel().plugins.titled(opened)
    return [(each.name, each.letters) for each in modules if each.letters] + [(OWN, CORE)]


def room_of(kind: LetterKind) -> str:
    """Return which module writes a letter, or core."""
    return kind.name.partition(".")[0]


def find(name: str) -> LetterKind:
    """Return a letter by its name. Raises Absent."""
    for kind in every():
        if kind.name == name:
            return kind
    raise Absent


def kind_of(template: str, folder: Path) -> LetterKind | None:
    """Return the letter that a file is; none for one that was never introduced."""
    for kind in every():
        if stem(kind) == template and kind.folder == folder:
            return kind
    return None
