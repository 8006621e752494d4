"""A million statements in the record's tree, proofs, receipts; and a peer's tree beside it.

Run by ``make bench``. CPU seconds, and the memory that building took; nothing is asserted: a
machine under load would lie. pymerkle builds the same tree in an environment of its own.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from pymerkle_beside import SEED, VERSION, memory
from rich.console import Console
from rich.table import Table

from freeco.record.policy import Policy
from freeco.record.receipt import Receipt
from freeco.record.tiles import HASH, Growth, node_of
from freeco.record.tree import inclusion_proof, leaf_hash, root, verify_inclusion
from freeco.testing.trees import log_of_statements, receipt_number, witness_keys

LEAVES, PROOFS, RECEIPTS = 1_000_000, 1000, 200
VERIFY_RECEIPT = Path(__file__).resolve().parents[1] / "docs" / "verify_receipt.py"
out = Console()


def spent(work: Callable[[], object], times: int = 1) -> float:
    """Return the CPU seconds of some work, each time."""
    begun = time.process_time()
    for _turn in range(times):
        work()
    return (time.process_time() - begun) / times


def build(table: Table) -> str:
    """Build the tree, prove random leaves of it; return its root."""
    before = memory()
    growth = Growth(0, lambda *_tile: b"")
    seconds = spent(
        lambda: growth.append(leaf_hash(b"statement %d" % number) for number in range(LEAVES))
    )
    tiles: dict[tuple[int, int], bytes] = {}
    seconds += spent(lambda: tiles.update(growth.finish()))
    more = memory() - before

    def read(level: int, number: int, width: int) -> bytes:
        return tiles[level, number][: width * HASH]

    head = root(LEAVES, node_of(LEAVES, read))
    chance = random.Random(SEED)  # noqa: S311 - which leaves are proved
    begun = time.process_time()
    proofs = []
    for _turn in range(PROOFS):
        index = chance.randrange(LEAVES)
        # As one request does it: no tile has been read before.
        proofs.append((index, inclusion_proof(index, LEAVES, node_of(LEAVES, read))))
    proving = (time.process_time() - begun) / PROOFS
    warm = node_of(LEAVES, read)
    begun = time.process_time()
    for _turn in range(PROOFS):
        inclusion_proof(chance.randrange(LEAVES), LEAVES, warm)
    again = (time.process_time() - begun) / PROOFS
    begun = time.process_time()
    for index, proof in proofs:
        verify_inclusion(leaf_hash(b"statement %d" % index), index, LEAVES, proof, head)
    checking = (time.process_time() - begun) / PROOFS
    show(table, "Freeco", f"arbre de {LEAVES} feuilles, en tuiles", seconds * 1000, more)
    show(table, "Freeco", "une preuve d’inclusion (RFC 6962)", proving * 1000)
    show(table, "Freeco", "une preuve, tuiles lues au fur et à mesure", again * 1000)
    show(table, "Freeco", "une preuve vérifiée", checking * 1000)
    return head.hex()


def receipts(table: Table) -> None:
    """Verify receipts with our program and with the one in the documentation."""
    witnesses = witness_keys(2)
    log = log_of_statements(10_000)
    file = str(receipt_number(log, 1234, *witnesses))
    policy = Policy.of(log.key.verifier)
    keys = [str(log.key.verifier), *(str(each.verifier) for each in witnesses)]

    def ours() -> None:
        receipt = Receipt.read(file)
        receipt.check()
        policy.check(receipt.checkpoint)

    show(table, "Freeco", "un reçu vérifié, le registre", spent(ours, RECEIPTS) * 1000)
    documented = ModuleType("verify_receipt")
    exec(compile(VERIFY_RECEIPT.read_text(), VERIFY_RECEIPT, "exec"), documented.__dict__)  # noqa: S102 - it is ours
    for many, who in ((1, "le registre"), (3, "et deux témoins")):
        each = spent(lambda many=many: documented.check(file, keys[0], keys[1:many]), 20)  # type: ignore[misc]
        show(table, "docs/verify_receipt.py", f"un reçu vérifié, {who}", each * 1000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "receipt.tlog-proof"
        path.write_text(file)
        begun = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        for _turn in range(5):
            command = [sys.executable, "-I", "-S", str(VERIFY_RECEIPT), str(path), keys[0]]
            subprocess.run(command, check=True, capture_output=True)
        each = (sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - begun) / 5
    show(table, "docs/verify_receipt.py", "le registre, processus compris", each * 1000)


def peer(table: Table) -> dict[str, Any]:
    """Measure pymerkle, where it installs."""
    script = Path(__file__).with_name("pymerkle_beside.py")
    with out.status("pymerkle, le pair, s’installe et se mesure…"):
        command = [sys.executable, str(script), str(LEAVES), str(PROOFS)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    if told["installed"]:
        name = f"pymerkle {VERSION}"
        show(table, name, f"arbre de {LEAVES} feuilles", told["build"] * 1000, told["memory"])
        show(table, name, "une preuve d’inclusion (à sa façon)", told["proof"])
    return told


def show(table: Table, who: str, what: str, milliseconds: float, megabytes: float = 0) -> None:
    """Add a line."""
    taken = f"{megabytes:.0f}" if megabytes else ""
    table.add_row(who, what, f"{milliseconds:.2f}", taken)


def main() -> None:
    """Measure ours, then the peer, and print them in one table."""
    table = Table("Programme", "Travail", "CPU (ms)", "Mémoire (Mo)")
    head = build(table)
    receipts(table)
    told = peer(table)
    out.print(table)
    if told["installed"]:
        same = "la même racine" if told["root"] == head else "une autre racine"
        out.print(f"Des mêmes feuilles, pymerkle tire {same} que nous.")
    else:
        out.print(f"pymerkle n’a pas pu être mesuré ici\u00a0: {told['why']}")


if __name__ == "__main__":
    main()
