"""pymerkle, a Merkle tree from PyPI, building the same tree: the figures beside ours.

Stands alone: ``python benchmarks/pymerkle_beside.py LEAVES PROOFS`` installs pymerkle in an
environment of its own (``.venv/pymerkle``, kept for the next time) and builds a tree in its memory,
as we do. One JSON object comes out on stdout; where it does not install, it says why. pymerkle is
under the GPL and its proofs are not in RFC 6962's form: a yardstick, nothing here depends on it.
"""

import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

VERSION = "7.0.0"
ENVIRONMENT = Path(__file__).resolve().parents[1] / ".venv" / "pymerkle"
SECONDS = 280
SEED = 2026
INSIDE = "--inside"


def memory() -> float:
    """Return the most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def inside(leaves: int, proofs: int) -> dict[str, Any]:
    """Build and prove; return the figures."""
    from pymerkle import InmemoryTree

    before, begun = memory(), time.process_time()
    tree = InmemoryTree(algorithm="sha256")
    for number in range(leaves):
        tree.append_entry(b"statement %d" % number)
    root = tree.get_state()
    built = time.process_time() - begun
    chance = random.Random(SEED)  # noqa: S311 - which leaves are proved
    begun = time.process_time()
    for _turn in range(proofs):
        # It counts from one.
        tree.prove_inclusion(chance.randrange(leaves) + 1, leaves)
    return {
        "installed": True,
        "build": built,
        "memory": memory() - before,
        "proof": (time.process_time() - begun) / proofs * 1000,
        "root": root.hex(),
    }


def python() -> str:
    """Make pymerkle's environment, or find it made; return its Python."""
    found = str(ENVIRONMENT / "bin" / "python")
    asked = [found, "-c", f"import pymerkle; assert pymerkle.__version__ == {VERSION!r}"]
    if not Path(found).exists() or subprocess.run(asked, capture_output=True).returncode:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        pip = [found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        wanted = [*pip, f"pymerkle=={VERSION}"]
        subprocess.run(wanted, check=True, capture_output=True, timeout=SECONDS)
    return found


def main() -> None:
    """Print the figures, or why there are none."""
    if sys.argv[1] == INSIDE:
        told = inside(*map(int, sys.argv[2:]))
    else:
        try:
            command = [python(), __file__, INSIDE, *sys.argv[1:]]
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, timeout=SECONDS
            )
            told = json.loads(done.stdout)
        except (OSError, subprocess.SubprocessError) as error:
            told = {"installed": False, "why": str(error)[-300:]}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
