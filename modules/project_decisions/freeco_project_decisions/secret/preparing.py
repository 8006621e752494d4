"""Making a draft a secret poll: what it asks, how its codes are handed out, who is on its list."""

from sqlalchemy import delete, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.i18n import spoken
from freeco_project_decisions.polls import electorate, paper, wording
from freeco_project_decisions.polls.models import Elector, Method, Poll, Room, Secrecy
from freeco_project_decisions.polls.opening import require_draft
from freeco_project_decisions.sealed.elections import draw_identifier
from freeco_project_decisions.sealed.questions import Question
from freeco_project_decisions.secret.errors import (
    AnnouncedAlready,
    NoSecretColleges,
    NoSecretProxies,
    NoSecretRoom,
    NotForSecrecy,
    TooFewForSecrecy,
)
from freeco_project_decisions.secret.models import SealedCodes, SealedPoll, Way
from freeco_project_decisions.secret.trustees import begin_again, make_group

FLOOR = 8
"""Under so many voters, the sums say who voted what: four who say no among five know it all."""
LANGUAGE = "fr"
"""What is sealed is one text for all: the language of the screens it is written in."""
METHODS = frozenset({Method.HANDS, Method.ASSENT, Method.APPROVAL, Method.JUDGMENT})


def sealed_of(poll: Poll) -> SealedPoll:
    """Return what a secret poll has more; raises Absent for one whose ballots are not sealed."""
    found = db.session.get(SealedPoll, poll.id)
    if found is None or poll.secrecy != Secrecy.SEALED:
        raise Absent
    return found


def make_secret(poll: Poll, way: Way, authority: str = "") -> SealedPoll:
    """Seal the ballots of a draft; ``way`` is how codes reach voters, ``authority`` by whom.

    Again changes the way, until the list of electors is noted. Raises ``PollFrozen``,
    ``NotForSecrecy``, ``NoSecretColleges``, ``NoSecretProxies``,
    ``NoSecretRoom``, ``AnnouncedAlready``.
    """
    lock(poll)
    require_draft(poll)
    require_sealable(poll)
    if poll.secrecy == Secrecy.TOKENS:
        begin_again(make_group(poll))  # a key opens one kind of vote
    poll.secrecy = Secrecy.SEALED
    sealed = db.session.get(SealedPoll, poll.id)
    if sealed is None:
        sealed = SealedPoll(poll=poll, identifier=draw_identifier(), way=way)
        db.session.add(sealed)
        db.session.flush()
    make_group(poll)
    _require_unannounced(sealed)
    sealed.way, sealed.authority = way, authority
    return sealed


def require_sealable(poll: Poll) -> None:
    """Stop what cannot be added up without being opened; raises as ``make_secret`` does."""
    if Method(poll.method) not in METHODS:
        raise NotForSecrecy
    if poll.colleges:
        raise NoSecretColleges
    if poll.most_proxies:
        raise NoSecretProxies
    if poll.room == Room.HANDS:
        raise NoSecretRoom


def make_open(poll: Poll) -> None:
    """Let a draft have open ballots again; raises ``PollFrozen``, ``AnnouncedAlready``."""
    lock(poll)
    require_draft(poll)
    sealed = db.session.get(SealedPoll, poll.id)
    if sealed is not None:
        _require_unannounced(sealed)
        db.session.delete(sealed)
        db.session.delete(make_group(poll))
    poll.secrecy = Secrecy.OPEN
    db.session.flush()


def announce(poll: Poll) -> None:
    """Note who may vote, so that codes are made for their number; twice is once.

    Raises ``PollFrozen``, ``TooFewForSecrecy``, and as ``make_secret`` does.
    """
    lock(poll)
    require_draft(poll)
    sealed = sealed_of(poll)
    if sealed.announced_at is not None:
        return
    require_sealable(poll)
    if len(electorate.members_today(poll)) < FLOOR:
        raise TooFewForSecrecy
    electors = electorate.freeze(poll)
    sealed.announced_at = now()
    sealed.code_rounds += 1
    db.session.add(SealedCodes(poll=poll, registered=bytes(-(-electors // 8))))
    db.session.flush()


def withdraw(poll: Poll) -> None:
    """Forget the list and all codes: the draft is as before it was announced.

    Codes that were handed out are worth nothing then: the election has another identifier.
    Raises ``PollFrozen``.
    """
    lock(poll)
    require_draft(poll)
    sealed = sealed_of(poll)
    db.session.execute(delete(SealedCodes).where(SealedCodes.poll_id == poll.id))
    paper.forget(poll)
    db.session.execute(delete(Elector).where(Elector.poll_id == poll.id))
    sealed.announced_at = None
    sealed.identifier = draw_identifier()
    poll.ready = False
    db.session.flush()
    db.session.expire_all()


def _require_unannounced(sealed: SealedPoll) -> None:
    if sealed.announced_at is not None:
        raise AnnouncedAlready


def questions_of(poll: Poll) -> tuple[Question, ...]:
    """Return what is asked, as questions whose answers are added up."""
    method = Method(poll.method)
    with spoken(LANGUAGE):
        if method is Method.JUDGMENT:
            grades = tuple(map(str, wording.GRADE_WORDS))
            return tuple(Question(option.text, grades) for option in poll.options)
        if method is Method.APPROVAL:
            texts = tuple(option.text for option in poll.options)
            return (Question(poll.title, texts, least=0, most=len(texts)),)
        return (Question(poll.title, tuple(map(str, wording.ANSWERS[:2])), blank=True),)


def electors_in_order(poll: Poll) -> list[int]:
    """Return the numbers of the electors: the order of the bits of ``SealedCodes.registered``."""
    return list(
        db.session.scalars(
            select(Elector.id).where(Elector.poll_id == poll.id).order_by(Elector.id)
        )
    )
