"""Opening a vote by tokens: the electors are noted, the setup is fixed, and tokens are given."""

from hashlib import sha256

from freeco.db import db, lock
from freeco.record.stating import state
from freeco_project_decisions.polls.electorate import count_electors
from freeco_project_decisions.polls.models import Poll, PollState
from freeco_project_decisions.polls.opening import open_poll, require_draft
from freeco_project_decisions.sealed.trustees import Trustees
from freeco_project_decisions.sealed.writing import digest
from freeco_project_decisions.secret.rounds import require_complete
from freeco_project_decisions.secret.trustees import group_of
from freeco_project_decisions.tokens import blind, site_keys
from freeco_project_decisions.tokens.boards import Kind
from freeco_project_decisions.tokens.errors import TooFewForTokens
from freeco_project_decisions.tokens.lines import publish
from freeco_project_decisions.tokens.models import TokenPoll, TokenSigner
from freeco_project_decisions.tokens.offline_page import offline_page
from freeco_project_decisions.tokens.preparing import (
    FLOOR,
    require_fit,
    require_time,
    votes_of,
)
from freeco_project_decisions.tokens.setups import Setup, Signer, election_for


def open_tokens(poll: Poll) -> TokenPoll:
    """Open a vote by tokens: from now on its electors ask for theirs.

    A second click changes nothing. Raises ``TooFewForTokens``, ``TooLateForTokens``, what
    ``make_tokens`` and ``open_poll`` raise, and what trustees raise whose keys are missing.
    """
    lock(poll)
    votes = votes_of(poll)
    if poll.state == PollState.OPEN:
        return votes
    require_draft(poll)
    require_fit(poll)
    require_time(poll, votes.casts_from)
    trustees = require_complete(group_of(poll))
    open_poll(poll, prepared=True)
    electors = count_electors(poll)
    if electors < FLOOR:
        raise TooFewForTokens
    _draw_key(votes)
    setup = _setup(votes, trustees, electors)
    votes.setup = setup.text
    votes.page = offline_page(votes)
    publish(votes, Kind.SETUP, setup.text)
    state(
        poll.community,
        "token.opened",
        f"token_opened:{poll.id}",
        about={
            "poll": poll.id,
            "signers": len(setup.signers),
            "electors": electors,
            "setup": digest(setup.text),
            "page": sha256(votes.page).hexdigest(),
        },
    )
    return votes


def _draw_key(votes: TokenPoll) -> None:
    key = blind.draw_key()
    db.session.add(
        TokenSigner(
            votes=votes,
            place=1,
            name=votes.poll.community.name,
            key=blind.public_bytes(key.public_key()),
            private=site_keys.locked(key, votes.identifier),
            own=True,
        )
    )
    db.session.flush()
    db.session.refresh(votes, ["signers"])


def _setup(votes: TokenPoll, trustees: Trustees, electors: int) -> Setup:
    return Setup(
        votes.poll.frozen_text,
        election_for(votes.identifier, votes.poll.title, trustees),
        trustees,
        tuple(Signer(each.name, each.key) for each in votes.signers),
        electors,
        votes.casts_from,
    )
