"""Opening a secret poll: the election, its keys and its codes are fixed, and told to the record."""

from hashlib import sha256

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.members.models import Community, Member
from freeco.record.stating import state
from freeco_project_decisions.polls import opening as polls_opening
from freeco_project_decisions.polls.models import Elector, Poll, PollState, Secrecy
from freeco_project_decisions.sealed.archives import Archive, Step
from freeco_project_decisions.sealed.elections import Election, write_credentials
from freeco_project_decisions.sealed.writing import compact, digest
from freeco_project_decisions.secret import beside, codes, filing
from freeco_project_decisions.secret.errors import (
    CodesMissing,
    CodesNotAsMany,
    CodesStillMade,
    ElectorateChanged,
    NotAnnounced,
    TooFewForSecrecy,
)
from freeco_project_decisions.secret.models import SealedPoll, Way
from freeco_project_decisions.secret.offline_page import box_address, offline_page
from freeco_project_decisions.secret.preparing import (
    FLOOR,
    questions_of,
    require_sealable,
    sealed_of,
)
from freeco_project_decisions.secret.rounds import require_complete
from freeco_project_decisions.secret.trustees import group_of


def open_sealed(poll: Poll) -> None:
    """Open a secret poll: from then on nothing of it changes but the ballots. Twice is once.

    Raises ``NotAnnounced``, ``TrusteesMissing``, ``BadThreshold``, ``TrusteesTooClose``,
    ``TrusteesLate``, ``CodesMissing``, ``CodesNotAsMany``, ``TooFewForSecrecy``,
    ``ElectorateChanged``, ``CodesStillMade``, ``TooFewPapers``, ``PapersWithoutUrn``, and as
    ``make_secret`` and ``polls.opening.open_poll`` do.
    """
    lock(poll)
    if poll.state == PollState.OPEN:
        return
    polls_opening.require_draft(poll)
    sealed = sealed_of(poll)
    require_codes(poll, sealed)
    if codes.are_still_made(poll):
        raise CodesStillMade
    require_sealable(poll)
    polls_opening.require_ready(poll)
    group = group_of(poll)
    trustees = require_complete(group)
    election = Election(
        sealed.identifier, poll.title, poll.text, questions_of(poll), trustees.public_key
    )
    began = now()
    sealed.began = int(began.timestamp())
    sealed.election = election.text
    sealed.page = offline_page(
        poll.title,
        election.text,
        cast=box_address(sealed),
        way=sealed.way,
        authority=sealed.authority,
    )
    sealed.page_sha256 = sha256(sealed.page).hexdigest()
    credentials = write_credentials(codes.halves_of(poll))
    archive = Archive(sealed.began)
    sealed.setup = compact(
        {
            "election": archive.hold(election.text),
            "trustees": archive.hold(group.text),
            "credentials": archive.hold(credentials),
        }
    )
    begun = archive.happen(Step.SETUP, sealed.setup)
    filing.add(sealed, archive)
    state(
        poll.community,
        "poll.sealed",
        f"poll_sealed:{poll.id}",
        about={
            "poll": poll.id,
            "election": digest(election.text),
            "trustees": digest(group.text),
            "credentials": digest(credentials),
            "setup": digest(begun.text),
            "page": sealed.page_sha256,
        },
    )
    polls_opening.open_poll(poll, prepared=True)
    beside.lay_out(poll)


def require_codes(poll: Poll, sealed: SealedPoll) -> None:
    """Stop a poll whose codes are not those of its list; raises as ``open_sealed`` does."""
    if sealed.announced_at is None:
        raise NotAnnounced
    beside.require_papers(poll)
    there = codes.many_codes(poll)
    if not there:
        raise CodesMissing
    expected = codes.many_registered(poll) if sealed.way == Way.SITE else codes.needed(poll)
    if there != expected:
        raise CodesNotAsMany(there, expected)
    if there < FLOOR:
        raise TooFewForSecrecy
    other = Member.person_id if poll.by_organisation else Member.organisation_id
    strangers = (
        select(Elector.id)
        .join(Elector.member)
        .where(Elector.poll_id == poll.id, other.is_not(None))
        .limit(1)
    )
    if db.session.scalar(strangers) is not None:
        raise ElectorateChanged


def open_due(community: Community) -> None:
    """Open the secret polls that were made ready, once their hour has come.

    One that lacks a key or a code is a draft again, and stops nothing else.
    """
    due = select(Poll).where(
        Poll.community_id == community.id,
        Poll.state == PollState.DRAFT,
        Poll.ready.is_(True),
        Poll.secrecy == Secrecy.SEALED,
        Poll.opens_at <= now(),
    )
    for poll in db.session.scalars(due).all():
        try:
            with db.session.begin_nested():
                open_sealed(poll)
        except Refusal:
            poll.ready = False
