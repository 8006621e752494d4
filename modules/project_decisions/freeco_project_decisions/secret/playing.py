"""Secret polls played from end to end, for the demonstration and for tests.

Trustees and voters do here what they do on their own computers; nothing is committed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco_project_decisions.polls.models import Decision, Poll
from freeco_project_decisions.sealed.ballots import Ballot
from freeco_project_decisions.sealed.ballots import cast as seal_ballot
from freeco_project_decisions.sealed.credentials import draw_credential, public_of
from freeco_project_decisions.sealed.elections import read_election, write_credentials
from freeco_project_decisions.sealed.keeping import Closed, answer, draw_kept, opened
from freeco_project_decisions.sealed.kept_keys import KeptKey, Opens
from freeco_project_decisions.sealed.tallying import add_up
from freeco_project_decisions.sealed.verifying import verify
from freeco_project_decisions.secret import (
    casting,
    closing,
    codes,
    counting,
    filing,
    opening,
    preparing,
    rounds,
    trustees,
)
from freeco_project_decisions.secret.models import Trustee, Way

Answers = Sequence[Sequence[int]]
MINUTE = timedelta(minutes=1)


@dataclass
class Keepers:
    """Trustees with the files they keep, by their places."""

    threshold: int = 2
    kept: dict[int, KeptKey] = field(default_factory=dict)

    def named(self, poll: Poll, members: Sequence[Member]) -> None:
        """Name members as the trustees of a poll, and make their keys."""
        group = trustees.make_group(poll)
        for member in members:
            trustees.name_member(group, member)
        trustees.set_threshold(group, self.threshold)
        self.work(poll)

    def work(self, poll: Poll) -> None:
        """Do each step of making the keys."""
        group = trustees.group_of(poll)
        while awaited := rounds.waited_for(group):
            for trustee in awaited:
                self.step(trustee)

    def step(self, trustee: Trustee) -> None:
        """Do a trustee's next step of making the keys."""
        task = rounds.task_of(trustee)
        if task["step"] in (rounds.Step.KEY, rounds.Step.COMMIT):
            self.kept[trustee.place] = draw_kept(task)
        rounds.post(trustee, answer(self.kept[trustee.place], task))

    def open(self, poll: Poll, places: Iterable[int] = ()) -> None:
        """Open the sum of a poll that is over: all trustees, or those at some places."""
        content = verify(filing.archive_of(poll))
        sums = add_up(content.election, content.ballots).sums
        closed = Closed(Opens.SUM, content.election, content.trustees, sums)
        for trustee in trustees.group_of(poll).trustees:
            if trustee.place in (list(places) or self.kept) and not trustee.opening:
                task = rounds.task_of(trustee)
                kept = self.kept[trustee.place]
                rounds.post(trustee, opened(kept, task, closed))


@dataclass
class Voters:
    """The voters of a secret poll, with the codes that only they know."""

    poll: Poll
    keepers: Keepers
    codes: list[str]

    def sealed(self, voter: int, answers: Answers) -> Ballot:
        """Seal the ballot of a voter."""
        election = read_election(preparing.sealed_of(self.poll).election)
        return seal_ballot(election, self.codes[voter], answers)

    def cast(self, voter: int, answers: Answers) -> casting.Acknowledged:
        """Seal a ballot and send it."""
        ballot = casting.check(self.poll, self.sealed(voter, answers).text)
        return casting.keep(self.poll, ballot)

    def close(self) -> None:
        """Let the hour of the end come."""
        with held_at(self.poll.closes_at + MINUTE):
            closing.close(self.poll)

    def count(self) -> Decision:
        """Count what the trustees opened."""
        with held_at(self.poll.closes_at + 2 * MINUTE):
            counting.enter(self.poll, counting.verified(counting.opened(self.poll)))
        return db.session.scalars(select(Decision).where(Decision.poll_id == self.poll.id)).one()

    def finish(self) -> Decision:
        """Close, open and count."""
        self.close()
        self.keepers.open(self.poll)
        return self.count()


def prepare(poll: Poll, keepers: Keepers, members: Sequence[Member]) -> None:
    """Make a draft secret, with its trustees and its list; codes come from elsewhere."""
    preparing.make_secret(poll, Way.AUTHORITY, "La Coopérative du Lot")
    keepers.named(poll, members)
    preparing.announce(poll)


def open_with_codes(poll: Poll, keepers: Keepers) -> Voters:
    """Hand out codes, take their public halves, and open the poll."""
    drawn = [draw_credential() for _each in range(codes.needed(poll))]
    identifier = preparing.sealed_of(poll).identifier
    halves = write_credentials([public_of(each, identifier) for each in drawn])
    codes.take_file(poll, halves.encode())
    opening.open_sealed(poll)
    return Voters(poll, keepers, drawn)
