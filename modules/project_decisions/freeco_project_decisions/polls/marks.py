"""What a ballot of each method is made of, and which ballots answer the question."""

from collections.abc import Sequence

from freeco_project_decisions.polls.errors import SpoiltBallot
from freeco_project_decisions.polls.models import Method, Poll

AGREE, OBJECT, ASIDE = 0, 1, 2
"""Consent: I agree, I object, I stand aside."""
YES, NO, BLANK = 0, 1, 2
"""A show of hands, and yes, no or blank."""
GRADES = 6
"""From 0, to reject, to 5, very good."""

OF_ONE = frozenset({Method.CONSENT, Method.HANDS, Method.ASSENT})
"""One mark that answers one sentence."""
TICKED = frozenset({Method.APPROVAL, Method.SHARES, Method.GREEDY})
RANKED = frozenset({Method.SCHULZE, Method.SEATS})
BUDGETS = frozenset({Method.SHARES, Method.GREEDY})
CHOOSING = frozenset(
    {Method.APPROVAL, Method.JUDGMENT, Method.SCHULZE, Method.SEATS, Method.SHARES, Method.GREEDY}
)
"""Methods that choose among options."""
LEVELLED = frozenset({Method.SEATS, Method.SHARES, Method.GREEDY})
"""Methods that may meet a tie at each step: what settles it is announced."""


def require(poll: Poll, marks: Sequence[int]) -> bytes:
    """Return the marks of a ballot as they are kept.

    Raises ``SpoiltBallot`` for a ballot that does not answer the question: of another length, off
    the scale, or blank where blank is no answer.
    """
    method = Method(poll.method)
    if method in OF_ONE:
        allowed = len(marks) == 1 and marks[0] in (0, 1, 2)
    elif method is Method.DRAW:
        allowed = list(marks) == [1]
    else:
        highest = _highest(method, len(poll.options))
        allowed = len(marks) == len(poll.options) and all(0 <= each <= highest for each in marks)
    if not allowed:
        raise SpoiltBallot
    return bytes(marks)


def _highest(method: Method, options: int) -> int:
    if method in TICKED:
        return 1
    return options if method in RANKED else GRADES - 1
