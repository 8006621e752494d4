"""A thousand random votes by each method, counted again by programs nobody here wrote.

Belenios's own tool counts majority judgment and Schulze; votelib counts the single transferable
vote; pabutools, which is under the GPL and which only tests import, counts budgets and ticks.
What fails shows its vote; ``FREECO_SEED`` draws others.
"""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pabutools.election import (
    ApprovalBallot,
    ApprovalProfile,
    Cardinality_Sat,
    Cost_Sat,
    Instance,
    Project,
)
from pabutools.rules import (
    exhaustion_by_budget_increase,
    greedy_utilitarian_welfare,
    method_of_equal_shares,
)
from pabutools.tiebreaking import lexico_tie_breaking
from votelib.component.transfer import Gregory
from votelib.evaluate.core import VotingSystemError
from votelib.evaluate.sequential import TransferableVoteSelector

import freeco_project_decisions
from freeco_project_decisions.counting.approval import approval
from freeco_project_decisions.counting.equal_shares import equal_shares
from freeco_project_decisions.counting.greedy_budget import greedy_budget
from freeco_project_decisions.counting.lots import announced_lot
from freeco_project_decisions.counting.majority_judgment import majority_judgment
from freeco_project_decisions.counting.profiles import gather
from freeco_project_decisions.counting.schulze import schulze
from freeco_project_decisions.counting.scottish_stv import scottish_stv

SEED = int(os.environ.get("FREECO_SEED", "20261123"))
PROFILES = 1000


def belenios(method: str, ballots: Sequence[Sequence[int]], *options: str) -> Any:
    """Return the winners that Debian's belenios-tool finds."""
    answer = subprocess.run(
        ["belenios-tool", "method", method, *options],
        input=json.dumps([list(ballot) for ballot in ballots]),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)["winners"]


@dataclass(frozen=True)
class Vote:
    """Ballots, and how long the scale of marks is."""

    options: int
    scale: int
    ballots: list[bytes]


def votes(chance: Random, lowest: int) -> Iterator[Vote]:
    """Draw votes of a few options, few ballots and many ties."""
    for _profile in range(PROFILES):
        options, scale = chance.randint(2, 6), chance.randint(2, 7)
        ballots = [
            bytes(chance.randrange(lowest, scale) for _option in range(options))
            for _ballot in range(chance.randint(1, 40))
        ]
        yield Vote(options, scale, ballots)


def test_majority_judgment_has_the_whole_order_of_belenios() -> None:
    # Belenios takes the better of two middle grades, Balinski and Laraki the worse one: with
    # grades turned round, its order is theirs turned round.
    drawn = list(votes(Random(SEED), 0))

    def counted(vote: Vote) -> list[list[int]]:
        turned = [[grade + 1 for grade in ballot] for ballot in vote.ballots]
        options = (f"--ngrades={vote.scale}", "--blank-allowed=false")
        return [sorted(tied) for tied in belenios("majority-judgment", turned, *options)][::-1]

    with ThreadPoolExecutor(2) as pool:
        theirs = list(pool.map(counted, drawn))
    for vote, order in zip(drawn, theirs, strict=True):
        outcome = majority_judgment(gather(vote.ballots, vote.options), vote.scale)
        assert [sorted(tied) for tied in outcome.ranking] == order, vote


def test_schulze_has_the_whole_order_of_belenios() -> None:
    # Ranks that are equal, and options that are not ranked, which Belenios wants to see last.
    drawn = list(votes(Random(SEED), 0))

    def counted(vote: Vote) -> list[list[int]]:
        ranks = [[rank or vote.scale for rank in ballot] for ballot in vote.ballots]
        return [sorted(tied) for tied in belenios("schulze", ranks, "--blank-allowed=false")]

    with ThreadPoolExecutor(2) as pool:
        theirs = list(pool.map(counted, drawn))
    for vote, order in zip(drawn, theirs, strict=True):
        outcome = schulze(gather(vote.ballots, vote.options))
        assert [sorted(tied) for tied in outcome.ranking] == order, vote


def papers(chance: Random, options: int, *, complete: bool) -> Counter[tuple[int, ...]]:
    """Draw preferences, as far as each voter goes."""
    return Counter(
        tuple(chance.sample(range(options), options if complete else chance.randint(1, options)))
        for _paper in range(chance.randint(1, 60))
    )


def ranks(paper: tuple[int, ...], options: int) -> bytes:
    """Write preferences as a rank for each option."""
    return bytes(paper.index(each) + 1 if each in paper else 0 for each in range(options))


@pytest.mark.parametrize("complete", [False, True], ids=["short ballots", "complete ballots"])
def test_the_transferable_vote_elects_whom_votelib_elects(complete: bool) -> None:
    # votelib refuses to tell apart who is level, where the law looks at earlier stages, does not
    # know an option that is on no paper, and when two reach the quota at once sends papers of one
    # to the other, which the law's « continuing candidate » forbids: such votes are drawn again.
    # pref_voting, too heavy for the gate, knows all of it: benchmarks/tallying.py asks it.
    chance, compared = Random(SEED), 0
    while compared < PROFILES // 2:
        options = chance.randint(2, 6)
        drawn, seats = papers(chance, options, complete=complete), chance.randint(1, options - 1)
        ballots = [ranks(paper, options) for paper in drawn.elements()]
        count = scottish_stv(gather(ballots, options), seats, announced_lot(options), exact=True)
        stages: Any = count.derivation["stages"]
        elected_at_once = max(len(each["elected"]) for each in stages if each["stage"] != "last")
        if elected_at_once > 1 or len({each for paper in drawn for each in paper}) < options:
            continue
        selector = TransferableVoteSelector(quota_function="droop", transferer=Gregory())
        try:
            theirs = selector.evaluate(dict(drawn), seats)
        except (NotImplementedError, VotingSystemError):
            continue
        assert set(count.chosen) == set(theirs), (seats, drawn)
        # Belenios wants complete ballots, and sends surpluses on to the elected: one seat has none.
        if complete and seats == 1:
            assert set(theirs) == set(belenios("stv", ballots, "--nseats=1")), drawn
        compared += 1


@dataclass(frozen=True)
class Budget:
    """Who wants what, what it costs, and what there is to spend."""

    costs: list[int]
    ballots: list[bytes]
    budget: int
    step: int

    @property
    def wanted(self) -> set[int]:
        """What somebody wants: we fund nothing else."""
        return {place for place in range(len(self.costs)) if any(b[place] for b in self.ballots)}

    def instance(self, costs: Sequence[int], budget: int) -> tuple[Instance, ApprovalProfile]:
        """Write it as pabutools reads it; names in order settle ties in order."""
        projects = [Project(f"{place:02}", cost) for place, cost in enumerate(costs)]
        instance = Instance(projects, budget_limit=budget)
        ballots = [
            ApprovalBallot([each for each, tick in zip(projects, ballot, strict=True) if tick])
            for ballot in self.ballots
        ]
        return instance, ApprovalProfile(ballots, instance=instance)


def budgets(chance: Random) -> Iterator[Budget]:
    for _profile in range(PROFILES):
        projects = chance.randint(2, 7)
        yield Budget(
            [chance.randint(1, 60) for _project in range(projects)],
            [
                bytes(chance.random() < 0.4 for _project in range(projects))
                for _ballot in range(chance.randint(1, 25))
            ],
            chance.randint(10, 200),
            chance.choice([1, 3, 10]),
        )


def numbers(projects: Sequence[Project]) -> set[int]:
    return {int(project.name) for project in projects}


def test_equal_shares_buy_what_pabutools_buys() -> None:
    for each in budgets(Random(SEED)):
        options = len(each.costs)
        mine = equal_shares(
            gather(each.ballots, options),
            each.costs,
            each.budget,
            each.step,
            announced_lot(options),
        )
        theirs = exhaustion_by_budget_increase(
            *each.instance(each.costs, each.budget),
            method_of_equal_shares,
            {"sat_class": Cost_Sat, "tie_breaking": lexico_tie_breaking},
            budget_step=each.step * len(each.ballots),
            exhaustive_stop=False,
        )
        bought: Any = mine.derivation["bought"]
        assert {one["project"] for one in bought} == numbers(theirs), each


def test_a_budget_by_votes_funds_what_pabutools_funds() -> None:
    for each in budgets(Random(SEED)):
        options = len(each.costs)
        mine = greedy_budget(
            gather(each.ballots, options), each.costs, each.budget, announced_lot(options)
        )
        theirs = greedy_utilitarian_welfare(
            *each.instance(each.costs, each.budget), Cost_Sat, tie_breaking=lexico_tie_breaking
        )
        assert set(mine.chosen) == numbers(theirs) & each.wanted, each


def test_ticks_choose_what_pabutools_chooses() -> None:
    chance = Random(SEED)
    for each in budgets(chance):
        options = len(each.costs)
        places = chance.randint(1, options)
        mine = approval(gather(each.ballots, options), places, announced_lot(options))
        theirs = greedy_utilitarian_welfare(
            *each.instance([1] * options, places), Cardinality_Sat, tie_breaking=lexico_tie_breaking
        )
        assert set(mine.chosen) == numbers(theirs), each


def test_what_is_under_the_gpl_is_imported_by_tests_alone() -> None:
    shipped = Path(freeco_project_decisions.__file__).parent.rglob("*.py")
    assert [each for each in shipped if "pabutools" in each.read_text("utf-8")] == []
