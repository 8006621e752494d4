"""pref_voting, votelib and pabutools, counting the same ballots: the figures beside ours.

Run by benchmarks/tallying.py: they are installed in an environment of their own
(``.venv/tallies``, kept for the next time; 800 MB, of which numba and ortools), and each count runs
in a process of its own, which is ended when it takes too long. One JSON object comes out.
pabutools is under the GPL: yardsticks, nothing here depends on them.
"""

import json
import multiprocessing
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from beside import Peer, tell

PEER = Peer(
    "tallies", {"pref_voting": "1.18.2", "votelib": "0.4.0", "pabutools": "1.2.1"}, seconds=1800
)
OPTIONS, GRADES, SEATS = 8, 6, 3
EACH_SECONDS = 150
"""As long as one count may take."""

Ballots = list[bytes]


def read(file: Path, marks: int) -> Ballots:
    """Read ballots as a database gives them, one after the other."""
    content = file.read_bytes()
    return [content[place : place + marks] for place in range(0, len(content), marks)]


def order(ranks: bytes) -> tuple[int, ...]:
    """Write ranks as an order of options."""
    return tuple(sorted(range(len(ranks)), key=ranks.__getitem__))


def pref_voting_schulze(ballots: Ballots) -> list[int]:
    """Count with pref_voting."""
    from pref_voting.margin_based_methods import beat_path
    from pref_voting.profiles import Profile

    many = Counter(map(order, ballots))
    return sorted(map(int, beat_path(Profile(list(many), list(many.values())))))


def pref_voting_seats(ballots: Ballots) -> list[int]:
    """Count with pref_voting, five decimals."""
    from pref_voting.profiles import Profile
    from pref_voting.proportional_methods import stv_scottish

    many = Counter(map(order, ballots))
    return sorted(map(int, stv_scottish(Profile(list(many), list(many.values())), num_seats=SEATS)))


def pref_voting_judgment(ballots: Ballots) -> list[int]:
    """Find the winners alone with pref_voting, which has no order of the others."""
    from pref_voting.grade_methods import majority_judgement
    from pref_voting.grade_profiles import GradeProfile

    many = Counter(ballots)
    profile = GradeProfile(
        [dict(enumerate(ballot)) for ballot in many],
        list(range(GRADES)),
        gcounts=list(many.values()),
        candidates=list(range(OPTIONS)),
    )
    return sorted(map(int, majority_judgement(profile)))


def votelib_schulze(ballots: Ballots) -> list[int]:
    """Count with votelib."""
    from votelib.convert import RankedToCondorcetVotes
    from votelib.evaluate.condorcet import Schulze

    many = dict(Counter(map(order, ballots)))
    return sorted(Schulze().evaluate(RankedToCondorcetVotes().convert(many), 1))


def votelib_seats(ballots: Ballots) -> list[int]:
    """Count with votelib, in exact fractions."""
    from votelib.component.transfer import Gregory
    from votelib.evaluate.sequential import TransferableVoteSelector

    selector = TransferableVoteSelector(quota_function="droop", transferer=Gregory())
    return sorted(selector.evaluate(dict(Counter(map(order, ballots))), SEATS))


def pabutools_shares(ballots: Ballots) -> list[int]:
    """Buy with the first share, with pabutools."""
    from pabutools.election import ApprovalBallot, ApprovalProfile, Cost_Sat, Instance, Project
    from pabutools.rules import method_of_equal_shares
    from pabutools.tiebreaking import lexico_tie_breaking

    costs = costs_of(len(ballots[0]))
    projects = [Project(f"{place:02}", cost) for place, cost in enumerate(costs)]
    instance = Instance(projects, budget_limit=sum(costs) // 3)
    profile = ApprovalProfile(
        [
            ApprovalBallot([each for each, tick in zip(projects, ballot, strict=True) if tick])
            for ballot in ballots
        ],
        instance=instance,
    )
    bought = method_of_equal_shares(instance, profile, Cost_Sat, tie_breaking=lexico_tie_breaking)
    return sorted(int(each.name) for each in bought)


def costs_of(projects: int) -> list[int]:
    """Say what projects cost, in cents: from 1,000 € to a little less than 30,000 €."""
    return [100_000 + 2_830_000 * (each * 7 % projects) // projects for each in range(projects)]


COUNTS: dict[str, tuple[Callable[[Ballots], list[int]], ...]] = {
    "schulze": (pref_voting_schulze, votelib_schulze),
    "judgment": (pref_voting_judgment,),
    "seats": (pref_voting_seats, votelib_seats),
    "shares": (pabutools_shares,),
}


def counted(count: Callable[[Ballots], list[int]], file: Path, marks: int) -> dict[str, Any]:
    """Count in a process of its own; return what it cost, or that it did not end."""
    ours, its = multiprocessing.Pipe(duplex=False)

    def work() -> None:
        ballots = read(file, marks)
        with suppress(Exception):  # ties, of which some libraries say nothing
            count(ballots[:50])  # what is only done the first time, as numba does, is not counted
        begun = time.process_time()
        chosen = count(ballots)
        spent = time.process_time() - begun
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        its.send({"seconds": spent, "memory": memory, "chosen": chosen})

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join(EACH_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
        return {"why": f"pas fini en {EACH_SECONDS} s"}
    return ours.recv() if ours.poll() else {"why": "a échoué"}


def inside(folder: str) -> dict[str, Any]:
    """Count every file of a folder with each program that knows the method."""

    def figures() -> Iterator[dict[str, Any]]:
        for file in sorted(Path(folder).glob("*.ballots")):
            method, marks, _many = file.stem.split("-")
            for count in COUNTS[method]:
                program = count.__name__.removesuffix(f"_{method}")
                yield {"file": file.stem, "program": program, **counted(count, file, int(marks))}

    random = json.loads((Path(folder) / "random.json").read_text())
    return {"installed": True, "figures": list(figures()), "others": list(others(random))}


def others(random: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """Count small random votes again with pref_voting; give those in which it finds others.

    Its majority judgment knows the gauge only, and may leave tied those whom the whole order parts.
    """
    from pref_voting.grade_methods import majority_judgement
    from pref_voting.grade_profiles import GradeProfile
    from pref_voting.profiles_with_ties import ProfileWithTies
    from pref_voting.proportional_methods import stv_scottish

    for vote in random["seats"]:
        papers = [{c: rank for c, rank in enumerate(b) if rank} for b in vote["ballots"]]
        candidates = list(range(vote["options"]))
        profile = ProfileWithTies(papers, [1] * len(papers), candidates=candidates)
        if {*map(int, stv_scottish(profile, num_seats=vote["seats"]))} != set(vote["chosen"]):
            yield f"STV {vote}"
    for vote in random["judgment"]:
        grades = [dict(enumerate(ballot)) for ballot in vote["ballots"]]
        candidates = list(range(vote["options"]))
        graded = GradeProfile(grades, list(range(vote["scale"])), candidates=candidates)
        if not set(vote["chosen"]) <= {*map(int, majority_judgement(graded))}:
            yield f"jugement majoritaire {vote}"


if __name__ == "__main__":
    sys.exit(tell(PEER, __file__, inside))
