"""What became of one ballot: its voter finds it again, and reads what it was opened to."""

from dataclasses import dataclass

from gmpy2 import mpz

from freeco_project_decisions.polls import wording
from freeco_project_decisions.polls.errors import SpoiltBallot
from freeco_project_decisions.polls.marks import require
from freeco_project_decisions.polls.models import PollState
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.writing import read
from freeco_project_decisions.tokens import casting, counting
from freeco_project_decisions.tokens.ballots import Ballot, opened
from freeco_project_decisions.tokens.boards import Kind
from freeco_project_decisions.tokens.lines import lines_of, many
from freeco_project_decisions.tokens.models import TokenLine, TokenPoll

MOST_READ = 2000
"""Ballots read for one page; beyond, the file and the command say the same."""


@dataclass(frozen=True)
class Fate:
    """What became of a ballot that is on the board."""

    replaced: bool = False
    """Its voter voted again since."""
    words: str = ""
    """What it was opened to, once the vote is counted."""
    refused: bool = False
    """It does not open, or does not answer the question."""


def fate_of(votes: TokenPoll, line: TokenLine) -> Fate:
    """Say what became of a ballot of the board."""
    if many(votes, Kind.BALLOT) > MOST_READ:
        return Fate()
    ballots = counting.counted_ballots(votes)
    places = [place for place, each in enumerate(ballots) if each.tracker == line.tracker]
    if not places:
        return Fate(replaced=True)
    if votes.poll.state != PollState.DECIDED:
        return Fate()
    try:
        marks = _opened(votes, ballots[places[0]], places[0])
        return Fate(words=str(wording.ballot(votes.poll, require(votes.poll, marks))))
    except (Unsound, SpoiltBallot):
        return Fate(refused=True)


def _opened(votes: TokenPoll, ballot: Ballot, place: int) -> bytes:
    setup = casting.setup_of(votes)
    factors = {}
    for each in lines_of(votes, Kind.OPENING):
        body = read(each.text)["body"]
        factors[body["owner"]] = mpz(body["payload"]["decryption_factors"][0][place])
    return opened(ballot, setup.public_key, setup.trustees.combine(factors))
