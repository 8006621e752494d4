"""The rounds by which trustees make their keys: this site hands on what each has for the others.

Everything that comes is checked before it is kept; whoever hands something false is told at
once. What a trustee keeps secret never comes here: the parts of a group travel in boxes.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from gmpy2 import mpz

from freeco.db import db, lock
from freeco.i18n import _
from freeco_project_decisions.polls import paper
from freeco_project_decisions.polls.models import PollState, Secrecy
from freeco_project_decisions.sealed.boxes import Box
from freeco_project_decisions.sealed.commitments import (
    Signed,
    check_key,
    read_certificate,
    read_coefficients,
)
from freeco_project_decisions.sealed.elections import read_election
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.kept_keys import Opens
from freeco_project_decisions.sealed.proofs import Form, Sealed
from freeco_project_decisions.sealed.tallying import Opening, Sums, read_opening
from freeco_project_decisions.sealed.trustees import (
    Group,
    PublicKey,
    Trustees,
    read_trustees,
)
from freeco_project_decisions.sealed.writing import compact, read
from freeco_project_decisions.secret.errors import (
    NotTheirTurn,
    TrusteesFixed,
    TrusteesLate,
    TrusteeTwice,
    TrusteeUnsound,
)
from freeco_project_decisions.secret.models import SealedPoll, Trustee, TrusteeGroup
from freeco_project_decisions.secret.trustees import FEWEST, alone, begin_again, require_named

Answer = Mapping[str, Any]


class Step(StrEnum):
    """What a trustee does next."""

    KEY = "key"
    """Make a key, where all are needed."""
    COMMIT = "commit"
    """Make their own keys, where fewer than all are enough."""
    PARTS = "parts"
    """Commit to a polynomial, and hand each of the others their part of it."""
    CHECK = "check"
    """Check the parts received, and publish the key that comes of them."""
    WAIT = "wait"
    """Others are awaited: trustees, or tellers who count the papers of the room."""
    READY = "ready"
    """All keys are there; the poll may open, or is open."""
    OPEN = "open"
    """The poll is over: open one's part of the sum."""
    DONE = "done"


def step_of(trustee: Trustee) -> Step:
    """Say what a trustee does next."""
    group = trustee.group
    if group.text:
        return _after_keys(trustee)
    if len(group.trustees) < FEWEST:
        return Step.WAIT
    if alone(group):
        return Step.WAIT if trustee.key else Step.KEY
    if not trustee.certificate:
        return Step.COMMIT
    if not all(each.certificate for each in group.trustees):
        return Step.WAIT
    if not trustee.coefficients:
        return Step.PARTS
    if not all(each.coefficients for each in group.trustees):
        return Step.WAIT
    return Step.WAIT if trustee.key else Step.CHECK


def _after_keys(trustee: Trustee) -> Step:
    state = trustee.group.poll.state
    if state in (PollState.DRAFT, PollState.OPEN):
        return Step.READY
    if state == PollState.CLOSED and not trustee.opening:
        if paper.awaited(trustee.group.poll):
            return Step.WAIT  # two tellers count the papers beside it, without knowing the sum
        if to_open(trustee.group) is not None:
            return Step.OPEN
    return Step.DONE


def to_open(group: TrusteeGroup) -> tuple[str, str] | None:
    """Return the election and what is sealed in it, as texts, once it waits to be opened."""
    if group.sums:
        return group.election, group.sums
    sealed = db.session.get(SealedPoll, group.poll_id)
    return (sealed.election, sealed.tally) if sealed is not None and sealed.tally else None


def opens_of(group: TrusteeGroup) -> Opens:
    """Return what the keys of a group open; it is written in each when it is drawn."""
    return Opens.BALLOTS if group.poll.secrecy == Secrecy.TOKENS else Opens.SUM


def form_of(group: TrusteeGroup) -> Form:
    """Return how trustees prove what they open.

    Of a sum, as an archive of Belenios holds it; of ballots by tokens, opened one by one, by the
    form that leaves no choice of what each opens to.
    """
    return Form.BOUND if group.sums else Form.BELENIOS


def waited_for(group: TrusteeGroup) -> list[Trustee]:
    """Return the trustees who have something to do."""
    return [
        each for each in group.trustees if step_of(each) not in (Step.WAIT, Step.READY, Step.DONE)
    ]


def task_of(trustee: Trustee) -> dict[str, Any]:
    """Return all that a trustee's own computer needs for the next step, all of it public."""
    group = trustee.group
    trustees = group.trustees
    step = step_of(trustee)
    task: dict[str, Any] = {
        "step": step.value,
        "identifier": group.identifier,
        "opens": opens_of(group).value,
        "place": trustee.place,
        "threshold": 1 if alone(group) else group.threshold,
        "trustees": len(trustees),
        "names": [each.label for each in trustees],
        "certificates": [_object(each.certificate) for each in trustees],
        "coefexps": [_object(each.coefficients) for each in trustees],
        "parts": [read(each.parts)[trustee.place - 1] if each.parts else None for each in trustees],
    }
    waiting = to_open(group)
    if step is Step.OPEN and waiting is not None:
        task |= {"election": waiting[0], "sums": waiting[1]}
    return task


def _object(text: str) -> Any:
    return read(text) if text else None


def post(trustee: Trustee, answer: Answer) -> Step:
    """Take what a trustee hands over for their step; return the step that follows.

    The same again is nothing. Raises ``TrusteeUnsound`` saying why, ``NotTheirTurn``,
    ``TrusteesFixed`` for another key than the one that serves already.
    """
    lock(trustee.group.poll)
    db.session.refresh(trustee)
    written = {name: _text(content) for name, content in answer.items()}
    if _is_there(trustee, written) or (trustee.opening and "opening" in written):
        return step_of(trustee)
    step = step_of(trustee)
    takes = {
        Step.KEY: _take_key,
        Step.COMMIT: _take_certificate,
        Step.PARTS: _take_parts,
        Step.CHECK: _take_key,
        Step.OPEN: _take_opening,
    }
    if step not in takes:
        raise TrusteesFixed if "opening" not in written and trustee.group.text else NotTheirTurn
    try:
        takes[step](trustee, written)
    except (Unsound, KeyError, TypeError, ValueError) as unsound:
        raise TrusteeUnsound(unsound) from unsound
    db.session.flush()
    _finish(trustee.group)
    return step_of(trustee)


def complain(trustee: Trustee) -> None:
    """Begin the rounds again for all: a part that was handed to a trustee is false.

    Raises ``NotTheirTurn`` outside the step where parts are checked.
    """
    lock(trustee.group.poll)
    if step_of(trustee) is not Step.CHECK:
        raise NotTheirTurn
    begin_again(trustee.group)


def _text(content: Any) -> str:
    return content if isinstance(content, str) else compact(content)


def _is_there(trustee: Trustee, written: Mapping[str, str]) -> bool:
    held = {
        "certificate": trustee.certificate,
        "coefexps": trustee.coefficients,
        "parts": trustee.parts,
        "key": trustee.key,
        "opening": trustee.opening,
    }
    return bool(written) and all(held.get(name) == text for name, text in written.items())


def _take_key(trustee: Trustee, written: Mapping[str, str]) -> None:
    key = PublicKey.read(read(written["key"]))
    group = trustee.group
    if alone(group):
        others = [each.key for each in group.trustees if each.key and each is not trustee]
        if any(PublicKey.read(read(each)).element == key.element for each in others):
            raise TrusteeTwice
    else:
        committed = [Signed.read(read(each.coefficients)) for each in group.trustees]
        check_key(key.element, committed, trustee.place)
    trustee.key = written["key"]


def _take_certificate(trustee: Trustee, written: Mapping[str, str]) -> None:
    read_certificate(Signed.read(read(written["certificate"])))
    trustee.certificate = written["certificate"]


def _take_parts(trustee: Trustee, written: Mapping[str, str]) -> None:
    group = trustee.group
    certificate = Signed.read(read(trustee.certificate))
    coefficients = Signed.read(read(written["coefexps"]))
    read_coefficients(coefficients, certificate, group.threshold)
    parts = read(written["parts"])
    if not isinstance(parts, list) or len(parts) != len(group.trustees):
        raise Unsound("a part for each trustee was expected")
    for place, part in enumerate(parts, start=1):
        if place != trustee.place:
            Box.read(part)
        elif part is not None:
            raise Unsound("one's own part is not sent")
    trustee.coefficients, trustee.parts = written["coefexps"], written["parts"]


def _take_opening(trustee: Trustee, written: Mapping[str, str]) -> None:
    waiting = to_open(trustee.group)
    if waiting is None:
        raise NotTheirTurn
    election, sums = read_election(waiting[0]), read_sums(waiting[1])
    public = read_trustees(trustee.group.text).keys[trustee.place - 1]
    opening = read_opening(written["opening"], election, sums, public, form_of(trustee.group))
    if form_of(trustee.group) is not Form.BOUND:
        _require_bound(opening, read_opening(written["bound"], election, sums, public, Form.BOUND))
    trustee.opening = opening.text


def _require_bound(opening: Opening, bound: Opening) -> None:
    """Refuse a part of a sum that no proof binds: with it the sum would never open.

    Belenios's own proof, which stands in the file, lets who knows the secret prove a false factor.
    """
    if opening.factors != bound.factors:
        raise Unsound(_("la part qui est prouvée n’est pas celle qui est remise"))


def sums_of(sealed: SealedPoll) -> Sums:
    """Return the sealed sums of a poll that is over."""
    return read_sums(sealed.tally)


def read_sums(text: str) -> Sums:
    """Read sealed sums as they are published; raises ``Unsound``."""
    return tuple(tuple(map(Sealed.read, row)) for row in read(text))


def _finish(group: TrusteeGroup) -> None:
    """Fix the trustees once the last key is there."""
    if group.text or not all(each.key for each in group.trustees):
        return
    keys = tuple(PublicKey.read(read(each.key)) for each in group.trustees)
    if alone(group):
        group.text = Trustees(keys).text
        return
    made = Group(
        group.threshold,
        tuple(Signed.read(read(each.certificate)) for each in group.trustees),
        tuple(Signed.read(read(each.coefficients)) for each in group.trustees),
        keys,
    )
    made.check()
    group.text = Trustees((made,)).text


def require_complete(group: TrusteeGroup) -> Trustees:
    """Return the trustees with their keys.

    Raises ``TrusteesMissing``, ``BadThreshold``, ``TrusteesTooClose``, and ``TrusteesLate`` with
    the names of those whose key is not there.
    """
    require_named(group)
    if not group.text:
        late = [each.label for each in group.trustees if not each.key]
        raise TrusteesLate(late or [each.label for each in group.trustees])
    return read_trustees(group.text)


def keys_of(group: TrusteeGroup) -> Sequence[mpz]:
    """Return each trustee's public key, the first being the number 1."""
    return read_trustees(group.text).keys
