"""Giving tokens: each elector's is signed once by every signer, none of whom sees it."""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import func, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.members.models import Community, Member
from freeco.record.stating import state
from freeco_project_decisions.polls.electorate import elector_of
from freeco_project_decisions.polls.models import Elector, Poll, PollState
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.tokens import blind, signer_files, site_keys
from freeco_project_decisions.tokens.boards import Kind
from freeco_project_decisions.tokens.errors import (
    IssuingOver,
    NotIssuing,
    RequestUnsound,
    SignaturesUnsound,
    TokenGiven,
)
from freeco_project_decisions.tokens.lines import publish
from freeco_project_decisions.tokens.models import TokenIssue, TokenPoll, TokenSigner
from freeco_project_decisions.tokens.preparing import votes_of
from freeco_project_decisions.tokens.signer_files import Request


def ask(poll: Poll, member: Member, blinded: Sequence[bytes]) -> list[bytes | None]:
    """Have a token signed: what is hidden from each signer, in their order.

    Returns the signature of each, none where a sister cooperative has not signed yet. The same
    again gives the same; something else is refused. Raises ``NotIssuing``, ``IssuingOver``,
    ``NotAnElector``, ``TokenGiven``, ``RequestUnsound``, ``KeyLost``.
    """
    votes = votes_of(poll)
    require_issuing(votes)
    elector = elector_of(poll, member)
    # Two who ask at once for the same elector: the second sees what the first was given.
    lock(elector)
    held = issues_of(votes, elector)
    if held:
        if [each.blinded for each in held] != list(blinded):
            raise TokenGiven
        return [each.signature for each in held]
    if len(blinded) != len(votes.signers):
        raise RequestUnsound
    return [
        _issue(votes, elector, signer, message)
        for signer, message in zip(votes.signers, blinded, strict=True)
    ]


def require_issuing(votes: TokenPoll) -> None:
    """Stop who asks for a token outside the hours; raises ``NotIssuing``, ``IssuingOver``."""
    if votes.poll.state != PollState.OPEN:
        raise NotIssuing
    if votes.issued or votes.casts_from <= now():
        raise IssuingOver


def issues_of(votes: TokenPoll, elector: Elector) -> Sequence[TokenIssue]:
    """Return what was signed for an elector, in the order of the signers."""
    return db.session.scalars(
        select(TokenIssue)
        .join(TokenIssue.signer)
        .where(TokenIssue.elector_id == elector.id, TokenSigner.poll_id == votes.poll_id)
        .order_by(TokenSigner.place)
    ).all()


def _issue(votes: TokenPoll, elector: Elector, signer: TokenSigner, blinded: bytes) -> bytes | None:
    try:
        _require_fit(signer, blinded)
        signature = blind.blind_sign(site_keys.unlocked(signer), blinded) if signer.own else None
    except Unsound as unsound:
        raise RequestUnsound from unsound
    issue = TokenIssue(elector=elector, signer=signer, blinded=blinded, signature=signature)
    db.session.add(issue)
    db.session.flush()
    if signature is not None:
        _state(votes, issue)
    return signature


def _require_fit(signer: TokenSigner, blinded: bytes) -> None:
    modulus = blind.read_public(signer.key).public_numbers().n
    if len(blinded) != blind.BITS // 8 or not 1 < int.from_bytes(blinded, "big") < modulus - 1:
        raise Unsound("what is to be signed does not fit the signer's key")


def _state(votes: TokenPoll, issue: TokenIssue) -> None:
    """State that a token was signed: for which vote, by whom, and a digest of what was hidden."""
    state(
        votes.poll.community,
        "token.issued",
        f"token_issued:{issue.id}",
        about={
            "poll": votes.poll_id,
            "signer": issue.signer.place,
            "blinded": sha256(issue.blinded).hexdigest(),
        },
    )


def requests_for(signer: TokenSigner, electors: int) -> str:
    """Write what a sister cooperative is asked to sign: all, those it signed before too."""
    rows = _rows(signer)
    requests = [Request(each.elector_id, each.blinded) for each in rows]
    return signer_files.write_requests(signer.votes.identifier, electors, requests)


def take_signatures(signer: TokenSigner, text: str) -> int:
    """Take the signatures a sister cooperative gave back; return how many are new.

    All or none. Raises ``SignaturesUnsound``, ``NotIssuing``, ``IssuingOver``.
    """
    votes = signer.votes
    lock(votes.poll)
    require_issuing(votes)
    try:
        signed = signer_files.read_signatures(text, votes.identifier)
        return _keep(votes, signer, signed)
    except Unsound as unsound:
        raise SignaturesUnsound from unsound


def _keep(votes: TokenPoll, signer: TokenSigner, signed: dict[int, bytes]) -> int:
    numbers = blind.read_public(signer.key).public_numbers()
    asked = {each.elector_id: each for each in _rows(signer)}
    fresh = []
    for elector, signature in signed.items():
        issue = asked.get(elector)
        if issue is None or len(signature) != len(issue.blinded):
            raise Unsound("a signature that nobody asked for")
        opened = pow(int.from_bytes(signature, "big"), numbers.e, numbers.n)
        if opened != int.from_bytes(issue.blinded, "big"):
            raise Unsound("a signature that is not one of what was asked")
        if issue.signature is None:
            issue.signature = signature
            fresh.append(issue)
    db.session.flush()
    for issue in fresh:
        _state(votes, issue)
    return len(fresh)


def _rows(signer: TokenSigner) -> Sequence[TokenIssue]:
    return db.session.scalars(
        select(TokenIssue).where(TokenIssue.signer_id == signer.id).order_by(TokenIssue.elector_id)
    ).all()


def many_asked(signer: TokenSigner) -> int:
    """Count what a signer is asked to sign."""
    many = select(func.count(TokenIssue.id)).where(TokenIssue.signer_id == signer.id)
    return db.session.scalar(many) or 0


def many_issued(signer: TokenSigner) -> int:
    """Count what a signer signed."""
    return (
        db.session.scalar(
            select(func.count(TokenIssue.id)).where(
                TokenIssue.signer_id == signer.id, TokenIssue.signature.is_not(None)
            )
        )
        or 0
    )


def end_due(community: Community) -> None:
    """End the giving of tokens where its hour has come; late or twice is harmless."""
    due = select(TokenPoll).where(
        TokenPoll.poll_id == Poll.id,
        Poll.community_id == community.id,
        Poll.state != PollState.DRAFT,
        TokenPoll.casts_from <= now(),
        TokenPoll.issued.is_(False),
    )
    for votes in db.session.scalars(due).all():
        end(votes)


def end(votes: TokenPoll) -> None:
    """Destroy the site's key, and publish the digests of all that was signed.

    Twice is once. From here on nobody gets a token, whoever holds the site.
    """
    lock(votes.poll)
    db.session.refresh(votes)
    if votes.issued or votes.casts_from > now():
        return
    votes.issued = True
    body = []
    for signer in votes.signers:
        signer.private = ""
        digests = sorted(
            sha256(each.blinded).hexdigest() for each in _rows(signer) if each.signature is not None
        )
        body.append({"signer": signer.place, "digests": digests})
    publish(votes, Kind.ISSUED, body)
