"""Votes counted by us and, in the same run, by the libraries; secret ballots sealed and verified.

Run by ``make bench``. CPU seconds, from ballots in memory to the result; nothing is asserted: a
machine under load would lie. ``FREECO_BALLOTS=1000`` verifies as many secret ballots as that,
``FREECO_BESIDE=`` leaves the libraries out (they take 800 MB and some minutes), and
``FREECO_PABULIB=file.pb`` counts a budget of pabulib.org again and compares it with what was
funded: Wieliczka's of 2023 was the first one held by equal shares.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from tallying_beside import GRADES, OPTIONS, SEATS, Ballots, costs_of, read

import freeco_project_decisions
from freeco_project_decisions.counting.equal_shares import _Voters, equal_shares
from freeco_project_decisions.counting.lots import announced_lot
from freeco_project_decisions.counting.majority_judgment import majority_judgment
from freeco_project_decisions.counting.profiles import gather, weigh
from freeco_project_decisions.counting.schulze import schulze
from freeco_project_decisions.counting.scottish_stv import scottish_stv
from freeco_project_decisions.sealed.verifying import require_result, verify
from freeco_project_decisions.testing import ACCOUNTS, SHED, hold, publish_pieces

HERE = Path(__file__).resolve().parent
SEED, PROJECTS, RANDOM = 2026, 30, 1000
MANY = (100_000, 1_000_000)
SECRET = int(os.environ.get("FREECO_BALLOTS", "200"))
SEALED_IN_NODE = 20
BELENIOS_FEW = 100_000
"""Belenios’s majority judgment takes time by the square of ballots: it is not asked for more."""
BARS = {
    "schulze-8-100000": 0.1,
    "schulze-8-1000000": 0.6,
    "judgment-8-100000": 0.1,
    "judgment-8-1000000": 0.5,
    "seats-8-100000": 1.0,
    "seats-8-1000000": 2.0,
    "shares-30-100000": 10.0,
}
WORDS = {"schulze": "Schulze", "judgment": "jugement majoritaire", "seats": "STV, 3 sièges"}
WORDS["shares"] = "parts égales, une part"
out = Console(width=120)


def draw(folder: Path) -> None:
    """Write ballots: people who like the same things, more or less."""
    chance = np.random.default_rng(SEED)
    for many in MANY:
        liked = np.linspace(0, 1, OPTIONS) + chance.normal(0, 0.6, (many, OPTIONS))
        ranks = (np.argsort(np.argsort(-liked, axis=1), axis=1) + 1).astype(np.uint8)
        grades = np.clip((liked + 1) * 2.2, 0, GRADES - 1).astype(np.uint8)
        for method, marks in (("schulze", ranks), ("judgment", grades), ("seats", ranks)):
            (folder / f"{method}-{OPTIONS}-{many}.ballots").write_bytes(marks.tobytes())
    wants = (chance.random((MANY[0], PROJECTS)) < np.linspace(0.1, 0.5, PROJECTS)).astype(np.uint8)
    (folder / f"shares-{PROJECTS}-{MANY[0]}.ballots").write_bytes(wants.tobytes())


def draw_random(folder: Path) -> None:
    """Write a thousand small votes of each of two methods, with whom we elect, for pref_voting."""
    chance = Random(SEED)  # noqa: S311 - votes to count, not a secret
    seats: list[dict[str, Any]] = []
    judgment: list[dict[str, Any]] = []
    while len(seats) < RANDOM:
        options = chance.randint(2, 6)
        places = chance.randint(1, options)
        ballots = []
        for _ballot in range(chance.randint(1, 60)):
            order = chance.sample(range(options), chance.randint(1, options))
            ballots.append(bytes(order.index(o) + 1 if o in order else 0 for o in range(options)))
        outcome = scottish_stv(gather(ballots, options), places, announced_lot(options))
        if not outcome.derivation["ties"]:  # pref_voting would draw its own lot
            vote = {"options": options, "seats": places, "ballots": [list(b) for b in ballots]}
            seats.append({**vote, "chosen": list(outcome.chosen)})
    while len(judgment) < RANDOM:
        options, scale = chance.randint(2, 6), chance.randint(2, 7)
        ballots = [
            bytes(chance.randrange(scale) for _option in range(options))
            for _ballot in range(chance.randint(1, 40))
        ]
        outcome = majority_judgment(gather(ballots, options), scale)
        vote = {"options": options, "scale": scale, "ballots": [list(b) for b in ballots]}
        judgment.append({**vote, "chosen": list(outcome.ranking[0])})
    (folder / "random.json").write_text(json.dumps({"seats": seats, "judgment": judgment}))


def count(method: str, ballots: Ballots) -> list[int]:
    """Count with our own code; return whom pref_voting would call chosen."""
    profile = gather(ballots, len(ballots[0]))
    if method == "schulze":
        return sorted(schulze(profile).chosen)
    if method == "judgment":
        return sorted(majority_judgment(profile, GRADES).chosen)
    if method == "seats":
        return sorted(scottish_stv(profile, SEATS, announced_lot(profile.options)).chosen)
    costs = costs_of(profile.options)
    share = Fraction(sum(costs) // 3, profile.ballots)
    bought = _Voters.of(profile).buy(costs, share, announced_lot(profile.options))
    return sorted(each.project for each in bought.purchases)


def spent(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of some work, and what came of it."""
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


def spent_by(command: list[str], said: str = "") -> tuple[float, Any]:
    """Return the CPU seconds of a program, and what it says."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        ["sh", "-c", 'ulimit -s unlimited; exec "$@"', "sh", *command],  # OCaml counts by recursion
        input=said,
        capture_output=True,
        text=True,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def belenios(file: Path) -> tuple[float, Any]:
    """Count with Debian's belenios-tool, from JSON as it wants it."""
    method, marks, many = file.stem.split("-")
    if method == "shares" or (method == "judgment" and int(many) >= BELENIOS_FEW):
        raise TimeoutError("temps au carré" if method == "judgment" else "")
    rows = np.frombuffer(file.read_bytes(), dtype=np.uint8).reshape(-1, int(marks))
    options = {"schulze": ["schulze", "--blank-allowed=false"], "seats": ["stv", "--nseats=3"]}
    seconds, said = spent_by(
        ["belenios-tool", "method", *options[method]], json.dumps(rows.tolist())
    )
    winners = json.loads(said)["winners"]
    return seconds, sorted(winners[0] if method == "schulze" else winners)


def counts(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Count every file with every program."""
    for file in sorted(folder.glob("*.ballots")):
        method, marks, _many = file.stem.split("-")
        ballots = read(file, int(marks))
        seconds, chosen = spent(lambda method=method, ballots=ballots: count(method, ballots))
        yield file.stem, "Freeco", {"seconds": seconds, "chosen": chosen}
        try:
            seconds, chosen = belenios(file)
        except (OSError, TimeoutError, subprocess.CalledProcessError) as why:
            if str(why):
                yield file.stem, "belenios-tool", {"why": str(why)}
        else:
            yield file.stem, "belenios-tool", {"seconds": seconds, "chosen": chosen}
    if os.environ.get("FREECO_BESIDE", "all"):
        yield from beside(folder)


def beside(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Count every file with the libraries, where they install."""
    with out.status("pref_voting, votelib et pabutools s’installent et comptent…"):
        script = str(HERE / "tallying_beside.py")
        done = subprocess.run(
            [sys.executable, script, str(folder)], capture_output=True, text=True, check=False
        )
    told = json.loads(done.stdout) if done.stdout else {"why": done.stderr[-300:]}
    if "figures" not in told:
        out.print(f"Les bibliothèques n’ont pas pu être mesurées ici\u00a0: {told['why']}")
        return
    for each in told["figures"]:
        yield each["file"], each["program"], each
    out.print(
        f"Sur {2 * RANDOM} petits votes tirés au sort (STV, jugement majoritaire), pref_voting"
        f" trouve d’autres élus que nous {len(told['others'])} fois."
    )
    for other in told["others"][:3]:
        out.print(other)


def tallies() -> None:
    """Print the counts in one table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw(folder)
        draw_random(folder)
        found = sorted(counts(folder), key=lambda each: (each[0].split("-")[0], len(each[0])))
    table = Table("Travail", "Bulletins", "Programme", "CPU (s)", "Au plus", "Choisis")
    for stem, program, figures in found:
        method, _marks, many = stem.split("-")
        bar = f"{BARS[stem]:g}" if program == "Freeco" else ""
        seconds = f"{figures['seconds']:.2f}" if "seconds" in figures else figures["why"]
        chosen = " ".join(map(str, figures.get("chosen", [])[:12]))
        ballots = f"{int(many):_}".replace("_", " ")
        table.add_row(WORDS[method], ballots, program, seconds, bar, chosen)
    out.print(table)


def secret_votes() -> None:
    """Seal, verify, and have Belenios verify."""
    table = Table("Vote à bulletins secrets", "Programme", "CPU (s)", "Au plus")
    seconds, held = spent(lambda: hold(SECRET, (ACCOUNTS,)))
    table.add_row(f"{SECRET} bulletins scellés (2 réponses, blanc)", "Freeco", f"{seconds:.1f}", "")
    content = publish_pieces(held.pieces())
    seconds, result = spent(lambda: require_result(verify(content)))
    assert [list(row) for row in result] == held.expected
    bar = f"{15 * SECRET / 1000:g}"
    table.add_row(f"{SECRET} bulletins vérifiés", "Freeco", f"{seconds:.1f}", bar)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{held.election.identifier}.bel").write_bytes(content)
        try:
            seconds, _said = spent_by(["belenios-tool", "election", "verify", "--dir", folder])
            table.add_row(f"{SECRET} bulletins vérifiés", "belenios-tool 2.0", f"{seconds:.1f}", "")
        except OSError as why:
            out.print(f"belenios-tool n’est pas là\u00a0: {why}")
    for what, questions, most in (
        ("un bulletin, une question", (ACCOUNTS,), 0.25),
        ("un bulletin, cinq questions de quatre mentions", (SHED,) * 5, 0),
    ):
        seconds = in_node(questions)
        table.add_row(what, "navigateur (Node)", f"{seconds:.2f}", f"{most:g}" if most else "")
    out.print(table)


def in_node(questions: tuple[Any, ...]) -> float:
    """Seal ballots with the voting page's script; return the seconds of one, once it is warm."""
    script = Path(freeco_project_decisions.__file__).parent / "static" / "sealing.js"
    seal = HERE.parent / "modules" / "project_decisions" / "tests" / "seal_in_node.mjs"
    held = hold(SEALED_IN_NODE, questions)
    lines = [
        json.dumps({"election": held.election.text, "credential": each, "answers": answers})
        for each, answers in zip(held.credentials, held.answers, strict=True)
    ]
    _seconds, said = spent_by(["node", str(seal), str(script)], "\n".join(lines))
    taken = sorted(json.loads(line)["milliseconds"] for line in said.splitlines())
    return float(taken[len(taken) // 2]) / 1000


def published_budget(file: Path) -> None:
    """Count a budget of pabulib.org again, and compare it with what was funded."""
    parts: dict[str, list[list[str]]] = {}
    for line in file.read_text("utf-8").splitlines():
        if line.strip() in {"META", "PROJECTS", "VOTES"}:
            rows = parts.setdefault(line.strip(), [])
        elif line.strip():
            rows.append(line.split(";"))
    projects = [dict(zip(parts["PROJECTS"][0], row, strict=False)) for row in parts["PROJECTS"][1:]]
    votes = [dict(zip(parts["VOTES"][0], row, strict=False)) for row in parts["VOTES"][1:]]
    names = [each["project_id"] for each in projects]
    costs = [int(Fraction(each["cost"]) * 100) for each in projects]
    budget = int(Fraction(dict(row[:2] for row in parts["META"])["budget"]) * 100)
    ballots: dict[bytes, int] = {}
    for each in votes:
        ticked = set(each["vote"].split(","))
        ballot = bytes(name in ticked for name in names)
        ballots[ballot] = ballots.get(ballot, 0) + 1
    seconds, outcome = spent(
        lambda: equal_shares(
            weigh(ballots, len(names)), costs, budget, 100, announced_lot(len(names))
        )
    )
    funded = {place for place, each in enumerate(projects) if each.get("selected") == "1"}
    same = "les mêmes que" if set(outcome.chosen) == funded else "autres que"
    out.print(
        f"{file.name}\u00a0: {len(outcome.chosen)} projets financés en {seconds:.1f} s, {same} les"
        f" {len(funded)} publiés ; part de {outcome.derivation['share']} centimes."
    )


def main() -> None:
    """Print all of it."""
    tallies()
    secret_votes()
    if file := os.environ.get("FREECO_PABULIB"):
        published_budget(Path(file))


if __name__ == "__main__":
    main()
