"""Public halves of codes: from a file of who made them, or one by one from voters' browsers.

Nothing here stands next to a member: what came from an elector is one number among the others,
sorted, in one row, so that neither an hour nor an order says whose it is.
"""

from gmpy2 import mpz

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Member
from freeco_project_decisions.polls import electorate, paper
from freeco_project_decisions.polls.models import Elector, Poll, PollState
from freeco_project_decisions.polls.opening import require_draft
from freeco_project_decisions.sealed.elections import read_credentials, write_credentials
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.groups import belongs
from freeco_project_decisions.sealed.writing import number
from freeco_project_decisions.secret.beside_errors import TooFewPapers, VotesOnPaper
from freeco_project_decisions.secret.errors import (
    CodesNotAsMany,
    CodesUnsound,
    CodeTwice,
    NoRegistration,
    NotAnnounced,
    RegisteredAlready,
)
from freeco_project_decisions.secret.models import SealedCodes, Way
from freeco_project_decisions.secret.preparing import FLOOR, electors_in_order, sealed_of

WIDTH = 256
"""Bytes of a public half: a number below p, of 2048 bits."""


def needed(poll: Poll) -> int:
    """Return how many codes there must be: one for each elector who does not vote on paper."""
    return electorate.count_electors(poll) - paper.voters(poll).total()


def are_papers_enough(poll: Poll) -> bool:
    """Whether those who vote on paper hide each other in their own total: nobody, or eight."""
    many = paper.voters(poll).total()
    return not many or many >= FLOOR


def require_papers_enough(poll: Poll) -> None:
    """Stop a vote whose total of papers would say who voted what; raises ``TooFewPapers``."""
    if not are_papers_enough(poll):
        raise TooFewPapers(paper.voters(poll).total())


def many_codes(poll: Poll) -> int:
    """Return how many there are."""
    kept = db.session.get(SealedCodes, poll.id)
    return len(kept.halves) // WIDTH if kept is not None else 0


def halves_of(poll: Poll) -> list[mpz]:
    """Return the public halves, in the order of their numbers."""
    kept = db.session.get(SealedCodes, poll.id)
    return _unpacked(kept.halves) if kept is not None else []


def register(poll: Poll, member: Member, public_half: str) -> None:
    """Keep the public half of the code that an elector's browser made.

    Raises ``NoRegistration`` before the list is noted, once the poll is open, or when codes
    come from elsewhere; ``NotAnElector``, ``RegisteredAlready``, ``CodeTwice``,
    ``CodesUnsound``, ``VotesOnPaper``.
    """
    kept = _locked(poll)
    if sealed_of(poll).way != Way.SITE or poll.state != PollState.DRAFT:
        raise NoRegistration
    elector = electorate.elector_of(poll, member)
    if paper.in_room(elector):
        raise VotesOnPaper
    place = electors_in_order(poll).index(elector.id)
    if _bit(kept.registered, place):
        raise RegisteredAlready
    half, halves = _read(public_half), _unpacked(kept.halves)
    if half in halves:
        raise CodeTwice
    kept.halves = _packed([*halves, half])
    kept.registered = _with_bit(kept.registered, place)
    db.session.flush()


def is_registered(poll: Poll, member: Member) -> bool:
    """Say whether an elector made a code here; raises ``NotAnElector``."""
    if db.session.get(SealedCodes, poll.id) is None:
        return False
    return has_registered(poll, electorate.elector_of(poll, member))


def has_registered(poll: Poll, elector: Elector) -> bool:
    """Say whether an elector made a code here."""
    kept = db.session.get(SealedCodes, poll.id)
    return kept is not None and _bit(kept.registered, electors_in_order(poll).index(elector.id))


def without_code(poll: Poll) -> list[int]:
    """Return the numbers of the electors who made no code here yet, and will not vote on paper."""
    kept = db.session.get(SealedCodes, poll.id)
    made = kept.registered if kept is not None else b""
    on_paper = paper.voter_ids(poll)
    return [
        elector
        for place, elector in enumerate(electors_in_order(poll))
        if elector not in on_paper and (place // 8 >= len(made) or not _bit(made, place))
    ]


def many_registered(poll: Poll) -> int:
    """Return how many electors made a code here."""
    kept = db.session.get(SealedCodes, poll.id)
    return sum(each.bit_count() for each in kept.registered) if kept is not None else 0


def are_still_made(poll: Poll) -> bool:
    """Whether electors without a code have until the announced opening to make theirs."""
    making = sealed_of(poll).way == Way.SITE and poll.opens_at > now()
    return making and many_registered(poll) < needed(poll)


def restart_registration(poll: Poll) -> None:
    """Forget all codes made here: each elector makes another, and is told so.

    There is no way for one alone, as nobody knows which is theirs. Raises ``PollFrozen``,
    ``NotAnnounced``.
    """
    kept = _locked(poll)
    require_draft(poll)
    kept.halves, kept.registered = b"", bytes(len(kept.registered))
    sealed_of(poll).code_rounds += 1


def take_file(poll: Poll, content: bytes) -> None:
    """Keep the public halves that another organisation, or the printed sheets, have given.

    Another file replaces it until the poll opens. Raises ``NotAnnounced``, ``NoRegistration``
    when codes are made here, ``PollFrozen``, ``CodesUnsound``, ``CodesNotAsMany``, and
    ``TooFewPapers``: from then on who votes on paper no longer changes.
    """
    halves = read_file(content)
    kept = _locked(poll)
    require_draft(poll)
    if sealed_of(poll).way == Way.SITE:
        raise NoRegistration
    require_papers_enough(poll)
    if len(halves) != needed(poll):
        raise CodesNotAsMany(len(halves), needed(poll))
    kept.halves = _packed(halves)


def read_file(content: bytes) -> list[mpz]:
    """Read a file of public halves, one list and nothing beside; raises ``CodesUnsound``."""
    try:
        text = content.decode("ascii").strip()
        halves = sorted(read_credentials(text))
    except (UnicodeDecodeError, Unsound) as broken:
        raise CodesUnsound from broken
    if write_credentials(halves) != text:
        raise CodesUnsound
    return halves


def _read(public_half: str) -> mpz:
    try:
        half = number(public_half)
    except Unsound as broken:
        raise CodesUnsound from broken
    if half <= 1 or not belongs(half):
        raise CodesUnsound
    return half


def _locked(poll: Poll) -> SealedCodes:
    lock(poll)
    try:
        sealed = sealed_of(poll)
    except Absent as open_ballots:
        raise NoRegistration from open_ballots
    kept = db.session.get(SealedCodes, poll.id)
    if kept is None or sealed.announced_at is None:
        raise NotAnnounced
    lock(kept)
    return kept


def _packed(halves: list[mpz]) -> bytes:
    return b"".join(int(each).to_bytes(WIDTH, "big") for each in sorted(halves))


def _unpacked(content: bytes) -> list[mpz]:
    return [
        mpz(int.from_bytes(content[start : start + WIDTH], "big"))
        for start in range(0, len(content), WIDTH)
    ]


def _bit(bits: bytes, place: int) -> bool:
    return bool(bits[place // 8] >> place % 8 & 1)


def _with_bit(bits: bytes, place: int) -> bytes:
    changed = bytearray(bits)
    changed[place // 8] |= 1 << place % 8
    return bytes(changed)
