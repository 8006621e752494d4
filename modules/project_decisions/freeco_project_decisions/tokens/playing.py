"""Votes by tokens played from end to end, for the demonstration and for tests.

Trustees and voters do here what they do on their own computers; nothing is committed.
"""

from collections.abc import Sequence

from gmpy2 import mpz

from freeco.members.models import Member
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.sealed.elections import read_election
from freeco_project_decisions.sealed.proofs import Form
from freeco_project_decisions.sealed.tallying import open_part
from freeco_project_decisions.sealed.trustees import draw_key
from freeco_project_decisions.sealed.writing import compact
from freeco_project_decisions.secret import rounds, trustees
from freeco_project_decisions.tokens import casting, issuing, voters
from freeco_project_decisions.tokens.models import TokenPoll

Secrets = dict[int, mpz]
"""What each trustee keeps, by their place."""


def entrust(poll: Poll, people: Sequence[Member]) -> Secrets:
    """Give a key to each of some people, all of them needed."""
    group = trustees.group_of(poll)
    for member in people:
        trustees.name_member(group, member)
    trustees.set_threshold(group, len(people))
    secrets: Secrets = {}
    for trustee in group.trustees:
        secret, public = draw_key()
        secrets[trustee.place] = secret
        rounds.post(trustee, {"key": compact(public.written())})
    return secrets


def take_token(votes: TokenPoll, member: Member) -> voters.Held:
    """Ask for a member's token, where the site is the only signer."""
    setup = casting.setup_of(votes)
    asked = voters.wish(setup)
    signatures = issuing.ask(votes.poll, member, asked.blinded)
    return voters.take(setup, asked, [each for each in signatures if each is not None])


def open_all(votes: TokenPoll, secrets: Secrets) -> None:
    """Have every trustee open their part, once the vote is closed."""
    for trustee in trustees.group_of(votes.poll).trustees:
        task = rounds.task_of(trustee)
        if task["step"] == rounds.Step.OPEN:
            election, sums = read_election(task["election"]), rounds.read_sums(task["sums"])
            part = open_part(secrets[trustee.place], election, sums, Form.BOUND)
            rounds.post(trustee, {"opening": part.text})
