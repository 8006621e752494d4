"""What a program beside ours needs: an environment of its own, the races, and one JSON answer.

Only the standard library: it is run by our Python, then by the other program's.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

from juntagrico_beside import Bounded
from race import Shop, race

ENVIRONMENTS = Path(__file__).resolve().parents[1] / ".venv"
INSIDE = "--inside"
ATTEMPTS = int(os.environ.get("FREECO_STORM", "2000"))
UNITS = ATTEMPTS // 20
CLIENTS = 20
"""Fewer than over HTTP: each holds a connection of its own to the database."""
ALONE = 20
"""Orders that nobody disturbs: what one costs."""
RUSHES = 5
BUYERS, PIECES = 20, 5


@dataclass(frozen=True)
class Peer:
    """A program from PyPI, and how long it may take in all, from its installation on."""

    name: str
    wanted: dict[str, str]
    seconds: float

    @property
    def python(self) -> str:
        """The Python of its environment."""
        return str(ENVIRONMENTS / self.name / "bin" / "python")


def races(set_up: Callable[[int], Shop], queries: Callable[[], int]) -> dict[str, Any]:
    """Let a program sell alone, then to a few at once, then in the storm; return its figures.

    ``set_up`` opens a new shop with so many pieces; ``queries`` says how many there were so far.
    """
    shop = set_up(ALONE + 1)
    shop.buy(ALONE)  # what is only done the first time is not counted
    before = queries()
    alone = race(shop, attempts=ALONE, units=ALONE + 1, clients=1)
    asked = queries() - before
    rushes = [
        race(set_up(PIECES), attempts=BUYERS, units=PIECES, clients=BUYERS)
        for _again in range(RUSHES)
    ]
    storm = race(set_up(UNITS), attempts=ATTEMPTS, units=UNITS, clients=CLIENTS)
    return {
        "installed": True,
        "each_milliseconds": round(1000 * alone["cpu"] / ALONE, 1),
        "each_queries": round(asked / ALONE, 1),
        "rushes": [each["sold"] for each in rushes],
        "rushes_errors": [each["errors"] for each in rushes],
        **storm,
    }


def count_django() -> Callable[[], int]:
    """Count what Django asks of the database from here on; return how to read the count."""
    from django.db.backends.utils import CursorWrapper

    number = count(1)
    asked = [0]
    execute = CursorWrapper.execute

    def counted(self: Any, sql: Any, params: Any = None) -> Any:
        asked[0] = next(number)
        return execute(self, sql, params)

    CursorWrapper.execute = counted
    return lambda: asked[0]


def _missing(bounded: Bounded, peer: Peer) -> bool:
    asked = "import sys; from importlib.metadata import version; " + "; ".join(
        f"sys.exit(1) if version({name!r}) != {wanted!r} else 0"
        for name, wanted in peer.wanted.items()
    )
    return not Path(peer.python).exists() or bool(bounded.run([peer.python, "-c", asked])[0])


def _install(bounded: Bounded, peer: Peer) -> str:
    """Make the program's environment, or find it made; return why there is none."""
    wanted = [f"{name}=={number}" for name, number in peer.wanted.items()]
    pip = [peer.python, "-m", "pip", "install", "--quiet", "--no-input", *wanted]
    try:
        if not _missing(bounded, peer):
            return ""
        bounded.run([sys.executable, "-m", "venv", str(ENVIRONMENTS / peer.name)])
        status, _said, complained = bounded.run(pip, seconds=peer.seconds)
    except TimeoutError:
        return "l’installation n’a pas fini dans le temps imparti."
    return (complained.strip().rpartition("\n")[2] or "pip a échoué.") if status else ""


def tell(peer: Peer, script: str, inside: Callable[[str], dict[str, Any]]) -> int:
    """Print the figures of a program, or say why there are none; return the exit status."""
    if sys.argv[1] == INSIDE:
        found = inside(sys.argv[2]) | {"version": version(next(iter(peer.wanted)))}
        print(json.dumps(found))
        return 0
    bounded = Bounded(peer.seconds)
    why = _install(bounded, peer)
    if why:
        print(json.dumps({"installed": False, "why": why}, ensure_ascii=False))
        return 0
    try:
        status, said, complained = bounded.run(
            [peer.python, str(Path(script).resolve()), INSIDE, sys.argv[1]], seconds=peer.seconds
        )
    except TimeoutError:
        status, said, complained = 1, "", "pas fini dans le temps imparti."
    sys.stderr.write(complained if status else "")
    nothing = json.dumps({"installed": True, "why": complained[-300:]}, ensure_ascii=False)
    print(nothing if status else said.splitlines()[-1])
    return status
