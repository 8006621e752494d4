"""Preparing a vote by tokens: when tokens are given, and who signs them besides this site."""

from datetime import datetime

from sqlalchemy import delete

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Community
from freeco_project_decisions.polls.models import Method, Poll, Secrecy
from freeco_project_decisions.polls.opening import require_draft
from freeco_project_decisions.sealed.elections import draw_identifier
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.secret.models import Trustee, TrusteeGroup
from freeco_project_decisions.secret.trustees import make_group
from freeco_project_decisions.tokens.errors import (
    NotForTokens,
    NoTokenColleges,
    NoTokenProxies,
    SealedAlready,
    SignerTwice,
    SignerUnsound,
    TooLateForTokens,
)
from freeco_project_decisions.tokens.models import TokenPoll, TokenSigner
from freeco_project_decisions.tokens.questions import NAMED
from freeco_project_decisions.tokens.signer_files import read_public

FLOOR = 8
"""Below, those who talk to each other know who voted what (decisions.md, 4.2)."""
MOST_SIGNERS = 8


def votes_of(poll: Poll) -> TokenPoll:
    """Return what a poll by tokens has more; raises Absent for another."""
    found = db.session.get(TokenPoll, poll.id)
    if found is None or poll.secrecy != Secrecy.TOKENS:
        raise Absent
    return found


def make_tokens(poll: Poll, casts_from: datetime) -> TokenPoll:
    """Make a draft a vote by tokens, given until ``casts_from``; again changes the hour.

    Raises ``PollFrozen``, ``SealedAlready``, ``NotForTokens``, ``NoTokenColleges``,
    ``NoTokenProxies``, ``TooLateForTokens``.
    """
    lock(poll)
    require_draft(poll)
    if poll.secrecy == Secrecy.SEALED:
        raise SealedAlready
    require_fit(poll)
    require_time(poll, casts_from)
    poll.secrecy = Secrecy.TOKENS
    poll.ready = False
    votes = db.session.get(TokenPoll, poll.id)
    if votes is None:
        votes = TokenPoll(poll=poll, identifier=draw_identifier(), casts_from=casts_from)
        db.session.add(votes)
    votes.casts_from = casts_from
    make_group(poll)
    db.session.flush()
    return votes


def require_fit(poll: Poll) -> None:
    """Stop a vote that needs names; raises as ``make_tokens`` does."""
    if Method(poll.method) in NAMED:
        raise NotForTokens
    if poll.colleges:
        raise NoTokenColleges
    if poll.most_proxies or poll.extension_days or poll.room:
        raise NoTokenProxies


def require_time(poll: Poll, casts_from: datetime) -> None:
    """Stop a vote without time to get a token, or to vote; raises ``TooLateForTokens``."""
    if not now() < casts_from < poll.closes_at:
        raise TooLateForTokens


def make_open(poll: Poll) -> None:
    """Go back to open ballots; raises ``PollFrozen``, and Absent for a poll without tokens.

    A sealed poll has its own way back, which forgets its list and its codes first.
    """
    lock(poll)
    require_draft(poll)
    if poll.secrecy == Secrecy.SEALED:
        raise Absent
    db.session.execute(delete(TokenSigner).where(TokenSigner.poll_id == poll.id))
    db.session.execute(delete(TokenPoll).where(TokenPoll.poll_id == poll.id))
    db.session.execute(delete(Trustee).where(Trustee.group_id == poll.id))
    db.session.execute(delete(TrusteeGroup).where(TrusteeGroup.poll_id == poll.id))
    poll.secrecy = Secrecy.OPEN
    db.session.flush()
    db.session.expire_all()


def add_signer(votes: TokenPoll, file: str) -> TokenSigner:
    """Take the key of a sister cooperative that signs; place 1 is this site's.

    Raises ``SignerUnsound``, ``SignerTwice``, ``PollFrozen``.
    """
    lock(votes.poll)
    require_draft(votes.poll)
    try:
        found = read_public(file, votes.identifier)
    except Unsound as wrong:
        raise SignerUnsound from wrong
    if any(each.key == found.key or each.name == found.name for each in votes.signers):
        raise SignerTwice
    if len(votes.signers) >= MOST_SIGNERS:
        raise SignerUnsound
    place = max((each.place for each in votes.signers), default=1) + 1
    signer = TokenSigner(votes=votes, place=place, name=found.name, key=found.key)
    db.session.add(signer)
    db.session.flush()
    return signer


def remove_signer(votes: TokenPoll, signer_id: int) -> None:
    """Take a signer out; raises ``PollFrozen``, and Absent for another vote's."""
    lock(votes.poll)
    require_draft(votes.poll)
    signer = db.session.get(TokenSigner, signer_id)
    if signer is None or signer.poll_id != votes.poll_id:
        raise Absent
    votes.signers.remove(signer)
    db.session.delete(signer)
    db.session.flush()


def find_votes(community: Community, identifier: str) -> TokenPoll:
    """Return a vote by its identifier; raises Absent for another community's."""
    found = by_identifier(community, identifier)
    if found is None:
        raise Absent
    return found


def by_identifier(community: Community, identifier: str) -> TokenPoll | None:
    """Return a vote by its identifier, once it is open; none for another community's."""
    found = db.session.query(TokenPoll).filter_by(identifier=identifier).one_or_none()
    if found is None or found.poll.community_id != community.id or not found.setup:
        return None
    return found
